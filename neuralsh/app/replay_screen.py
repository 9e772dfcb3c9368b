"""The replay on a screen: the recording and the machine side by side, as text with its colours, and live figures."""

import threading
from argparse import Namespace
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, set_cell_size
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Static

from neuralsh.app.pane import Pane
from neuralsh.app.plot import Plot
from neuralsh.app.termination import leave_on_sigterm
from neuralsh.errors import DONE, TOLD, ShellError, one_line
from neuralsh.machines import MachineFactory, with_routines
from neuralsh.printable import printable
from neuralsh.reading.cells import read_cells
from neuralsh.replay import Step, replay, shell_readers, shown_summary, summary_of
from trainer.casts import Recording
from trainer.evaluate.score import TurnScore

PACE_SECONDS = 0.6
"""A finished turn stays in view for so long before the next one starts."""

KEPT = 2000
"""Finished turns that can be gone back to."""

ROWS_FOR_PLOTS = 12
"""A terminal of fewer rows has no plots."""

PACES = (0.0, 0.15, PACE_SECONDS, 1.2, 2.4, 5.0)
"""What `-` and `+` choose among, the fastest first."""

DIFFERENT = (120, 30, 30)
"""The background of cells that do not read as the recording does, in the view of differences."""


OTHER = "tab other"
"""The key where one screen is in view."""

KEYS = ("q quit", "space pause", OTHER, "← → turn", "w worst", "d difference", "+ - speed", "home end")
"""What the keys do, the most needed first: as many are told as there is room for."""

PLOTS = {"psnr": ("PSNR ", 60.0), "exact_line": ("lines", 1.0)}
"""Figures that are drawn turn by turn: how they are called, and what a whole bar is, in dB and as a share."""


@dataclass(eq=False)
class Drawn(Message):
    """A step of the replay; a newer frame takes the place of one not yet looked at."""

    step: Step

    def can_replace(self, message: Message) -> bool:
        """See `Message.can_replace`: whether a newer message makes this one idle. A finished turn is never lost."""
        return isinstance(message, Drawn) and self.step.timing is None


@dataclass
class Ended(Message):
    """The replay is over; why, if it failed."""

    error: str | None = None


