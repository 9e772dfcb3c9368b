"""A small machine with random weights."""

import pytest
import torch

from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import PRESETS
from model.nccligen.machine import NCCLIGen
from model.nccligen.network import Network


@pytest.fixture
def machine() -> NCCLIGen:
    """`nano`, its heads and layers random, so that it draws something at every step."""
    torch.manual_seed(3)
    config = PRESETS["nano"]
    network = Network(config)
    for parameter in network.parameters():
        if parameter.ndim == 2 and not parameter.any():
            torch.nn.init.normal_(parameter, std=0.1)
    autoencoder = CellAutoencoder(config.cell)
    autoencoder.blank.copy_(torch.nn.functional.rms_norm(torch.randn(config.cell.latent), (config.cell.latent,)))
    return NCCLIGen(config, network, autoencoder, "0" * 64)
