"""How soon a key is seen: ``python -m benchmarks.keys [--keys N] [--seed N]``.

Keys are pressed in the real shell over the bundled machine, without a terminal: while it waits, where they stand in the
line, and while it draws, where they stand in the status line. A key is seen when Textual paints what shows it, which it
does at most 120 times a second: half of its 8.3 ms is the limit for the mean.
"""

import argparse
import asyncio
from collections.abc import Callable
from random import Random
from statistics import fmean, quantiles
from time import perf_counter
from typing import TYPE_CHECKING

from rich.console import Console
from textual.widget import Widget

from model.nccligen.machine import load
from neuralsh.app.app import Phase, ShellApp
from neuralsh.app.view import TerminalView
from neuralsh.session import Session

if TYPE_CHECKING:
    from textual.pilot import Pilot

LONG_LINES = ("seq 40", "cd /usr/share; ls; pwd", "for i in 1 2 3; do echo $i; done", "echo $((123*456))")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DRAWING = (Phase.SENT, Phase.DRAWING)
PATIENCE = 5.0
"""Seconds after which a key counts as lost."""


async def seen(app: ShellApp, shows: Callable[[], bool], letter: str) -> float:
    """Milliseconds from pressing a key until it was painted."""
    painted = asyncio.Event()
    # Where it stands is asked when it is painted: the machine may be done in between.
    watched: list[tuple[Widget, str]] = [(app.status, "render"), (app.view, "render_line")]

    def watch(widget: Widget, name: str) -> None:
        paint = getattr(widget, name)

        def told(*given: int) -> object:
            drawn = paint(*given)
            if shows() and widget is (app.status if app.phase in DRAWING else app.view):
                painted.set()
            return drawn

        setattr(widget, name, told)

    for widget, name in watched:
        watch(widget, name)
    begun = perf_counter()
    app.view.post_message(TerminalView.Pressed(letter, letter))
    try:
        await asyncio.wait_for(painted.wait(), PATIENCE)
    finally:
        for widget, name in watched:
            delattr(widget, name)
    return 1000 * (perf_counter() - begun)


async def press_keys(count: int, random: Random) -> dict[str, list[float]]:
    """Milliseconds of keys, pressed while the machine waits and while it draws."""
    machine = load()
    app = ShellApp(lambda geometry: Session(machine, geometry))  # type: ignore[arg-type]
    times: dict[str, list[float]] = {"waiting": [], "drawing": []}
    letter = " "
    async with app.run_test(size=(80, 24)) as pilot:
        await _until(pilot, Phase.WAITING)
        while min(map(len, times.values())) < count:
            drawing = app.phase in DRAWING
            kind = "drawing" if drawing else "waiting"
            if len(times[kind]) >= count or len(app.editor.text) > 30:
                app.editor.clear()
                if not drawing:
                    app._submit(random.choice(LONG_LINES))
            # Never the same twice: a line of that letter alone, cleared in between, would not be painted anew.
            letter = random.choice(LETTERS.replace(letter, ""))
            wanted = app.editor.text + letter
            times[kind].append(await seen(app, lambda wanted=wanted: app.editor.text.startswith(wanted), letter))  # type: ignore[misc]
            await asyncio.sleep(random.uniform(0, 0.02))
    return times


async def _until(pilot: "Pilot[str | None]", phase: Phase) -> None:
    app = pilot.app
    assert isinstance(app, ShellApp)
    while app.phase is not phase:
        await asyncio.sleep(0.01)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.keys", description=__doc__.partition("\n")[0])
    parser.add_argument("--keys", type=int, default=200, help="of each kind (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    times = asyncio.run(press_keys(options.keys, Random(options.seed)))
    console = Console()
    console.print("a key is seen after (ms)      mean    p50    p95   longest")
    for kind, found in times.items():
        cuts = quantiles(found, n=20)
        told = f"{fmean(found):7.1f}{cuts[9]:7.1f}{cuts[18]:7.1f}{max(found):10.1f}"
        console.print(f"while the machine is {kind:<9}{told}", highlight=False)


if __name__ == "__main__":
    main()
