"""Adapters: low-rank branches beside the frozen network (LoRA, arXiv 2106.09685). They are never merged into it.

An adapter adds `alpha / rank * B(A(x))` to what a linear layer gives, while it is held beside the network and not a
moment longer. Names, factors and configuration are those of PEFT, so that its tools read the file.
"""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from model.nccligen.network import Network

TARGETS = ("qkv", "out", "up", "down", "clean", "steer")
"""Linear layers that may have a branch, by the last part of their names."""

MAX_RANK = 64

_PREFIX = "base_model.model."


class AdapterError(ValueError):
    """An adapter that cannot be used; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class AdapterConfig:
    """Sizes.

    Attributes:
        rank: inner width of a branch.
        alpha: what branches are multiplied by, times `rank`.
    """

    rank: int = 8
    alpha: float = 16.0


class Branch(nn.Module):
    """One branch, beside one layer: D_in to rank to D_out."""

    def __init__(self, layer: nn.Linear, config: AdapterConfig) -> None:
        super().__init__()
        self.scale = config.alpha / config.rank
        self.lora_A = nn.Linear(layer.in_features, config.rank, bias=False)
        self.lora_B = nn.Linear(config.rank, layer.out_features, bias=False)
        nn.init.normal_(self.lora_A.weight, std=1 / math.sqrt(layer.in_features))
        nn.init.zeros_(self.lora_B.weight)

    def forward(self, x: Tensor) -> Tensor:
        """What is added to the output of the layer for an input of it."""
        # Scaled where it is narrow.
        y: Tensor = self.lora_B(self.scale * self.lora_A(x))
        return y


def targets_of(network: Network, targets: tuple[str, ...] = TARGETS) -> dict[str, nn.Linear]:
    """The layers that have a branch, by name; `targets` names each by its name or the end of it."""
    ends = tuple(f".{target}" for target in targets)
    return {
        name: module
        for name, module in network.named_modules()
        if isinstance(module, nn.Linear) and name.rpartition(".")[2] in TARGETS and f".{name}".endswith(ends)
    }


def last_layers(network: Network, share: float) -> tuple[str, ...]:
    """Names of the layers of the last blocks of a network, such a share of them, and of what reads their output."""
    first = network.config.layers - math.ceil(share * network.config.layers)
    early = tuple(f"transformer.blocks.{at}." for at in range(first))
    return tuple(name for name in targets_of(network) if not name.startswith(early))


class Adapter(nn.Module):
    """A branch for each of `targets_of` a network; a new one changes nothing."""

    def __init__(self, network: Network, config: AdapterConfig, targets: tuple[str, ...] = TARGETS) -> None:
        super().__init__()
        self.config = config
        self.targets = targets
        # Names with dots are not for modules.
        self.branches = nn.ModuleDict(
            {name.replace(".", "/"): Branch(layer, config) for name, layer in targets_of(network, targets).items()}
        )

    @contextmanager
    def beside(self, network: Network, where_BL1: Tensor | None = None) -> Iterator[None]:
        """Hold the branches beside the layers of a network. Afterwards it is what it was, to the last bit.

        Args:
            network: one of the sizes of this adapter.
            where_BL1: bool, tokens that the branches add to; None: all. What is read off single tokens is not asked.
        """
        hooks = []
        try:
            for name, branch in self.branches.items():
                layer = network.get_submodule(name.replace("/", "."))
                hooks.append(layer.register_forward_hook(_adding(branch, where_BL1)))
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def factors(self) -> dict[str, Tensor]:
        """The factors by the names PEFT gives them."""
        return {
            f"{_PREFIX}{name.replace('/', '.')}.{factor}.weight": getattr(branch, factor).weight
            for name, branch in self.branches.items()
            for factor in ("lora_A", "lora_B")
        }


def _adding(branch: nn.Module, where_BL1: Tensor | None) -> Any:
    """A hook that adds a branch to the output of its layer."""

    def hook(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        added: Tensor = branch(inputs[0])
        if where_BL1 is not None and output.dim() == where_BL1.dim():
            added = added * where_BL1
        return output + added

    return hook


def save_adapter(adapter: Adapter) -> bytes:
    """An adapter as safetensors, with what PEFT calls `adapter_config.json` in its metadata."""
    config = {
        "peft_type": "LORA",
        "r": adapter.config.rank,
        "lora_alpha": adapter.config.alpha,
        "target_modules": list(adapter.targets),
        "lora_dropout": 0.0,
        "bias": "none",
    }
    tensors = {name: factor.detach().float().cpu().contiguous() for name, factor in adapter.factors().items()}
    return save(tensors, metadata={"adapter_config": json.dumps(config)})


def _config_of(payload: bytes) -> tuple[AdapterConfig, tuple[str, ...]]:
    """Sizes and targets, from the metadata of safetensors that were read already."""
    size = int.from_bytes(payload[:8], "little")
    try:
        config = json.loads(json.loads(payload[8 : 8 + size])["__metadata__"]["adapter_config"])
        rank, alpha = int(config["r"]), float(config["lora_alpha"])
        targets = tuple(str(target) for target in config["target_modules"])
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise AdapterError("no adapter: it does not say what it is") from error
    if not (1 <= rank <= MAX_RANK and math.isfinite(alpha)):
        raise AdapterError(f"an adapter of rank {rank} and alpha {alpha} cannot be used")
    return AdapterConfig(rank, alpha), targets


def load_adapter(payload: bytes, network: Network) -> Adapter:
    """The inverse of `save_adapter`, for a network of the same sizes.

    Raises:
        AdapterError: if it is not an adapter, or not of this network.
    """
    try:
        tensors = load(payload)
    except (SafetensorError, ValueError) as error:
        raise AdapterError("not safetensors; nothing else is loaded") from error
    adapter = Adapter(network, *_config_of(payload))
    wanted = adapter.factors()
    if tensors.keys() != wanted.keys() or any(tensors[name].shape != wanted[name].shape for name in wanted):
        raise AdapterError("an adapter of another machine: its layers are not those of this one")
    if not all(tensor.isfinite().all() for tensor in tensors.values()):
        raise AdapterError("a damaged adapter: it holds numbers that are not finite")
    with torch.no_grad():
        for name, factor in wanted.items():
            factor.copy_(tensors[name])
    return adapter.eval().requires_grad_(False)
