"""Drills: sessions that ask for one skill again and again, right after what it needs.

Looking up by name, reading a file back, listing, adding and telling the time come last of all that a machine learns
(docs/training.md); in plain sessions a twentieth of the lines asks for each. A drill asks with almost every line. They
are drawn from the same free arguments as plain sessions and obey the same split.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random
from string import ascii_letters

from trainer.grammar.arithmetic import (
    addends,
    addition,
    comparison,
    difference,
    operation,
    product,
    table,
    three_numbers,
)
from trainer.grammar.plain import WITHOUT_ARGUMENT
from trainer.grammar.session import belongs
from trainer.grammar.words import file_name, folder_name, known, letters, variable_name, word, words
from trainer.record.script import Line, Script
from trainer.split import Split, of_split

_MAKES = re.compile(r"^(export )?\w+=|>|^(touch|mkdir|rm|cp|mv|cd|alias) |^\w+\(\) ")
"""Lines that change what later ones see."""

MAKING = "making"
"""The family of those lines."""

Fits = Callable[[str], bool]
"""Whether a line is of the split that is being written for."""

Ask = Callable[[Random, int, Fits], Iterator[str]]
"""Yields at least so many lines of one drill."""

Name = Callable[[Random], str]
"""Draws a name."""

_DATES = ("%F", "%T", "%H:%M", "%Y", "%d/%m/%Y", "%m", "%d", "%H", "%M", "%S", "%A", "%B", "%j", "%a", "%b")

_DATE_PARTS = "YmdHMSFTABabjyeDRuIp"

_DRAWS = 40
"""Tries to draw a line that fits."""


def fitting(fits: Fits, draw: Callable[[], str]) -> str:
    """A line, drawn until it fits; the last draw if none does."""
    for _ in range(_DRAWS):
        line = draw()
        if fits(line):
            break
    return line


def _variable(line: str) -> str:
    """The variable that a line sets."""
    return line.removeprefix("export ").partition("=")[0]


def _last_word(line: str) -> str:
    """The file or folder that a line ends with."""
    return line.rpartition(" ")[2]


def _some(r: Random) -> int:
    """How many things are to be told apart: mostly one or two."""
    return r.choice((1, 1, 1, 2, 2, 3, 4))


def _several(r: Random) -> int:
    """How many, where there are always some to be told apart."""
    return r.choice((2, 2, 3, 3, 4, 5))


def _letter(r: Random) -> str:
    """A name of one letter."""
    return r.choice(ascii_letters)


def _last(r: Random, count: int, fits: Fits) -> Iterator[str]:
    """One thing made, then asked for at once: what is wanted is always what was made last."""

    def variable() -> str:
        return f"{r.choice((variable_name, _letter))(r)}={word(r)}"

    def file() -> str:
        name = r.choice((file_name, letters))(r)
        return f"echo {' '.join(words(r, 1, 2, 16))} > {name}"

    def empty() -> str:
        name = letters(r)
        return f"{r.choice(('touch', 'mkdir'))} {name}"

    make, named, ask = r.choice(
        ((variable, _variable, "echo ${}"), (file, _last_word, "cat {}"), (empty, _last_word, "ls"))
    )
    for at in range(0, count, 2):
        line = fitting(fits, make)
        yield line
        yield ask.format(named(line))
        if make is empty and at + 2 < count:
            yield f"rm -r {named(line)}"


def _short_sums(r: Random, count: int, fits: Fits) -> Iterator[str]:
    """Sums of two digits and two, or one and one, written alike."""
    digits = r.choice((1, 2, 2))
    for _ in range(count):
        a, b = (r.randrange(10 ** (digits - 1), 10**digits) for _ in range(2))
        yield f"echo $(({a}{r.choice('+-')}{b}))"


def _lookups(
    r: Random, count: int, fits: Fits, name_of: Name = variable_name, some: Callable[[Random], int] = _some
) -> Iterator[str]:
    """Variables set, then read back in many ways."""

    def make(names: Sequence[str]) -> str:
        name = r.choice(names) if names else name_of(r)
        value = r.choice((word(r), word(r), str(r.randint(0, 99)), f'"{" ".join(words(r, 1, 3, 20))}"'))
        return f"{r.choice(('', '', '', 'export '))}{name}={value}"

    def ask() -> str:
        name = r.choice(names)
        return r.choice(
            (
                *[f"echo ${name}"] * 6,
                f'echo "${name}"',
                f"echo ${{{name}}}",
                f"echo {known(r)} ${name}",
                f"echo ${name} {known(r)}",
                f'echo "{known(r)} ${name}"',
                f"echo ${r.choice(names)} ${name}",
                make(names),
            )
        )

    names = list[str]()
    for _ in range(some(r)):
        line = fitting(fits, lambda: make(()))
        names = [*(n for n in names if n != _variable(line)), _variable(line)]
        yield line
    for _ in range(count - len(names)):
        yield fitting(fits, ask)


def _reading(
    r: Random, count: int, fits: Fits, name_of: Name = file_name, some: Callable[[Random], int] = _some
) -> Iterator[str]:
    """Files written, then read back, counted, copied."""

    def write() -> str:
        name, quote = name_of(r), r.choice(("", "", '"'))
        return f"echo {quote}{' '.join(words(r, 1, 4, 24))}{quote} > {name}"

    def ask() -> str:
        name = r.choice(names)
        return r.choice((*[f"cat {name}"] * 6, f"head -n 1 {name}", f"wc -{r.choice('lwc')} {name}"))

    def change() -> str:
        name, other = r.choice(names), name_of(r)
        return r.choice((f"echo {' '.join(words(r, 1, 3, 20))} >> {name}", f"cp {name} {other}", f"mv {name} {other}"))

    names = list[str]()
    for _ in range(some(r)):
        line = fitting(fits, write)
        names = [*(n for n in names if n != _last_word(line)), _last_word(line)]
        yield line
    for _ in range(count - len(names)):
        if r.random() < 0.75:
            yield fitting(fits, ask)
            continue
        line = fitting(fits, change)
        command, name, *_, last = line.split()
        if command == "mv":
            names.remove(name)
        if command in ("cp", "mv") and last not in names:
            names.append(last)
        yield line


def _listing(
    r: Random,
    count: int,
    fits: Fits,
    kinds: Sequence[Name] = (file_name, file_name, folder_name),
    asks: Sequence[str] = ("ls",),
) -> Iterator[str]:
    """Names made and removed, and listed after each."""

    def make() -> str:
        made = [r.choice(kinds)(r) for _ in range(r.choice((1, 1, 2, 3)))]
        folder = len(made) == 1 and "." not in made[0]
        return f"{'mkdir' if folder else 'touch'} {' '.join(made)}"

    def remove() -> str:
        gone = r.choice(names)
        return f"rm {'-r ' if '.' not in gone else ''}{gone}"

    names = list[str]()
    for at in range(count):
        if at % 2:
            yield r.choice(asks)
        elif len(names) > 1 and r.random() < 0.3:
            line = fitting(fits, remove)
            names.remove(_last_word(line))
            yield line
        else:
            line = fitting(fits, make)
            names += [name for name in dict.fromkeys(line.split()[1:]) if name not in names]
            yield line


def _moving(r: Random, count: int, fits: Fits) -> Iterator[str]:
    """Folders made, entered and left, and the path told."""

    def enterable(line: str) -> bool:
        return fits(line) and fits(f"cd {_last_word(line)}")

    depth = 0
    for _ in range(count):
        draw = r.random()
        if draw < 0.35:
            line = fitting(enterable, lambda: f"mkdir {folder_name(r)}")
            depth += 1
            yield line
            yield f"cd {_last_word(line)}"
        elif draw < 0.65 and depth:
            depth -= 1
            yield "cd .."
        elif draw < 0.72:
            depth = 0
            yield "cd"
        else:
            yield "pwd"


_SHAPES: tuple[tuple[int, str], ...] = (
    (1, "{a} $1"),
    (1, "$1 {a}"),
    (1, "{a} $1 {b}"),
    (1, "{a}{sign}$1"),
    (1, "$1{sign}{a}"),
    (1, "{a}: $1: {b}"),
    (1, "$1 $1"),
    (1, "$1{sign}$1"),
    (1, "${{1^^}}"),
    (1, "${{1^}}"),
    (1, "{a} ${{1^^}}"),
    (1, "$(($1+{n}))"),
    (1, "$(($1-{n}))"),
    (1, "$(($1*2))"),
    (2, "$2 $1"),
    (2, "$1 {a} $2"),
    (2, "$2{sign}$1"),
    (2, "$1{sign}$2"),
    (2, "$(($1+$2))"),
)
"""Arguments and what a function makes of them."""


def _functions(r: Random, count: int, fits: Fits) -> Iterator[str]:
    """Functions and aliases defined, then called with one argument after another."""

    def define() -> tuple[str, str, int, bool]:
        name = r.choice((letters, word))(r)
        if not (name.isalpha() and name.isascii()):
            name = letters(r)
        if r.random() < 0.2:
            return f"alias {name}='echo {known(r)}'", name, 1, False
        arguments, shape = r.choice(_SHAPES)
        body = shape.format(a=known(r), b=known(r), n=r.randint(1, 20), sign=r.choice("-_/:=,."))
        second = f"; echo {known(r)}" if r.random() < 0.15 else ""
        return f'{name}() {{ echo "{body}"{second}; }}', name, arguments, "((" in body

    def call(name: str, arguments: int, numbers: bool) -> str:
        given = (str(r.randint(0, 99)) if numbers else letters(r) for _ in range(arguments))
        return f"{name} {' '.join(given)}"

    made = list[tuple[str, int, bool]]()
    for at in range(count):
        if not made or (at < count - 1 and r.random() < 0.2):
            line, name, arguments, numbers = define()
            for _ in range(_DRAWS):
                if fits(line):
                    break
                line, name, arguments, numbers = define()
            made = [*(one for one in made if one[0] != name), (name, arguments, numbers)]
            yield line
        else:
            chosen = made[-1] if r.random() < 0.7 else r.choice(made)
            yield fitting(fits, lambda chosen=chosen: call(*chosen))  # type: ignore[misc]


def _sum(r: Random) -> str:
    """A sum or a difference, mostly to two digits, carries as frequent as none."""
    sign, gap = r.choice("+-"), r.choice(("", "", " "))
    a, b = addends(r) if sign == "+" else difference(r)
    return f"$(({a}{gap}{sign}{gap}{b}))"


def _sums(r: Random, count: int, fits: Fits) -> Iterator[str]:
    """One sum a line."""
    for _ in range(count):
        yield f"echo {_sum(r)}"


def _many_sums(r: Random, count: int, fits: Fits) -> Iterator[str]:
    """One to three sums a line: more of them a token."""
    for _ in range(count):
        yield f"echo {' '.join(_sum(r) for _ in range(r.choice((1, 2, 3))))}"


def _reckonings(r: Random, count: int, fits: Fits) -> Iterator[str]:
    """One or two a line, of three numbers or of products."""
    for _ in range(count):
        bodies = [r.choice((three_numbers, product))(r) for _ in range(r.choice((1, 2)))]
        yield f"echo {' '.join(f'$(({body}))' for body in bodies)}"


def _operations(r: Random, count: int, fits: Fits) -> Iterator[str]:
    """One or two a line, of every kind but small sums."""
    for _ in range(count):
        yield f"echo {' '.join(f'$(({operation(r)}))' for _ in range(r.choice((1, 1, 1, 1, 2))))}"


def _comparisons(r: Random, count: int, fits: Fits) -> Iterator[str]:
    """One or two a line, five in six comparisons, the others of every kind but small sums."""
    for _ in range(count):
        bodies = [r.choice((*[comparison] * 5, operation))(r) for _ in range(r.choice((1, 1, 1, 1, 2)))]
        yield f"echo {' '.join(f'$(({body}))' for body in bodies)}"


def _additions(r: Random, count: int, fits: Fits) -> Iterator[str]:
    """One or two a line, sums and differences of numbers to three digits."""
    for _ in range(count):
        yield f"echo {' '.join(f'$(({addition(r)}))' for _ in range(r.choice((1, 1, 1, 2))))}"


def _tables(r: Random, count: int, fits: Fits) -> Iterator[str]:
    """One a line, each a row of steps."""
    for _ in range(count):
        yield f"echo $(({table(r)}))"


def _times(r: Random, count: int, fits: Fits) -> Iterator[str]:
    """Date and time of day, whole, in parts and in parts of one's own."""
    for _ in range(count):
        parts = r.choice("-/:.").join(f"%{part}" for part in r.sample(_DATE_PARTS, r.choice((1, 1, 2, 3))))
        own = f"date +{r.choice(('', '', f'{known(r)}-'))}{parts}"
        yield r.choice(("date", f"date +{r.choice(_DATES)}", f"date +{r.choice(_DATES)}", own, own))


