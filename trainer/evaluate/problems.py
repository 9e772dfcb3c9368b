"""The arithmetic pool: problems typed as ``echo $((…))`` lines that training never typed, by operation and digits.

A line is of the pool only if `trainer.split` holds it out by its hash, and then training computes its sum, typed the
same, within no other line either. The same numbers may have been trained on with other blanks, or without `$((…))`
(`expr`, `let`). Problems whose sum is held out in every spelling are told apart (`unseen`). Patterns of carries and
borrows are drawn evenly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from trainer.grammar.arithmetic import borrows, carries
from trainer.split import held_out_line, held_out_sum

Term = Callable[[Random], tuple[str, int]]
"""Draws an expression, blanks around its signs, and its value in bash."""

_SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda text: f"echo $(({text.replace(' ', '')}))",
    lambda text: f"echo $(({text}))",
    lambda text: f"echo $(( {text} ))",
)

_TRIES = 4000
"""Draws without a new problem after which a kind is as large as it gets."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A line to type and what bash answers.

    Attributes:
        kind: operation and digits, such as ``+ 2``.
        line: the command line.
        answer: in decimal.
        unseen: whether its sum is held out, in every spelling and within other lines too.
    """

    kind: str
    line: str
    answer: str
    unseen: bool = False


def _number(r: Random, digits: int) -> int:
    return r.randrange(0 if digits == 1 else 10 ** (digits - 1), 10**digits)


def _sum(digits: int) -> Term:
    def draw(r: Random) -> tuple[str, int]:
        wanted = [r.random() < 0.5 for _ in range(digits)]
        while True:
            a, b = _number(r, digits), _number(r, digits)
            if carries(a, b) == wanted:
                return f"{a} + {b}", a + b

    return draw


def _difference(digits: int) -> Term:
    def draw(r: Random) -> tuple[str, int]:
        wanted = [r.random() < 0.5 for _ in range(digits - 1)]
        while True:
            a, b = _number(r, digits), _number(r, digits)
            if borrows(a, b) == wanted:
                return f"{a} - {b}", a - b

    return draw


def _product(digits: int) -> Term:
    def draw(r: Random) -> tuple[str, int]:
        a, b = _number(r, digits), _number(r, digits)
        return f"{a} * {b}", a * b

    return draw


def _quotient(r: Random) -> tuple[str, int]:
    a, b = _number(r, r.choice((2, 3))), r.randint(1, 12)
    return f"{a} / {b}", a // b


def _remainder(r: Random) -> tuple[str, int]:
    a, b = _number(r, r.choice((2, 3))), r.randint(1, 12)
    return f"{a} % {b}", a % b


def _power(r: Random) -> tuple[str, int]:
    a, b = r.randint(2, 9), r.randint(0, 4)
    return f"{a} ** {b}", a**b


def _comparison(r: Random) -> tuple[str, int]:
    a, b = _number(r, r.choice((1, 2))), _number(r, r.choice((1, 2)))
    sign, value = r.choice((("<", a < b), (">", a > b), ("==", a == b), ("!=", a != b), ("<=", a <= b), (">=", a >= b)))
    return f"{a} {sign} {b}", int(value)


def _brackets(r: Random) -> tuple[str, int]:
    a, b, c = _number(r, 2), _number(r, r.choice((1, 2))), _number(r, 1)
    return r.choice(
        (
            (f"({a} + {b}) * {c}", (a + b) * c),
            (f"({a} - {b}) * {c}", (a - b) * c),
            (f"{a} - ({b} + {c})", a - (b + c)),
            (f"{a} + ({b} - {c})", a + (b - c)),
        )
    )


KINDS: dict[str, tuple[int, Term]] = {
    "+ 1": (60, _sum(1)),
    "+ 2": (120, _sum(2)),
    "+ 3": (120, _sum(3)),
    "- 1": (60, _difference(1)),
    "- 2": (120, _difference(2)),
    "- 3": (120, _difference(3)),
    "* 1": (40, _product(1)),
    "* 2": (80, _product(2)),
    "* 3": (80, _product(3)),
    "/": (60, _quotient),
    "%": (50, _remainder),
    "**": (20, _power),
    "compared": (40, _comparison),
    "brackets": (30, _brackets),
}
"""Of 1,000 problems, how many of each kind, and how one is drawn."""


def pool(seed: int = 0, of_thousand: int = 1000) -> list[Problem]:
    """Distinct problems, all kinds in their shares, the same for the same arguments.

    Args:
        seed: where the drawing starts.
        of_thousand: about how many in all; at least one of each kind.
    """
    problems = list[Problem]()
    for kind, (share, term) in KINDS.items():
        r = Random(f"{seed}/{kind}")
        drawn = dict[str, Problem]()
        for _ in range(_TRIES):
            if len(drawn) >= max(1, share * of_thousand // 1000):
                break
            text, value = term(r)
            line = r.choice(_SPELLINGS)(text)
            if held_out_line(line):
                drawn.setdefault(line, Problem(kind, line, str(value), held_out_sum(text)))
        problems += drawn.values()
    return problems
