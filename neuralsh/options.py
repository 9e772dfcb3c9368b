"""The command line, declared: options, words and their help. Imports nothing heavy."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from neuralsh import __version__
from neuralsh.config import CHOICES, read_config
from neuralsh.errors import usage
from neuralsh.paths import find_home

COMMANDS = {
    "record": "run a script in a real bash in a sandbox and record it as an asciicast",
    "gif": "turn a recording into a picture that moves, a film or a strip",
    "data": "build, inspect, play and merge shards of sessions to train on",
    "train": "train a machine on casts, tapes or shards",
    "eval": "run the evaluation suites and print a table beside the paper's figures",
    "install": "teach the machine a routine from a file of demonstrations",
    "log": "list what was installed and taken back",
    "show": "show an entry of the log, whole",
    "diff": "say in what two entries of the log differ",
    "revert": "take a routine back",
    "enable": "let a disabled routine answer again",
    "disable": "keep a routine from answering, until it is enabled",
    "verify": "recompute the log: every hash, and every file it names",
    "export": "write a routine to one file, to be given away",
    "import": "install a routine from such a file",
    "config": "say what is set, and where; --init writes a file of settings",
    "doctor": "say what is there, what is not, and what to do about it",
    "completions": "print completions for bash, zsh or fish",
}
"""The words that are subcommands. A file of such a name is run as ``./record``."""

LEDGER_COMMANDS = ("log", "show", "diff", "revert", "enable", "disable", "verify", "export", "import")
"""Those of them that are about what is installed."""

TAKES: dict[str, tuple[str, ...]] = {
    "gif": (),
    "data": (),
    "train": ("--home", "--model", "--device", "--seed"),
    "config": ("--home",),
    "completions": (),
}
"""Commands to which not every one of the global options makes a difference, and those that do."""

DESCRIPTION = """\
A terminal that is a neural network: you type, the machine draws the next frames, and the frames are read back to text.
No shell runs behind the screen, and nothing typed is executed.

