"""Aligns demonstrations: what they have in common, what varies, and how what varies comes back in the output.

A command is words; a word, or a part of one, that differs between demonstrations is a slot. An output line is read as
pieces: text that is the same in all, and functions of slots. Turns that stand before are read likewise, and what varies
in their output for no reason that is seen is a slot too. What is found is a hypothesis that explains every
demonstration, the shortest first; it serves to make more examples of the same and never runs beside the machine.
"""

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile
from operator import methodcaller

from trainer.install.example import Example

MAX_STEPS = 20_000
"""Steps of the search for one line."""

MAX_WIDTH = 25
"""Columns of the widest table that is noticed, plus one."""

Function = Callable[[tuple[str, ...]], str | None]
"""Of the values of all slots; None where it has no value."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an output line.

    Attributes:
        text: what is the same in all demonstrations; None for a function.
        function: of the slots.
        name: how the function is called, for people: such as ``upper(1)``.
    """

    text: str | None
    function: Function | None = None
    name: str = ""

    def value(self, slots: tuple[str, ...]) -> str | None:
        """What stands there for these values of the slots."""
        return self.text if self.function is None else self.function(slots)


Line = tuple[Piece, ...]


Values = tuple[tuple[str, ...], ...]
"""Of the slots, a row a demonstration."""


@dataclass(frozen=True, slots=True)
class TurnTemplate:
    """A command line and the lines that answer it."""

    command: Line
    lines: tuple[Line, ...]

    def example(self, slots: tuple[str, ...]) -> Example | None:
        """The turn with these values; None if a function has no value for them."""
        texts = [_text_of(line, slots) for line in (self.command, *self.lines)]
        command, *output = [text for text in texts if text is not None]
        return None if None in texts else Example(command, tuple(output))

    def describe(self) -> str:
        """For people: the command, an arrow and the output, slots in angle brackets."""
        command, *lines = (
            "".join(p.text if p.text is not None else f"<{p.name}>" for p in line)
            for line in (self.command, *self.lines)
        )
        return f"{command} -> " + " / ".join(lines)


@dataclass(frozen=True, slots=True)
class Template:
    """What a routine does, as far as its demonstrations tell.

    Attributes:
        values: of the slots, in the demonstrations.
        turns: what stands before, and the turn of the routine.
    """

    values: Values
    turns: tuple[TurnTemplate, ...]

    def example(self, slots: tuple[str, ...]) -> Example | None:
        """The example with these values; None if a function has no value for them."""
        made = [example for turn in self.turns if (example := turn.example(slots)) is not None]
        return replace(made[-1], before=tuple(made[:-1])) if len(made) == len(self.turns) else None

    def describe(self) -> str:
        """In a line or more, for people."""
        return "; ".join(turn.describe() for turn in self.turns)


def _text_of(line: Line, slots: tuple[str, ...]) -> str | None:
    """A line with these values of the slots."""
    values = [piece.value(slots) for piece in line]
    return None if None in values else "".join(value for value in values if value is not None)


def align(examples: Sequence[Example]) -> Template | None:
    """The template that all examples follow; None if none was found.

    A single example has no slots: it follows itself.
    """
    each = [(*one.before, one) for one in examples]
    if len({tuple(len(turn.output) for turn in turns) for turns in each}) != 1:
        return None
    values: Values = ((),) * len(examples)
    made = list[TurnTemplate]()
    for number, turns in enumerate(zip(*each, strict=True), 1):
        command, values = _cut([turn.command for turn in turns], values) or (None, values)
        lines = list[Line | None]()
        for texts in map(list, zip(*(turn.output for turn in turns), strict=True)):
            line = _line(texts, values)
            if line is None and number < len(each[0]):
                line, values = _cut(texts, values) or (None, values)
            # A blank line has no pieces.
            lines.append(_table(texts, values) if line is None else line)
        if command is None or None in lines:
            return None
        made.append(TurnTemplate(command, tuple(line for line in lines if line is not None)))
    return Template(values, tuple(made))


