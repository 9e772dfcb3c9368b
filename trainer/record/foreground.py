"""What the program in the foreground of a terminal is doing, as the kernel tells it."""

import contextlib
import enum
import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_READS = ("wait_woken", "n_tty_read")
_POLLS = ("poll_schedule_timeout", "do_poll", "do_sys_poll", "do_select", "core_sys_select", "ep_poll")


class Doing(enum.Enum):
    """What a program does."""

    READS = enum.auto()
    """It reads a line from the terminal, as `cat` does."""
    POLLS = enum.auto()
    """It waits for a key, as a line editor does."""
    RUNS = enum.auto()
    """It wants the processor."""
    SLEEPS = enum.auto()
    """It waits for something else, or has gone."""


@dataclass(frozen=True, slots=True)
class Foreground:
    """The job in the foreground.

    Attributes:
        group: id of its process group; 0 if there is none.
        doing: what its first process does.
        processor: seconds of a processor that this process has had.
    """

    group: int
    doing: Doing
    processor: float = 0.0


def foreground(terminal: int) -> Foreground:
    """The job in the foreground of a terminal, given its controlling side."""
    group = 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        group = os.tcgetpgrp(terminal)
        process = Path("/proc") / str(group)
        # The name, in brackets, may hold spaces and brackets.
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        state, processor = fields[0], (int(fields[11]) + int(fields[12])) / _TICKS
        if state in "RD":
            return Foreground(group, Doing.RUNS, processor)
        channel = (process / "wchan").read_text()
        if channel.startswith(_READS):
            return Foreground(group, Doing.READS, processor)
        if channel.startswith(_POLLS):
            return Foreground(group, Doing.POLLS, processor)
    return Foreground(group, Doing.SLEEPS)
