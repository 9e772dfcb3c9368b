"""Drills: sessions that ask for one skill again and again, right after what it needs.

Looking up by name, reading a file back, listing, adding and telling the time come last of all that a machine learns
(docs/training.md); in plain sessions a twentieth of the lines asks for each. A drill asks with almost every line. They
are drawn from the same free arguments as plain sessions and obey the same split.
"""

import re
from collections.abc import Callable, Iterator
from random import Random
from string import ascii_letters

from trainer.grammar.arithmetic import addends, difference
from trainer.grammar.plain import WITHOUT_ARGUMENT
from trainer.grammar.session import Split, belongs
from trainer.grammar.words import file_name, folder_name, known, letters, variable_name, word, words
from trainer.record.script import Line, Script
from trainer.split import held_out_line

_MAKES = re.compile(r"^(export )?\w+=|>|^(touch|mkdir|rm|cp|mv|cd) ")
"""Lines that change what later ones see."""

MAKING = "making"
"""The family of those lines."""

Ask = Callable[[Random, int], Iterator[str]]
"""Yields at least so many lines of one drill."""

_DATES = ("%F", "%T", "%H:%M", "%Y", "%d/%m/%Y", "%m", "%d", "%H", "%M", "%S", "%A", "%B", "%j", "%a", "%b")


def _some(r: Random) -> int:
    """How many things are to be told apart: mostly one or two."""
    return r.choice((1, 1, 1, 2, 2, 3, 4))


def _last(r: Random, count: int) -> Iterator[str]:
    """One thing made, then asked for at once: what is wanted is always what was made last."""
    ask = r.randrange(3)
    for at in range(0, count, 2):
        match ask:
            case 0:
                name = variable_name(r) if r.random() < 0.5 else r.choice(ascii_letters)
                yield f"{name}={word(r)}"
                yield f"echo ${name}"
            case 1:
                name = file_name(r) if r.random() < 0.5 else letters(r)
                yield f"echo {' '.join(words(r, 1, 2, 16))} > {name}"
                yield f"cat {name}"
            case _:
                name = letters(r)
                yield f"{r.choice(('touch', 'mkdir'))} {name}"
                yield "ls"
                if at + 2 < count:
                    yield f"rm -r {name}"


def _short_sums(r: Random, count: int) -> Iterator[str]:
    """Sums of two digits and two, or one and one, written alike."""
    digits = r.choice((1, 2, 2))
    for _ in range(count):
        a, b = (r.randrange(10 ** (digits - 1), 10**digits) for _ in range(2))
        yield f"echo $(({a}{r.choice('+-')}{b}))"


def _lookups(r: Random, count: int) -> Iterator[str]:
    """Variables set, then read back in many ways."""
    names = list(dict.fromkeys(variable_name(r) for _ in range(_some(r))))
    for name in names:
        value = r.choice((word(r), word(r), str(r.randint(0, 99)), f'"{" ".join(words(r, 1, 3, 20))}"'))
        yield f"{r.choice(('', '', '', 'export '))}{name}={value}"
    for _ in range(count - len(names)):
        name = r.choice(names)
        yield r.choice(
            (
                *[f"echo ${name}"] * 4,
                f'echo "${name}"',
                f"echo ${{{name}}}",
                f"echo {known(r)} ${name}",
                f"echo ${name} {known(r)}",
                f'echo "{known(r)} ${name}"',
                f"echo ${r.choice(names)} ${name}",
                f"{name}={word(r)}",
            )
        )


def _reading(r: Random, count: int) -> Iterator[str]:
    """Files written, then read back, counted, copied."""
    names = list(dict.fromkeys(file_name(r) for _ in range(_some(r))))
    for name in names:
        quote = r.choice(("", "", '"'))
        yield f"echo {quote}{' '.join(words(r, 1, 4, 24))}{quote} > {name}"
    for _ in range(count - len(names)):
        name, other = r.choice(names), file_name(r)
        line = r.choice(
            (
                *[f"cat {name}"] * 5,
                f"head -n 1 {name}",
                f"wc -{r.choice('lwc')} {name}",
                f"echo {' '.join(words(r, 1, 3, 20))} >> {name}",
                f"cp {name} {other}",
                f"mv {name} {other}",
            )
        )
        if line.startswith("mv"):
            names[names.index(name)] = other
        if line.startswith("cp"):
            names.append(other)
        yield line


