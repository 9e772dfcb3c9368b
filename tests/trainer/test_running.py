"""Training and running are one network: the stream under its mask gives what block by block with a cache gives."""

from dataclasses import replace

import torch
from sessions import echo_traces

from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import PRESETS
from model.nccligen.flow import sees
from model.nccligen.network import MATCH, Network, Tokens
from model.nccligen.tokens import CAPTION
from model.nccligen.transformer import Cache
from trainer.batches import Batch, collate
from trainer.corpus import Index, Piece, build
from trainer.fit import codes_of

NANO = PRESETS["nano"]


def part(tokens: Tokens, chosen: torch.Tensor) -> Tokens:
    """Some tokens of a row, in order."""
    at = {int(index): new for new, index in enumerate(chosen)}
    said = tokens.word_turn == tokens.turn[0, chosen[0]]
    extras = [i for i, index in enumerate(tokens.extra_at.tolist()) if index in at]
    return Tokens(
        symbol=tokens.symbol[:, chosen],
        column=tokens.column[:, chosen],
        block=tokens.block[:, chosen],
        time=tokens.time[:, chosen],
        latent=tokens.latent[:, chosen],
        extra_at=torch.tensor([at[int(tokens.extra_at[i])] for i in extras], dtype=torch.long),
        extra_symbol=tokens.extra_symbol[extras],
        turn=torch.zeros(1, len(chosen), dtype=torch.long),
        word_turn=torch.zeros(int(said.sum()), dtype=torch.long),
        word_symbol=tokens.word_symbol[said],
    )


def tokens_of(batch: Batch, codes: torch.Tensor) -> Tokens:
    """A row as the network takes it, its noisy cells at some time on the way from noise."""
    latent = codes[batch.cell.clamp(min=0)] * (batch.cell >= 0)[..., None]
    latent = torch.where(batch.noisy.bool()[..., None], 0.3 * latent + 0.1, latent)
    time = torch.where(batch.noisy.bool(), 0.3, 1.0)
    extras = (batch.extra_at, batch.extra_symbol, batch.number, batch.word_turn, batch.word_symbol)
    return Tokens(batch.symbol, batch.column, batch.block, time, latent, *extras)


@torch.no_grad()
def test_a_stream_under_its_mask_equals_its_blocks_run_one_by_one() -> None:
    torch.manual_seed(0)
    network, index = Network(NANO), Index()
    for parameter in network.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.2)
    (item,) = echo_traces(1)
    captioned = replace(item.turns[1], action=replace(item.turns[1].action, caption="the answer"))
    turns = [item.turns[0], captioned, *item.turns[2:]]
    (stream,) = build([replace(item, turns=turns)], 384, index)
    assert CAPTION in stream.symbol
    batch = collate([stream], [[Piece(0, len(stream))]], len(stream))
    tokens = tokens_of(batch, codes_of(CellAutoencoder(NANO.cell), index.table()))
    whole, _ = network(tokens, sees(batch.session, batch.turn, batch.block, batch.noisy.bool(), batch.aside))
    empty = torch.zeros(NANO.layers, NANO.heads, 0, NANO.width // NANO.heads)
    cache, of_cache = Cache(empty, empty, torch.zeros(0, MATCH)), list[int]()
    for block in range(int(batch.block.max()) + 1):
        for noisy in (1, 0):
            chosen = ((batch.block[0] == block) & (batch.noisy[0] == noisy)).nonzero()[:, 0]
            if not len(chosen):
                continue
            turn = int(tokens.turn[0, chosen[0]])
            these = replace(part(tokens, chosen), ongoing=of_cache.count(turn))
            out, kept = network(these, None, cache)
            assert torch.allclose(out[0], whole[0, chosen], atol=1e-4), (block, noisy)
            if not noisy:
                keys, values = (torch.stack([pair[i][0] for pair in kept]) for i in (0, 1))
                cache = cache.followed_by(keys, values, network.said(these)[0])
                of_cache += [turn] * len(chosen)
