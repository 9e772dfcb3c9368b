"""A content-addressed store: each piece of bytes is a file whose name is the SHA-256 of what it holds."""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.text import SHA256

KEPT_SECONDS = 3600.0
"""How long a file that no one names is kept: an install that is under way may name it yet."""

_PART = re.compile(r"\.[0-9a-f]{64}\..*\.part")


class Store:
    """Bytes in a folder, by hash. The folder is made when the first of them is put."""

    def __init__(self, folder: Path) -> None:
        """A store in `folder`. Nothing is read or made yet."""
        self.folder = folder

    def put(self, payload: bytes) -> str:
        """Keep bytes: whole and on the disk when this returns, or not at all.

        What is there already is left as it is, unless it was altered: then it is written again.

        Returns:
            Their SHA-256 in hex.

        Raises:
            LedgerError: if they cannot be written, as on a full disk; no part of them stays.
        """
        key = hashlib.sha256(payload).hexdigest()
        path = self.folder / key
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self._holds(path, payload):
                self._write(path, payload)
            # Also where the file was there: whoever put it may not have come so far yet.
            _sync_folder(self.folder)
        except OSError as error:
            raise LedgerError(
                f"{path}: cannot be written ({error.strerror}); make room or check who may write there"
            ) from None
        return key

    def has(self, key: str) -> bool:
        """Whether there is a file of this name. It is not read."""
        return (self.folder / key).is_file()

    def get(self, key: str) -> bytes:
        """The bytes of a hash.

        Raises:
            LedgerError: if their file is missing, cannot be read, or holds something else.
        """
        if not SHA256.fullmatch(key):
            raise LedgerError(f"{self.folder}: {key[:80]!r} is not the name of a file here")
        path = self.folder / key
        try:
            payload = path.read_bytes()
        except FileNotFoundError:
            raise LedgerError(f"{path}: missing; restore the file") from None
        except OSError as error:
            raise LedgerError(f"{path}: cannot be read ({error.strerror}); restore the file") from None
        if hashlib.sha256(payload).hexdigest() != key:
            raise LedgerError(f"{path}: altered (its SHA-256 is not its name); restore the file")
        return payload

    def sweep(self, named: Collection[str]) -> list[str]:
        """Remove files older than `KEPT_SECONDS` that no one names, and what a killed write left.

        Args:
            named: the hashes to keep.

        Returns:
            The names of the files removed.

        Raises:
            LedgerError: if one cannot be removed.
        """
        removed = []
        try:
            if not self.folder.is_dir():
                return []
            for path in sorted(self.folder.iterdir()):
                unnamed = SHA256.fullmatch(path.name) and path.name not in named
                if (unnamed or _PART.fullmatch(path.name)) and time.time() - path.stat().st_mtime > KEPT_SECONDS:
                    path.unlink()
                    removed.append(path.name)
        except OSError as error:
            raise LedgerError(f"{self.folder}: cannot be swept ({error.strerror})") from None
        return removed

    def _holds(self, path: Path, payload: bytes) -> bool:
        try:
            return path.read_bytes() == payload
        except FileNotFoundError:
            return False

    def _write(self, path: Path, payload: bytes) -> None:
        """Write a file beside its place, then move it there. Raises OSError, and leaves nothing then."""
        file, name = tempfile.mkstemp(dir=self.folder, prefix=f".{path.name}.", suffix=".part")
        beside = Path(name)
        try:
            try:
                _write_all(file, payload)
                os.fsync(file)
            finally:
                os.close(file)
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def _write_all(file: int, payload: bytes) -> None:
    """Write all of it: a call may write less than it was given."""
    left = memoryview(payload)
    while left:
        left = left[os.write(file, left) :]


def _sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk: without, a file may be gone after a power cut."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
