"""What the thread of the machine tells the app."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from textual.message import Message

from model.protocol import Frame
from neuralsh.inside import Look
from neuralsh.prompts import Prompt
from neuralsh.session import Timing


@dataclass
class MachineReady(Message):
    """The machine is loaded and about to draw its first prompt.

    Attributes:
        name: of the machine.
        device: where it runs.
        routines: names of those that may answer.
    """

    name: str
    device: str
    routines: tuple[str, ...] = ()


@dataclass
class MachineFailed(Message):
    """The machine cannot be used: nothing more will come."""

    error: str


@dataclass(eq=False)
class FrameDrawn(Message):
    """A frame and what was read off it. A newer one takes the place of one not yet looked at."""

    frame: Frame
    cells: NDArray[np.void]

    def can_replace(self, message: Message) -> bool:
        """See `Message.can_replace`."""
        return isinstance(message, FrameDrawn)


@dataclass(eq=False)
class Looked(Message):
    """What is seen inside the machine; None: it tells nothing. A newer one takes the place of one not yet looked at."""

    look: Look | None

    def can_replace(self, message: Message) -> bool:
        """See `Message.can_replace`."""
        return isinstance(message, Looked)


@dataclass(eq=False)
class RowsLeft(Message):
    """Rows that left the screen, `CELL` (n, columns). None is ever dropped."""

    rows: NDArray[np.void]


@dataclass
class StateMoved(Message):
    """A state was saved, or the session goes on from another one.

    Attributes:
        prompt: where the next line is typed.
        notice: what was done, or why it could not be, in one line.
    """

    prompt: Prompt
    notice: str


@dataclass
class TurnDone(Message):
    """The machine waits for the next action.

    Attributes:
        prompt: where.
        timing: how long the turn took.
        interrupted: whether the user stopped it.
        error: why the machine did not take the action, in one line.
        output: the rows drawn between the command line and the prompt.
        routine: the routine that answered; empty: the base machine did.
        program: whether a full-screen program is on.
        notice: what else happened, in one line.
    """

    prompt: Prompt
    timing: Timing
    interrupted: bool = False
    error: str | None = None
    output: tuple[str, ...] = ()
    routine: str = ""
    program: bool = False
    notice: str = ""


@dataclass
class RoutinesChanged(Message):
    """Other routines may answer from now on.

    Attributes:
        routines: their names.
        notice: what was done, or why it could not be, in one line.
    """

    routines: tuple[str, ...]
    notice: str
