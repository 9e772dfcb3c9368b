"""Trains NCCLIGen on streams of tokens."""

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import NCCLIGenConfig
from model.nccligen.network import Network
from model.nccligen.transformer import Attention, Mixing
from model.nccligen.weights import save_weights
from trainer.batches import Batch, ahead, batches
from trainer.checkpoint import Progress, resume, save_checkpoint
from trainer.corpus import Index, Stream
from trainer.heap import freed_memory_kept
from trainer.muon import Muon
from trainer.objective import Objective, ObjectiveConfig
from trainer.render import render_cells
from trainer.team import ALONE, Team, whole_network
from trainer.validate import Scores, validate

GAIN_RATE = 8.0
"""Rate of the gains of `Mixing` and of matches, in rates of AdamW: at twice, hundreds of steps moved them by 0.03."""


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How a machine is trained.

    Attributes:
        minutes: of training, over all runs of it; rates fall to 0 towards their end.
        rows: sessions' rows a step.
        length: tokens a row.
        matrix_rate: learning rate of Muon, for the transformer's matrices.
        rate: learning rate of AdamW, for everything else.
        warmup: steps over which rates rise.
        decay: share of the minutes, at the end, over which rates fall.
        weight_decay: of both.
        seed: of weights, order and noise.
        save_every: seconds between checkpoints.
        validate_every: seconds between validations.
        validate_sessions: about how many held-out sessions each looks at: all would take minutes.
        compile: fuse the network with torch.compile.
        half: run the transformer in bfloat16.
        objective: weights of its parts.
    """

    minutes: float = 60.0
    rows: int = 6
    length: int = 1024
    matrix_rate: float = 0.002
    rate: float = 6e-4
    warmup: int = 50
    decay: float = 0.8
    weight_decay: float = 0.01
    seed: int = 0
    save_every: float = 120.0
    validate_every: float = 600.0
    validate_sessions: int = 160
    compile: bool = True
    half: bool = True
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)


@dataclass(frozen=True, slots=True)
class Report:
    """What a step reports.

    Attributes:
        step: number of it.
        seconds: trained so far.
        loss: of the batch before it, if there was one: so a GPU is given a step while it still does another.
        cells: share of its non-blank noisy cells whose nearest code is the true one.
        tokens_per_second: over the last steps.
        scores: on held-out sessions, when it validated.
    """

    step: int
    seconds: float
    loss: float
    cells: float
    tokens_per_second: float
    scores: Scores | None = None


class DivergedError(ValueError):
    """A training that went wrong; the message is one line for the user."""


def codes_of(autoencoder: CellAutoencoder, table: NDArray[np.void]) -> Tensor:
    """Latents (C, Z) of a table of cells."""
    with torch.no_grad():
        return autoencoder.encode(torch.from_numpy(render_cells(table)))


def optimizers_of(objective: Objective, config: FitConfig) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the transformer, AdamW for the rest."""
    modules = list(objective.network.transformer.modules())
    matrices = [m.weight for m in modules if isinstance(m, nn.Linear)]
    gains = [m.gain for m in modules if isinstance(m, Mixing)]
    gains += [m.match_gain for m in modules if isinstance(m, Attention)]
    chosen = {id(p) for p in matrices + gains}
    rest = [p for p in objective.parameters() if id(p) not in chosen]
    groups: list[dict[str, Any]] = [{"params": rest}, {"params": gains, "lr": GAIN_RATE * config.rate}]
    return [
        Muon(matrices, lr=config.matrix_rate, weight_decay=config.weight_decay),
        torch.optim.AdamW(groups, lr=config.rate, betas=(0.9, 0.98), weight_decay=config.weight_decay),
    ]


def rate_at(progress: Progress, config: FitConfig) -> float:
    """The factor on both learning rates: up over `warmup` steps, flat, and down to 0 over the last `decay` share."""
    left = 1 - progress.seconds / (60 * config.minutes)
    falling = max(min(left / config.decay, 1.0), 0.0) if config.decay else 1.0
    return min((progress.step + 1) / config.warmup, 1.0) * falling


@dataclass(frozen=True, slots=True)
class FitJob:
    """One training.

    Attributes:
        machine: sizes of the machine.
        autoencoder: trained; it stays as it is.
        training, held_out: sessions.
        index: the cells and families they use.
        fit: how it is trained.
        folder: checkpoint, `metrics.jsonl` and weights go there.
        device: ``cpu`` or ``cuda``.
        identity: names the training; see `save_checkpoint`.
        start: weights to start from; None: random ones.
        team: the processes that train together.
    """

    machine: NCCLIGenConfig
    autoencoder: CellAutoencoder
    training: list[Stream]
    held_out: list[Stream]
    index: Index
    fit: FitConfig
    folder: Path
    device: str
    identity: str
    start: Network | None = None
    team: Team = ALONE


