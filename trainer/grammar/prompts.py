"""Sessions at other prompts than the sandbox's: what stands before the cursor is to be read off the screen."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random

from trainer.grammar.words import letters
from trainer.record.script import Script

VARIABLE = "RECORDED_PROMPT"
"""What tells the sandbox's bash its prompt (`trainer/record/etc/bash.bashrc`)."""

_ENDS = ("$ ", "$ ", "$ ", "# ", "% ", "> ", "❯ ", "➜ ", "» ", "λ ", " $ ", ": ")
_FOLDERS = (r"\w", r"\w", r"\w", r"\W", "")
_COLOURS = (30, 31, 32, 32, 33, 34, 34, 35, 36, 37, 90, 91, 92, 94, 96)


def any_prompt(r: Random) -> str:
    """A prompt as bash takes it: who, where, in what folder, in colours or none, and how it ends."""
    user, host = letters(r), letters(r)
    who = r.choice(("", "", f"{user}@{host}", f"{user}@{host}", user, host))
    between = r.choice((":", ":", " ")) if who else ""
    parts = [part for part in (_coloured(r, who), between, _coloured(r, r.choice(_FOLDERS))) if part]
    inside = "".join(parts).rstrip(": ")
    if inside and r.random() < 0.1:
        inside = f"[{inside}]"
    return inside + _coloured(r, r.choice(_ENDS))


def _coloured(r: Random, text: str) -> str:
    if not text or r.random() < 0.5:
        return text
    bold = "1;" if r.random() < 0.3 else ""
    return rf"\[\e[{bold}{r.choice(_COLOURS)}m\]{text}\[\e[0m\]"


def prompted(scripts: Iterable[Script], seed: int) -> Iterator[Script]:
    """The same scripts, each at a prompt of its own."""
    r = Random(f"prompts/{seed}")
    for script in scripts:
        yield replace(script, environment=(*script.environment, (VARIABLE, any_prompt(r))))
