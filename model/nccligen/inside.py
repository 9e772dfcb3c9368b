"""Looking inside: what the machine does at each write, and what it answers from, for whoever watches."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from model.nccligen.address import Address, Head


@dataclass(frozen=True, slots=True)
class Source:
    """A token that a cell was drawn from.

    Attributes:
        turn: position of the first block of its turn.
        token: its number within the turn.
        share: of all that was given by what came before, 0 to 1; see `model.nccligen.sources`.
    """

    turn: int
    token: int
    share: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A write as it was drawn.

    Attributes:
        address: where it went and how long it is.
        start: its first cell.
        scroll: rows the screen scrolled up before it, 0 or 1.
        pixels: uint8 (N, 16, 8, 3), what it drew.
        latents: float32 (N, Z), of the pixels.
        doubt: float32 (N,), root mean square distance of what was predicted from the latents of its own pixels. A
            prediction between two characters is the code of neither, so its pixels read otherwise than it was meant.
        sources: of each cell the tokens that gave most, the first the most; empty if the machine was not asked.
    """

    address: Address
    start: Head
    scroll: int
    pixels: NDArray[np.uint8]
    latents: NDArray[np.float32]
    doubt: NDArray[np.float32]
    sources: list[list[Source]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a state holds and what its last action was answered from.

    Attributes:
        turns: turns remembered, this one included.
        tokens: tokens they hold.
        megabytes: of the tensors of the state.
        attended: tokens the action was answered from.
        recalled: positions of the first blocks of the turns it was answered from but for the latest ones; a turn keeps
            its position as long as it is remembered.
    """

    turns: int
    tokens: int
    megabytes: float
    attended: int
    recalled: tuple[int, ...]
