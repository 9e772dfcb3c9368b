"""Sums and differences, with carries and borrows as frequent as none, and a little of the rest."""

from random import Random

from trainer.grammar import words
from trainer.grammar.rule import Draft, family
from trainer.grammar.template import templated
from trainer.grammar.world import World

_LENGTHS = ((1, 1), (1, 2), (2, 1), (2, 2), (2, 2), (2, 2), (2, 2), (2, 2))
"""Digits of the two operands; about one in twelve draws goes to three digits instead."""


def carries(a: int, b: int) -> list[bool]:
    """For each digit place of the longer operand, lowest first, whether adding `a` and `b` carries out of it."""
    found, carry = [], 0
    for place in range(max(len(str(a)), len(str(b)))):
        carry = int(a // 10**place % 10 + b // 10**place % 10 + carry > 9)
        found.append(bool(carry))
    return found


def borrows(a: int, b: int) -> list[bool]:
    """For each digit place of the larger operand but its last, lowest first, whether ``|a - b|`` borrows there."""
    high, low = max(a, b), min(a, b)
    found, borrow = [], 0
    for place in range(len(str(high)) - 1):
        borrow = int(high // 10**place % 10 - low // 10**place % 10 - borrow < 0)
        found.append(bool(borrow))
    return found


def _operand(r: Random, digits: int) -> int:
    low = 0 if digits == 1 and r.random() < 0.2 else 10 ** (digits - 1)
    return r.randrange(low, 10**digits)


def _lengths(r: Random) -> tuple[int, int]:
    if r.random() < 0.06:
        return r.choice(((3, 3), (3, 2), (2, 3), (3, 1)))
    return r.choice(_LENGTHS)


def addends(r: Random) -> tuple[int, int]:
    """Two numbers to add; the pattern of carries, not the numbers, is drawn evenly."""
    lengths = _lengths(r)
    wanted = [r.random() < 0.5 for _ in range(max(lengths))]
    for _ in range(60):
        a, b = (_operand(r, digits) for digits in lengths)
        if carries(a, b) == wanted:
            return a, b
    return a, b


def difference(r: Random) -> tuple[int, int]:
    """Two numbers to subtract: sign and pattern of borrows are drawn evenly; now and then they are equal."""
    lengths = sorted(_lengths(r), reverse=True)
    if r.random() < 0.03:
        same = _operand(r, lengths[0])
        return same, same
    wanted = [r.random() < 0.5 for _ in range(lengths[0] - 1)]
    for _ in range(60):
        high, low = (_operand(r, digits) for digits in lengths)
        if high > low and borrows(high, low) == wanted:
            break
    return (low, high) if r.random() < 0.5 else (high, low)


def _expression(r: Random) -> str:
    sign = r.choice("+-")
    a, b = addends(r) if sign == "+" else difference(r)
    gap = r.choice(("", "", "", " "))
    return f"{a}{gap}{sign}{gap}{b}"


def _wrapped(r: Random, body: str) -> str:
    pad = r.choice(("", "", "", "", "", " "))
    return f"$(({pad}{body}{pad}))"


def two_terms(r: Random, world: World) -> Draft:
    """``echo $((a+b))`` and ``echo $((a-b))``."""
    return Draft(f"echo {_wrapped(r, _expression(r))}")


def three_numbers(r: Random) -> str:
    """An expression of three numbers, two signs, maybe brackets."""
    a, b = addends(r)
    c = _operand(r, r.choice((1, 2, 2)))
    first, second = r.choice("+-"), r.choice("+-")
    gap = r.choice(("", "", " "))
    if r.random() < 0.15:
        return r.choice((f"({a}{first}{b}){second}{c}", f"{c}{second}({a}{first}{b})"))
    return f"{a}{gap}{first}{gap}{b}{gap}{second}{gap}{c}"


def three_terms(r: Random, world: World) -> Draft:
    """``echo`` and three numbers."""
    return Draft(f"echo {_wrapped(r, three_numbers(r))}")


def _sum(r: Random) -> str:
    return _wrapped(r, _expression(r))


def product(r: Random) -> str:
    """A small product, quotient, remainder, power, comparison, or a number with a sign."""
    a, b, c = r.randint(0, 12), r.randint(1, 12), r.randint(1, 9)
    gap = r.choice(("", "", " "))
    return r.choice(
        (
            *[f"{a}{gap}*{gap}{b}"] * 4,
            *[f"{a * b}{gap}/{gap}{b}"] * 2,
            f"{r.randint(0, 99)}/{b}",
            *[f"{r.randint(0, 99)}{gap}%{gap}{b}"] * 2,
            f"{r.randint(2, 3)}**{r.randint(0, 5)}",
            f"{a}*{b}+{c}",
            f"{c}+{a}*{b}",
            f"({a}+{c})*{b}",
            f"{a}{r.choice(('>', '<', '==', '!=', '>='))}{c}",
            f"-{a}",
            f"-{a}+{c}",
            f"-{a}-{c}",
        )
    )


_FACTORS = ((1, 1), (2, 1), (1, 2), (2, 2), (2, 2), (3, 1), (3, 2), (3, 3), (3, 3))
"""Digits of the two operands of an operation."""


def operation(r: Random) -> str:
    """Anything but small sums: products, quotients, powers, comparisons, brackets, of numbers to three digits."""
    digits, others = r.choice(_FACTORS)
    a, b, c = _operand(r, digits), _operand(r, others), _operand(r, 1)
    by, whole = r.randint(1, 12), _operand(r, r.choice((2, 2, 3)))
    first, second = _operand(r, 3), _operand(r, r.choice((2, 3, 3)))
    gap = r.choice(("", " "))
    body = r.choice(
        (
            *[f"{a} * {b}"] * 5,
            *[f"{first} {r.choice('+-')} {second}"] * 5,
            *[f"{whole} / {by}"] * 3,
            *[f"{whole} % {by}"] * 3,
            f"{r.randint(2, 9)} ** {r.randint(0, 4)}",
            *[f"{a} {r.choice(('<', '>', '==', '!=', '<=', '>='))} {b}"] * 2,
            f"({a} {r.choice('+-')} {b}) * {c}",
            f"{c} * ({a} {r.choice('+-')} {b})",
            f"{a} {r.choice('+-')} ({b} {r.choice('+-')} {c})",
        )
    )
    return body.replace(" ", gap)


def addition(r: Random) -> str:
    """A sum or a difference of two numbers, one of which has three digits."""
    first, second = _operand(r, 3), _operand(r, r.choice((2, 3, 3)))
    gap, sign = r.choice(("", " ")), r.choice("+-")
    a, b = r.choice(((first, second), (second, first)))
    return f"{a}{gap}{sign}{gap}{b}"


def comparison(r: Random) -> str:
    """Two numbers compared; one time in four they are equal, one time in four close together."""
    digits, others = r.choice(((1, 1), (1, 2), (2, 1), (2, 2), (2, 2), (3, 3), (3, 2)))
    a, b = _operand(r, digits), _operand(r, others)
    b = r.choice((b, b, a, max(0, a + r.randint(-10, 10))))
    return f"{a} {r.choice(('<', '>', '==', '!=', '<=', '>='))} {b}".replace(" ", r.choice(("", " ")))


def table(r: Random) -> str:
    """What long products and divisions are made of: a number by a digit or by a small divisor, and long sums."""
    gap, a, long = r.choice(("", " ")), _operand(r, 3), _operand(r, r.choice((3, 4, 4)))
    return r.choice(
        (
            *[f"{a}{gap}*{gap}{r.randint(2, 9)}"] * 4,
            *[f"{long}{gap}+{gap}{_operand(r, r.choice((2, 3, 4)))}"] * 2,
            *[f"{a}{gap}{r.choice('/%')}{gap}{r.randint(2, 12)}"] * 3,
            f"{_operand(r, r.choice((2, 3)))}{gap}*{gap}{_operand(r, 2)}",
        )
    )


def products(r: Random, world: World) -> Draft:
    """``echo`` and a small product or the like."""
    return Draft(f"echo {_wrapped(r, product(r))}")


in_words = templated(
    r"""
    3 echo "<known> $((<expression>))"
    3 echo <known> $((<expression>))
    2 echo "<expression:1> = $((<expression:1>))"
    1 echo <expression:1> = $((<expression:1>))
    2 echo <sum> <sum>
    2 echo "<sum>"
    1 echo '<sum>'
    1 echo <known><sum>
    1 echo <sum>; echo <sum>
    1 printf '%d\n' <sum>
    1 echo <expression>
    1 expr <number> + <number>
    1 expr <number> - <number>
    1 python3 -c "print(<expression>)"
    1 let x=<number>+<number>; echo $x
    1 [ <number> -gt <number> ] && echo yes || echo no
    1 [ <number> -lt <number> ]; echo $?
    1 ((<number> > <number>)) && echo yes || echo no
    """,
    expression=lambda r, world: _expression(r),
    sum=lambda r, world: _sum(r),
)
"""A sum among words, twice on a line, in quotes, or by other tools."""


def _numeric(world: World) -> list[str]:
    """Variables that hold a whole number of at most four characters."""
    return [name for name, value in world.variables.items() if _plain(value)]


def _plain(value: str) -> bool:
    return value.lstrip("-").isdecimal() and len(value) < 5 and (value == "0" or value.lstrip("-")[0] != "0")


def set_number(r: Random, world: World) -> Draft | None:
    """A variable set to a number, to be counted with later."""
    name = words.variable_name(r)
    if name in world.readonly:
        return None
    value = str(_operand(r, r.choice((1, 2, 2))))
    if r.random() < 0.2 and (other := words.variable_name(r)) != name and other not in world.readonly:
        second = str(_operand(r, r.choice((1, 2, 2))))

        def both(to: World) -> None:
            to.assign(name, value)
            to.assign(other, second)

        return Draft(f"{name}={value}{r.choice((' ', '; '))}{other}={second}", effect=both)
    return Draft(f"{name}={value}", effect=lambda to: to.assign(name, value))


def set_sum(r: Random, world: World) -> Draft | None:
    """A variable set to a sum of numbers or of variables, to be read later."""
    name, sign = words.variable_name(r), r.choice("+-")
    if name in world.readonly:
        return None
    a, b = addends(r) if sign == "+" else difference(r)
    one, two = str(a), str(b)
    names = _numeric(world)
    if names and r.random() < 0.6:
        one = r.choice(names)
        a = int(world.variables[one])
    if names and r.random() < 0.4:
        two = r.choice(names)
        b = int(world.variables[two])
    result = str(a + b if sign == "+" else a - b)
    tail = f"; echo ${name}" if r.random() < 0.2 else ""
    return Draft(f"{name}=$(({one}{sign}{two})){tail}", effect=lambda to: to.assign(name, result))


def with_variable(r: Random, world: World) -> Draft | None:
    """Sums of variables that hold numbers."""
    names = _numeric(world)
    if not names:
        return None
    name, other, sign = r.choice(names), r.choice(names), r.choice("+-")
    wanted = r.random() < 0.5
    for _ in range(20):
        b = _operand(r, r.choice((1, 1, 2)))
        value = int(world.variables[name])
        if value < 0 or wanted == (carries(value, b) if sign == "+" else [*borrows(value, b), value < b])[0]:
            break
    gap = r.choice(("", "", " "))
    body = r.choice(
        (
            *[f"{name}{gap}{sign}{gap}{b}"] * 4,
            f"{b}{gap}{sign}{gap}{name}",
            f"{name}{gap}{sign}{gap}{other}",
            f"{name}{gap}+{gap}{other}",
            f"{name}{gap}{sign}{gap}{other}",
            f"${name}{gap}{sign}{gap}{b}",
            f"{name}*2",
        )
    )
    return Draft(f"echo {_wrapped(r, body)}")


def recall(r: Random, world: World) -> Draft | None:
    """A number set before, as it stands."""
    names = _numeric(world)
    return Draft(f"echo ${r.choice(names)}") if names else None


def step(r: Random, world: World) -> Draft | None:
    """A variable counted up or down, or replaced by a sum with itself."""
    names = [name for name in _numeric(world) if name not in world.readonly]
    if not names:
        return None
    name, by = r.choice(names), r.randint(1, 20)
    value = int(world.variables[name])
    body, result = r.choice(
        (
            (f"(({name}++))", value + 1),
            (f"(({name}--))", value - 1),
            (f"(({name}+={by}))", value + by),
            (f"let {name}++", value + 1),
            (f"let {name}+={by}", value + by),
            (f"{name}=$(({name}+{by}))", value + by),
            (f"{name}=$(({name}-{by}))", value - by),
            (f"{name}=$(({name} + 1))", value + 1),
        )
    )
    tail = f"; echo ${name}" if r.random() < 0.3 else ""
    return Draft(body + tail, effect=lambda to: to.assign(name, str(result)))


FAMILY = family(
    "arith",
    (
        (60, two_terms),
        (8, three_terms),
        (6, products),
        (9, in_words),
        (9, set_number),
        (5, set_sum),
        (12, with_variable),
        (6, recall),
        (5, step),
    ),
)
