"""Weights on disk: a folder with `config.json` and safetensors, every file named there with its SHA-256.

Nothing is ever unpickled. Shards are at most `SHARD_BYTES` long, so that they travel in a repository.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from model.files import replace_file
from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import CellConfig, NCCLIGenConfig
from model.nccligen.network import Network

BUNDLED = Path(__file__).parents[1] / "weights"
"""The weights that ship."""

SHARD_BYTES = 15 * 2**20
CONFIG = "config.json"


class WeightsError(ValueError):
    """Weights that cannot be used; the message is one line for the user."""


def _shards(tensors: dict[str, torch.Tensor]) -> list[dict[str, torch.Tensor]]:
    """Tensors, in order, in groups of at most `SHARD_BYTES`."""
    shards: list[dict[str, torch.Tensor]] = [{}]
    size = 0
    for name, tensor in tensors.items():
        if shards[-1] and size + tensor.nbytes > SHARD_BYTES:
            shards.append({})
            size = 0
        shards[-1][name] = tensor
        size += tensor.nbytes
    return shards


def save_weights(
    folder: Path,
    config: NCCLIGenConfig,
    network: Network | None,
    autoencoder: CellAutoencoder,
    training: dict[str, Any],
) -> None:
    """Write a machine: the network in bfloat16, the cell autoencoder in float32 (its codes are exact to 16 bits).

    Args:
        folder: made if missing; files of the same names are replaced, `config.json` last.
        config: of the machine.
        network: None for an autoencoder alone, which a training of the network starts from.
        autoencoder: the cells.
        training: how it came about (seed, corpus, minutes, figures), plain JSON types.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = {"cells.safetensors": {k: v.detach().cpu().contiguous() for k, v in autoencoder.state_dict().items()}}
    if network is not None:
        tensors = {k: v.detach().to("cpu", torch.bfloat16).contiguous() for k, v in network.state_dict().items()}
        shards = _shards(tensors)
        for i, shard in enumerate(shards, 1):
            parts[f"network-{i:02}-of-{len(shards):02}.safetensors"] = shard
    hashes = {}
    for name, part in parts.items():
        payload = save_tensors(part)
        hashes[name] = hashlib.sha256(payload).hexdigest()
        replace_file(folder / name, payload)
    document = {"machine": "nccligen", "config": config.to_dict(), "files": hashes, "training": training}
    replace_file(folder / CONFIG, (json.dumps(document, indent=1) + "\n").encode())


def read_config(folder: Path) -> dict[str, Any]:
    """The document `config.json` of a folder of weights: `config`, `files`, `training`.

    Raises:
        WeightsError: if it is missing or not one of ours.
    """
    try:
        document = json.loads((folder / CONFIG).read_bytes())
        if document["machine"] != "nccligen":
            raise WeightsError(f"{folder}: weights of another machine ({document['machine']})")
        NCCLIGenConfig.from_dict(document["config"])
        if not isinstance(document["files"], dict):
            raise ValueError("files are told by their names")
    except OSError as error:
        raise WeightsError(
            f"{folder}: no weights there ({CONFIG}: {error.strerror}); name a folder with --model"
        ) from None
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        if isinstance(error, WeightsError):
            raise
        raise WeightsError(f"{folder / CONFIG}: not a configuration of weights; restore the file") from None
    return dict(document)


def _read_part(path: Path, expected: str) -> dict[str, torch.Tensor]:
    """The tensors of a file whose hash is as expected."""
    try:
        payload = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path}: {error.strerror}; restore the file") from None
    if hashlib.sha256(payload).hexdigest() != expected:
        raise WeightsError(f"{path}: damaged (its SHA-256 is not the one in {CONFIG}); restore the file")
    try:
        return load_tensors(payload)
    except SafetensorError:
        raise WeightsError(f"{path}: not safetensors; nothing else is loaded") from None


def load_weights(folder: Path) -> tuple[NCCLIGenConfig, Network | None, CellAutoencoder, str]:
    """Read a machine, on the CPU in float32.

    Returns:
        The configuration, the network (None if the folder holds an autoencoder alone), the autoencoder, and the
        SHA-256 over it and all weights, in hex.

    Raises:
        WeightsError: if anything is missing, damaged or does not fit.
    """
    document = read_config(folder)
    config = NCCLIGenConfig.from_dict(document["config"])
    files: dict[str, str] = document["files"]
    cells: dict[str, torch.Tensor] = {}
    tensors: dict[str, torch.Tensor] = {}
    for name, expected in sorted(files.items()):
        if Path(name).name != name:
            raise WeightsError(f"{folder / CONFIG}: names a file outside its folder ({name!r})")
        (cells if name == "cells.safetensors" else tensors).update(_read_part(folder / name, expected))
    # The configuration counts too: with another window the same weights draw otherwise.
    total = hashlib.sha256(json.dumps([config.to_dict(), files], sort_keys=True).encode()).hexdigest()
    try:
        autoencoder = load_cells(config.cell, cells)
        network = None
        if tensors:
            network = Network(config)
            network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    except RuntimeError:
        raise WeightsError(f"{folder}: weights do not fit their {CONFIG}; restore the folder") from None
    return config, network, autoencoder, total


def load_cells(config: CellConfig, tensors: dict[str, torch.Tensor]) -> CellAutoencoder:
    """A cell autoencoder from its tensors. Raises RuntimeError if they do not fit."""
    autoencoder = CellAutoencoder(config)
    autoencoder.load_state_dict(tensors)
    return autoencoder
