"""A folder of Wan2.1 weights, looked at before anything is loaded: what is missing, what does not belong together,
what is a pickle, and how much memory it takes."""

import json
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from model.wan.settings import QUANTISED, WanSettings

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
INDEX = "model_index.json"
PARTS = ("tokenizer", "text_encoder", "transformer", "vae", "scheduler")
"""What every Wan2.1 folder has; an image-to-video one has an image encoder and its processor, too."""

NETWORKS = ("text_encoder", "image_encoder", "transformer", "vae")
QUANTISABLE = ("text_encoder", "transformer")
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


class WanError(ValueError):
    """A Wan machine that cannot be used; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that holds.

    Attributes:
        path: of it.
        parts: the networks in it.
        configs: the configuration of each network.
        numbers_of: weights of each network.
    """

    path: Path
    parts: tuple[str, ...]
    configs: dict[str, dict[str, Any]]
    numbers_of: dict[str, int]

    def needs(self, quantise: str, width: int = 2) -> int:
        """Bytes of memory its weights take, about.

        Args:
            quantise: a kind of `QUANTISED`.
            width: bytes a number that is not quantised: 2 on a GPU, 4 on a CPU, however it lies in the file.
        """
        share = {part: QUANTISED[quantise] if part in QUANTISABLE else 1.0 for part in self.numbers_of}
        return round(sum(width * count * share[part] for part, count in self.numbers_of.items()))


def look(path: Path) -> Folder:
    """Look at a folder.

    Raises:
        WanError: one line: what is missing, a pickle, damaged, or of another revision than the rest.
    """
    index = _json(path / INDEX, f"{path}: no Wan weights there: no {INDEX}; name the folder of a diffusers pipeline")
    if not str(index.get("_class_name", "")).startswith("Wan"):
        raise WanError(f"{path / INDEX}: a pipeline of {index.get('_class_name')}, not of Wan")
    present = [name for name, value in index.items() if isinstance(value, list) and value and value[0]]
    for part in (*PARTS, *present):
        if not (path / part).is_dir():
            raise WanError(f"{path}: {part} is missing")
    parts = tuple(part for part in NETWORKS if (path / part).is_dir())
    configs = {part: _json(path / part / "config.json", f"{path / part}: config.json is missing") for part in parts}
    sizes = {part: sum(_weights(file) for file in _shards(path / part)) for part in parts}
    _belong(path, configs)
    return Folder(path, parts, configs, sizes)


def fetched(name: str) -> Path:
    """The folder of a name: itself, or what the Hugging Face hub has under that id, without its pickles.

    Raises:
        WanError: one line: there is no such folder, and nothing can be had under that id.
    """
    path = Path(name).expanduser()
    if path.exists() or not HUB_ID.fullmatch(name):
        return path
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", "*.safetensors", "*.model", "*.txt"]))
    except (OSError, ValueError) as error:
        raise WanError(f"{name}: no such folder, and the hub does not give it ({type(error).__name__})") from None


def check_memory(folder: Folder, settings: WanSettings, device: str) -> None:
    """Whether there is memory for it.

    Raises:
        WanError: one line with the figures and what would need less.
    """
    # On a CPU all of it is there before it is quantised.
    quantise, width = (settings.quantise, 2) if device.startswith("cuda") else ("", 4)
    free, needs = free_memory("cpu" if settings.offload else device), folder.needs(quantise, width)
    if needs <= free:
        return
    gains = device.startswith("cuda") and quantise != "nf4"
    less = f"; nf4 takes {_gib(folder.needs('nf4'))}" if gains else ""
    raise WanError(f"{folder.path}: takes {_gib(needs)} of memory, and {_gib(free)} are free on {device}{less}")


def free_memory(device: str) -> int:
    """Bytes of memory that are free."""
    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info()[0])
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"


def _json(path: Path, missing: str) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except OSError:
        raise WanError(missing) from None
    except ValueError:
        raise WanError(f"{path}: not JSON; restore the file") from None
    if not isinstance(found, dict):
        raise WanError(f"{path}: not an object; restore the file")
    return found


def _shards(folder: Path) -> list[Path]:
    """The files of weights of a network."""
    for index in sorted(folder.glob("*.safetensors.index.json")):
        named = sorted(set(_json(index, f"{index}: missing").get("weight_map", {}).values()))
        for name in named:
            if not (folder / name).is_file():
                raise WanError(f"{folder / name}: missing, though {index.name} names it")
        return [folder / name for name in named]
    found = sorted(folder.glob("*.safetensors"))
    if not found:
        pickles = [file.name for file in sorted(folder.iterdir()) if file.suffix in PICKLES]
        if pickles:
            raise WanError(f"{folder / pickles[0]}: a pickle, which is never loaded; get the safetensors")
        raise WanError(f"{folder}: no weights there (*.safetensors)")
    return found


def _weights(file: Path) -> int:
    """Numbers in a file whose header is that of safetensors."""
    try:
        with safe_open(file, framework="pt") as content:
            return sum(math.prod(content.get_slice(name).get_shape()) for name in content.keys())  # noqa: SIM118
    except (OSError, SafetensorError):
        raise WanError(f"{file}: not safetensors, or cut short; nothing else is loaded") from None


def _belong(path: Path, configs: dict[str, dict[str, Any]]) -> None:
    """What one part gives, the next takes."""
    transformer, vae = configs["transformer"], configs["vae"]
    pairs = [
        ("text_encoder", configs["text_encoder"].get("d_model"), transformer.get("text_dim")),
        ("vae", vae.get("z_dim"), transformer.get("out_channels")),
    ]
    if transformer.get("image_dim") is not None:
        if "image_encoder" not in configs:
            raise WanError(f"{path}: image_encoder is missing")
        pairs.append(("image_encoder", configs["image_encoder"].get("hidden_size"), transformer["image_dim"]))
    for part, gives, takes in pairs:
        if gives != takes:
            raise WanError(
                f"{path}: {part} and transformer are of different revisions: one gives {gives} numbers, "
                f"the other takes {takes}"
            )
