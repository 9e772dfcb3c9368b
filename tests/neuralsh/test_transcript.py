"""Reading turns off frames: what a command printed, however the screen moved while it was drawn."""

import pytest
from fakes import FakeMachine
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from model.protocol import Geometry
from neuralsh.prompts import prompt_start
from neuralsh.scrolling import motion
from neuralsh.session import Session
from neuralsh.turns import Typist
from neuralsh.wrapping import wrap
from trainer.screen import blank_cells


def typist(rows: int = 24, columns: int = 80, **answers: str) -> Typist:
    """A typist at a machine that prints `answers`, by the first word of the line; unknown words print nothing."""
    machine = FakeMachine(lambda line: answers.get(line.split(" ")[0], ""))
    return Typist(Session(machine, Geometry(rows, columns)))


@pytest.mark.parametrize(
    ("printed", "output"),
    [
        ("", []),
        ("hi\n", ["hi"]),
        ("hi", ["hi"]),
        ("\n", [""]),
        ("a\n\nb\n", ["a", "", "b"]),
        ("a\nb", ["a", "b"]),
        ("  in\n", ["  in"]),
        ("漢字 é\n", ["漢字 é"]),
        ("".join(f"line {i}\n" for i in range(100)), [f"line {i}" for i in range(100)]),
        ("y\n" * 60, ["y"] * 60),
        ("x" * 25 + "\n", ["x" * 20, "x" * 5]),
        ("x" * 40 + "\n", ["x" * 20, "x" * 20]),
        ("gone\n\fleft\n", ["left"]),
        ("\f", []),
    ],
)
def test_output(printed: str, output: list[str]) -> None:
    at = typist(8, 20, run=printed)
    for _ in range(3):  # on an empty screen, in its middle, and at its end
        turn = at.type(b"run")
        assert turn.text.output == output
        assert turn.text.command in (["~$ run"], [output[-1] + "~$ run"] if output else ["~$ run"])
        assert at.prompt_text == "~$ "


def test_a_command_line_that_wraps_is_no_output() -> None:
    at = typist(6, 20, run="done\n")
    for length in range(1, 60):
        line = "run " + "x" * length
        turn = at.type(line.encode())
        assert turn.text.output == ["done"], length
        assert "".join(turn.text.command) == "~$ " + line


def test_output_without_a_line_break_is_cut_at_the_prompt() -> None:
    at = typist(run="hi")
    assert at.type(b"run").text.output == ["hi"]
    second = at.type(b"other")
    assert second.text.command == ["~$ other"]
    assert second.text.output == []
    assert second.text.screen[:3] == ["~$ run", "hi~$ other", "~$"]


def test_enter_alone_on_a_screen_of_prompts() -> None:
    at = typist(6, 20)
    for _ in range(12):
        turn = at.type(b"")
        assert turn.text.output == []
        assert turn.text.command == ["~$"]


def test_clear_on_any_row() -> None:
    at = typist(6, 20, clear="\f", both="\fafter\n", say="word\n")
    for before in range(8):
        for _ in range(before):
            at.type(b"say")
        turn = at.type(b"clear")
        assert (turn.text.output, turn.text.screen) == ([], ["~$", "", "", "", "", ""])
        assert at.type(b"both").text.output == ["after"]


def test_tiny_screens_are_read() -> None:
    for rows, columns in ((1, 1), (1, 40), (2, 2), (3, 5)):
        at = typist(rows, columns, run="abc\nde\n")
        for _ in range(3):
            turn = at.type(b"run")
        assert turn.timing.frames
        if columns >= 6:
            assert turn.text.output == ["abc", "de"]


def test_the_largest_screen_is_read() -> None:
    lines = [str(i) for i in range(110)] + ["x" * 250]
    at = typist(100, 250, run="".join(line + "\n" for line in lines))
    assert at.type(b"run").text.output == lines


