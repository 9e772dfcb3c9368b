"""Shards as Parquet, a session a row: what other tools open (tried with pyarrow and pandas).

Columns are what people ask for by name: the keys of a turn, its family and clock, and each write with its text. The
compact form (`.npz`) needs no library and is what trains on a rented machine; both hold the same sessions.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from model.font.cells import CELL
from model.nccligen.address import Address, Kind
from model.protocol import Action, Geometry
from trainer.session_digest import session_digest
from trainer.shard_format import MAX_UNPACKED, ShardError, first_line
from trainer.targets import Trace, Turn, Write

SUFFIX = ".parquet"

DIGEST = b"neuralsh.sha256"
"""In the file's metadata: `shard_format.digest_of` of what it holds."""


@cache
def _schema() -> Any:
    import pyarrow as pa

    # Bytes a cell: one of `style`, three of each colour; see `model.font.cells.CELL`.
    write = [("kind", pa.string()), ("row", pa.int16()), ("column", pa.int16()), ("text", pa.string())]
    write += [(name, pa.binary()) for name in ("style", "fg", "bg")]
    turn = [("keys", pa.binary()), ("caption", pa.string()), ("clock", pa.timestamp("ms", "UTC"))]
    turn += [("family", pa.string()), ("writes", pa.list_(pa.struct(write)))]
    session = [("hash", pa.binary(32)), ("rows", pa.int16()), ("columns", pa.int16())]
    return pa.schema([*session, ("turns", pa.list_(pa.struct(turn)))])


def save_parquet(traces: Iterable[Trace], digest: str, file: IO[bytes]) -> None:
    """Writes sessions, and the digest of their shard; the same traces give the same bytes.

    Raises:
        ShardError: if pyarrow is missing.
    """
    pa, parquet = _pyarrow()
    schema = _schema().with_metadata({DIGEST: digest.encode()})
    table = pa.Table.from_pylist([_row(trace) for trace in traces], schema=schema)
    parquet.write_table(table, file, compression="zstd", write_page_checksum=True)


def load_parquet(path: Path) -> tuple[list[Trace], str | None]:
    """The sessions of a file, in order, and the digest that was written with them, if any.

    Raises:
        ShardError: if it cannot be read, is too large, or has other columns; or if pyarrow is missing.
    """
    pa, parquet = _pyarrow()
    try:
        file = parquet.ParquetFile(path, page_checksum_verification=True)
        groups = [file.metadata.row_group(i).total_byte_size for i in range(file.num_row_groups)]
        if sum(groups) > MAX_UNPACKED:
            raise ShardError(f"{path}: a shard of more than {MAX_UNPACKED} bytes")
        if not file.schema_arrow.equals(_schema()):
            raise ShardError(f"{path}: not a shard: its columns are not those of sessions")
        told: dict[bytes, bytes] = file.schema_arrow.metadata or {}
        digest = told[DIGEST].decode("ascii") if DIGEST in told else None
        return [_trace(row) for row in file.read().to_pylist()], digest
    except ShardError:
        raise
    except (OSError, ValueError, KeyError, TypeError, OverflowError, pa.ArrowException) as error:
        raise ShardError(f"{path}: cannot be read as a shard ({first_line(error)})") from error


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ShardError("Parquet needs pyarrow: pip install 'neuralsh[parquet]'") from None
    return pyarrow, pyarrow.parquet


def _row(trace: Trace) -> dict[str, Any]:
    return {
        "hash": session_digest(turn.action for turn in trace.turns),
        "rows": trace.geometry.rows,
        "columns": trace.geometry.columns,
        "turns": [
            {
                "keys": turn.action.keys,
                "caption": turn.action.caption,
                "clock": turn.action.clock,
                "family": turn.family,
                "writes": [_told(write) for write in turn.writes],
            }
            for turn in trace.turns
        ],
    }


def _told(write: Write) -> dict[str, Any]:
    kind, _, row, column = write.address
    text = np.ascontiguousarray(write.cells["glyph"]).tobytes().decode("utf-32-le", "replace")
    rest = {name: np.ascontiguousarray(write.cells[name]).tobytes() for name in ("style", "fg", "bg")}
    return {"kind": kind.name, "row": row, "column": column, "text": text, **rest}


def _trace(row: dict[str, Any]) -> Trace:
    return Trace(Geometry(row["rows"], row["columns"]), [_turn(turn) for turn in row["turns"]])


def _turn(turn: dict[str, Any]) -> Turn:
    clock: datetime | None = turn["clock"]
    action = Action(turn["keys"], turn["caption"], None if clock is None else clock.astimezone(UTC))
    return Turn(action, [_write(write) for write in turn["writes"]], turn["family"])


def _write(write: dict[str, Any]) -> Write:
    cells: NDArray[np.void] = np.zeros(len(write["text"]), CELL)
    cells["glyph"] = np.frombuffer(write["text"].encode("utf-32-le"), "<u4")
    cells["style"] = np.frombuffer(write["style"], np.uint8)
    for name in ("fg", "bg"):
        cells[name] = np.frombuffer(write[name], np.uint8).reshape(-1, 3)
    return Write(Address(Kind[write["kind"]], len(cells), write["row"], write["column"]), cells)
