"""A deeper machine computes what the shallow one did, and can learn in its new blocks."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import PRESETS, NCCLIGenConfig
from model.nccligen.network import Network
from model.nccligen.weights import WeightsError, load_weights, read_config, save_weights
from trainer.grow import grown, main

TINY, SMALL = PRESETS["tiny"], PRESETS["small"]


def learned() -> Network:
    """A network that adds something in every block."""
    torch.manual_seed(0)
    network = Network(TINY)
    with torch.no_grad():
        for weight in network.transformer.parameters():
            weight.normal_(std=0.05)
    return network


def outputs(network: Network, x_BLD: Tensor) -> Tensor:
    """Of the transformer alone, for a row of tokens that see all."""
    places = torch.arange(x_BLD.shape[1])[None]
    y_BLD: Tensor = network.transformer(x_BLD, places, places // 3, None, torch.zeros(1, 1, 1, 1))[0]
    return y_BLD


def test_a_deeper_machine_draws_the_same_to_the_last_bit(tmp_path: Path) -> None:
    network = learned()
    cells = CellAutoencoder(TINY.cell)
    save_weights(tmp_path / "a", TINY, network, cells, {"steps": 7})
    assert main([str(tmp_path / "a"), "--preset", "small", "--out", str(tmp_path / "b")]) == 0
    before, after = (load_weights(tmp_path / name)[1] for name in "ab")
    assert before is not None and after is not None and len(after.transformer.blocks) == SMALL.layers
    x_BLD = torch.randn(1, 9, TINY.width)
    assert torch.equal(outputs(before, x_BLD), outputs(after, x_BLD))
    assert read_config(tmp_path / "b")["training"] == {"steps": 7, "grown": "tiny"}


def test_every_new_block_is_learned_in() -> None:
    network = learned()
    deeper = grown(network, SMALL).requires_grad_(True)
    outputs(deeper, torch.randn(1, 9, TINY.width)).square().sum().backward()  # type: ignore[no-untyped-call]
    silent = [weight for weight in deeper.transformer.parameters() if weight.dim() == 2 and not weight.any()]
    assert len(silent) == 2 * (SMALL.layers - TINY.layers)
    assert all(weight.grad is not None and weight.grad.any() for weight in silent)


@pytest.mark.parametrize(
    "config", [TINY, replace(SMALL, width=384), replace(SMALL, window=9)], ids=["as many", "wider", "another window"]
)
def test_only_more_layers_are_grown(config: NCCLIGenConfig) -> None:
    with pytest.raises(WeightsError, match="not tiny with more layers"):
        grown(learned(), config)
