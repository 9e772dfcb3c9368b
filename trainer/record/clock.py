"""The clock of a recorded session: a seed sets it, and what runs in the sandbox sees it.

`clock.c`, loaded into every program of the sandbox, reads the time from a table that this module writes: row by row,
from which real nanosecond on the session's clock stands where. So `date`, `ls -l`, `printf '%(%T)T'` and Python agree
with the recording to the second, the files' own times included, and `sleep` sleeps.
"""

import hashlib
import mmap
import os
import shutil
import struct
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

from trainer.record.errors import RecordError

FIRST = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
LAST = int(datetime(2036, 1, 1, tzinfo=UTC).timestamp())
"""Sessions begin between these, in seconds since 1970."""

LONGEST_PAUSE = 120
"""Seconds between an action and the next, at most; at least 1."""

STEP = 1.0
"""Seconds: the session's clock follows the real one in such steps, and output is dated to them, so that what takes less
is the same in every recording, on a loaded machine too."""

_SECOND = 1_000_000_000
_HEAD = struct.Struct("<qqQq")
_ROW = struct.Struct("<qq")


class Clock:
    """The clock of one session.

    Attributes:
        start: when the session begins, in seconds since 1970.
        now: seconds since the start, whole at every action.
        path: the file that the sandbox shows as ``/run/clock``.
    """

    def __init__(self, seed: int, rows: int, folder: str) -> None:
        """A clock for at most `rows` actions, its file made in `folder`."""
        self._random = Random(f"clock/{seed}")
        self.start = self._random.randrange(FIRST, LAST)
        self.now = 0
        file, self.path = tempfile.mkstemp(prefix="neuralsh-clock-", dir=folder)
        size = _HEAD.size + (rows + 1) * _ROW.size
        try:
            os.fchmod(file, 0o444)
            os.ftruncate(file, size)
            self._table = mmap.mmap(file, size)
        finally:
            os.close(file)
        self._rows, self._room = 0, rows + 1
        _HEAD.pack_into(self._table, 0, 0, int(STEP * _SECOND), self._random.getrandbits(64), 0)
        self._set(time.clock_gettime_ns(_COARSE))

    def advance(self, elapsed: float) -> None:
        """Moves on to the next action, a seeded pause after what the last one took.

        Args:
            elapsed: seconds since the last action.
        """
        self.now += int(elapsed) + self._random.randint(1, LONGEST_PAUSE)
        self._set(time.time_ns())

    def move(self, seconds: int) -> None:
        """Moves on to an action of the recorder's own, such as Ctrl-C, `seconds` after the last action."""
        self.now += seconds
        self._set(time.time_ns())

    def _set(self, real: int) -> None:
        if self._rows < self._room:
            _ROW.pack_into(self._table, _HEAD.size + self._rows * _ROW.size, real, (self.start + self.now) * _SECOND)
            # The count last: a row is whole before it is read.
            self._rows += 1
            self._table[:8] = self._rows.to_bytes(8, "little")

    def unlink(self) -> None:
        """Removes the file's name; a sandbox that runs keeps the file."""
        Path(self.path).unlink(missing_ok=True)

    def close(self) -> None:
        """Removes the file and lets go of the table."""
        self.unlink()
        self._table.close()


_COARSE = getattr(time, "CLOCK_REALTIME_COARSE", 5)
"""The clock that dates files: the real one at the kernel's last tick."""


def files_are_dated() -> int:
    """Real nanoseconds up to which the kernel has dated files so far."""
    return time.clock_gettime_ns(_COARSE)


@cache
def build_library(into: Path) -> Path:
    """Compiles `clock.c` into a folder, unless it is there already.

    Returns:
        The shared library.

    Raises:
        RecordError: if there is no C compiler, or it fails.
    """
    source = Path(__file__).with_name("clock.c")
    name = f"clock-{hashlib.sha256(source.read_bytes()).hexdigest()[:16]}.so"
    if (into / name).exists():
        return into / name
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RecordError("no C compiler for the sandbox's clock (dates would be wrong): apt install gcc libc6-dev")
    made = into / f".{name}.{os.getpid()}"
    command = [compiler, "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-o", str(made), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        problem = next((line for line in done.stderr.splitlines() if "error" in line), "no reason given")
        raise RecordError(f"{compiler} cannot build the clock of the sandbox: {problem.strip()}")
    made.chmod(0o755)
    made.replace(into / name)
    return into / name
