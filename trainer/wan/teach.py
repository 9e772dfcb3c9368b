"""Teaches the Wan machine a routine: a LoRA on clips of its demonstrations and their variants, a gate, what they do."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import torch

from model.gate import GateError, fit_gate, save_gate
from model.protocol import Action, Frame
from model.wan.letterbox import from_video
from model.wan.machine import WanNCCLIGen
from model.wan.routine import WanRoutine, load_routine
from model.wan.state import WanState
from trainer import metrics
from trainer.casts import Recording
from trainer.evaluate.typed import by_line
from trainer.install.contexts import contexts, taught
from trainer.install.evidence import Neighbour, Shown
from trainer.install.example import Example
from trainer.install.neighbours import near, usual
from trainer.install.teach import GATE_LINES, Lesson, Taught, TeachError, counts
from trainer.wan.clips import Clip, clips
from trainer.wan.encode import kept
from trainer.wan.fit import LORA, WanFit, fit

LOOKS = 16
"""Levels of 255 by which a pixel may be off and still look the same."""

SCREENS = 4
"""Recorded sessions behind which examples are shown."""

ENDLESS = 10**9
"""Steps: the seconds end a fit."""


Screen = tuple[Recording, WanState]
"""A recorded session, and the state at the prompt that it waits at."""


@dataclass(frozen=True, slots=True)
class WanRoutineConfig:
    """How a routine is fitted.

    Attributes:
        rank: of the LoRA.
        rate: of AdamW.
        batch: clips a step.
        practice: examples, at most.
        unseen: examples with other arguments that are drawn, at most: each is a clip.
        neighbours: of lines like the routine's, and of usual ones, those that are compared.
        seconds: of fitting.
        seed: of factors, order and noise.
    """

    rank: int = 8
    rate: float = 1e-3
    batch: int = 1
    practice: int = 32
    unseen: int = 4
    neighbours: int = 2
    seconds: float = 600.0
    seed: int = 0


def teach(
    machine: WanNCCLIGen,
    lesson: Lesson,
    config: WanRoutineConfig,
    report: Callable[[float, float], None] = lambda share, loss: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Taught:
    """Fit the gate and the LoRA of a lesson and show what they do. The machine itself is not changed.

    Args:
        machine: its routines are put aside meanwhile.
        lesson: from `trainer.install.teach.prepare`.
        config: how it is fitted.
        report: is told the share of the time for fitting that is spent, and the loss.
        stopped: asked after each step; True ends the fitting early.

    Raises:
        TeachError: if the lines cannot be told from others, or the machine draws with a LoRA of its own.
    """
    if machine.settings.lora:
        raise TeachError(f"{lesson.name}: the machine draws with a LoRA already: load it without lora=")
    began = time.perf_counter()
    screens = [(screen, _before(machine, screen)) for screen in contexts()[:SCREENS]]
    aside, machine.routines = machine.routines, ()
    try:
        gate = _gate(machine, lesson, screens, config.seed)
        adapter = _fitted(machine, lesson, screens, config, report, stopped)
        routine = load_routine(lesson.name, adapter, gate, machine.hears)
        shown = [_shown(machine, screens[i % SCREENS], one, routine) for i, one in enumerate(lesson.shown)]
        unseen = [
            _shown(machine, screens[i % SCREENS], one, routine) for i, one in enumerate(lesson.unseen[: config.unseen])
        ]
        own = {one.command for one in (*lesson.shown, *lesson.practice, *lesson.unseen)}
        some, like = config.neighbours, near([lesson.shown[0].command])
        others = [*like[:some], *usual(some, config.seed + 1, own)]
        neighbours = [_compared(machine, screens[0][1], line, routine) for line in others if line not in own]
    finally:
        machine.routines = aside
    figures = {
        **counts(shown, unseen, neighbours),
        "psnr": round(metrics.mean(metrics.psnr(one.wanted, one.drawn) for one in shown), 2),
        "seconds": round(time.perf_counter() - began, 2),
        "template": None if lesson.template is None else lesson.template.describe(),
        "fit": asdict(config),
    }
    return Taught(adapter, gate, shown, unseen, neighbours, figures)


def _clip(machine: WanNCCLIGen, screen: Recording, example: Example) -> Clip:
    """What an example shows behind a session."""
    *_, last = clips(by_line(taught(screen, example)), machine.settings)
    return last


def _before(machine: WanNCCLIGen, screen: Recording) -> WanState:
    """The state at the prompt that a session waits at."""
    *_, last = clips(by_line(screen), machine.settings)
    return machine.boot(from_video(last.pictures[-1], screen.geometry), screen.geometry)


def _heard(machine: WanNCCLIGen, state: WanState, lines: Sequence[str]) -> torch.Tensor:
    """What the gate is told of lines in a state, (N, D)."""
    return torch.stack([machine.hear(state, Action(f"{line}\r".encode())) for line in lines])


def _gate(machine: WanNCCLIGen, lesson: Lesson, screens: Sequence[Screen], seed: int) -> bytes:
    own = list(dict.fromkeys(one.command for one in lesson.practice))[:GATE_LINES]
    others = [line for line in (*near(own[:4]), *usual(GATE_LINES, seed, own)) if line not in set(own)]
    lines = [*own, *others]
    # Both kinds behind every session: the session alone tells nothing.
    heard = [_heard(machine, state, lines[at :: len(screens)]) for at, (_, state) in enumerate(screens)]
    said = [line for at in range(len(screens)) for line in lines[at :: len(screens)]]
    try:
        answers = [line in set(own) for line in said]
        return save_gate(fit_gate([f"{line}\r".encode() for line in said], torch.cat(heard), answers))
    except GateError as error:
        raise TeachError(f"{lesson.name}: {error}") from error


def _fitted(
    machine: WanNCCLIGen,
    lesson: Lesson,
    screens: Sequence[Screen],
    config: WanRoutineConfig,
    report: Callable[[float, float], None],
    stopped: Callable[[], bool],
) -> bytes:
    """The file of a LoRA fitted to the examples of a lesson."""
    examples = lesson.practice[: config.practice]
    shown = (_clip(machine, screens[i % len(screens)][0], one) for i, one in enumerate(examples))
    sizes = WanFit(ENDLESS, config.batch, config.rank, config.rate, save_every=ENDLESS)
    settings = replace(sizes, dropout=0.0, seed=config.seed)
    with tempfile.TemporaryDirectory() as folder, _given_back(machine):
        files = list(kept(machine.pipeline, machine.base_hash, shown, machine.settings, Path(folder) / "clips"))
        began, share = time.perf_counter(), 0.0

        def told(step: int, loss: float) -> None:
            nonlocal share
            share = min((time.perf_counter() - began) / config.seconds, 1.0)
            report(share, loss)

        fit(machine.pipeline, files, settings, Path(folder), told, lambda: share >= 1 or stopped())
        return (Path(folder) / LORA).read_bytes()


@contextmanager
def _given_back(machine: WanNCCLIGen) -> Iterator[None]:
    """Afterwards the transformer is as it was: no LoRA of a training, nothing that asks for gradients."""
    transformer = machine.pipeline.transformer
    try:
        yield
    finally:
        if getattr(transformer, "peft_config", None):
            transformer.delete_adapters(list(transformer.peft_config))
        transformer.disable_gradient_checkpointing()
        transformer.requires_grad_(False).eval()


def _shown(machine: WanNCCLIGen, at: Screen, example: Example, routine: WanRoutine) -> Shown:
    screen, state = at
    wanted = _clip(machine, screen, example)
    frame = from_video(wanted.pictures[-1], screen.geometry)
    drawn = _drawn(machine, state, wanted.action, (routine,))
    same = not metrics.changed(frame, drawn, LOOKS).any()
    return Shown(example, frame, partial(_drawn, machine, state, wanted.action, ()), drawn, same)


def _compared(machine: WanNCCLIGen, state: WanState, line: str, routine: WanRoutine) -> Neighbour:
    action = Action(f"{line}\r".encode())
    return Neighbour(line, *(_drawn(machine, state, action, beside) for beside in ((), (routine,))))


def _drawn(machine: WanNCCLIGen, state: WanState, action: Action, routines: tuple[WanRoutine, ...]) -> Frame:
    """The last frame of a clip; the state stays as it is."""
    state = state.fork()
    aside, machine.routines = machine.routines, routines
    try:
        for _ in machine.step(state, action):
            pass
    finally:
        machine.routines = aside
    return state.frame
