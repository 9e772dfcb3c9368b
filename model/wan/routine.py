"""Routines of the Wan machine: a LoRA that draws while its gate is open, beside a transformer that stays as it is."""

import hashlib
from dataclasses import dataclass

from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from model.gate import Gate, load_gate
from model.wan.folder import WanError


@dataclass(frozen=True, slots=True, eq=False)
class WanRoutine:
    """A routine that answers.

    Attributes:
        name: what it is called.
        layers: of the LoRA, by the names diffusers gives them.
        gate: decides whether it answers.
        adapter_hash, gate_hash: SHA-256 of their files, in hex.
    """

    name: str
    layers: dict[str, Tensor]
    gate: Gate
    adapter_hash: str
    gate_hash: str


def load_routine(name: str, adapter: bytes, gate: bytes, heard: int) -> WanRoutine:
    """A routine from its files.

    Args:
        name: what it is called.
        adapter: safetensors of a LoRA, as diffusers saves one.
        gate: from `save_gate`.
        heard: numbers that the machine tells a gate.

    Raises:
        WanError, GateError: if they cannot be used with this machine.
    """
    try:
        layers = load(adapter)
    except (SafetensorError, ValueError) as error:
        raise WanError(f"{name}: the adapter is no safetensors; nothing else is loaded") from error
    ends = (".lora_A.weight", ".lora_B.weight")
    if not layers or not all(key.startswith("transformer.") and key.endswith(ends) for key in layers):
        raise WanError(f"{name}: no LoRA of a Wan transformer")
    if not all(bool(layer.isfinite().all()) for layer in layers.values()):
        raise WanError(f"{name}: a damaged LoRA: it holds numbers that are not finite")
    hashes = (hashlib.sha256(payload).hexdigest() for payload in (adapter, gate))
    return WanRoutine(name, layers, load_gate(gate, heard), *hashes)
