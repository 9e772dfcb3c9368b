"""Makes a machine deeper: ``python -m trainer.grow DIR --preset small --out OUT``.

What was learned is kept to the last bit: a new block is the copy of the one before it, of which nothing is added until
training says so (depth by copying: Net2Net, Chen et al. 2015, arXiv 1511.05641; outputs at 0: Fixup, Zhang et al. 2019,
arXiv 1901.09321).
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import torch

from model.nccligen.config import PRESETS, NCCLIGenConfig
from model.nccligen.network import Network
from model.nccligen.weights import WeightsError, load_weights, read_config, save_weights
from trainer.command import guarded

BLOCKS = "transformer.blocks."
OUTPUTS = ("attention.out.weight", "down.weight")
"""What a block adds to the stream is a product with these."""


def grown(network: Network, config: NCCLIGenConfig) -> Network:
    """A deeper network that computes the same, new blocks spread evenly between the old.

    Raises:
        WeightsError: if the configuration differs in anything but having more layers.
    """
    few, many = network.config.layers, config.layers
    same = {**network.config.to_dict(), "name": config.name, "layers": many}
    if many <= few or same != config.to_dict():
        raise WeightsError(f"{config.name}: not {network.config.name} with more layers")
    old = network.state_dict()
    new = {name: value for name, value in old.items() if not name.startswith(BLOCKS)}
    for layer in range(many):
        source = layer * few // many
        copied = layer > 0 and (layer - 1) * few // many == source
        for name, value in old.items():
            if name.startswith(f"{BLOCKS}{source}."):
                part = name.removeprefix(f"{BLOCKS}{source}.")
                new[f"{BLOCKS}{layer}.{part}"] = torch.zeros_like(value) if copied and part in OUTPUTS else value
    deeper = Network(config)
    deeper.load_state_dict(new)
    return deeper


def main(argv: Sequence[str] | None = None) -> int:
    """Make a folder of deeper weights; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m trainer.grow", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR", help="weights")
    parser.add_argument("--preset", choices=PRESETS, default="small", help="to grow to (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the deeper weights go there")
    options = parser.parse_args(argv)
    _, network, autoencoder, _ = load_weights(options.folder)
    if network is None:
        raise WeightsError(f"{options.folder}: holds a cell autoencoder only")
    deeper = grown(network, PRESETS[options.preset])
    training = read_config(options.folder).get("training", {})
    save_weights(options.out, deeper.config, deeper, autoencoder, {**training, "grown": network.config.name})
    print(json.dumps(read_config(options.out)["files"]))
    return 0


if __name__ == "__main__":
    raise SystemExit(guarded(main))