class Replayer:
    """Runs a replay in a thread of its own, turn by turn, as far as it is let.

    Attributes:
        pace: seconds between turns.
    """

    def __init__(self, steps: Callable[[], Iterator[Step]], post: Callable[[Message], object], pace: float) -> None:
        """Nothing is started yet.

        Args:
            steps: loads the machine and replays; called in the thread.
            post: takes messages from any thread.
            pace: seconds between turns.
        """
        self._steps = steps
        self._post = post
        self.pace = pace
        self._running = threading.Event()
        self._running.set()
        self._single = threading.Semaphore(0)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def paused(self) -> bool:
        """Whether it waits after the present turn."""
        return not self._running.is_set()

    def pause(self) -> None:
        """Wait after the present turn."""
        self._running.clear()

    def go_on(self) -> None:
        """Run on."""
        self._running.set()
        self._single.release()

    def one_turn(self) -> None:
        """Run one turn, then wait again."""
        self._single.release()

    def close(self) -> None:
        """Stop at the next frame and wait for the thread."""
        self._closed.set()
        self.go_on()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            for step in self._steps():
                self._post(Drawn(step))
                if step.timing is not None and step.turn.action.keys:
                    self._wait()
                if self._closed.is_set():
                    return
            self._post(Ended())
        except TOLD as error:
            self._post(Ended(one_line(error)))

    def _wait(self) -> None:
        if self._running.is_set():
            self._closed.wait(self.pace)
        while not self._running.is_set() and not self._closed.is_set():
            if self._single.acquire():
                return
        while self._single.acquire(blocking=False):
            pass


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A turn as it is shown, and gone back to once it is finished."""

    number: int
    command: str
    figures: str
    score: TurnScore | None
    recorded: NDArray[np.void]
    drawn: NDArray[np.void]


class ReplayApp(App[str | None]):
    """The replay. Its result is why it had to end, in one line, or None."""

    TITLE = "neuralsh"
    CSS_PATH = "replay.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [  # noqa: RUF012
        Binding("space", "pause"),
        Binding("right", "forward"),
        Binding("left", "backward"),
        Binding("home,g", "turn(0)"),
        Binding("end,G", "turn(-1)"),
        Binding("w", "worst"),
        Binding("d", "difference"),
        Binding("tab", "other", priority=True),
        Binding("plus,equals_sign", "speed(-1)"),
        Binding("minus", "speed(1)"),
        Binding("q,escape,ctrl+c", "leave"),
    ]

    def __init__(
        self, steps: Callable[[], Iterator[Step]], title: str, pace: float = PACE_SECONDS, way: str = ""
    ) -> None:
        """A pure factory: nothing is loaded before the app runs.

        Args:
            steps: loads the machine and replays.
            title: of the recording.
            pace: seconds a finished turn stays in view.
            way: how the machine draws, where that is said.
        """
        super().__init__()
        self.recorded = Pane(f"recorded: {printable(title)}")
        self.drawn = Pane(f"the machine{way}")
        self.figures = Static("loading the machine", id="figures", markup=False)
        self.finished: deque[Shown] = deque(maxlen=KEPT)
        self.ended: Ended | None = None
        self.plots = {name: Plot(top, id=name) for name, (_, top) in PLOTS.items()}
        self._room = Size(0, 0)
        self._columns = 80
        self._other = False
        self._difference = False
        self._viewed: int | None = None
        self._replayer = Replayer(steps, self.post_message, pace)

    def compose(self) -> ComposeResult:
        """See `App.compose`."""
        with Container(id="panes"):
            yield self.recorded
            yield self.drawn
        yield self.figures
        with Container(id="plots"):
            for name, plot in self.plots.items():
                yield Static(PLOTS[name][0], markup=False)
                yield plot
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Load the machine once the first paint is out."""
        leave_on_sigterm(self)
        self.call_after_refresh(self._replayer.start)

    def on_unmount(self) -> None:
        """Leave no thread behind."""
        self._replayer.close()

    def on_resize(self, event: Resize) -> None:
        """Make room."""
        self._room = event.size
        self.query_one("#plots").display = event.size.height >= ROWS_FOR_PLOTS
        self._lay_out()
        self._show_last()

    def _lay_out(self) -> None:
        """Panes stand side by side where two screens fit, or one above the other; where neither fits, one is shown."""
        beside = self._room.width >= 2 * self._columns
        stacked = not beside and self._room.height > 2 * 12
        single = not beside and not stacked
        self.query_one("#panes").set_class(stacked, "stacked")
        self.recorded.display = not single or self._other
        self.drawn.display = not single or not self._other
        self.query_one("#keys", Static).update(keys_in(self._room.width, single))

    def on_drawn(self, message: Drawn) -> None:
        """Show a step, unless an earlier turn is being looked at."""
        step = message.step
        done = step.timing is not None and bool(step.turn.action.keys)
        recorded, drawn = read_cells(step.recorded), read_cells(step.drawn)
        shown = Shown(step.number, printable(step.turn.command[:40]), of_step(step), step.score, recorded, drawn)
        if done:
            if self._viewed and len(self.finished) == KEPT:
                # The oldest goes, and all others move up.
                self._viewed -= 1
            self.finished.append(shown)
            for name, plot in self.plots.items():
                plot.show([getattr(one.score, name) for one in self.finished if one.score])
        if self._viewed is None:
            self._show(shown)

    def on_ended(self, message: Ended) -> None:
        """The last turn stays in view; a failure ends the app."""
        self.ended = message
        if message.error is not None:
            self.exit(message.error)
        else:
            self._show_last()

    def action_pause(self) -> None:
        """Pause, or run on from the newest turn."""
        self._viewed = None
        if self._replayer.paused:
            self._replayer.go_on()
        else:
            self._replayer.pause()
        self._show_last()

    def action_backward(self) -> None:
        """Pause, and look at the turn before."""
        self._replayer.pause()
        if self.finished:
            newest = len(self.finished) - 1
            self._viewed = max(0, (newest if self._viewed is None else self._viewed) - 1)
            self._show_last()

    def action_forward(self) -> None:
        """Look at the turn after, or draw it if there is none yet."""
        if self._viewed is not None and self._viewed < len(self.finished) - 1:
            self._viewed += 1
            self._show_last()
            return
        self._viewed = None
        self._replayer.pause()
        self._replayer.one_turn()

    def action_turn(self, at: int) -> None:
        """Pause, and look at a finished turn, counted from the oldest that is kept; -1: the newest."""
        self._replayer.pause()
        if self.finished:
            self._viewed = at % len(self.finished)
            self._show_last()

    def action_worst(self) -> None:
        """Pause, and look at the finished turn that is least like the recording."""
        scored = [at for at, one in enumerate(self.finished) if one.score is not None]
        if scored:
            self.action_turn(min(scored, key=lambda at: _likeness(self.finished[at])))

    def action_difference(self) -> None:
        """Show cells that read otherwise than recorded, or no more."""
        self._difference = not self._difference
        self._show_last()

    def action_other(self) -> None:
        """Show the other screen, where one is in view."""
        self._other = not self._other
        self._lay_out()

    def action_speed(self, step: int) -> None:
        """Let finished turns stay longer or less long."""
        nearest = min(range(len(PACES)), key=lambda at: abs(PACES[at] - self._replayer.pace))
        self._replayer.pace = PACES[min(max(nearest + step, 0), len(PACES) - 1)]
        self.notify(f"{self._replayer.pace:g} s a turn", timeout=1.5)

    def action_leave(self) -> None:
        """End."""
        self.exit(None)

    def _show_last(self) -> None:
        """Show the turn that is looked at."""
        if self.finished:
            self._show(self.finished[-1 if self._viewed is None else self._viewed])

    def _show(self, turn: Shown) -> None:
        columns = max(turn.recorded.shape[1], turn.drawn.shape[1])
        if columns != self._columns:
            self._columns = columns
            self._lay_out()
        self.recorded.show(turn.recorded)
        self.drawn.show(differing(turn.recorded, turn.drawn) if self._difference else turn.drawn)
        means = shown_summary(summary_of([one.score for one in self.finished]))
        paused = "paused  " if self._replayer.paused and self.ended is None else ""
        figures = line_of(turn, self._room.width - len(paused))
        self.figures.update(f"{paused}{figures}\n{'so far' if self.ended is None else 'the end'}: {means}")


