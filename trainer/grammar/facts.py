"""Long sessions with facts: something is made, much else is typed, and it is asked for.

What a session of the grammar asks for it made a few lines before. Here a third of the lines of a long session make
facts and ask for them, some at once, some a hundred lines later, and some twice.
"""

import math
import re
from collections.abc import Callable, Iterator
from random import Random

from trainer.grammar.drills import MAKING
from trainer.grammar.session import belongs, sessions
from trainer.grammar.words import file_name, known, letters, variable_name, word, words
from trainer.record.script import Line, Script
from trainer.split import Split, of_split

ASKED = "facts"
"""The family of lines that ask for a fact."""

SHARE = 6
"""One fact for so many lines of a session."""

_DRAWS = 40
"""Tries to draw lines of the split."""

Fact = tuple[str, Callable[[Random], str]]
"""The line that makes a fact, and what draws one that asks for it."""


def _variable(r: Random) -> Fact:
    """A variable and its value."""
    name = variable_name(r)
    value = r.choice((known(r), word(r), str(r.randint(0, 999)), f'"{" ".join(words(r, 1, 3, 20))}"'))

    def ask(r: Random) -> str:
        return r.choice((*[f"echo ${name}"] * 4, f'echo "${name}"', f"echo ${{{name}}}", f"echo {known(r)} ${name}"))

    return f"{r.choice(('', '', 'export '))}{name}={value}", ask


def _file(r: Random) -> Fact:
    """A file at home, named so that it is found from everywhere, and its line."""
    name = f"~/{file_name(r)}"
    return (
        f"echo {' '.join(words(r, 1, 3, 20))} > {name}",
        lambda r: r.choice((*[f"cat {name}"] * 4, f"wc -{r.choice('lwc')} {name}")),
    )


def _function(r: Random) -> Fact:
    """A function of one argument, or an alias, and what it says."""
    name, said = letters(r), known(r)
    if r.random() < 0.4:
        return f"alias {name}='echo {said}'", lambda r: name
    body = r.choice((f"{said} $1", f"$1 {said}", f"{said}-$1", f"$1: {said}"))
    return f'{name}() {{ echo "{body}"; }}', lambda r: f"{name} {letters(r)}"


def _draw(r: Random, text: str, split: Split) -> tuple[str, str, Callable[[Random], str]] | None:
    """A fact whose lines are of the split and whose name is nowhere in `text`."""
    for _ in range(_DRAWS):
        making, ask = r.choices((_variable, _file, _function), (0.6, 0.25, 0.15))[0](r)
        asking = ask(r)
        name = re.split(r"[=(]| > ", making.removeprefix("export ").removeprefix("alias "))[0]
        name = making.rpartition("/")[2] if "~/" in making else name
        fits = of_split(making, split) and of_split(asking, split)
        if fits and len(name) > 1 and name not in text:
            return making, asking, ask
    return None


def _distance(r: Random, most: int) -> int:
    """Lines from a fact to the question: as often below ten as above."""
    return max(1, min(most, round(math.exp(r.uniform(0, math.log(most + 1))))))


def with_facts(r: Random, lines: list[Line], split: Split) -> list[Line]:
    """As many lines, some of them put out by ones that make a fact and ask for it later, once or twice."""
    text = "\n".join(line.text for line in lines)
    free, lines = set(range(len(lines))), list(lines)
    for _ in range(len(lines) // SHARE):
        drawn = _draw(r, text, split)
        if drawn is None:
            continue
        making, asking, ask = drawn
        at = r.choice(sorted(free))
        asked = [at + _distance(r, len(lines) - 1 - at) for _ in range(r.choice((1, 1, 2))) if at + 1 < len(lines)]
        places = [place for place in dict.fromkeys(asked) if place in free and place != at]
        if not places:
            continue
        text += f"\n{making}"
        lines[at] = Line(making, MAKING)
        for place in places:
            lines[place] = Line(asking, ASKED)
            again = ask(r)
            asking = again if of_split(again, split) else asking
        free -= {at, *places}
    return lines


def fact_sessions(seed: int, *, split: Split, turns: tuple[int, int] = (60, 120)) -> Iterator[Script]:
    """Scripts without end; the arguments are those of `trainer.grammar.sessions`."""
    for number, script in enumerate(sessions(seed, split=split, turns=turns)):
        r = Random(f"facts/{seed}/{split}/{number}")
        lines = with_facts(r, list(script.lines), split)
        if belongs(lines, split):
            yield Script(lines=tuple(lines), seed=r.randrange(2**31))
