"""Targets lead a machine to the screen the emulator shows, by the rules of docs/design.md."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from model.font.cells import FOREGROUND
from model.nccligen.address import SPANS, Address, Kind
from model.protocol import Geometry
from trainer.casts import Event, Recording, parse_size, read_cast
from trainer.emulator import Emulator
from trainer.render import with_cursor
from trainer.targets import Trace, Turn, Write, apply, trace

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


def text(write: Write) -> str:
    return "".join(map(chr, write.cells["glyph"]))


def cursors(turn: Turn) -> list[int]:
    """In which writes of a turn the cursor's block is drawn (of recordings in one colour)."""
    return [i for i, write in enumerate(turn.writes) if (write.cells["bg"] == FOREGROUND).all(axis=1).any()]


SAME, NEXT, CONTINUE, SPACED = Kind.SAME, Kind.NEXT, Kind.CONTINUE, Kind.SPACED
CLEAR, GOTO = Kind.CLEAR, Kind.GOTO


def test_a_command_redraws_its_prompt_then_writes_below() -> None:
    made = check(record("echo a long line\r|echo a long line\r\na long line\r\n$ "))
    assert addresses(made.turns[0]) == [Address(SAME, 4)]
    assert addresses(made.turns[1]) == [
        Address(SAME, 16),
        Address(CONTINUE, 4),
        Address(NEXT, 8),
        Address(CONTINUE, 4),
        Address(NEXT, 4),
    ]
    assert [text(write) for write in made.turns[1].writes] == ["$ echo a long li", "ne  ", "a long l", "ine ", "$   "]
    assert cursors(made.turns[0]) == [0] and cursors(made.turns[1]) == [4]


def test_a_long_command_line_wraps_in_long_spans() -> None:
    line = "echo " + "x" * 50
    made = check(record(f"{line}\r|{line}\r\n{'x' * 50}\r\n$ "))
    assert [w.address.length for w in made.turns[1].writes] == [16, 16, 8, 16, 4, 8, 8, 8, 8, 8, 8, 4, 4]


def test_output_scrolls_and_lines_that_left_are_written() -> None:
    made = check(record("seq 9\r|seq 9\r\n" + "".join(f"{i}\r\n" for i in range(1, 10)) + "$ "))
    assert [text(write)[0] for write in made.turns[1].writes] == ["$", *"123456789", "$"]
    assert {write.address.kind for write in made.turns[1].writes[1:]} == {NEXT}


def test_a_blank_line_is_a_step() -> None:
    made = check(record("echo\r|echo\r\n\r\n$ ", rows=2))
    assert addresses(made.turns[1]) == [Address(SAME, 8), Address(NEXT, 0), Address(NEXT, 4)]


def test_clear_comes_with_the_first_row() -> None:
    made = check(record("ls\r|ls\r\na  b\r\n$ ", "clear\r|clear\r\n\x1b[H\x1b[2J\x1b[3J$ "))
    assert addresses(made.turns[2]) == [Address(CLEAR, 4)]
    hidden = check(record("clear\r|clear\r\n\x1b[?25l\x1b[H\x1b[2J"))
    assert addresses(hidden.turns[1]) == [Address(CLEAR, 0)]
    below = check(record("x|\x1b[2J\x1b[3;1Hx"))
    assert addresses(below.turns[1]) == [Address(CLEAR, 0), Address(NEXT, 0), Address(NEXT, 4)]


def test_a_full_screen_program_comes_and_goes() -> None:
    made = check(record("less\r|less\r\n\x1b[?1049h\x1b[Htext\x1b[5;1H:", "q|\r\x1b[K\x1b[?1049l$ "))
    assert addresses(made.turns[1])[0] == Address(CLEAR, 4) and addresses(made.turns[2])[0].kind == CLEAR


def test_rows_above_and_far_below_are_named() -> None:
    made = check(record("a|\x1b[2;1Hup\x1b[9;1Hdown", "b|\x1b[5;1Hmid", rows=10))
    assert addresses(made.turns[1]) == [Address(SAME, 4), Address(NEXT, 4), Address(GOTO, 8, 8, 0)]
    steps = [Address(NEXT, 0)] * 3
    assert addresses(made.turns[2]) == [Address(GOTO, 4, 4, 0), *steps, Address(NEXT, 8), Address(GOTO, 4, 4, 0)]
    assert cursors(made.turns[2]) == [5]


def test_the_cursor_is_drawn_last_where_it_stands() -> None:
    made = check(record("x|\r\nbelow\x1b[A\x1b[12G"))
    assert addresses(made.turns[1]) == [Address(SAME, 4), Address(NEXT, 8), Address(GOTO, 4, 0, 8)]
    assert cursors(made.turns[1]) == [2]


