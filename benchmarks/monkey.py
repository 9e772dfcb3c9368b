"""A monkey at the keyboard: ``python -m benchmarks.monkey [--minutes N] [--seed N]``.

Random keys, pastes, sizes and commands of the app go into the real shell over the bundled machine, without a terminal.
It fails on a traceback, on a shell that does not come back to its prompt when it is asked to, and on memory that grows
by more than `MAX_GROWTH_MB` over what it was once warm. Not counted is what states hold, the session's, those kept by
name and those to go back to (`neuralsh/undo.py` bounds them), and what is free but still the C library's: the shell
gives that back when it rests.
"""

import argparse
import asyncio
import os
import resource
import tempfile
import time
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from random import Random

from rich.console import Console
from textual.pilot import Pilot

from model.protocol import Geometry, State
from neuralsh.app.app import Phase, ShellApp
from neuralsh.app.install_screen import InstallScreen
from neuralsh.app.view import TerminalView
from neuralsh.install.teacher import Teacher
from neuralsh.machines import load_machine, with_routines
from neuralsh.session import Session
from trainer.heap import give_back_free_memory

MAX_GROWTH_MB = 50
"""Over the resident memory after a tenth of the time."""

PATIENCE_SECONDS = 60
"""In which the shell comes back to its prompt."""

CHECK_EVERY = 150
"""Steps between looks at the shell."""

KEYS = (
    *("enter", "enter", "backspace", "tab", "delete", "left", "right", "up", "down", "home", "end"),
    *("pageup", "pagedown", "escape", "f1", "f2", "f3", "ctrl+a", "ctrl+c", "ctrl+e", "ctrl+k", "ctrl+l", "ctrl+r"),
    *("ctrl+u", "ctrl+w", "ctrl+y", "ctrl+underscore", "alt+b", "alt+f", "alt+d", "slash", "n", "v", "y"),
)
LINES = (
    *("ls", "pwd", "echo hi", "x=5", "echo $x", "echo $((12+30))", "mkdir a", "cd a", "cd ..", "date", "nope"),
    *("clear", "rm -rf /", ":(){ :|:& };:", "cat > f <<E", "yes", "seq 99", ":undo", ":log", ":verify", ":help"),
    *(":install m", ":abort", ":pixels", ":show 1", ":diff 1 2", ":revert m", ":export 1 f", ":load nothing"),
    *(":fork a", ":switch a", ":compare a", ":inside", ":save s", ":load s"),
)
PIECES = ("a", "é", "漢", "\x1b[2J", "\x00", "\n", "\r\n", "x" * 200, "\u202e", "🙂", " ", "\t")


async def press(pilot: Pilot[str | None], random: Random) -> None:
    """One thing a monkey does."""
    draw = random.random()
    if draw < 0.45:
        await pilot.press(random.choice(KEYS))
    elif draw < 0.65:
        await pilot.press(*(chr(random.randint(33, 126)) for _ in range(random.randint(1, 6))))
    elif draw < 0.85:
        app = pilot.app
        if isinstance(app, ShellApp) and app.screen is app.screen_stack[0]:
            app.view.post_message(TerminalView.Pasted(random.choice(LINES) + "\n"))
    elif draw < 0.95:
        app = pilot.app
        assert isinstance(app, ShellApp)
        app.view.post_message(TerminalView.Pasted("".join(random.choices(PIECES, k=random.randint(1, 12)))))
    else:
        await pilot.resize_terminal(random.choice((1, 2, 20, 80, 250)), random.choice((1, 2, 5, 24, 100)))
    await pilot.pause(random.choice((0.0, 0.0, 0.01, 0.05)))


async def comes_back(pilot: Pilot[str | None]) -> bool:
    """Whether the shell waits at its prompt soon after everything is closed and stopped."""
    app = pilot.app
    assert isinstance(app, ShellApp)
    until = time.perf_counter() + PATIENCE_SECONDS
    while time.perf_counter() < until:
        # The update mode may wait for the rest of a demonstration, or be fitting; other screens close by themselves.
        if isinstance(app.screen, InstallScreen):
            await pilot.press("escape", "enter", *":abort", "enter")
        elif len(app.screen_stack) > 1:
            await pilot.press("escape")
        else:
            await pilot.press("ctrl+c")
        await pilot.pause(0.1)
        if len(app.screen_stack) == 1 and app.phase is Phase.WAITING and not app.editor.text:
            return True
    return False


async def play(options: Namespace, home: Path, console: Console) -> int:
    """Let the monkey at it; returns the exit code."""
    random = Random(options.seed)
    given = Namespace(home=str(home), model=None, device=None)
    began, steps, starts, warm = time.perf_counter(), 0, 0, 0.0
    opened = list[Session]()

    def factory(geometry: Geometry) -> Session:
        opened[:] = [Session(with_routines(load_machine(None, None), given), geometry)]
        return opened[0]

    def besides_mb(app: ShellApp) -> float:
        """Resident memory but for what states hold: the session's, those to go back to and those kept by name."""
        give_back_free_memory()
        runner = app._runner
        return resident_mb() - held_mb([opened[0].state, *runner._past.states, *runner._forks.states.values()])

    while (spent := time.perf_counter() - began) < 60 * options.minutes:
        app = ShellApp(
            factory,
            teacher=Teacher(given, seconds=0.5),
            routines=lambda machine: with_routines(machine, given),
        )
        starts += 1
        async with app.run_test(size=(80, 24)) as pilot:
            while app.is_running and (spent := time.perf_counter() - began) < 60 * options.minutes:
                await press(pilot, random)
                steps += 1
                if steps % CHECK_EVERY == 0 and app.is_running:
                    if not await comes_back(pilot):
                        console.print(f"stuck after {steps} steps: {app.phase}, {app.screen_stack}")
                        return 1
                    now = besides_mb(app)
                    if not warm and spent > 6 * options.minutes:
                        warm = now
                    console.print(f"{spent:.0f} s, {steps} steps, {starts} starts, {now:.0f} of {resident_mb():.0f} MB")
        if app.return_value is not None:
            console.print(f"the shell ended after {steps} steps: {app.return_value}")
            return 1
    if not warm:
        console.print("too short to tell whether memory grows")
        return 1
    grown = besides_mb(app) - warm
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{steps} steps in {spent:.0f} s, {starts} starts, no traceback; grew {grown:.0f} MB, peak {peak:.0f} MB")
    return 1 if grown > MAX_GROWTH_MB else 0


def held_mb(states: Sequence[State]) -> float:
    """What states hold, in 2^20 bytes; what several hold is counted once."""
    return sum({part: size for state in states for part, size in state.parts().items()}.values()) / 2**20


def resident_mb() -> float:
    """Resident memory of this process, in 2^20 bytes."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def main(argv: list[str] | None = None) -> int:
    """Play; 1 if the shell did not take it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        # What `:save` and `:export` write goes there.
        os.chdir(folder)
        return asyncio.run(play(options, Path(folder), Console(stderr=True)))


if __name__ == "__main__":
    raise SystemExit(main())
