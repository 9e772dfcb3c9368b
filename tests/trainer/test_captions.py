"""Captions: half of the arithmetic is told the number that was printed, and some other lines have one of a tier."""

from itertools import count

import pytest

from model.protocol import Geometry
from trainer.captions import with_captions
from trainer.casts import Event, Recording
from trainer.targets import trace
from trainer.tiers import LONGEST, Tier, caption_of

PROMPT = "\x1b[32m~\x1b[0m$ "


def session(lines: dict[str, str], family: str = "arith") -> Recording:
    """A recording of lines and what they print."""
    events = [Event(0.0, "o", PROMPT)]
    for at, (line, printed) in zip(count(1), lines.items(), strict=False):
        shown = "".join(f"{row}\r\n" for row in (line, *printed.splitlines()))
        events += [Event(float(at), "m", f"family:{family}"), Event(float(at), "i", f"{line}\r")]
        events += [Event(float(at), "o", shown + PROMPT)]
    return Recording(Geometry(), 1_700_000_000, events, {})


SUMS = {f"echo $(({a}-{b}))": str(a - b) for a in range(10, 20) for b in range(5, 15)}


def test_half_of_the_sums_are_told_their_answer() -> None:
    made = with_captions(trace(session(SUMS)))
    told = [turn.action.caption for turn in made.turns[1:]]
    assert 30 < sum(caption is not None for caption in told) < 70
    for caption, answer in zip(told, SUMS.values(), strict=True):
        assert caption in (None, f"The answer is {answer}")


def test_one_in_sixteen_of_the_rest_has_a_caption_of_a_tier() -> None:
    lines = {f"echo {n}": str(n) for n in range(480)}
    told = [turn.action.caption for turn in with_captions(trace(session(lines, family="echo"))).turns[1:]]
    assert 15 < sum(caption is not None for caption in told) < 45
    kinds = set[str]()
    for caption, (line, printed) in zip(told, lines.items(), strict=True):
        if caption is not None:
            tier = next(tier for tier in Tier if caption == caption_of(tier, line, [printed]))
            kinds.add(tier)
    assert kinds == set(Tier)


@pytest.mark.parametrize(
    ("line", "printed", "semantic", "regular", "literal"),
    [
        (
            "ls -a",
            ["a", "b"],
            "List the files.",
            "The user runs `ls -a`; 2 lines are printed.",
            "The terminal prints: a / b",
        ),
        ("x=5", [], "Set a variable.", *["The user runs `x=5`; nothing is printed."] * 2),
        (
            "echo $((2*3))",
            ["6"],
            "Work out a sum.",
            "The user runs `echo $((2*3))`; one line is printed.",
            "The terminal prints: 6",
        ),
        ("", [], "Ask for a new prompt.", *["The user runs ``; nothing is printed."] * 2),
        ("frob", ["?"], "Run a command.", "The user runs `frob`; one line is printed.", "The terminal prints: ?"),
    ],
)
def test_tiers_tell_more_and_more(line: str, printed: list[str], semantic: str, regular: str, literal: str) -> None:
    assert [caption_of(tier, line, printed) for tier in Tier] == [semantic, regular, literal]


def test_a_long_output_is_told_in_part() -> None:
    assert len(caption_of(Tier.LITERAL, "seq 900", [str(n) for n in range(900)])) == LONGEST


def test_sums_that_print_no_number_are_not_captioned() -> None:
    failed = session({f"echo $(({n}/0))": "bash: division by 0" for n in range(40)})
    two = session({f"echo $(({n}+1)); echo 3": f"{n + 1}\n3" for n in range(40)})
    for recording in (failed, two):
        assert all(turn.action.caption is None for turn in with_captions(trace(recording)).turns)
