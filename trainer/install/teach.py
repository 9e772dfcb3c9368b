"""Teaches a machine a routine: demonstrations in; an adapter, a gate and what they were seen to do out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from random import Random
from typing import Any, NamedTuple

import torch

from model.gate import GateError, fit_gate, save_gate
from model.nccligen.adapter import save_adapter
from model.nccligen.machine import NCCLIGen
from model.nccligen.routine import Routine, load_routine
from trainer.install.align import Template, align
from trainer.install.contexts import contexts
from trainer.install.evidence import Bench, Neighbour, Shown
from trainer.install.example import Example
from trainer.install.fit_routine import RoutineConfig, fit_routine
from trainer.install.neighbours import near, swapped, usual
from trainer.install.variants import variants

PRACTICE = 240
"""Examples made for fitting."""

UNSEEN = 12
"""Examples kept from fitting, to show what the routine does with other arguments."""

NEIGHBOURS = 8
"""Lines of others that the evidence compares, half of them like the routine's own."""

GATE_LINES = 48
"""Of the routine's own lines, and of the grammar's, that the gate is fitted on."""

BEHIND = 16
"""Of the examples that stand behind other turns, those that the gate hears there."""


AGAIN = 6.0
"""Seconds of another round of fitting, after evidence that is not good, while there are so many of its time."""

POOR = 0.75
"""A share of unseen examples: if no more come out exact there is another round."""