Drills = tuple[tuple[float, str, Ask], ...]
"""Shares, skills and lines. Lines that ask are of the family of their skill, the others of `MAKING`."""

FIRST: Drills = (
    (0.65, "last", _last),
    (0.35, "sums", _short_sums),
)
"""Drills that no name has to be read for: what was made last is what is asked for."""

LETTERS: Drills = (
    (0.4, "lookups", partial(_lookups, name_of=_letter, some=_several)),
    (0.35, "reading", partial(_reading, name_of=_letter, some=_several)),
    (0.15, "listing", partial(_listing, kinds=(_letter,))),
    (0.1, "times", _times),
)
"""Drills by name among several, where one letter tells which, and lists whose columns are all alike."""

SUMS: Drills = ((1.0, "sums", _many_sums),)
"""Sums alone."""

RECKONINGS: Drills = ((1.0, "reckonings", _reckonings),)
"""What sums are the first step to."""

OPERATIONS: Drills = ((1.0, "reckonings", _operations),)
"""Products, quotients, remainders, powers, comparisons and brackets."""

COMPARISONS: Drills = ((1.0, "reckonings", _comparisons),)
"""Which of two numbers is the larger, and a little of the rest."""

ADDITIONS: Drills = ((1.0, "sums", _additions),)
"""Working of sums, and nothing else."""

