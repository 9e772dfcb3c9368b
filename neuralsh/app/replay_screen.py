"""The replay on a screen: the recording and the machine side by side, as text with its colours, and live figures."""

import threading
from argparse import Namespace
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.events import Resize
from textual.message import Message
from textual.widgets import Sparkline, Static

from neuralsh.app.pane import Pane
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


KEYS = "space pause   ← → home end turn by turn   w worst   d difference   + - speed   q quit"

PLOTS = {"psnr": "PSNR ", "exact_line": "lines"}
"""Figures that are drawn turn by turn."""


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
class Finished:
    """A finished turn as it is gone back to."""

    number: int
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
        self.finished: deque[Finished] = deque(maxlen=KEPT)
        self.ended: Ended | None = None
        self.plots = {name: Sparkline(id=name, summary_function=min) for name in PLOTS}
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
                yield Static(PLOTS[name], markup=False)
                yield plot
        yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Load the machine once the first paint is out."""
        self.call_after_refresh(self._replayer.start)

    def on_unmount(self) -> None:
        """Leave no thread behind."""
        self._replayer.close()

    def on_resize(self, event: Resize) -> None:
        """Panes stand side by side where two screens fit, one above the other where not."""
        self.query_one("#plots").display = event.size.height >= ROWS_FOR_PLOTS
        self.query_one("#panes").set_class(event.size.width < 2 * 80 and event.size.height > 2 * 12, "stacked")

    def on_drawn(self, message: Drawn) -> None:
        """Show a step, unless an earlier turn is being looked at."""
        step = message.step
        done = step.timing is not None and bool(step.turn.action.keys)
        recorded, drawn = read_cells(step.recorded), read_cells(step.drawn)
        if done:
            if self._viewed and len(self.finished) == KEPT:
                # The oldest goes, and all others move up.
                self._viewed -= 1
            self.finished.append(Finished(step.number, of_step(step), step.score, recorded, drawn))
            for name, plot in self.plots.items():
                plot.data = [getattr(one.score, name) for one in self.finished if one.score]
        if self._viewed is None:
            self._show(of_step(step), recorded, drawn)

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
            shown = self.finished[-1 if self._viewed is None else self._viewed]
            self._show(shown.figures, shown.recorded, shown.drawn)

    def _show(self, figures: str, recorded: NDArray[np.void], drawn: NDArray[np.void]) -> None:
        self.recorded.show(recorded)
        self.drawn.show(differing(recorded, drawn) if self._difference else drawn)
        means = shown_summary(summary_of([one.score for one in self.finished]))
        paused = "paused  " if self._replayer.paused and self.ended is None else ""
        self.figures.update(f"{paused}{figures}\n{'so far' if self.ended is None else 'the end'}: {means}")


def _likeness(turn: Finished) -> tuple[bool, float, float]:
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
    head = f"turn {step.number}: {printable(step.turn.command[:40])}"
    if step.timing is None:
        return f"{head}  drawing"
    if step.score is None:
        return f"{head}  {step.error or ''}"
    score = step.score
    return (
        f"{head}  PSNR {score.psnr:.2f} dB  SSIM {score.ssim:.3f}  char {score.char_acc:.3f}  "
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
