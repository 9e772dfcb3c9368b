"""Weights of a nano machine, random."""

from pathlib import Path

import torch

from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import PRESETS
from model.nccligen.network import Network
from model.nccligen.weights import save_weights


def nano_weights(folder: Path, seed: int = 3) -> Path:
    """Write them to a folder, and return it."""
    torch.manual_seed(seed)
    config = PRESETS["nano"]
    save_weights(folder, config, Network(config), CellAutoencoder(config.cell), {})
    return folder
