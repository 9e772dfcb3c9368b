"""The parts of an asciicast that every version shares: lines counted, and fields checked one by one."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from model.protocol import Geometry

MAX_SECONDS = 1e9
"""The longest recording, in seconds."""

BLOCK = 1 << 20
"""Bytes of a file that are read at once, and the rest of a line."""

_SIZE = re.compile(r"(\d{1,9})x(\d{1,9})")


class CastError(ValueError):
    """A recording that cannot be used; the message is one line: file, line, what is wrong."""


class Lines:
    """The lines of a file as text, counted in lines and bytes."""

    def __init__(self, path: Path, file: IO[bytes], max_bytes: int, *, plain: bool = False) -> None:
        """Nothing is read yet.

        Args:
            path: of the file, for messages.
            file: read from where it stands.
            max_bytes: that are read.
            plain: whether it is known to hold no more, unpacked, and may be read in blocks.
        """
        self.path = path
        self.number = 0
        self.cut = False
        self._file = file
        self._left = max_bytes
        self._limit = max_bytes
        self._plain = plain
        self._block = b""
        self._again: Iterator[bytes] = iter(())

    def block(self) -> bytes:
        """The next lines, about `BLOCK` bytes of them; none at the end, and none of a file that is not plain."""
        if self._plain:
            self._block = self._file.read(BLOCK) + self._file.readline()
            self.number += self._block.count(b"\n")
        return self._block

    def again(self) -> None:
        """Let the lines of the last block come again, one by one."""
        self.number -= self._block.count(b"\n")
        self._again = BytesIO(self._block)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = next(self._again, b"") or self._file.readline(self._left + 1)
        except EOFError:
            # gzip's way to say that the packed data end early; what the last line held is lost.
            self.cut = True
            raise StopIteration from None
        if not line:
            raise StopIteration
        self._left -= len(line)
        if self._left < 0:
            raise CastError(f"{self.path}: larger than {self._limit} bytes; cut it or raise max_bytes")
        self.number += 1
        return line.decode("utf-8", "replace")

    def error(self, what: str) -> CastError:
        """What is wrong with the line read last; what it quotes of the file is shown without control characters."""
        shown = "".join(character if character.isprintable() else " " for character in what)
        return CastError(f"{self.path}: line {self.number}: {shown}")


def parse_size(data: str) -> Geometry:
    """The geometry of a resize event such as ``80x24`` (columns x rows).

    Raises:
        ValueError: if it is not a size or cannot be drawn.
    """
    found = _SIZE.fullmatch(data)
    if not found:
        raise ValueError(f"{data[:20]!r} is not a size such as 80x24")
    return Geometry(int(found[2]), int(found[1]))


def read_geometry(lines: Lines, header: dict[str, Any]) -> Geometry:
    """The size in a header of any version."""
    term = (
        header.get("term")
        if header.get("version") == 3
        else {"cols": header.get("width"), "rows": header.get("height")}
    )
    term = term if isinstance(term, dict) else {}
    sides = []
    for name in ("rows", "cols"):
        side = term.get(name)
        if isinstance(side, str) and side.isdecimal() and len(side) < 10:
            side = int(side)
        if not isinstance(side, int) or isinstance(side, bool):
            raise lines.error(f"the header gives no size of the terminal ({name}: {str(side)[:20]})")
        sides.append(side)
    try:
        return Geometry(*sides)
    except ValueError as error:
        raise lines.error(str(error)) from None


def read_timestamp(lines: Lines, header: dict[str, Any]) -> int | None:
    """When a recording began, in seconds since 1970; None if it does not tell."""
    value = header.get("timestamp")
    if value is None:
        return None
    try:
        datetime.fromtimestamp(float(value) + MAX_SECONDS, UTC)
        if float(value) < 0:
            raise ValueError
        return int(value)
    except (TypeError, ValueError, OverflowError, OSError):
        raise lines.error(f"timestamp {str(value)[:30]!r} is not a time in seconds since 1970") from None


def read_time(lines: Lines, now: float, seconds: Any, relative: bool) -> float:
    """The absolute time of an event; never before that of the event before it."""
    if isinstance(seconds, str):
        try:
            seconds = float(seconds)
        except ValueError:
            seconds = None
    if not isinstance(seconds, int | float) or not abs(seconds) <= MAX_SECONDS:
        raise lines.error(f"{str(seconds)[:30]} is not a time in seconds")
    time = round(now + max(seconds, 0.0), 9) if relative else max(float(seconds), now)
    if time > MAX_SECONDS:
        raise lines.error(f"later than {MAX_SECONDS:.0f} seconds")
    return time


def whole_characters(text: str) -> str:
    """Text without halves of characters: JSON can name half a surrogate pair, which is none."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_data(lines: Lines, code: str, data: Any) -> str:
    """The text of an event: whole characters, and a size where one is due."""
    text = str(data) if code == "x" and isinstance(data, int) else data
    if not isinstance(text, str):
        raise lines.error(f"the data of an event {code!r} are not text: {str(data)[:30]}")
    text = whole_characters(text)
    if code == "r":
        try:
            parse_size(text)
        except ValueError as error:
            raise lines.error(str(error)) from None
    return text