@freed_memory_kept()
def fit(job: FitJob, report: Callable[[Report], None], stopped: Callable[[], bool] = lambda: False) -> Network:
    """Train until the minutes are up; resumes from a checkpoint in the folder, and leaves the weights there.

    Args:
        job: what to train.
        report: called after every step.
        stopped: asked after every step; True saves and returns early.

    Raises:
        CheckpointError: if the folder holds a checkpoint of another training.
        DivergedError: if the loss is no number any more; the checkpoint of before stays.
    """
    config, limit, team = job.fit, 60 * job.fit.minutes, job.team
    torch.manual_seed(config.seed)
    network = job.start or Network(job.machine)
    objective = Objective(network, codes_of(job.autoencoder, job.index.table()), config.objective).to(job.device)
    team.share_out(objective)
    optimizers = optimizers_of(objective, config)
    progress = resume(job.folder, objective, optimizers, job.identity)
    groups = [group for optimizer in optimizers for group in optimizer.param_groups]
    bases = [group["lr"] for group in groups]
    if config.compile:
        network.transformer.compile_blocks()
    size = (config.rows, config.length)
    endless = batches(job.training, *size, config.seed, progress.step, team.rank, team.size)
    data = ahead(batch.to(job.device) for batch in endless)
    torch.manual_seed(config.seed + progress.step + 1_000_003 * team.rank)
    saved = validated = progress.seconds
    ended, before = progress.seconds >= limit, None
    while not ended:
        began = time.perf_counter()
        for group, base in zip(groups, bases, strict=True):
            group["lr"] = base * rate_at(progress, config)
        outcome = train_step(objective, optimizers, next(data), config.half, team)
        loss, cells = (outcome if before is None else before).tolist()
        loss, before = team.sum(loss), outcome
        spent = team.of_leader(time.perf_counter() - began)
        progress.step += 1
        progress.seconds += spent
        ended = progress.seconds >= limit or team.sum(float(stopped())) > 0
        saves, scores = progress.seconds - saved > config.save_every or ended, None
        if saves:
            saved = progress.seconds
        # The loss of this step is waited for only where it is saved.
        if not math.isfinite(loss) or (saves and not math.isfinite(team.sum(float(outcome[0])))):
            raise DivergedError(
                f"{job.folder}: by step {progress.step} the loss is no finite number any more; what was saved before "
                "stays: use another --out and lower rates (--rate, --matrix-rate)"
            )
        if not team.leads and not team.shards:
            continue
        if progress.seconds - validated > config.validate_every or ended:
            scores, validated = _validate(objective, job), progress.seconds
        if team.leads:
            step = Report(progress.step, progress.seconds, loss, cells, config.rows * config.length / spent, scores)
            _log(job.folder, step)
            report(step)
        if saves:
            save_checkpoint(job.folder, objective, optimizers, progress, job.identity, team.leads)
            saving = whole_network(network)
            if team.leads:
                account = _account(config, progress, scores, job.identity)
                save_weights(job.folder, job.machine, saving, job.autoencoder, account)
    return network


def _validate(objective: Objective, job: FitJob) -> Scores | None:
    """Scores on some of the held-out sessions, evenly chosen, in batches of the shape of training."""
    config = job.fit
    some = job.held_out[:: max(1, len(job.held_out) // config.validate_sessions)]
    return validate(objective, some, list(job.index.families), config.rows, config.length, config.half, job.device)


def train_step(
    objective: Objective, optimizers: list[torch.optim.Optimizer], batch: Batch, half: bool, team: Team = ALONE
) -> Tensor:
    """One step. Returns, (2,), the loss of this process's rows, and the share that was right of cells that show."""
    outcome = objective(batch, half=half)
    loss: Tensor = team.loss(outcome)
    torch.autograd.backward(loss)
    team.sum_gradients(objective.parameters())
    team.clip(list(objective.parameters()), 1.0)
    for optimizer in optimizers:
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    shows = batch.cell.flatten()[outcome.cell_at] > 0
    return torch.stack((loss.detach(), (outcome.cell_right & shows).sum() / shows.sum().clamp(min=1)))


def _account(config: FitConfig, progress: Progress, scores: Scores | None, identity: str) -> dict[str, object]:
    """What `config.json` of the weights says of their training."""
    return {
        "fit": asdict(config),
        "steps": progress.step,
        "minutes": round(progress.seconds / 60, 2),
        "held_out": None if scores is None else asdict(scores),
        "identity": identity,
    }


def _log(folder: Path, step: Report) -> None:
    """One line of JSON a step, for plots."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "metrics.jsonl").open("a") as file:
        file.write(json.dumps(asdict(step)) + "\n")
