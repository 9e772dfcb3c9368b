"""Routines: what an installed adapter and its gate are to the machine. They stand beside it and never change it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from model.nccligen.adapter import Adapter, load_adapter
from model.nccligen.gate import Gate, load_gate
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


def answering(routines: Sequence[Routine], keys: bytes, heard_D: Tensor) -> Routine | None:
    """The routine that answers: of those whose gate is open, the one installed last. At most one does."""
    return next((one for one in reversed(routines) if one.gate.answers(keys, heard_D)), None)


def effective_hash(base: str, routines: Sequence[tuple[str, str]]) -> str:
    """SHA-256 of a machine with its routines, in hex: `base` itself without any.

    Args:
        base: hash of the weights.
        routines: hashes of adapter and gate of each, in the order of their install.
    """
    if not routines:
        return base
    document = {"base": base, "routines": [list(one) for one in routines]}
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
