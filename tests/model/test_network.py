"""Turns that share a word are told so, and only other turns."""

import pytest
import torch

from model.nccligen.config import PRESETS
from model.nccligen.network import MATCH, Network, Tokens
from model.nccligen.tokens import FIRST_WORD, action_blocks
from model.nccligen.transformer import Cache
from model.protocol import Action, Geometry

NANO = PRESETS["nano"]


def said_in(lines: list[bytes], ongoing: int = 0) -> Tokens:
    """One token a line, each a turn of its own."""
    count = len(lines)
    words = [
        (turn, symbol)
        for turn, line in enumerate(lines)
        for block in action_blocks(Action(line), Geometry())
        for _, symbol in block.extras
        if symbol >= FIRST_WORD
    ]
    none, zeros = torch.zeros(0, dtype=torch.long), torch.zeros(1, count, dtype=torch.long)
    return Tokens(
        symbol=zeros,
        column=zeros,
        block=torch.arange(count)[None],
        time=torch.ones(1, count),
        latent=torch.zeros(1, count, NANO.cell.latent),
        extra_at=none,
        extra_symbol=none,
        turn=torch.arange(count)[None],
        word_turn=torch.tensor([turn for turn, _ in words], dtype=torch.long),
        word_symbol=torch.tensor([symbol for _, symbol in words], dtype=torch.long),
        ongoing=ongoing,
    )


@pytest.fixture
def network() -> Network:
    torch.manual_seed(0)
    return Network(NANO)


@torch.no_grad()
def test_a_name_that_two_turns_share_stands_out_before_any_training(network: Network) -> None:
    names = [b"size", b"color", b"city", b"total", b"x", b"name", b"path_1", b"user"]
    made, asked = [name + b"=%d" % i for i, name in enumerate(names)], [b"cat $" + name for name in names]
    match = network.match(said_in(made + asked), None)[0, 0]
    assert match.shape == (16, 16)
    shared = match[8:, :8].diagonal()
    assert shared.mean() > 0.8
    assert (match[8:, :8].sum() - shared.sum()).abs() / 56 < 0.1
    assert not match.diagonal().any()


@torch.no_grad()
def test_the_cache_is_matched_as_the_stream_is_and_what_the_turn_itself_said_is_not(network: Network) -> None:
    lines = [b"size=big\r", b"color=red\r", b"cat $size\r"]
    whole = network.match(said_in(lines), None)[0, 0, 2]
    earlier = network.said(said_in([*lines[:2], lines[2]]))[0]
    nothing = torch.zeros(NANO.layers, NANO.heads, 0, NANO.width // NANO.heads)
    more = torch.zeros(NANO.layers, NANO.heads, 3, NANO.width // NANO.heads)
    cache = Cache(nothing, nothing, torch.zeros(0, MATCH)).followed_by(more, more, earlier)
    asked = network.match(said_in(lines[2:], ongoing=1), cache)[0, 0, 0]
    assert torch.allclose(asked, torch.cat((whole, torch.zeros(1))), atol=1e-6)
    assert network.match(said_in(lines[2:]), cache.without(1))[0, 0, 0, 1] > 1
