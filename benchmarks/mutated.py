"""Broken recordings: ``python -m benchmarks.mutated [--casts N] [--from FOLDER] [--seed N]``.

Casts are changed at random, half of them as files (bytes flipped, cut out, put in, moved), half in what they print
(escape sequences of any kind, characters of any kind, times and codes), and taken through what every recording goes
through: read, secrets crossed out, actions inferred, turned into targets, cut into clips. A cast is taken or refused in
one line. Anything else is told as a defect, with the seed that makes it again: another error, a process that dies, more
than `PATIENCE` seconds, or more memory than `SPARE_MB` and `FOLD` times the size of the file.
"""

import argparse
import faulthandler
import json
import multiprocessing
import multiprocessing.connection
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stderr
from io import StringIO
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.progress import Progress

from trainer.casts import CastError, read_cast
from trainer.clips import clips
from trainer.evaluate.typed import by_line
from trainer.inferred import inferred
from trainer.privacy import scrubbed
from trainer.targets import turns

HELD_OUT = Path(__file__).parent.parent / "recordings" / "held-out"

PATIENCE = 5
"""Seconds a recording may take."""

SPARE_MB = 100
FOLD = 200
"""Memory a recording may take: this many megabytes, and this many times its bytes."""

LARGEST = 30_000
"""Bytes of the recordings that are changed: what breaks does so in small ones, and more often."""

NUMBERS = ("0", "-1", "1e9", "1e308", "-0.0", "99999999999999999999", "1e-7", "NaN", "null", '"5"', "true", "[]", "{}")
PIECES = (
    *("\x1b", "\x9b", "\x1b[", "\x1b]0;", "\x1bP", "\x1b[?1049h", "\x1b[?1049l", "\x1b[2J", "\x1bc", "\x1b[?6h"),
    *("\x1b[999999999A", "\x1b[0;0r", "\x1b[5;2r", "\x1b[99999999999999999999C", "\x1b[1000000S", "\x1b[9999L"),
    *("\x1b[38;2;300;-1;1m", "\x1b[38;5m", "\x1b[8;1;1t", "\x1b[1;1;1;1;1;1;1;1;1m", "\x1b(0", "\x0e", "\0"),
    *("\r", "\n", "\b", "\t", "\x7f", "\ud83d", "😀", "漢", "e\u0301", "\u200b", "\u202e", "\uffff", "\x1b7", "\x1b8"),
    *("$ ", "user@host:~$ ", "password: ", "AKIAIOSFODNN7EXAMPLE", "a@b.example", "https://a:b@c.example/", "x" * 300),
)
LINES = ('[1.0, "r", "1x1"]', '[1.0, "r", "250x100"]', '[1.0, "r", "0x5"]', '[1.0, "i", "\\r"]', "", "#", "}", "]")


def mutated(whole: bytes, draw: random.Random) -> bytes:
    """A recording, changed in one to eight places: as a file, or what it prints and when."""
    change = _as_file if draw.random() < 0.5 else _as_recording
    data = bytearray(whole)
    for _ in range(draw.randint(1, 8)):
        data = change(data, draw)
    return bytes(data)


def _as_file(data: bytearray, draw: random.Random) -> bytearray:
    """Bytes flipped, cut out, put in, twice, moved; a number exchanged."""
    at = draw.randint(0, len(data))
    match draw.randrange(7):
        case 0:
            data[at : at + 1] = bytes(byte ^ 1 << draw.randrange(8) for byte in data[at : at + 1])
        case 1:
            del data[at : at + int(2 ** draw.uniform(0, 10))]
        case 2:
            data[at:at] = draw.randbytes(draw.randint(1, 20))
        case 3:
            data[at:at] = data[at : at + draw.randint(1, 400)] * draw.randint(1, 20)
        case 4:
            del data[at:]
        case 5:
            digits = [index for index in range(at, min(at + 200, len(data))) if chr(data[index]).isdigit()]
            if digits:
                data[digits[0] : digits[0] + draw.randint(1, 3)] = draw.choice(NUMBERS).encode()
        case _:
            lines = bytes(data).split(b"\n")
            draw.shuffle(lines)
            data = bytearray(b"\n".join(lines))
    return data


def _as_recording(data: bytearray, draw: random.Random) -> bytearray:
    """Something put into what an event printed, or cut out of it; its code or time exchanged; a line before it."""
    lines = bytes(data).split(b"\n")
    at = draw.randrange(len(lines))
    try:
        seconds, code, text = json.loads(lines[at])
        seconds, text = float(seconds), str(text)
    except (ValueError, TypeError):
        return data
    where = draw.randint(0, len(text))
    match draw.randrange(7):
        case 0 | 1 | 2:
            text = text[:where] + draw.choice(PIECES) * draw.choice((1, 1, 1, 50)) + text[where:]
        case 3:
            text = text[:where] + text[where + draw.randint(1, 40) :]
        case 4:
            code = draw.choice("oirmx")
        case 5:
            seconds = max(0, seconds + draw.choice((-1e3, -1, 0.1, 10, 1e5)))
        case _:
            lines.insert(at, draw.choice(LINES).encode())
            at += 1
    lines[at] = json.dumps([seconds, code, text]).encode()
    return bytearray(b"\n".join(lines))


