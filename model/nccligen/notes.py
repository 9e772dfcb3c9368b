"""Notes: rows of the scratch sheet that last, and how two of the same name are told.

A name is what the first row of a note shows. Nothing reads it: two names are the same if no pixel differs by more than
drawing one and the same name twice makes it differ.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

SAME = 64
"""Brightness, of 255, by which no pixel of two drawings of a name differs; of two characters one differs by 120."""


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a note.

    Attributes:
        pixels: brightness of the cells of its first row, uint8, cell by cell.
        always: whether it is recalled whatever is asked for.
    """

    pixels: bytes
    always: bool

    def is_like(self, other: "Name") -> bool:
        """Whether both are the same name."""
        if (self.always, len(self.pixels)) != (other.always, len(other.pixels)):
            return False
        mine, its = (np.frombuffer(name.pixels, np.uint8).astype(np.int16) for name in (self, other))
        return bool((abs(mine - its) < SAME).all())


@dataclass(frozen=True, slots=True)
class Note:
    """Where a note stands in a turn: its first token and how many."""

    first: int
    count: int
    name: Name


def name_of(cells: NDArray[np.uint8], always: bool) -> Name:
    """The name that cells show, uint8 (N, 16, 8, 3)."""
    return Name(cells.mean(-1).astype(np.uint8).tobytes(), always)


def is_among(name: Name, names: Collection[Name]) -> bool:
    """Whether a name is one of some."""
    return any(name.is_like(one) for one in names)


def to_tensors(names: Sequence[Name]) -> tuple[torch.Tensor, torch.Tensor]:
    """Names as pixels, uint8 on end, and int64 (names, 2): bytes of each, and whether it is always recalled."""
    told = torch.tensor([[len(name.pixels), name.always] for name in names], dtype=torch.int64).reshape(-1, 2)
    return torch.tensor(list(b"".join(name.pixels for name in names)), dtype=torch.uint8), told


def from_tensors(pixels: torch.Tensor, told: torch.Tensor) -> list[Name]:
    """The inverse of `to_tensors`."""
    names, at, whole = list[Name](), 0, pixels.numpy().tobytes()
    for size, always in told.tolist():
        names.append(Name(whole[at : at + size], bool(always)))
        at += size
    return names
