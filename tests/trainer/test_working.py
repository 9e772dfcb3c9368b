"""Working: the last row of the scratch sheet holds what bash prints, and it stands where it should."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from model.nccligen.address import Address, Kind
from model.protocol import Geometry
from trainer.captions import with_captions
from trainer.casts import Event, Recording
from trainer.corpus import Index, build
from trainer.grammar.arithmetic import operation, three_numbers
from trainer.targets import Trace, trace
from trainer.working import with_working, working


def value_of(expression: str) -> int:
    """What bash answers; the numbers of the grammar are such that it rounds as Python does."""
    return int(eval(expression.replace("/", "//")))


def expressions(count: int) -> Iterator[str]:
    r = Random(5)
    for _ in range(count):
        yield r.choice((operation, three_numbers))(r)


def test_the_last_row_holds_the_answer() -> None:
    worked = 0
    for expression in expressions(3000):
        rows = working(expression)
        if rows:
            assert rows[-1] == [f"={value_of(expression)}"], expression
            worked += 1
    assert worked > 2000


@pytest.mark.parametrize(
    "expression",
    ["1" + "+1" * 20_000, "-" * 20_000 + "1", "-" * 199 + "1", "(" * 99 + "1" + ")" * 99],
    ids=["terms", "signs", "fewer signs", "brackets"],
)
def test_what_is_long_or_deep_has_no_working(expression: str) -> None:
    assert working(expression) == []


def test_a_line_of_blanks_is_read_once() -> None:
    events = [Event(0.0, "o", ">>> "), Event(1.0, "i", " " * 1200 + "x\r"), Event(1.1, "o", "\r\n1\r\n>>> ")]
    typed = trace(Recording(Geometry(), None, events))
    began = time.perf_counter()
    assert with_working(typed) == typed
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        (
            "347 * 6",
            [["A76  34", "A42  346", "E462  3", "E242  36", "C3682  ", "C1882  6", "C 6082 ", "  62082"], ["=2082"]],
        ),
        (
            "6 * 17",
            [["A76  01", "A42  016", "E162  0", "E062  06", "B0602  ", "B0002  6", "A 6102 ", "  60102"], ["=102"]],
        ),
        (
            "12*34",
            [
                ["012* 34,    ,   "],
                ["A24  01", "A08  014", "A148  0", "A048  04", "A0448  ", "A0048  4", "A 4048 ", "  40048"],
                ["012*  3, 004,  8"],
                ["A23  01", "A06  013", "A136  0", "A036  03", "A0336  ", "A0036  3", "A 3036 ", "  30036"],
                ["a46    003    00", "b030    00     0", "a0040    0      ", "a 0040          ", "a  0040         "],
                ["012*   , 004, 08"],
                ["=408"],
            ],
        ),
        (
            "374 / 12",
            [
                [
                    *("N3L  74        /", "N3L0 74        /", "N3N0L74       0/"),
                    *("Q7L  4       0 /", "Q7L3 4       0 /", "Q7Q6L4       03/"),
                    *("O4L         03 /", "O4L1        03 /", "O4O2L       031/"),
                    "P L        031 /",
                ],
                ["=31"],
            ],
        ),
        ("7 % 9", [["N79            %", "N790           %", "N7N09         0%", "U 9          0 %"], ["=7"]]),
        ("100 - 1", [["m01   10", "n0 9   1", "n1 99   ", "m  099  "], ["=99"]]),
        ("1 - 100", [["m01   10", "n0 9   1", "n1 99   ", "m  099  "], ["=-99"]]),
        ("12 >= 9", [["m29    1", "n1 3    ", "m  03   "], ["=3"], ["=1"]]),
        ("9>12", [["m29    1", "n1 3    ", "m  03   "], ["=-3"], ["=0"]]),
        ("95 + 905", [["a55 90 9", "b900 9  ", "b 900   ", "b  000  "], ["=1000"]]),
        (
            "(3 + 4) * 2",
            [
                ["a34     ", "a  7    "],
                ["=7"],
                ["A72  00", "A14  002", "B024  0", "B004  02", "A0214  ", "A0014  2", "A 2014 ", "  20014"],
                ["=14"],
            ],
        ),
    ],
)
def test_rows_are_what_paper_would_show(expression: str, rows: list[list[str]]) -> None:
    assert working(expression) == rows


@pytest.mark.parametrize("sign", "+-*/%")
def test_numbers_of_every_length_come_to_an_end(sign: str) -> None:
    for digits in range(1, 8):
        a, b = int("9876543"[:digits]), 7
        rows = working(f"{a} {sign} {b}")
        expected = {"+": a + b, "-": a - b, "*": a * b, "/": a // b, "%": a % b}[sign]
        assert (rows[-1] == [f"={expected}"]) if rows else sign in "+-" and a < 100, a
        assert max(map(len, (write for row in rows for write in row)), default=0) <= 16


@pytest.mark.parametrize(
    "expression",
    [
        "12345678 + 1",
        "1 - 12345678",
        "123456789012 / 7",
        "123456789012345 * 7",
        "12 + 34",
        "5",
        "-5",
        "7 / 0",
        "50 / 13",
        "2 ** 9",
        "1 < 2 < 3",
        "-3 < 4",
        "1 < 12345678",
        "1 = 2",
        "",
        "1 +",
        "a * b",
        "08*2",
    ],
)
def test_what_needs_or_has_no_working(expression: str) -> None:
    assert working(expression) == []


def session(line: str, printed: str) -> Trace:
    events = [Event(0.0, "o", "~$ "), Event(1.0, "m", "family:arith"), Event(1.0, "i", f"{line}\r")]
    shown = "".join(f"{row}\r\n" for row in (line, *printed.splitlines()))
    return trace(Recording(Geometry(), 1_700_000_000, [*events, Event(1.0, "o", shown + "~$ ")], {}))


def test_working_stands_between_the_line_and_its_output_and_is_of_its_turn() -> None:
    made = with_working(session("echo $((12*3))", "36"))
    kinds = [write.address.kind for write in made.turns[1].writes]
    aside = [Kind.SCRATCH] * 9
    assert kinds == [Kind.SAME, Kind.CONTINUE, *aside, Kind.NEXT, Kind.NEXT]
    (stream,) = build([made], 1024, Index())
    assert (stream.aside > 0).sum() == 2 * 9 * 9
    assert set(stream.turn[stream.aside > 0].tolist()) == {1} and set(stream.aside.tolist()) == {0, 2}
    # What is behind on the screen stands where it would without.
    (bare,) = build([session("echo $((12*3))", "36")], 1024, Index())
    assert stream.column[stream.aside == 0].tolist() == bare.column.tolist()


def test_sums_typed_to_a_program_that_reckons_are_worked_too() -> None:
    for line, printed, worked in (("12 * 3", "36", 9), ("100//7", "14", 11), ("12*3", "12*3", 0), ("12*3", "no", 0)):
        writes = with_working(session(line, printed)).turns[1].writes
        assert sum(write.address.kind.is_aside for write in writes) == worked, line


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("echo '$((12*3))'", "$((12*3))"),
        ("echo $((12+3))", "15"),
        ("x=$((12*3))", ""),
        ("echo $((x*3))", "36"),
        ("echo 12*3", "12*3"),
        ("echo " + " ".join(["$((999*999))"] * 3), "998001 998001 998001"),
    ],
)
def test_other_lines_stay_as_they_are(line: str, printed: str) -> None:
    made = session(line, printed)
    assert [len(turn.writes) for turn in with_working(made).turns] == [len(turn.writes) for turn in made.turns]


def test_what_is_drawn_all_over_the_screen_has_no_working() -> None:
    made = session("12*3", "36")
    turn = made.turns[1]
    turn.writes = [replace(write, address=Address(Kind.GOTO, write.address.length, row=3)) for write in turn.writes]
    assert with_working(made).turns[1] is turn


def test_a_line_that_is_told_its_answer_needs_no_working() -> None:
    for n in range(10, 40):
        told = with_captions(session(f"echo $(({n}*3))", str(3 * n)))
        worked = any(write.address.kind.is_aside for write in with_working(told).turns[1].writes)
        assert worked == (told.turns[1].action.caption is None)
        assert re.fullmatch(r"The answer is \d+", told.turns[1].action.caption or "The answer is 0")
