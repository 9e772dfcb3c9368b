"""Sessions with commands that nothing on the screen defines: what they do is to be read off what they did.

Each is a function of bash, handed to the sandbox in its environment. It is called some times first, which nobody could
have foretold: those turns are seen in training and not drawn (`EXAMPLE`). Between other lines it is called again with
other arguments, and that can be told from the examples. So a machine learns to take up a routine that was only shown.
"""

from collections.abc import Callable, Iterator
from random import Random

from trainer.grammar.reserved import RUNNABLE
from trainer.grammar.session import belongs, sessions
from trainer.grammar.words import invented, known, letters, word
from trainer.record.script import Line, Script
from trainer.split import Split, of_split
from trainer.targets import EXAMPLE

ASKED = "shown"
"""The family of those that can be told from them."""

EXAMPLES = 4, 6
"""Fewest and most calls that show what a command does."""

QUESTIONS = 3, 6
"""Fewest and most behind them."""

_DRAWS = 40
"""Tries to draw a line of the split."""

Asks = Callable[[Random], str]
"""Draws arguments."""

Shown = tuple[str, Asks]
"""The body of a function, and what draws its arguments."""


def example_sessions(seed: int, *, split: Split, turns: tuple[int, int] = (4, 14)) -> Iterator[Script]:
    """Scripts without end; the arguments are those of `trainer.grammar.sessions`, `turns` of the other lines."""
    for number, script in enumerate(sessions(seed, split=split, turns=turns)):
        r = Random(f"examples/{seed}/{split}/{number}")
        lines, environment = list(script.lines), list[tuple[str, str]]()
        text = "\n".join(line.text for line in lines)
        for _ in range(r.choice((1, 1, 2))):
            name = invented(r, 2, 8)
            if name in RUNNABLE or name in text:
                continue
            body, asks = r.choice(KINDS)(r, name)
            calls = _calls(r, name, asks, split)
            if calls:
                lines = _among(r, lines, calls)
                # As bash hands its functions to the shells it starts.
                environment.append((f"BASH_FUNC_{name}%%", f"() {{ {body}; }}"))
                text += f"\n{name}"
        if environment and belongs(lines, split):
            yield Script(tuple(lines), r.randrange(2**31), environment=tuple(environment))


def _calls(r: Random, name: str, asks: Asks, split: Split) -> list[Line]:
    """Calls that show and calls that ask, none of them twice; none if there are too few of the split."""
    fewest, most = EXAMPLES[0] + QUESTIONS[0], r.randint(*EXAMPLES) + r.randint(*QUESTIONS)
    drawn = dict.fromkeys(f"{name} {asks(r)}".rstrip() for _ in range(_DRAWS))
    fits = [line for line in drawn if of_split(line, split)][:most]
    if len(fits) < fewest:
        return []
    shown = min(r.randint(*EXAMPLES), len(fits) - QUESTIONS[0])
    return [Line(line, EXAMPLE if i < shown else ASKED) for i, line in enumerate(fits)]


def _among(r: Random, lines: list[Line], calls: list[Line]) -> list[Line]:
    """Lines with calls among them, in order; those that show come in a row as often as not."""
    shown = sum(call.family == EXAMPLE for call in calls)
    if r.random() < 0.5:
        at = r.randint(0, len(lines))
        lines, calls, first = [*lines[:at], *calls[:shown], *lines[at:]], calls[shown:], at + shown
    else:
        first = 0
    places = sorted(r.choices(range(first, len(lines) + 1), k=len(calls)))
    for place, call in zip(reversed(places), reversed(calls), strict=True):
        lines.insert(place, call)
    return lines


def _word(r: Random) -> str:
    return r.choice((letters, letters, word, known))(r)


def _one(r: Random) -> str:
    """One word."""
    return letters(r)


def _two(r: Random) -> str:
    """Two words."""
    return f"{letters(r)} {letters(r)}"


