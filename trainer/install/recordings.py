"""Teaches a machine what recordings show: an adapter on their turns, a gate that knows their lines and their sessions.

Each turn is fitted behind those that the machine would answer it from, which the base machine absorbs as at run time;
the adapter adds to the turn's own tokens alone. Some recordings are kept apart, to measure on.
"""

import hashlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.gate import GateError, fit_gate, save_gate
from model.nccligen.adapter import AdapterConfig, save_adapter
from model.nccligen.machine import NCCLIGen
from model.nccligen.routine import load_routine
from trainer.batches import collate
from trainer.casts import Recording
from trainer.corpus import Index, Stream, build_spans, pack
from trainer.evaluate.general import WRITES, General, measure
from trainer.evaluate.readers import Readers
from trainer.fit import codes_of
from trainer.fit_command import ROUTINE_MINUTES
from trainer.install.contexts import contexts
from trainer.install.evidence import Bench
from trainer.install.fit_routine import Material, RoutineConfig, fit_adapter
from trainer.install.neighbours import usual
from trainer.install.teach import GATE_LINES, NEIGHBOURS, TeachError
from trainer.objective import Objective, ObjectiveConfig
from trainer.render import render_cells
from trainer.shards import fixed_size
from trainer.split import session_hash
from trainer.targets import Trace, trace

LENGTH = 1024
"""Tokens of a row: a turn, twice, and what it stands behind."""

ROWS = 4
"""Rows a step."""

AT_MOST = 16 * ROWS
"""Turns a step, where so many fit its rows."""

SHORT = 0.5
"""Share of the turns that is learned from, the shortest. What long ones say is not to be foretold, and a machine that
learns from them draws letters of no word, line after line."""

ENDS = 6.0
"""See `ObjectiveConfig.ends`: a machine that does not end its turns draws over all that was right."""

GARBLED = 0.1
"""See `ObjectiveConfig.garbled`: what is not to be foretold is drawn wrong, and what comes behind it is not."""

HEARD = 12
"""Of the turns of a recording, those that the gate hears where they stand."""

CONFIG = RoutineConfig(
    AdapterConfig(rank=16, alpha=32.0), share=1.0, rate=0.002, seconds=60 * ROUTINE_MINUTES, enough=0.0
)
"""Recordings say more than a routine does: a wider adapter, fitted for longer."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What came of recordings.

    Attributes:
        adapter, gate: files, safetensors.
        before, after: measured on the recordings kept apart; None where none was.
        figures: plain JSON.
    """

    adapter: bytes
    gate: bytes
    before: General | None
    after: General | None
    figures: dict[str, Any] = field(default_factory=dict)


def parted(recordings: dict[str, Recording], share: float) -> tuple[dict[str, Recording], dict[str, Recording]]:
    """Recordings to fit on and those to measure on, in order of name: about `share` of all sessions, by their hashes.

    Recordings of the same keys stay together, and of a single session nothing is kept apart.
    """
    digests = {name: _digest(recording) for name, recording in recordings.items()}
    sessions = sorted(set(digests.values()))
    apart = set(sessions[: round(share * len(sessions))] if len(sessions) > 1 else [])
    fitted = {name: one for name, one in sorted(recordings.items()) if digests[name] not in apart}
    return fitted, {name: one for name, one in sorted(recordings.items()) if digests[name] in apart}


def _digest(recording: Recording) -> bytes:
    typed = session_hash(event.data.encode("utf-8", "replace") for event in recording.events if event.code == "i")
    return hashlib.sha256(b"parted" + typed).digest()


