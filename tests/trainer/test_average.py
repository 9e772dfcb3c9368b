"""The mean of two machines: of their networks, and only of machines that are alike."""

from pathlib import Path

import pytest
import torch

from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import PRESETS
from model.nccligen.network import Network
from model.nccligen.weights import WeightsError, load_weights, read_config, save_weights
from trainer.average import main


def weights(folder: Path, seed: int, cells_seed: int = 0, preset: str = "nano") -> Path:
    """Random weights, written to a folder."""
    config = PRESETS[preset]
    torch.manual_seed(cells_seed)
    cells = CellAutoencoder(config.cell)
    torch.manual_seed(seed)
    save_weights(folder, config, Network(config), cells, {"steps": seed})
    return folder


def test_the_mean_lies_between_and_tells_of_both(tmp_path: Path) -> None:
    one, other, out = weights(tmp_path / "a", 1), weights(tmp_path / "b", 2), tmp_path / "c"
    assert main([str(one), str(other), "--share", "0.25", "--out", str(out)]) == 0
    networks = [load_weights(folder)[1] for folder in (one, other, out)]
    a, b, c = (dict(network.named_parameters()) for network in networks if network is not None)
    for name, mean in c.items():
        assert torch.allclose(mean, 0.75 * a[name] + 0.25 * b[name], atol=2e-2), name
    training = read_config(out)["training"]
    assert training["steps"] == 2 and training["averaged"] == {"with": {"steps": 1}, "share": 0.25}


def test_what_one_was_never_taught_is_the_others(tmp_path: Path) -> None:
    one, other = weights(tmp_path / "a", 1), weights(tmp_path / "b", 2)
    config, network, cells, _ = load_weights(other)
    assert network is not None
    with torch.no_grad():
        network.steer.weight[3:] = torch.randn_like(network.steer.weight[3:])
        network.goto.weight[5] = 0.0
    save_weights(other, config, network, cells, {})
    assert main([str(one), str(other), "--out", str(tmp_path / "c")]) == 0
    networks = [load_weights(folder)[1] for folder in (one, other, tmp_path / "c")]
    a, b, c = (network for network in networks if network is not None)
    untaught = ~a.steer.weight.any(1)
    assert 0 < untaught.sum() < len(untaught)
    assert torch.equal(c.steer.weight[untaught], b.steer.weight[untaught])
    assert torch.equal(c.goto.weight[5], a.goto.weight[5])
    assert torch.allclose(c.goto.weight[6], (a.goto.weight[6] + b.goto.weight[6]) / 2, atol=2e-2)


def test_machines_that_are_not_alike_are_refused(tmp_path: Path) -> None:
    one = weights(tmp_path / "a", 1)
    with pytest.raises(WeightsError, match="cell autoencoders are not the same"):
        main([str(one), str(weights(tmp_path / "b", 2, cells_seed=3)), "--out", str(tmp_path / "d")])
    with pytest.raises(WeightsError, match="not two machines of one configuration"):
        main([str(one), str(weights(tmp_path / "c", 2, preset="tiny")), "--out", str(tmp_path / "d")])
    assert not (tmp_path / "d").exists()