def _number(r: Random) -> str:
    """A number of two digits or three."""
    return str(r.randint(10, r.choice((99, 99, 999))))


def _between(r: Random) -> str:
    """What stands between two words."""
    return r.choice((" ", " ", "-", ": ", "=", ", ", "/", " -> ", f" {_word(r)} "))


def affixes(r: Random, name: str) -> Shown:
    """A word before the argument, or behind it, or both."""
    before, behind = f"{_word(r)}{_between(r)}", f"{_between(r)}{_word(r)}"
    which = r.randrange(3)
    return f'echo "{before if which != 1 else ""}$1{behind if which != 0 else ""}{r.choice(("", "", ".", "!"))}"', _one


def templates(r: Random, name: str) -> Shown:
    """Two arguments among words, in their order or the other way round."""
    one, two = r.choice((("$1", "$2"), ("$1", "$2"), ("$2", "$1")))
    return f'echo "{r.choice(("", f"{_word(r)} "))}{one}{_between(r)}{two}{r.choice(("", f" {_word(r)}"))}"', _two


def lines(r: Random, name: str) -> Shown:
    """Two lines or three, the argument in some of them."""
    said = [f"{_word(r)}{_between(r)}$1", f"$1{_between(r)}{_word(r)}", f"{_word(r)} {_word(r)}", "$1"]
    chosen = r.sample(said, r.choice((2, 2, 3)))
    return "; ".join(f'echo "{line}"' for line in (chosen if any("$1" in line for line in chosen) else said[:2])), _one


def cases(r: Random, name: str) -> Shown:
    """The argument in capitals, in part or as a whole, with a word or without."""
    return (
        f'echo "{r.choice(("", "", f"{_word(r)} "))}${{1{r.choice(("^^", "^^", "^"))}}}{r.choice(("", "", "!"))}"',
        _one,
    )


def repetitions(r: Random, name: str) -> Shown:
    """The argument twice or three times."""
    return f'echo "{r.choice(("", " ", "-", "/", ", ")).join(["$1"] * r.choice((2, 2, 3)))}"', _one


def parts(r: Random, name: str) -> Shown:
    """The argument backwards, or without its ends, or what of it is moved."""
    body = r.choice(
        (
            'echo "$1" | rev',
            'echo "${1:1}"',
            'echo "${1:0:1}"',
            'echo "${1: -1}"',
            'echo "${1::-1}"',
            'echo "${1:1}${1:0:1}"',
            'echo "$1" | sed "s/./& /g"',
        )
    )
    return body, _one


def sums(r: Random, name: str) -> Shown:
    """A small sum or product of a number."""
    number = r.randint(1, 20)
    return (
        f"echo {r.choice(('', '', f'{_word(r)} '))}$(({r.choice((f'$1+{number}', f'$1-{min(number, 9)}', '$1*2'))}))",
        _number,
    )


def tables(r: Random, name: str) -> Shown:
    """A row between bars, under a head or alone."""
    width = r.randint(4, 10)
    row = rf'printf "| %-{width}s | %-{r.randint(4, 10)}s |\n" "$1" "{_word(r)[:8]}"'
    return r.choice((row, f'echo "{_word(r).upper()}"; {row}')), _one


def failures(r: Random, name: str) -> Shown:
    """A message as a program's that cannot do what it is asked."""
    quote = r.choice(("", "'"))
    return f'echo "{name}: {quote}$1{quote}: {_word(r)} {_word(r)}" >&2; return 1', _one


def lookups(r: Random, name: str) -> Shown:
    """A flag said of every word, or the length of it."""
    return r.choice(('echo "${#1}"', f'echo "$1 has ${{#1}} {_word(r)}"', f'echo "{_word(r)} {_word(r)}"')), _one


KINDS: tuple[Callable[[Random, str], Shown], ...] = (
    *(affixes, affixes, templates, templates, lines, cases, cases, repetitions, repetitions),
    *(parts, parts, sums, tables, failures, lookups),
)
"""What commands do, the usual ones more than once."""
