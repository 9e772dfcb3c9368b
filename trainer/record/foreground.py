"""What the programs of a terminal are doing, as the kernel tells it."""

import contextlib
import enum
import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_READS = ("wait_woken", "n_tty_read")
_POLLS = ("poll_schedule_timeout", "do_poll", "do_sys_poll", "do_select", "core_sys_select", "ep_poll")
_PROC = Path("/proc")
_ERRORS = (OSError, ValueError, IndexError)


class Doing(enum.Enum):
    """What a program does."""

    READS = enum.auto()
    """It reads a line from the terminal, as `cat` does."""
    POLLS = enum.auto()
    """It waits for a key, as a line editor does."""
    OTHER = enum.auto()
    """It runs, waits for something else, or has gone."""


@dataclass(frozen=True, slots=True)
class Foreground:
    """The job in the foreground: its process group (0 if there is none), and what its first process does."""

    group: int
    doing: Doing


@dataclass(frozen=True, slots=True)
class _Process:
    state: str
    terminal: int
    processor: float


def _process(number: int | str) -> _Process:
    text = (_PROC / str(number) / "stat").read_text()
    # The name, in brackets, may hold spaces and brackets.
    fields = text.rpartition(")")[2].split()
    return _Process(fields[0], int(fields[4]), (int(fields[11]) + int(fields[12])) / _TICKS)


def foreground(terminal: int) -> Foreground:
    """The job in the foreground of a terminal, given its controlling side."""
    group = 0
    with contextlib.suppress(*_ERRORS):
        group = os.tcgetpgrp(terminal)
        if _process(group).state not in "RD":
            channel = (_PROC / str(group) / "wchan").read_text()
            if channel.startswith(_READS):
                return Foreground(group, Doing.READS)
            if channel.startswith(_POLLS):
                return Foreground(group, Doing.POLLS)
    return Foreground(group, Doing.OTHER)


def starved(shell: int, seconds: float) -> bool:
    """Whether programs on the terminal of a shell want a processor and have had less than `seconds` of it, together."""
    had, want = 0.0, False
    with contextlib.suppress(*_ERRORS):
        terminal = _process(shell).terminal
        for path in _PROC.iterdir():
            if path.name.isdecimal():
                with contextlib.suppress(*_ERRORS):
                    process = _process(path.name)
                    if process.terminal == terminal:
                        had += process.processor
                        want |= process.state in "RD"
    return want and had < seconds
