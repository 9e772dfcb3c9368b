"""Looking inside a machine while it draws: its latents, its doubts, its address bus, and what it answers from."""

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.nccligen.address import Kind
from model.nccligen.inside import Drawn, Reach
from model.protocol import Geometry, NeuralComputer, State

BUS = 64
"""Writes of the address bus that are kept."""

LINES = 4096
"""Lines that are kept, to tell turns by: more than a machine remembers."""

DOUBTFUL = 0.25
"""A cell whose doubt is above this is shown as doubtful."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What is seen inside at one moment.

    Attributes:
        latents: uint8 (rows, columns, 3), three numbers of the latent of each cell as a colour.
        doubt: float32 (rows, columns).
        bus: the writes so far, one line each, the latest last.
        reach: what the state holds; None while the machine draws.
        digest: of the state; empty while the machine draws.
        recalled: the lines of older turns that the last action was answered from.
        routine: the routine that answered; empty: the base machine did.
    """

    latents: NDArray[np.uint8]
    doubt: NDArray[np.float32]
    bus: tuple[str, ...]
    reach: Reach | None = None
    digest: str = ""
    recalled: tuple[str, ...] = ()
    routine: str = ""


class Inside:
    """Follows the writes of a machine. Nothing is kept of a machine that tells nothing."""

    def __init__(self, geometry: Geometry) -> None:
        """A screen of which nothing is known."""
        self.forget(geometry)
        self._bus = deque[str](maxlen=BUS)
        self._lines = dict[int, str]()

    def watch(self, machine: NeuralComputer) -> bool:
        """Be told of a machine's writes from now on; whether it tells."""
        tells = hasattr(machine, "watch")
        if tells:
            machine.watch = self.drawn  # type: ignore[attr-defined]
        return tells

    def resize(self, geometry: Geometry) -> None:
        """A new size: what was known is forgotten."""
        if self._doubt.shape != (geometry.rows, geometry.columns):
            self.forget(geometry)

    def forget(self, geometry: Geometry) -> None:
        """Another screen, of which nothing is known."""
        self._latents = np.zeros((geometry.rows, geometry.columns, 3), np.uint8)
        self._doubt = np.zeros((geometry.rows, geometry.columns), np.float32)

    def drawn(self, write: Drawn) -> None:
        """A write was drawn."""
        address, start = write.address, write.start
        if address.kind == Kind.CLEAR:
            self._latents[:], self._doubt[:] = 0, 0
        elif write.scroll:
            for grid in (self._latents, self._doubt):
                grid[:-1] = grid[1:].copy()
                grid[-1] = 0
        end = min(start.column + len(write.doubt), self._doubt.shape[1])
        visible = max(0, end - start.column)
        if start.row < len(self._doubt) and visible:
            self._latents[start.row, start.column : end] = _colours(write.latents[:visible])
            self._doubt[start.row, start.column : end] = write.doubt[:visible]
        worst = f"{write.doubt[:visible].max():.2f}" if visible else "-"
        self._bus.append(f"{address.kind.name:<8} {address.length:>2}  {start.row:>3},{start.column:<3}  {worst:>4}")

    def typed(self, state: State, line: str) -> None:
        """The machine has answered a line; older ones are told by theirs."""
        opened = getattr(state, "opened", None)
        if opened is not None:
            self._lines[opened] = line
            if len(self._lines) > LINES:
                del self._lines[next(iter(self._lines))]

    def look(self) -> Look:
        """What is seen while the machine draws."""
        return Look(self._latents.copy(), self._doubt.copy(), tuple(self._bus))

    def look_closely(self, machine: Any, state: State) -> Look:
        """What is seen while the machine waits; `machine` is one that tells."""
        reach: Reach = machine.reach(state)
        recalled = tuple(self._lines[block] for block in reach.recalled if self._lines.get(block))
        return Look(
            self._latents.copy(),
            self._doubt.copy(),
            tuple(self._bus),
            reach,
            state.digest(),
            recalled,
            getattr(state, "routine", ""),
        )


def _colours(latents_NZ: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Three numbers of each latent as a colour, uint8 (N, 3); latents have root mean square 1."""
    return np.clip(128 + 56 * latents_NZ[:, :3], 0, 255).astype(np.uint8)
