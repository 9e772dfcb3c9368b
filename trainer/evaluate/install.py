"""Suite `install`: routines are taught from five demonstrations each, asked with other arguments, and taken back.

Exact on what was shown and on unseen arguments, by kind; seconds to teach; locality: with many routines installed, the
frames and states of other commands are compared bit for bit with those of the base machine.
"""

import resource
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table

from model.nccligen.machine import NCCLIGen
from model.nccligen.routine import Routine, load_routine
from model.protocol import Action
from trainer.evaluate.routines import FOLLOWING, KINDS, Case, cases, following
from trainer.evaluate.suite import Job, Outcome
from trainer.grammar import sessions
from trainer.install.contexts import contexts
from trainer.install.evidence import Bench
from trainer.install.fit_routine import RoutineConfig
from trainer.install.teach import TeachError, prepare, teach

INSTALLED = 20
"""Routines that are installed together for locality."""

OTHERS = 500
"""Other commands whose frames are compared."""

FRAMES_A_TURN = 64
"""A turn is stopped after so many frames."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one routine.

    Attributes:
        name, kind: of the routine.
        shown, unseen: turns drawn exactly, of `of_shown` and `of_unseen`.
        seconds: to teach it, evidence included; the bench was made before, as the shell makes it while a person types.
        error: why it could not be taught; one line.
    """

    name: str
    kind: str
    shown: int
    of_shown: int
    unseen: int
    of_unseen: int
    seconds: float
    error: str | None = None


def run(job: Job) -> Outcome:
    """Teaches the routines to the machine of a job. Raises ValueError (one line) if it takes none."""
    machine = job.open_machine()
    if not isinstance(machine, NCCLIGen):
        raise ValueError(f"{machine.name} takes no routines")
    chosen = _spread(cases(), job.sessions)
    bench = Bench(machine, contexts())
    names = {case.name for case in chosen}
    chosen += [case for case in following() if case.first in names]
    results, routines = list[Result](), list[Routine]()
    for number, case in enumerate(chosen, 1):
        first = tuple(one for one in routines if one.name == case.first)
        result, routine = taught(machine, bench, case, first)
        results.append(result)
        routines += [routine] if routine is not None else []
        job.tell(f"install: {number} of {len(chosen)}: {case.name} {result.shown}/{result.unseen}")
    count = OTHERS if job.sessions is None else 5 * len(chosen)
    changed = changed_turns(machine, bench, routines[:INSTALLED], count)
    document: dict[str, Any] = {
        "suite": "install",
        "machine": machine.name,
        "device": machine.device,
        "weights": machine.base_hash,
        "routines": [asdict(result) for result in results],
        "locality": {"installed": min(len(routines), INSTALLED), "commands": count, "changed": changed},
        "reverted": machine.weights_hash == machine.base_hash,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
    }
    return Outcome(document, [_table(results, document)])


def taught(
    machine: NCCLIGen, bench: Bench, case: Case, first: tuple[Routine, ...] = ()
) -> tuple[Result, Routine | None]:
    """Teach one routine and ask for what was shown and what was not; the machine is the base machine again after it.

    Args:
        machine, bench: what is taught, and where it is asked.
        case: the routine.
        first: routines that draw what stands before its turns.
    """
    began = time.perf_counter()
    try:
        done = teach(machine, prepare(case.name, case.shown), RoutineConfig(), bench=bench)
    except TeachError as error:
        spent = time.perf_counter() - began
        return Result(case.name, case.kind, 0, len(case.shown), 0, len(case.unseen), spent, str(error)), None
    spent = time.perf_counter() - began
    routine = load_routine(case.name, done.adapter, done.gate, machine.network)
    shown, unseen = (bench.show_in_turn(part, (*first, routine)) for part in (case.shown, case.unseen))
    return Result(case.name, case.kind, shown, len(case.shown), unseen, len(case.unseen), spent), routine


def changed_turns(machine: NCCLIGen, bench: Bench, routines: Sequence[Routine], count: int) -> int:
    """How many of `count` held-out lines are drawn otherwise, in any bit of frame or state, with routines installed."""
    changed = 0
    lines = (line.text for script in sessions(7, split="held-out") for line in script.lines)
    for at, line in enumerate(islice(lines, count)):
        drawn = []
        for machine.routines in ((), tuple(routines)):
            state = bench.states[at % len(bench.states)].fork()
            frames = machine.step(state, Action(f"{line}\r".encode()))
            pixels = [frame.pixels for frame in islice(frames, FRAMES_A_TURN)]
            frames.close()
            drawn.append((pixels, state.digest()))
        (before, base), (after, installed) = drawn
        same = len(before) == len(after) and all(map(np.array_equal, before, after))
        changed += not (same and base == installed)
    machine.routines = ()
    return changed


def _spread(everything: list[Case], count: int | None) -> list[Case]:
    """At most `count` cases, of as many kinds as there can be."""
    by_kind = [[case for case in everything if case.kind == kind] for kind in KINDS]
    in_turn = [case for row in zip(*by_kind, strict=True) for case in row]
    return in_turn[:count]


def _table(results: list[Result], document: dict[str, Any]) -> RenderableType:
    seconds = sorted(result.seconds for result in results)
    local = document["locality"]
    table = Table(
        title=f"install, {document['machine']} on {document['device']}: {len(results)} routines from 5 demonstrations",
        caption=f"p50 {seconds[len(seconds) // 2]:.1f} s to teach, slowest {seconds[-1]:.1f}; peak memory "
        f"{document['peak_mb']:.0f} MB; with {local['installed']} installed, {local['changed']} of {local['commands']} "
        f"other commands drawn otherwise in any bit",
        box=SIMPLE_HEAD,
    )
    for name in ("kind", "routines", "shown", "unseen"):
        table.add_column(name, justify="left" if name == "kind" else "right")
    for kind in (*KINDS, FOLLOWING, "all"):
        of = [one for one in results if one.kind == kind or (kind == "all" and one.kind != FOLLOWING)]
        if of:
            shown = sum(one.shown for one in of) / sum(one.of_shown for one in of)
            unseen = sum(one.unseen for one in of) / sum(one.of_unseen for one in of)
            table.add_row(kind, str(len(of)), f"{shown:.3f}", f"{unseen:.3f}")
    return table