@pytest.mark.parametrize(
    ("row", "start"),
    [
        ("~/a$ ", 0),
        ("hi~/a$ ", 2),
        ("hi ~/my dir$ ", 3),
        ("hi>>> ", 0),
        ("$ ", 0),
        ("x$ ", 1),
        ("", 0),
    ],
)
def test_a_prompt_is_found_behind_output(row: str, start: int) -> None:
    last, cells = blank_cells(1, 3)[0], blank_cells(1, len(row))[0]
    last["glyph"] = [ord(c) for c in "~$ "]
    last["fg"][0] = (10, 200, 20)
    cells["glyph"] = [ord(c) for c in row]
    for at, character in enumerate(row):
        if row.find("~") >= 0 and row.find("~") <= at < row.index("$") and character != " ":
            cells["fg"][at] = (20 + at, 190, 30)  # never quite the same green
    assert prompt_start(cells, last) == start


def test_a_prompt_of_one_colour_is_found_if_it_is_the_same() -> None:
    last, cells = blank_cells(1, 4)[0], blank_cells(1, 6)[0]
    last["glyph"] = [ord(c) for c in ">>> "]
    cells["glyph"] = [ord(c) for c in "hi>>> "]
    assert prompt_start(cells, last) == 2
    cells["glyph"] = [ord(c) for c in "hi... "]
    assert prompt_start(cells, last) == 0


@given(
    st.lists(st.tuples(st.sampled_from("a$ "), st.sampled_from([0, 90, 200])), max_size=4), st.text("a$ ", max_size=6)
)
def test_whatever_a_machine_drew_for_a_prompt_can_be_looked_for(drawn: list[tuple[str, int]], row: str) -> None:
    last, cells = blank_cells(1, len(drawn))[0], blank_cells(1, len(row))[0]
    last["glyph"], last["fg"] = [ord(c) for c, _ in drawn], [(ink, ink, ink) for _, ink in drawn] or 0
    cells["glyph"] = [ord(c) for c in row]
    assert 0 <= prompt_start(cells, last) <= len(row)


lines = st.text("ab ~$é漢", max_size=30).map(str.rstrip)


def rows_taken(line: str, columns: int) -> list[str]:
    """The rows a printed line takes; a wide character does not straddle them."""
    rows: dict[int, str] = {}
    for place, character in zip(wrap(line, 0, columns), line, strict=False):
        rows[place.row] = rows.get(place.row, "") + character
    return [row.rstrip() for row in rows.values()]


@settings(max_examples=40, deadline=None)
@given(st.lists(lines, max_size=12), st.integers(4, 9), st.integers(33, 40))
@example(["~", "~", "~", "~"], 4, 33)
def test_any_lines_come_back(printed: list[str], rows: int, columns: int) -> None:
    shown = [row for line in printed for row in rows_taken(line, columns) or [""]]
    # A row that begins as a screen of equal rows does cannot be told from one of them that goes on.
    alike = ((shown[at - 1], shown[at]) for at in range(rows, len(shown)) if len(set(shown[at - rows : at])) == 1)
    assume(not any(new.startswith(old) and new != old for old, new in alike))
    at = typist(rows, columns, before="one\ntwo\n", run="".join(line + "\n" for line in printed))
    at.type(b"before")
    # An empty line on an empty screen cannot be seen; the row of the command line is gone by then.
    seen = [line for line in at.type(b"run").text.output if line]
    assert seen == [row for line in printed for row in rows_taken(line, columns) if row]


def test_motion_of_equal_rows() -> None:
    before = blank_cells(4, 10)
    before["glyph"][:, 0] = ord("y")
    assert motion(before, before).scrolled == 1
    longer = before.copy()
    longer["glyph"][3, 1] = ord("y")
    assert motion(before, longer).scrolled == 0
    other = before.copy()
    other["glyph"][3, 0] = ord("n")
    assert motion(before, other).scrolled == 1
    assert motion(blank_cells(4, 10), blank_cells(4, 10)).scrolled == 0


def test_motion_of_several_rows_at_once() -> None:
    before, after = blank_cells(6, 10), blank_cells(6, 10)
    before["glyph"][:, 0] = [ord(c) for c in "abcdef"]
    after["glyph"][:, 0] = [ord(c) for c in "defxyz"]
    assert motion(before, after).scrolled == 3
