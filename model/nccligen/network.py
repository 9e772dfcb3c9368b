"""The network: symbols and latents in, clean latents and the next address out.

Shapes: B batch, L tokens, D width, Z numbers a latent, P tokens in the cache, T = P + L, M `MATCH`.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from model.nccligen.address import Address, Kind
from model.nccligen.config import NCCLIGenConfig
from model.nccligen.tokens import FIRST_WORD, STEERS, SYMBOLS, steer
from model.nccligen.transformer import COLUMN_PERIOD, Cache, Transformer, frequencies
from model.nccligen.words import BUCKETS, HASHES
from model.protocol import MAX_COLUMNS, MAX_ROWS

FOURIER = 16
"""Frequencies in which the column and the time are told to the residual stream."""

MATCH = 64
"""Numbers by which the words of turns are compared."""

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
        ongoing: tokens at the end of the cache that are of the turn of these.
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
    ongoing: int = 0


def fourier(x: Tensor, period: float) -> Tensor:
    """Sines and cosines of x, (..., 2 * FOURIER)."""
    angles = x[..., None].float() * frequencies(FOURIER, period, x.device)
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
        # Nothing is written aside until that is learned: of random weights the largest is above 0.
        nn.init.zeros_(self.steer.weight[steer(Address(Kind.SCRATCH)) :])
        self.word = nn.Embedding(HASHES * BUCKETS, MATCH)
        nn.init.normal_(self.word.weight, std=1 / math.sqrt(MATCH * HASHES))

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
        match = self.match(tokens, cache)
        output = self.transformer(x_BLD, tokens.column, tokens.block, mask, match, cache)
        return output

    def said(self, tokens: Tokens) -> Tensor:
        """The words of each token's turn, to be compared with those of other turns, (B, L, M)."""
        words_NM = self.word(tokens.word_symbol - FIRST_WORD)
        turns_TM: Tensor = words_NM.new_zeros(tokens.turn.numel(), MATCH).index_add(0, tokens.word_turn, words_NM)
        return turns_TM[tokens.turn]

    def match(self, tokens: Tokens, cache: Cache | None) -> Tensor:
        """What the turns of a query and a key have in common: near the number of words, before training; 0 in one turn.

        Which of many turns is meant is told by a name they share. That two names are alike is one product here; without
        it attention has to learn to compare every name there is.

        Returns:
            (B, 1, L, P + L).
        """
        said_BLM = self.said(tokens)
        other_BLL = tokens.turn[:, :, None] != tokens.turn[:, None, :]
        match_BLT = said_BLM @ said_BLM.transpose(1, 2) * other_BLL
        if cache is not None:
            earlier_BLP = said_BLM @ cache.said.T
            earlier_BLP[:, :, cache.tokens - tokens.ongoing :] = 0
            match_BLT = torch.cat((earlier_BLP, match_BLT), 2)
        return match_BLT[:, None]
