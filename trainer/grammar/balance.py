"""A curriculum from the machine's own errors: the more often a family goes wrong, the more of it is recorded."""

from collections.abc import Mapping
from pathlib import Path

from model.nccligen.weights import WeightsError, read_config

LEAST = 0.25
"""Of its share, what a family without an error keeps: it is to be remembered."""


def balanced(weights: Mapping[str, float], right: Mapping[str, float]) -> dict[str, float]:
    """Shares of families, moved to what goes wrong; their sum stays.

    Args:
        weights: the shares.
        right: of each family the share that is right, 0 to 1; one that is not told counts as their mean.
    """
    known = [right[name] for name in weights if name in right]
    usual = sum(known) / len(known) if known else 0.0
    moved = {name: share * (LEAST + 1 - right.get(name, usual)) for name, share in weights.items()}
    scale = sum(weights.values()) / sum(moved.values())
    return {name: scale * share for name, share in moved.items()}


def right_of(folder: Path) -> dict[str, float]:
    """Of each family the share of held-out turns that weights got right at the end of their training.

    Raises:
        WeightsError: if they do not tell.
    """
    held_out = read_config(folder).get("training", {}).get("held_out")
    if not isinstance(held_out, dict) or not isinstance(held_out.get("families"), dict):
        raise WeightsError(f"{folder}: does not tell what held-out turns it gets right: train with --validate")
    return {str(name): float(share) for name, share in held_out["families"].items()}
