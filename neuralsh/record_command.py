"""``neuralsh record``: a script in a real bash in the sandbox, kept as an asciicast."""

import json
from argparse import Namespace
from pathlib import Path

from neuralsh.errors import DONE, UsageError
from trainer.casts import write_cast
from trainer.evaluate.results import session_results
from trainer.record import Script, parse_script, record
from trainer.record.tape import parse_tape


def run_record(options: Namespace) -> int:
    """Record the script of the options; with ``--json``, print what the real shell drew, one object a command.

    Raises:
        UsageError: if the script cannot be read or the recording not be written.
        ValueError: if a line cannot be typed or no sandbox be made; one line.
    """
    if not options.out.absolute().parent.is_dir():
        raise UsageError(f"--out {options.out}: no such folder to write to")
    recording = record(read_script(options.script, options.seed))
    write_cast(recording, options.out, private=True)
    if options.json:
        for result in session_results(recording):
            print(json.dumps(result, ensure_ascii=False), flush=True)
    return DONE


def read_script(path: Path, seed: int) -> Script:
    """A script of plain lines, or a VHS tape if its name ends so.

    Raises:
        UsageError: if the file cannot be read.
        ScriptError: if a line cannot be typed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--script {path}: {(error.strerror or 'cannot be read').lower()}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"--script {path}: not UTF-8 text (byte {error.start}): give a script or a tape") from error
    return parse_tape(text, seed) if path.suffix == ".tape" else parse_script(text, seed)
