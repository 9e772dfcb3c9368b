"""The shell without a screen: a line in, its output below.

For terminals that cannot draw one (``TERM=dumb``, output to a pipe), and with ``--plain`` for those who listen to it.
"""

import signal
import sys
from argparse import Namespace
from collections.abc import Iterator

from neuralsh.app.help import plain_help
from neuralsh.colon import ColonCommand, colon_command
from neuralsh.errors import DONE, TOLD, tell
from neuralsh.forks import Forks
from neuralsh.headless import open_session, show
from neuralsh.machines import MachineFactory, frame_reader, with_routines
from neuralsh.moves import move
from neuralsh.options import LEDGER_COMMANDS
from neuralsh.script import script_lines
from neuralsh.session import Session
from neuralsh.turns import Typist
from neuralsh.undo import Past


def run_line_mode(options: Namespace, factory: MachineFactory) -> int:
    """Ask for lines at the prompt the machine drew, until the input ends.

    Prompts and what is said of colon commands go to standard error, as shells do it, so that output in a pipe is
    output alone.
    """
    with open_session(options, factory) as session:
        _LineMode(session, options).run()
    return DONE


class _LineMode:
    """A session at a terminal. Ctrl-C drops the line that is being typed, or stops the drawing at the next frame."""

    def __init__(self, session: Session, options: Namespace) -> None:
        """Let the machine draw its first prompt."""
        self._session = session
        self._options = options
        self._past = Past()
        self._forks = Forks()
        self._asking = False
        self._stop = False
        self._typist = Typist(
            session, read_lines=frame_reader(options.ocr), digest=options.json, stopped=lambda: self._stop
        )

    def run(self) -> None:
        """Do line after line."""
        before = signal.signal(signal.SIGINT, lambda *_: self._interrupt())
        try:
            for line, caption in script_lines(self._asked()):
                command = colon_command(line.decode("utf-8", "replace"))
                if command is None:
                    self._type(line, caption)
                elif command.name == "quit":
                    return
                else:
                    self._tell(command)
            print(file=sys.stderr)
        finally:
            signal.signal(signal.SIGINT, before)

    def _interrupt(self) -> None:
        """Ctrl-C. A step of the machine is never cut short in its middle: its state would be half of one."""
        self._stop = True
        if self._asking:
            self._asking = False
            raise KeyboardInterrupt

    def _asked(self) -> Iterator[bytes]:
        while True:
            try:
                self._asking = True
                print(self._typist.prompt_text, end="", file=sys.stderr, flush=True)
                line = sys.stdin.buffer.readline()
                self._asking = False
            except KeyboardInterrupt:
                print(file=sys.stderr)
                continue
            if not line:
                return
            yield line

    def _type(self, line: bytes, caption: str | None) -> None:
        """Send a line, and show what was drawn for it."""
        self._past.keep(self._session.state.fork())
        self._stop = False
        turn = self._typist.type(line, caption)
        if turn.error is not None:
            self._past.take()
        if self._stop:
            # Behind the terminal's own ^C.
            print(file=sys.stderr, flush=True)
        show(turn, as_json=self._options.json, transcript=self._options.transcript)
        problem = turn.to_json().get("error")
        if problem:
            tell(problem)
        if self._stop:
            # An Enter asks for the prompt that the stopped turn would have ended with.
            self._stop = False
            self._typist.type(b"")

    def _tell(self, command: ColonCommand) -> None:
        """Do a command of ours, and say what came of it; one that cannot be done changes nothing."""
        try:
            said = self._do(command)
        except TOLD as problem:
            tell(problem)
        else:
            print(*said, sep="\n", file=sys.stderr, flush=True)

    def _do(self, command: ColonCommand) -> list[str]:
        match command:
            case ColonCommand(usage=str(usage)):
                return [usage]
            case ColonCommand("help"):
                return plain_help()
            case ColonCommand("install"):
                return [":install needs a screen; neuralsh install FILE teaches a routine from a file"]
            case ColonCommand("pixels" | "inside" | "keys" as name):
                return [f":{name} needs a screen; neuralsh without --plain has one, where the terminal can show it"]
            case ColonCommand(name) if name in LEDGER_COMMANDS:
                return self._ask_ledger(name, command.words)
            case ColonCommand(name, argument):
                said = move(self._session, self._past, self._forks, name, argument)
                self._typist.look_again()
                return [said]

    def _ask_ledger(self, command: str, words: list[str]) -> list[str]:
        """What a command of the ledger says; the machine answers as it says from here on."""
        from neuralsh.install.ledger_commands import typed_lines

        machine = self._session.machine
        given = Namespace(**vars(self._options), base=getattr(machine, "base_hash", None))
        lines = typed_lines(command, words, given)
        if command in ("revert", "enable", "disable", "import"):
            with_routines(machine, self._options)
        return lines or ["nothing was installed yet"]
