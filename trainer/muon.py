"""Muon in the precision of its parameters: momentum whose matrix is made orthogonal before each step.

Source: kellerjordan.github.io/posts/muon. `torch.optim.Muon` orthogonalises in bfloat16 always; a CPU without bfloat16
instructions takes some forty times as long for that (docs/training.md).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import overload

import torch
from torch import Tensor

from trainer.team import shared_as, whole

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the quintic whose iteration drives singular values towards 1."""

ITERATIONS = 5


def orthogonal(x_RC: Tensor) -> Tensor:
    """Matrices (..., R, C) with the same singular vectors, singular values near 1 but for those that were nearly 0."""
    a, b, c = COEFFICIENTS
    tall = x_RC.shape[-2] > x_RC.shape[-1]
    x: Tensor = x_RC.mT if tall else x_RC
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(ITERATIONS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, made orthogonal, with decoupled weight decay. For matrices only.

    A step moves a matrix by `lr` times an orthogonal matrix, and sqrt(rows / columns) times that where it is tall.
    """

    def __init__(
        self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], float]) -> float: ...

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """One step; `closure` is called first, as everywhere in torch."""
        loss = None if closure is None else closure()
        for group in self.param_groups:
            # Those of one shape at once: a GPU is not given many small products one by one.
            alike = defaultdict[torch.Size, list[Tensor]](list)
            for p in group["params"]:
                if p.grad is not None:
                    alike[p.shape].append(p)
            for shape, parameters in alike.items():
                moved = orthogonal(torch.stack([self._momentum(p, group["momentum"]) for p in parameters]))
                length = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
                for p, update in zip(parameters, moved, strict=True):
                    p.mul_(1 - group["lr"] * group["weight_decay"])
                    p.sub_(shared_as(update, p), alpha=length)
        return loss

    def _momentum(self, p: Tensor, momentum: float) -> Tensor:
        """The gradient of a matrix after Nesterov's momentum, whole."""
        assert p.grad is not None
        state = self.state[p]
        if not state:
            state["momentum_buffer"] = torch.zeros_like(p)
        buffer: Tensor = state["momentum_buffer"]
        buffer.lerp_(p.grad, 1 - momentum)
        return whole(p.grad.lerp(buffer, momentum))
