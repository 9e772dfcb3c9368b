"""Records scripts in worker processes: one script, or many, in order."""

import os
import selectors
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing, suppress
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

DEATHS = 3
"""Processes that die one after the other before that is an error: a script may be what kills them."""

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

    A process that dies is replaced, and what it was at is recorded anew: no recording is lost.

    Args:
        scripts: drawn as they are needed.
        workers: processes; about one a core.
        limits: what one command may take.

    Yields:
        A recording a script, in the order of the scripts.

    Raises:
        RecordError: as `record`, or if processes die again and again; ValueError: for less than one worker.
    """
    if workers < 1:
        raise ValueError(f"recording needs at least 1 worker, not {workers}")
    bubblewrap, etc = find_bubblewrap(), prepare_system()
    limits = limits or Limits()
    numbers = [str(number) for number in (SESSIONS, limits.seconds, limits.output)]
    command = [sys.executable, "-m", "trainer.record.worker", bubblewrap, str(etc), *numbers]
    with ExitStack() as stack:
        crew = [_Worker(command) for _ in range(workers)]
        for worker in crew:
            stack.callback(worker.end)
        yield from _in_order(scripts, crew)


class _Worker:
    """A worker process, and what it was given and has not recorded yet: another takes its place if it dies."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self.given: dict[int, Script] = {}
        self._deaths = 0
        self._start()

    def _start(self) -> None:
        pipe, root = subprocess.PIPE, Path(__file__).parents[2]
        self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, cwd=root, bufsize=0)
        self.output = cast(IO[bytes], self._process.stdout)
        self._rest = b""

    def give(self, number: int, script: Script) -> None:
        self.given[number] = script
        self._send(number, script)

    def _send(self, number: int, script: Script) -> None:
        data = f"{encode_script(number, script)}\n".encode()
        # One that has died is noticed where its recordings are waited for.
        with suppress(BrokenPipeError):
            while data:
                data = data[cast(IO[bytes], self._process.stdin).write(data) :]

    def take(self) -> list[tuple[int, Recording]] | None:
        """The recordings that have come in; None: the process has died."""
        data = os.read(self.output.fileno(), 1 << 20)
        if not data:
            return None
        *lines, self._rest = (self._rest + data).split(b"\n")
        found = [decode_recording(line) for line in lines]
        for number, _ in found:
            del self.given[number]
            self._deaths = 0
        return found

    def start_again(self) -> None:
        """Another process, given what the one that died has not recorded.

        Raises:
            RecordError: if `DEATHS` in a row recorded nothing.
        """
        self._deaths += 1
        if self._deaths == DEATHS:
            raise RecordError(f"{DEATHS} recording processes died in a row: see their messages above")
        self.end()
        self._start()
        for number, script in self.given.items():
            self._send(number, script)

    def end(self) -> None:
        """The process is gone, with all its sandboxes."""
        cast(IO[bytes], self._process.stdin).close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            # Its sandboxes die with it.
            self._process.kill()
            self._process.wait()
        finally:
            self.output.close()


def _in_order(scripts: Iterable[Script], crew: list[_Worker]) -> Iterator[Recording]:
    source = enumerate(scripts)
    done: dict[int, Recording] = {}
    turn = given = 0
    more = True
    with selectors.DefaultSelector() as selector:
        for worker in crew:
            selector.register(worker.output, selectors.EVENT_READ, worker)
        while more or turn < given:
            for worker in sorted(crew, key=lambda one: len(one.given)):
                while more and len(worker.given) < 2 * SESSIONS and given - turn < _AHEAD * SESSIONS * len(crew):
                    item = next(source, None)
                    more = item is not None
                    if item is not None:
                        worker.give(*item)
                        given += 1
            if turn < given and turn not in done:
                for key, _ in selector.select():
                    worker = key.data
                    found = worker.take()
                    if found is None:
                        selector.unregister(worker.output)
                        worker.start_again()
                        selector.register(worker.output, selectors.EVENT_READ, worker)
                    else:
                        done.update(found)
            while turn in done:
                yield done.pop(turn)
                turn += 1
