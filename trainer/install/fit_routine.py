"""Fits the adapter of a routine: turns that show it, behind sessions that were absorbed once.

What stands before a turn was absorbed by the base machine alone, as at run time; only the turn itself is drawn with the
adapter beside the network. So a step trains on nothing but turns of the routine.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from model.nccligen.adapter import Adapter, AdapterConfig, last_layers
from model.nccligen.machine import NCCLIGen
from model.nccligen.transformer import Cache
from trainer.batches import Batch, collate
from trainer.casts import Recording
from trainer.corpus import Index, Piece, Stream, build
from trainer.fit import codes_of
from trainer.heap import freed_memory_kept
from trainer.install.contexts import taught
from trainer.install.evidence import Bench
from trainer.install.example import Example
from trainer.muon import Muon
from trainer.objective import Objective, ObjectiveConfig
from trainer.precision import half_is_fast
from trainer.targets import trace

LIMIT = 4096
"""Tokens of the longest session and turn together."""

SHOWN = 1
"""Demonstrations among the turns of a step; more where there is nothing else."""

LATEST = 6
"""Steps whose loss tells whether it is low enough."""

REHEARSE = 0.25
"""Share of the writes of command lines, and of prompts, that are drawn: the base machine draws them right already."""


@dataclass(frozen=True, slots=True)
class RoutineConfig:
    """How a routine is fitted.

    Attributes:
        adapter: its sizes.
        share: of the blocks of the network, the last ones, that are adapted: what is before them needs no gradient.
        rate: learning rate of Muon, falling to 0 over the time.
        batch: turns a step.
        seconds: of fitting, at most.
        enough: a loss; once that of the latest steps is lower, half as long again as it took is left, to let the rate
            fall.
        seed: of factors, order and noise.
    """

    adapter: AdapterConfig = field(default_factory=AdapterConfig)
    share: float = 2 / 3
    rate: float = 0.02
    batch: int = 8
    seconds: float = 30.0
    enough: float = 0.12
    seed: int = 0


@dataclass(slots=True)
class Behind:
    """Turns of a routine behind one session.

    Attributes:
        cache: what they are answered from.
        shown, turns: the demonstrations, and turns like them; a stream each, with what stands before it.
    """

    cache: Cache
    shown: list[Stream]
    turns: list[Stream]


def last_turns(stream: Stream, count: int) -> Stream:
    """The last turns of a session, their blocks numbered as they stand in it."""
    start = int(np.searchsorted(stream.turn, stream.turn[-1] + 1 - count))
    first = int(np.searchsorted(stream.extra_at, start))
    cut = {name: getattr(stream, name)[start:] for name in Stream.__slots__ if not name.startswith("extra")}
    return Stream(**cut, extra_at=stream.extra_at[first:] - start, extra_symbol=stream.extra_symbol[first:])


def material(bench: Bench, shown: Sequence[Example], examples: Sequence[Example]) -> tuple[Objective, list[Behind]]:
    """Turns of a routine behind each session of a bench, and the objective they are trained on.

    Args:
        bench: its machine's network is not changed.
        shown: the demonstrations; they stand behind every session.
        examples: of the routine, dealt out to the sessions in turn.
    """
    machine, index, behind = bench.machine, Index(), list[Behind]()

    def streams(session: Recording, some: Sequence[Example]) -> list[Stream]:
        """The last turns of a session with each of some examples behind it."""
        cut = list[Stream]()
        for one in some:
            whole = trace(taught(session, one))
            made = build([whole], LIMIT, index, REHEARSE, seen=len(whole.turns) - 1)
            cut += [last_turns(stream, 1 + len(one.before)) for stream in made]
        return cut

    for i, (session, state) in enumerate(zip(bench.sessions, bench.states, strict=True)):
        cache = machine.context(state, trace(taught(session, shown[0])).turns[-1].action)
        behind.append(Behind(cache, streams(session, shown), streams(session, examples[i :: len(bench.sessions)])))
    objective = Objective(
        machine.network, codes_of(machine.autoencoder, index.table()), ObjectiveConfig(slips=0.0, garbled=0.0)
    )
    return objective, behind


def fit_routine(
    bench: Bench,
    shown: Sequence[Example],
    examples: Sequence[Example],
    config: RoutineConfig,
    report: Callable[[float, float], None] = lambda share, loss: None,
    stopped: Callable[[], bool] = lambda: False,
    adapter: Adapter | None = None,
) -> Adapter:
    """Fit an adapter to examples of a routine.

    Args:
        bench: a machine, whose network is not changed, and the sessions behind which the examples are shown.
        shown: the demonstrations: commands and what is to answer them.
        examples: more of the same; none for what is learned by heart.
        config: how.
        report: is told the share of the time that is spent, 0 to 1, and the loss, after each step.
        stopped: asked after each step; True ends the fitting.
        adapter: what is fitted further; None: a new one.
    """
    began = time.perf_counter()
    objective, behind = material(bench, shown, examples)
    follows = any(one.before for one in shown)

    def draw(random: np.random.Generator) -> Material:
        at = behind[random.integers(len(behind))]
        turns = _some(random, at.turns, config.batch - SHOWN)
        batch = _batch([*turns, *_some(random, at.shown, config.batch - len(turns))])
        # What stands before was absorbed by the base machine alone.
        own_BL1 = (batch.turn == batch.turn.amax(1, keepdim=True))[..., None] if follows else None
        return Material(batch, at.cache, own_BL1)

    left = config.seconds - (time.perf_counter() - began)
    return fit_adapter(bench.machine, objective, draw, replace(config, seconds=left), report, stopped, adapter)


class Material(NamedTuple):
    """What a step trains on.

    Attributes:
        batch: turns.
        cache: what all of them stand behind; None: it is in the batch.
        own: bool (B, L, 1), the tokens the adapter adds to; None: all.
    """

    batch: Batch
    cache: Cache | None
    own: Tensor | None


@freed_memory_kept()
def fit_adapter(
    machine: NCCLIGen,
    objective: Objective,
    draw: Callable[[np.random.Generator], Material],
    config: RoutineConfig,
    report: Callable[[float, float], None] = lambda share, loss: None,
    stopped: Callable[[], bool] = lambda: False,
    adapter: Adapter | None = None,
) -> Adapter:
    """Fit an adapter on what is drawn for each step.

    Args:
        machine: whose network is not changed.
        objective: of its network.
        draw: draws what a step trains on.
        config, report, stopped, adapter: as in `fit_routine`.
    """
    torch.manual_seed(config.seed)
    random, network = np.random.default_rng(config.seed), machine.network
    adapter = adapter or Adapter(network, config.adapter, last_layers(network, config.share))
    adapter.train().requires_grad_(True)
    half = half_is_fast(machine.device)
    objective.sharpness.requires_grad_(False)
    # A slow processor has time for some thirty steps, and AdamW wanted more.
    optimizer = Muon(adapter.parameters(), lr=config.rate)
    began, share, limit = time.perf_counter(), 0.0, config.seconds
    latest = deque[float](maxlen=LATEST)
    while share < 1 and not stopped():
        batch, cache, own_BL1 = draw(random)
        spent = time.perf_counter() - began
        if len(latest) == LATEST and fmean(latest) < config.enough and limit == config.seconds:
            limit = min(1.5 * spent, limit)
        share = min(spent / limit, 1.0) if limit > 0 else 1.0
        optimizer.param_groups[0]["lr"] = config.rate * (1 - share)
        with adapter.beside(network, own_BL1):
            loss: Tensor = objective(batch, half=half, cache=cache).loss
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(adapter.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        told = float(loss.detach())
        latest.append(told)
        report(share, told)
    return adapter.eval().requires_grad_(False)


def _some(random: np.random.Generator, turns: list[Stream], count: int) -> list[Stream]:
    """At most so many of some turns, none of them twice."""
    return [turns[i] for i in random.permutation(len(turns))[:count]]


def _batch(turns: list[Stream]) -> Batch:
    """Turns, one a row."""
    return collate(turns, [[Piece(i, len(turn))] for i, turn in enumerate(turns)], max(map(len, turns)))
