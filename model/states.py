"""States as files: safetensors, bound to the weights they belong to. Every machine's are written and read here."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, uint8

from model.files import replace_file

S = TypeVar("S")


class StateError(ValueError):
    """A saved state that cannot be used; the message is one line for the user."""


def hash_of(tensors: Mapping[str, Tensor], before: bytes = b"") -> str:
    """SHA-256 over `before` and tensors by their names, in hex."""
    total = hashlib.sha256(before)
    for name, tensor in sorted(tensors.items()):
        total.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}\n".encode())
        total.update(tensor.view(uint8).numpy().tobytes() if tensor.numel() else b"")
    return total.hexdigest()


def write_state(path: Path, kind: str, weights_hash: str, tensors: Mapping[str, Tensor]) -> None:
    """Write the tensors of a state; whole or not at all, for its owner alone, since it holds what was typed and drawn.

    Args:
        path: replaced if it exists; see `replaced`.
        kind: of the machine.
        weights_hash: of the weights that the state belongs to.
        tensors: all of it, by name, on the CPU.

    Raises:
        OSError: if it cannot be written.
    """
    document = json.dumps({"weights": weights_hash, "tensors": hash_of(tensors)})
    replace_file(path, save(dict(tensors), metadata={kind: document}), private=True)


def read_state(path: Path, kind: str, weights_hash: str, made: Callable[[dict[str, Tensor]], S]) -> S:
    """Read what `write_state` wrote. What was written before there was a hash of the tensors is read without.

    Args:
        path: of the file.
        kind: of the machine.
        weights_hash: of its weights.
        made: makes the state of its tensors, on the CPU.

    Raises:
        StateError: if the file is missing, broken, or belongs to other weights.
    """
    try:
        with safe_open(path, framework="pt") as file:
            document = json.loads(file.metadata()[kind])
            if document["weights"] != weights_hash:
                raise StateError(f"{path}: saved by a machine with other weights; load those to open it")
            # Copied: the file is mapped, and who reads what it no longer holds is killed.
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118 (not a dict)
        found = hash_of(tensors)
        if document.get("tensors", found) != found:
            raise StateError(f"{path}: damaged: it does not hold what was saved")
        return made(tensors)
    except StateError:
        raise
    except FileNotFoundError as error:
        raise StateError(f"{path}: no such file; name a state that :save wrote") from error
    except (OSError, SafetensorError, LookupError, TypeError, ValueError, RuntimeError) as error:
        raise StateError(f"{path}: not a saved state") from error
