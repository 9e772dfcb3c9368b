"""h_t of NCCLIGen: keys and values of all turns, the frame, the write head and the seed of the noise. All tensors.

It can be saved, restored, forked and hashed. It holds no terminal buffer: what the machine knows of the screen is in
the cache, and the frame is pixels.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from model.files import replace_file
from model.nccligen.address import Head
from model.nccligen.memory import Turn, kept
from model.nccligen.notes import Name, Note, from_tensors, to_tensors
from model.nccligen.transformer import Cache
from model.protocol import Frame, Geometry

CACHE = ("keys", "values", "said")
"""Tensors of a cache."""


class StateError(ValueError):
    """A saved state that cannot be used; the message is one line for the user."""


@dataclass(slots=True)
class NCCLIGenState:
    """h_t.

    Attributes:
        memory: the turns before this one, the oldest first.
        cache: what is attended: the turns of the memory that this one needs, then this one so far; when it has ended,
            this one alone.
        frame: x_t.
        head: the write head.
        item: which item of this turn was drawn last; see `address.item`.
        sheet: the head of the scratch sheet.
        aside: tokens of this turn that are of the scratch sheet: of each row the first, as a number of tokens since
            boot, their count, and which of `noted` it is of, from 1; 0: of none.
        noted: names of the notes of this turn.
        blocks: blocks absorbed since boot; the rotary position of the next one.
        opened: the first block of this turn.
        ongoing: tokens of this turn, at the end of the cache.
        absorbed: tokens absorbed since boot.
        action: keys of this turn's action.
        typed: whether all that was drawn for it so far is the typed line, whose cells are not absorbed.
        chain: 32 bytes, a hash chained over every action since boot; it seeds the noise, so that the same history
            draws the same pixels.
        routine: name of the routine that answered the last action; empty: the base machine did.
    """

    memory: tuple[Turn, ...]
    cache: Cache
    frame: Frame
    head: Head
    item: int
    sheet: Head
    aside: tuple[tuple[int, int, int], ...]
    noted: tuple[Name, ...]
    blocks: int
    opened: int
    ongoing: int
    absorbed: int
    action: bytes
    typed: bool
    chain: bytes
    routine: str

    def parts(self) -> dict[int, int]:
        """See `State`."""
        own = {id(self.frame): self.frame.pixels.nbytes, id(self.cache): self.cache.nbytes}
        return own | {id(turn): turn.cache.nbytes for turn in self.memory}

    def fork(self) -> "NCCLIGenState":
        """An independent copy. Tensors are shared: stepping replaces them and never writes into them."""
        return replace(self)

    def turn(self) -> tuple[Cache, tuple[Note, ...]]:
        """This turn so far, what it worked out wiped, and its notes."""
        turn = self.cache.without(self.cache.tokens - self.ongoing)
        first = self.absorbed - self.ongoing
        keep_T = torch.ones(self.ongoing, dtype=torch.bool, device=turn.keys.device)
        notes, gone = dict[int, tuple[int, int]](), 0
        for at, count, note in self.aside:
            start = at - first
            if note and start >= 0:
                begun, rows = notes.get(note, (start - gone, 0))
                notes[note] = begun, rows + count
            else:
                keep_T[max(0, start) : max(0, start + count)] = False
                gone += max(0, start + count) - max(0, start)
        turn = turn if keep_T.all() else turn.of_tokens(keep_T)
        return turn, tuple(Note(*place, self.noted[note - 1]) for note, place in notes.items())

    def tensors(self) -> dict[str, torch.Tensor]:
        """Everything but the memory, as named tensors."""
        names, told = to_tensors(self.noted)
        counters = [
            *self.head,
            self.item,
            *self.sheet,
            self.blocks,
            self.opened,
            self.ongoing,
            self.absorbed,
            self.typed,
        ]
        return {
            **_of_cache(self.cache),
            "pixels": torch.from_numpy(self.frame.pixels.copy()),
            "counters": torch.tensor(counters, dtype=torch.int64),
            "aside": torch.tensor(self.aside, dtype=torch.int64).reshape(-1, 3),
            "noted": names,
            "noted.told": told,
            "action": _of_bytes(self.action),
            "chain": _of_bytes(self.chain),
            "routine": _of_bytes(self.routine.encode()),
        }

    def digest(self) -> str:
        """SHA-256 over every tensor and every turn of the memory, in hex."""
        total = hashlib.sha256(b"".join(turn.digest for turn in self.memory))
        for name, tensor in sorted(self.tensors().items()):
            total.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}\n".encode())
            total.update(tensor.view(torch.uint8).numpy().tobytes() if tensor.numel() else b"")
        return total.hexdigest()


def _of_bytes(payload: bytes) -> torch.Tensor:
    return torch.tensor(list(payload), dtype=torch.uint8)


def _of_cache(cache: Cache, prefix: str = "") -> dict[str, torch.Tensor]:
    """Its tensors, by name."""
    return {prefix + name: getattr(cache, name).cpu().contiguous() for name in CACHE}


def _of_memory(memory: Sequence[Turn]) -> dict[str, torch.Tensor]:
    """The turns one behind the other, and of each its tokens, its words, its first block, its blocks and its notes."""
    if not memory:
        return {}
    spans = [[turn.tokens, len(turn.words), turn.block, turn.blocks] for turn in memory]
    notes = [(at, note) for at, turn in enumerate(memory) for note in turn.notes]
    places = [[at, note.first, note.count] for at, note in notes]
    names, told = to_tensors([note.name for _, note in notes])
    return {
        **_of_cache(Cache.of([turn.cache for turn in memory]), "memory."),
        "memory.spans": torch.tensor(spans, dtype=torch.int64),
        "memory.notes": torch.tensor(places, dtype=torch.int64).reshape(-1, 3),
        "memory.noted": names,
        "memory.noted.told": told,
        "memory.words": torch.tensor([word for turn in memory for word in turn.words], dtype=torch.int64),
    }


def _to_memory(tensors: dict[str, torch.Tensor], device: str) -> tuple[Turn, ...]:
    """The inverse of `_of_memory`."""
    if "memory.spans" not in tensors:
        return ()
    whole, words = (tensors["memory." + name].to(device) for name in CACHE), tensors["memory.words"].tolist()
    spans = tensors["memory.spans"].tolist()
    sizes = [tokens for tokens, *_ in spans]
    keys, values, said = (
        torch.split(tensor, sizes, 0 if name == "said" else 2) for name, tensor in zip(CACHE, whole, strict=True)
    )
    names = from_tensors(tensors["memory.noted"], tensors["memory.noted.told"])
    places = tensors["memory.notes"].tolist()
    notes = [(at, Note(first, tokens, name)) for (at, first, tokens), name in zip(places, names, strict=True)]
    turns, at = list[Turn](), 0
    for number, ((_, count, block, blocks), *cache) in enumerate(zip(spans, keys, values, said, strict=True)):
        # Cloned: a slice would keep the whole of the file alive after the turn is forgotten.
        held = Cache(*(part.clone() for part in cache))
        noted = tuple(note for of, note in notes if of == number)
        turns.append(kept(held, tuple(words[at : at + count]), block, blocks, noted))
        at += count
    return tuple(turns)


def save_state(state: NCCLIGenState, weights_hash: str, path: Path) -> None:
    """Write a state as safetensors, bound to the weights it belongs to. Atomic: whole or absent."""
    metadata = {"state": json.dumps({"weights": weights_hash})}
    replace_file(path, save(state.tensors() | _of_memory(state.memory), metadata=metadata))


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
        *heads, blocks, opened, ongoing, absorbed, typed = tensors["counters"].tolist()
        head, item, sheet = Head(*heads[:3]), heads[3], Head(*heads[4:7])
        return NCCLIGenState(
            memory=_to_memory(tensors, device),
            cache=Cache(*(tensors[name].to(device) for name in CACHE)),
            frame=Frame(pixels, Geometry(pixels.shape[0] // 16, pixels.shape[1] // 8)),
            head=head,
            item=item,
            sheet=sheet,
            aside=tuple((first, count, note) for first, count, note in tensors["aside"].tolist()),
            noted=tuple(from_tensors(tensors["noted"], tensors["noted.told"])),
            blocks=blocks,
            opened=opened,
            ongoing=ongoing,
            absorbed=absorbed,
            action=bytes(tensors["action"].tolist()),
            typed=bool(typed),
            chain=bytes(tensors["chain"].tolist()),
            routine=bytes(tensors["routine"].tolist()).decode(),
        )
    except StateError:
        raise
    except FileNotFoundError as error:
        raise StateError(f"{path}: no such file; name a state that :save wrote") from error
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise StateError(f"{path}: not a saved state") from error
