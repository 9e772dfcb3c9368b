"""The network: symbols and latents in, clean latents and the next address out.

Shapes: B batch, L tokens, D width, Z numbers a latent.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from model.nccligen.config import NCCLIGenConfig
from model.nccligen.tokens import STEERS, SYMBOLS
from model.nccligen.transformer import COLUMN_PERIOD, Cache, Transformer, frequencies
from model.protocol import MAX_COLUMNS, MAX_ROWS

FOURIER = 16
"""Frequencies in which the column and the time are told to the residual stream."""

TIME_SCALE = 16.0
"""Radians the fastest feature of the time turns from noise to clean."""


@dataclass(slots=True)
class Tokens:
    """A batch of tokens.

    Attributes:
        symbol: int64 (B, L), into the table of symbols.
        column, block: int64 (B, L), the rotary positions.
        time: float32 (B, L), flow time of noisy tokens; 1 for clean ones.
        latent: float32 (B, L, Z), of cells; 0 elsewhere.
        extra_at, extra_symbol: int64 (E,), symbols added to the token at flat index `extra_at` of B * L.
        turn: int64 (B, L), of each token the turn it is of, as a number in 0..B * L - 1.
        word_turn, word_symbol: int64 (W,), the words of a turn's action, as symbols.
    """

    symbol: Tensor
    column: Tensor
    block: Tensor
    time: Tensor
    latent: Tensor
    extra_at: Tensor
    extra_symbol: Tensor
    turn: Tensor
    word_turn: Tensor
    word_symbol: Tensor


def fourier(x: Tensor, period: float) -> Tensor:
    """Sines and cosines of x, (..., 2 * FOURIER)."""
    angles = x[..., None].float() * frequencies(FOURIER, period).to(x.device)
    return torch.cat((angles.cos(), angles.sin()), dim=-1)


class Network(nn.Module):
    """Embedding, transformer, and the heads that read it."""

    def __init__(self, config: NCCLIGenConfig) -> None:
        super().__init__()
        D, Z = config.width, config.cell.latent
        self.config = config
        self.symbols = nn.Embedding(SYMBOLS, D)
        self.column = nn.Linear(2 * FOURIER, D, bias=False)
        self.time = nn.Linear(2 * FOURIER, D, bias=False)
        self.latent = nn.Linear(Z, D, bias=False)
        self.gist = nn.Linear(D, D, bias=False)
        self.transformer = Transformer(config)
        self.clean = nn.Linear(D, Z, bias=False)
        self.steer = nn.Linear(D, STEERS, bias=False)
        self.goto = nn.Linear(D, MAX_ROWS + MAX_COLUMNS, bias=False)
        nn.init.normal_(self.symbols.weight, std=0.5)
        nn.init.normal_(self.gist.weight, std=0.5 / math.sqrt(D))
        for head in (self.clean, self.steer, self.goto):
            nn.init.normal_(head.weight, std=0.5 / math.sqrt(D))

    def forward(
        self, tokens: Tokens, mask: Tensor | None, cache: Cache | None = None
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """Outputs (B, L, D) for the heads, and keys and values a layer; mask and cache as in `Transformer`."""
        x_BLD = self.symbols(tokens.symbol) + self.latent(tokens.latent)
        x_BLD = x_BLD + self.column(fourier(tokens.column, COLUMN_PERIOD))
        x_BLD = x_BLD + self.time(fourier(TIME_SCALE * tokens.time, TIME_SCALE))
        extras_ED = self.symbols(tokens.extra_symbol).to(x_BLD.dtype)
        x_BLD = x_BLD.flatten(0, 1).index_add(0, tokens.extra_at, extras_ED).view_as(x_BLD)
        words_WD = self.symbols(tokens.word_symbol).to(x_BLD.dtype)
        said_BLD = torch.zeros_like(x_BLD).flatten(0, 1).index_add(0, tokens.word_turn, words_WD)[tokens.turn]
        x_BLD = x_BLD + self.gist(said_BLD)
        output: tuple[Tensor, list[tuple[Tensor, Tensor]]]
        output = self.transformer(x_BLD, tokens.column, tokens.block, mask, cache)
        return output
