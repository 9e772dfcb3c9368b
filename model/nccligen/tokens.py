"""Tokens: how actions, captions and addresses become symbols of one table.

Every token has one symbol (its type, or its byte). Some carry more, whose embeddings are added: the head of an action
its geometry, digits of the clock their place, keys what `words.py` says of them, the head of a write its kind, length,
row and column, and which item of its turn it is of.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from model.nccligen.address import SPANS, Address, Kind
from model.nccligen.words import PLACES, WORD_SYMBOLS, word_symbols
from model.protocol import MAX_COLUMNS, MAX_ROWS, Action, Geometry

PAD, ACTION, CAPTION, WRITE, CELL, NOISY_WRITE, NOISY_CELL = range(7)
"""Types of tokens: padding, head of an action, head of a caption, address of a write, its cells, and the two noisy."""

HEAD_COLUMN = -1
"""Column of a head token: one before the first byte or cell of its block."""

_KEYS = 7
_STEER = _KEYS + 256
STEERS = len(Kind) * len(SPANS)
"""Pairs of kind and length, which are predicted as one."""

_ROW = _STEER + STEERS
_COLUMN = _ROW + MAX_ROWS
_ROWS = _COLUMN + MAX_COLUMNS
_COLUMNS = _ROWS + MAX_ROWS + 1
_CLOCK = _COLUMNS + MAX_COLUMNS + 1
_CLOCK_PLACES = 12
"""Digits of a clock: year, month, day, hour, minute, second, two each."""

_MONTH = _CLOCK + _CLOCK_PLACES
_WEEKDAY = _MONTH + 12
_ITEM = _WEEKDAY + 7
ITEMS = 64
"""Items of a turn told apart; later ones share the last symbol."""

_WORD = _ITEM + ITEMS

FIRST_WORD = _WORD + PLACES
"""Symbols from here on tell words."""

SYMBOLS = _WORD + WORD_SYMBOLS
"""Rows of the table of symbols."""


class Block(NamedTuple):
    """A block of tokens.

    Attributes:
        head: symbol of its first token.
        body: those that follow, at columns 0, 1, ...
        extras: symbols added to tokens: pairs of an index into the block, where the head is 0, and a symbol, by index.
    """

    head: int
    body: list[int]
    extras: list[tuple[int, int]]


def clock_block(clock: datetime) -> Block:
    """A time in UTC: its twelve digits as the keys that would type them, each told its place, then month and weekday.

    What is copied from a clock is copied as it is from what was typed. A number of its own for each minute, or a symbol
    of its own for each digit of each place, was not learned (docs/training.md).
    """
    utc = clock.astimezone(UTC)
    first, *others = [_KEYS + byte for byte in f"{utc:%y%m%d%H%M%S}".encode()]
    others += [_MONTH + utc.month - 1, _WEEKDAY + utc.weekday()]
    return Block(first, others, [(place, _CLOCK + place) for place in range(_CLOCK_PLACES)])


def action_blocks(action: Action, geometry: Geometry) -> list[Block]:
    """The blocks of an action: its caption and its clock, if it has them, then its keys under a head with geometry."""
    blocks = []
    if action.caption:
        # Told as the keys that would type it, as the clock is: what a caption says is copied as what was typed is.
        blocks.append(Block(CAPTION, [_KEYS + b for b in action.caption.encode()], []))
    if action.clock is not None:
        blocks.append(clock_block(action.clock))
    extras = [(0, _ROWS + geometry.rows), (0, _COLUMNS + geometry.columns)]
    extras += [(1 + at, _WORD + symbol) for at, symbol in word_symbols(action.keys)]
    blocks.append(Block(ACTION, [_KEYS + b for b in action.keys], sorted(extras)))
    return blocks


def steer(address: Address) -> int:
    """The class of an address's kind and length, in 0..STEERS-1."""
    return address.kind * len(SPANS) + SPANS.index(address.length)


def unsteer(index: int) -> tuple[Kind, int]:
    """The inverse of `steer`."""
    kind, span = divmod(index, len(SPANS))
    return Kind(kind), SPANS[span]


def write_extras(address: Address, item: int) -> list[tuple[int, int]]:
    """The extras of a write that is of some item of its turn, as in `Block`: all are of its head."""
    symbols = [_STEER + steer(address), _ITEM + min(item, ITEMS - 1)]
    if address.kind == Kind.GOTO:
        symbols += [_ROW + address.row, _COLUMN + address.column]
    return [(0, symbol) for symbol in symbols]
