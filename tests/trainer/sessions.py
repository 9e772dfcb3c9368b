"""Small true sessions for tests of training, made without a sandbox: echo's answer needs no shell to be known."""

from random import Random

from model.protocol import Geometry
from trainer.casts import Event, Recording
from trainer.targets import Trace, trace

PROMPT = "\x1b[32m~\x1b[0m$ "


def echo_session(seed: int, turns: int = 3) -> Recording:
    """A recording of `turns` commands ``echo WORD`` and their output, with clock and families."""
    random = Random(seed)
    events = [Event(0.0, "o", PROMPT)]
    for i in range(1, turns + 1):
        word = "".join(random.choice("abcdefgh") for _ in range(random.randint(1, 7)))
        events += [
            Event(float(i), "m", "family:echo"),
            Event(float(i), "i", f"echo {word}\r"),
            Event(float(i), "o", f"echo {word}\r\n{word}\r\n{PROMPT}"),
        ]
    return Recording(Geometry(), 1_700_000_000, events, {})


def echo_traces(count: int, seed: int = 0) -> list[Trace]:
    """Traces of `count` distinct sessions."""
    return [trace(echo_session(seed * 10_000 + i)) for i in range(count)]