def _cut(texts: list[str], values: Values) -> tuple[Line, Values] | None:
    """Lines cut at their slots, and the values with those slots that are new; None if they have not as many words."""
    found = _slots(texts)
    if found is None:
        return None
    between, cut = found
    line = [Piece(between[0])]
    for column, text in zip(zip(*cut, strict=True), between[1:], strict=True):
        known = list(zip(*values, strict=True))
        i = known.index(column) if column in known else len(known)
        if i == len(known):
            values = tuple((*slots, value) for slots, value in zip(values, column, strict=True))
        line += [Piece(None, _on_text(str, i), str(i + 1)), Piece(text)]
    return tuple(line), values


def _slots(commands: list[str]) -> tuple[tuple[str, ...], Values] | None:
    """The texts between slots, and the slots of each command."""
    split = [re.split(r"( +)", command) for command in commands]
    if len({len(words) for words in split}) != 1:
        return None
    texts, values = [""], list[list[str]]()
    for words in zip(*split, strict=True):
        if len(set(words)) == 1:
            texts[-1] += words[0]
            continue
        before = _bound(_common(words))
        after = _bound(_common([word[len(before) :][::-1] for word in words]))[::-1]
        inner = [word[len(before) : len(word) - len(after)] for word in words]
        if not all(inner):
            before, after, inner = "", "", list(words)
        texts[-1] += before
        texts.append(after)
        values.append(inner)
    by_example = tuple(zip(*values, strict=True)) if values else ((),) * len(commands)
    return tuple(texts), by_example


def _common(words: Sequence[str]) -> str:
    """What all words begin with."""
    return "".join(letters[0] for letters in takewhile(lambda one: len(set(one)) == 1, zip(*words, strict=False)))


def _bound(common: str) -> str:
    """The part of a common beginning that ends at a sign: letters in common are chance, ``--name=`` is not."""
    found = re.match(r".*[^A-Za-z0-9]", common)
    return found[0] if found else ""


def _line(texts: list[str], values: Values) -> Line | None:
    """The pieces of an output line, from the left: functions before text, longer values before shorter ones."""
    functions = [
        (name, function, [function(slots) for slots in values]) for name, function in _functions(texts, values)
    ]
    usable = [
        (name, function, [value for value in found if value is not None])
        for name, function, found in functions
        if all(value and value in text for value, text in zip(found, texts, strict=True))
    ]
    usable.sort(key=lambda one: -sum(map(len, one[2])))
    steps = 0
    dead = set[tuple[int, ...]]()

    def read(at: tuple[int, ...]) -> list[Piece] | None:
        nonlocal steps
        steps += 1
        if all(start == len(text) for start, text in zip(at, texts, strict=True)):
            return []
        if at in dead or steps > MAX_STEPS:
            return None
        for name, function, found in usable:
            if all(text.startswith(value, start) for text, value, start in zip(texts, found, at, strict=True)):
                rest = read(tuple(start + len(value) for start, value in zip(at, found, strict=True)))
                if rest is not None:
                    return [Piece(None, function, name), *rest]
        letters = {text[start : start + 1] for text, start in zip(texts, at, strict=True)}
        if len(letters) == 1 and letters != {""}:
            rest = read(tuple(start + 1 for start in at))
            if rest is not None:
                letter = letters.pop()
                if rest and rest[0].text is not None:
                    return [Piece(letter + rest[0].text), *rest[1:]]
                return [Piece(letter), *rest]
        dead.add(at)
        return None

    pieces = read((0,) * len(texts))
    return None if pieces is None else tuple(pieces)


def _table(texts: list[str], values: Values) -> Line | None:
    """A line that is learned by heart: no function explains it. None if the same slots ask for two lines."""
    known = dict(zip(values, texts, strict=True))
    if any(known[slots] != text for slots, text in zip(values, texts, strict=True)):
        return None
    return (Piece(None, known.get, "by heart"),)


