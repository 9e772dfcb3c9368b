"""What a routine does, measured on the machine itself: turns drawn closed loop, read off their pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.nccligen.machine import NCCLIGen
from model.nccligen.state import NCCLIGenState
from model.protocol import Action, Frame
from trainer.casts import Recording
from trainer.corpus import Index
from trainer.fit import codes_of
from trainer.install.contexts import taught
from trainer.install.example import Example
from trainer.render import render, render_cells
from trainer.screen import blank_cells
from trainer.targets import Trace, apply, trace

_FRAMES = 16
"""A turn is stopped after so many frames and twice those that were to come."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A turn as it was wanted and as it was drawn.

    Attributes:
        example: what was wanted.
        wanted, drawn: the last frames.
        exact: whether every cell reads as it was wanted.
    """

    example: Example
    wanted: Frame
    drawn: Frame
    exact: bool


class Bench:
    """A machine that has absorbed some sessions, and can be shown examples behind each."""

    def __init__(self, machine: NCCLIGen, sessions: Sequence[Recording]) -> None:
        self.machine = machine
        self.sessions = sessions
        traces = [trace(session) for session in sessions]
        self.states: list[NCCLIGenState] = [self._absorbed(session) for session in traces]
        self._clocks = [session.turns[-1].action.clock for session in traces]
        self.index = Index()
        self.index.of(_ascii())

    def _absorbed(self, session: Trace) -> NCCLIGenState:
        state = self.machine.boot(None, session.geometry)
        for turn in session.turns:
            writes = [(write.address, render_cells(write.cells)) for write in turn.writes]
            self.machine.absorb(state, turn.action, writes)
        return state

    def heard(self, command: str, at: int) -> Tensor:
        """What the base machine makes of a line behind a session, float32 (D,)."""
        at %= len(self.states)
        action = Action(f"{command}\r".encode(), clock=self._clocks[at])
        return self.machine.hear(self.states[at].fork(), action)

    def show(self, examples: Sequence[Example]) -> list[Shown]:
        """The machine draws each example, behind one session after the other."""
        return [self._show(one, i % len(self.sessions)) for i, one in enumerate(examples)]

    def _show(self, example: Example, at: int) -> Shown:
        whole = trace(taught(self.sessions[at], example.command, example.output))
        turn = whole.turns[-1]
        state = self.states[at].fork()
        frames = self.machine.step(state, turn.action)
        for _ in islice(frames, _FRAMES + 2 * len(turn.writes)):
            pass
        frames.close()
        *_, grid = apply(whole)
        return Shown(example, render(grid), state.frame, self._reads_as(state.frame, grid))

    @torch.inference_mode()
    def _reads_as(self, frame: Frame, grid: NDArray[np.void]) -> bool:
        """Whether the nearest of all known cells to each that was drawn is the one that was wanted."""
        wanted = torch.tensor(self.index.of(grid.ravel()))
        codes_CZ = codes_of(self.machine.autoencoder, self.index.table())
        pixels = torch.from_numpy(np.ascontiguousarray(frame.cells())).flatten(0, 1)
        latents_NZ = self.machine.autoencoder.encode(pixels)
        near_NC = 2 * latents_NZ @ codes_CZ.T - codes_CZ.square().sum(1)
        return bool((near_NC.argmax(1) == wanted).all())


def _ascii() -> NDArray[np.void]:
    """Every sign of ASCII in the default colours: what is not wanted must not read as what is."""
    cells: NDArray[np.void] = blank_cells(1, 95)[0]
    cells["glyph"] = np.arange(32, 127)
    return cells
