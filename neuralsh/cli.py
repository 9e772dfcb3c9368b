"""The command line: finds out what is asked for and hands it to who does it, imported only then."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from neuralsh.errors import USAGE, ShellError, UsageError, guard, settle_output
from neuralsh.options import (
    LEDGER_COMMANDS,
    Parser,
    config_parser,
    doctor_parser,
    gif_parser,
    record_parser,
    shell_parser,
    split_command,
)
from neuralsh.paths import check_input, check_output

if TYPE_CHECKING:
    from neuralsh.machines import MachineFactory


def main(argv: Sequence[str] | None = None, factory: "MachineFactory | None" = None) -> int:
    """Run ``neuralsh``.

    Args:
        argv: the arguments; None: those of the process.
        factory: makes the machine; None: the one the options name.

    Returns:
        The exit code, see `neuralsh.errors`.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if sys.stderr is None:
        # Closed by whoever started us: what goes there would go to standard output.
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (open to the end)
    code = guard(lambda: _flushed(lambda: _dispatch(arguments, factory)))
    settle_output()
    return code


def _flushed(work: Callable[[], int]) -> int:
    """Flush standard output within the guard: a reader that left is noticed here at the latest."""
    try:
        code = work()
    except SystemExit as leave:  # argparse leaves so after --help and --version
        code = leave.code if isinstance(leave.code, int) else USAGE
    sys.stdout.flush()
    return code


def _dispatch(argv: list[str], factory: "MachineFactory | None") -> int:
    if sys.stdout is None:
        raise ShellError("standard output is closed: give it a terminal, a file or a pipe")
    command, rest = split_command(argv)
    if command is None:
        return _shell(shell_parser().parse_args(rest), factory)
    return _COMMANDS[command](rest)


def _shell(options: Namespace, factory: "MachineFactory | None") -> int:
    """The shell itself, with a screen or without, or a replay."""
    _check(options)
    from neuralsh.machines import load_machine

    make = factory or load_machine
    if options.replay is not None:
        from neuralsh.replay import main as replay

        return replay(options, make)
    scripted = options.commands is not None or options.file is not None
    if not scripted and sys.stdin is None:
        raise UsageError("standard input is closed: give -c, FILE, or lines to type")
    if scripted or not sys.stdin.isatty():
        from neuralsh.headless import run_lines, script_of

        return run_lines(options, make, script_of(options))
    if options.plain or options.json or options.transcript or not has_screen():
        from neuralsh.line_mode import run_line_mode

        return run_line_mode(options, make)
    from neuralsh.app.run import run_app

    return run_app(options, make)


NO_SCREEN = ("dumb", "unknown")
"""Kinds of terminals, as TERM tells them, that nothing can be drawn on."""


def has_screen() -> bool:
    """Whether there is a terminal to draw a screen on. Textual draws on standard error."""
    return sys.stdout.isatty() and sys.stderr.isatty() and os.environ.get("TERM", "dumb") not in NO_SCREEN


def _check(options: Namespace) -> None:
    """Options that only make sense together."""
    if options.replay is None:
        for name in ("headless", "verify", "open_loop"):
            if getattr(options, name):
                raise UsageError(f"--{name.replace('_', '-')}: goes with --replay FILE.cast: see neuralsh --help")
        check_output("--record", options.record)
        return
    if options.commands is not None or options.file is not None:
        raise UsageError("--replay: takes no commands: give either a recording or a script")
    for name in ("record", "frames"):
        if getattr(options, name) is not None:
            raise UsageError(f"--{name}: goes with a session, not with --replay")
    if options.verify and options.open_loop:
        raise UsageError("--open-loop: a session is proved on its own frames: leave it out with --verify")


def _record(argv: list[str]) -> int:
    options = record_parser().parse_args(argv)
    from neuralsh.record_command import run_record

    return run_record(options)


def _gif(argv: list[str]) -> int:
    options = gif_parser().parse_args(argv)
    from neuralsh.gif_command import run_gif

    return run_gif(options)


def _data(argv: list[str]) -> int:
    from neuralsh.data_command import run_data

    return run_data(argv)


def _train(argv: list[str]) -> int:
    from trainer.fit_command import parser, train

    options = parser(Parser).parse_args(argv)
    check_input("", *options.paths)
    check_input("--validate", *(options.validate or ()))
    if options.out is None and options.fit_cells is None and not options.init:
        from neuralsh.install.recordings import run_recordings

        return run_recordings(options)
    return train(options)


def _evaluate(argv: list[str]) -> int:
    from neuralsh.eval_command import run_eval

    return run_eval(argv)


def _install(argv: list[str]) -> int:
    from neuralsh.install.command import run_install

    return run_install(argv)


def _ledger(command: str) -> Callable[[list[str]], int]:
    def run(argv: list[str]) -> int:
        from neuralsh.install.ledger_commands import run_ledger

        return run_ledger(command, argv)

    return run


def _config(argv: list[str]) -> int:
    options = config_parser().parse_args(argv)
    from neuralsh.config_command import run_config

    return run_config(options)


def _doctor(argv: list[str]) -> int:
    options = doctor_parser().parse_args(argv)
    from neuralsh.doctor import run_doctor

    return run_doctor(options)


def _completions(argv: list[str]) -> int:
    from neuralsh.completions import run_completions

    return run_completions(argv)


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "record": _record,
    "gif": _gif,
    "data": _data,
    "train": _train,
    "eval": _evaluate,
    "install": _install,
    **{name: _ledger(name) for name in LEDGER_COMMANDS},
    "config": _config,
    "doctor": _doctor,
    "completions": _completions,
}
