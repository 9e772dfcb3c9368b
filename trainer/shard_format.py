"""What a shard is: its arrays, and what must hold between them."""

import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.font.cells import CELL
from model.nccligen.address import SPANS, Kind
from model.protocol import MAX_COLUMNS, MAX_ROWS
from trainer.screen import BLANK

NO_CLOCK = -1
"""In `Shard.turn_clock`: the machine is not told the time."""

NO_FAMILY = -1
"""In `Shard.turn_family`: the command's family is not named."""

MAX_UNPACKED = 4 * 2**30
"""The largest shard read, unpacked, in bytes."""

MAX_CLOCK = 253402300799
"""The last second of the year 9999, the last that a datetime can hold."""


class ShardError(ValueError):
    """A shard or a folder of shards that cannot be used; the message is one line."""


def first_line(error: BaseException) -> str:
    """What an error says, for a message that names the file itself."""
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return (str(error).splitlines() or [type(error).__name__])[0][:100]


@dataclass(slots=True, eq=False)
class Shard:
    """Sessions (S) of turns (T) of writes (W), as arrays. Offsets have one more entry than what they delimit.

    Attributes:
        table: `CELL` (K,), each cell once; the first is the blank.
        cells: uint32, ids into `table`, of all writes on end.
        write_cells: int64 (W+1,), offsets into `cells`.
        write_address: int16 (W, 4): kind, length, row, column.
        turn_writes: int64 (T+1,), offsets into the writes.
        keys, turn_keys: uint8 on end, and int64 (T+1,) offsets.
        captions, turn_captions: uint8 of UTF-8 on end, and int64 (T+1,) offsets; an empty one is none.
        turn_clock: int64 (T,), seconds since 1970 UTC, or `NO_CLOCK`.
        turn_family: int16 (T,), ids into `families`, or `NO_FAMILY`.
        families: unicode (F,).
        session_turns: int64 (S+1,), offsets into the turns.
        session_geometry: int16 (S, 2): rows, columns.
        session_hash: uint8 (S, 32), of `trainer.split.session_hash`.
    """

    table: NDArray[np.void]
    cells: NDArray[np.uint32]
    write_cells: NDArray[np.int64]
    write_address: NDArray[np.int16]
    turn_writes: NDArray[np.int64]
    keys: NDArray[np.uint8]
    turn_keys: NDArray[np.int64]
    captions: NDArray[np.uint8]
    turn_captions: NDArray[np.int64]
    turn_clock: NDArray[np.int64]
    turn_family: NDArray[np.int16]
    families: NDArray[np.str_]
    session_turns: NDArray[np.int64]
    session_geometry: NDArray[np.int16]
    session_hash: NDArray[np.uint8]


_DTYPES = {
    "table": CELL,
    "cells": np.dtype(np.uint32),
    "write_address": np.dtype(np.int16),
    "keys": np.dtype(np.uint8),
    "captions": np.dtype(np.uint8),
    "turn_family": np.dtype(np.int16),
    "session_geometry": np.dtype(np.int16),
    "session_hash": np.dtype(np.uint8),
}
"""Element types other than int64; `families` are unicode of any length."""

_SHAPES = {"write_address": (4,), "session_geometry": (2,), "session_hash": (32,)}
"""The trailing axes of arrays that have more than one."""


_OFFSETS = {
    "write_cells": "cells",
    "turn_writes": "write_address",
    "turn_keys": "keys",
    "turn_captions": "captions",
    "session_turns": "turn_clock",
}
"""Which array each array of offsets delimits."""


def digest_of(shard: Shard) -> str:
    """SHA-256 over all arrays, in hex."""
    total = hashlib.sha256()
    for name in (f.name for f in fields(Shard)):
        array = getattr(shard, name)
        total.update(f"{name} {array.dtype.str} {array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return total.hexdigest()


def check(shard: Shard, path: Path) -> None:
    """Whether the arrays of a shard fit together.

    Raises:
        ShardError: naming the file and the first thing that does not fit.
    """
    problem = next(_problems(shard), None)
    if problem:
        raise ShardError(f"{path}: {problem}; build the shard again")


def _problems(shard: Shard) -> Iterator[str]:
    for name in (f.name for f in fields(Shard)):
        array, shape = getattr(shard, name), _SHAPES.get(name, ())
        dtype = array.dtype if name == "families" else _DTYPES.get(name, np.dtype(np.int64))
        fits = array.dtype == dtype and (name != "families" or dtype.kind == "U")
        if not fits or array.ndim != 1 + len(shape) or array.shape[1:] != shape:
            yield f"{name} is {array.dtype} of {array.shape}"
            return
    for name, delimited in _OFFSETS.items():
        offsets = getattr(shard, name)
        if not len(offsets) or offsets[0] != 0 or (np.diff(offsets) < 0).any():
            yield f"the offsets {name} do not grow from 0"
        elif offsets[-1] != len(getattr(shard, delimited)):
            yield f"{name} does not end where {delimited} ends"
    yield from _counts(shard)
    yield from _ranges(shard)


def _counts(shard: Shard) -> Iterator[str]:
    writes, turns, sessions = len(shard.write_address), len(shard.turn_clock), len(shard.session_geometry)
    for name, count in (
        ("write_cells", writes + 1),
        ("turn_writes", turns + 1),
        ("turn_keys", turns + 1),
        ("turn_captions", turns + 1),
        ("turn_family", turns),
        ("session_turns", sessions + 1),
        ("session_hash", sessions),
    ):
        if len(getattr(shard, name)) != count:
            yield f"{name} has {len(getattr(shard, name))} entries, not {count}"


def _ranges(shard: Shard) -> Iterator[str]:
    kind, length, row, column = shard.write_address.T
    if not (len(shard.table) and shard.table[0].tobytes() == BLANK and shard.table["glyph"].max() <= sys.maxunicode):
        yield "table does not begin with the blank or names what is no character"
    if len(shard.cells) and shard.cells.max() >= len(shard.table):
        yield "cells names a cell that is not in table"
    if not (np.isin(kind, [k for k in Kind if k != Kind.YIELD]).all() and np.isin(length, SPANS).all()):
        yield "write_address holds an unknown kind or length"
    elif (length != np.diff(shard.write_cells)).any():
        yield "write_address gives other lengths than write_cells"
    if not (_within(row, 0, MAX_ROWS - 1) and _within(column, 0, MAX_COLUMNS - 1)):
        yield "write_address holds a place off the screen"
    if not _within(shard.turn_family, NO_FAMILY, len(shard.families) - 1):
        yield "turn_family names a family that is not in families"
    if not _within(shard.turn_clock, NO_CLOCK, MAX_CLOCK):
        yield "turn_clock holds a time before 1970 or after 9999"
    rows, columns = shard.session_geometry.T
    if not (_within(rows, 1, MAX_ROWS) and _within(columns, 1, MAX_COLUMNS)):
        yield "session_geometry holds a size that cannot be drawn"


def _within(values: NDArray[np.signedinteger[Any]], low: int, high: int) -> bool:
    return not len(values) or bool(low <= values.min() and values.max() <= high)