TABLES: Drills = ((1.0, "reckonings", _tables),)
"""The steps of long products and divisions, every digit and every carry alike often."""

_ASKS = ("ls", "ls", "ls -1", "echo *")

LISTS: Drills = (
    (0.3, "listing", partial(_listing, kinds=(_letter,), asks=_ASKS)),
    (0.4, "listing", partial(_listing, kinds=(letters,), asks=_ASKS)),
    (0.3, "listing", partial(_listing, asks=_ASKS)),
)
"""Lists alone: of one letter a name, of a few, of whole names."""

FOLDERS: Drills = ((1.0, "listing", partial(_listing, asks=("ls", "ls", "ls", "ls", "ls -1", "ls -r", "echo *"))),)
"""Lists of whole names: in long sessions, of many."""

FUNCTIONS: Drills = ((1.0, "functions", _functions),)
"""What is called was defined before: the nearest that bash has to a routine."""

TIMES: Drills = ((1.0, "times", _times),)
"""Dates and times alone."""

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

    def fits(text: str) -> bool:
        return not _free(text) or of_split(text, split)

    number = 0
    while True:
        r = Random(f"drill/{seed}/{split}/{number}")
        number += 1
        _, skill, ask = r.choices(drills, [share for share, _, _ in drills])[0]
        lines = list[Line]()
        for text in ask(r, r.randint(*turns), fits):
            makes = _MAKES.search(text)
            if fits(text):
                lines.append(Line(text=text, family=MAKING if makes else skill))
            elif makes:
                break
        if len(lines) > 1 and belongs(lines, split):
            yield Script(lines=tuple(lines), seed=r.randrange(2**31))


def _free(text: str) -> bool:
    """Whether a line holds a free argument."""
    return not (text in WITHOUT_ARGUMENT or text.startswith("date"))
