"""Routines for tests: an adapter that changes much, and gates that open to a word."""

import torch

from model.gate import Gate, features, save_gate
from model.nccligen.adapter import TARGETS, Adapter, AdapterConfig, last_layers, save_adapter
from model.nccligen.machine import NCCLIGen
from model.nccligen.routine import Routine, load_routine


def strong_adapter(machine: NCCLIGen, seed: int = 0, share: float = 1.0) -> Adapter:
    """An adapter with random factors, beside such a share of the blocks."""
    torch.manual_seed(seed)
    targets = TARGETS if share == 1.0 else last_layers(machine.network, share)
    adapter = Adapter(machine.network, AdapterConfig(rank=2, alpha=4.0), targets)
    for factor in adapter.factors().values():
        torch.nn.init.normal_(factor, std=0.3)
    return adapter.requires_grad_(False)


def gate_for(word: str, width: int) -> Gate:
    """A gate that opens to lines that begin with a word."""
    shared = set(features(f"{word} a\r".encode())) & set(features(f"{word} b c d;\n".encode()))
    (known,) = shared - set(features(b"other a\r"))
    none = torch.zeros(width)
    return Gate(torch.tensor([known]), torch.tensor([2.0]), none, torch.tensor([-1.0]))


def routine(machine: NCCLIGen, name: str, seed: int = 0) -> Routine:
    """A routine that answers what begins with its name."""
    adapter = save_adapter(strong_adapter(machine, seed))
    gate = save_gate(gate_for(name, machine.config.width))
    return load_routine(name, adapter, gate, machine.network)
