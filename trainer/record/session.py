"""Records one session: types a script into the sandbox, action by action, and keeps what is printed.

The recorder waits for what bash says at each prompt (OSC 133 marks), not for time to pass; only what never comes back
to a prompt meets a limit.
"""

import asyncio
import codecs
import os
import tempfile
import time
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path

from trainer.casts import Event, Recording
from trainer.record.clock import TICK_SECONDS, Clock, files_are_dated
from trainer.record.errors import RecordError
from trainer.record.files import Held, changes, held, root_of
from trainer.record.foreground import Doing, Foreground, foreground, starved
from trainer.record.sandbox import Sandbox
from trainer.record.script import Line, Script
from trainer.record.terminal import Outcome, Output, Terminal, Watch

START_SECONDS = 30.0
"""Seconds a sandbox may take to show its first prompt: a guard for a loaded machine, not a pace."""

_GRACE_SECONDS = 2.0
_GRACE_BYTES = 4 * 2**20
_INTERRUPT = "\x03"
_SHELL = "bash"
_PAUSE_SECONDS = 0.1
_BREATH_SECONDS = 0.3
_ECHO = b"^C"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one command may take before it is interrupted.

    Attributes:
        seconds: whole seconds; a tape that sleeps longer gives its command longer.
        output: bytes that it may print.
    """

    seconds: int = 2
    output: int = 256 * 2**10


class Recorder:
    """The recording of one session as it grows."""

    def __init__(self, script: Script, clock: Clock, sandbox: Sandbox, limits: Limits) -> None:
        self.events: list[Event] = []
        self._script = script
        self._clock = clock
        self._sandbox = sandbox
        self._limits = limits
        self._held = Held()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    async def run(self) -> None:
        """Types the script, to its end or to that of the shell."""
        self._terminal = Terminal(self._sandbox.terminal, self._clock.elapsed)
        try:
            await self._boot()
            for line, after in pairwise((*self._script.lines, None)):
                if line is None or not await self._act(line, after):
                    break
        finally:
            self._terminal.close()

    async def _boot(self) -> None:
        """The first prompt."""
        # Where a prompt fills its row to the edge, readline prints on after the mark.
        output = await self._terminal.wait(Watch(START_SECONDS, self._limits.output, self._glance, self._starved))
        if output.outcome is not Outcome.PROMPT:
            raise RecordError(f"the sandbox does not start: {_first_line(output.text) or 'it shows no prompt'}")
        self._clock.unlink()
        self._keep([(0.0, output.text)])
        self._root = root_of(self._sandbox.process)
        self._held = held(self._root) if self._root else {}

    async def _act(self, line: Line, after: Line | None) -> bool:
        """Types a line and keeps what it prints. Returns whether the session goes on."""
        await _next_tick()
        self._clock.advance()
        for name, text in (("family", line.family), ("caption", line.caption)):
            if text is not None:
                self.events.append(Event(self._clock.now, "m", f"{name}:{text}"))
        self.events.append(Event(self._clock.now, "i", line.keys))
        await self._terminal.send(line.keys)
        seconds = max(self._limits.seconds, line.pause)
        output = await self._terminal.wait(Watch(seconds, self._limits.output, self._glance, self._starved))
        if output.outcome is Outcome.LATE and self._script.answers and (after is None or after.raw):
            # The tape itself ends what runs, or lets it run.
            output.outcome = Outcome.PROMPT
        if output.outcome in (Outcome.PROMPT, Outcome.ENDED):
            self._keep(output.parts)
        else:
            self._keep(self._within(output, seconds))
            output.outcome = await self._interrupt(seconds)
        self._look()
        return output.outcome is not Outcome.ENDED

    def _within(self, output: Output, seconds: int) -> list[tuple[float, bytes]]:
        """What was printed within the limits; how much came after them differs from run to run."""
        if output.outcome is Outcome.LATE:
            return [(at, data) for at, data in output.parts if at <= seconds]
        text = output.text[: self._limits.output]
        return [(0.0, text[: text.rfind(b"\n") + 1] or text)]

    def _glance(self, quiet: float) -> Outcome | None:
        """Whether, without a mark, something waits to be typed to."""
        job = self._calm(quiet)
        if job.doing is Doing.POLLS and (self._script.answers or job.name == _SHELL):
            # A prompt of the session's own making, half a line, a full-screen program.
            return Outcome.PROMPT
        if job.doing is Doing.READS:
            return Outcome.PROMPT if self._script.answers else Outcome.LATE
        return None

    def _heard(self, quiet: float) -> Outcome | None:
        """Whether, after Ctrl-C, there is an unmarked prompt, or a program that goes on reading."""
        job = self._calm(quiet)
        if job.doing is Doing.POLLS and job.name == _SHELL:
            return Outcome.PROMPT
        return Outcome.LATE if job.doing is not Doing.OTHER else None

    def _calm(self, quiet: float) -> Foreground:
        """The job in the foreground, if it has been quiet for so long that it cannot only be taking a breath."""
        job = foreground(self._sandbox.terminal)
        # Editors wait a while for the rest of an escape sequence, and then go on.
        calm = quiet > (_PAUSE_SECONDS if job.name == _SHELL or job.doing is Doing.READS else _BREATH_SECONDS)
        return job if calm else Foreground(job.name, Doing.OTHER)

    def _starved(self) -> bool:
        """Whether a command is late only because it has hardly had a processor."""
        return starved(self._sandbox.terminal, self._limits.seconds / 2)

    async def _interrupt(self, seconds: int) -> Outcome:
        """Ctrl-C, then, if that does not help, the end of the job in the foreground, or of the session."""
        self._clock.move(seconds)
        self.events.append(Event(self._clock.now, "i", _INTERRUPT))
        await self._terminal.send(_INTERRUPT)
        # What reads on has not heard it.
        deaf = Watch(_GRACE_SECONDS, _GRACE_BYTES, self._heard, self._starved)
        output = await self._terminal.wait(deaf)
        text = output.text
        if output.outcome is not Outcome.PROMPT:
            self._sandbox.kill_foreground()
            output = await self._terminal.wait(Watch(_GRACE_SECONDS, _GRACE_BYTES, starved=self._starved))
            text += output.text
        # What was still on its way when Ctrl-C was pressed differs from run to run.
        self._keep([(0.0, text[max(text.rfind(_ECHO), 0) :])])
        return output.outcome if output.outcome is Outcome.PROMPT else Outcome.ENDED

    def _look(self) -> None:
        """Adds what changed in the sandbox's folders and files."""
        if self._root is None:
            return
        now = held(self._root)
        mark = changes(self._held, now)
        if mark is not None:
            self.events.append(Event(self.events[-1].time, "m", mark))
        self._held = now

    def _keep(self, parts: list[tuple[float, bytes]]) -> None:
        """Adds output to the events: one for all that was printed at the same time."""
        for seconds, group in groupby(parts, key=itemgetter(0)):
            if text := self._decoder.decode(b"".join(data for _, data in group)):
                self.events.append(Event(self._clock.now + seconds, "o", text))


async def record_session(script: Script, bubblewrap: str, etc: Path, limits: Limits) -> Recording:
    """Records a script in a sandbox of its own.

    Raises:
        RecordError: if the sandbox does not start.
    """
    clock = Clock(script.seed, 2 * len(script.lines), _clock_folder())
    try:
        with Sandbox(bubblewrap, etc, clock, script.geometry, dict(script.environment)) as sandbox:
            recorder = Recorder(script, clock, sandbox, limits)
            await recorder.run()
    finally:
        clock.close()
    header = {"term": {"type": "xterm-256color"}, "env": {"SHELL": "/bin/bash"}}
    return Recording(script.geometry, clock.start, recorder.events, header)


def _clock_folder() -> str:
    """Where the pages of clocks live: in memory, if there is such a place."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()


async def _next_tick() -> None:
    """Waits (a few ms) until the kernel dates files later than all that was touched up to now."""
    now = time.time_ns()
    while files_are_dated() <= now:
        await asyncio.sleep(TICK_SECONDS)


def _first_line(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in lines if line.strip()), "")