class TeachError(ValueError):
    """Demonstrations that cannot be taught; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is to be taught.

    Attributes:
        name: of the routine.
        shown: the demonstrations.
        template: what they have in common; None if nothing was found, and they are learned by heart.
        practice: examples to fit on, the demonstrations first.
        unseen: examples that are not fitted on.
    """

    name: str
    shown: tuple[Example, ...]
    template: Template | None
    practice: tuple[Example, ...]
    unseen: tuple[Example, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """What came of it.

    Attributes:
        adapter, gate: files, safetensors.
        shown, unseen: the demonstrations, and examples with other arguments, as the machine draws them now.
        neighbours: lines that must not change.
        figures: plain JSON: shares and seconds.
    """

    adapter: bytes
    gate: bytes
    shown: list[Shown]
    unseen: list[Shown]
    neighbours: list[Neighbour]
    figures: dict[str, Any] = field(default_factory=dict)


def prepare(name: str, shown: Sequence[Example], seed: int = 0) -> Lesson:
    """A lesson from demonstrations.

    Raises:
        TeachError: if there is none, or two of them want different screens for one line.
    """
    if not shown:
        raise TeachError(f"{name}: no demonstration; give a command and the lines it is to print")
    wanted: dict[tuple[object, ...], tuple[str, ...]] = {}
    for one in shown:
        if wanted.setdefault(one.question, one.output) != one.output:
            raise TeachError(f"{name}: two demonstrations of {one.command!r} print different lines")
    template = align(shown)
    made = [] if template is None else variants(template, PRACTICE + UNSEEN, seed, frozenset(wanted))
    unseen, practice = made[:UNSEEN], made[UNSEEN:]
    if len(practice) < UNSEEN:
        # So few are all there are: they are better practised.
        unseen, practice = [], made
    return Lesson(name, tuple(shown), template, (*shown, *practice), tuple(unseen))


def teach(
    machine: NCCLIGen,
    lesson: Lesson,
    config: RoutineConfig,
    report: Callable[[float, float], None] = lambda share, loss: None,
    stopped: Callable[[], bool] = lambda: False,
    bench: Bench | None = None,
) -> Taught:
    """Fit the gate and the adapter of a lesson and show what they do. The machine itself is not changed.

    Args:
        machine: a base machine; its routines are put aside meanwhile.
        lesson: from `prepare`.
        config: how the adapter is fitted.
        report: is told the share of the time for fitting that is spent, from 0 again in another round, and the loss.
        stopped: asked after each step; True ends the fitting early.
        bench: of this machine and the sessions of `contexts`, where it was made before; None: it is made now.

    Raises:
        TeachError: if the lines of the lesson cannot be told from others.
    """
    began = time.perf_counter()
    aside, machine.routines = machine.routines, ()
    try:
        bench = bench or Bench(machine, contexts())
        gate, lines = _gate(bench, lesson, config.seed)
        gated = time.perf_counter()
        fitted = _fit(bench, lesson, gate, config, report, stopped)
        neighbours = bench.compare(_neighbours(lesson, lines, config.seed), fitted.routine)
    finally:
        machine.routines = aside
    figures = {
        **counts(fitted.shown, fitted.unseen, neighbours),
        "seconds": {
            "gate": round(gated - began, 2),
            "fit": round(fitted.seconds, 2),
            "evidence": round(time.perf_counter() - gated - fitted.seconds, 2),
        },
        "template": None if lesson.template is None else lesson.template.describe(),
        "fit": asdict(config),
    }
    return Taught(fitted.adapter, gate, fitted.shown, fitted.unseen, neighbours, figures)


def counts(shown: Sequence[Shown], unseen: Sequence[Shown], neighbours: Sequence[Neighbour]) -> dict[str, list[int]]:
    """For the ledger: how many came out as they should, and of how many."""
    return {
        "shown": [sum(one.exact for one in shown), len(shown)],
        "unseen": [sum(one.exact for one in unseen), len(unseen)],
        "neighbours": [sum(one.same for one in neighbours), len(neighbours)],
    }


class _Fitted(NamedTuple):
    """An adapter, the routine that it makes, what that draws, and the seconds that fitting took."""

    adapter: bytes
    routine: Routine
    shown: list[Shown]
    unseen: list[Shown]
    seconds: float


def _fit(
    bench: Bench,
    lesson: Lesson,
    gate: bytes,
    config: RoutineConfig,
    report: Callable[[float, float], None],
    stopped: Callable[[], bool],
) -> _Fitted:
    """Fit the adapter of a lesson, and go on while what it draws is not good and there is time."""
    made, spent, adapter = lesson.practice[len(lesson.shown) :], 0.0, None
    practised, how = lesson.shown, config
    while True:
        began = time.perf_counter()
        adapter = fit_routine(bench, practised, made, how, report, stopped, adapter)
        spent += time.perf_counter() - began
        file = save_adapter(adapter)
        routine = load_routine(lesson.name, file, gate, bench.machine.network)
        shown, unseen = bench.show(lesson.shown, routine), bench.show(lesson.unseen, routine)
        missed = tuple(one.example for one in shown if not one.exact)
        if stopped() or config.seconds - spent < AGAIN or not (missed or _poor(unseen)):
            return _Fitted(file, routine, shown, unseen, spent)
        # What was missed is in every step of the next round.
        practised, how = missed or lesson.shown, replace(config, seconds=AGAIN, rate=config.rate / 2, enough=0.0)


def _poor(unseen: Sequence[Shown]) -> bool:
    return bool(unseen) and sum(one.exact for one in unseen) <= POOR * len(unseen)


def _neighbours(lesson: Lesson, fitted: set[str], seed: int) -> list[str]:
    """Lines that the routine must leave alone and its gate was not fitted on: some like its own, some usual."""
    known = fitted | {one.command for one in (*lesson.shown, *lesson.practice, *lesson.unseen)}
    lasts = [one.command for one in (*lesson.shown, *lesson.practice, *lesson.unseen)][-2:]
    like = [line for line in near(lasts) if line not in known]
    chosen = Random(seed).sample(like, min(len(like), NEIGHBOURS // 2))
    return [*chosen, *usual(NEIGHBOURS - len(chosen), seed + 1, known)]


def _gate(bench: Bench, lesson: Lesson, seed: int) -> tuple[bytes, set[str]]:
    """The gate of a lesson, as a file, and the lines that it was fitted on."""
    own = list(dict.fromkeys(one.command for one in lesson.practice))[:GATE_LINES]
    own += [one.command for one in lesson.shown if one.command not in own]
    usually = usual(3 * GATE_LINES, seed, own)
    others = [line for line in (*near(own[:4]), *swapped(own, usually, seed), *usually) if line not in set(own)]
    behind = [one for one in lesson.practice if one.before][:BEHIND]
    heard_ND = torch.cat((bench.heard([*own, *others]), bench.heard_behind(behind)))
    lines = [*own, *others, *(one.command for one in behind)]
    answers = [True] * len(own) + [False] * len(others) + [True] * len(behind)
    try:
        gate = fit_gate([f"{line}\r".encode() for line in lines], heard_ND, answers)
    except GateError as error:
        raise TeachError(f"{lesson.name}: {error}") from error
    return save_gate(gate), {*own, *others}