def test_a_progress_bar_redraws_its_line() -> None:
    events = [Event(0.0, "o", "$ "), Event(1.0, "i", "get\r"), Event(1.0, "o", "get\r\n")]
    events += [Event(1.1 + i / 10, "o", f"\r[{'#' * i:<9}]") for i in range(10)] + [Event(3.0, "o", "\r\n$ ")]
    made = check(Recording(Geometry(5, 40), None, events))
    kinds = [write.address.kind for write in made.turns[1].writes]
    assert kinds == [SAME, NEXT, SPACED, *[SAME, CONTINUE] * 9, NEXT]
    assert cursors(made.turns[1]) == [len(kinds) - 1]


def test_a_shorter_line_is_blanked_to_its_old_end() -> None:
    made = check(record("u|a long word", "\x15|\r\x1b[K$ "))
    assert [text(write) for write in made.turns[2].writes] == ["$               "]


def test_actions_carry_clock_caption_and_family() -> None:
    events = [Event(0.0, "o", "$ "), Event(1.0, "m", "family:date"), Event(1.0, "m", "caption:It is late: 23:00")]
    events += [Event(2.6, "i", "date\r"), Event(2.6, "o", "date\r\n$ "), Event(9.0, "i", "é"), Event(9.0, "x", "0")]
    made = check(Recording(Geometry(), 1_000_000_000, events))
    assert [turn.family for turn in made.turns] == [None, "date", None]
    assert [turn.action.keys for turn in made.turns] == [b"", b"date\r", "é".encode()]
    assert [turn.action.caption for turn in made.turns] == [None, "It is late: 23:00", None]
    assert made.turns[1].action.clock == datetime(2001, 9, 9, 1, 46, 42, tzinfo=UTC)
    assert trace(Recording(Geometry(), None, events)).turns[1].action.clock is None


def test_a_change_of_size_is_a_turn() -> None:
    events = [Event(0.0, "o", "a word and another\r\n$ "), Event(1.0, "r", "9x2"), Event(2.0, "o", "ls")]
    events += [Event(3.0, "r", "30x6"), Event(4.0, "i", "\r"), Event(4.0, "o", "\r\n$ ")]
    made = check(Recording(Geometry(5, 20), None, events))
    assert [turn.action.geometry for turn in made.turns] == [None, Geometry(2, 9), Geometry(6, 30), None]


def test_a_flood_of_ticks_ends_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.targets.MAX_WRITES", 100)
    events = [Event(float(i), "o", f"\x1b[2J\x1b[H{i}\r\n" + "y\r\n" * 9) for i in range(200)]
    made = check(Recording(Geometry(5, 20), None, events))
    assert len(made.turns[0].writes) < 130


words = st.text("ab -/世é", max_size=30)
moves = st.builds(
    "\x1b[{};{}{}".format, st.integers(0, 9), st.integers(0, 30), st.sampled_from("ABCDGHfJKLMPSTX@dr")
) | st.sampled_from(["\r", "\n", "\r\n", "\t", "\b", "\x1b[2J", "\x1b[H\x1b[J", "\x1bM", "\x1bc", "\x1b7", "\x1b8"])
looks = st.sampled_from(["0", "1;31", "7", "4", "44", "2", "38;5;99", "48;2;1;2;3"]).map("\x1b[{}m".format)
modes = st.sampled_from(["?25l", "?25h", "?1049h", "?1049l", "?47h", "?47l", "?7l", "?7h", "4h", "4l"]).map(
    "\x1b[{}".format
)
floods = st.integers(1, 30).map(lambda n: "".join(f"line {i}\r\n" for i in range(n)))
outputs = st.lists(words | moves | looks | modes | floods, max_size=6).map("".join)
steps = st.tuples(st.sampled_from(["o", "o", "o", "i", "r"]), outputs, st.sampled_from([0.0, 0.01, 0.5]))


def test_what_scrolled_off_before_a_program_took_the_screen_does_not_come_back() -> None:
    parts = ("aa", "\x1b[?1049h", "\x1b[?1049l")
    for output in (parts[:2], ("".join(parts[:2]),)):
        events = [*(Event(0.0, "o", text) for text in output), Event(0.0, "r", "2x1"), Event(0.0, "o", parts[2])]
        check(Recording(Geometry(1, 1), None, events, {}))


@settings(max_examples=300, deadline=None)
@given(st.lists(steps, max_size=12), st.integers(1, 8), st.integers(1, 40), st.data())
def test_replaying_any_output_gives_the_emulators_screen(
    steps: list[tuple[str, str, float]], rows: int, columns: int, data: st.DataObject
) -> None:
    events, now = [], 0.0
    for code, output, pause in steps:
        now += pause
        if code == "r":
            output = f"{data.draw(st.integers(1, 40))}x{data.draw(st.integers(1, 8))}"
        events.append(Event(now, code, output))
    check(Recording(Geometry(rows, columns), None, events))


@pytest.mark.skipif(not SHARED.is_dir(), reason="no public recordings beside the repository")
def test_replaying_public_recordings_gives_the_emulators_screen() -> None:
    paths = [path for path in sorted(SHARED.glob("*.cast")) if path.stat().st_size < 20_000]
    made = [check(read_cast(path)) for path in paths[::4]]
    assert sum(len(turn.writes) for one in made for turn in one.turns) > 1000
