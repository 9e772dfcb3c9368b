"""``neuralsh record``: a script in a real bash in the sandbox, kept as an asciicast."""

import json
from argparse import Namespace
from collections.abc import Iterator

from neuralsh.errors import DONE, tell
from neuralsh.paths import check_input, check_output
from trainer.casts import Recording, write_cast
from trainer.evaluate.results import session_results
from trainer.record import Script, read_script, record


def run_record(options: Namespace) -> int:
    """Record the script of the options; with ``--json``, print what the real shell drew, one object a command.

    Raises:
        UsageError: if there is no such script, or no folder for the recording.
        ValueError: if a line cannot be typed or no sandbox be made; one line.
    """
    check_input("--script", options.script)
    check_output("--out", options.out)
    script = read_script(options.script, options.seed)
    recording = record(script)
    write_cast(recording, options.out, private=True)
    for message in departures(script, recording):
        tell(message)
    if options.json:
        for result in session_results(recording):
            print(json.dumps(result, ensure_ascii=False), flush=True)
    return DONE


def departures(script: Script, recording: Recording) -> Iterator[str]:
    """Where a recording holds other keys than its script: Ctrl-C of the recorder's own, and lines never typed."""
    done = 0
    for event in recording.events:
        if event.code != "i":
            continue
        if done < len(script.lines) and event.data == script.lines[done].keys:
            done += 1
        else:
            yield f"command {done}: {_shown(script, done)} did not end by itself: Ctrl-C was typed, and is recorded"
    left = len(script.lines) - done
    if left:
        lines = "1 line was" if left == 1 else f"{left} lines were"
        yield f"command {done}: {_shown(script, done)} ended the shell: {lines} not typed"


def _shown(script: Script, number: int) -> str:
    """The keys of a command, counted from 1."""
    return repr(script.lines[number - 1].text[:60])
