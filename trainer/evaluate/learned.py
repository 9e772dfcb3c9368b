"""LPIPS and FVD: how far frames and films are apart in features that a network has learned.

The networks are torchmetrics' and torchvision's; their weights come from files and are never fetched. Sources: LPIPS,
Zhang et al. 2018 (arXiv 1801.03924), with AlexNet; FVD, Unterthiner et al. 2018 (arXiv 1812.01717), in the features of
r3d_18, as "Neural Computers" (arXiv 2604.06425) has it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_model
from torch import Tensor, nn

from model.protocol import Frame

FEATURES = 512
"""Numbers r3d_18 tells a film by."""

SIDE = 112
"""Pixels of a side of the pictures r3d_18 was trained on."""

MEAN, DEVIATION = (0.43216, 0.394666, 0.37645), (0.22803, 0.22145, 0.216989)
"""Of the colours r3d_18 was trained on, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Networks that compare; None: the metric is left out.

    Attributes:
        lpips: LPIPS with AlexNet.
        films: r3d_18 without its last layer.
    """

    lpips: nn.Module | None = None
    films: nn.Module | None = None


def load_learned(lpips: Path | None, films: Path | None) -> Learned:
    """The networks whose weights are given, safetensors.

    Raises:
        ValueError: if a file does not hold the weights of its network, or torchvision cannot be used; one line.
    """
    return Learned(
        _loaded(lpips, _lpips, "LPIPS with AlexNet") if lpips else None,
        _loaded(films, _r3d, "r3d_18") if films else None,
    )


def _lpips() -> nn.Module:
    # torchmetrics' public class fetches the weights of AlexNet.
    from torchmetrics.functional.image.lpips import _LPIPS

    return _LPIPS(pretrained=False, net="alex", pnet_rand=True)


def _r3d() -> nn.Module:
    from torchvision.models.video import r3d_18

    network: nn.Module = r3d_18()
    return network


def _loaded(path: Path, build: Callable[[], nn.Module], name: str) -> nn.Module:
    try:
        with safe_open(path, "pt"):
            pass
    except OSError:
        raise ValueError(f"{path}: cannot be read") from None
    except SafetensorError:
        raise ValueError(f"{path}: no safetensors file") from None
    try:
        network = build()
    except (ImportError, RuntimeError) as error:
        raise ValueError(f"torchvision cannot be used ({error}): pip install 'neuralsh[films]'") from None
    try:
        load_model(network, path)
    except RuntimeError:
        raise ValueError(f"{path}: does not hold the weights of {name}") from None
    return network.eval().requires_grad_(False)


@torch.inference_mode()
def lpips(network: nn.Module, truth: Frame, drawn: Frame) -> float:
    """LPIPS of two frames of one size; 0 where they are equal. Raises ValueError if they differ in size."""
    if truth.pixels.shape != drawn.pixels.shape:
        raise ValueError(f"frames of {truth.geometry} and {drawn.geometry} cannot be compared")
    one_1CHW, other_1CHW = (_pictures([frame]) * 2 - 1 for frame in (truth, drawn))
    return float(network(one_1CHW, other_1CHW))


@torch.inference_mode()
def film_features(network: nn.Module, film: Sequence[Frame]) -> Tensor:
    """What r3d_18 says of a film of at least one frame, float32 (FEATURES,)."""
    pictures_TCHW = F.interpolate(_pictures(film), (SIDE, SIDE), mode="bilinear", antialias=True)
    colours = (pictures_TCHW - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1)
    told: list[Tensor] = []
    hook = network.get_submodule("avgpool").register_forward_hook(lambda *call: told.append(call[2]))
    with hook:
        network(colours.transpose(0, 1)[None])
    return told[0].flatten()


def fvd(truth: Sequence[Tensor], drawn: Sequence[Tensor]) -> float:
    """Fréchet distance between the features of two sets of films, each at least two; the fewer films, the higher."""
    # Imported here: every suite imports this file.
    from torchmetrics.image.fid import FrechetInceptionDistance

    distance = FrechetInceptionDistance(feature=_AsTheyAre())
    distance.update(torch.stack(list(truth)), real=True)
    distance.update(torch.stack(list(drawn)), real=False)
    return float(distance.compute())


class _AsTheyAre(nn.Module):
    """Features that are computed already."""

    num_features = FEATURES

    def forward(self, features_NF: Tensor) -> Tensor:
        return features_NF


def _pictures(frames: Sequence[Frame]) -> Tensor:
    """Float32 (frames, 3, height, width), from 0 to 1."""
    return torch.from_numpy(np.stack([frame.pixels for frame in frames])).permute(0, 3, 1, 2).float() / 255
