"""What the commands of training share: numbers that make sense, and failures told in one line."""

import argparse
import sys
from collections.abc import Callable


def guarded(main: Callable[[], int]) -> int:
    """The exit code of a command. What is wrong with what it was given is told in one line on standard error."""
    try:
        return main()
    except KeyboardInterrupt:
        return 130
    except (ValueError, OSError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 1


def above_zero(text: str) -> float:
    """A number above 0.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return number


def one_or_more(text: str) -> int:
    """A whole number of 1 or more.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 1 or more")
    return number
