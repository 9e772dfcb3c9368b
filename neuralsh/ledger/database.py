"""The SQLite file of a ledger: one table of entries, and transactions that fail with one line.

It keeps a rollback journal and no write-ahead log. Updates are rare, so there is nothing to gain by writing beside
readers; and between updates the ledger is one file that can be copied, on any file system, with no `-wal` or `-shm`
beside it that a copy would have to take along. `synchronous=EXTRA` is `FULL` and also brings the removal of the journal
to the disk: with `FULL` alone a power cut right after a commit can take that commit back.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from neuralsh.ledger.entry import COLUMNS, Entry, canonical, document_of
from neuralsh.ledger.errors import LedgerError

BUSY_SECONDS = 10.0
"""How long to wait for another shell that is writing."""

VERSION = 1
"""The version of the schema."""

APPLICATION = 0x6E73686C
"""Marks the file as a ledger ("nshl")."""

_QUOTED = ", ".join(f'"{name}"' for name in COLUMNS)
_INTEGERS = ("number", "seed")
_TABLE = "CREATE TABLE entries (" + ", ".join(
    f'"{name}" {"INTEGER" if name in _INTEGERS else "TEXT"} {"PRIMARY KEY" if name == "number" else "NOT NULL"}'
    for name in COLUMNS
) + ")"  # fmt: skip

_REASONS = {
    sqlite3.SQLITE_BUSY: f"busy: another shell has been writing for {BUSY_SECONDS:.0f} s; try again",
    sqlite3.SQLITE_LOCKED: f"busy: another shell has been writing for {BUSY_SECONDS:.0f} s; try again",
    sqlite3.SQLITE_NOTADB: "not a ledger (not an SQLite database); restore the file or move it away",
    sqlite3.SQLITE_CORRUPT: "damaged; restore the file from a copy",
    sqlite3.SQLITE_FULL: "the disk is full; make room and try again: nothing was changed",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written (is it full?): nothing was changed",
    sqlite3.SQLITE_READONLY: "cannot be written; check who may write it and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check who may write it and its folder",
}


@contextmanager
def one_line(path: Path) -> Iterator[None]:
    """Turn what SQLite raises inside into a LedgerError of one line."""
    try:
        yield
    except sqlite3.Error as error:
        # The low byte is the kind of an error, the others its details.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        detail = " ".join(str(error).split())
        reason = _REASONS.get(code, f"not a sound ledger ({detail}); restore the file from a copy")
        raise LedgerError(f"{path}: {reason}") from None


def connect(path: Path, create: bool) -> sqlite3.Connection | None:
    """Open the file.

    Args:
        path: of the file.
        create: make it and its folder where there is none.

    Returns:
        The connection; None if there is no file and none was to be made.

    Raises:
        LedgerError: if it cannot be opened or made, or is no ledger of this version.
    """
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        elif not path.exists():
            return None
    except OSError as error:
        raise LedgerError(f"{path}: cannot be opened or made ({error.strerror})") from None
    connection = None
    try:
        with one_line(path):
            connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            # A text that someone damaged is still read, so that it can be told which entry it is in.
            connection.text_factory = _decode
            connection.execute("PRAGMA synchronous=EXTRA")
            connection.execute("PRAGMA journal_mode=DELETE")
        has_table(connection, path)
    except BaseException:
        if connection is not None:
            connection.close()
        raise
    return connection


def has_table(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the table is there; a file that is empty as yet has none.

    Raises:
        LedgerError: if the file is something else than a ledger of this version.
    """
    with one_line(path):
        application, version, things = connection.execute(
            "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),"
            " (SELECT count(*) FROM sqlite_master)"
        ).fetchone()
    if (application, version, things) == (0, 0, 0):
        return False
    if application != APPLICATION:
        raise LedgerError(f"{path}: not a ledger but another database; move it away")
    if version != VERSION:
        raise LedgerError(f"{path}: a ledger of version {version}, and this neuralsh knows {VERSION}; update neuralsh")
    return True


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Do all of what is inside or nothing of it, alone: a second writer waits, up to `BUSY_SECONDS`.

    The table is made if it is not there.

    Raises:
        LedgerError: if the file is busy or cannot be written.
    """
    with one_line(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if not has_table(connection, path):
                connection.execute(_TABLE)
                connection.execute(f"PRAGMA application_id={APPLICATION}")
                connection.execute(f"PRAGMA user_version={VERSION}")
            yield
            connection.execute("COMMIT")
        except BaseException:
            # SQLite has rolled back by itself after some errors.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def insert(connection: sqlite3.Connection, entry: Entry) -> None:
    """Write an entry as a row. Raises sqlite3.Error."""
    values = [canonical(value) if name == "figures" else value for name, value in document_of(entry).items()]
    connection.execute(f"INSERT INTO entries ({_QUOTED}) VALUES ({', '.join('?' * len(values))})", values)


def read_rows(connection: sqlite3.Connection, path: Path) -> list[dict[str, object] | LedgerError]:
    """All rows by their numbers, as plain JSON; an error for a row whose figures cannot be read.

    Raises:
        LedgerError: if the file cannot be read.
    """
    with one_line(path):
        rows = connection.execute(f"SELECT {_QUOTED} FROM entries ORDER BY number").fetchall()
    return [_document_of(dict(zip(COLUMNS, row, strict=True))) for row in rows]


def _document_of(row: dict[str, object]) -> dict[str, object] | LedgerError:
    text = row["figures"]
    try:
        if not isinstance(text, str):
            return LedgerError("its figures are not text")
        row["figures"] = figures = json.loads(text)
        if canonical(figures) != text:
            return LedgerError("its figures are not as they were written")
    except (ValueError, RecursionError):
        return LedgerError("its figures are not plain JSON")
    return row


def _decode(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")
