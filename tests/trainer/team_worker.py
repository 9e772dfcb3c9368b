"""A few steps of a training, in as many processes as there are: `team_worker.py OUT [shard]`; the leader saves the
weights. Half way, what there is of it is saved as a checkpoint, and gone on from by a new network."""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from sessions import echo_traces
from torch import Tensor, distributed
from torch.distributed.tensor import DTensor

from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import PRESETS
from model.nccligen.network import Network
from trainer.batches import batches
from trainer.checkpoint import Progress, resume, save_checkpoint
from trainer.corpus import Index, build
from trainer.fit import FitConfig, codes_of, optimizers_of, train_step
from trainer.objective import Objective, ObjectiveConfig
from trainer.team import team_of, whole_network

ROWS, LENGTH, STEPS = 4, 256, 3


def main(out: str, shards: bool) -> None:
    """Train, and save what came of it and the losses."""
    torch.set_num_threads(1)
    team, _ = team_of("cpu", shards)
    config, index = PRESETS["nano"], Index()
    torch.manual_seed(0)
    autoencoder, network = CellAutoencoder(config.cell), Network(config)
    sessions = build(echo_traces(24), LENGTH, index)
    # All from noise, which the network is not shown: nothing here is drawn by chance.
    objective = Objective(
        network, codes_of(autoencoder, index.table()), ObjectiveConfig(from_noise=1.0, slips=0.0, garbled=0.0)
    )
    team.share_out(objective)
    optimizers = optimizers_of(objective, FitConfig())
    data = batches(sessions, ROWS, LENGTH, 0, rank=team.rank, size=team.size)

    def step() -> float:
        """Take one; returns the loss of all rows."""
        return team.sum(float(train_step(objective, optimizers, next(data), half=False, team=team)[0]))

    losses = [step() for _ in range(STEPS)]
    save_checkpoint(Path(f"{out}.half"), objective, optimizers, Progress(STEPS), "half", team.leads)
    if team.size > 1:
        distributed.barrier()
    network = Network(config)
    objective = Objective(network, objective.codes, objective.config)
    team.share_out(objective)
    optimizers = optimizers_of(objective, FitConfig())
    resume(Path(f"{out}.half"), objective, optimizers, "half")
    losses += [step() for _ in range(STEPS)]
    held = sum(local(parameter).numel() for parameter in network.parameters())
    tensors = whole_network(network).state_dict()
    if team.leads:
        counts = {"losses": torch.tensor(losses), "size": torch.tensor(team.size), "held": torch.tensor(held)}
        save_file({**tensors, **counts}, out)
    team.leave()


def local(parameter: Tensor) -> Tensor:
    """What this process holds of it."""
    return parameter.to_local() if isinstance(parameter, DTensor) else parameter


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] == ["shard"])