With no arguments in a terminal: the shell. With -c, FILE or piped input: each line is typed, and what the machine drew
for it is printed. A line "#? TEXT" is the caption of the next line.
"""


class Parser(argparse.ArgumentParser):
    """An argument parser that tells errors in one line."""

    def error(self, message: str) -> NoReturn:
        """Raise a `UsageError`."""
        usage(message, self.prog)

    def _print_message(self, message: str, file: Any = None) -> None:
        """As argparse does it, which says nothing where it cannot write."""
        if message:
            (file or sys.stderr).write(message)

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """See `ArgumentParser.parse_args`. What every command takes and was not given is as the settings say.

        Raises:
            UsageError: if the arguments cannot be understood.
            ConfigError: if the settings cannot be used.
        """
        options = super().parse_args(args, namespace)
        if hasattr(options, "ocr"):
            config = read_config(find_home(options.home).config)
            for name in ("model", "device", "ocr"):
                if getattr(options, name) is None:
                    setattr(options, name, getattr(config, name) or None)
            if hasattr(options, "plain"):
                options.plain |= config.plain
        return options


def global_options() -> argparse.ArgumentParser:
    """Options that every command takes."""
    parser = Parser(add_help=False)
    group = parser.add_argument_group("everywhere")
    group.add_argument("--home", metavar="DIR", help="where files are kept (or NEURALSH_HOME; else the XDG folders)")
    group.add_argument("--model", metavar="nccligen|wan|PATH", help="the machine: by name, or a folder of weights")
    group.add_argument("--device", metavar="cpu|cuda", help="where it runs (default: a GPU if there is one)")
    group.add_argument("--ocr", choices=CHOICES["ocr"], help="what reads the frames (default: cells)")
    return parser


def _add_seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of what is drawn by chance (default 0)")


def shell_parser() -> argparse.ArgumentParser:
    """The parser of ``neuralsh`` without a subcommand."""
    words = "\n".join(f"  {name:<11} {text}" for name, text in COMMANDS.items())
    parser = Parser(
        prog="neuralsh",
        description=DESCRIPTION,
        epilog=f"commands (neuralsh COMMAND --help):\n{words}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[global_options()],
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="a script: each line is typed")
    parser.add_argument("-c", dest="commands", metavar="COMMANDS", help="lines to type, in place of a file")
    output = parser.add_argument_group("what is printed and kept")
    output.add_argument("--json", action="store_true", help="one JSON object a command")
    output.add_argument("--plain", action="store_true", help="no screen: lines in, text out, as screen readers want it")
    output.add_argument("--transcript", action="store_true", help="print prompts and command lines too")
    output.add_argument("--frames", type=Path, metavar="DIR", help="a PNG of every frame")
    output.add_argument("--record", type=Path, metavar="FILE.cast", help="the session as an asciicast")
    output.add_argument("--size", type=size, metavar="COLUMNSxROWS", help="size of the terminal (default 80x24)")
    output.add_argument("--clock", type=clock, metavar="ISO", help="a fixed time of day to tell the machine")
    replay = parser.add_argument_group("replay")
    replay.add_argument("--replay", type=Path, metavar="FILE.cast", help="a recording beside what the machine draws")
    replay.add_argument("--headless", action="store_true", help="with --replay: no screen, figures only")
    replay.add_argument("--open-loop", action="store_true", help="with --replay: each turn from the recorded screens")
    replay.add_argument("--verify", action="store_true", help="with --replay: prove a session of its own, hash by hash")
    parser.add_argument("--version", action="version", version=f"neuralsh {__version__}")
    return parser


def record_parser() -> argparse.ArgumentParser:
    """The parser of ``neuralsh record``."""
    parser = Parser(
        prog="neuralsh record",
        description=COMMANDS["record"],
        epilog="A command that takes longer than 2 s, prints more than 256 KiB or, in a script of plain lines, waits "
        "for keys is ended by a Ctrl-C, which is recorded and told. Sleep behind it in a tape gives it longer.",
        parents=[global_options()],
    )
    parser.add_argument("--script", type=Path, required=True, metavar="FILE", help="plain lines or a VHS .tape")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.cast", help="the recording")
    parser.add_argument("--json", action="store_true", help="print what the real shell drew, one object a command")
    _add_seed(parser)
    return parser


def gif_parser() -> argparse.ArgumentParser:
    """The parser of ``neuralsh gif``."""
    # Imported here: the shell starts without the trainer.
    from trainer.command import above_zero

    parser = Parser(prog="neuralsh gif", description=COMMANDS["gif"])
    parser.add_argument("file", type=Path, metavar="FILE.cast", help="a recording, of a machine or of a terminal")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="FILE.gif, FILE.mp4 or FILE.png (a strip)"
    )
    parser.add_argument("--speed", type=above_zero, default=1.0, metavar="X", help="so many times faster (default 1)")
    parser.add_argument("--pause", type=above_zero, default=1.0, metavar="S", help="the longest stop (default 1 s)")
    return parser


def install_parser() -> argparse.ArgumentParser:
    """The parser of ``neuralsh install``."""
    parser = Parser(prog="neuralsh install", description=COMMANDS["install"], parents=[global_options()])
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="TOML with a name and [[demo]] tables, or a recording FILE.cast"
    )
    parser.add_argument("--name", help="of the routine (default: that in the file, or the name of the recording)")
    parser.add_argument("--yes", action="store_true", help="install without asking, if it draws any demonstration")
    parser.add_argument("--why", default="", metavar="TEXT", help="a reason, for the log")
    parser.add_argument("--seconds", type=float, metavar="S", help="of fitting, where the usual time is not right")
    _add_seed(parser)
    return parser


def ledger_parser(command: str) -> argparse.ArgumentParser:
    """The parser of the commands about what is installed, such as ``neuralsh log``."""
    parser = Parser(prog=f"neuralsh {command}", description=COMMANDS[command], parents=[global_options()])
    if command in ("show", "diff", "revert", "enable", "disable", "export"):
        parser.add_argument("which", metavar="ID", help="a number in the log, a name, or the beginning of a hash")
    if command in ("log", "show"):
        parser.add_argument("--json", action="store_true", help="as JSON")
    if command in ("revert", "enable", "disable", "import"):
        parser.add_argument("--why", default="", metavar="TEXT", help="a reason, for the log")
    match command:
        case "diff":
            parser.add_argument("other", metavar="ID", help="what it is compared with")
        case "verify":
            parser.add_argument("--anchor", metavar="HASH", help="the hash of an entry that must be there")
        case "export":
            parser.add_argument("out", type=home_path, metavar="FILE", help="a new file")
            parser.add_argument("--sign", type=home_path, metavar="KEY.pem", help="a private key: FILE.dsse.json too")
        case "import":
            parser.add_argument("file", type=home_path, metavar="FILE", help="what neuralsh export wrote")
            parser.add_argument(
                "--signed-by", type=home_path, metavar="KEY.pub", help="refuse it unless this key signed it"
            )
            parser.add_argument("--inspect", action="store_true", help="show what is in it, and install nothing")
    return parser


def config_parser() -> argparse.ArgumentParser:
    """The parser of ``neuralsh config``."""
    parser = Parser(prog="neuralsh config", description=COMMANDS["config"])
    parser.add_argument("--home", metavar="DIR", help="where files are kept (or NEURALSH_HOME; else the XDG folders)")
    parser.add_argument("--init", action="store_true", help="write a file in which every setting stands commented out")
    return parser


def home_path(text: str) -> Path:
    """A path; ``~`` is the home, where no shell has read it as that."""
    return Path(text).expanduser()


def doctor_parser() -> argparse.ArgumentParser:
    """The parser of ``neuralsh doctor``."""
    parser = Parser(prog="neuralsh doctor", description=COMMANDS["doctor"], parents=[global_options()])
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def completions_parser() -> argparse.ArgumentParser:
    """The parser of ``neuralsh completions``."""
    parser = Parser(
        prog="neuralsh completions",
        description=COMMANDS["completions"],
        epilog='bash: eval "$(neuralsh completions bash)"; zsh: into a file _neuralsh on $fpath; '
        "fish: neuralsh completions fish > ~/.config/fish/completions/neuralsh.fish",
    )
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), metavar="SHELL", help="bash, zsh or fish")
    return parser


def size(text: str) -> tuple[int, int]:
    """``COLUMNSxROWS`` as rows and columns.

    Raises:
        argparse.ArgumentTypeError: if it is not two numbers.
    """
    columns, cross, rows = text.partition("x")
    if not (cross and columns.isascii() and columns.isdigit() and rows.isascii() and rows.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no size: write it as 80x24")
    return int(rows), int(columns)


def clock(text: str) -> datetime:
    """A time of day, in UTC; it is meant so unless it says otherwise.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: write it as 2026-01-31T12:00:00") from error


def split_command(argv: Sequence[str]) -> tuple[str | None, list[str]]:
    """The subcommand in the arguments, and the rest.

    Global options may stand before any of them: those that make no difference to it are left out. The first word that
    is neither an option nor the value of one decides.

    Returns:
        The subcommand or None, and the arguments without it.
    """
    everywhere = {name for action in global_options()._actions for name in action.option_strings}
    takes_value = {
        name
        for action in shell_parser()._actions
        if action.nargs is None and action.option_strings
        for name in action.option_strings
    }
    before: list[tuple[str, Sequence[str]]] = []
    at = 0
    while at < len(argv) and argv[at] != "--":
        word = argv[at]
        if not word.startswith("-") or word == "-":
            if word not in COMMANDS:
                break
            unused = everywhere - set(TAKES.get(word, everywhere))
            kept = [part for name, parts in before if name not in unused for part in parts]
            return word, [*kept, *argv[at + 1 :]]
        size = 2 if word in takes_value else 1
        before.append((word.partition("=")[0], argv[at : at + size]))
        at += size
    return None, list(argv)
