"""The truth of a recorded session in the words of `neuralsh --json`, so that it can be laid beside a machine's."""

from typing import Any

from trainer.casts import Recording
from trainer.evaluate.recorded import recorded_turns


def session_results(recording: Recording) -> list[dict[str, Any]]:
    """What a real terminal showed, one object a command.

    Args:
        recording: with `i` events; keys recorded one by one count as lines.

    Returns:
        `command`: the line typed. `output`: the rows drawn between it and the next prompt, those that scrolled away
        too. `screen`: the rows of the screen when that prompt stood.
    """
    return [
        {"command": turn.command, "output": turn.output, "screen": turn.lines()}
        for turn in recorded_turns(recording)
        if turn.action.keys
    ]
