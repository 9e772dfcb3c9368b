"""Sums and differences, with carries and borrows as frequent as none, and a little of the rest."""

from random import Random

from trainer.grammar import words
from trainer.grammar.rule import Draft, family
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
    """For each digit place of the larger operand but its last, lowest first, whether ``|a - b|`` borrows from the next."""
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


def three_terms(r: Random, world: World) -> Draft:
    """Three numbers, two signs, maybe brackets."""
    a, b = addends(r)
    c = _operand(r, r.choice((1, 2, 2)))
    first, second = r.choice("+-"), r.choice("+-")
    gap = r.choice(("", "", " "))
    if r.random() < 0.15:
        body = r.choice((f"({a}{first}{b}){second}{c}", f"{c}{second}({a}{first}{b})"))
    else:
        body = f"{a}{gap}{first}{gap}{b}{gap}{second}{gap}{c}"
    return Draft(f"echo {_wrapped(r, body)}")


def products(r: Random, world: World) -> Draft:
    """Small products, quotients, remainders, powers, comparisons."""
    a, b = r.randint(0, 12), r.randint(1, 12)
    form = r.choice(("{0}*{1}", "{0}*{1}", "{0} * {1}", "{2}/{1}", "{2}/{1}", "{3}%{1}", "{3}%{1}", "{3}/{1}", "{4}**{5}", "{0}*{1}+{6}",
                     "{6}+{0}*{1}", "({0}+{6})*{1}", "{0}>{6}", "{0}<{6}", "{0}=={6}", "-{0}", "-{0}+{6}", "-{0}-{6}", "{0}"))  # fmt: skip
    body = form.format(a, b, a * b, r.randint(0, 99), r.randint(2, 3), r.randint(0, 5), r.randint(1, 9))
    return Draft(f"echo {_wrapped(r, body)}")


def in_words(r: Random, world: World) -> Draft:
    """A sum among words, twice on a line, or in quotes."""
    sum_, other = _wrapped(r, _expression(r)), _wrapped(r, _expression(r))
    form = r.choice(('echo "{0} = {1}"', "echo {2} {1}", 'echo "{2}: {1}"', "echo {1} {3}", 'echo "{1}"', "echo '{1}'", "echo {2}{1}", "echo {1} {2}", "echo {1}; echo {3}", "printf '%d\\n' {1}"))  # fmt: skip # noqa: E501
    return Draft(form.format(sum_[3:-2].strip(), sum_, words.letters(r), other))


def by_tools(r: Random, world: World) -> Draft:
    """``expr``, ``let``, ``(( ))`` and python for the same."""
    sign = r.choice("+-")
    a, b = addends(r) if sign == "+" else difference(r)
    name = words.variable_name(r)
    form = r.choice(("expr {0} {1} {2}", "expr {0} {1} {2}", "let {3}={0}{1}{2}; echo ${3}", "(({3}={0}{1}{2})); echo ${3}", 'python3 -c "print({0}{1}{2})"', "let '{3} = {0} {1} {2}'; echo ${3}", "[ {0} -gt {2} ] && echo yes || echo no", "(({0} > {2})) && echo yes", "[ {0} -lt {2} ]; echo $?"))  # fmt: skip # noqa: E501
    value = str(a + b if sign == "+" else a - b)
    return Draft(
        form.format(a, sign, b, name),
        effect=lambda to: to.assign(name, value) if name in form.format(a, sign, b, name) else None,
    )


def _numeric(world: World) -> list[str]:
    return [
        name
        for name, value in world.variables.items()
        if value.lstrip("-").isdigit() and len(value) < 5 and value[:1] != "0"
    ]


def set_number(r: Random, world: World) -> Draft:
    """A variable set to a number or to a sum, to be read later."""
    name = words.variable_name(r)
    if name in world.readonly:
        name += "1"
    if r.random() < 0.5:
        value = str(_operand(r, r.choice((1, 2, 2))))
        return Draft(f"{name}={value}", effect=lambda to: to.assign(name, value))
    sign = r.choice("+-")
    a, b = addends(r) if sign == "+" else difference(r)
    result = str(a + b if sign == "+" else a - b)
    return Draft(f"{name}=$(({a}{sign}{b}))", effect=lambda to: to.assign(name, result))


def with_variable(r: Random, world: World) -> Draft | None:
    """Sums of variables that hold numbers."""
    names = _numeric(world)
    if not names:
        return None
    name, other = r.choice(names), r.choice(names)
    b = _operand(r, r.choice((1, 1, 2)))
    sign = r.choice("+-")
    body = r.choice((f"{name}{sign}{b}", f"{name}{sign}{b}", f"{name} {sign} {b}", f"{b}{sign}{name}", f"{name}{sign}{other}", f"{name}+{other}", f"${name}{sign}{b}", f"{name}*2"))  # fmt: skip # noqa: E501
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
    name = r.choice(names)
    b = r.randint(1, 20)
    value = int(world.variables[name])
    body, result = r.choice(
        (
            (f"(({name}++))", value + 1),
            (f"(({name}--))", value - 1),
            (f"(({name}+={b}))", value + b),
            (f"let {name}++", value + 1),
            (f"let {name}+={b}", value + b),
            (f"{name}=$(({name}+{b}))", value + b),
            (f"{name}=$(({name}-{b}))", value - b),
            (f"{name}=$(({name}+1))", value + 1),
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
        (5, in_words),
        (4, by_tools),
        (8, set_number),
        (11, with_variable),
        (5, recall),
        (5, step),
    ),
)
