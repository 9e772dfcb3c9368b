"""The truth of recorded sessions, command by command."""

from datetime import UTC, datetime

import pytest

from model.protocol import Geometry
from trainer.casts import Event, Recording
from trainer.emulator import MAX_SCROLLED
from trainer.evaluate.recorded import recorded_turns
from trainer.evaluate.results import session_results
from trainer.evaluate.typed import by_line

PROMPT = "\x1b[32m~\x1b[0m$ "


def session(*exchanges: tuple[str, str], geometry: Geometry | None = None) -> Recording:
    """A recording of commands and their output; the prompt is added, and each line is echoed."""
    events = [Event(0.0, "o", PROMPT)]
    for number, (line, output) in enumerate(exchanges, 1):
        events.append(Event(float(number), "i", line + "\r"))
        events.append(Event(number + 0.01, "o", line + "\r\n" + output.replace("\n", "\r\n") + PROMPT))
    return Recording(geometry or Geometry(6, 20), 1_700_000_000, events)


def outputs(recording: Recording) -> list[list[str]]:
    return [result["output"] for result in session_results(recording)]


def test_output_lies_between_the_command_line_and_the_next_prompt() -> None:
    results = session_results(session(("echo hi", "hi\n"), ("true", "")))
    assert results[0] == {
        "command": "echo hi",
        "output": ["hi"],
        "screen": ["~$ echo hi", "hi", "~$", "", "", ""],
    }
    assert results[1]["output"] == []


def test_output_is_whole_when_it_scrolled_away() -> None:
    lines = [str(number) for number in range(1, 31)]
    results = session_results(session(("seq 30", "\n".join(lines) + "\n")))
    assert results[0]["output"] == lines
    assert results[0]["screen"] == ["26", "27", "28", "29", "30", "~$"]


def test_output_without_a_line_break_stands_before_the_prompt_and_is_not_part_of_the_next_echo() -> None:
    recording = session(("printf x", "x"), ("echo y", "y\n"))
    assert outputs(recording) == [["x"], ["y"]]
    assert [turn.echo for turn in recorded_turns(recording) if turn.action.keys] == [["~$ printf x"], ["~$ echo y"]]


def test_a_changed_folder_changes_the_prompt_and_not_the_output() -> None:
    inside = "\x1b[32m~/a\x1b[0m$ "
    events = [
        Event(0.0, "o", PROMPT),
        Event(1.0, "i", "cd a\r"),
        Event(1.0, "o", "cd a\r\n" + inside),
        Event(2.0, "i", "printf q\r"),
        Event(2.0, "o", "printf q\r\nq" + inside),
    ]
    assert outputs(Recording(Geometry(6, 20), None, events)) == [[], ["q"]]


def test_a_prompt_is_found_again_where_its_colour_is_a_little_off_and_its_path_holds_a_blank() -> None:
    events = [Event(0.0, "o", "\x1b[38;2;40;180;110m~/a b\x1b[0m$ ")]
    for number, green in enumerate(("52;185;114", "37;178;108"), 1):
        events.append(Event(float(number), "i", "printf q\r"))
        events.append(Event(float(number), "o", f"printf q\r\nq\x1b[38;2;{green}m~/a b\x1b[0m$ "))
    turns = list(recorded_turns(Recording(Geometry(6, 20), None, events)))[1:]
    assert [(turn.echo, turn.output) for turn in turns] == [(["~/a b$ printf q"], ["q"])] * 2


def test_a_wrapped_command_line_is_not_output() -> None:
    word = "a" * 30
    recording = session((f"echo {word}", f"{word}\n"))
    assert outputs(recording) == [["a" * 20, "a" * 10]]
    turn = list(recorded_turns(recording))[-1]
    assert turn.echo == ["~$ echo aaaaaaaaaaaa", "a" * 18]


def test_after_a_cleared_screen_all_above_the_prompt_is_output() -> None:
    recording = session(("echo a", "a\n"), ("clear; echo b", "\x1b[H\x1b[2J\x1b[3Jb\n"), ("clear", "\x1b[H\x1b[2J"))
    assert outputs(recording) == [["a"], ["b"], []]
    assert [turn.echo for turn in recorded_turns(recording)][2:] == [None, None]


def test_keys_recorded_one_by_one_are_one_command() -> None:
    events = [Event(0.0, "o", PROMPT)]
    for number, key in enumerate("echp\x7fo hi\r"):
        events.append(Event(1 + number / 10, "i", key))
        echoed = "\b \b" if key == "\x7f" else "\r\nhi\r\n" + PROMPT if key == "\r" else key
        events.append(Event(1.05 + number / 10, "o", echoed))
    results = session_results(Recording(Geometry(6, 20), None, events))
    assert [(result["command"], result["output"]) for result in results] == [("echo hi", ["hi"])]


