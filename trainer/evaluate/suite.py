"""What a suite of evaluation is given and what it gives back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from trainer.evaluate.learned import Learned
from trainer.evaluate.readers import Readers
from trainer.evaluate.rollout import Absorbing


def _silent(message: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to evaluate, and how much of it.

    Attributes:
        open_machine: loads the machine; the suites share one by `functools.cache` or the like.
        readers: read its frames.
        casts: a folder of recordings in place of those that ship.
        sessions: at most so many of them, the first by name; None: all.
        tesseract_frames: at most so many frames a way are read with Tesseract, which takes seconds each.
        learned: networks of LPIPS and FVD; what is not there is left out.
        startup: a command line that runs the shell for one command; the suite `latency` times it. Empty: not timed.
        tell: is told of progress, one line each.
    """

    open_machine: Callable[[], Absorbing]
    readers: Readers
    casts: Path | None = None
    sessions: int | None = None
    tesseract_frames: int = 40
    learned: Learned = field(default_factory=Learned)
    startup: Sequence[str] = ()
    tell: Callable[[str], None] = _silent


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that was not answered as it was recorded: what was typed, recorded and drawn, lines by line breaks."""

    line: str
    recorded: str
    drawn: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a suite found.

    Attributes:
        document: every detail, plain JSON types.
        tables: for people, in order.
        wrong: what can be looked at, in order.
    """

    document: dict[str, Any]
    tables: list[RenderableType]
    wrong: list[Wrong] = field(default_factory=list)
