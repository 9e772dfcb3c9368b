"""Commands recorded a second: ``python -m benchmarks.recording [--sessions N] [--workers N]``.

Mixed sessions of ten commands: echo, variables, folders and files, arithmetic, errors; three in ten start a program.
"""

import argparse
import os
import time
from random import Random

from rich.console import Console
from rich.table import Table

from trainer.record import Line, Script, record, record_many

BUILTIN = (
    "echo {0} {1}",
    "{0}={2}",
    "echo ${0} {1}",
    "echo $(({2} + {3}))",
    "echo '{0}' > {1}.txt",
    "cd {0}",
    "pwd",
    "echo $?",
    "{0}{1}",
    "for i in 1 2 3; do echo $i; done",
    'echo "{1} $(({2} * 3))"',
    "[ -f {1}.txt ] && echo yes",
)
EXTERNAL = ("mkdir {0}", "touch {1}.txt", "ls", "cat {1}.txt", "date", "ls -l")
WORDS = ("apple", "river", "stone", "cloud", "ember", "maple", "north", "quill")
SHARE = 0.3
"""Share of commands that start a program."""


def session(seed: int, commands: int = 10) -> Script:
    """A session drawn by its seed."""
    random = Random(seed)
    lines = []
    for _ in range(commands):
        form = random.choice(EXTERNAL if random.random() < SHARE else BUILTIN)
        numbers = random.randrange(100), random.randrange(100)
        lines.append(Line(form.format(random.choice(WORDS), random.choice(WORDS), *numbers)))
    return Script(tuple(lines), seed)


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sessions", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    scripts = [session(seed) for seed in range(options.sessions)]
    began = time.perf_counter()
    record(scripts[0])
    one = time.perf_counter() - began
    began = time.perf_counter()
    inputs = sum(event.code == "i" for made in record_many(scripts, options.workers) for event in made.events)
    seconds = time.perf_counter() - began
    table = Table("sessions", "workers", "commands", "seconds", "commands/s", "one session alone, s", "load average")
    row = (options.sessions, options.workers, inputs, f"{seconds:.1f}", f"{inputs / seconds:.0f}", f"{one:.2f}")
    table.add_row(*map(str, row), f"{os.getloadavg()[0]:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