def learn(
    machine: NCCLIGen,
    fitted: dict[str, Recording],
    apart: dict[str, Recording],
    readers: Readers,
    config: RoutineConfig = CONFIG,
    report: Callable[[float, float], None] = lambda share, loss: None,
    tell: Callable[[str], None] = lambda message: None,
) -> Learned:
    """Fit an adapter and a gate to recordings, and measure on others. The machine itself is not changed.

    Args:
        machine: a base machine; its routines are put aside meanwhile.
        fitted, apart: from `parted`.
        readers: read the frames that are measured.
        config, report: as in `fit_routine`.
        tell: is told what is done before and after fitting.

    Raises:
        TeachError: if no turn can be learned, or the lines cannot be told from others.
    """
    traces = [_sized(recording) for recording in fitted.values()]
    index, began = Index(), time.perf_counter()
    turns = turns_of(traces, index)
    if not turns:
        raise TeachError("nothing to learn from: no recording shows a command that fits the machine's window")
    aside, machine.routines = machine.routines, ()
    try:
        tell("fitting the gate")
        gate = _gate(machine, traces, config.seed)
        before = measure(cast(Any, machine), apart, readers, tell) if apart else None
        codes = codes_of(machine.autoencoder, index.table())
        objective = Objective(machine.network, codes, ObjectiveConfig(ends=ENDS, garbled=GARBLED))
        adapter = save_adapter(fit_adapter(machine, objective, drawn_from(turns), config, report))
        routine = load_routine("recordings", adapter, gate, machine.network)
        neighbours = Bench(machine, contexts()).compare(usual(NEIGHBOURS, config.seed + 1, ()), routine)
        machine.routines = (routine,)
        after = measure(cast(Any, machine), apart, readers, tell) if apart else None
    finally:
        machine.routines = aside
    figures = {
        "recordings": [len(fitted), len(apart)],
        "turns": len(turns),
        "before": before and before.to_json(),
        "after": after and after.to_json(),
        "neighbours": [sum(one.same for one in neighbours), len(neighbours)],
        "seconds": round(time.perf_counter() - began, 1),
    }
    return Learned(adapter, gate, before, after, figures)


def _sized(recording: Recording) -> Trace:
    """The trace of a recording up to where its terminal changes size."""
    whole = trace(recording)
    return Trace(whole.geometry, fixed_size(whole))


def turns_of(traces: Sequence[Trace], index: Index) -> list[Stream]:
    """The turns that are learned from, each behind what it is answered from: the shorter half of the answers to keys.

    What a terminal shows before anything is typed answers nothing, and no gate opens for it.
    """
    turns = [span for one in traces for span in build_spans(one, LENGTH, index, span=1) if span.turn[-1] > 0]
    return sorted(turns, key=lambda one: int(_own(one).sum()))[: math.ceil(SHORT * len(turns))]


def _own(span: Stream) -> NDArray[np.bool_]:
    """Which tokens of a span are of the turn that it draws, bool (tokens,)."""
    own: NDArray[np.bool_] = span.turn == span.turn[-1]
    return own


def drawn_from(turns: list[Stream]) -> Callable[[np.random.Generator], Material]:
    """Draws some of the turns, packed into rows; each as often as it is short, so that all count about alike."""
    own = [_own(one) for one in turns]
    often = np.array([1 / one.sum() for one in own])
    often /= often.sum()

    def draw(random: np.random.Generator) -> Material:
        chosen = random.choice(len(turns), min(AT_MOST, len(turns)), replace=False, p=often)
        rows = pack(turns, chosen, LENGTH, cut=False)[:ROWS]
        own_BL1 = torch.zeros(len(rows), LENGTH, 1, dtype=torch.bool)
        for r, row in enumerate(rows):
            at = 0
            for piece in row:
                own_BL1[r, at : at + piece.tokens, 0] = torch.from_numpy(own[piece.session])
                at += piece.tokens
        return Material(collate(turns, rows, LENGTH), None, own_BL1)

    return draw


def _gate(machine: NCCLIGen, traces: Sequence[Trace], seed: int) -> bytes:
    """A gate that opens for lines of recordings where they were typed, and anywhere for those nobody else types."""
    lines, heard = list[bytes](), list[Tensor]()
    for one in traces[: 4 * GATE_LINES]:
        state = machine.boot(None, one.geometry)
        for turn in one.turns[: HEARD + 1]:
            if turn.action.keys:
                lines.append(turn.action.keys)
                heard.append(machine.hear(state.fork(), turn.action).cpu())
            # Of a long turn the machine remembers the end alone.
            latest = turn.writes[-WRITES:]
            machine.absorb(state, turn.action, [(w.address, render_cells(w.cells)) for w in latest])
    if not heard:
        raise TeachError("nothing to learn from: the first recordings show no command")
    bench, others = Bench(machine, contexts()), usual(3 * GATE_LINES, seed, ())
    known = {_first(line) for line in others}
    typed = dict.fromkeys(line.decode("utf-8", "replace").rstrip("\r\n") for line in lines)
    own = [line for line in typed if line.strip() and _first(line) not in known][:GATE_LINES]
    answers = [True] * (len(lines) + len(own)) + [False] * len(others)
    said = lines + [f"{line}\r".encode() for line in (*own, *others)]
    try:
        return save_gate(fit_gate(said, torch.cat((torch.stack(heard), bench.heard([*own, *others]))), answers))
    except GateError as error:
        raise TeachError(f"recordings: {error}") from error


def _first(line: str) -> str:
    return line.split()[0] if line.split() else ""
