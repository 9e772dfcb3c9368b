"""``neuralsh install FILE``: teach the machine a routine, show what it does now, record it if that is wanted."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from neuralsh.errors import DONE, FAILED
from neuralsh.install.files import demonstrations_in
from neuralsh.install.teacher import Teacher, evidence, plan
from neuralsh.ledger.demonstrations import write_demonstrations
from neuralsh.options import install_parser


def run_install(argv: Sequence[str]) -> int:
    """Teach a routine and install it; 1 if it was not installed.

    Raises:
        ValueError: one line: what cannot be read, taught or recorded.
    """
    options = install_parser().parse_args(argv)
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
    if not options.yes and not confirmed(console):
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
        self._task = progress.add_task(FITTING, total=1.0, loss=float("nan"))

    def __call__(self, share: float, loss: float) -> None:
        """Fitting has come so far."""
        self._progress.update(self._task, description=FITTING, completed=share, loss=loss)

    def tell(self, what: str) -> None:
        """Something else is done meanwhile."""
        self._progress.update(self._task, description=what)


@contextmanager
def fitting(console: Console) -> Iterator[Fitting]:
    """Show the bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("loss {task.fields[loss]:.3f}"))
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        yield Fitting(progress)


def confirmed(console: Console) -> bool:
    """Whether the user wants it; without a terminal nobody can say so."""
    if not sys.stdin.isatty():
        console.print("nobody to ask: give --yes to install without asking")
        return False
    return console.input("install it? [y/N] ").strip().lower() in ("y", "yes")
