"""h_t of NCCLIGen: a key-value cache, the frame, the write head and the seed of the noise. All tensors.

It can be saved, restored, forked and hashed. It holds no terminal buffer: what the machine knows of the screen is in
the cache, and the frame is pixels.
"""

import hashlib
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from model.nccligen.address import Head
from model.nccligen.transformer import Cache
from model.protocol import Frame, Geometry


class StateError(ValueError):
    """A saved state that cannot be used; the message is one line for the user."""


@dataclass(slots=True)
class NCCLIGenState:
    """h_t.

    Attributes:
        cache: keys and values of the tokens absorbed so far.
        frame: x_t.
        head: the write head.
        blocks: blocks absorbed since boot; the rotary position of the next one.
        turns: for each turn still in the cache, the number of tokens absorbed before it since boot; oldest first.
        absorbed: tokens absorbed since boot.
        words: symbols of the words of the last action.
        chain: 32 bytes, a hash chained over every action since boot; it seeds the noise, so that the same history
            draws the same pixels.
        routine: name of the routine that answered the last action; empty: the base machine did.
    """

    cache: Cache
    frame: Frame
    head: Head
    blocks: int
    turns: list[int]
    absorbed: int
    words: list[int]
    chain: bytes
    routine: str

    def fork(self) -> "NCCLIGenState":
        """An independent copy. Tensors are shared: stepping replaces them and never writes into them."""
        return replace(self, turns=list(self.turns), words=list(self.words))

    def tensors(self) -> dict[str, torch.Tensor]:
        """Everything, as named tensors."""
        counters = [*self.head, self.blocks, self.absorbed, *self.turns]
        return {
            "keys": self.cache.keys.cpu().contiguous(),
            "values": self.cache.values.cpu().contiguous(),
            "said": self.cache.said.cpu().contiguous(),
            "pixels": torch.from_numpy(self.frame.pixels.copy()),
            "counters": torch.tensor(counters, dtype=torch.int64),
            "words": torch.tensor(self.words, dtype=torch.int64),
            "chain": torch.tensor(list(self.chain), dtype=torch.uint8),
            "routine": torch.tensor(list(self.routine.encode()), dtype=torch.uint8),
        }

    def digest(self) -> str:
        """SHA-256 over every tensor, in hex."""
        total = hashlib.sha256()
        for name, tensor in sorted(self.tensors().items()):
            total.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}\n".encode())
            total.update(tensor.view(torch.uint8).numpy().tobytes() if tensor.numel() else b"")
        return total.hexdigest()


def save_state(state: NCCLIGenState, weights_hash: str, path: Path) -> None:
    """Write a state as safetensors, bound to the weights it belongs to. Atomic: whole or absent."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    payload = save(state.tensors(), metadata={"state": json.dumps({"weights": weights_hash})})
    try:
        temporary.write_bytes(payload)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def load_state(path: Path, weights_hash: str, device: str) -> NCCLIGenState:
    """Read a state that `save_state` wrote.

    Raises:
        StateError: if the file is missing, broken, or belongs to other weights.
    """
    try:
        with safe_open(path, framework="pt") as file:
            if json.loads(file.metadata()["state"])["weights"] != weights_hash:
                raise StateError(f"{path}: saved by a machine with other weights; load those to open it")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        pixels = tensors["pixels"].numpy().astype(np.uint8)
        row, column, blocks, absorbed, *turns = tensors["counters"].tolist()
        return NCCLIGenState(
            cache=Cache(*(tensors[name].to(device) for name in ("keys", "values", "said"))),
            frame=Frame(pixels, Geometry(pixels.shape[0] // 16, pixels.shape[1] // 8)),
            head=Head(row, column),
            blocks=blocks,
            turns=turns,
            absorbed=absorbed,
            words=tensors["words"].tolist(),
            chain=bytes(tensors["chain"].tolist()),
            routine=bytes(tensors["routine"].tolist()).decode(),
        )
    except StateError:
        raise
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise StateError(f"{path}: not a saved state ({type(error).__name__})") from error
