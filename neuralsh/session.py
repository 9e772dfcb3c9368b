"""A session with a machine: actions in, frames out, with their times. The headless core under every face."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Protocol

from model.protocol import Action, Frame, Geometry, NeuralComputer, State

FRAMES_A_TURN = 1024
"""A turn is stopped after so many frames: a machine that never yields must neither hang nor fill the memory."""

FRAMES_ON_SMALL_SCREENS = 32
"""On a small screen a turn is stopped earlier, after a frame for each of its cells, but not before this many."""

UNDO = 16
"""Lines that can be undone: a state is some megabytes."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time of day in UTC, in whole seconds: what a machine reads of a clock."""
    return datetime.now(UTC).replace(microsecond=0)


def frames_a_turn(geometry: Geometry) -> int:
    """After how many frames a turn is stopped."""
    return min(FRAMES_A_TURN, max(FRAMES_ON_SMALL_SCREENS, geometry.rows * geometry.columns))


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a turn took. Only the machine's own time counts, not that of who looks at its frames.

    Attributes:
        frames: frames drawn.
        first_frame_ms: milliseconds to the first frame; to the end when nothing was drawn.
        total_ms: milliseconds to the last one.
        complete: False if the turn was stopped before the machine yielded.
    """

    frames: int
    first_frame_ms: float
    total_ms: float
    complete: bool = True

    @property
    def frames_per_second(self) -> float:
        """Frames a second after the first one, 0 if there are no two."""
        after = self.total_ms - self.first_frame_ms
        return 1000 * (self.frames - 1) / after if self.frames > 1 and after > 0 else 0.0


class Watcher(Protocol):
    """Is told all that happens in a session, such as one that records it."""

    def action(self, action: Action) -> None:
        """The machine has taken an action; its frames follow."""

    def frame(self, frame: Frame) -> None:
        """The machine has drawn a frame."""

    def turn(self, state: State, timing: Timing) -> None:
        """The machine waits for the next action."""

    def restored(self, state: State) -> None:
        """The session goes on from another state."""


class Session:
    """A machine, its state, and the clock it is told.

    Attributes:
        machine: what draws.
        geometry: the size of the terminal; a new one goes with the next action.
        state: the machine's state.
        timing: the times of the last turn.
        watchers: are told all that happens.
        lost: is told why a watcher cannot write, which is told no more from there on; None: its OSError is raised.
    """

    def __init__(self, machine: NeuralComputer, geometry: Geometry, *, clock: Clock = utc_now) -> None:
        """Boot the machine from a blank screen; its first prompt is drawn by `start`."""
        self.machine = machine
        self.geometry = geometry
        self.state = machine.boot(None, geometry)
        self.timing = Timing(0, 0.0, 0.0)
        self.watchers: list[Watcher] = []
        self.lost: Callable[[OSError], object] | None = None
        self._clock = clock

    @property
    def frame(self) -> Frame:
        """The frame on screen."""
        return self.state.frame

    def start(self) -> Generator[Frame]:
        """Let the machine draw what it shows on its own: its first prompt."""
        return self.run(b"")

    def restore(self, state: State) -> None:
        """Go on from another state: one of before, or a saved one. The session owns it from here on."""
        self.state = state
        self._tell(lambda watcher: watcher.restored(state))

    def run(self, keys: bytes, caption: str | None = None) -> Generator[Frame]:
        """Send keys; frames come as they are drawn. Closing the iterator stops the drawing and keeps what was drawn.

        Args:
            keys: the bytes a terminal would send.
            caption: a description or hint.

        Raises:
            ActionError: if the machine cannot take the keys; the session goes on.
        """
        resized = self.geometry if self.geometry != self.frame.geometry else None
        action = Action(keys, caption, self._clock(), resized)
        drawn = self.machine.step(self.state, action)
        times: list[float] = []
        complete = False
        begun = perf_counter()
        first = next(drawn, None)
        times.append(perf_counter() - begun)
        self._tell(lambda watcher: watcher.action(action))
        frame, count = first, 0
        limit = frames_a_turn(self.geometry)
        try:
            while frame is not None:
                count += 1
                self._show(frame)
                yield frame
                if count == limit:
                    # Not one more: the state would be ahead of what is shown.
                    break
                begun = perf_counter()
                frame = next(drawn, None)
                times.append(perf_counter() - begun)
            complete = frame is None
            if resized is not None and not count:
                # Nothing was drawn, and yet the frame is another one.
                count = 1
                self._show(self.frame)
                yield self.frame
        finally:
            _close(drawn)
            self.timing = Timing(count, 1000 * times[0], 1000 * sum(times), complete)
            self._tell(lambda watcher: watcher.turn(self.state, self.timing))

    def _show(self, frame: Frame) -> None:
        self._tell(lambda watcher: watcher.frame(frame))

    def _tell(self, what: Callable[[Watcher], object]) -> None:
        """Tell all watchers something."""
        for watcher in tuple(self.watchers):
            try:
                what(watcher)
            except OSError as error:
                if self.lost is None:
                    raise
                self.watchers.remove(watcher)
                self.lost(error)


def _close(frames: Iterator[Frame]) -> None:
    """Stop a drawing; what is not a generator has nothing to stop."""
    close = getattr(frames, "close", None)
    if close is not None:
        close()
