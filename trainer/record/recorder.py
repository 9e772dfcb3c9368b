"""Records scripts in worker processes: one script, or many, in order."""

import os
import selectors
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import IO, cast

from trainer.casts import Recording
from trainer.record.errors import RecordError
from trainer.record.sandbox import find_bubblewrap
from trainer.record.script import Script
from trainer.record.session import Limits
from trainer.record.system import prepare_system
from trainer.record.wire import decode_recording, encode_script

SESSIONS = 12
"""Sessions a worker records at a time, since each mostly waits."""

_AHEAD = 8
"""Recordings done before their turn that are kept, as a multiple of the sessions at work."""


def record(script: Script, limits: Limits | None = None) -> Recording:
    """Records a script in a real bash in the sandbox.

    Raises:
        RecordError: if bubblewrap or the C compiler for the sandbox's clock is missing, or the sandbox does not start.
    """
    with closing(record_many([script], workers=1, limits=limits)) as recordings:
        return next(recordings)


def record_many(scripts: Iterable[Script], workers: int = 2, limits: Limits | None = None) -> Generator[Recording]:
    """Records many scripts, several at a time, in worker processes. Endless scripts give endless recordings.

    Args:
        scripts: drawn as they are needed.
        workers: processes; about one a core.
        limits: what one command may take.

    Yields:
        A recording a script, in the order of the scripts.

    Raises:
        RecordError: as `record`; ValueError: for less than one worker.
    """
    if workers < 1:
        raise ValueError(f"recording needs at least 1 worker, not {workers}")
    bubblewrap, etc = find_bubblewrap(), prepare_system()
    with ExitStack() as stack:
        crew = [stack.enter_context(_worker(bubblewrap, etc, limits or Limits())) for _ in range(workers)]
        yield from _in_order(scripts, crew)


@contextmanager
def _worker(bubblewrap: str, etc: Path, limits: Limits) -> Iterator["_Worker"]:
    """A worker process; gone with all its sandboxes at the end."""
    numbers = [str(number) for number in (SESSIONS, limits.seconds, limits.output)]
    process = subprocess.Popen(
        [sys.executable, "-m", "trainer.record.worker", bubblewrap, str(etc), *numbers],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        bufsize=0,
    )
    try:
        yield _Worker(process)
    finally:
        cast(IO[bytes], process.stdin).close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            # Its sandboxes die with it.
            process.kill()
            process.wait()
        finally:
            cast(IO[bytes], process.stdout).close()


class _Worker:
    """The recorder's end of a worker process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.input = cast(IO[bytes], process.stdin)
        self.output = cast(IO[bytes], process.stdout)
        self.busy = 0
        self._rest = b""

    def give(self, number: int, script: Script) -> None:
        data = f"{encode_script(number, script)}\n".encode()
        try:
            while data:
                data = data[self.input.write(data) :]
        except BrokenPipeError:
            raise RecordError("a recording process died: see its message above") from None
        self.busy += 1

    def take(self) -> list[tuple[int, Recording]]:
        """The recordings that have come in."""
        data = os.read(self.output.fileno(), 1 << 20)
        if not data:
            raise RecordError("a recording process died: see its message above")
        *lines, self._rest = (self._rest + data).split(b"\n")
        self.busy -= len(lines)
        return [decode_recording(line) for line in lines]


def _in_order(scripts: Iterable[Script], crew: list[_Worker]) -> Iterator[Recording]:
    source = enumerate(scripts)
    done: dict[int, Recording] = {}
    turn = given = 0
    more = True
    with selectors.DefaultSelector() as selector:
        for worker in crew:
            selector.register(worker.output, selectors.EVENT_READ, worker)
        while more or turn < given:
            for worker in sorted(crew, key=lambda one: one.busy):
                while more and worker.busy < 2 * SESSIONS and given - turn < _AHEAD * SESSIONS * len(crew):
                    item = next(source, None)
                    more = item is not None
                    if item is not None:
                        worker.give(*item)
                        given += 1
            if turn < given and turn not in done:
                for key, _ in selector.select():
                    done.update(key.data.take())
            while turn in done:
                yield done.pop(turn)
                turn += 1
