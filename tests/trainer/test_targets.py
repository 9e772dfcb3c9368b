"""Targets lead a machine to the screen the emulator shows, by the rules of docs/design.md."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.nccligen.address import SPANS, Address, Kind
from model.protocol import Geometry
from trainer.casts import Event, Recording, parse_size
from trainer.emulator import Emulator
from trainer.render import with_cursor
from trainer.targets import Trace, Turn, apply, trace

SHARED = Path(__file__).parents[2].parent / "shared" / "casts"


def screens(recording: Recording) -> Iterator[NDArray[np.void]]:
    """The oracle: the emulator's screen with its cursor before each input, each change of size, and at the end."""
    emulator = Emulator(recording.geometry)

    def now() -> NDArray[np.void]:
        screen = emulator.screen()
        return with_cursor(screen.cells, screen.cursor)

    for event in recording.events:
        if event.code in "ir":
            yield now()
        if event.code == "r":
            emulator.resize(parse_size(event.data))
        if event.code == "o":
            emulator.feed(event.data)
    yield now()


def check(recording: Recording) -> Trace:
    """Replays a trace against the emulator and checks what every trace promises."""
    made = trace(recording)
    for number, (drawn, shown) in enumerate(zip(apply(made), screens(recording), strict=True)):
        assert drawn.tobytes() == shown.tobytes(), f"turn {number}"
    for turn in made.turns:
        for write in turn.writes:
            assert write.address.length in SPANS and write.address.kind != Kind.YIELD
            assert write.cells.shape == (write.address.length,)
            assert write.address.kind == Kind.GOTO or write.address[2:] == (0, 0)
    return made


def record(*steps: str, rows: int = 5, columns: int = 40, timestamp: int | None = None) -> Recording:
    """A recording of a prompt and steps ``keys|output``."""
    events = [Event(0.0, "o", "$ ")]
    for i, step in enumerate(steps):
        keys, output = step.split("|", 1)
        events += [Event(i + 1.0, "i", keys), Event(i + 1.0, "o", output)]
    return Recording(Geometry(rows, columns), timestamp, events)


def addresses(turn: Turn) -> list[Address]:
    return [write.address for write in turn.writes]


def test_a_command_redraws_its_prompt_then_writes_below() -> None:
    made = check(record("echo a long line\r|echo a long line\r\na long line\r\n$ "))
    assert addresses(made.turns[0]) == [Address(Kind.SAME, 4)]
    assert addresses(made.turns[1]) == [
        Address(Kind.SAME, 16),
        Address(Kind.CONTINUE, 4),
        Address(Kind.NEXT, 8),
        Address(Kind.CONTINUE, 4),
        Address(Kind.NEXT, 4),
    ]
