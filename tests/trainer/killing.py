"""Kills a process that works for a test."""

from contextlib import suppress
from time import monotonic, sleep

import psutil


def kill(word: str, patience: float = 60) -> bool:
    """Kills the first process below this one whose command line has a word, once there is one; whether there was."""
    until = monotonic() + patience
    while monotonic() < until:
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                if any(word in part for part in process.cmdline()):
                    process.kill()
                    return True
        sleep(0.05)
    return False
