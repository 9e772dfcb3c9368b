"""The controlling side of a terminal: types into it, and reads until a prompt, an end or a limit."""

import asyncio
import contextlib
import enum
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

PROMPT_MARK = b"\x1b]133;B\x07"
"""The last that bash and Python print before they read a line (OSC 133, as in trainer/record/etc)."""

_GLANCE_SECONDS = 0.04
_TYPING_SECONDS = 10.0
_SILENCE_SECONDS = 0.5
"""How much longer to wait for the first that is printed: mostly it is the echo of what was typed."""
_SLACK = 1.5
_PATIENCE = 15


class Outcome(enum.Enum):
    """How waiting for a prompt ended."""

    PROMPT = enum.auto()
    """There is a prompt, or whatever else is to be typed to."""
    LATE = enum.auto()
    """It takes longer than it may, or forever."""
    TOO_LONG = enum.auto()
    """It prints more than it may."""
    ENDED = enum.auto()
    """The terminal is gone."""


@dataclass(slots=True)
class Output:
    """What was printed, in pieces, each with the terminal's time of it, and how the waiting ended."""

    outcome: Outcome
    parts: list[tuple[float, bytes]] = field(default_factory=list)

    @property
    def text(self) -> bytes:
        """All of it."""
        return b"".join(data for _, data in self.parts)


@dataclass(frozen=True, slots=True)
class Watch:
    """How to wait.

    Attributes:
        seconds: how long, by the terminal's clock, and by the real one if that does not move.
        output: bytes that may be printed.
        glance: asked now and then, given the seconds for which all has been quiet; an outcome, given twice in a row,
            ends the waiting.
        starved: asked when the time is over: whether the machine is to blame. If so, some more time is given.
    """

    seconds: float
    output: int
    glance: Callable[[float], Outcome | None] = lambda quiet: None
    starved: Callable[[], bool] = lambda: False


class Terminal:
    """Reads as the event loop turns, so that many terminals can be waited for at a time."""

    def __init__(self, descriptor: int, clock: Callable[[], float]) -> None:
        """Takes a file descriptor that does not block, and what dates output; closing both stays with their owner."""
        self._descriptor = descriptor
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._parts: list[tuple[float, bytes]] = []
        self._size = 0
        self._limit = 0
        self._tail = b""
        self._ended = False
        self._changed = asyncio.Event()
        self._loop.add_reader(descriptor, self._read)

    def close(self) -> None:
        """Stops reading."""
        self._loop.remove_reader(self._descriptor)

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, 65536)
        except BlockingIOError:
            return
        except OSError:
            # EIO: nobody holds the other side.
            data = b""
        if data:
            self._parts.append((self._clock(), data))
            self._size += len(data)
            self._tail = (self._tail + data)[-len(PROMPT_MARK) :]
        else:
            self._ended = True
            self.close()
        if self._outcome() is not None:
            self._changed.set()

    def _outcome(self) -> Outcome | None:
        if self._tail == PROMPT_MARK:
            return Outcome.PROMPT
        if self._ended:
            return Outcome.ENDED
        return Outcome.TOO_LONG if self._size > self._limit else None

    async def send(self, keys: str) -> None:
        """Types, in one write if the terminal takes it; the rest of a very long line follows as it is read."""
        rest = keys.encode()
        self._tail = b""
        began = time.monotonic()
        while rest and time.monotonic() - began < _TYPING_SECONDS:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:
                await asyncio.sleep(0.002)
            except OSError:
                return

    async def wait(self, watch: Watch) -> Output:
        """What is printed from now until a prompt, an end or a limit."""
        self._limit = watch.output
        self._changed.clear()
        outcome = self._outcome() or await self._watch(watch)
        parts, self._parts, self._size = self._parts, [], 0
        return Output(outcome, parts)

    async def _watch(self, watch: Watch) -> Outcome:
        # Seconds are counted glance by glance: where this process has to wait for a processor, so has the other.
        waited = quiet = 0.0
        size, before, guess = self._size, time.monotonic(), None
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GLANCE_SECONDS):
                    await self._changed.wait()
            if outcome := self._outcome():
                return outcome
            now = time.monotonic()
            passed, before = min(now - before, 2 * _GLANCE_SECONDS), now
            waited, quiet = waited + passed, quiet + passed if size == self._size else 0.0
            size, slept = self._size, self._clock()
            if slept > watch.seconds or waited > watch.seconds * (_SLACK if slept else 1):
                if waited > _PATIENCE * watch.seconds or not watch.starved():
                    return Outcome.LATE
                continue
            again, guess = guess, watch.glance(quiet if size else quiet - _SILENCE_SECONDS)
            # It may have printed its prompt in the moment before it was looked at.
            self._read()
            if guess and guess is again and size == self._size:
                return guess
