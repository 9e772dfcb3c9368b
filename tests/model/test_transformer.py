"""Neighbours: a token's own block and copy, told by positions alone."""

import torch

from model.nccligen.transformer import TAPS, Mixing, neighbours


def test_neighbours_stay_within_their_copy_of_their_block() -> None:
    # An action of two bytes; a write of three cells from column 4, noisy then clean; padding.
    column = torch.tensor([[-1, 0, 1, 3, 4, 5, 6, 3, 4, 5, 6, 0, 0]])
    block = torch.tensor([[0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]])
    left = neighbours(column, block)[TAPS.index(1), 0, :, 0].int().tolist()
    assert left == [0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0]
    right = neighbours(column, block)[TAPS.index(-1), 0, :, 0].int().tolist()
    assert right == [1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0]
    third = neighbours(column, block)[TAPS.index(3), 0, :, 0].int().tolist()
    assert third == [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]


def test_mixing_adds_neighbours_by_channel() -> None:
    mixing = Mixing(2)
    x = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]])
    has = neighbours(torch.tensor([[0, 1, 2]]), torch.zeros(1, 3, dtype=torch.long))
    with torch.no_grad():
        mixing.gain.zero_()
        assert torch.equal(mixing(x, has), x)
        mixing.gain[TAPS.index(1)] = torch.tensor([1.0, 10.0])
    assert mixing(x, has).tolist() == [[[1.0, 2.0], [4.0, 24.0], [8.0, 46.0]]]
