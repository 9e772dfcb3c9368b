"""The thread of the machine: loads it, runs one action after the other, and tells the app what was drawn."""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from traceback import extract_tb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from textual.message import Message

from model.protocol import ActionError, Frame, Geometry, NeuralComputer
from neuralsh.app.messages import (
    FrameDrawn,
    Looked,
    MachineFailed,
    MachineReady,
    RoutinesChanged,
    RowsLeft,
    StateMoved,
    TurnDone,
)
from neuralsh.errors import TOLD, one_line
from neuralsh.forks import Forks
from neuralsh.full_screen import FullScreen
from neuralsh.inside import Inside
from neuralsh.moves import move
from neuralsh.prompts import find_prompt
from neuralsh.screen import BLANK, ScreenReader
from neuralsh.session import Session
from neuralsh.transcript import TurnReader
from neuralsh.undo import Past
from trainer.heap import give_back_free_memory

SessionFactory = Callable[[Geometry], Session]
"""Loads a machine and opens a session of a size."""

LineReader = Callable[[Frame], list[str]]
"""Reads the text of each row of a frame, cell by cell from its left."""


def with_text(cells: NDArray[np.void], lines: list[str]) -> NDArray[np.void]:
    """Cells, `CELL` (rows, columns), with their colours but the characters of another reader; a copy."""
    told = cells.copy()
    told["glyph"], told["style"] = BLANK, 0
    for row, line in zip(told["glyph"], lines, strict=False):
        row[: len(line)] = [ord(character) for character in line[: len(row)]]
    return told


SWITCH = 0.0005
"""Seconds for which the machine's thread keeps the interpreter while the app waits for it."""

NICE = 2
"""The machine's threads give way to the app's: it needs a core for a millisecond, and should not wait for it."""

TIDY = 20.0
"""Seconds, at least, after which memory that large screens and long turns left free is given back."""


class Keys(NamedTuple):
    """An action to run; see `Runner.send`."""

    keys: bytes
    geometry: Geometry
    goes_on: bool


class Move(NamedTuple):
    """A state to keep or to go on from; see `Runner.move`."""

    command: str
    argument: str


class Peek(NamedTuple):
    """Tell what is seen inside; see `Runner.look`."""


class Reload(NamedTuple):
    """Ask the ledger again which routines may answer; see `Runner.reload`."""

    notice: str


def routines_of(session: Session) -> tuple[str, ...]:
    """Names of the routines that may answer in a session; none where the machine takes none."""
    return tuple(one.name for one in getattr(session.machine, "routines", ()))


