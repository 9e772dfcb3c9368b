"""One showing of a routine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A command line and the lines that answer it.

    Attributes:
        command: what is typed.
        output: the lines between the command line and the next prompt.
        before: turns that stand before it, oldest first. They are not learned: another routine, or the machine, answers
            them. None of them has any of its own.
    """

    command: str
    output: tuple[str, ...]
    before: tuple["Example", ...] = ()

    @property
    def question(self) -> tuple[object, ...]:
        """What is asked, and behind what: for one question there is one answer."""
        return self.before, self.command
