"""h_t of the Wan machine: the latents of the last clip and its last frame, which seeds the next. All tensors."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from model.protocol import CELL_HEIGHT, CELL_WIDTH, Frame, Geometry
from model.states import hash_of, read_state, write_state


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
        return hash_of(self.tensors())


def save_state(state: WanState, weights_hash: str, path: Path) -> None:
    """Write a state as safetensors, bound to the weights it belongs to; whole or not at all."""
    write_state(path, "wan", weights_hash, state.tensors())


def load_state(path: Path, weights_hash: str) -> WanState:
    """Read a state that `save_state` wrote.

    Raises:
        StateError: if the file is missing, broken, or belongs to other weights.
    """
    return read_state(path, "wan", weights_hash, _from_tensors)


def _from_tensors(tensors: dict[str, Tensor]) -> WanState:
    """The inverse of `WanState.tensors`."""
    pixels = tensors["pixels"].numpy().astype(np.uint8)
    geometry = Geometry(pixels.shape[0] // CELL_HEIGHT, pixels.shape[1] // CELL_WIDTH)
    return WanState(tensors["latents"], Frame(pixels, geometry), bytes(tensors["chain"].tolist()))
