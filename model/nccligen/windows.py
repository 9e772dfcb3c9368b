"""Attention of a training stream on a CPU: some queries at a time, and of the keys only those that they can see.

Rows hold several sessions, and of a session nothing behind its own block is seen: most scores would be masked. What is
computed at a time fits a core's cache. Shapes: B rows, L tokens, H heads, K head width, n queries and W keys of a
window.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

CHUNK = 64
"""Queries of a window."""

WHOLE = 256
"""Rows of at most as many queries are one window."""


class Window(NamedTuple):
    """Queries `first` to `last` of a row, and the keys `start` to `end` among which are all that they see."""

    row: int
    first: int
    last: int
    start: int
    end: int


def windows(mask: Tensor) -> list[Window]:
    """Windows of a mask, bool (B, 1, L, T), of whose queries each sees a key; in order."""
    found, L = [], mask.shape[2]
    chunk = L if L <= WHOLE else CHUNK
    for row, sees_LT in enumerate(mask[:, 0]):
        for first in range(0, L, chunk):
            seen = sees_LT[first : first + chunk].any(0).nonzero()[:, 0]
            found.append(Window(row, first, min(first + chunk, L), int(seen[0]), int(seen[-1]) + 1))
    return found


class _Attend(torch.autograd.Function):
    """The sum of values by softmax(q k + gain match), window by window, its gradient spelled out to stay in cache."""

    @staticmethod
    def forward(
        ctx: Any,
        q: Tensor,
        k: Tensor,
        v: Tensor,
        hidden: Tensor,
        match: Tensor,
        gain: Tensor,
        parts: Sequence[Window],
    ) -> Tensor:
        out, shares = torch.empty_like(q), []
        for row, first, last, start, end in parts:
            scores_HnW = (q[row, :, first:last] @ k[row, :, start:end].transpose(1, 2)).float()
            scores_HnW.addcmul_(match[row, :, first:last, start:end], gain)
            scores_HnW.masked_fill_(hidden[row, :, first:last, start:end], -torch.inf)
            share_HnW = scores_HnW.softmax(2).to(v.dtype)
            out[row, :, first:last] = share_HnW @ v[row, :, start:end]
            shares.append(share_HnW)
        ctx.save_for_backward(q, k, v, match, gain, out, *shares)
        ctx.parts = parts
        return out

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, match, gain, out, *shares = ctx.saved_tensors
        (d_out,) = gradients
        d_q, d_k, d_v = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
        # Frozen in the fit of a routine.
        matched = any(ctx.needs_input_grad[4:6])
        d_match, d_gain = (torch.zeros_like(match), torch.zeros_like(gain)) if matched else (None, None)
        # What a change of all scores of a query by the same amount would give, which is nothing.
        mean_BHL1 = (d_out * out).sum(3, keepdim=True, dtype=torch.float32)
        for share_HnW, (row, first, last, start, end) in zip(shares, ctx.parts, strict=True):
            d_out_HnK = d_out[row, :, first:last]
            d_v[row, :, start:end] += share_HnW.transpose(1, 2) @ d_out_HnK
            d_score_HnW = (d_out_HnK @ v[row, :, start:end].transpose(1, 2)).float()
            d_score_HnW.sub_(mean_BHL1[row, :, first:last]).mul_(share_HnW)
            if d_match is not None and d_gain is not None:
                match_nW, by_head = match[row, 0, first:last, start:end], d_score_HnW.flatten(1)
                d_gain[:, 0, 0] += by_head @ match_nW.flatten()
                d_match[row, 0, first:last, start:end] += (gain[:, 0, 0] @ by_head).view_as(match_nW)
            d_score_HnW = d_score_HnW.to(q.dtype)
            d_q[row, :, first:last] = d_score_HnW @ k[row, :, start:end]
            d_k[row, :, start:end] += d_score_HnW.transpose(1, 2) @ q[row, :, first:last]
        return d_q, d_k, d_v, None, d_match, d_gain, None


def attend(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor, match: Tensor, gain: Tensor, parts: Sequence[Window]
) -> Tensor:
    """Attention, scores not scaled.

    Args:
        q, k, v: (B, H, L, K); keys and values may be of more tokens, T, that stand in front.
        mask: bool (B, 1, L, T), True where a query sees a key.
        match: (B, 1, L, T), added to the scores times `gain` (H, 1, 1).
        parts: `windows(mask)`.

    Returns:
        (B, H, L, K).
    """
    attended: Tensor = _Attend.apply(q, k, v, ~mask, match.float(), gain, parts)  # type: ignore[no-untyped-call]
    return attended
