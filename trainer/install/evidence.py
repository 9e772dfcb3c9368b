"""What a routine does, measured on the machine itself: turns drawn closed loop, read off their pixels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.nccligen.machine import NCCLIGen
from model.nccligen.routine import Routine
from model.nccligen.state import NCCLIGenState
from model.protocol import Action, Frame
from trainer.casts import Recording
from trainer.corpus import Index
from trainer.fit import codes_of
from trainer.install.contexts import taught
from trainer.install.example import Example
from trainer.render import render, render_cells
from trainer.screen import blank_cells
from trainer.targets import Trace, Turn, apply, trace

_FRAMES = 16
"""A turn is stopped after so many frames and twice those that were to come."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A turn as it was wanted and as it was drawn.

    Attributes:
        example: what was wanted.
        wanted, drawn: the last frames: as it was wanted, with the routine beside the machine.
        before: draws the last frame by the base machine alone: it is looked at seldom, and nothing is judged by it.
        exact: whether every cell reads as it was wanted.
    """

    example: Example
    wanted: Frame
    before: Callable[[], Frame]
    drawn: Frame
    exact: bool


@dataclass(frozen=True, slots=True, eq=False)
class Neighbour:
    """A line that is not the routine's, and must be answered as if the routine were not there.

    Attributes:
        command: the line.
        before, drawn: the last frames: by the base machine, with the routine beside it.
    """

    command: str
    before: Frame
    drawn: Frame

    @property
    def same(self) -> bool:
        """Whether no pixel differs."""
        return bool(np.array_equal(self.before.pixels, self.drawn.pixels))


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
            self._absorb(state, turn)
        return state

    def heard(self, commands: Sequence[str]) -> Tensor:
        """What the base machine makes of lines, each behind one session after the other, float32 (N, D)."""
        heard = torch.empty(len(commands), self.machine.config.width)
        for at, state in enumerate(self.states):
            mine = sorted(range(at, len(commands), len(self.states)), key=lambda i: len(commands[i]))
            # Short ones apart from long ones: all of a batch are padded to its longest.
            for some in (mine[: len(mine) // 2], mine[len(mine) // 2 :]):
                actions = [Action(f"{commands[i]}\r".encode(), clock=self._clocks[at]) for i in some]
                if actions:
                    heard[some] = self.machine.hear_each(state, actions).cpu()
        return heard

    def heard_behind(self, examples: Sequence[Example]) -> Tensor:
        """What the base machine makes of the lines of examples where they stand, float32 (N, D)."""
        heard = torch.empty(len(examples), self.machine.config.width)
        for i, example in enumerate(examples):
            at = i % len(self.sessions)
            whole = trace(taught(self.sessions[at], example))
            heard[i] = self.machine.hear(self._behind(at, example, whole), whole.turns[-1].action).cpu()
        return heard

    def show(self, examples: Sequence[Example], routine: Routine) -> list[Shown]:
        """The machine draws each example, behind one session after the other, with a routine."""
        return [self._show(one, i % len(self.sessions), routine) for i, one in enumerate(examples)]

    def show_in_turn(self, examples: Sequence[Example], routines: tuple[Routine, ...]) -> int:
        """How many examples come out exactly where the machine and its routines draw what stands before them too."""
        exact = 0
        for i, example in enumerate(examples):
            at = i % len(self.sessions)
            whole = trace(taught(self.sessions[at], example))
            state = self.states[at].fork()
            for turn in whole.turns[-1 - len(example.before) :]:
                self._step(state, turn.action, _FRAMES + 2 * len(turn.writes), routines)
            *_, grid = apply(whole)
            exact += self._reads_as(state.frame, grid)
        return exact

    def compare(self, commands: Sequence[str], routine: Routine) -> list[Neighbour]:
        """The machine answers lines that are not a routine's, with it and, where the routine answered, without it.

        Where it did not, the base machine alone has drawn: the same once more.
        """
        compared = list[Neighbour]()
        for i, command in enumerate(commands):
            at = i % len(self.sessions)
            action = Action(f"{command}\r".encode(), clock=self._clocks[at])
            state = self.states[at].fork()
            self._step(state, action, _FRAMES, (routine,))
            before = self._draw(self.states[at], action, _FRAMES, ()) if state.routine else state.frame
            compared.append(Neighbour(command, before, state.frame))
        return compared

    def _show(self, example: Example, at: int, routine: Routine) -> Shown:
        whole = trace(taught(self.sessions[at], example))
        turn, state = whole.turns[-1], self._behind(at, example, whole)
        frames = _FRAMES + 2 * len(turn.writes)
        before = partial(self._draw, state, turn.action, frames, ())
        drawn = self._draw(state, turn.action, frames, (routine,))
        *_, grid = apply(whole)
        return Shown(example, render(grid), before, drawn, self._reads_as(drawn, grid))

    def _behind(self, at: int, example: Example, whole: Trace) -> NCCLIGenState:
        """A state in which an example is asked: a session and what stands before the example, absorbed as recorded."""
        state = self.states[at].fork()
        for turn in whole.turns[len(whole.turns) - 1 - len(example.before) : -1]:
            self._absorb(state, turn)
        return state

    def _absorb(self, state: NCCLIGenState, turn: Turn) -> None:
        writes = [(write.address, render_cells(write.cells)) for write in turn.writes]
        self.machine.absorb(state, turn.action, writes)

    def _draw(self, state: NCCLIGenState, action: Action, most: int, routines: tuple[Routine, ...]) -> Frame:
        """The last frame of a turn, or the last of `most`; the state stays as it is."""
        state = state.fork()
        self._step(state, action, most, routines)
        return state.frame

    def _step(self, state: NCCLIGenState, action: Action, most: int, routines: tuple[Routine, ...]) -> None:
        """A turn, or its first frames, drawn by the machine and these routines."""
        aside, self.machine.routines = self.machine.routines, routines
        try:
            frames = self.machine.step(state, action)
            for _ in islice(frames, most):
                pass
            frames.close()
        finally:
            self.machine.routines = aside

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
