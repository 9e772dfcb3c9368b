"""The working of sums: what is written on the scratch sheet before an answer is drawn, by rules from what was typed.

A product of two numbers is not drawn in one go: it takes partial products and carries, as on paper (scratchpads, Nye et
al. 2021, arXiv 2112.00114). An operation on whole numbers is some rows of the sheet, one a place. Each row is all that
is left of the operation, so that the next is a function of it alone; and what a place is computed from stands side by
side at its front, where `Mixing` puts it into one token. A place of a product is two rows, what two digits give and
what that and the carry are, and one of a quotient is three, its digit, what that takes, and what is left: a table of
all at once is too large to be learned soon. A comparison is a difference, and 1 or 0 by its sign. What is done stands
behind that, the newest digit in front (at its end in divisions); the rest moves by one cell a row, at fixed columns:

    349+98   a98  934  b497   3  b3 47     a  447                carry, digit, digit; what is done, rest; other rest
    100-1    m01   10  n0 9   1  n1 99     m  099                the same with a borrow
    349*6    A96  34   A54  346                                  carry, digit, factor; carry and what they give, two
             F464  3   F244  36                                  digits; what is done, rest; the factor again
             C3694     C1894   6   C 6094      62094
    374/12   N3L  74        /  N3L0 74        /  N3N0L74       0/   rest, digit, divisor, their quotient; other digits,
             Q7L  4       0 /  Q7L3 4       0 /  Q7Q6L4       03/   what is done; what the quotient takes (`Q6`, 36)
             O4L         03 /  O4L1        03 /  O4O2L       031/
             P L        031 /

A letter is what is carried; which letters says of what. The row behind an operation is its value, `=2094`, which the
answer is a copy of. A row of a product of long numbers holds one, what is left of the other, the sum so far, and the
places of it that are done: `034* 12,    ,   `. Only training makes these rows by rules; the machine draws its own.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from model.font.cells import BACKGROUND, CELL, FOREGROUND
from model.nccligen.address import MAX_ASIDE, Address, Kind
from trainer.captions import printed_rows
from trainer.targets import Trace, Turn
from trainer.writes import Write

IN_THE_HEAD = 100
"""Sums of two numbers below this are drawn without working."""

LARGEST = 9_999_999
"""Of a number that has room on the sheet."""

LONGEST = 200
"""Characters of an expression: a parser takes long ones apart by calling itself."""

LARGEST_DIVISOR = 12
"""Dividing by more takes more than one look."""

LARGEST_FACTOR = 999
"""Of a product both of whose factors have more than one digit."""

_EXPRESSION = re.compile(r"\$\(\(([\d\s+*/%()<>=!-]*)\)\)")
"""Arithmetic of literal numbers."""

_ALONE = re.compile(r"([\d\s+*/%()-]+)")
"""The same as it is typed to Python or bc."""

ADDED, BORROWED, TIMES, LEFT = "ab", "mn", "ABCDEFGHI", "NOPQRSTUVWXY"
"""What is carried in a sum, a difference, a product, and what is left over in a division, from 0 up."""

DIVISORS = " 123456789JKL"
"""In one cell."""

SHORT, LONG = 8, 16
"""Cells of the writes of a row: whichever holds all of them."""

_COMPARED: dict[type[ast.cmpop], Callable[[int, int], bool]] = {
    **{ast.Lt: operator.lt, ast.Gt: operator.gt, ast.LtE: operator.le, ast.GtE: operator.ge},
    **{ast.Eq: operator.eq, ast.NotEq: operator.ne},
}

Row = list[str]
"""The text of each write."""


class _UnworkedError(Exception):
    """There is no working for this."""


def with_working(trace: Trace) -> Trace:
    """A session with the working of each sum that it prints, but where a caption gives the answer."""
    return Trace(trace.geometry, [_worked(turn) for turn in trace.turns])


def working(expression: str) -> list[Row]:
    """The rows of the scratch sheet for an expression of literal numbers; none if it needs none or has none."""
    expression = expression.strip()
    if len(expression) > LONGEST:
        return []
    try:
        tree = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Brackets in brackets are too much for it long before.
        return []
    rows = list[Row]()
    try:
        _value(tree, rows, nested=any(isinstance(part, ast.BinOp) for part in _operands(tree)))
    except _UnworkedError:
        return []
    return rows


def _worked(turn: Turn) -> Turn:
    line = turn.action.keys.decode("utf-8", "replace")
    alone = _ALONE.fullmatch(line)
    if turn.action.caption or not (alone or "$((" in line):
        return turn
    printed = "".join(printed_rows(turn.writes))
    if not printed or "$" in printed:
        return turn
    at = next((i for i, write in enumerate(turn.writes) if write.address.kind == Kind.NEXT), None)
    if at is None:
        # A full-screen program drew it.
        return turn
    rows = [row for found in ([alone] if alone else _EXPRESSION.finditer(line)) for row in working(found[1])]
    if alone and rows and rows[-1] != [f"={printed}"]:
        # Typed to something that does not reckon.
        return turn
    if not rows or sum(map(len, rows)) > MAX_ASIDE:
        return turn
    return replace(turn, writes=[*turn.writes[:at], *_writes(rows), *turn.writes[at:]])


def _writes(rows: list[Row]) -> Iterator[Write]:
    """Each from column 0: where in a write a cell stands is told by its column."""
    number = 0
    for row in rows:
        length = SHORT if max(map(len, row)) <= SHORT else LONG
        for step in row:
            yield Write(Address(Kind.SCRATCH, length, number), _cells(step.ljust(length)))
            number += 1


def _cells(step: str) -> NDArray[np.void]:
    cells = np.zeros(len(step), CELL)
    cells["glyph"] = list(map(ord, step))
    cells["fg"], cells["bg"] = FOREGROUND, BACKGROUND
    return cells


def _operands(tree: ast.expr) -> tuple[ast.expr, ...]:
    return (tree.left, tree.right) if isinstance(tree, ast.BinOp) else ()


def _value(tree: ast.expr, rows: list[Row], nested: bool) -> int:
    """The value of an expression, whose working is added to `rows`."""
    match tree:
        case ast.Constant(value=int() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _value(left, rows, nested), _value(right, rows, nested)
            if max(abs(a), abs(b)) > LARGEST:
                raise _UnworkedError
            match op:
                case ast.Add() | ast.Sub():
                    b = b if isinstance(op, ast.Add) else -b
                    value = a + b
                    if not nested and max(abs(a), abs(b)) < IN_THE_HEAD:
                        return value
                    if (a < 0) == (b < 0):
                        rows.append(_sum(str(abs(a)), str(abs(b))))
                    else:
                        rows.append(_difference(abs(a), abs(b)))
                case ast.Mult():
                    value = a * b
                    _product(abs(a), abs(b), rows)
                case ast.Pow() if 2 <= b <= 4:
                    value = a
                    for _ in range(1, b):
                        _product(abs(value), abs(a), rows)
                        value *= a
                        rows.append([f"={value}"])
                    rows.pop()
                case ast.Div() | ast.FloorDiv() | ast.Mod() if a >= 0 and 0 < b <= LARGEST_DIVISOR:
                    value = a % b if isinstance(op, ast.Mod) else a // b
                    rows.append(_division(a, b, "%" if isinstance(op, ast.Mod) else "/"))
                case _:
                    raise _UnworkedError
            rows.append([f"={value}"])
            return value
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARED:
            a, b = _value(left, rows, nested), _value(right, rows, nested)
            if min(a, b) < 0 or max(a, b) > LARGEST:
                raise _UnworkedError
            value = int(_COMPARED[type(op)](a, b))
            rows += [_difference(a, b), [f"={a - b}"], [f"={value}"]]
            return value
    raise _UnworkedError


def _sum(a: str, b: str) -> Row:
    """Of the digits of two numbers."""
    return _places(a, b, ADDED, lambda x, y, carry: divmod(x + y + carry, 10))


def _difference(x: int, y: int) -> Row:
    """Of the larger and the smaller of two numbers."""

    def place(x: int, y: int, borrow: int) -> tuple[int, int]:
        quotient, digit = divmod(x - y - borrow, 10)
        return -quotient, digit

    return _places(str(max(x, y)), str(min(x, y)), BORROWED, place)


def _places(a: str, b: str, letters: str, place: Callable[[int, int, int], tuple[int, int]]) -> Row:
    """Place by place of two numbers, until both are at their end."""
    rest = ((SHORT if max(len(a), len(b)) <= 3 else LONG) - 4) // 2
    xs, ys, carry = a.rjust(rest + 1), b.rjust(rest + 2), 0
    row = []
    while True:
        x, y = xs[-1], ys[-1]
        row.append(f"{letters[carry]}{x}{y}{ys[:-1]}{xs[:-1]}")
        if x == y == " ":
            return row
        carry, digit = place(int(x.strip() or 0), int(y.strip() or 0), carry)
        xs, ys = f" {xs[:-1]}", f"{digit}{ys[:-1]}"


def _by_digit(a: str, by: str) -> Row:
    """A product by one digit: one digit more than `a`, which is filled up to three."""
    a = a.rjust(3, "0")
    xs, carry = a.rjust((SHORT if len(a) <= 3 else LONG) - 3), TIMES[0]
    row = []
    while True:
        x = xs[-1]
        row.append(f"{carry}{x}{by}{xs[:-1]}")
        if carry == " ":
            return row
        product = int(x.strip() or 0) * int(by)
        if x != " ":
            row.append(f"{carry}{product:02}{xs[:-1]}{by}")
        tens, digit = divmod(product + TIMES.index(carry), 10)
        xs, carry = f"{digit}{xs[:-1]}", " " if x == " " else TIMES[tens]


def _result(row: Row) -> str:
    """What is done in the last write, zeros in front included."""
    return row[-1][3:].strip()


def _product(x: int, y: int, rows: list[Row]) -> None:
    """The longer by each digit of the shorter, the lowest first; both as they stand if they are as long."""
    a, b = sorted((str(x), str(y)), key=len, reverse=True)
    if len(b) == 1:
        rows.append(_by_digit(a, b))
        return
    if max(x, y) > LARGEST_FACTOR:
        raise _UnworkedError
    a, total, done = a.rjust(3, "0"), "", ""
    rows.append([_head(a, b, total, done)])
    while b:
        rows.append(_by_digit(a, b[-1]))
        part = _result(rows[-1])
        if total:
            rows.append(_sum(total, part))
            part = _result(rows[-1])
        b, total, done = b[:-1], part[:-1], part[-1] + done
        rows.append([_head(a, b, total, done)])


def _head(a: str, b: str, total: str, done: str) -> str:
    return f"{a}*{b:>3},{total:>4},{done:>3}"


def _division(a: int, b: int, sign: str) -> Row:
    """Long division by a small number, from the highest place down."""
    xs, by = str(a).ljust(LONG - 6), DIVISORS[b]
    row, rest = [], 0
    while True:
        x, xs = xs[0], xs[1:]
        row.append(f"{LEFT[rest]}{x}{by}  {xs} {sign}")
        if x == " ":
            return row
        whole = 10 * rest + int(x)
        quotient, left = divmod(whole, b)
        tens, ones = divmod(whole - left, 10)
        row.append(f"{LEFT[rest]}{x}{by}{quotient} {xs} {sign}")
        xs += str(quotient)
        row.append(f"{LEFT[rest]}{x}{LEFT[tens]}{ones}{by}{xs}{sign}")
        rest = left
