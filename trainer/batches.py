"""Rows of packed sessions as tensors.

Shapes: B rows, L tokens a row. What is to be looked for in a batch is looked for here: on a GPU a question whose answer
sets a shape waits until all that was asked before is done.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.nccligen.tokens import FIRST_WORD
from trainer.corpus import NO_CELL, NO_TARGET, Piece, Stream, pack


@dataclass(slots=True)
class Batch:
    """What `Stream` holds, as int64 (B, L), and which session of its row each token belongs to (-1: padding).

    Attributes:
        number, word_turn, word_symbol: `turn`, `word_turn` and `word_symbol` of `Tokens`; a turn's number is the flat
            index of its first token.
        cell_at: int64 (M,), flat index of noisy cells.
        address_at: int64 (A,), flat index of tokens that an address is read off.
    """

    symbol: Tensor
    column: Tensor
    block: Tensor
    noisy: Tensor
    cell: Tensor
    steer: Tensor
    row: Tensor
    column_to: Tensor
    turn: Tensor
    family: Tensor
    aside: Tensor
    session: Tensor
    extra_at: Tensor
    extra_symbol: Tensor
    number: Tensor
    word_turn: Tensor
    word_symbol: Tensor
    cell_at: Tensor
    address_at: Tensor

    def to(self, device: str) -> "Batch":
        """The same on another device; to a GPU without waiting for it."""
        if not device.startswith("cuda"):
            return Batch(**{name: getattr(self, name).to(device) for name in self.__slots__})
        pinned = {name: getattr(self, name).pin_memory() for name in self.__slots__}
        return Batch(**{name: tensor.to(device, non_blocking=True) for name, tensor in pinned.items()})


PADDING = {"cell": NO_CELL, "steer": NO_TARGET}
FIELDS = ("symbol", "column", "block", "noisy", "cell", "steer", "row", "column_to", "turn", "family", "aside")


def collate(sessions: list[Stream], rows: list[list[Piece]], length: int) -> Batch:
    """Rows of sessions, as `pack` chose them, as one batch of `length` tokens a row."""
    arrays: dict[str, NDArray[np.int64]] = {
        name: np.full((len(rows), length), PADDING.get(name, 0), np.int64) for name in FIELDS
    }
    session = np.full((len(rows), length), -1, np.int64)
    extra_at, extra_symbol = [], []
    for r, row in enumerate(rows):
        at = 0
        for s, piece in enumerate(row):
            stream = sessions[piece.session]
            end = at + piece.tokens
            for name in FIELDS:
                arrays[name][r, at:end] = getattr(stream, name)[: piece.tokens]
            session[r, at:end] = s
            extras = int(np.searchsorted(stream.extra_at, piece.tokens))
            extra_at.append(stream.extra_at[:extras].astype(np.int64) + r * length + at)
            extra_symbol.append(stream.extra_symbol[:extras].astype(np.int64))
            at = end
    arrays |= {"session": session, "number": _numbers(arrays["turn"], session)}
    arrays |= {"extra_at": np.concatenate(extra_at), "extra_symbol": np.concatenate(extra_symbol)}
    is_word = arrays["extra_symbol"] >= FIRST_WORD
    arrays["word_turn"] = arrays["number"].flat[arrays["extra_at"][is_word]]
    arrays["word_symbol"] = arrays["extra_symbol"][is_word]
    arrays["cell_at"] = np.flatnonzero((arrays["cell"] >= 0) & (arrays["noisy"] > 0))
    arrays["address_at"] = np.flatnonzero(arrays["steer"] != NO_TARGET)
    return Batch(**{name: torch.from_numpy(array) for name, array in arrays.items()})


def _numbers(turn_BL: NDArray[np.int64], session_BL: NDArray[np.int64]) -> NDArray[np.int64]:
    """The flat index of the first token of the turn of each token."""
    flat_BL = np.arange(turn_BL.size).reshape(turn_BL.shape)
    goes_on = (turn_BL[:, 1:] == turn_BL[:, :-1]) & (session_BL[:, 1:] == session_BL[:, :-1])
    flat_BL[:, 1:][goes_on] = 0
    return np.maximum.accumulate(flat_BL, 1)


def ahead(endless: Iterator[Batch]) -> Iterator[Batch]:
    """The same batches, each made in a thread while the one before it is trained on."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, endless)
        while True:
            batch = coming.result()
            coming = pool.submit(next, endless)
            yield batch


def batches(
    sessions: list[Stream], rows: int, length: int, seed: int, start: int = 0, rank: int = 0, size: int = 1
) -> Iterator[Batch]:
    """Endless batches: epoch after epoch, each in a new order that `seed` sets; the first `start` are skipped.

    Of each, the process of number `rank` among `size` has every `size`-th row.
    """
    epoch = skipped = 0
    while True:
        order: NDArray[np.int64] = np.random.default_rng((seed, epoch)).permutation(len(sessions))
        packed = pack(sessions, order, length, cut=True)
        # A small corpus fills a batch by going round.
        while len(packed) < rows:
            packed += packed
        for first in range(0, len(packed) - rows + 1, rows):
            if skipped < start:
                skipped += 1
                continue
            yield collate(sessions, packed[first + rank : first + rows : size], length)
        epoch += 1
