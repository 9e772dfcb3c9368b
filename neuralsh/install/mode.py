"""The update mode, without a screen: lines in, what is said of them out. Only `:commit` asks for a change.

A line at `command>` opens a demonstration; the lines at `output>` that follow are its screen, up to a blank one (a
line that is to be blank is written as a single dot). Lines that begin with a colon are commands of the mode.
"""

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import Path

from neuralsh.errors import ShellError, one_line
from neuralsh.install.files import demonstrations_in
from neuralsh.ledger.demonstrations import MAX_DEMOS, Demonstration, Demonstrations
from neuralsh.ledger.errors import LedgerError

HELP = """\
a command, then the lines it is to print, then a blank line ("." for a line that is blank): a demonstration
:seen N    take the last N commands of this session as demonstrations, as they were drawn
:file F    take the demonstrations of a file: FILE.toml, or a recording FILE.cast
:after     the last demonstration is no lesson: it stands before the next one, which is learned
:drop N    take demonstration N back
:fit       learn them and see what came of it; Esc stops
:look      the frames before and after, side by side
:commit    keep it: the routine answers from now on
:abort     leave, and change nothing; Ctrl-D too"""

BLANK = "."
"""Stands for a line of output that is blank."""


class Step(Enum):
    """What is asked of who runs the mode."""

    NOTHING = auto()
    FIT = auto()
    LOOK = auto()
    COMMIT = auto()
    ABORT = auto()


@dataclass
class InstallMode:
    """An update that is being put together.

    Attributes:
        name: of the routine.
        seen: commands of the session and what was drawn for them, oldest first.
        demos: demonstrations so far.
        fitted: whether what was fitted last is of all of them.
    """

    name: str
    seen: list[Demonstration] = field(default_factory=list)
    demos: list[Demonstration] = field(default_factory=list)
    fitted: bool = False
    _before: list[Demonstration] = field(default_factory=list)
    _command: str | None = None
    _output: list[str] = field(default_factory=list)

    @property
    def prompt(self) -> str:
        """What is waited for."""
        return "command> " if self._command is None else "output> "

    @property
    def demonstrations(self) -> Demonstrations:
        """What the routine is taught from. Raises LedgerError if it is not as a demonstration file must be."""
        return Demonstrations(self.name, "", tuple(self.demos))

    def enter(self, line: str) -> tuple[list[str], Step]:
        """Take a line.

        Returns:
            What is said of it, and what is to be done.
        """
        if self._command is not None:
            return self._take_output(line), Step.NOTHING
        word, _, rest = line.strip().partition(" ")
        match word:
            case "":
                return [], Step.NOTHING
            case ":help":
                return HELP.splitlines(), Step.NOTHING
            case ":abort":
                return ["nothing was changed"], Step.ABORT
            case ":seen":
                return self._take_seen(rest), Step.NOTHING
            case ":file":
                return self._take_file(rest), Step.NOTHING
            case ":after":
                return self._stands_before(), Step.NOTHING
            case ":drop":
                return self._drop(rest), Step.NOTHING
            case ":look":
                return ([], Step.LOOK) if self.fitted else (["nothing is fitted yet: :fit first"], Step.NOTHING)
            case ":fit":
                return ([], Step.FIT) if self.demos else (["no demonstration yet: see :help"], Step.NOTHING)
            case ":commit":
                if not self.fitted:
                    return ["nothing is fitted that could be kept: :fit first"], Step.NOTHING
                return [], Step.COMMIT
            case _ if word.startswith(":"):
                return [f"{word}: no command of this mode: see :help"], Step.NOTHING
        self._command, self._output = line, []
        return [], Step.NOTHING

    def interrupt(self) -> list[str]:
        """Ctrl-C where nothing is typed: a demonstration that is not finished is dropped. What is said of it."""
        if self._command is None:
            return [":abort or Ctrl-D leaves, and changes nothing"]
        dropped, self._command = self._command, None
        return [f"{dropped!r} is not taken"]

    def _take_output(self, line: str) -> list[str]:
        """A line of the screen that is wanted, or the end of it."""
        if line:
            self._output.append("" if line == BLANK else line)
            return []
        command, self._command = self._command or "", None
        return self._add(command, "\n".join(self._output))

    def _add(self, command: str, output: str) -> list[str]:
        """One demonstration more; a command that was shown before is shown anew."""
        try:
            demo = Demonstration(command, output, tuple(self._before))
        except LedgerError as error:
            return [str(error)]
        self._before = []
        others = [one for one in self.demos if (one.before, one.command) != (demo.before, command)]
        if len(others) == MAX_DEMOS:
            return [f"{MAX_DEMOS} demonstrations are the most"]
        self.demos = [*others, demo]
        self.fitted = False
        count = len(demo.lines)
        behind = f" behind {demo.before[-1].command!r}" if demo.before else ""
        return [f"demonstration {len(self.demos)}: {command!r} prints {count} line{'' if count == 1 else 's'}{behind}"]

    def _stands_before(self) -> list[str]:
        """The last demonstration is taken out: it stands before the next one."""
        if not self.demos:
            return ["no demonstration yet: give what stands before, then :after, then what is to be learned"]
        last = self.demos.pop()
        self.fitted = False
        self._before = [*last.before, replace(last, before=())]
        return [f"{last.command!r} stands before the next demonstration and is not learned"]

    def _take_file(self, text: str) -> list[str]:
        """The demonstrations of a file."""
        if not text.strip():
            return ["usage: :file FILE"]
        try:
            demos = demonstrations_in(Path(text.strip()).expanduser(), self.name).demos
        except (ShellError, ValueError, OSError) as error:
            return [one_line(error)]
        said = list[str]()
        for demo in demos:
            self._before = list(demo.before)
            said += self._add(demo.command, demo.output)
        return said

    def _drop(self, text: str) -> list[str]:
        """One demonstration less."""
        number = text.strip()
        if not (number.isdecimal() and 1 <= int(number) <= len(self.demos)):
            return ["usage: :drop N, the number of a demonstration"]
        gone = self.demos.pop(int(number) - 1)
        self.fitted = False
        return [f"{gone.command!r} is no demonstration any more; {len(self.demos)} are left"]

    def _take_seen(self, text: str) -> list[str]:
        """The last commands of the session, as demonstrations."""
        if not text.strip().isdecimal() or int(text) < 1:
            return ["usage: :seen N"]
        if not self.seen:
            return ["no command was seen in this session yet"]
        said = []
        for demo in self.seen[-int(text) :]:
            said += self._add(demo.command, demo.output)
        return said
