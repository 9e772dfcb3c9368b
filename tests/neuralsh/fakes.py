"""A machine for tests: answers lines from a script, drawing its frames write by write as a real machine does."""

import hashlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from model.font.cells import WIDE_LEFT, WIDE_RIGHT
from model.nccligen.address import Address, Head, Kind, place
from model.protocol import Action, ActionError, Frame, Geometry
from neuralsh.recording import CastWriter
from neuralsh.wrapping import wrap
from trainer.render import render, with_cursor
from trainer.screen import blank_cells

PROMPT = "~$ "
PAGER = "pager"
GREEN = (0, 205, 0)
MAX_KEYS = 1024

Cells = NDArray[np.void]
Answer = Callable[[str], str]
"""What a command prints, from its line. A form feed clears the screen."""


class Keyboard(io.TextIOWrapper):
    """Standard input at a terminal, at which this is typed."""

    def __init__(self, typed: bytes) -> None:
        super().__init__(io.BytesIO(typed))

    def isatty(self) -> bool:
        return True


@contextmanager
def typed(keys: bytes) -> Iterator[None]:
    """Somebody sits at the terminal and types."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "stdin", Keyboard(keys))
        yield


@dataclass
class FakeState:
    """The screen of the fake, and a hash over its actions."""

    cells: Cells
    head: Head
    frame: Frame
    chain: bytes = b""
    prompt: str = PROMPT
    page: int | None = None

    def parts(self) -> dict[int, int]:
        return {id(self.frame): self.frame.pixels.nbytes}

    def fork(self) -> "FakeState":
        return replace(self, cells=self.cells.copy())

    def digest(self) -> str:
        return hashlib.sha256(self.chain + self.frame.pixels.tobytes()).hexdigest()


def shell(line: str) -> str:
    """A few commands, for most tests."""
    word, _, rest = line.partition(" ")
    match word:
        case "echo":
            return rest.removeprefix("-n ") + ("" if rest.startswith("-n ") else "\n")
        case "seq":
            return "".join(f"{i}\n" for i in range(1, int(rest) + 1))
        case "yes":
            return "y\n" * int(rest)
        case "clear":
            return "\f"
        case "":
            return ""
        case _:
            return f"bash: {word}: command not found\n"


class FakeMachine:
    """Implements `NeuralComputer`.

    Attributes:
        actions: all actions taken.
        hold: when set to an unset event, drawing waits for it after the first frame.
    """

    name = "fake"
    device = "cpu"
    weights_hash = "0" * 64

    def __init__(self, answer: Answer = shell) -> None:
        self._answer = answer
        self.actions: list[Action] = []
        self.hold: Event | None = None
        self._saved: dict[str, FakeState] = {}

    def boot(self, frame: Frame | None, geometry: Geometry) -> FakeState:
        cells = blank_cells(geometry.rows, geometry.columns)
        return FakeState(cells, Head(0, 0), frame or render(cells))

    def step(self, state: Any, action: Action) -> Iterator[Frame]:
        if len(action.keys) > MAX_KEYS:
            raise ActionError(f"the line is {len(action.keys)} bytes long: the machine reads at most {MAX_KEYS}")
        self.actions.append(action)
        state.chain = hashlib.sha256(state.chain + repr(action).encode()).digest()
        if action.geometry is not None:
            _resize(state, action.geometry)
        writes = list(self._writes(state, action.keys.decode()))
        for at, (address, span, cursor) in enumerate(writes):
            _write(state, address, span, cursor)
            yield state.frame
            if at == 0 and self.hold is not None:
                self.hold.wait(20)

    def save(self, state: Any, path: Path) -> None:
        path.write_text(state.digest())
        self._saved[state.digest()] = state.fork()

    def restore(self, path: Path) -> FakeState:
        if not path.exists() or path.read_text() not in self._saved:
            raise ValueError(f"{path}: not a saved state")
        return self._saved[path.read_text()].fork()

    def _writes(self, state: FakeState, keys: str) -> Iterator[tuple[Address, Cells, bool]]:
        columns = state.cells.shape[1]
        start = state.prompt
        if keys == f"{PAGER}\r" or state.page is not None:
            yield from self._pager(state, keys)
            return
        if keys == "\x0c":
            yield from _rows(PROMPT, columns, Kind.CLEAR, cursor=True)
            state.prompt = PROMPT
            return
        shown = keys.removesuffix("\r").replace("\x03", "^C")
        kind = Kind.SAME
        if keys:
            yield from _rows(start + shown, columns, kind)
            kind = Kind.NEXT
        output = self._answer(keys.removesuffix("\r")) if keys and keys != "\x03" else ""
        if "\f" in output:
            output, kind = output.rpartition("\f")[2], Kind.CLEAR
        *lines, rest = output.split("\n")
        for line in lines:
            yield from _rows(line, columns, kind)
            kind = Kind.NEXT
        state.prompt = rest + PROMPT
        yield from _rows(state.prompt, columns, kind, cursor=True)

    def _pager(self, state: FakeState, keys: str) -> Iterator[tuple[Address, Cells, bool]]:
        """A full-screen program: numbered lines, and a colon at the bottom; Down and Up move, q leaves."""
        rows, columns = state.cells.shape
        if keys == "q":
            state.page, state.prompt = None, PROMPT
            yield from _rows(PROMPT, columns, Kind.CLEAR, cursor=True)
            return
        state.page = 1 if state.page is None else max(1, state.page + {"\x1b[B": 1, "\x1b[A": -1}.get(keys, 0))
        kind = Kind.CLEAR
        for line in range(state.page, state.page + rows - 1):
            yield from _rows(f"line {line}", columns, kind)
            kind = Kind.NEXT
        yield from _rows(":", columns, Kind.NEXT, cursor=True)


def fill_disk(writer: CastWriter) -> None:
    """From here on nothing more can be written to a cast."""
    with Path("/dev/full").open("wb") as full:
        os.dup2(full.fileno(), writer._file.fileno())


def _rows(text: str, columns: int, kind: Kind, cursor: bool = False) -> Iterator[tuple[Address, Cells, bool]]:
    """The writes of a line, wrapped at the edge, in spans of eight."""
    places = wrap(text, 0, columns)
    height = max([p.row for p in places[:-1]], default=0) + 1 + (cursor and places[-1].column == 0 and len(text) > 0)
    grid = blank_cells(height, columns)
    for character, at in zip(text, places, strict=False):
        for half in range(at.width):
            grid["glyph"][at.row, at.column + half] = ord(character)
            grid["style"][at.row, at.column + half] = 0 if at.width == 1 else (WIDE_LEFT, WIDE_RIGHT)[half]
    green = text.rfind(PROMPT) if cursor else 0 if text.startswith(PROMPT) else -1
    if green >= 0:
        grid["fg"][places[green].row, places[green].column] = GREEN
    end = places[-1]
    for row in range(height):
        used = [p.column + p.width for p in places[:-1] if p.row == row]
        last = row == height - 1
        length = max([*used, end.column + 1 if cursor and last else 0])
        for start in range(0, max(length, 1), 8):
            final = cursor and last and start + 8 >= length
            yield Address(kind, 8), grid[row, start : min(start + 8, columns)], final
            kind = Kind.CONTINUE
        kind = Kind.NEXT


def _write(state: FakeState, address: Address, span: Cells, cursor: bool) -> None:
    rows, columns = state.cells.shape
    start, scroll = place(address, state.head, rows)
    cells = blank_cells(rows, columns) if address.kind == Kind.CLEAR else state.cells.copy()
    if scroll:
        cells = np.concatenate([cells[1:], blank_cells(1, columns)])
    if address.kind == Kind.NEXT:
        cells[start.row] = blank_cells(1, columns)[0]
    cells[start.row, start.column : start.column + len(span)] = span
    state.cells = cells
    state.head = Head(start.row, start.column + len(span))
    at = None
    if cursor:
        used = np.flatnonzero(cells["glyph"][start.row] != 32)
        at = (start.row, min(int(used[-1]) + 2 if used.size else 0, columns - 1))
    state.frame = render(with_cursor(cells, at))


def _resize(state: FakeState, geometry: Geometry) -> None:
    lift = max(0, state.head.row + 1 - geometry.rows)
    cells = blank_cells(geometry.rows, geometry.columns)
    kept = state.cells[lift:][: geometry.rows, : geometry.columns]
    cells[: kept.shape[0], : kept.shape[1]] = kept
    state.cells, state.head = cells, Head(state.head.row - lift, 0)
    state.frame = render(cells)
