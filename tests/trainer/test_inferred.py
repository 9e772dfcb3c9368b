"""Actions inferred from prompts: what a person typed, at the moment it was typed, and nothing that was printed."""

import shutil
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessions import echo_session

from model.protocol import Geometry
from trainer.casts import Event, Recording
from trainer.inferred import inferred
from trainer.record import parse_script, record


def shown(*output: str, columns: int = 80) -> Recording:
    """A recording of outputs, a second apart."""
    events = [Event(float(at), "o", text) for at, text in enumerate(output)]
    return Recording(Geometry(24, columns), None, events, {})


def typed(recording: Recording) -> list[str]:
    return [event.data for event in inferred(recording).events if event.code == "i"]


def without_input(recording: Recording) -> Recording:
    return replace(recording, events=[event for event in recording.events if event.code != "i"])


@pytest.mark.skipif(
    not shutil.which("bwrap") or not shutil.which("cc"), reason="recording needs bubblewrap and a C compiler"
)
def test_the_lines_of_a_real_session_are_found_where_they_were_typed() -> None:
    lines = [
        "echo hi",
        "X='$ a'",
        "echo $X # b",
        "mkdir a; cd a",
        "pwd",
        "nosuchcommand",
        "printf 'x'",
        "seq 30",
        "clear",
        "ls",
    ]
    recording = record(parse_script("\n".join(lines), seed=5))
    made = inferred(without_input(recording))
    assert [event.data for event in made.events if event.code == "i"] == [f"{line}\r" for line in lines]
    shown, again = ([(one.code, one.data) for one in each.events if one.code != "m"] for each in (recording, made))
    assert again == shown


def test_a_recording_with_input_stays_as_it_is() -> None:
    recording = echo_session(1)
    assert inferred(recording) is recording


def test_keys_one_by_one_are_a_line_from_the_first_of_them_on() -> None:
    recording = shown(
        "\x1b[32muser@host\x1b[0m:~$ ", "l", "x", "\b \b", "s", " # 5 $ ", "\r\n", "a  b\r\nuser@host:~$ "
    )
    made = inferred(recording)
    assert [(event.time, event.data) for event in made.events if event.code == "i"] == [(1.0, "ls # 5 $\r")]


@pytest.mark.parametrize(
    ("prompt", "line"),
    [
        ("$ ", "ls"),
        ("root@host:/# ", "# a comment"),
        ("~ % ", "cd .."),
        ("❯ ", "git status"),
        (">>> ", "1 + 1"),
        ("> ", "print(1)"),
        ("... ", "pass"),
        ("➜  src git:(main) ", "make"),
        ("PS C:\\> ", "dir"),
        ("mysql> ", "select 1;"),
        ("In [3]: ", "x"),
        (" ~/src \ue0b0 ", "make"),
    ],
)
def test_prompts_of_many_programs(prompt: str, line: str) -> None:
    assert typed(shown(prompt, line, "\r\nout\r\n" + prompt, *line, "\r\n")) == [f"{line}\r"] * 2


def test_a_prompt_of_any_form_is_known_by_what_a_shell_says_when_it_waits() -> None:
    waits, works, prompt = "\x1b[?2004h", "\r\n\x1b[?2004l\r", "(x1::src) "
    assert typed(shown(waits + prompt, *"make", works, "done\r\n", waits + prompt, "ls", works)) == ["make\r", "ls\r"]
    assert typed(shown(prompt, "make", "\r\n")) == typed(shown(waits, "\x1b[?2004l" + prompt, "make", "\r\n")) == []
    # It comes in the middle of what is pasted, or from an editor.
    assert typed(shown(waits + prompt + "m", "ake", works)) == []
    assert typed(shown("\x1b[?1049h" + waits + "File: ", "x", "\r\n")) == []


def test_a_line_of_several_rows_is_whole() -> None:
    line = "echo " + "abcdefghi " * 7 + "end"
    assert typed(shown("$ ", *line, "\r\n$ ", columns=30)) == [f"{line}\r"]
    assert typed(shown("x\r\n" * 23 + "$ ", *line, "\r\n$ ", columns=30)) == [f"{line}\r"]


def test_an_interrupted_line_ends_in_control_c_and_an_empty_one_needs_a_known_prompt() -> None:
    assert typed(shown("$ ", "sleep 5", "^C\r\n$ ", "\r\n$ ", "ls", "\r\n")) == ["sleep 5\x03", "\r", "ls\r"]
    assert typed(shown("why? >", "\r\n", "so >", "\r\n")) == []


@pytest.mark.parametrize(
    "output",
    [
        ("loading 10%", "\rloading 20%", "\rloading 100%", "\r\ndone\r\n"),
        ("a -->", " b\r\n"),
        ("Password: ", "\r\n"),
        ("Continue? [y/N] ", "y", "\r\n"),
        ("$ ls in one piece\r\na\r\n",),
        ("\x1b[?1049h\x1b[Hfull screen", "\x1b[2;1Hrow", "\x1b[?1049l"),
    ],
)
def test_what_is_printed_is_not_typed(output: tuple[str, ...]) -> None:
    assert typed(shown(*output)) == []


def test_a_program_that_takes_the_screen_was_called() -> None:
    assert typed(shown("$ ", "vim", "\x1b[?1049h\x1b[H~\r\n~", "\x1b[?1049l", "\r\n$ ")) == ["vim\r"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(st.sampled_from("ab $#>%\r\n\b\x1b[2J1;H?049hl\t猫é"), max_size=12), max_size=12),
    st.integers(1, 12),
    st.integers(1, 5),
)
def test_any_output_is_taken(output: list[str], columns: int, rows: int) -> None:
    recording = replace(shown(*output), geometry=Geometry(rows, columns))
    made = inferred(recording)
    assert [event for event in made.events if event.code != "i"] == recording.events
    assert all(event.data[-1] in "\r\x03" for event in made.events if event.code == "i")
