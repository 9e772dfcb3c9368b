"""Blocks as the network reads them at run time: clean ones in a row, or several rows that share what came before."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from model.nccligen.network import Tokens
from model.nccligen.tokens import FIRST_WORD, PAD
from model.nccligen.words import PLACES, word_symbols


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A block at its place.

    Attributes:
        symbols: of its head and of what follows.
        column: of its head.
        extras: as in `tokens.Block`.
        latents: float32 (N, Z), of the cells behind its head; None: it has none.
    """

    symbols: list[int]
    column: int
    extras: list[tuple[int, int]]
    latents: Tensor | None = None


@lru_cache(maxsize=64)
def _said(keys: bytes) -> tuple[int, ...]:
    """Symbols of the words of an action. Kept: every block of a turn asks for them."""
    return tuple(FIRST_WORD + word - PLACES for _, word in word_symbols(keys) if word >= PLACES)


def tokens_of(
    rows: Sequence[Sequence[Piece]], keys: Sequence[bytes], block: int, ongoing: int, latent: int, device: str
) -> Tokens:
    """Blocks of one turn a row, the first of each row at position `block`; shorter rows are padded.

    Args:
        rows: B rows.
        keys: of the action of each row's turn.
        block: rotary position of the first blocks.
        ongoing: see `Tokens`.
        latent: numbers a latent.
        device: of the tensors.
    """
    lengths = [sum(len(piece.symbols) for piece in row) for row in rows]
    B, L = len(rows), max(lengths)
    # Padding stands behind all blocks: it sees them, and none sees it.
    symbol, blocks = torch.full((B, L), PAD), torch.full((B, L), block + max(map(len, rows)))
    column = torch.zeros(B, L, dtype=torch.long)
    latents = torch.zeros(B, L, latent)
    extras, words = list[tuple[int, int]](), list[tuple[int, int]]()
    for r, row in enumerate(rows):
        at = 0
        for offset, piece in enumerate(row):
            end = at + len(piece.symbols)
            symbol[r, at:end] = torch.tensor(piece.symbols)
            column[r, at:end] = torch.arange(piece.column, piece.column + end - at)
            blocks[r, at:end] = block + offset
            if piece.latents is not None:
                latents[r, at + 1 : end] = piece.latents
            extras += [(r * L + at + place, extra) for place, extra in piece.extras]
            at = end
        words += [(r * L, word) for word in _said(keys[r])]
    extra_at, extra_symbol = torch.tensor(extras, dtype=torch.long).reshape(-1, 2).T
    word_turn, word_symbol = torch.tensor(words, dtype=torch.long).reshape(-1, 2).T
    return Tokens(
        symbol=symbol.to(device),
        column=column.to(device),
        block=blocks.to(device),
        time=torch.ones(B, L, device=device),
        latent=latents.to(device),
        extra_at=extra_at.to(device),
        extra_symbol=extra_symbol.to(device),
        turn=(L * torch.arange(B)[:, None]).expand(B, L).to(device),
        word_turn=word_turn.to(device),
        word_symbol=word_symbol.to(device),
        ongoing=ongoing,
    )


def sees_earlier(block_BL: Tensor, past: int) -> Tensor:
    """Who sees whom among clean blocks behind `past` tokens: bool (B, 1, L, past + L), as `flow.sees` has it."""
    own = block_BL[:, None, :, None] >= block_BL[:, None, None, :]
    return torch.cat((own.new_ones(*own.shape[:3], past), own), 3)
