"""Makes more examples of a routine: other arguments, of the kind that its demonstrations have."""

from collections.abc import Iterator
from random import Random
from string import ascii_lowercase, ascii_uppercase, digits

from trainer.grammar.words import word
from trainer.install.align import Template
from trainer.install.example import Example

_TRIES = 2000
"""Draws after which no more examples are expected."""


def variants(
    template: Template, count: int, seed: int, without: frozenset[tuple[object, ...]] = frozenset()
) -> list[Example]:
    """Examples with arguments that are in no demonstration.

    Args:
        template: what the routine does.
        count: how many; fewer if the template has no more, such as one that knows its lines by heart.
        seed: of the arguments.
        without: questions that must not be among them.
    """
    if not template.values[0]:
        return []
    drawn = dict[tuple[object, ...], Example]()
    for example in _draw(template, Random(f"variants/{seed}")):
        if example.question not in without:
            drawn.setdefault(example.question, example)
        if len(drawn) == count:
            break
    return list(drawn.values())


def _draw(template: Template, r: Random) -> Iterator[Example]:
    shown = [tuple(values) for values in zip(*template.values, strict=True)]
    for _ in range(_TRIES):
        example = template.example(tuple(argument(r, values) for values in shown))
        if example is not None:
            yield example


def argument(r: Random, shown: tuple[str, ...]) -> str:
    """An argument of the kind of those shown: numbers of as many digits, words, or signs in the same places."""
    like = r.choice(shown)
    if all(value.isdecimal() for value in shown):
        return _number(r, shown)
    if all(value.isalpha() and value.isascii() for value in shown):
        return _cased(r, like)
    return "".join(_sign_like(r, sign) for sign in like)


def _number(r: Random, shown: tuple[str, ...]) -> str:
    """A number between the shortest and the longest of those shown."""
    if any(value.startswith("0") and value != "0" for value in shown):
        return "".join(r.choice(digits) for _ in r.choice(shown))
    size = r.randint(min(map(len, shown)), max(map(len, shown)))
    return str(r.randrange(10 ** (size - 1) if size > 1 else 0, 10**size))


def _cased(r: Random, like: str) -> str:
    """A word: one that people type, or letters by chance, in the case of the one shown."""
    if len(like) == 1:
        text = r.choice(ascii_lowercase)
    elif r.random() < 0.5:
        text = "".join(letter for letter in word(r).lower() if letter in ascii_lowercase) or "word"
    else:
        text = "".join(r.choice(ascii_lowercase) for _ in range(r.randint(2, max(8, len(like)))))
    if like.isupper():
        return text.upper()
    return text.capitalize() if like[0].isupper() else text


def _sign_like(r: Random, sign: str) -> str:
    for kind in (digits, ascii_lowercase, ascii_uppercase):
        if sign in kind:
            return r.choice(kind)
    return sign
