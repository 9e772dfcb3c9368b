"""Lines that the app does itself. Anything else is the machine's, also what starts with a colon."""

from typing import NamedTuple

COLON = {
    "help": "",
    "quit": "",
    "pixels": "",
    "undo": "",
    "save": "FILE",
    "load": "FILE",
    "install": "NAME",
    "revert": "NAME",
}
"""The commands, and what each takes."""


class ColonCommand(NamedTuple):
    """A command of the app.

    Attributes:
        name: one of `COLON`.
        argument: what stands behind it; empty where nothing does.
    """

    name: str
    argument: str

    @property
    def usage(self) -> str | None:
        """How it is written, if it was not written so."""
        wanted = COLON[self.name]
        return None if bool(wanted) == bool(self.argument) else f"usage: :{self.name} {wanted}".rstrip()


def colon_command(line: str) -> ColonCommand | None:
    """What a line asks of the app; None if it is the machine's."""
    name, _, argument = line.strip().partition(" ")
    if not name.startswith(":") or name[1:] not in COLON:
        return None
    command = ColonCommand(name[1:], argument.strip())
    # ``:undo it`` is no command of ours, and the machine may know one.
    return command if COLON[command.name] or not command.argument else None