def _functions(texts: list[str], values: Values) -> Iterator[tuple[str, Function]]:
    """What may stand in a line: functions of one slot, then of two."""
    count = len(values[0])
    for i in range(count):
        yield from _texts_of(i, [slots[i] for slots in values])
        numbers = [number for slots in values if (number := _number(slots[i])) is not None]
        if len(numbers) < len(values):
            continue
        for found in _numbers_in(texts):
            yield from _numbers_of(i, list(zip(numbers, found, strict=True)))
        for j in range(count):
            if j != i and None not in [_number(slots[j]) for slots in values]:
                for sign, of_two in _OF_TWO.items():
                    yield f"{i + 1}{sign}{j + 1}", _on_two(of_two, i, j)


def _texts_of(i: int, shown: list[str]) -> Iterator[tuple[str, Function]]:
    """Functions of the text of a slot; columns only where it was shown in more than one length."""
    for name, of_text in _OF_TEXT.items():
        yield (f"{i + 1}" if name == "same" else f"{name}({i + 1})"), _on_text(of_text, i)
    lengths = set(map(len, shown))
    for width in range(max(lengths), MAX_WIDTH) if len(lengths) > 1 else ():
        yield f"{i + 1} in {width} columns", _on_text(methodcaller("ljust", width), i)
        yield f"{i + 1} at the right of {width} columns", _on_text(methodcaller("rjust", width), i)


def _numbers_of(i: int, pairs: list[tuple[int, int]]) -> Iterator[tuple[str, Function]]:
    """Functions of the number in a slot that give the numbers it was shown with: pairs of both."""
    sums, totals = {m - n for n, m in pairs}, {m + n for n, m in pairs}
    factors = {m // n if n and m % n == 0 else 1 for n, m in pairs}
    if len(sums) == 1 and sums != {0}:
        (by,) = sums
        yield f"{i + 1}{by:+}", _on_number(partial(operator.add, by), i)
    if len(factors) == 1 and factors != {1}:
        (factor,) = factors
        yield f"{i + 1}*{factor}", _on_number(partial(operator.mul, factor), i)
    if len(totals) == 1:
        (total,) = totals
        yield f"{total}-{i + 1}", _on_number(partial(operator.sub, total), i)


def _numbers_in(texts: list[str]) -> Iterator[list[int]]:
    """The numbers of the lines, by their order in each, where all have one."""
    rows = [[int(found) for found in re.findall(r"-?\d{1,9}", text)] for text in texts]
    for place in range(min(map(len, rows), default=0)):
        yield [row[place] for row in rows]


def _number(text: str) -> int | None:
    """A whole number of at most six digits, written without zeros before it."""
    return int(text) if re.fullmatch(r"-?[1-9]\d{0,5}|0", text) else None


_OF_TEXT: dict[str, Callable[[str], str]] = {
    "same": str,
    "upper": str.upper,
    "lower": str.lower,
    "title": str.capitalize,
    "swapcase": str.swapcase,
    "reversed": lambda text: text[::-1],
    "length": lambda text: str(len(text)),
    "first": lambda text: text[:1],
    "last": lambda text: text[-1:],
}
"""Functions of the text of a slot."""

_OF_TWO: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
"""Functions of two slots that hold numbers."""


def _on_text(function: Callable[[str], str], i: int) -> Function:
    return lambda slots: function(slots[i])


def _on_number(function: Callable[[int], int], i: int) -> Function:
    def of(slots: tuple[str, ...]) -> str | None:
        number = _number(slots[i])
        return None if number is None else str(function(number))

    return of


def _on_two(function: Callable[[int, int], int], i: int, j: int) -> Function:
    def of(slots: tuple[str, ...]) -> str | None:
        a, b = _number(slots[i]), _number(slots[j])
        return None if a is None or b is None else str(function(a, b))

    return of
