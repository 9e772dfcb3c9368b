"""`neuralsh eval`: hands the suites of `trainer.evaluate` the machine and the readers of frames, and prints tables."""

import os
import shlex
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

from model.files import replace_file
from model.protocol import Frame
from neuralsh.errors import DONE, UsageError
from neuralsh.options import COMMANDS, Parser, global_options
from neuralsh.paths import check_input, check_output
from trainer.evaluate.page import page_of, processor
from trainer.evaluate.plots import Point, pictures_of, read_curve
from trainer.evaluate.readers import Readers, TurnText
from trainer.evaluate.suite import Job, Outcome
from trainer.evaluate.suites import SUITES, UnknownSuiteError, find_suites, run_suites


def eval_parser() -> Parser:
    """The parser of ``neuralsh eval``."""
    parser = Parser(prog="neuralsh eval", description=COMMANDS["eval"], parents=[global_options()])
    parser.add_argument(
        "suites", nargs="*", metavar="SUITE", help=f"any of: {', '.join(SUITES)} (default: all but general)"
    )
    parser.add_argument(
        "--casts", type=Path, metavar="DIR", help="recordings in place of those that ship; general needs some"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="every detail, session by session")
    parser.add_argument("--page", type=Path, metavar="FILE.md", help="tables, pictures and wrong answers in Markdown")
    parser.add_argument("--curve", type=Path, metavar="FILE", help="a training's metrics.jsonl: its curve, on the page")
    parser.add_argument(
        "--sessions",
        type=_count,
        metavar="N",
        help="at most so many recordings, the first by name; tens of problems; routines",
    )
    parser.add_argument(
        "--tesseract-frames", type=_count, default=40, metavar="N", help="frames read with Tesseract (default 40)"
    )
    parser.add_argument("--lpips", type=Path, metavar="FILE", help="weights of LPIPS (docs/wan.md): clean tells it too")
    parser.add_argument("--fvd", type=Path, metavar="FILE", help="weights of r3d_18 (docs/wan.md): clean tells FVD too")
    return parser


def _count(text: str) -> int:
    """A number that is not negative."""
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def run_eval(argv: Sequence[str]) -> int:
    """Runs ``neuralsh eval``; returns the exit code.

    Raises:
        UsageError: if a suite, or a file that is named, is not there.
        ValueError: if something cannot be evaluated; one line.
    """
    from rich.console import Console

    options = eval_parser().parse_args(argv)
    try:
        find_suites(options.suites)
    except UnknownSuiteError as error:
        raise UsageError(str(error)) from None
    for name in ("json", "page"):
        check_output(f"--{name}", getattr(options, name))
    for name in ("casts", "curve", "lpips", "fvd"):
        check_input(f"--{name}", getattr(options, name))
    if options.curve is not None and options.page is None:
        raise UsageError("--curve: stands on a page: give --page FILE.md too")
    curve = read_curve(options.curve) if options.curve is not None else []
    command, outcomes = shlex.join(["neuralsh", "eval", *argv]), list[Outcome]()
    console = Console(width=None if sys.stdout.isatty() else 120)
    for outcome in run_suites(options.suites, job_of(options), options.json):
        if sys.stderr.isatty():
            _tell("")
        for table in outcome.tables:
            console.print(table)
        outcomes.append(outcome)
        if options.page is not None:
            pictures = _draw(outcomes, curve, options.page)
            replace_file(options.page, page_of(outcomes, command, date.today(), processor(), pictures).encode())
    return DONE


def _draw(outcomes: Sequence[Outcome], curve: Sequence[Point], page: Path) -> dict[str, str]:
    """Writes the pictures of a page into a folder beside it; returns where they are, relative to the page."""
    try:
        pictures = pictures_of(outcomes, curve)
    except ImportError as error:
        _log(f"no pictures on the page: {error.name} is missing: pip install 'neuralsh[plots]'")
        return {}
    folder = page.parent / page.stem
    folder.mkdir(exist_ok=True)
    for name, svg in pictures.items():
        replace_file(folder / f"{name}.svg", svg)
    return {name: f"{page.stem}/{name}.svg" for name in pictures}


def job_of(options: Namespace) -> Job:
    """What to evaluate, from the options."""
    from neuralsh.machines import load_machine
    from trainer.evaluate.learned import load_learned

    return Job(
        open_machine=cache(lambda: cast(Any, load_machine(options.model, options.device))),
        readers=readers(),
        casts=options.casts,
        sessions=options.sessions,
        tesseract_frames=options.tesseract_frames,
        learned=load_learned(options.lpips, options.fvd),
        startup=startup_of(options),
        tell=_tell if sys.stderr.isatty() else _log,
    )


def startup_of(options: Namespace) -> list[str]:
    """The command line of a fresh shell with the same machine, its lines from standard input."""
    chosen = [("--home", options.home), ("--model", options.model), ("--device", options.device)]
    return [sys.executable, "-m", "neuralsh", *(word for name, value in chosen if value for word in (name, value))]


def readers() -> Readers:
    """The shell's readers of frames; Tesseract where it is installed."""
    from neuralsh.reading.cells import frame_lines, read_cells

    return Readers(read_cells, frame_lines, read_turn, _tesseract())


def _tesseract() -> Callable[[Frame], list[str]] | None:
    """The paper's reader, or None where Tesseract is not installed."""
    import shutil

    if shutil.which("tesseract") is None:
        return None

    def read(frame: Frame) -> list[str]:
        from neuralsh.reading.tesseract import read_tesseract

        # Several are read at a time, each on a core of its own. Torch has read its own limit by now.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        return read_tesseract(frame)

    return read


def read_turn(before: Frame, start: int, command: str, frames: Iterable[Frame]) -> TurnText:
    """The text of a turn, as the shell reads it. See `trainer.evaluate.readers.Readers.turn`."""
    from neuralsh.prompts import find_prompt
    from neuralsh.screen import ScreenReader
    from neuralsh.transcript import TurnReader

    screen = ScreenReader(before)
    prompt = replace(find_prompt(before, screen.cells, None), start=start)
    reader = TurnReader(before, command, screen=screen, prompt=prompt)
    for frame in frames:
        reader.feed(frame)
    text = reader.result()
    return TurnText(text.command, text.output, text.screen, reader.prompt.start)


def _tell(message: str) -> None:
    """Progress on a terminal: one line, written over."""
    print(f"\r\x1b[K{message}", end="", file=sys.stderr, flush=True)


def _log(message: str) -> None:
    """Progress in a file: a line each."""
    print(message, file=sys.stderr, flush=True)
