"""Routines to be taught, for evaluation: ten kinds, six of each, and six that answer what another of them drew.

What they print is computed here, as if recorded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from trainer.grammar.words import invented
from trainer.install.example import Example

SHOWN = 5
"""Demonstrations of each."""

Draw = Callable[[Random], tuple[str, str]]
"""Draws a command line and what is to be printed, lines separated by ``\\n``."""


@dataclass(frozen=True, slots=True)
class Case:
    """A routine to be taught.

    Attributes:
        name: of the routine, which its command lines begin with.
        kind: one of `KINDS`, or `FOLLOWING`.
        shown: the demonstrations.
        unseen: the same with other arguments, which nobody is shown.
        first: name of the routine whose turns stand before its own; empty if none does.
    """

    name: str
    kind: str
    shown: tuple[Example, ...]
    unseen: tuple[Example, ...]
    first: str = ""


def _w(r: Random) -> str:
    return invented(r, 3, 8)


def _n(r: Random) -> int:
    return r.randint(10, 89)


def _one(text: Callable[[str, str], str]) -> Callable[[str], Draw]:
    """Of one word: `text` is given the routine's name and the word."""

    def named(name: str) -> Draw:
        def draw(r: Random) -> tuple[str, str]:
            word = _w(r)
            return f"{name} {word}", text(name, word)

        return draw

    return named


def _two(text: Callable[[str, str], str]) -> Callable[[str], Draw]:
    """Of two words."""

    def named(name: str) -> Draw:
        def draw(r: Random) -> tuple[str, str]:
            one, two = _w(r), _w(r)
            return f"{name} {one} {two}", text(one, two)

        return draw

    return named


def _number(text: Callable[[int], str]) -> Callable[[str], Draw]:
    """Of a number of two digits."""

    def named(name: str) -> Draw:
        def draw(r: Random) -> tuple[str, str]:
            number = _n(r)
            return f"{name} {number}", text(number)

        return draw

    return named


def _heart(table: Mapping[str, str]) -> Callable[[str], Draw]:
    """By heart: five words and what each stands for."""

    def named(name: str) -> Draw:
        def draw(r: Random) -> tuple[str, str]:
            key = r.choice(sorted(table))
            return f"{name} {key}", table[key]

        return draw

    return named


KINDS: dict[str, dict[str, Callable[[str], Draw]]] = {
    "affixes": {
        "greet": _one(lambda _, w: f"hello {w}"),
        "bye": _one(lambda _, w: f"goodbye {w}!"),
        "tagit": _one(lambda _, w: f"<{w}>"),
        "pyfile": _one(lambda _, w: f"{w}.py"),
        "homeof": _one(lambda _, w: f"/home/{w}"),
        "mailto": _one(lambda _, w: f"{w}@example.org"),
    },
    "templates": {
        "ticket": _one(lambda _, w: f"[open] {w} high"),
        "unit": _one(lambda _, w: f"unit {w} is active"),
        "confpath": _one(lambda _, w: f"/etc/{w}/main.conf"),
        "pair": _two(lambda a, b: f"{a} and {b}"),
        "sendto": _two(lambda a, b: f"sent {a} to {b}"),
        "setkey": _two(lambda a, b: f"key {a} = {b};"),
    },
    "lines": {
        "card": _one(lambda _, w: f"name: {w}\n-----\nend"),
        "stanza": _one(lambda _, w: f"host {w}\n  port 22"),
        "start": _one(lambda _, w: f"starting {w}\nok"),
        "block": _one(lambda _, w: f"begin\n{w}\nend"),
        "notice": _one(lambda _, w: f"note\nto: {w}"),
        "twoparts": _two(lambda a, b: f"a: {a}\nb: {b}"),
    },
    "case": {
        "shout": _one(lambda _, w: w.upper()),
        "proper": _one(lambda _, w: w.capitalize()),
        "yell": _one(lambda _, w: f"{w.upper()}!"),
        "label": _one(lambda _, w: f"{w.upper()}:"),
        "dear": _one(lambda _, w: f"Dear {w.capitalize()},"),
        "envname": _one(lambda _, w: f"${w.upper()}"),
    },
    "repetition": {
        "twice": _one(lambda _, w: f"{w} {w}"),
        "dash": _one(lambda _, w: f"{w}-{w}"),
        "both": _one(lambda _, w: f"{w} is {w}"),
        "nest": _one(lambda _, w: f"{w}/{w}"),
        "again": _one(lambda _, w: f"{w}\n{w}"),
        "srv": _one(lambda _, w: f"/srv/{w}/{w}.conf"),
    },
    "lookups": {
        "capital": _heart({"france": "Paris", "italy": "Rome", "spain": "Madrid", "egypt": "Cairo", "peru": "Lima"}),
        "port": _heart({"ssh": "22", "http": "80", "https": "443", "dns": "53", "smtp": "25"}),
        "colour": _heart({"sky": "blue", "grass": "green", "coal": "black", "snow": "white", "blood": "red"}),
        "symbol": _heart({"iron": "Fe", "gold": "Au", "lead": "Pb", "tin": "Sn", "zinc": "Zn"}),
        "opposite": _heart({"up": "down", "hot": "cold", "big": "small", "wet": "dry", "old": "new"}),
        "desk": _heart({"ann": "room 4", "bob": "room 12", "cy": "room 7", "dee": "room 31", "eve": "room 9"}),
    },
    "reorderings": {
        "swap": _two(lambda a, b: f"{b} {a}"),
        "flip": _two(lambda a, b: f"{b}, {a}"),
        "under": _two(lambda a, b: f"{b}/{a}"),
        "from": _two(lambda a, b: f"{b} from {a}"),
        "assign": _two(lambda a, b: f"{b}={a}"),
        "revpair": _two(lambda a, b: f"({b} {a})"),
    },
    "arithmetic": {
        "inc": _number(lambda n: f"{n + 1}"),
        "addten": _number(lambda n: f"{n + 10}"),
        "plusseven": _number(lambda n: f"{n + 7}"),
        "minusfive": _number(lambda n: f"{n - 5}"),
        "double": _number(lambda n: f"{n * 2}"),
        "rest": _number(lambda n: f"{100 - n}"),
    },
    "tables": {
        "bars": _two(lambda a, b: f"| {a} | {b} |"),
        "cells": _two(lambda a, b: f"{a:<10}{b}"),
        "columns": _two(lambda a, b: f"{a:<12}| {b}"),
        "heads": _two(lambda a, b: f"KEY VALUE\n{a} {b}"),
        "csv": _two(lambda a, b: f"{a},{b}"),
        "rightof": _one(lambda _, w: f"{w:>12}"),
    },
    "errors": {
        "frob": _one(lambda name, w: f"{name}: {w}: no such thing"),
        "zap": _one(lambda name, w: f"{name}: cannot open '{w}'"),
        "mountit": _one(lambda name, w: f"{name}: {w}: permission denied"),
        "fetchit": _one(lambda _, w: f"error: {w} not found"),
        "pull": _one(lambda name, w: f"{name}: unknown image {w}"),
        "check": _one(lambda _, w: f"{w}: FAILED"),
    },
}
"""Routines by kind and name."""


