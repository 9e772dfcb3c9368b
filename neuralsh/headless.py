"""The shell without a screen: lines in, text or JSON out."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from model.protocol import Geometry
from neuralsh.errors import DONE, FAILED, UsageError, reason, tell
from neuralsh.machines import MachineFactory, chosen_geometry, frame_reader, session_clock, with_routines
from neuralsh.script import script_lines, split_lines
from neuralsh.session import Session
from neuralsh.turns import Turn, Typist


def run_lines(options: Namespace, factory: MachineFactory, lines: Iterable[bytes]) -> int:
    """Type every line and print what the machine drew.

    Args:
        options: those of `shell_parser`.
        factory: makes the machine.
        lines: a script; see `script_lines`.

    Returns:
        The exit code: 1 if a line was not taken or a turn had to be stopped.
    """
    code = DONE
    with open_session(options, factory) as session:
        typist = Typist(session, read_lines=frame_reader(options.ocr), digest=options.json)
        for number, turn in enumerate(typist.type_all(script_lines(lines)), 1):
            show(turn, as_json=options.json, transcript=options.transcript)
            problem = turn.to_json().get("error")
            if problem:
                tell(f"command {number}: {problem}")
                code = FAILED
    return code


@contextmanager
def open_session(options: Namespace, factory: MachineFactory) -> Iterator[Session]:
    """A session as the options ask for it, recorded if they do; files are closed at the end."""
    with ExitStack() as stack:
        geometry = chosen_geometry(options) or Geometry()
        session = Session(
            with_routines(factory(options.model, options.device), options), geometry, clock=session_clock(options)
        )
        watch(session, options, stack)
        yield session


def watch(session: Session, options: Namespace, stack: ExitStack) -> None:
    """Add the writers of `--record` and `--frames`; `stack` closes them."""
    if options.record is not None:
        from neuralsh.recording import CastWriter

        writer = CastWriter(options.record, session.machine, session.frame)
        stack.callback(writer.close)
        session.watchers.append(writer)
    if options.frames is not None:
        from neuralsh.recording import PictureWriter

        session.watchers.append(PictureWriter(options.frames))


def show(turn: Turn, *, as_json: bool, transcript: bool) -> None:
    """Print a turn on standard output."""
    if as_json:
        print(json.dumps(turn.to_json(), ensure_ascii=False), flush=True)
        return
    lines = [*turn.text.command, *turn.text.output] if transcript else turn.text.output
    for line in lines:
        print(line)
    sys.stdout.flush()


def script_of(options: Namespace) -> Iterable[bytes]:
    """The lines to type: of `-c`, of the file, or of standard input as they come.

    Raises:
        UsageError: if both are given, or the file cannot be read.
    """
    if options.commands is not None and options.file is not None:
        raise UsageError(f"{options.file}: give either -c or a file, not both")
    if options.commands is not None:
        text: str = options.commands
        return split_lines(text.encode("utf-8", "surrogateescape"))
    if options.file is not None and options.file != "-":
        try:
            return split_lines(Path(options.file).read_bytes())
        except OSError as error:
            raise UsageError(
                f"{options.file}: {reason(error)}: give a script, or one of the commands in --help"
            ) from error
    return sys.stdin.buffer
