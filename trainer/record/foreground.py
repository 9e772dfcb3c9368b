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
    """The first process of the job in the foreground: its name, empty if there is none, and what it does."""

    name: str
    doing: Doing


@dataclass(frozen=True, slots=True)
class _Process:
    name: str
    state: str
    terminal: int
    processor: float


def _process(number: int | str) -> _Process:
    text = (_PROC / str(number) / "stat").read_text()
    # The name, in brackets, may hold spaces and brackets.
    head, _, rest = text.rpartition(")")
    fields = rest.split()
    return _Process(head.partition("(")[2], fields[0], int(fields[4]), (int(fields[11]) + int(fields[12])) / _TICKS)


def foreground(terminal: int) -> Foreground:
    """The job in the foreground of a terminal, given its controlling side."""
    name = ""
    with contextlib.suppress(*_ERRORS):
        group = os.tcgetpgrp(terminal)
        process = _process(group)
        name = process.name
        if process.state not in "RD":
            channel = (_PROC / str(group) / "wchan").read_text()
            if channel.startswith(_READS):
                return Foreground(name, Doing.READS)
            if channel.startswith(_POLLS):
                return Foreground(name, Doing.POLLS)
    return Foreground(name, Doing.OTHER)


def starved(terminal: int, seconds: float) -> bool:
    """Whether programs of a terminal want a processor and have had less than `seconds` of it, together."""
    had, want = 0.0, False
    with contextlib.suppress(*_ERRORS):
        number = _process(os.tcgetpgrp(terminal)).terminal
        for path in _PROC.iterdir():
            if path.name.isdecimal():
                with contextlib.suppress(*_ERRORS):
                    process = _process(path.name)
                    if process.terminal == number:
                        had += process.processor
                        want |= process.state in "RD"
    return want and had < seconds
