"""Reads and writes recordings of terminals: asciicast versions 1, 2 and 3.

Formats: https://docs.asciinema.org/manual/asciicast/v3/ and the pages of v2 and v1 beside it. Version 1 is one JSON
object with relative delays; version 2 is a JSON document a line with absolute seconds; version 3 is lines with
intervals, `#` comments and an exit status.
"""

import gzip
import json
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from pathlib import Path
from stat import S_ISREG
from typing import IO, Any, cast

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from model.files import replaced
from model.protocol import Geometry
from trainer.cast_fields import (
    MAX_SECONDS,
    CastError,
    Lines,
    parse_size,
    read_data,
    read_geometry,
    read_time,
    read_timestamp,
)

__all__ = ["CastError", "Event", "Recording", "cast_lines", "parse_size", "printed", "read_cast", "write_cast"]

MAX_BYTES = 128 * 2**20
"""The largest recording read, unpacked, in bytes."""

CODES = frozenset("oirmx")
"""Output, input, resize, marker, exit status. Other codes are passed over, as the formats ask."""

_STDOUT = re.compile(r'"stdout"\s*:\s*\[')


class Event(Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Something that happened in a terminal. A struct of msgspec: made as fast as JSON is read, its types checked.

    Attributes:
        time: seconds since the recording began.
        code: one of `CODES`.
        data: what was printed (o) or typed (i), the new size as ``80x24`` (r), a label (m), an exit status (x).
    """

    time: float
    code: str
    data: str


_EVENTS = Decoder(list[Event])


@dataclass(slots=True)
class Recording:
    """A recorded terminal.

    Attributes:
        geometry: its size at the start.
        timestamp: when it began, in seconds since 1970 UTC; None if the file does not tell.
        events: in order of time.
        header: the file's header as it stands.
        truncated: whether the file ended in the middle; `events` are those that are whole.
    """

    geometry: Geometry
    timestamp: int | None
    events: list[Event]
    header: dict[str, Any] = field(default_factory=dict)
    truncated: bool = False


def read_cast(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> Recording:
    """Reads an asciicast of version 1, 2 or 3, gzip compressed or not.

    A file cut in half gives what is whole, with `truncated` set.

    Raises:
        CastError: if it is missing, larger than `max_bytes` unpacked, or not a recording that can be drawn.
    """
    path = Path(path)
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if packed:
                return _read(Lines(path, cast("IO[bytes]", gzip.GzipFile(fileobj=raw)), max_bytes))
            status = os.fstat(raw.fileno())
            return _read(Lines(path, raw, max_bytes, plain=S_ISREG(status.st_mode) and status.st_size <= max_bytes))
    except OSError as error:
        raise CastError(f"{path}: cannot be read: {error.strerror or error}") from error
    except zlib.error as error:
        raise CastError(f"{path}: broken gzip data ({error})") from error
    except RecursionError as error:
        raise CastError(f"{path}: JSON nested too deeply") from error


def _read(lines: Lines) -> Recording:
    first = next((line for line in lines if line.strip() and not line.startswith("#")), None)
    if first is None:
        raise CastError(f"{lines.path}: empty; an asciicast begins with a JSON header")
    if not first.lstrip("\ufeff \t\r\n").startswith("{"):
        raise lines.error("not an asciicast (a JSON header should begin the file)")
    try:
        header = json.loads(first.lstrip("\ufeff"))
    except ValueError:
        # A header over several lines: only version 1 is written so.
        return _read_v1(lines, first)
    version = header.get("version")
    if version == 1:
        return _read_v1(lines, first)
    if version not in (2, 3):
        raise lines.error(f"asciicast version {str(version)[:20]}; 1, 2 and 3 can be read")
    return _read_lines(lines, header)


def _read_lines(lines: Lines, header: dict[str, Any]) -> Recording:
    """Versions 2 and 3: a header, then an event a line."""
    relative = header["version"] == 3
    recording = Recording(read_geometry(lines, header), read_timestamp(lines, header), [], header)
    append = recording.events.append
    load = json.JSONDecoder().decode
    now = 0.0
    while block := lines.block():
        try:
            events, now = _events(block, now, relative)
        except (ValueError, DecodeError):
            # Something is unusual there: line by line, to say what and where.
            lines.again()
            break
        recording.events += events
    broken: CastError | None = None
    for line in lines:
        if line.isspace() or line.startswith("#"):
            continue
        if broken:
            raise broken
        try:
            event = load(line)
        except ValueError:
            # Perhaps the end of a file cut in half: an error only if more follows.
            broken = lines.error(f"not a JSON event: {line.strip()[:40]!r}")
            continue
        if not isinstance(event, list) or len(event) < 3:
            raise lines.error(f'not an event [time, code, data]: "{line.strip()[:40]}"')
        seconds, code, data = event[:3]
        now = read_time(lines, now, seconds, relative)
        if code in CODES if isinstance(code, str) else False:
            append(Event(now, code, read_data(lines, code, data)))
    recording.truncated = lines.cut or broken is not None
    return recording


def _events(block: bytes, now: float, relative: bool) -> tuple[list[Event], float]:
    """The events of lines and the time after them, all parsed at once: recordings are mostly of short lines.

    Raises:
        ValueError, DecodeError: if one of them is anything but an event as recorders write it.
    """
    block = block.rstrip(b"\n")
    count = 1 + block.count(b"\n")
    if block[:1] != b"[" or 1 + block.count(b"\n[") != count:
        # Perhaps there are comments.
        block = b"\n".join(line for line in block.split(b"\n") if line and line[:1] != b"#")
        count = 1 + block.count(b"\n")
        if block[:1] != b"[" or 1 + block.count(b"\n[") != count:
            raise ValueError
    # With a newline between lines no string goes on, and three plain values in brackets hold no line that begins so.
    events = _EVENTS.decode(b"[" + block.replace(b"\n", b",\n") + b"]")
    times, codes = [event.time for event in events], {event.code for event in events}
    if len(events) != count or not 0 <= min(times) <= max(times) <= MAX_SECONDS:
        raise ValueError
    if relative or times[0] < now or times != sorted(times):
        after = (lambda time, seconds: round(time + seconds, 9)) if relative else max
        times = list(accumulate(times, after, initial=now))[1:]
        if times[-1] > MAX_SECONDS:
            raise ValueError
        events = [Event(time, event.code, event.data) for time, event in zip(times, events, strict=True)]
    if not codes <= {"o", "i"}:
        for event in events:
            if event.code == "r":
                parse_size(event.data)
        events = [event for event in events if event.code in CODES]
    return events, times[-1]


def _read_v1(lines: Lines, first: str) -> Recording:
    """Version 1: one JSON object whose ``stdout`` is a list of pairs of a delay and what was printed."""
    text = first + "".join(lines)
    lines.number = 1
    truncated = lines.cut
    try:
        header = json.loads(text.lstrip("\ufeff"))
    except ValueError:
        header = _whole_of_v1(lines, text)
        truncated = True
    if header.get("version") != 1:
        raise lines.error(f"asciicast version {str(header.get('version'))[:20]} as one object; only 1 is")
    output = header.pop("stdout", None)
    if not isinstance(output, list):
        raise lines.error('version 1 without a list "stdout"')
    recording = Recording(read_geometry(lines, header), read_timestamp(lines, header), [], header, truncated)
    now = 0.0
    for number, event in enumerate(output, 1):
        if not isinstance(event, list) or len(event) < 2:
            raise CastError(f"{lines.path}: event {number} of stdout is not [delay, data]")
        now = read_time(lines, now, event[0], relative=True)
        recording.events.append(Event(now, "o", read_data(lines, "o", event[1])))
    return recording


def _whole_of_v1(lines: Lines, text: str) -> dict[str, Any]:
    """The header and the whole events of a version 1 file that ends in the middle."""
    found = _STDOUT.search(text)
    try:
        if not found:
            raise ValueError
        header = json.loads(text[: found.start()].rstrip().rstrip(",") + "}")
        if not isinstance(header, dict):
            raise ValueError
    except ValueError:
        raise lines.error("a broken JSON object (cut before its header was whole?)") from None
    events, at, decoder = [], found.end(), json.JSONDecoder()
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        try:
            event, at = decoder.raw_decode(text, at)
        except ValueError:
            break
        events.append(event)
    header["stdout"] = events
    return header


def printed(events: Sequence[Event]) -> Iterator[tuple[Geometry | None, str]]:
    """What a terminal prints before its first change of size (None), and behind each: texts joined, sizes as they come.

    A terminal is shown long texts many times as fast as events one by one.
    """
    sizes = [at for at, event in enumerate(events) if event.code == "r"]
    for start, end in pairwise((-1, *sizes, len(events))):
        text = "".join([event.data for event in events[start + 1 : end] if event.code == "o"])
        yield parse_size(events[start].data) if start >= 0 else None, text


def write_cast(recording: Recording, path: str | os.PathLike[str], *, private: bool = False) -> None:
    """Writes a recording as asciicast version 3. Atomic: the file is whole or absent.

    Times are rounded to microseconds before intervals are taken, so that writing what was read gives the same file.

    Args:
        recording: what is written.
        path: replaced if it exists; see `replaced`.
        private: whether a new file is for its owner alone.

    Raises:
        CastError: if it cannot be written.
    """
    path = Path(path)
    try:
        with replaced(path, private=private) as beside, beside.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(cast_lines(recording))
    except OSError as error:
        raise CastError(f"{path}: cannot be written: {error.strerror or error}") from error


def cast_lines(recording: Recording) -> Iterator[str]:
    """The lines of a recording as asciicast version 3."""
    dump = json.JSONEncoder(ensure_ascii=False).encode
    yield dump(_header_v3(recording)) + "\n"
    before = 0
    for event in recording.events:
        now = max(round(event.time * 1_000_000), before)
        seconds, micros = divmod(now - before, 1_000_000)
        yield f'[{seconds}.{micros:06d}, "{event.code}", {dump(event.data)}]\n'
        before = now


def _header_v3(recording: Recording) -> dict[str, Any]:
    """The header with its size moved to where version 3 has it."""
    kept = {k: v for k, v in recording.header.items() if k not in ("version", "width", "height", "duration", "stdout")}
    term = kept.pop("term", None)
    size = {"cols": recording.geometry.columns, "rows": recording.geometry.rows}
    header: dict[str, Any] = {"version": 3, "term": (term if isinstance(term, dict) else {}) | size}
    kept.pop("timestamp", None)
    if recording.timestamp is not None:
        header["timestamp"] = recording.timestamp
    return header | kept
