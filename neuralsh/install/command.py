"""``neuralsh install FILE``: teach the machine a routine, show what it does now, record it if that is wanted."""

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from neuralsh.errors import DONE, FAILED, ShellError
from neuralsh.install.files import demonstrations_in
from neuralsh.install.teacher import Teacher, evidence, plan
from neuralsh.ledger.demonstrations import write_demonstrations
from neuralsh.options import install_parser
from neuralsh.paths import check_input

if TYPE_CHECKING:
    from trainer.install.teach import Taught


def run_install(argv: Sequence[str]) -> int:
    """Teach a routine and install it; 1 if it was not installed.

    Raises:
        ValueError: one line: what cannot be read, taught or recorded.
        UsageError: if there is no such file.
        ShellError: one line: nobody is there to be asked, or no demonstration is drawn.
    """
    options = install_parser().parse_args(argv)
    check_input("", options.file)
    check_asked(options)
    console = Console(stderr=True, highlight=False, markup=False)
    demonstrations = demonstrations_in(options.file, options.name)
    teacher = Teacher(options, options.seconds, options.seed)
    teacher.check(demonstrations.name, options.why)
    lesson = teacher.prepare(demonstrations)
    console.print(plan(lesson))
    with fitting(console) as report:
        taught = teacher.teach(lesson, report)
    for line in evidence(lesson, taught):
        console.print(line)
    if options.yes:
        check_drawn(demonstrations.name, taught, console)
    elif not confirmed(console):
        console.print("not installed: nothing was changed")
        return FAILED
    entry = teacher.commit(write_demonstrations(demonstrations).encode(), taught, options.why)
    print(f"{entry.number} installed {entry.name} {entry.hash[:12]}")
    return DONE


FITTING = "fitting"


class Fitting:
    """A bar while something is fitted: it is told the share of the time that is spent, and the loss."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task(FITTING, total=1.0, loss="")

    def __call__(self, share: float, loss: float) -> None:
        """Fitting has come so far."""
        self._progress.update(self._task, description=FITTING, completed=share, loss=f"loss {loss:.3f}")

    def tell(self, what: str) -> None:
        """Something else is done meanwhile."""
        self._progress.update(self._task, description=what)


@contextmanager
def fitting(console: Console) -> Iterator[Fitting]:
    """Show the bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[loss]}"))
    with Progress(*columns, _TimeRemaining(), console=console) as progress:
        yield Fitting(progress)


class _TimeRemaining(TimeRemainingColumn):
    """The time that is left, once that can be told."""

    def render(self, task: Task) -> Text:
        return super().render(task) if task.time_remaining is not None else Text()


def check_asked(options: Namespace) -> None:
    """Raise ShellError if nobody is there who could say that it is to be installed, and `--yes` does not."""
    if not options.yes and (sys.stdin is None or not sys.stdin.isatty()):
        raise ShellError("nobody to ask: give --yes to install without asking")


def check_drawn(name: str, taught: "Taught", console: Console) -> None:
    """What nobody looks at must draw what it was shown: warn where it does not draw all of it.

    Raises:
        ShellError: if it draws none of it; one line.
    """
    exact, shown = sum(one.exact for one in taught.shown), len(taught.shown)
    if not exact:
        raise ShellError(f"{name}: not installed: it draws none of {shown} demonstrations; give it more --seconds")
    if exact < shown:
        console.print(f"it draws {exact} of {shown} demonstrations; with more --seconds it may draw all")


def confirmed(console: Console) -> bool:
    """Whether the user wants it. See `check_asked`."""
    try:
        return console.input("install it? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