FOLLOWING = "following"

FOLLOWERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "louder": ("greet", lambda said: said.upper()),
    "writeto": ("mailto", lambda said: f"to: {said}"),
    "enter": ("homeof", lambda said: f"cd {said}"),
    "mirror": ("pair", lambda said: " and ".join(reversed(said.split(" and ")))),
    "onemore": ("inc", lambda said: f"{int(said) + 1}"),
    "echoed": ("shout", lambda said: f"{said} {said}"),
}
"""Routines without an argument: which one stands before, and what is made of what that one drew."""


def following(unseen: int = 20, seed: int = 0) -> list[Case]:
    """Routines whose answer is made of what another one, of `cases`, drew just before."""
    named = {name: draw_for(name) for of_kind in KINDS.values() for name, draw_for in of_kind.items()}
    made = []
    for name, (first, answer) in FOLLOWERS.items():
        r, drawn = Random(f"following/{seed}/{name}"), dict[str, str]()
        while len(drawn) < SHOWN + unseen:
            command, printed = named[first](r)
            drawn[command] = printed
        examples = [Example(name, (answer(said),), (_example(asked, said),)) for asked, said in drawn.items()]
        made.append(Case(name, FOLLOWING, tuple(examples[:SHOWN]), tuple(examples[SHOWN:]), first))
    return made


def cases(unseen: int = 20, seed: int = 0) -> list[Case]:
    """All routines, with their demonstrations and `unseen` examples with other arguments.

    What is known by heart has no other arguments: it is asked again.
    """
    made = []
    for kind, named in KINDS.items():
        for name, draw_for in named.items():
            r, draw = Random(f"routines/{seed}/{name}"), draw_for(name)
            drawn = dict[str, str]()
            while len(drawn) < SHOWN:
                command, printed = draw(r)
                drawn[command] = printed
            examples = [_example(*one) for one in drawn.items()]
            if kind == "lookups":
                others = [examples[i % SHOWN] for i in range(unseen)]
            else:
                while len(drawn) < SHOWN + unseen:
                    command, printed = draw(r)
                    drawn[command] = printed
                others = [_example(*one) for one in list(drawn.items())[SHOWN:]]
            made.append(Case(name, kind, tuple(examples), tuple(others)))
    return made


def _example(command: str, printed: str) -> Example:
    return Example(command, tuple(printed.split("\n")))
