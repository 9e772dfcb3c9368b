"""Rules written as text: weighted lines with marks that are filled by chance and by the world.

A table holds one form a line: a weight, a space, the form. A form is a command line in which ``<mark>`` stands for a
free argument. ``<mark:1>`` is drawn once and stands for the same text wherever it comes again.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from trainer.grammar import words
from trainer.grammar.places import any_file, any_folder, full_file, missing
from trainer.grammar.rule import Draft, Effect, Rule, does_nothing
from trainer.grammar.world import World

Mark = Callable[[Random, World], str | None]
"""Draws the text of a mark, or None where the world has nothing for it."""

_MARK = re.compile(r"<([a-z]+)(:\d)?>")


def known_path(kind: Callable[[Random, World], str | None]) -> Mark:
    """A mark that types the path that `kind` draws, as seen from the current folder."""

    def typed(r: Random, world: World) -> str | None:
        path = kind(r, world)
        return None if path is None else world.spell(r, path)

    return typed


def known_variable(r: Random, world: World) -> str | None:
    """A variable that was set earlier in the session, at any distance."""
    return r.choice(list(world.variables)) if world.variables else None


MARKS: Mapping[str, Mark] = {
    "word": lambda r, world: words.word(r),
    "letters": lambda r, world: words.letters(r),
    "known": lambda r, world: words.known(r),
    "invented": lambda r, world: words.invented(r, 3, 8),
    "text": lambda r, world: " ".join(words.words(r, 1, 3, 20)),
    "name": lambda r, world: words.variable_name(r),
    "newfile": lambda r, world: words.file_name(r),
    "newfolder": lambda r, world: words.folder_name(r),
    "unknown": lambda r, world: words.unknown_command(r),
    "digit": lambda r, world: str(r.randint(1, 9)),
    "small": lambda r, world: str(r.randint(1, 4)),
    "number": lambda r, world: str(r.randint(0, 99)),
    "letter": lambda r, world: r.choice("abcdeilnorst"),
    "missing": missing,
    "file": known_path(any_file),
    "full": known_path(full_file),
    "folder": known_path(any_folder),
    "var": known_variable,
}
"""Marks for any table: new words and names, and what the session already has (file, full file, folder, var)."""


@dataclass(frozen=True, slots=True)
class Forms:
    """A parsed table.

    Attributes:
        forms: the forms.
        cumulative: running sums of their weights.
    """

    forms: tuple[str, ...]
    cumulative: tuple[float, ...]

    def pick(self, r: Random) -> str:
        """Draws one form by weight."""
        return r.choices(self.forms, cum_weights=self.cumulative)[0]


def table(text: str) -> Forms:
    """Parses a table; a weight without a form is the empty line.

    Raises:
        ValueError: for a line that does not start with a weight.
    """
    split = [line.strip().partition(" ") for line in text.strip().splitlines()]
    return Forms(tuple(form for _, _, form in split), tuple(accumulate(float(weight) for weight, _, _ in split)))


def fill(r: Random, world: World, form: str, marks: Mapping[str, Mark] = MARKS) -> str | None:
    """The form with its marks drawn, or None where the world has nothing for one of them."""
    parts: list[str] = []
    drawn: dict[str, str] = {}
    end = 0
    for found in _MARK.finditer(form):
        text = drawn.get(found.group())
        if text is None:
            text = marks[found.group(1)](r, world)
            if text is None:
                return None
            if found.group(2):
                drawn[found.group()] = text
        parts += (form[end : found.start()], text)
        end = found.end()
    return "".join(parts) + form[end:]


def templated(text: str, effect: Effect = does_nothing, **marks: Mark) -> Rule:
    """A rule from a table; its lines are free where they hold a mark. `marks` add to `MARKS`."""
    forms, every = table(text), {**MARKS, **marks}

    def line(r: Random, world: World) -> Draft | None:
        form = forms.pick(r)
        filled = fill(r, world, form, every)
        return None if filled is None else Draft(filled, _MARK.search(form) is not None, effect)

    return line
