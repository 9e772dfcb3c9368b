"""What a cell was drawn from: shares of the tokens before it, and nothing from what holds nothing."""

import torch

from model.nccligen.config import PRESETS
from model.nccligen.network import MATCH, Network, Tokens
from model.nccligen.sources import gifts, shares
from model.nccligen.transformer import Attention, Cache

NANO = PRESETS["nano"]
PAST = 5


def cache_of(empty: int) -> Cache:
    """A cache by chance whose token `empty` holds nothing."""
    shape = (NANO.layers, NANO.heads, PAST, NANO.width // NANO.heads)
    keys, values = torch.randn(shape), torch.randn(shape)
    values[:, :, empty] = 0
    return Cache(keys, values, torch.zeros(PAST, MATCH))


def tokens_of(length: int) -> Tokens:
    row, none = torch.arange(length)[None], torch.zeros(0, dtype=torch.long)
    return Tokens(
        symbol=row % 7,
        column=row,
        block=torch.full((1, length), PAST),
        time=torch.ones(1, length),
        latent=torch.randn(1, length, NANO.cell.latent),
        extra_at=none,
        extra_symbol=none,
        turn=torch.zeros(1, length, dtype=torch.long),
        word_turn=none,
        word_symbol=none,
    )


@torch.no_grad()
def test_what_is_given_is_shared_among_the_tokens_that_hold_something() -> None:
    torch.manual_seed(0)
    network, cache, tokens = Network(NANO), cache_of(empty=2), tokens_of(3)
    with gifts(network) as given:
        out, _ = network(tokens, None, cache)
    assert [one.shape for one in given] == [(3, PAST + 3)] * NANO.layers
    shares_LP = shares(given, PAST)
    assert torch.allclose(shares_LP.sum(1), torch.ones(3))
    assert (shares_LP[:, 2] == 0).all() and (shares_LP[:, [0, 1, 3, 4]] > 0).all()
    again, _ = network(tokens, None, cache)
    assert torch.equal(out, again) and len(given) == NANO.layers


@torch.no_grad()
def test_attention_is_measured_as_it_is_computed() -> None:
    """With one head and values of length one, what is given is the attention that the fused kernel used."""
    torch.manual_seed(1)
    attention = Attention(8, 1)
    x, rotation = torch.randn(1, 2, 8), (torch.ones(1, 1, 2, 4), torch.zeros(1, 1, 2, 4))
    past = torch.randn(1, 1, 3, 8), torch.zeros(1, 1, 3, 8)
    past[1][0, 0] = torch.eye(8)[:3]
    attention.qkv.weight[16:] = 0
    attention.out.weight.copy_(torch.eye(8))
    match = torch.randn(1, 1, 2, 5)
    y, _ = attention(x, rotation, None, match, past)
    with gifts(attention) as given:
        attention(x, rotation, None, match, past)
    assert torch.allclose(y[0, :, :3], given[0][:, :3], atol=1e-6)
