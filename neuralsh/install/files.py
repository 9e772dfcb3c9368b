"""Demonstrations from a file: TOML, or a recording whose commands and output they are."""

from pathlib import Path

from neuralsh.errors import ShellError, reason
from neuralsh.ledger.demonstrations import (
    MAX_BYTES,
    MAX_DEMOS,
    Demonstration,
    Demonstrations,
    decode_demonstrations,
)
from neuralsh.ledger.errors import LedgerError

RECORDING = ".cast"


def demonstrations_in(path: Path, name: str | None = None) -> Demonstrations:
    """The demonstrations in a file.

    Args:
        path: of TOML, or of an asciicast if it ends in `RECORDING`.
        name: of the routine; None: that in the file, or the name of the recording.

    Raises:
        ValueError: one line: if the file cannot be used.
        ShellError: if it cannot be read, or a recording shows no command; one line.
    """
    if path.suffix == RECORDING:
        return _recorded(path, name or path.stem)
    found = decode_demonstrations(_read(path))
    return found if name is None else Demonstrations(name, found.description, found.demos)


def _read(path: Path) -> bytes:
    """A demonstration file, no longer than one may be."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ShellError(f"{path}: {reason(error)}: give a demonstration file") from error


def _recorded(path: Path, name: str) -> Demonstrations:
    """Each command of a recording, with the lines it printed; of a command given twice, the last time counts."""
    from trainer.casts import read_cast
    from trainer.evaluate.recorded import recorded_turns

    demos = dict[str, Demonstration]()
    for turn in recorded_turns(read_cast(path)):
        if not turn.command.strip():
            continue
        try:
            demos[turn.command] = Demonstration(turn.command, "\n".join(turn.output))
        except LedgerError as error:
            raise ShellError(f"{path}: {turn.command[:60]!r}: {error}") from error
        if len(demos) > MAX_DEMOS:
            raise ShellError(f"{path}: more than {MAX_DEMOS} commands: cut it, or write the demonstrations in TOML")
    if not demos:
        raise ShellError(f"{path}: shows no command: give a recording with the keys that were pressed")
    return Demonstrations(name, "", tuple(demos.values()))
