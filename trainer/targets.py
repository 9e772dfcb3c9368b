"""From a recording to targets: turns of actions and the writes that answer them.

The rules are those of docs/design.md, "From a recording to targets". A recording without input is one turn: a screen
that draws itself.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.nccligen.address import Head, Kind, behind, place
from model.protocol import Action, Geometry
from trainer.cast_fields import parse_size
from trainer.notes import MARK, note_writes
from trainer.screen import blank_cells
from trainer.writes import Canvas, Write, shows

if TYPE_CHECKING:
    from trainer.casts import Event, Recording
    from trainer.emulator import Emulator

TICK_SECONDS = 0.066
"""Output further apart than one frame at 15 frames a second belongs to different ticks."""

EXAMPLE = "example"
"""The family of turns that are seen in training and not drawn: nothing before them could foretell them."""

MAX_WRITES = 100_000
"""Once a turn has so many writes, the rest of it is drawn as one tick."""

__all__ = ["Exchange", "Trace", "Turn", "Write", "apply", "digest_of_trace", "exchanges", "trace", "turns"]


@dataclass(slots=True)
class Turn:
    """An action and the writes that answer it. A yield is implied after the last write.

    Attributes:
        action: what was done.
        writes: what was drawn, and behind it the notes that were made of it.
        family: the family of the command, such as ``echo``; None if the recording does not name it.
    """

    action: Action
    writes: list[Write]
    family: str | None = None


@dataclass(slots=True)
class Trace:
    """The turns of one session, in a terminal that begins with `geometry`."""

    geometry: Geometry
    turns: list[Turn] = field(default_factory=list)


@dataclass(slots=True)
class Exchange:
    """An action as it was recorded, when, the output up to the next, and the mark of what folders held after it."""

    action: Action
    time: float
    family: str | None = None
    output: "list[Event]" = field(default_factory=list)
    files: str | None = None


def trace(recording: "Recording") -> Trace:
    """The turns of a recording.

    The first turn presses nothing: it holds what was drawn before the first input. A change of size is a turn too.
    """
    return Trace(recording.geometry, list(turns(recording)))


def digest_of_trace(trace: Trace) -> bytes:
    """SHA-256 over what a session shows and what was done in it, 32 bytes: equal for the same session alone.

    Recordings without input have the same actions, none, and are not the same.
    """
    total = hashlib.sha256(repr(trace.geometry).encode())
    for turn in trace.turns:
        total.update(repr((turn.action.keys, turn.action.geometry, len(turn.writes))).encode())
        for write in turn.writes:
            total.update(b"%d %d %d %d " % write.address + write.cells.tobytes())
    return total.digest()


def turns(recording: "Recording") -> Iterator[Turn]:
    """The turns of a recording, one by one: `trace` for those that are too long to hold."""
    # Imported here, so that training on shards runs where no emulator is installed (a rented GPU).
    from trainer.emulator import Emulator

    emulator, canvas = Emulator(recording.geometry), Canvas(recording.geometry)
    for exchange in exchanges(recording):
        yield _turn(exchange, emulator, canvas)


def exchanges(recording: "Recording") -> Iterator[Exchange]:
    """The actions of a recording and what each printed."""
    current = Exchange(Action(b"", clock=_clock(recording, 0.0)), 0.0)
    marks: dict[str, str] = {}
    for event in recording.events:
        match event.code:
            case "o":
                current.output.append(event)
            case "m":
                name, _, text = event.data.partition(":")
                if name == MARK:
                    current.files = text
                else:
                    marks[name] = text
            case "i":
                yield current
                keys = event.data.encode("utf-8", "replace")
                action = Action(keys, marks.get("caption"), _clock(recording, event.time))
                current = Exchange(action, event.time, marks.get("family"))
                marks = {}
            case "r":
                yield current
                geometry = parse_size(event.data)
                current = Exchange(Action(b"", clock=_clock(recording, event.time), geometry=geometry), event.time)
    yield current


def _clock(recording: "Recording", seconds: float) -> datetime | None:
    """The time of day of an event, in whole seconds UTC."""
    if recording.timestamp is None:
        return None
    return datetime.fromtimestamp(int(recording.timestamp + seconds), UTC)


def _turn(exchange: Exchange, emulator: "Emulator", canvas: Canvas) -> Turn:
    canvas.writes = []
    if exchange.action.geometry is not None:
        canvas.resize(exchange.action.geometry)
        emulator.resize(exchange.action.geometry)
    prompt = canvas.head if exchange.action.keys else None
    blanked = False
    for text, last in _ticks(exchange.output):
        blanks, scrolled = emulator.feed_until_blanked(text)
        blanked |= blanks
        if last or len(canvas.writes) < MAX_WRITES:
            cursor = emulator.cursor() if last else None
            canvas.draw(emulator.rows(), scrolled, cursor, blanked=blanked, prompt=prompt)
            blanked, prompt = False, None
    notes = note_writes(exchange.files) if exchange.files else []
    return Turn(exchange.action, canvas.writes + notes, exchange.family)


def _ticks(output: "list[Event]") -> Iterator[tuple[str, bool]]:
    """The output of a turn cut where it paused, and whether a piece is the last.

    One empty tick if there is none: a new size moves what is on screen too.
    """
    tick: list[str] = []
    before = output[0].time if output else 0.0
    for event in output:
        if event.time - before > TICK_SECONDS:
            yield "".join(tick), False
            tick = []
        tick.append(event.data)
        before = event.time
    yield "".join(tick), True


def on_screen(writes: list[Write]) -> list[Write]:
    """Those that are not on the scratch sheet."""
    return [write for write in writes if not write.address.kind.is_aside]


def without_notes(trace: Trace) -> Trace:
    """The trace of a machine that keeps none: what was recorded has nothing else beside the screen."""
    return replace(trace, turns=[replace(turn, writes=on_screen(turn.writes)) for turn in trace.turns])


def apply(trace: Trace) -> Iterator[NDArray[np.void]]:
    """Replays the writes of a trace, as a machine places them.

    Yields:
        The screen after each turn, `CELL` (rows, columns); a copy.
    """
    geometry = trace.geometry
    grid, head = blank_cells(geometry.rows, geometry.columns), Head(0, 0)
    for turn in trace.turns:
        if turn.action.geometry is not None:
            grid, head = _resized(grid, head, turn.action.geometry)
        for write in on_screen(turn.writes):
            grid, head = _placed(grid, head, write)
        yield grid.copy()


def _placed(grid: NDArray[np.void], head: Head, write: Write) -> tuple[NDArray[np.void], Head]:
    rows, columns = grid.shape
    start, scroll = place(write.address, head, rows)
    if write.address.kind == Kind.CLEAR:
        grid = blank_cells(rows, columns)
    elif scroll:
        grid = np.concatenate((grid[1:], blank_cells(1, columns)))
    visible = max(0, min(len(write.cells), columns - start.column))
    grid[start.row, start.column : start.column + visible] = write.cells[:visible]
    return grid, behind(start, write.address.length, shows(write.cells))


def _resized(grid: NDArray[np.void], head: Head, geometry: Geometry) -> tuple[NDArray[np.void], Head]:
    lift = max(0, head.row + 1 - geometry.rows)
    new = blank_cells(geometry.rows, geometry.columns)
    kept = grid[lift : lift + geometry.rows, : geometry.columns]
    new[: kept.shape[0], : kept.shape[1]] = kept
    return new, Head(head.row - lift, *(min(column, geometry.columns) for column in head[1:]))
