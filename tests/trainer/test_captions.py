"""Captions with the answer: half of the arithmetic, the number that was printed, and nothing else."""

from itertools import count

from model.protocol import Geometry
from trainer.captions import with_answers
from trainer.casts import Event, Recording
from trainer.targets import trace

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
    made = with_answers(trace(session(SUMS)))
    told = [turn.action.caption for turn in made.turns[1:]]
    assert 30 < sum(caption is not None for caption in told) < 70
    for caption, answer in zip(told, SUMS.values(), strict=True):
        assert caption in (None, f"The answer is {answer}")


def test_nothing_else_is_captioned() -> None:
    echoed = session(SUMS, family="echo")
    failed = session({f"echo $(({n}/0))": "bash: division by 0" for n in range(40)})
    two = session({f"echo $(({n}+1)); echo 3": f"{n + 1}\n3" for n in range(40)})
    for recording in (echoed, failed, two):
        assert all(turn.action.caption is None for turn in with_answers(trace(recording)).turns)
