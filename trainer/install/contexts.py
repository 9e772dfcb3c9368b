"""What may stand on the screen when a routine is called: short recorded sessions, of the training split."""

from collections.abc import Sequence
from pathlib import Path

from trainer.casts import Event, Recording, read_cast

FOLDER = Path(__file__).parent / "contexts"


def contexts() -> list[Recording]:
    """The recorded sessions, each waiting at a prompt."""
    return [read_cast(path) for path in sorted(FOLDER.glob("*.cast"))]


def taught(context: Recording, command: str, output: Sequence[str]) -> Recording:
    """A session, and at its prompt a command with the lines that are to answer it.

    Args:
        context: a recording that ends with its prompt.
        command: what is typed.
        output: the lines between the command line and the next prompt.
    """
    printed = [event for event in context.events if event.code == "o"]
    last = printed[-1]
    prompt = last.data.rpartition("\n")[2]
    now = context.events[-1].time + 1
    drawn = "".join(f"{line}\r\n" for line in (command, *output)) + prompt
    added = [Event(now, "i", f"{command}\r"), Event(now, "o", drawn)]
    return Recording(context.geometry, context.timestamp, [*context.events, *added])
