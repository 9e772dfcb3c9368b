"""The clock of a recorded session: a seed sets it, and what runs in the sandbox sees it.

The session's time passes between actions, by a seeded pause, and while programs sleep; not while they compute.
`clock.c`, loaded into every program of the sandbox, tells that time from a table that it shares with this module. So
`date`, `ls -l`, `printf '%(%T)T'` and Python agree with the recording to the second, the times of files included, and
a recording made again is the same, however busy the machine is.
"""

import hashlib
import math
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

LONGEST_SLEEP = 600
"""Seconds that one action may seem to take, at most."""

_SECOND = 1_000_000_000
_HEAD = struct.Struct("<qQqq")
_ROW = struct.Struct("<qq")
_ACTIONS = _HEAD.size + 256 * _ROW.size
"""Where the rows of actions begin: after the head and the rows of sleeps. As `struct table` in clock.c."""


class Clock:
    """The clock of one session.

    Attributes:
        start: when the session begins, in seconds since 1970.
        now: seconds from there to the present action, whole.
        path: the file that the sandbox shows as ``/run/clock``, until `unlink`.
    """

    def __init__(self, seed: int, actions: int, folder: str) -> None:
        """A clock for at most so many actions, its file made in `folder`."""
        self._random = Random(f"clock/{seed}")
        self.start = self._random.randrange(FIRST, LAST)
        self.now = 0
        self._actions, self._room = 0, actions + 1
        self._file, self.path = tempfile.mkstemp(prefix="neuralsh-clock-", dir=folder)
        # Not mapped into memory here: the sandbox may cut the file short.
        os.ftruncate(self._file, _ACTIONS + self._room * _ROW.size)
        os.pwrite(self._file, _HEAD.pack(0, self._random.getrandbits(64), 0, 0), 0)
        self._set(files_are_dated())

    def advance(self) -> None:
        """Moves on to the next action, a seeded pause after the last and what was slept since."""
        self.now += int(self.elapsed()) + self._random.randint(1, LONGEST_PAUSE)
        self._set(files_are_dated())

    def move(self, seconds: int) -> None:
        """Moves on to an action of the recorder's own, such as Ctrl-C, at least so long after the last action."""
        self.now += max(seconds, math.ceil(self.elapsed()))
        self._set(files_are_dated())

    def elapsed(self) -> float:
        """Seconds that the programs of the sandbox have slept since the last action."""
        slept = int.from_bytes(os.pread(self._file, 8, _HEAD.size - 16), "little", signed=True)
        # Clamped, since programs of the sandbox could write any number.
        return min(max(0, slept - self._acted) / _SECOND, LONGEST_SLEEP)

    def _set(self, real: int) -> None:
        # Bash has read the line a few milliseconds later.
        self._acted = (self.start + self.now) * _SECOND + self._random.randrange(1_000_000, 50_000_000)
        if self._actions < self._room:
            row = _ROW.pack(real, self._acted)
            os.pwrite(self._file, row, _ACTIONS + self._actions * _ROW.size)
            # The count last: a row is whole before it is read.
            self._actions += 1
            os.pwrite(self._file, self._actions.to_bytes(8, "little"), 0)

    def unlink(self) -> None:
        """Removes the file's name; a sandbox that runs keeps the file."""
        Path(self.path).unlink(missing_ok=True)

    def close(self) -> None:
        """Removes the file and lets go of it."""
        self.unlink()
        os.close(self._file)


_COARSE = getattr(time, "CLOCK_REALTIME_COARSE", 5)
"""The clock that dates files: the real one at the kernel's last tick."""

TICK_SECONDS = 0.004
"""How long that clock stands still on most kernels."""


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
    command = [compiler, "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-o", str(made), str(source), "-ldl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        problem = next((line for line in done.stderr.splitlines() if "error" in line), "no reason given")
        raise RecordError(f"{compiler} cannot build the clock of the sandbox: {problem.strip()}")
    made.chmod(0o755)
    made.replace(into / name)
    return into / name
