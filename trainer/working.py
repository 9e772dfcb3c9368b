"""The working of sums: what is written on the scratch sheet before an answer is drawn, by rules from what was typed.

A product of two numbers is not drawn in one go: it takes partial products and carries, as on paper (scratchpads, Nye et
al. 2021, arXiv 2112.00114). A row of the sheet is an operation on whole numbers, lowest place first, one step a place.
A step holds the result of the step before it, then the digits that come next, so that each result can be read off the
write just before it and every digit is copied once:

    product by a digit   carry, digit of the product, the next digit, the digit
    sum                  carry, digit of the sum, the next two digits
    difference           borrow, digit of the difference, the next digits of the larger and of the smaller
    division             digit of the quotient, remainder in two digits, the next digit, the divisor in two digits

The first step has the sign of the operation in place of a result, the last has no digits that come next. Products and
sums go on to a place where all digits are 0, which brings the carry down. Only training makes these rows by rules; the
machine draws its own.
"""

import ast
import re
from collections.abc import Iterator
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

LARGEST_DIVISOR = 12
"""Dividing by more takes more than one look."""

_EXPRESSION = re.compile(r"\$\(\(([\d\s+*/%()-]*)\)\)")
"""Arithmetic of literal numbers, but for comparisons."""

Row = list[str]
"""The text of each step, padded to the cells of a write."""


class _UnworkedError(Exception):
    """There is no working for this."""


def with_working(trace: Trace) -> Trace:
    """A session with the working of each sum that it prints, but where a caption gives the answer."""
    return Trace(trace.geometry, [_worked(turn) for turn in trace.turns])


def working(expression: str) -> list[Row]:
    """The rows of the scratch sheet for an expression of literal numbers; none if it needs none or has none."""
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return []
    rows = list[Row]()
    try:
        _value(tree, rows, nested=any(isinstance(part, ast.BinOp) for part in _operands(tree)))
    except _UnworkedError:
        return []
    return rows


def _worked(turn: Turn) -> Turn:
    line = turn.action.keys.decode("utf-8", "replace")
    if turn.action.caption or "$((" not in line:
        return turn
    printed = "".join(printed_rows(turn.writes))
    if not printed or "$" in printed:
        return turn
    at = next(i for i, write in enumerate(turn.writes) if write.address.kind == Kind.NEXT)
    rows = [row for found in _EXPRESSION.finditer(line) for row in working(found[1])]
    if not rows or sum(map(len, rows)) > MAX_ASIDE:
        return turn
    return replace(turn, writes=[*turn.writes[:at], *_writes(rows), *turn.writes[at:]])


def _writes(rows: list[Row]) -> Iterator[Write]:
    for number, row in enumerate(rows):
        kind = Kind.SCRATCH
        for step in row:
            yield Write(Address(kind, len(step), number), _cells(step))
            kind = Kind.SCRATCH_ON


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
            match op:
                case ast.Add() | ast.Sub():
                    b = b if isinstance(op, ast.Add) else -b
                    if nested or max(abs(a), abs(b)) >= IN_THE_HEAD:
                        rows.append(_sum(abs(a), abs(b)) if (a < 0) == (b < 0) else _difference(abs(a), abs(b)))
                    return a + b
                case ast.Mult():
                    rows += _product(abs(a), abs(b))
                    return a * b
                case ast.Pow() if 0 <= b <= 4:
                    for power in range(1, b):
                        rows += _product(abs(a) ** power, abs(a))
                    return int(a**b)
                case ast.Div() | ast.Mod() if a >= 0 and 0 < b <= LARGEST_DIVISOR:
                    rows.append(_division(a, b))
                    return a // b if isinstance(op, ast.Div) else a % b
    raise _UnworkedError


def _digits(number: int, places: int = 0) -> list[int]:
    """Digits from the lowest place up, at least so many."""
    digits = [int(digit) for digit in reversed(str(number))]
    return digits + [0] * (places - len(digits))


def _sum(a: int, b: int, places: int = 0) -> Row:
    """Of two numbers; the sum has so many places, or one more than the longer."""
    places = places or 1 + max(len(str(a)), len(str(b)))
    row, done, carry = Row(), "+ ", 0
    for x, y in zip(_digits(a, places), _digits(b, places), strict=True):
        row.append(f"{done}{x}{y}")
        carry, digit = divmod(x + y + carry, 10)
        done = f"{carry}{digit}"
    return [*row, f"{done}  "]


def _difference(a: int, b: int) -> Row:
    """Of the larger and the smaller of two numbers."""
    high, low = max(a, b), min(a, b)
    row, done, borrow = Row(), "- ", 0
    for x, y in zip(_digits(high), _digits(low, len(str(high))), strict=True):
        row.append(f"{done}{x}{y}")
        digit = x - y - borrow
        borrow = int(digit < 0)
        done = f"{borrow}{digit % 10}"
    return [*row, f"{done}  "]


def _product(a: int, b: int) -> list[Row]:
    """A row for each digit of `b`, the lowest first, and behind each but the first the sum so far."""
    rows, total, places = list[Row](), 0, len(str(a))
    for place, by in enumerate(_digits(b)):
        row, done, carry = Row(), "* ", 0
        for digit in _digits(a, places + 1):
            row.append(f"{done}{digit}{by}")
            carry, units = divmod(digit * by + carry, 10)
            done = f"{carry}{units}"
        rows.append([*row, f"{done}  "])
        part = a * by * 10**place
        if place:
            rows.append(_sum(total, part, places + place + 1))
        total += part
    return rows


def _division(a: int, b: int) -> Row:
    """Long division by a small number, from the highest place down."""
    row, done, rest = Row(), "/  ", 0
    for digit in reversed(_digits(a)):
        row.append(f"{done}{digit}{b:02}  ")
        quotient, rest = divmod(10 * rest + digit, b)
        done = f"{quotient}{rest:02}"
    return [*row, f"{done}     "]