class Runner:
    """Owns the session; the app never touches it. All methods may be called from the app's thread."""

    def __init__(
        self,
        factory: SessionFactory,
        post: Callable[[Message], object],
        reread: LineReader | None = None,
        routines: Callable[[NeuralComputer], object] = lambda machine: None,
    ) -> None:
        """Nothing is started yet.

        Args:
            factory: called in the thread.
            post: takes messages from any thread.
            reread: a slow reader, which reads the last frame of each turn again; None: the cell reader's word stands.
            routines: puts beside a machine what the ledger says is installed.
        """
        self._routines = routines
        self._factory = factory
        self._post = post
        self._reread = reread
        self._sent: SimpleQueue[Keys | Move | Reload | Peek | None] = SimpleQueue()
        self._forks = Forks()
        self._past = Past()
        self._program = FullScreen()
        self._stop_turn = threading.Event()
        self._closed = threading.Event()
        self._looking = threading.Event()
        self._inside: Inside | None = None
        self._lost = list[str]()
        self._thread = threading.Thread(target=self._run, name="machine", daemon=True)

    def start(self, geometry: Geometry) -> None:
        """Load the machine and draw the first prompt."""
        self.send(b"", geometry, goes_on=True)
        self._thread.start()

    def send(self, keys: bytes, geometry: Geometry, *, goes_on: bool = False) -> None:
        """Run an action, in a terminal of this size, after those sent before.

        Args:
            keys: the bytes a terminal would send.
            geometry: the size.
            goes_on: undone together with the action before it.
        """
        # Here and not in the thread, which may begin with it after it was interrupted.
        self._stop_turn.clear()
        self._sent.put(Keys(keys, geometry, goes_on))

    def move(self, command: str, argument: str) -> None:
        """After what was sent before: ``undo`` the last line, ``save`` the state to a file or ``load`` one.

        Or ``fork`` it: keep it under a name, ``switch`` to the one of a name, or ``compare`` it with that.
        """
        self._sent.put(Move(command, argument))

    def reload(self, notice: str) -> None:
        """Ask the ledger again which routines may answer, after what was sent before; `notice` is told with it."""
        self._sent.put(Reload(notice))

    def look(self, looking: bool) -> None:
        """Tell what is seen inside the machine, now and as it draws; or do not any more."""
        if looking:
            self._looking.set()
            self._sent.put(Peek())
        else:
            self._looking.clear()

    def interrupt(self) -> None:
        """Stop what was sent last at its next frame, whether or not its drawing has begun."""
        self._stop_turn.set()

    def close(self) -> None:
        """Stop the thread and wait for it: what it draws ends at the next frame, what was only sent is not drawn."""
        self._closed.set()
        self._sent.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        # Whoever waits for the interpreter gets it after this long, and keys wait for it again and again.
        sys.setswitchinterval(SWITCH)
        if sys.platform == "linux":
            # There a thread has a priority of its own; those that the machine starts to compute have this one too.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        try:
            sent = self._sent.get()
            if not isinstance(sent, Keys):
                return
            session = self._factory(sent.geometry)
            session.lost = lambda error: self._lost.append(f"no longer recorded: {one_line(error)}")
            self._post(MachineReady(session.machine.name, session.machine.device, routines_of(session)))
            screen = ScreenReader(session.frame)
            inside = Inside(session.geometry)
            self._inside = inside if inside.watch(session) else None
            tidied = monotonic()
            while sent is not None:
                if isinstance(sent, Keys):
                    if not self._closed.is_set():
                        self._turn(session, screen, sent)
                elif isinstance(sent, Reload):
                    self._reload(session, sent)
                elif isinstance(sent, Peek):
                    self._peek(session)
                else:
                    self._move(session, screen, sent)
                if self._sent.empty() and monotonic() - tidied > TIDY:
                    give_back_free_memory()
                    tidied = monotonic()
                sent = self._sent.get()
        except TOLD as error:
            self._post(MachineFailed(one_line(error)))
        except Exception as error:
            # A defect. The app would wait for this thread for ever.
            *_, at = extract_tb(error.__traceback__)
            told = f"{type(error).__name__} in {Path(at.filename).name}, line {at.lineno}: {one_line(error)}"
            self._post(MachineFailed(f"a defect, please report it: {told}"))

    def _reload(self, session: Session, sent: Reload) -> None:
        """What the ledger says; if it does not hold, what was beside the machine stays."""
        notice = sent.notice
        try:
            self._routines(session.machine)
        except (ValueError, OSError) as problem:
            notice = one_line(problem)
        self._post(RoutinesChanged(routines_of(session), notice))

    def _peek(self, session: Session, *, closely: bool = True) -> None:
        """Tell what is seen inside, if somebody looks."""
        if not self._looking.is_set():
            return
        inside = self._inside
        if inside is None:
            self._post(Looked(None))
        else:
            self._post(Looked(inside.look_closely(session.machine, session.state) if closely else inside.look()))

    def _move(self, session: Session, screen: ScreenReader, sent: Move) -> None:
        """Keep the state, or go on from another; a file that cannot be used changes nothing."""
        try:
            notice = move(session, self._past, self._forks, sent.command, sent.argument)
        except (ValueError, OSError) as problem:
            notice = one_line(problem)
        cells = screen.read(session.frame)
        self._program.leave()
        self._post(FrameDrawn(session.frame, cells))
        self._peek(session)
        self._post(StateMoved(find_prompt(session.frame, cells, None), "; ".join([notice, *self._losses()])))

    def _turn(self, session: Session, screen: ScreenReader, sent: Keys) -> None:
        """One action, from its keys to the prompt after it."""
        session.geometry = sent.geometry
        if self._inside is not None:
            self._inside.resize(sent.geometry)
            # Where cells come from is worked out for those who look: it takes longer.
            session.machine.traces = self._looking.is_set()  # type: ignore[attr-defined]
        if not sent.goes_on:
            self._past.keep(session.state.fork())
        reader = TurnReader(
            session.frame,
            sent.keys.decode("utf-8", "replace").removesuffix("\r"),
            screen=screen,
            left=lambda rows: self._post(RowsLeft(rows)),
        )
        frames = session.run(sent.keys)
        stopped, error = False, None
        try:
            for frame in frames:
                reader.feed(frame)
                self._post(FrameDrawn(frame, screen.cells))
                self._peek(session, closely=False)
                if self._stop_turn.is_set() or self._closed.is_set():
                    stopped = True
                    break
        except ActionError as problem:
            error = one_line(problem)
            if not sent.goes_on:
                self._past.take()
        finally:
            frames.close()
        cells = screen.read(session.frame)
        output = tuple(reader.result().output)
        if self._reread is not None:
            self._post(FrameDrawn(session.frame, with_text(cells, self._reread(session.frame))))
        self._peek(session)
        routine = getattr(session.state, "routine", "")
        complete = session.timing.complete and not stopped and error is None
        self._program.turn(cells, reader.prompt, complete=complete, cleared=reader.cleared)
        program = self._program.on
        # A prompt follows a stopped turn, and takes away what is said of it.
        notice = "" if stopped else "; ".join(self._losses())
        self._post(TurnDone(reader.prompt, session.timing, stopped, error, output, routine, program, notice))

    def _losses(self) -> list[str]:
        """What could not be recorded, told once."""
        lost, self._lost = self._lost, []
        return lost
