"""What every machine is: h_t = F(h_{t-1}, x_t, u_t), x_{t+1} ~ G(h_t).

Source: "Neural Computers" (arXiv 2604.06425), section 2. `h` is the latent runtime state, `x` a frame of the
terminal, `u` the action of the user. `step` is F and G together: it absorbs an action and streams the frames that
follow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

CELL_WIDTH = 8
"""Pixels a cell is wide."""

CELL_HEIGHT = 16
"""Pixels a cell is high."""

MAX_ROWS = 100
MAX_COLUMNS = 250


@dataclass(frozen=True, slots=True)
class Geometry:
    """The size of a terminal in cells.

    Raises:
        ValueError: if a side is smaller than 1 or larger than `MAX_ROWS` by `MAX_COLUMNS`.
    """

    rows: int = 24
    columns: int = 80

    def __post_init__(self) -> None:
        if not (1 <= self.rows <= MAX_ROWS and 1 <= self.columns <= MAX_COLUMNS):
            raise ValueError(
                f"a terminal of {self.columns}x{self.rows} cannot be drawn: "
                f"use 1x1 to {MAX_COLUMNS}x{MAX_ROWS} (columns x rows)"
            )

    @property
    def pixels(self) -> tuple[int, int]:
        """Height and width of a frame in pixels."""
        return self.rows * CELL_HEIGHT, self.columns * CELL_WIDTH


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of the terminal, x_t.

    Attributes:
        pixels: RGB, uint8, shape (rows * 16, columns * 8, 3).
        geometry: the size in cells.
    """

    pixels: NDArray[np.uint8]
    geometry: Geometry

    def __post_init__(self) -> None:
        if self.pixels.shape != (*self.geometry.pixels, 3) or self.pixels.dtype != np.uint8:
            raise ValueError(
                f"a frame of {self.geometry} needs uint8 pixels of shape {(*self.geometry.pixels, 3)}, "
                f"not {self.pixels.dtype} of {self.pixels.shape}"
            )

    def cells(self) -> NDArray[np.uint8]:
        """The frame cut into cells: uint8, shape (rows, columns, 16, 8, 3); a view, not a copy."""
        rows, columns = self.geometry.rows, self.geometry.columns
        return self.pixels.reshape(rows, CELL_HEIGHT, columns, CELL_WIDTH, 3).swapaxes(1, 2)


@dataclass(frozen=True, slots=True)
class Action:
    """What the user does at one step, u_t.

    Attributes:
        keys: the bytes a terminal would send, such as ``b"ls -la\\r"``, ``b"\\x1b[A"`` or ``b"\\x03"``. Empty: nothing
            is pressed (the machine draws what it shows on its own, such as its first prompt).
        caption: the paper's prompt: a description of what should appear, or a hint ("The answer is 282").
        clock: the time of day the machine is told, the only way it can know it. None: it is not told.
        geometry: a new size of the terminal, when it has changed.
    """

    keys: bytes
    caption: str | None = None
    clock: datetime | None = None
    geometry: Geometry | None = None


class State(Protocol):
    """The latent runtime state h_t: tensors and nothing else. It never holds a terminal buffer."""

    @property
    def frame(self) -> Frame:
        """x_t, the frame on screen."""

    def parts(self) -> dict[int, int]:
        """Bytes of what it is made of, by the `id` of each part: states of a session share most of them."""

    def fork(self) -> "State":
        """An independent copy: stepping one leaves the other as it was."""

    def digest(self) -> str:
        """SHA-256 over every tensor of the state, in hex."""


class NeuralComputer(Protocol):
    """A machine one can type into. Implemented by `model.nccligen.machine.NCCLIGen`."""

    @property
    def name(self) -> str:
        """Short name for the status line, such as ``nccligen-tiny``."""

    @property
    def device(self) -> str:
        """Where it runs: ``cpu`` or ``cuda``."""

    @property
    def weights_hash(self) -> str:
        """SHA-256 over the weights that answer, in hex."""

    def boot(self, frame: Frame | None, geometry: Geometry) -> State:
        """h_0, from a first frame (image-to-video) or, with None, from a blank screen."""

    def step(self, state: State, action: Action) -> Iterator[Frame]:
        """F absorbs `action`, then G streams frames; `state` advances in place as they are drawn.

        A frame is yielded after each write. Closing the iterator early (Ctrl-C) leaves `state` sound: what was drawn
        stays, and the next step goes on from there.

        Raises:
            ActionError: if the action cannot be absorbed (longer than the machine reads).
        """

    def save(self, state: State, path: Path) -> None:
        """Write a state to a file, whole or not at all. Raises OSError if it cannot be written."""

    def restore(self, path: Path) -> State:
        """A state from a file that `save` wrote, equal to the last bit.

        Raises:
            ValueError: if it is missing, broken, or of a machine with other weights; one line.
        """


class ActionError(ValueError):
    """An action the machine cannot absorb; the message is one line for the user."""
