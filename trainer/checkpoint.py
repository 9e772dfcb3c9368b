"""A training that can be stopped at any moment and goes on: everything it needs in one safetensors file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from model.files import replaced
from trainer.team import shared_as, whole

FILE = "training.safetensors"


class CheckpointError(ValueError):
    """A checkpoint that cannot be resumed; the message is one line for the user."""


@dataclass(slots=True)
class Progress:
    """How far a training is.

    Attributes:
        step: optimiser steps taken.
        seconds: spent training, over all its runs.
    """

    step: int = 0
    seconds: float = 0.0


def save_checkpoint(
    folder: Path,
    module: nn.Module,
    optimizers: list[torch.optim.Optimizer],
    progress: Progress,
    identity: str,
    writes: bool = True,
) -> None:
    """Write weights, optimiser states and progress; whole or not at all.

    What is shared out over processes is put together: all of them call this, and one writes.

    Args:
        folder: made if missing.
        module: what is trained.
        optimizers: in a fixed order.
        progress: so far.
        identity: names the training (configuration, corpus, weights, seed), so that another does not resume from it.
        writes: whether this process does.
    """
    tensors: dict[str, Tensor] = {f"module.{k}": whole(v.detach()).cpu() for k, v in module.state_dict().items()}
    for i, optimizer in enumerate(optimizers):
        for j, values in optimizer.state_dict()["state"].items():
            for name, value in values.items():
                tensors[f"optimizer.{i}.{j}.{name}"] = whole(torch.as_tensor(value).detach()).cpu()
    if not writes:
        return
    folder.mkdir(parents=True, exist_ok=True)
    document = json.dumps({"step": progress.step, "seconds": progress.seconds, "identity": identity})
    with replaced(folder / FILE) as temporary:
        save_file({k: v.clone().contiguous() for k, v in tensors.items()}, temporary, metadata={"progress": document})


def resume(folder: Path, module: nn.Module, optimizers: list[torch.optim.Optimizer], identity: str) -> Progress:
    """Go on where a checkpoint in `folder` left off; from the start if there is none.

    Raises:
        CheckpointError: if the file is broken or belongs to another training.
    """
    path = folder / FILE
    if not path.exists():
        return Progress()
    try:
        with safe_open(path, framework="pt") as file:
            document = json.loads(file.metadata()["progress"])
            if document["identity"] != identity:
                raise CheckpointError(
                    f"{path}: belongs to another training (other files, weights or options, or begun by an older "
                    "neuralsh); use another --out"
                )
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        own = module.state_dict()
        module.load_state_dict({k: shared_as(tensors[f"module.{k}"], v) for k, v in own.items()})
        for i, optimizer in enumerate(optimizers):
            state: dict[int, dict[str, Any]] = {}
            moved = [parameter for group in optimizer.param_groups for parameter in group["params"]]
            for key, value in tensors.items():
                if key.startswith(f"optimizer.{i}."):
                    _, _, j, name = key.split(".", 3)
                    like = moved[int(j)] if value.shape == moved[int(j)].shape else value
                    state.setdefault(int(j), {})[name] = shared_as(value, like)
            optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
        return Progress(document["step"], document["seconds"])
    except (OSError, SafetensorError, KeyError, TypeError, RuntimeError, json.JSONDecodeError) as error:
        raise CheckpointError(f"{path}: broken ({type(error).__name__}); remove it to start again") from error