def take(path: Path) -> str:
    """Take a recording through everything: ``taken``, or ``refused``.

    Raises:
        AssertionError: if what is said is not one clear line.
    """
    try:
        recording, _ = scrubbed(read_cast(path), ())
        recording = by_line(inferred(recording))
        for _ in turns(recording):
            pass
        for _ in clips(recording):
            pass
    except CastError as error:
        said = str(error)
        assert len(said.splitlines()) == 1 and said.startswith(str(path)), said[:200]
        return "refused"
    return "taken"


class Late(BaseException):
    """A recording took too long."""


def _late(number: int, frame: FrameType | None) -> None:
    raise Late


def work(connection: Connection, sources: Sequence[bytes], folder: Path) -> None:
    """A process: takes seeds, tells what became of each."""
    faulthandler.enable()
    signal.signal(signal.SIGALRM, _late)
    path, status = folder / f"{os.getpid()}.cast", Path("/proc/self/status")
    while (seed := connection.recv()) is not None:
        draw = random.Random(seed)
        data = mutated(draw.choice(sources), draw)
        path.write_bytes(data)
        Path("/proc/self/clear_refs").write_text("5")
        before = _kilobytes(status, "VmRSS")
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)
        try:
            with redirect_stderr(StringIO()):
                found = take(path)
        except Late:
            found = f"took more than {PATIENCE} s"
        except BaseException as defect:
            found = f"{type(defect).__name__}: {defect}"[:300]
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        taken = _kilobytes(status, "VmHWM") - before
        if taken > 1024 * SPARE_MB + FOLD * len(data) / 1024:
            found = f"took {taken / 1024:.0f} MB for {len(data)} bytes"
        connection.send(found)


def _kilobytes(status: Path, name: str) -> int:
    (line,) = [line for line in status.read_text().splitlines() if line.startswith(name)]
    return int(line.split()[1])


class Worker:
    """A process that takes recordings, and the one that follows it where it dies."""

    def __init__(self, sources: Sequence[bytes], folder: Path) -> None:
        self._given = (sources, folder)
        self._start()

    def _start(self) -> None:
        self.connection, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(
            target=work, args=(theirs, *self._given), daemon=True
        )
        self._process.start()
        theirs.close()

    def give(self, seed: int | None) -> None:
        """A recording to take; None: no more."""
        self.seed, self.since = seed, time.monotonic()
        self.connection.send(seed)

    def told(self) -> str:
        """What became of it. A process that died, or that not even an alarm wakes, is followed by another."""
        try:
            found: str = self.connection.recv()
        except EOFError:
            self._process.join()
            found = f"the process died: {self._process.exitcode}"
            self._start()
        return found

    def hangs(self) -> bool:
        """Whether no alarm woke it; it is killed."""
        late = time.monotonic() - self.since > 4 * PATIENCE
        if late:
            self._process.kill()
        return late


def main() -> int:
    """Break recordings and print what became of them; 1 if there are defects."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutated", description=__doc__.partition("\n")[0])
    parser.add_argument("--casts", type=int, default=100_000, metavar="N")
    parser.add_argument("--from", dest="folder", type=Path, default=HELD_OUT, help="recordings to change")
    parser.add_argument("--seed", type=int, default=0, help="of the first (default: %(default)s)")
    options = parser.parse_args()
    console = Console(highlight=False, soft_wrap=True)
    sources = [path.read_bytes() for path in sorted(options.folder.rglob("*.cast")) if path.stat().st_size < LARGEST]
    seeds, began, counts = iter(range(options.seed, options.seed + options.casts)), time.monotonic(), Counter[str]()
    with tempfile.TemporaryDirectory() as name, Progress(console=Console(stderr=True)) as bar:
        workers = [Worker(sources, Path(name)) for _ in range(os.cpu_count() or 1)]
        at = bar.add_task("breaking", total=options.casts)
        for worker in workers:
            worker.give(next(seeds, None))
        while busy := [worker for worker in workers if worker.seed is not None]:
            ready = multiprocessing.connection.wait([worker.connection for worker in busy], PATIENCE)
            for worker in busy:
                if worker.connection in ready or worker.hangs():
                    found = worker.told()
                    if found not in ("taken", "refused"):
                        console.print(f"seed {worker.seed}: {found}")
                        found = "defects"
                    counts[found] += 1
                    bar.advance(at)
                    if not console.is_terminal and counts.total() % 10_000 == 0:
                        console.print(f"{counts.total()} so far, {counts['defects']} defects")
                    worker.give(next(seeds, None))
    told = ", ".join(f"{counts[kind]} {kind}" for kind in ("taken", "refused", "defects"))
    print(f"{options.casts} casts from {len(sources)}: {told}, in {time.monotonic() - began:.0f} s")
    return int(counts["defects"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
