"""What a recorded session showed, action by action: the truth, read off an emulator instead of off frames.

Rows are counted from the top of the screen before an action. Output starts below the rows of the command line and ends
above the row of the next prompt, or inside that row if the output ended without a line break. A command that blanks the
screen (`clear`) has all that stands above the next prompt as its output.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from model.protocol import Action, Frame, Geometry
from trainer.casts import Event, Recording, parse_size
from trainer.emulator import MAX_SCROLLED, Emulator
from trainer.evaluate.prompt import Prompt, find_prompt, rows_taken
from trainer.evaluate.typed import by_line, own_keys, typed_text
from trainer.render import render_screen
from trainer.screen import Row, Screen, cells_of, text_lines

_ROWS_AT_ONCE = 1024
"""Rows turned to text at once."""


@dataclass(frozen=True, slots=True, eq=False)
class RecordedTurn:
    """An action and what the terminal showed for it.

    Attributes:
        action: with the clock and geometry as recorded. Empty keys: what was shown before any input, or a new size.
        family: of the command, if the recording names it.
        state: the hash of the machine's state after it, in a session of a machine's own.
        echo: the rows of the prompt and the command line; None if they were blanked, or scrolled out of reach.
        output: the rows between the command line and the next prompt, those that scrolled away too; of more than
            `MAX_SCROLLED`, the last.
        screen: at the end.
        row, start: the row of the next prompt on the screen, and the cell it starts at.
    """

    action: Action
    family: str | None
    state: str | None
    echo: list[str] | None
    output: list[str]
    screen: Screen
    row: int
    start: int

    @property
    def command(self) -> str:
        """The line typed, without its Enter."""
        return typed_text(self.action.keys)

    def lines(self) -> list[str]:
        """The text of the rows on screen at the end."""
        return text_lines(self.screen)

    def frame(self) -> Frame:
        """The picture at the end, the cursor drawn."""
        return render_screen(self.screen)


@dataclass(slots=True)
class _Exchange:
    """An action as recorded, and the output up to the next."""

    action: Action
    family: str | None = None
    state: str | None = None
    output: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing was pressed, resized or shown: the start of a session of a machine's own."""
        return not (self.action.keys or self.action.geometry or self.output)


def recorded_turns(recording: Recording) -> Iterator[RecordedTurn]:
    """The turns of a recording, in order; the first presses nothing. Keys recorded one by one count as lines."""
    emulator = Emulator(recording.geometry)
    prompt: Prompt | None = None
    for exchange in _exchanges(by_line(recording)):
        if exchange.action.geometry is not None:
            emulator.resize(exchange.action.geometry)
            prompt = find_prompt(emulator.screen(), None)
        turn, prompt = _show(emulator, prompt, exchange)
        yield turn


def _exchanges(recording: Recording) -> Iterator[_Exchange]:
    """Events gathered by action; a size that comes just before keys belongs to them."""
    current = _Exchange(Action(b"", clock=_clock(recording, 0.0)))
    first = True
    marks: dict[str, str] = {}
    for event in recording.events:
        match event.code:
            case "o":
                current.output.append(event.data)
            case "m":
                name, _, text = event.data.partition(":")
                if name == "state":
                    current.state = text
                marks[name] = text
            case "i" | "r":
                geometry = parse_size(event.data) if event.code == "r" else None
                keys = own_keys(event.data, marks) if event.code == "i" else b""
                shown: list[str] = []
                if event.code == "i" and current.action.geometry and not current.action.keys and not current.output:
                    geometry = current.action.geometry
                elif first and not keys and geometry is None:
                    # An empty action that comes first is the start itself: what was shown before it belongs to it.
                    shown = current.output
                elif not current.empty:
                    yield current
                first = False
                action = _action(recording, event, keys, geometry, marks)
                current = _Exchange(action, marks.get("family"), output=shown)
                if event.code == "i":
                    marks = {}
    yield current


def _action(
    recording: Recording, event: Event, keys: bytes, geometry: Geometry | None, marks: dict[str, str]
) -> Action:
    clock = _clock(recording, event.time)
    if "clock" in marks:
        with contextlib.suppress(ValueError):
            clock = datetime.fromisoformat(marks["clock"])
    return Action(keys, marks.get("caption"), clock, geometry)


def _clock(recording: Recording, seconds: float) -> datetime | None:
    """The time of day of an event, in whole seconds UTC."""
    if recording.timestamp is None:
        return None
    return datetime.fromtimestamp(int(recording.timestamp + seconds), UTC)


def _show(emulator: Emulator, prompt: Prompt | None, exchange: _Exchange) -> tuple[RecordedTurn, Prompt]:
    """Prints what followed an action and reads the text of it."""
    typed_at = prompt or find_prompt(emulator.screen(), None)
    blanked, gone = emulator.feed_until_blanked("".join(exchange.output))
    screen = emulator.screen()
    end = find_prompt(screen, prompt)
    shown = _lines(gone) + text_lines(screen)[: end.row]
    taken = rows_taken(typed_text(exchange.action.keys), typed_at.column, screen.geometry.columns)
    # The command line is gone when the screen was blanked, and when the emulator kept the last rows only.
    lost = blanked or len(gone) >= MAX_SCROLLED
    first = 0 if lost else typed_at.row + taken
    output = shown[first:]
    if end.start and len(shown) >= first:
        output.append(_text(screen.cells[end.row], stop=end.start))
    echo = None
    if not lost:
        # Output without a line break may stand before the prompt, in the prompt's own row.
        row = typed_at.row
        top = cells_of(gone[row]) if row < len(gone) else screen.cells[row - len(gone)]
        echo = [_text(top, start=typed_at.start), *shown[row + 1 : first]]
    turn = RecordedTurn(exchange.action, exchange.family, exchange.state, echo, output, screen, end.row, end.start)
    return turn, end


def _lines(rows: list[Row]) -> list[str]:
    """The text of rows, a few at a time: rows repeat each other and their text is short."""
    lines: list[str] = []
    for at in range(0, len(rows), _ROWS_AT_ONCE):
        lines += text_lines(Screen(np.stack([cells_of(row) for row in rows[at : at + _ROWS_AT_ONCE]])))
    return lines


def _text(cells: NDArray[np.void], start: int = 0, stop: int | None = None) -> str:
    """The text of a row of cells, `CELL` (columns,), from `start` up to `stop`."""
    return text_lines(Screen(cells[None, start:stop]))[0]
