"""`neuralsh completions SHELL`: what a shell needs to complete our command line, written by shtab from the parsers."""

import argparse
from collections.abc import Iterator, Sequence

import shtab

from neuralsh.data_command import data_parser
from neuralsh.errors import DONE
from neuralsh.eval_command import eval_parser
from neuralsh.options import (
    COMMANDS,
    LEDGER_COMMANDS,
    completions_parser,
    config_parser,
    doctor_parser,
    gif_parser,
    install_parser,
    ledger_parser,
    record_parser,
    shell_parser,
)
from trainer.fit_command import parser as train_parser

FILES = ("FILE", "PATH")
FOLDERS = ("DIR",)
"""In the name of what an option takes: files or folders are completed."""


_WORDS = " ".join(COMMANDS)
_FIRST = {
    "bash": f"""_neuralsh_first() {{
  compgen -W "{_WORDS}" -- "$1"
  compgen -f -- "$1"
}}""",
    "zsh": f"""_neuralsh_first() {{
  _alternative "commands:command:({_WORDS})" "files:script:_files"
}}""",
    "fish": f"""function _neuralsh_first
  printf "%s\\n" {_WORDS}
  __fish_complete_path (commandline -ct)
end""",
}
"""Complete the first word, which is a command or a script."""

_FIRST_CALL = {"bash": "_neuralsh_first", "zsh": "_neuralsh_first", "fish": "(_neuralsh_first)"}


def run_completions(argv: Sequence[str]) -> int:
    """Print the completions of a shell."""
    options = completions_parser().parse_args(argv)
    print(shtab.complete(whole_parser(), options.shell, preamble=_FIRST[options.shell]))
    return DONE


def whole_parser() -> argparse.ArgumentParser:
    """The shell's own options and every command in one parser, for completions and the manual page."""
    parser = shell_parser()
    words = parser.add_subparsers(metavar="COMMAND")
    parts = {
        "record": record_parser(),
        "gif": gif_parser(),
        "data": data_parser(),
        "train": train_parser(),
        "eval": eval_parser(),
        "install": install_parser(),
        **{name: ledger_parser(name) for name in LEDGER_COMMANDS},
        "config": config_parser(),
        "doctor": doctor_parser(),
        "completions": completions_parser(),
    }
    for name, part in parts.items():
        words.add_parser(name, prog=part.prog, help=COMMANDS[name], epilog=part.epilog, parents=[part], add_help=False)
    for action in _actions(parser):
        name = str(action.metavar or "")
        if action.dest == "file" and action.nargs == "?":
            action.complete = _FIRST_CALL  # type: ignore[attr-defined]
        elif any(word in name for word in FILES):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif any(word in name for word in FOLDERS):
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
    return parser


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """All options and words of a parser and of the commands in it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for part in action.choices.values():
                yield from _actions(part)
        else:
            yield action
