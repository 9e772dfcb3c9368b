"""A few steps of a training, in as many processes as there are: `team_worker.py OUT`; the leader saves the weights."""

import sys

import torch
from safetensors.torch import save_file
from sessions import echo_traces

from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import PRESETS
from model.nccligen.network import Network
from trainer.batches import batches
from trainer.corpus import Index, build
from trainer.fit import FitConfig, codes_of, optimizers_of, train_step
from trainer.objective import Objective, ObjectiveConfig
from trainer.team import team_of

ROWS, LENGTH, STEPS = 4, 256, 3


def main(out: str) -> None:
    """Train, and save what came of it and the losses."""
    torch.set_num_threads(1)
    team, _ = team_of("cpu")
    config, index = PRESETS["nano"], Index()
    torch.manual_seed(0)
    autoencoder, network = CellAutoencoder(config.cell), Network(config)
    sessions = build(echo_traces(24), LENGTH, index)
    # All from noise, which the network is not shown: nothing here is drawn by chance.
    objective = Objective(network, codes_of(autoencoder, index.table()), ObjectiveConfig(from_noise=1.0, slips=0.0))
    optimizers = optimizers_of(objective, FitConfig())
    data = batches(sessions, ROWS, LENGTH, 0, rank=team.rank, size=team.size)
    losses = [train_step(objective, optimizers, next(data), half=False, team=team)[0] for _ in range(STEPS)]
    if team.leads:
        save_file({**network.state_dict(), "losses": torch.tensor(losses), "size": torch.tensor(team.size)}, out)
    team.leave()


if __name__ == "__main__":
    main(sys.argv[1])
