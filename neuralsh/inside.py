"""Looking inside a machine while it draws: its latents, its doubts, its scratch sheet and notes, its address bus, and
what it answers from."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.nccligen.address import Kind
from model.nccligen.inside import Drawn, Reach, Source
from model.nccligen.tokens import action_blocks
from model.protocol import Action, Frame, Geometry, State
from neuralsh.printable import printable
from neuralsh.reading.cells import read_cells
from neuralsh.screen import row_text, rows_frame
from neuralsh.session import Session, Timing

BUS = 64
"""Writes of the address bus that are kept."""

NOTES = 16
"""Notes that are kept, the latest."""

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
        sheet: the scratch sheet of this turn, or of the last, row by row as it is read.
        bus: the writes so far, one line each, the latest last.
        reach: what the state holds; None while the machine draws.
        digest: of the state; empty while the machine draws.
        recalled: the lines of older turns that the last action was answered from.
        routine: the routine that answered; empty: the base machine did.
        origins: by row and column, what each cell was drawn from, in words; of cells drawn while somebody looked.
        notes: the latest of each name, its rows by its name.
    """

    latents: NDArray[np.uint8]
    doubt: NDArray[np.float32]
    sheet: tuple[str, ...]
    bus: tuple[str, ...]
    reach: Reach | None = None
    digest: str = ""
    recalled: tuple[str, ...] = ()
    routine: str = ""
    origins: Mapping[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Aside:
    """Rows of the scratch sheet: their pixels, and their text as far as somebody has looked."""

    pixels: list[NDArray[np.uint8]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def read(self) -> tuple[str, ...]:
        """The rows as they are read."""
        self.texts += [_read(row) if len(row) else "" for row in self.pixels[len(self.texts) :]]
        return tuple(self.texts)


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed in a turn.

    Attributes:
        line: without its Enter, printable: a key of a program may be an escape sequence.
        before: tokens of the turn that stand before its first key.
    """

    line: str
    before: int


def _said(action: Action, geometry: Geometry) -> Said:
    *others, _ = action_blocks(action, geometry)
    line = printable(action.keys.decode("utf-8", "replace").rstrip("\r"))
    return Said(line, sum(1 + len(block.body) for block in others) + 1)


class Inside:
    """Follows a session and the writes of its machine; a `Watcher`. Nothing is kept of a machine that tells nothing."""

    def __init__(self, geometry: Geometry) -> None:
        """A screen of which nothing is known."""
        self.forget(geometry)
        self._bus = deque[str](maxlen=BUS)
        self._lines = dict[int, Said]()
        self._sheet = Aside()
        self._answered = False
        self._action = Action(b"")

    def watch(self, session: Session) -> bool:
        """Be told of a session and of its machine's writes from now on; whether the machine tells."""
        tells = hasattr(session.machine, "watch")
        if tells:
            session.machine.watch = self.drawn  # type: ignore[attr-defined]
            session.watchers.append(self)
        return tells

    def resize(self, geometry: Geometry) -> None:
        """A new size: what was known is forgotten."""
        if self._doubt.shape != (geometry.rows, geometry.columns):
            self.forget(geometry)

    def forget(self, geometry: Geometry) -> None:
        """Another screen, of which nothing is known."""
        self._latents = np.zeros((geometry.rows, geometry.columns, 3), np.uint8)
        self._doubt = np.zeros((geometry.rows, geometry.columns), np.float32)
        self._sources = dict[tuple[int, int], list[Source]]()
        self._notes = deque[Aside](maxlen=NOTES)
        self._noting = False

    def drawn(self, write: Drawn) -> None:
        """A write was drawn."""
        address, start = write.address, write.start
        if self._answered:
            self._sheet, self._answered, self._noting = Aside(), False, False
        if address.kind.is_note:
            self._noting = True
            self._notes.append(Aside())
        if address.kind.is_aside:
            # Its pixels are read when somebody looks.
            (self._notes[-1] if self._noting else self._sheet).pixels.append(write.pixels)
        else:
            self._placed(write)
        worst = f"{write.doubt.max():.2f}" if len(write.doubt) else "-"
        self._bus.append(f"{address.kind.name:<10} {address.length:>2}  {start.row:>3},{start.column:<3}  {worst:>4}")

    def _placed(self, write: Drawn) -> None:
        """A write on the screen."""
        address, start = write.address, write.start
        if address.kind == Kind.CLEAR:
            self._latents[:], self._doubt[:] = 0, 0
            self._sources = {}
        elif write.scroll:
            for grid in (self._latents, self._doubt):
                grid[:-1] = grid[1:].copy()
                grid[-1] = 0
            self._sources = {(row - 1, column): of for (row, column), of in self._sources.items() if row}
        end = min(start.column + len(write.doubt), self._doubt.shape[1])
        visible = max(0, end - start.column)
        if start.row < len(self._doubt) and visible:
            self._latents[start.row, start.column : end] = _colours(write.latents[:visible])
            self._doubt[start.row, start.column : end] = write.doubt[:visible]
            for at in range(visible):
                cell = start.row, start.column + at
                self._sources.pop(cell, None)
                if write.sources:
                    self._sources[cell] = write.sources[at]

    def action(self, action: Action) -> None:
        """See `Watcher`."""
        self._action = action

    def frame(self, frame: Frame) -> None:
        """See `Watcher`."""

    def turn(self, state: State, timing: Timing) -> None:
        """See `Watcher`. Older turns are told by what was typed."""
        self._answered = True
        self._lines[state.opened] = _said(self._action, state.frame.geometry)  # type: ignore[attr-defined]
        if len(self._lines) > LINES:
            del self._lines[next(iter(self._lines))]

    def restored(self, state: State) -> None:
        """See `Watcher`."""
        self.forget(state.frame.geometry)

    def look(self) -> Look:
        """What is seen while the machine draws."""
        sheet, notes = self._sheet.read(), self._read_notes()
        return Look(self._latents.copy(), self._doubt.copy(), sheet, tuple(self._bus), notes=notes)

    def look_closely(self, machine: Any, state: State) -> Look:
        """What is seen while the machine waits; `machine` is one that tells."""
        reach: Reach = machine.reach(state)
        recalled = tuple(said.line for block in reach.recalled if (said := self._lines.get(block)) and said.line)
        return Look(
            self._latents.copy(),
            self._doubt.copy(),
            self._sheet.read(),
            tuple(self._bus),
            reach,
            state.digest(),
            recalled,
            getattr(state, "routine", ""),
            {cell: tuple(map(self._told, sources)) for cell, sources in self._sources.items()},
            self._read_notes(),
        )

    def _read_notes(self) -> dict[str, tuple[str, ...]]:
        """The rows of the latest note of each name."""
        return {name: tuple(rows) for name, *rows in (note.read() for note in self._notes)}

    def _told(self, source: Source) -> str:
        """A source in words: the character typed, or the screen that a line drew."""
        said = self._lines.get(source.turn)
        if said is None:
            return f"{source.share:4.0%}  a turn long ago"
        at = source.token - said.before
        if 0 <= at < len(said.line):
            return f"{source.share:4.0%}  {said.line[:at]}[{said.line[at]}]{said.line[at + 1 :]}"
        return f"{source.share:4.0%}  {'the clock of' if at < -1 else 'what followed'} {said.line or 'the start'}"


def _read(pixels: NDArray[np.uint8]) -> str:
    """The text of cells side by side, uint8 (N, 16, 8, 3)."""
    return row_text(read_cells(rows_frame(np.concatenate(list(pixels), axis=1)[None]))[0]).rstrip()


def _colours(latents_NZ: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Three numbers of each latent as a colour, uint8 (N, 3); latents have root mean square 1."""
    return np.clip(128 + 56 * latents_NZ[:, :3], 0, 255).astype(np.uint8)
