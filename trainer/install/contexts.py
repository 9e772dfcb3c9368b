"""What may stand on the screen when a routine is called: short recorded sessions, of the training split."""

from pathlib import Path

from trainer.casts import Event, Recording, read_cast
from trainer.install.example import Example

FOLDER = Path(__file__).parent / "contexts"


def contexts() -> list[Recording]:
    """The recorded sessions, each waiting at a prompt."""
    return [read_cast(path) for path in sorted(FOLDER.glob("*.cast"))]


def taught(context: Recording, example: Example) -> Recording:
    """A session that ends with its prompt, and behind it an example: a turn for each that stands before it, and its."""
    printed = [event for event in context.events if event.code == "o"]
    last = printed[-1]
    prompt = last.data.rpartition("\n")[2]
    now, events = context.events[-1].time, list(context.events)
    for turn in (*example.before, example):
        now += 1
        drawn = "".join(f"{line}\r\n" for line in (turn.command, *turn.output)) + prompt
        events += [Event(now, "i", f"{turn.command}\r"), Event(now, "o", drawn)]
    return Recording(context.geometry, context.timestamp, events)
