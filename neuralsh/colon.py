"""Lines that the app does itself. Anything else is the machine's, also what starts with a colon."""

from typing import NamedTuple

COLON = {
    "help": "",
    "quit": "",
    "pixels": "",
    "inside": "",
    "keys": "",
    "undo": "",
    "save": "FILE",
    "load": "FILE",
    "fork": "NAME",
    "switch": "NAME",
    "compare": "NAME",
    "install": "NAME",
    "log": "",
    "show": "ID",
    "diff": "ID ID",
    "revert": "ID",
    "enable": "ID",
    "disable": "ID",
    "verify": "",
    "export": "ID FILE",
    "import": "FILE",
}
"""The commands, and what each takes. A last FILE may have blanks in it."""


class ColonCommand(NamedTuple):
    """A command of the app.

    Attributes:
        name: one of `COLON`.
        argument: what stands behind it; empty where nothing does.
    """

    name: str
    argument: str

    @property
    def words(self) -> list[str]:
        """What stands behind it, as many words as it takes, or fewer; what is over belongs to the last."""
        return self.argument.split(maxsplit=max(0, len(COLON[self.name].split()) - 1))

    @property
    def usage(self) -> str | None:
        """How it is written, if it was not written so."""
        wanted, words = COLON[self.name].split(), self.words
        over = bool(words and wanted) and wanted[-1] != "FILE" and " " in words[-1]
        return f"usage: :{self.name} {COLON[self.name]}" if over or len(words) != len(wanted) else None


def colon_command(line: str) -> ColonCommand | None:
    """What a line asks of the app; None if it is the machine's."""
    name, _, argument = line.strip().partition(" ")
    if not name.startswith(":") or name[1:] not in COLON:
        return None
    command = ColonCommand(name[1:], argument.strip())
    # ``:undo it`` is no command of ours, and the machine may know one.
    return command if COLON[command.name] or not command.argument else None
