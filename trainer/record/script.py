"""Scripts: what is typed into the recorded shell, line by line."""

import re
from dataclasses import dataclass, field

from model.protocol import Geometry

MAX_LINE = 65_536
"""Characters of the longest line that is typed."""

FAMILY_MARK = "#@ "
"""Begins a line that names the family of the next command."""

CAPTION_MARK = "#? "
"""Begins a line that captions the next action."""

_CONTROL = re.compile(r"[\x00\ud800-\udfff]")


class ScriptError(ValueError):
    """A script that cannot be typed; the message is one line that names the line of the script."""


@dataclass(frozen=True, slots=True)
class Line:
    """One action of a script.

    Attributes:
        text: the keys; a carriage return follows them unless `raw`.
        family: the family of the command, such as ``echo``.
        caption: what the action is captioned with.
        raw: whether `text` is sent as it stands: Ctrl-C, arrows, half a line.
        pause: whole seconds that a tape sleeps after it: it may take so long.
    """

    text: str
    family: str | None = None
    caption: str | None = None
    raw: bool = False
    pause: int = 0

    @property
    def keys(self) -> str:
        """What the terminal sends."""
        return self.text if self.raw else f"{self.text}\r"


@dataclass(frozen=True, slots=True)
class Script:
    """A session to record.

    Attributes:
        lines: the actions, in order.
        seed: what the session's clock and random numbers follow from.
        geometry: the size of the terminal.
        environment: variables set beside those of the sandbox.
        answers: whether lines are typed to programs that read the terminal (a tape does); otherwise such a program is
            interrupted, so that it cannot swallow the commands that follow.
    """

    lines: tuple[Line, ...]
    seed: int
    geometry: Geometry = field(default_factory=Geometry)
    environment: tuple[tuple[str, str], ...] = ()
    answers: bool = False


def parse_script(text: str, seed: int) -> Script:
    """A script of plain lines: each is typed as it is, comments too.

    Only two kinds of lines are not typed: ``#@ NAME`` names the family of the next command, ``#? TEXT`` captions the
    next action.

    Raises:
        ScriptError: for a line that cannot be typed, or a mark with no command after it.
    """
    lines = []
    family = caption = None
    for number, line in enumerate(_split(text), 1):
        if line.startswith(FAMILY_MARK):
            family = line.removeprefix(FAMILY_MARK).strip()
        elif line.startswith(CAPTION_MARK):
            caption = line.removeprefix(CAPTION_MARK).strip()
        else:
            check_typed(line, number)
            lines.append(Line(line, family, caption))
            family = caption = None
    return Script(tuple(lines), seed)


def check_typed(text: str, number: int) -> None:
    """Raises a `ScriptError` if `text`, of line `number`, cannot be typed."""
    if len(text) > MAX_LINE:
        raise ScriptError(f"line {number}: {len(text)} characters: type at most {MAX_LINE}")
    if found := _CONTROL.search(text):
        raise ScriptError(f"line {number}: character {found[0]!r} cannot be typed: remove it")


def _split(text: str) -> list[str]:
    """The lines of a text, as editors count them: other line separators of Unicode are characters like any."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines and not lines[-1] else lines
