"""Lets a machine draw what a recorded session did: on its own frames, or each turn in the recorded context."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from model.nccligen.address import Address
from model.protocol import Action, ActionError, Frame, Geometry, NeuralComputer
from trainer.casts import Recording, read_cast
from trainer.evaluate.readers import Readers, TurnText
from trainer.evaluate.recorded import RecordedTurn, recorded_turns
from trainer.evaluate.typed import by_line
from trainer.render import render_cells
from trainer.targets import trace

Way = Literal["closed loop", "recorded context"]
"""What a machine has before it: its own frames of all turns so far, or the recorded ones."""

WAYS: tuple[Way, ...] = ("closed loop", "recorded context")

FRAMES_A_TURN = 64
PATIENCE = 4
"""A turn is stopped after so many frames and four times those recorded: it is wrong by then, and may never yield."""

PixelWrite = tuple[Address, NDArray[np.uint8]]
"""An address and its cells as pixels, uint8 (length, 16, 8, 3)."""


class Absorbing(NeuralComputer, Protocol):
    """A machine that can take in a turn as it was recorded, and pass a frame through its autoencoder."""

    def absorb(self, state: Any, action: Action, writes: Sequence[PixelWrite], frame: Frame) -> None:
        """Take in a turn as it was recorded instead of drawing it, and the frame at its end; `state` advances."""

    def reconstruct(self, frame: Frame) -> Frame:
        """A frame through the cell autoencoder and back."""


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A recorded turn as a target.

    Attributes:
        turn: what was recorded.
        frame: the picture at its end.
        writes: what a machine would draw to get there.
    """

    turn: RecordedTurn
    frame: Frame
    writes: list[PixelWrite]


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """A recorded session as targets; the first turn presses nothing and shows the first prompt."""

    name: str
    geometry: Geometry
    references: list[Reference]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What a machine drew for one turn.

    Attributes:
        frame: the last frame.
        text: what was read off the frames.
        frames: how many there were.
        error: why the machine did not take the action, or was stopped; one line.
    """

    frame: Frame
    text: TurnText
    frames: int
    error: str | None = None


def session_of(name: str, recording: Recording) -> Session:
    """A recording as targets.

    Raises:
        ValueError: if the terminal changes its size.
    """
    recording = by_line(recording)
    if any(event.code == "r" for event in recording.events):
        raise ValueError(f"{name}: the terminal changes its size; evaluation takes one size a session")
    turns, targets = list(recorded_turns(recording)), trace(recording).turns
    # A recording that shows nothing before its first input has an empty turn in its trace.
    targets = targets[len(targets) - len(turns) :]
    references = [
        Reference(turn, turn.frame(), [(write.address, render_cells(write.cells)) for write in target.writes])
        for turn, target in zip(turns, targets, strict=True)
    ]
    return Session(name, recording.geometry, references)


def load_session(path: Path) -> Session:
    """The targets of a cast. Raises ValueError (one line) if it is no recording of one size."""
    return session_of(path.name, read_cast(path))


def roll_out(
    machine: Absorbing, session: Session, readers: Readers, way: Way, patience: int = PATIENCE
) -> Iterator[Drawn]:
    """What the machine draws for each turn of a session, in order.

    A turn is stopped after `FRAMES_A_TURN` frames and `patience` times those of the recording.
    """
    state = machine.boot(None, session.geometry)
    start = 0
    for reference in session.references:
        before = state.fork() if way == "recorded context" else state
        limit = FRAMES_A_TURN + patience * len(reference.writes)
        drawn = draw_turn(machine, before, reference.turn, start, readers, limit)
        yield drawn
        start = drawn.text.start
        if way == "recorded context":
            machine.absorb(state, reference.turn.action, reference.writes, reference.frame)
            start = reference.turn.start


def draw_turn(
    machine: NeuralComputer, state: Any, turn: RecordedTurn, start: int, readers: Readers, limit: int
) -> Drawn:
    """Steps a machine through one action and reads what it draws.

    Args:
        machine: what draws.
        state: advances in place.
        turn: the recorded turn whose action is taken.
        start: the cell at which the prompt starts in its row.
        readers: read the frames.
        limit: frames after which it is stopped.
    """
    count = 0
    error: str | None = None

    def frames() -> Iterator[Frame]:
        nonlocal count, error
        try:
            for frame in machine.step(state, turn.action):
                count += 1
                yield frame
                if count == limit:
                    error = f"stopped after {count} frames"
                    return
        except ActionError as refusal:
            error = str(refusal)

    text = readers.turn(state.frame, start, turn.command, frames())
    return Drawn(state.frame, text, count, error)
