"""One showing of a routine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A command line and the lines that answer it."""

    command: str
    output: tuple[str, ...]
