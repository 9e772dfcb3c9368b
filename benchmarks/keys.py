"""How soon a key is seen: ``python -m benchmarks.keys [--keys N] [--seed N]``.

Keys are pressed in the real shell over the bundled machine, without a terminal: while it waits, where they stand in the
line, and while it draws, where they stand in the status line. A key is seen when Textual paints what shows it. Beside
it, in the same run: the same keys in an app that is Textual's own line of input and nothing else, with nothing to draw;
and a millisecond of work after as long a rest, since a core that others share may keep everybody waiting.
"""

import neuralsh.app  # noqa: F401  how often Textual paints: first of all, before Textual is imported

# isort: split

import argparse
import asyncio
from collections.abc import Callable, Sequence
from random import Random
from statistics import fmean, quantiles
from time import perf_counter, sleep
from typing import TYPE_CHECKING

from rich.console import Console
from textual import events
from textual.app import App, ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from model.nccligen.machine import load
from neuralsh.app.app import Phase, ShellApp
from neuralsh.session import Session

if TYPE_CHECKING:
    from textual.pilot import Pilot

LONG_LINES = ("seq 40", "cd /usr/share; ls; pwd", "for i in 1 2 3; do echo $i; done", "echo $((123*456))")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DRAWING = (Phase.SENT, Phase.DRAWING)
PATIENCE = 5.0
"""Seconds after which a key counts as lost."""


class Plain(App[None]):
    """The peer: a line of input."""

    def compose(self) -> ComposeResult:
        """See `App.compose`."""
        yield Input()


async def seen(
    watched: Sequence[tuple[Widget, str]], shows: Callable[[Widget], bool], press: Callable[[], object]
) -> float:
    """Milliseconds from pressing a key until one of the widgets painted it.

    Args:
        watched: widgets, and the methods by which they paint.
        shows: asked when a widget has painted: whether that showed the key.
        press: presses it.
    """
    painted = asyncio.Event()

    def watch(widget: Widget, name: str) -> None:
        paint = getattr(widget, name)

        def told(*given: int) -> object:
            drawn = paint(*given)
            if shows(widget):
                painted.set()
            return drawn

        setattr(widget, name, told)

    for widget, name in watched:
        watch(widget, name)
    begun = perf_counter()
    press()
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
    watched: list[tuple[Widget, str]] = [(app.status, "render_line"), (app.view, "render_line")]

    def shows(widget: Widget) -> bool:
        # Where it stands is asked when it is painted: the machine may be done in between.
        return app.editor.text.startswith(wanted) and widget is (app.status if app.phase in DRAWING else app.view)

    async with app.run_test(size=(80, 24)) as pilot:
        await _until(pilot, Phase.WAITING)
        while min(map(len, times.values())) < count:
            drawing = app.phase in DRAWING
            kind = "drawing" if drawing else "waiting"
            if len(times[kind]) >= count or len(app.editor.text) > 30:
                app.editor.clear()
                if not drawing:
                    app._queue.append(random.choice(LONG_LINES))
                    app._submit()
            # Never the same twice: a line of that letter alone, cleared in between, would not be painted anew.
            letter = random.choice(LETTERS.replace(letter, ""))
            wanted = app.editor.text + letter
            key = events.Key(letter, letter)
            times[kind].append(await seen(watched, shows, lambda key=key: app.view.post_message(key)))  # type: ignore[misc]
            await asyncio.sleep(random.uniform(0, 0.02))
    return times


async def press_plainly(count: int, random: Random) -> list[float]:
    """Milliseconds of keys in the peer."""
    app, times = Plain(), list[float]()
    async with app.run_test(size=(80, 24)):
        field = app.query_one(Input)
        while len(times) < count:
            if len(field.value) > 30:
                field.value = ""
            letter = random.choice(LETTERS)
            wanted = field.value + letter
            key = events.Key(letter, letter)
            times.append(
                await seen(
                    [(field, "render_line")],
                    lambda widget, wanted=wanted: field.value == wanted,  # type: ignore[misc]
                    lambda key=key: field.post_message(key),  # type: ignore[misc]
                )
            )
            await asyncio.sleep(random.uniform(0, 0.02))
    return times


def work(count: int, random: Random) -> list[float]:
    """Milliseconds that a millisecond of work took, so many times."""
    times = list[float]()
    for _ in range(count):
        sleep(random.uniform(0, 0.02))
        begun = perf_counter()
        sum(at * at for at in range(12_000))
        times.append(1000 * (perf_counter() - begun))
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
    rows = {f"while the machine is {kind}": found for kind, found in times.items()}
    rows["in Textual's own input alone"] = asyncio.run(press_plainly(options.keys, Random(options.seed)))
    rows["a millisecond of work alone"] = work(options.keys, Random(options.seed))
    console = Console(highlight=False)
    console.print(f"{'a key is seen after (ms)':<30}   mean    p50    p95    p99   longest")
    for kind, found in rows.items():
        cuts = quantiles(found, n=100)
        told = f"{fmean(found):7.1f}{cuts[49]:7.1f}{cuts[94]:7.1f}{cuts[98]:7.1f}{max(found):10.1f}"
        console.print(f"{kind:<30}{told}")


if __name__ == "__main__":
    main()
