"""The history of typed lines: a private file, one line each, shared by all shells of a user."""

import os
from contextlib import suppress
from pathlib import Path

from model.files import replace_file

KEPT = 10_000
"""Lines kept when the file is cut back."""


class History:
    """Lines typed before, oldest first.

    A line is appended in one write, so that two shells never mix their lines, and the file is readable by its owner
    alone. A history that cannot be written is kept in memory: losing it must not lose the session.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Read the history at `path`; None keeps it in memory only."""
        self._path = path
        self.lines: list[str] = _load(path) if path else []

    def add(self, line: str) -> None:
        """Remember a line, unless it is blank or repeats the last one."""
        if not line.strip() or (self.lines and self.lines[-1] == line):
            return
        self.lines.append(line)
        if self._path is not None:
            try:
                _append(self._path, line)
            except OSError:
                self._path = None


def _load(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    lines = text.split("\n")[:-1]
    if len(lines) > 2 * KEPT:
        lines = lines[-KEPT:]
        _replace(path, lines)
    return lines


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, (line.replace("\n", " ") + "\n").encode("utf-8", "replace"))
    finally:
        os.close(file)


def _replace(path: Path, lines: list[str]) -> None:
    """Write a cut-back history beside the old one and put it in its place, so that a kill loses neither."""
    with suppress(OSError):
        replace_file(path, "".join(f"{line}\n" for line in lines).encode(), private=True)
