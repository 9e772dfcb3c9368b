"""Rectified flow on cell latents, predicting the clean latents; who sees whom; sampling.

x_t = (1 - t) * noise + t * x (Rectified Flow, arXiv 2209.03003), the network predicts x itself ("x-prediction").
The noisy copy of a write carries its own copy of the address token: the clean one has seen the clean cells.
"""

from collections.abc import Callable

import torch
from torch import Tensor


def interpolate(clean: Tensor, noise: Tensor, time: Tensor) -> Tensor:
    """x_t for times that broadcast against the latents; 0 is noise, 1 is clean."""
    return torch.lerp(noise, clean, time)


def perceived(x_t: Tensor, time: Tensor) -> Tensor:
    """What the network is shown of x_t: the best linear guess of x, were latents normal of variance 1.

    It is 0 at time 0, where x_t is noise alone, and x at time 1. Noise shown at full strength looks like cells that are
    not there, and the network spends its first layers on unseeing it.
    """
    return x_t * (time / (time.square() + (1 - time).square()))


def sees(session_BL: Tensor, turn_BL: Tensor, block_BL: Tensor, noisy_BL: Tensor, aside_BL: Tensor) -> Tensor:
    """Who sees whom in training, where clean and noisy copies of each write stand in one stream.

    A token sees the clean tokens of earlier blocks, and the tokens of its own block and copy, both ways. What is on the
    scratch sheet is seen for so many turns. Padding is a session of its own.

    Args:
        session_BL: int (B, L), which session a token belongs to.
        turn_BL: int (B, L), its turn.
        block_BL: int (B, L), its block; the two copies of a write share a number.
        noisy_BL: bool (B, L).
        aside_BL: int (B, L), of tokens of the scratch sheet the first turn that does not see them; 0 elsewhere.

    Returns:
        bool (B, 1, L, L): True where the query (third axis) sees the key (fourth).
    """
    query, key = block_BL[:, :, None], block_BL[:, None, :]
    until = aside_BL[:, None, :]
    wiped = (until > 0) & (turn_BL[:, :, None] >= until)
    earlier = (key < query) & ~noisy_BL[:, None, :] & ~wiped
    own = (key == query) & (noisy_BL[:, :, None] == noisy_BL[:, None, :])
    same = session_BL[:, :, None] == session_BL[:, None, :]
    return ((earlier | own) & same)[:, None]


def sample(predict: Callable[[Tensor, float], Tensor], noise: Tensor, steps: int) -> Tensor:
    """Euler's method from noise to clean latents.

    Args:
        predict: the network's clean latents for x_t at a time.
        noise: x_0.
        steps: evaluations of the network, at least 1.

    Returns:
        The clean latents predicted by the last evaluation.
    """
    x = noise
    clean = noise
    for i in range(steps):
        time = i / steps
        clean = predict(x, time)
        # dx/dt = (clean - x) / (1 - t), over a step of 1 / steps
        x = x + (clean - x) / (1 - time) / steps
    return clean
