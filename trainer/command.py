"""What the commands of training share: numbers that make sense, and failures told in one line."""

import argparse
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

N = TypeVar("N", int, float)


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
    return _number(float, text, lambda number: 0 < number < float("inf"), "number above 0")


def one_or_more(text: str) -> int:
    """A whole number of 1 or more.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    return _number(int, text, lambda number: number >= 1, "whole number of 1 or more")


def _number(kind: Callable[[str], N], text: str, fits: Callable[[N], bool], name: str) -> N:
    with suppress(ValueError):
        number = kind(text)
        if fits(number):
            return number
    raise argparse.ArgumentTypeError(f"{text!r} is no {name}")
