"""``neuralsh install FILE``: teach the machine a routine, show what it does now, record it if that is wanted."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from neuralsh.errors import DONE, FAILED
from neuralsh.install.files import demonstrations_in
from neuralsh.install.teacher import Teacher, evidence, plan
from neuralsh.ledger.demonstrations import write_demonstrations
from neuralsh.options import install_parser

if TYPE_CHECKING:
    from trainer.install.teach import Lesson, Taught


def run_install(argv: Sequence[str]) -> int:
    """Teach a routine and install it; 1 if it was not installed.

    Raises:
        ValueError: one line: what cannot be read, taught or recorded.
    """
    options = install_parser().parse_args(argv)
    console = Console(stderr=True, highlight=False, markup=False)
    demonstrations = demonstrations_in(options.file, options.name)
    teacher = Teacher(options, options.seconds)
    teacher.check(demonstrations.name)
    lesson = teacher.prepare(demonstrations)
    console.print(plan(lesson))
    taught = _teach(teacher, lesson, console)
    for line in evidence(lesson, taught):
        console.print(line)
    if not options.yes and not confirmed(console):
        console.print("not installed: nothing was changed")
        return FAILED
    entry = teacher.commit(write_demonstrations(demonstrations).encode(), taught, options.why)
    print(f"{entry.number} installed {entry.name} {entry.hash[:12]}")
    return DONE


def _teach(teacher: Teacher, lesson: "Lesson", console: Console) -> "Taught":
    """Fit the routine, with a bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("loss {task.fields[loss]:.3f}"))
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        task = progress.add_task("fitting", total=1.0, loss=float("nan"))
        return teacher.teach(lesson, lambda share, loss: progress.update(task, completed=share, loss=loss))


def confirmed(console: Console) -> bool:
    """Whether the user wants it; without a terminal nobody can say so."""
    if not sys.stdin.isatty():
        console.print("nobody to ask: give --yes to install without asking")
        return False
    return console.input("install it? [y/N] ").strip().lower() in ("y", "yes")
