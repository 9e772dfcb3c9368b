"""The working of sums: what is written on the scratch sheet before an answer is drawn, by rules from what was typed.

A product of two numbers is not drawn in one go: it takes partial products and carries, as on paper (scratchpads, Nye et
al. 2021, arXiv 2112.00114). A row of the sheet is an operation on whole numbers, lowest place first, one write a place.
Each write is all that is left of the operation, so that the next is a function of it alone: digits are taken off the
ends of the numbers and put in front of the result, behind a letter that is the carry (a for 0, b for 1, ...).

    347*6   6*347      6*34e2     6*3c82     6*a2082
    95+100  95+100     9+10a5     +1a95      +a195
    100-1   100-1      10-b9      1-b99      -a099
    374/12  374/12     d74/12     3b4/12     31c/12
    12*34   12*34      3*4,8      *4,08      between these a row for each digit of 34, and one for the sum so far

The row behind an operation is its value, `=2082`, which the answer is a copy of. A row of a product of long numbers is
what is left of the shorter, the sum so far, and the places of it that are done. Only training makes these rows by
rules; the machine draws its own.
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

CARRIES = "abcdefghijkl"
"""What is carried, and what is left over when dividing by up to 12."""

SHORT, LONG = 8, 16
"""Cells of the writes of a row: whichever holds all of them."""

Row = list[str]
"""The text of each write."""


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
        kind, length = Kind.SCRATCH, SHORT if max(map(len, row)) <= SHORT else LONG
        for step in row:
            yield Write(Address(kind, length, number), _cells(step.ljust(length)))
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
                case ast.Div() | ast.Mod() if a >= 0 and 0 < b <= LARGEST_DIVISOR:
                    value = a // b if isinstance(op, ast.Div) else a % b
                    rows.append(_division(a, b, "/" if isinstance(op, ast.Div) else "%"))
                case _:
                    raise _UnworkedError
            rows.append([f"={value}"])
            return value
    raise _UnworkedError


def _sum(a: str, b: str) -> Row:
    row, done, carry = [f"{a}+{b}"], "", 0
    while a or b:
        carry, digit = divmod(int(a[-1:] or 0) + int(b[-1:] or 0) + carry, 10)
        a, b, done = a[:-1], b[:-1], f"{digit}{done}"
        row.append(f"{a}+{b}{CARRIES[carry]}{done}")
    return [*row, f"+{CARRIES[0]}{carry}{done}"] if carry else row


def _difference(x: int, y: int) -> Row:
    """Of the larger and the smaller of two numbers."""
    a, b = str(max(x, y)), str(min(x, y))
    row, done, borrow = [f"{a}-{b}"], "", 0
    while a:
        digit = int(a[-1]) - int(b[-1:] or 0) - borrow
        borrow = int(digit < 0)
        a, b, done = a[:-1], b[:-1], f"{digit % 10}{done}"
        row.append(f"{a}-{b}{CARRIES[borrow]}{done}")
    return row


def _by_digit(a: str, by: str) -> Row:
    """A product by one digit."""
    row, done, carry = [f"{by}*{a}"], "", 0
    while a:
        carry, digit = divmod(int(a[-1]) * int(by) + carry, 10)
        a, done = a[:-1], f"{digit}{done}"
        row.append(f"{by}*{a}{CARRIES[carry]}{done}")
    return [*row, f"{by}*{CARRIES[0]}{carry}{done}"] if carry else row


def _result(row: Row) -> str:
    """What stands behind the carry of the last write, zeros in front included."""
    return row[-1].split(CARRIES[0])[1]


def _product(x: int, y: int, rows: list[Row]) -> None:
    """The longer by each digit of the shorter, the lowest first; both as they stand if they are as long."""
    a, b = sorted((str(x), str(y)), key=len, reverse=True)
    if len(b) == 1:
        rows.append(_by_digit(a, b))
        return
    rows.append([f"{a}*{b}"])
    total, done = "", ""
    while b:
        rows.append(_by_digit(a, b[-1]))
        part = _result(rows[-1])
        if total:
            rows.append(_sum(total, part))
            part = _result(rows[-1])
        b, total, done = b[:-1], part[:-1], part[-1] + done
        rows.append([f"{b}*{total},{done}"])


def _division(a: int, b: int, sign: str) -> Row:
    """Long division by a small number, from the highest place down."""
    left, row, done, rest = str(a), [f"{a}{sign}{b}"], "", 0
    while left:
        quotient, rest = divmod(10 * rest + int(left[0]), b)
        left, done = left[1:], f"{done}{quotient}".lstrip("0")
        row.append(f"{done}{CARRIES[rest]}{left}{sign}{b}")
    return row