def keys_in(width: int, single: bool) -> str:
    """What the keys do, in so many columns; `single`: one screen is in view."""
    keys = [key for key in KEYS if single or key != OTHER]
    while len("  ".join(keys)) > width:
        keys.pop()
    return "  ".join(keys)


def line_of(turn: Shown, width: int) -> str:
    """A turn and its figures on one line; if there are not so many columns, the command gives way."""
    head = f"turn {turn.number}"
    room = width - cell_len(f"{head}:   {turn.figures}")
    if room < 2:
        return f"{head}  {turn.figures}"
    command = turn.command if cell_len(turn.command) <= room else f"{set_cell_size(turn.command, room - 1)}…"
    return f"{head}: {command}  {turn.figures}"


def _likeness(turn: Shown) -> tuple[bool, float, float]:
    """What is less is worse: not exact before exact, then by lines and by pixels."""
    assert turn.score is not None
    return turn.score.exact, turn.score.exact_line, turn.score.psnr


def differing(recorded: NDArray[np.void], drawn: NDArray[np.void]) -> NDArray[np.void]:
    """The drawn cells, `CELL` (rows, columns), those that do not read as the recorded ones on another background."""
    shown = drawn.copy()
    if recorded.shape == drawn.shape:
        shown["bg"][recorded["glyph"] != drawn["glyph"]] = DIFFERENT
    return shown


def of_step(step: Step) -> str:
    """The figures of a step on one line."""
    if step.timing is None:
        return "drawing"
    if step.score is None:
        return step.error or ""
    score = step.score
    return (
        f"PSNR {score.psnr:.2f} dB  SSIM {score.ssim:.3f}  char {score.char_acc:.3f}  "
        f"line {score.exact_line:.3f}{'  exact' if score.exact else ''}  {step.timing.total_ms:.0f} ms"
    )


def run_replay_app(recording: Recording, options: Namespace, factory: MachineFactory) -> int:
    """Shows a replay in the terminal until the user quits; returns the exit code.

    Raises:
        ShellError: if the machine could not be used.
    """

    def steps() -> Iterator[Step]:
        machine = with_routines(factory(options.model, options.device), options)
        return replay(machine, recording, shell_readers(options.ocr), open_loop=options.open_loop)

    way = " in open loop" if options.open_loop else ""
    app = ReplayApp(steps, options.replay.name, way=way)
    problem = app.run(mouse=False)
    if problem is not None:
        raise ShellError(problem)
    # A defect ends the app with a traceback and this code, and without a result.
    return app.return_code or DONE
