"""Muon: what it makes orthogonal is, and a step is that long."""

import torch

from trainer.muon import Muon, orthogonal


def test_singular_values_come_near_one_whatever_the_shape() -> None:
    torch.manual_seed(0)
    for rows, columns in ((8, 8), (8, 32), (32, 8)):
        x = torch.randn(rows, columns)
        values = torch.linalg.svdvals(orthogonal(x))
        assert values.min() > 0.3 and values.max() < 1.3
        # The singular vectors stay: the product with the matrix itself is symmetric and positive.
        product = orthogonal(x) @ x.T
        assert torch.allclose(product, product.T, atol=1e-3 * float(product.abs().max()))
        assert torch.linalg.eigvalsh(product).min() > -1e-3


def test_a_step_goes_down_and_its_length_is_that_of_the_rate() -> None:
    torch.manual_seed(0)
    x, target = torch.nn.Parameter(torch.zeros(16, 16)), torch.randn(16, 16)
    optimizer = Muon([x], lr=0.1)
    distances = []
    for _ in range(40):
        optimizer.zero_grad()
        loss = (x - target).square().sum()
        torch.autograd.backward(loss)
        before = x.detach().clone()
        optimizer.step()
        assert 0.3 < torch.linalg.matrix_norm(x.detach() - before, 2) / 0.1 < 1.3
        distances.append(float(loss.detach()))
    assert distances[-1] < 0.2 * distances[0]
