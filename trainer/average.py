"""Averages two machines that began as one: ``python -m trainer.average A B --out C``.

Weights trained from the same start lie close, and their mean is often better than either (model soups, Wortsman et al.
2022, arXiv 2203.05482). What one of them was never taught, such as an address that came later, is the other's: a row of
a matrix that is all 0 is no opinion.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import torch

from model.nccligen.weights import WeightsError, load_weights, read_config, save_weights
from trainer.command import guarded


def average(one: Path, other: Path, share: float, out: Path) -> None:
    """Write the mean of two folders of weights, with what both say of their training.

    Args:
        one, other: of machines of one configuration, with the same cell autoencoder; that of `one` is kept.
        share: of `other`, 0 to 1.
        out: a folder.

    Raises:
        WeightsError: if they cannot be read, or are of different machines; one line.
    """
    config, network, autoencoder, _ = load_weights(one)
    theirs, second, cells, _ = load_weights(other)
    if network is None or second is None or theirs != config:
        raise WeightsError(f"{one} and {other}: not two machines of one configuration")
    if any(not torch.equal(a, b) for a, b in zip(autoencoder.parameters(), cells.parameters(), strict=True)):
        raise WeightsError(f"{one} and {other}: their cell autoencoders are not the same")
    with torch.no_grad():
        for mine, its in zip(network.parameters(), second.parameters(), strict=True):
            mean = mine.lerp(its, share)
            if mine.dim() == 2:
                mean = torch.where(mine.any(1, keepdim=True), mean, its)
                mean = torch.where(its.any(1, keepdim=True), mean, mine)
            mine.copy_(mean)
    first, training = (read_config(folder).get("training", {}) for folder in (one, other))
    save_weights(out, config, network, autoencoder, {**training, "averaged": {"with": first, "share": share}})


def main(argv: Sequence[str] | None = None) -> int:
    """Average two folders of weights; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m trainer.average", description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs=2, type=Path, metavar="DIR", help="weights")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the mean goes there")
    parser.add_argument("--share", type=float, default=0.5, metavar="S", help="of the second (default: %(default)s)")
    options = parser.parse_args(argv)
    one, other = options.folders
    average(one, other, options.share, options.out)
    print(json.dumps(read_config(options.out)["files"]))
    return 0


if __name__ == "__main__":
    raise SystemExit(guarded(main))
