"""Tokens: how actions, captions and addresses become symbols of one table.

Every token has one symbol (its type, or its byte). Some carry more, whose embeddings are added: the head of an action
its geometry, the first keys the clock, keys what `words.py` says of them, the head of a write its kind, length, row and
column.
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
_CAPTION = _KEYS + 256
_STEER = _CAPTION + 256
STEERS = len(Kind) * len(SPANS)
"""Pairs of kind and length, which are predicted as one."""

_ROW = _STEER + STEERS
_COLUMN = _ROW + MAX_ROWS
_ROWS = _COLUMN + MAX_COLUMNS
_COLUMNS = _ROWS + MAX_ROWS + 1
_CLOCK = _COLUMNS + MAX_COLUMNS + 1
_CLOCK_SIZES = (10, 10, 12, 2, 10, 4, 10, 7, 3, 10, 6, 10, 6, 10)
"""Tens and units of the year, the month by name, tens and units of month and day, the weekday, then tens and units of
hour, minute and second: a digit is learned from every time that shows it, a number of its own from one in sixty."""

_CLOCK_AT = (0, 0, 1, 1, 1, 2, 2, 0, 3, 3, 4, 4, 5, 5)
"""Which token of an action carries each of them, the head being 0: ``date`` and Enter are five keys, and what stands
apart is looked up apart. A shorter action carries the rest on its last token."""

_WORD = _CLOCK + sum(_CLOCK_SIZES)

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


def clock_symbols(clock: datetime) -> list[int]:
    """A time in UTC, one symbol for each of `_CLOCK_SIZES`."""
    utc = clock.astimezone(UTC)
    date = (*divmod(utc.year % 100, 10), utc.month - 1, *divmod(utc.month, 10), *divmod(utc.day, 10), utc.weekday())
    time = (*divmod(utc.hour, 10), *divmod(utc.minute, 10), *divmod(utc.second, 10))
    symbols, base = [], _CLOCK
    for value, size in zip((*date, *time), _CLOCK_SIZES, strict=True):
        symbols.append(base + value)
        base += size
    return symbols


def action_blocks(action: Action, geometry: Geometry) -> list[Block]:
    """The blocks of an action: its caption, if it has one, then its keys under a head with clock and geometry."""
    blocks = []
    if action.caption:
        blocks.append(Block(CAPTION, [_CAPTION + b for b in action.caption.encode()], []))
    extras = [(0, _ROWS + geometry.rows), (0, _COLUMNS + geometry.columns)]
    if action.clock is not None:
        told = zip(_CLOCK_AT, clock_symbols(action.clock), strict=True)
        extras += [(min(at, len(action.keys)), symbol) for at, symbol in told]
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


def address_extras(address: Address) -> list[tuple[int, int]]:
    """The extras of a write, as in `Block`: all are of its head."""
    symbols = [_STEER + steer(address)]
    if address.kind == Kind.GOTO:
        symbols += [_ROW + address.row, _COLUMN + address.column]
    return [(0, symbol) for symbol in symbols]
