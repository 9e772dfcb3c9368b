"""Plain sessions: the short everyday lines people try first, with none of bash's finer forms.

A machine learns these long before the whole grammar, so they open a curriculum (`trainer.make_corpus --kind
plain`). They are drawn from the same free arguments and obey the same split.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from trainer.grammar.session import belongs
from trainer.grammar.words import file_name, folder_name, known, letters, unknown_command, variable_name, word, words
from trainer.record.script import Line, Script
from trainer.split import Split, of_split

CLOSED = {
    "basics": (
        "pwd",
        "whoami",
        "hostname",
        "echo $HOME",
        "echo $USER",
        "date +%F",
        "date +%T",
        "date",
        "id -un",
        "uname",
        "",
    ),
    "errors": ("false", "true", "echo $?", "false; echo $?", "true; echo $?"),
}
"""Lines without a free argument."""

WITHOUT_ARGUMENT = ("ls", "pwd", "cd", "cd ..")
"""Lines of the other families that belong to both splits."""

FAMILIES = {"basics": 0.12, "echo": 0.17, "variables": 0.2, "files": 0.27, "arith": 0.13, "errors": 0.11}
"""Families and their shares."""

FOCUS = 0.5
"""Share of the sessions that keep mostly to one family: looking up and adding are learned from many tries in a row."""


@dataclass(slots=True)
class Place:
    """What a plain session has made: folders and files of the current folder, the folders above, variables."""

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    above: list[tuple[list[str], list[str]]] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)


def text(r: Random) -> str:
    """One to four words."""
    return " ".join(words(r, 1, 4, 24))


def _echo(r: Random, place: Place) -> str:
    quote = r.choice(("", "", '"', "'"))
    return f"echo {quote}{text(r)}{quote}"


def _variables(r: Random, place: Place) -> str:
    if not place.variables or r.random() < 0.4:
        name = variable_name(r)
        place.variables = [*(v for v in place.variables if v != name), name]
        value = r.choice((word(r), word(r), str(r.randint(0, 99)), f'"{text(r)}"', f"'{text(r)}'"))
        return f"{r.choice(('', '', '', 'export '))}{name}={value}"
    name = r.choice(place.variables)
    return r.choice(
        (
            f"echo ${name}",
            f"echo ${name}",
            f'echo "${name}"',
            f"echo ${{{name}}}",
            f"echo {known(r)} ${name}",
            f"echo ${name} {known(r)}",
        )
    )


def _make(r: Random, place: Place) -> str:
    """Makes a file or a folder."""
    if r.random() < 0.35:
        name = folder_name(r)
        if name not in place.folders + place.files:
            place.folders.append(name)
        return f"mkdir {name}"
    names = [file_name(r) for _ in range(r.choice((1, 1, 1, 2)))]
    place.files += [name for name in names if name not in place.folders + place.files]
    return r.choice((f"touch {' '.join(names)}", f"echo {text(r)} > {names[-1]}", f"echo {text(r)} > {names[-1]}"))


def _use(r: Random, place: Place) -> str:
    """Reads, changes or removes what is there."""
    file = r.choice(place.files)
    match r.randrange(9):
        case 0:
            place.files.remove(file)
            return f"rm {file}"
        case 1:
            other = file_name(r)
            place.files.append(other)
            return f"cp {file} {other}"
        case 2:
            other = file_name(r)
            place.files[place.files.index(file)] = other
            return f"mv {file} {other}"
        case 3:
            return f"echo {text(r)} >> {file}"
        case 4:
            return f"wc -{r.choice('lwc')} {file}"
        case _:
            return f"cat {file}"


def _move(r: Random, place: Place) -> str:
    """Enters a folder or leaves it."""
    if place.folders and (not place.above or r.random() < 0.6):
        name = r.choice(place.folders)
        place.above.append((place.files, place.folders))
        place.files, place.folders = [], []
        return f"cd {name}"
    if place.above:
        if r.random() < 0.3:
            place.files, place.folders = place.above[0]
            place.above = []
            return "cd"
        place.files, place.folders = place.above.pop()
        return "cd .."
    return "pwd"


def _files(r: Random, place: Place) -> str:
    chance = r.random()
    if chance < 0.34 or not (place.files or place.folders or place.above):
        return _make(r, place)
    if chance < 0.52:
        return "ls"
    if chance < 0.82 and place.files:
        return _use(r, place)
    return _move(r, place) if r.random() < 0.75 else "pwd"


def _arith(r: Random, place: Place) -> str:
    low, high = r.choice(((0, 9), (10, 99), (10, 99), (10, 99)))
    a, b, sign = r.randint(low, high), r.randint(low, high), r.choice("+-")
    space = r.choice(("", "", " "))
    if r.random() < 0.15:
        name = variable_name(r)
        place.variables.append(name)
        return f"{name}=$(({a}{sign}{b}))"
    return f"echo $(({a}{space}{sign}{space}{b}))"


def _errors(r: Random, place: Place) -> str:
    missing = r.choice((file_name(r), folder_name(r), letters(r)))
    status = r.choice(("", "", "", "; echo $?"))
    return (
        r.choice(
            (
                unknown_command(r),
                unknown_command(r),
                f"cat {missing}",
                f"ls {missing}",
                f"cd {missing}",
                f"rm {missing}",
                f"rmdir {missing}",
            )
        )
        + status
    )


RULES = {"echo": _echo, "variables": _variables, "files": _files, "arith": _arith, "errors": _errors}


def draft_line(r: Random, family: str, place: Place, split: Split) -> str | None:
    """A line of a family that the split allows, or None; `place` changes with it."""
    closed = CLOSED.get(family, ())
    if closed and (family not in RULES or r.random() < 0.4):
        return r.choice(closed)
    for _ in range(20):
        after = Place([*place.files], [*place.folders], [([*a], [*b]) for a, b in place.above], [*place.variables])
        line = RULES[family](r, after)
        if line in WITHOUT_ARGUMENT or of_split(line, split):
            place.files, place.folders, place.above = after.files, after.folders, after.above
            place.variables = after.variables
            return line
    return None


def plain_sessions(seed: int, *, split: Split, turns: tuple[int, int] = (4, 14)) -> Iterator[Script]:
    """Scripts without end; the arguments are those of `trainer.grammar.sessions`."""
    number = 0
    while True:
        r = Random(f"plain/{seed}/{split}/{number}")
        number += 1
        place, lines = Place(), list[Line]()
        count = r.randint(*turns)
        shares = dict(FAMILIES)
        if r.random() < FOCUS:
            shares[r.choice(("variables", "files", "arith"))] += 3.0
        while len(lines) < count:
            family = r.choices(list(shares), list(shares.values()))[0]
            line = draft_line(r, family, place, split)
            if line is not None:
                lines.append(Line(text=line, family=family))
        if not belongs(lines, split):
            continue
        yield Script(lines=tuple(lines), seed=r.randrange(2**31))
