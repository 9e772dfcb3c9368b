"""The one place that knows exit codes and how a failure is told: one line on standard error.

A message says what is wrong, where, and what to do. What is in `TOLD` is told the same way from any room, since bad
input is a `ValueError` everywhere in this project; run `python -X dev -m neuralsh` to see the traceback.
"""

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from neuralsh.printable import plain_line, printable

DONE, FAILED, USAGE, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143
CODES = {
    DONE: "everything asked for was done",
    FAILED: "the machine or a check failed, or what was given does not hold",
    USAGE: "the command line cannot be understood, or names a file to read or a folder to write to that is not there",
    INTERRUPTED: "stopped by Ctrl-C, as shells report it",
    TERMINATED: "stopped by SIGTERM, as shells report it",
}
"""What each exit code says."""


class ShellError(Exception):
    """A failure to tell the user in one line; ends the program with `code`."""

    code = FAILED


class UsageError(ShellError):
    """The command line asks for something that is not there."""

    code = USAGE


TOLD = (ShellError, ValueError, OSError, ImportError, MemoryError, RuntimeError)
"""What a machine, a reader or the ledger may end a piece of work with, to be told in one line."""


def one_line(error: BaseException | str) -> str:
    """The message of an error, printable, its line breaks and runs of spaces collapsed."""
    if isinstance(error, OSError) and error.strerror:
        where = f": {error.filename}" if error.filename else ""
        return printable(f"{error.strerror.lower()}{where}")
    return plain_line(str(error)) or type(error).__name__


def reason(error: OSError) -> str:
    """What went wrong, for a message that names the file itself."""
    return error.strerror.lower() if error.strerror else one_line(error)


def tell(error: BaseException | str) -> None:
    """Write ``neuralsh: MESSAGE`` to standard error."""
    print(f"neuralsh: {one_line(error)}", file=sys.stderr, flush=True)


def guard(work: Callable[[], int]) -> int:
    """Run `work` and turn what it raises into an exit code and one line.

    Args:
        work: does the work and gives an exit code.

    Returns:
        The exit code: that of `work`, or the one its error stands for. A reader that closed our output (``| head``)
        is no error.
    """
    try:
        return work()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _close_output()
        return DONE
    except ShellError as error:
        tell(error)
        return error.code
    except TOLD as error:
        if sys.flags.dev_mode:
            raise
        tell(error)
        return FAILED


def _close_output() -> None:
    """Point standard output at nothing, so that the interpreter's last flush does not fail too."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def settle_output() -> None:
    """Let go of what standard output does not take: it was told, and the interpreter would try, and tell, once more."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        _close_output()


def usage(message: str, command: str) -> NoReturn:
    """Raise a `UsageError` that points to the help of a command, such as ``neuralsh gif``."""
    raise UsageError(f"{message}: see {command} --help")