def test_recordings_of_lines_are_left_as_they_are() -> None:
    recording = session(("echo a", "a\n"), ("", ""), ("echo b", "b\n"))
    assert by_line(recording) == recording


def test_keys_for_a_program_that_has_the_screen_are_actions_each() -> None:
    keys = [("i", "v"), ("i", "i\r"), ("o", "\x1b[?1049h\x1b[H"), ("i", "j"), ("i", "\x7f"), ("i", ":q\r")]
    after = [("o", "\x1b[?1049l$ "), ("i", "l"), ("i", "s\r")]
    events = [Event(float(at), *event) for at, event in enumerate(keys + after)]
    typed = [event.data for event in by_line(Recording(Geometry(), None, events)).events if event.code == "i"]
    assert typed == ["vi\r", "j", "\x7f", ":q\r", "ls\r"]


def test_a_line_sent_with_a_line_break_of_two_characters_is_one_line() -> None:
    events = [Event(0.0, "i", "a\r\nb\rc")]
    assert [event.data for event in by_line(Recording(Geometry(), None, events)).events] == ["a\r\n", "b\r", "c"]


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        (["ls -la /tmp", "\x7f", "\r"], ["ls -la /tm\r"]),
        (["lss\x7f -l\r"], ["ls -l\r"]),
        (["ab", "\x7f\x7f\x7f", "c\r"], ["c\r"]),
        # An arrow is one key, and Alt-Backspace rubs out more than a character: it stays.
        (["a\x1b[D\x7fb\r"], ["ab\r"]),
        (["echo a\x1b\x7f\r"], ["echo a\x1b\x7f\r"]),
        (["\x1b\r", "\x1b\x03x"], ["\x1b\r", "\x1b\x03", "x"]),
    ],
)
def test_a_rubout_takes_back_one_key(typed: list[str], lines: list[str]) -> None:
    events = [Event(float(at), "i", data) for at, data in enumerate(typed)]
    assert [event.data for event in by_line(Recording(Geometry(), None, events)).events] == lines


def test_marks_give_family_caption_clock_and_state() -> None:
    events = [
        Event(0.0, "o", PROMPT),
        Event(1.0, "m", "family:arith"),
        Event(1.0, "m", "caption:The answer is 2"),
        Event(1.0, "m", "clock:2026-01-31T12:00:00+00:00"),
        Event(1.0, "i", "echo $((1+1))\r"),
        Event(1.1, "o", "echo $((1+1))\r\n2\r\n" + PROMPT),
        Event(1.2, "m", "state:abc"),
        Event(5.5, "i", "true\r"),
        Event(5.6, "o", "true\r\n" + PROMPT),
    ]
    first, second, third = recorded_turns(Recording(Geometry(6, 20), 1_000_000, events))
    assert (first.action.keys, first.family, first.state) == (b"", None, None)
    assert (second.family, second.state, second.action.caption) == ("arith", "abc", "The answer is 2")
    assert second.action.clock == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert (third.family, third.state, third.action.caption) == (None, None, None)
    assert third.action.clock == datetime.fromtimestamp(1_000_005, UTC)


def test_a_size_just_before_keys_belongs_to_them() -> None:
    events = [
        Event(0.0, "o", PROMPT),
        Event(1.0, "r", "30x4"),
        Event(1.0, "i", "true\r"),
        Event(1.0, "o", "true\r\n" + PROMPT),
        Event(2.0, "r", "10x3"),
        Event(2.0, "o", "\r" + PROMPT),
    ]
    turns = list(recorded_turns(Recording(Geometry(6, 20), None, events)))
    assert [(turn.action.keys, turn.action.geometry) for turn in turns] == [
        (b"", None),
        (b"true\r", Geometry(4, 30)),
        (b"", Geometry(3, 10)),
    ]
    assert [turn.frame().geometry for turn in turns] == [Geometry(6, 20), Geometry(4, 30), Geometry(3, 10)]


def test_a_session_that_starts_with_an_empty_action_has_no_turn_before_it() -> None:
    events = [Event(0.0, "i", ""), Event(0.1, "o", PROMPT), Event(1.0, "i", "true\r"), Event(1.0, "o", "true\r\n")]
    turns = list(recorded_turns(Recording(Geometry(6, 20), None, events)))
    assert [turn.action.keys for turn in turns] == [b"", b"true\r"]


def test_of_endless_output_the_last_rows_are_kept() -> None:
    count = MAX_SCROLLED + 500
    result = list(recorded_turns(session(("seq", "".join(f"{number}\n" for number in range(count))))))[-1]
    assert len(result.output) == MAX_SCROLLED + 5
    assert result.output[-1] == str(count - 1)
    assert result.echo is None
