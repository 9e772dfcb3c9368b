"""Routines of any machine: which of them answers an action, and the name of a machine with its routines."""

import hashlib
import json
from collections.abc import Sequence
from typing import Protocol, TypeVar

from torch import Tensor

from model.gate import Gate


class Gated(Protocol):
    """What stands behind a gate."""

    @property
    def gate(self) -> Gate:
        """Decides whether it answers."""


R = TypeVar("R", bound=Gated)


def answering(routines: Sequence[R], keys: bytes, heard_D: Tensor) -> R | None:
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
