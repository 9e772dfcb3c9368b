"""h_t of the Wan machine: the latents of the last clip and its last frame, which seeds the next. All tensors."""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from model.files import replace_file
from model.protocol import CELL_HEIGHT, CELL_WIDTH, Frame, Geometry


class WanStateError(ValueError):
    """A saved state that cannot be used; the message is one line for the user."""


@dataclass(slots=True)
class WanState:
    """h_t.

    Attributes:
        latents: float32 (channels, latent frames, height, width) of the last clip; none of them before the first.
        frame: x_t.
        chain: 32 bytes, a hash chained over every action since boot; it seeds the noise.
        routine: name of the routine that answered the last action; empty: the machine itself did.
    """

    latents: Tensor
    frame: Frame
    chain: bytes
    routine: str = ""

    def parts(self) -> dict[int, int]:
        """See `State`."""
        return {id(self.frame): self.frame.pixels.nbytes, id(self.latents): self.latents.nbytes}

    def fork(self) -> "WanState":
        """An independent copy. Tensors are shared: stepping replaces them and never writes into them."""
        return replace(self)

    def tensors(self) -> dict[str, Tensor]:
        """All of it, by name."""
        return {
            "latents": self.latents.contiguous(),
            "pixels": torch.from_numpy(self.frame.pixels.copy()),
            "chain": torch.tensor(list(self.chain), dtype=torch.uint8),
        }

    def digest(self) -> str:
        """SHA-256 over every tensor, in hex."""
        total = hashlib.sha256()
        for name, tensor in sorted(self.tensors().items()):
            total.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}\n".encode())
            total.update(tensor.view(torch.uint8).numpy().tobytes() if tensor.numel() else b"")
        return total.hexdigest()


def save_state(state: WanState, weights_hash: str, path: Path) -> None:
    """Write a state as safetensors, bound to the weights it belongs to; whole or not at all."""
    replace_file(path, save(state.tensors(), metadata={"wan": json.dumps({"weights": weights_hash})}))


def load_state(path: Path, weights_hash: str) -> WanState:
    """Read a state that `save_state` wrote.

    Raises:
        WanStateError: if the file is missing, broken, or belongs to other weights.
    """
    try:
        with safe_open(path, framework="pt") as file:
            if json.loads(file.metadata()["wan"])["weights"] != weights_hash:
                raise WanStateError(f"{path}: saved by a machine with other weights; load those to open it")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        pixels = tensors["pixels"].numpy().astype(np.uint8)
        geometry = Geometry(pixels.shape[0] // CELL_HEIGHT, pixels.shape[1] // CELL_WIDTH)
        return WanState(tensors["latents"], Frame(pixels, geometry), bytes(tensors["chain"].tolist()))
    except WanStateError:
        raise
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise WanStateError(f"{path}: not a saved state ({type(error).__name__})") from error
