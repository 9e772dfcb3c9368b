"""Routines: what an installed adapter and its gate are to the machine. They stand beside it and never change it."""

import hashlib
from dataclasses import dataclass

from model.gate import Gate, load_gate
from model.nccligen.adapter import Adapter, load_adapter
from model.nccligen.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class Routine:
    """A routine that answers.

    Attributes:
        name: what it is called.
        adapter: held beside the network while it draws.
        gate: decides whether it answers.
        adapter_hash, gate_hash: SHA-256 of their files, in hex.
    """

    name: str
    adapter: Adapter
    gate: Gate
    adapter_hash: str
    gate_hash: str


def load_routine(name: str, adapter: bytes, gate: bytes, network: Network) -> Routine:
    """A routine from its files.

    Raises:
        AdapterError, GateError: if they cannot be used with this network.
    """
    hashes = (hashlib.sha256(payload).hexdigest() for payload in (adapter, gate))
    return Routine(name, load_adapter(adapter, network), load_gate(gate, network.config.width), *hashes)
