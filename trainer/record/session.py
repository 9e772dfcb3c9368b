"""Records one session: types a script into the sandbox, action by action, and keeps what is printed.

The recorder waits for what bash says at each prompt (OSC 133 marks), not for time to pass; only what never comes back
to a prompt meets a limit.
"""

import asyncio
import codecs
import contextlib
import enum
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from trainer.casts import Event, Recording
from trainer.record.clock import STEP, Clock, files_are_dated
from trainer.record.errors import RecordError
from trainer.record.sandbox import Sandbox
from trainer.record.script import Line, Script

PROMPT_MARK = b"\x1b]133;B\x07"
"""The last that bash and Python print before they read a line."""

COMMAND_SECONDS = 2
"""Seconds a command may take before it is interrupted."""

OUTPUT_BYTES = 256 * 2**10
"""What a command may print before it is interrupted."""

START_SECONDS = 30.0
"""Seconds a sandbox may take to show its first prompt: a guard for a loaded machine, not a pace."""

_GRACE_SECONDS = 1.0
_GRACE_BYTES = 4 * 2**20
_INTERRUPT = "\x03"
_ECHO = b"^C"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one command may take: seconds (whole), and bytes of output."""

    seconds: int = COMMAND_SECONDS
    output: int = OUTPUT_BYTES


class Outcome(enum.Enum):
    """How waiting for a prompt ended."""

    PROMPT = enum.auto()
    LATE = enum.auto()
    TOO_LONG = enum.auto()
    ENDED = enum.auto()


@dataclass(slots=True)
class Output:
    """What was printed after an action: the outcome, and text by the seconds it came after the action."""

    outcome: Outcome
    parts: list[tuple[float, bytes]] = field(default_factory=list)

    @property
    def text(self) -> bytes:
        """All of it."""
        return b"".join(data for _, data in self.parts)


class Terminal:
    """Reads and writes the controlling side of a terminal as the event loop turns."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._parts: list[tuple[float, bytes]] = []
        self._size = 0
        self._tail = b""
        self._limit = OUTPUT_BYTES
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
            data = b""
        if data:
            self._parts.append((time.monotonic(), data))
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
        """Types; what the terminal cannot take yet follows as soon as it can."""
        rest = keys.encode()
        self._tail = b""
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:
                await asyncio.sleep(0.001)
            except OSError:
                return

    async def wait(self, seconds: float, limit: int) -> Output:
        """What is printed from now until a prompt, an end or a limit."""
        began = time.monotonic()
        self._limit = limit
        self._changed.clear()
        outcome = self._outcome()
        if outcome is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)
            outcome = self._outcome() or Outcome.LATE
        parts = [(at - began, data) for at, data in self._parts]
        self._parts, self._size = [], 0
        return Output(outcome, parts)


class Recorder:
    """The recording of one session as it grows."""

    def __init__(self, clock: Clock, sandbox: Sandbox, terminal: Terminal, limits: Limits) -> None:
        self.events: list[Event] = []
        self._sandbox = sandbox
        self._clock = clock
        self._terminal = terminal
        self._limits = limits
        self._elapsed = 0.0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    async def boot(self) -> None:
        """The first prompt."""
        output = await self._terminal.wait(START_SECONDS, OUTPUT_BYTES)
        text = output.text
        if output.outcome is not Outcome.PROMPT:
            raise RecordError(f"the sandbox does not start: {_first_line(text) or 'it shows no prompt'}")
        self._keep([(0.0, text)])

    async def act(self, line: Line) -> bool:
        """Types a line and keeps what it prints. Returns whether the session goes on."""
        await _next_tick()
        self._clock.advance(self._elapsed)
        for name, text in (("family", line.family), ("caption", line.caption)):
            if text is not None:
                self.events.append(Event(self._clock.now, "m", f"{name}:{text}"))
        output = await self._type(line.keys)
        outcome = output.outcome
        if outcome in (Outcome.LATE, Outcome.TOO_LONG):
            outcome = await self._interrupt()
        return outcome is not Outcome.ENDED

    async def _type(self, keys: str) -> Output:
        self.events.append(Event(self._clock.now, "i", keys))
        await self._terminal.send(keys)
        output = await self._terminal.wait(self._limits.seconds, self._limits.output)
        if output.outcome is Outcome.TOO_LONG:
            text = output.text[: self._limits.output]
            output.parts = [(0.0, text[: text.rfind(b"\n") + 1] or text)]
        self._elapsed = self._keep(output.parts)
        return output

    async def _interrupt(self) -> Outcome:
        """Ctrl-C, then, if that does not help, the end of the job in the foreground, or of the session."""
        self._clock.move(self._limits.seconds)
        self.events.append(Event(self._clock.now, "i", _INTERRUPT))
        await self._terminal.send(_INTERRUPT)
        output = await self._terminal.wait(_GRACE_SECONDS, _GRACE_BYTES)
        text = output.text
        if output.outcome in (Outcome.LATE, Outcome.TOO_LONG):
            self._sandbox.kill_foreground()
            output = await self._terminal.wait(_GRACE_SECONDS, _GRACE_BYTES)
            text += output.text
        # What was still on its way when Ctrl-C was pressed differs from run to run.
        self._keep([(0.0, text[max(text.rfind(_ECHO), 0) :])])
        self._elapsed = 0.0
        return output.outcome if output.outcome is Outcome.PROMPT else Outcome.ENDED

    def _keep(self, parts: list[tuple[float, bytes]]) -> float:
        """Adds output to the events, dated in whole steps. Returns the seconds after the action of the last."""
        steps: dict[int, bytes] = {}
        for seconds, data in parts:
            step = int(max(seconds, 0.0) / STEP)
            steps[step] = steps.get(step, b"") + data
        for step, data in steps.items():
            if text := self._decoder.decode(data):
                self.events.append(Event(self._clock.now + step * STEP, "o", text))
        return max(steps, default=0) * STEP


async def record_session(script: Script, bubblewrap: str, etc: Path, limits: Limits) -> Recording:
    """Records a script in a sandbox of its own.

    Raises:
        RecordError: if the sandbox does not start.
    """
    clock = Clock(script.seed, 2 * len(script.lines), _clock_folder())
    try:
        with Sandbox(bubblewrap, etc, clock, script.geometry, dict(script.environment)) as sandbox:
            terminal = Terminal(sandbox.terminal)
            try:
                recorder = Recorder(clock, sandbox, terminal, limits)
                await recorder.boot()
                clock.unlink()
                for line in script.lines:
                    if not await recorder.act(line):
                        break
            finally:
                terminal.close()
    finally:
        clock.close()
    header = {"env": {"SHELL": "/bin/bash", "TERM": "xterm-256color"}}
    return Recording(script.geometry, clock.start, recorder.events, header)


def _clock_folder() -> str:
    """Where the pages of clocks live: in memory, if there is such a place."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()


async def _next_tick() -> None:
    """Waits (a few ms) until the kernel dates files later than all that was touched up to now."""
    now = time.time_ns()
    while files_are_dated() <= now:
        await asyncio.sleep(0.001)


def _first_line(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in lines if line.strip()), "")