def _listing(r: Random, count: int) -> Iterator[str]:
    """Names made and removed, and listed after each."""
    names: list[str] = []
    for at in range(count):
        if at % 2:
            yield "ls"
        elif len(names) > 1 and r.random() < 0.3:
            gone = r.choice(names)
            names.remove(gone)
            yield f"rm -r {gone}" if "." not in gone else f"rm {gone}"
        else:
            made = [r.choice((file_name, file_name, folder_name))(r) for _ in range(r.choice((1, 1, 2, 3)))]
            folder = len(made) == 1 and "." not in made[0]
            names += made
            yield f"{'mkdir' if folder else 'touch'} {' '.join(made)}"


def _moving(r: Random, count: int) -> Iterator[str]:
    """Folders made, entered and left, and the path told."""
    above: list[str] = []
    for _ in range(count):
        draw = r.random()
        if draw < 0.35:
            above.append(folder_name(r))
            yield f"mkdir {above[-1]}"
            yield f"cd {above[-1]}"
        elif draw < 0.65 and above:
            above.pop()
            yield "cd .."
        elif draw < 0.72:
            above = []
            yield "cd"
        else:
            yield "pwd"


def _sum(r: Random) -> str:
    """A sum or a difference, mostly to two digits, carries as frequent as none."""
    sign, gap = r.choice("+-"), r.choice(("", "", " "))
    a, b = addends(r) if sign == "+" else difference(r)
    return f"$(({a}{gap}{sign}{gap}{b}))"


def _sums(r: Random, count: int) -> Iterator[str]:
    """One sum a line."""
    for _ in range(count):
        yield f"echo {_sum(r)}"


def _many_sums(r: Random, count: int) -> Iterator[str]:
    """One to three sums a line: more of them a token."""
    for _ in range(count):
        yield f"echo {' '.join(_sum(r) for _ in range(r.choice((1, 2, 3))))}"


def _times(r: Random, count: int) -> Iterator[str]:
    """Date and time of day, whole and in parts."""
    for _ in range(count):
        yield r.choice(("date", "date", f"date +{r.choice(_DATES)}", f"date +{r.choice(_DATES)}"))


Drills = tuple[tuple[float, str, Ask], ...]
"""Shares, skills and lines. Lines that ask are of the family of their skill, the others of `MAKING`."""

FIRST: Drills = (
    (0.65, "last", _last),
    (0.35, "sums", _short_sums),
)
"""Drills that no name has to be read for: what was made last is what is asked for."""

SUMS: Drills = ((1.0, "sums", _many_sums),)
"""Sums alone."""

DRILLS: Drills = (
    (0.33, "lookups", _lookups),
    (0.19, "reading", _reading),
    (0.12, "listing", _listing),
    (0.07, "moving", _moving),
    (0.26, "sums", _sums),
    (0.03, "times", _times),
)
"""Drills in full: by name, among several."""


def drill_sessions(
    seed: int, *, split: Split, turns: tuple[int, int] = (3, 8), drills: Drills = DRILLS
) -> Iterator[Script]:
    """Scripts without end; the arguments are those of `trainer.grammar.sessions`.

    A question whose hash is of the other split is left out; anything else of the other split ends the session, since
    what follows would ask for what was never made. Sessions of less than two lines are left out.
    """
    number = 0
    while True:
        r = Random(f"drill/{seed}/{split}/{number}")
        number += 1
        _, skill, ask = r.choices(drills, [share for share, _, _ in drills])[0]
        lines = list[Line]()
        for text in ask(r, r.randint(*turns)):
            makes = _MAKES.search(text)
            if not _free(text) or held_out_line(text) == (split == "held-out"):
                lines.append(Line(text=text, family=MAKING if makes else skill))
            elif makes:
                break
        if len(lines) > 1 and belongs(lines, split):
            yield Script(lines=tuple(lines), seed=r.randrange(2**31))


def _free(text: str) -> bool:
    """Whether a line holds a free argument."""
    return not (text in WITHOUT_ARGUMENT or text.startswith("date"))
