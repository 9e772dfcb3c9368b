"""Where a drawn cell comes from: how much each token that a write attended to gave to it.

A token gives its attention times the norm of its value, summed over heads and layers (Kobayashi et al. 2020, arXiv
2004.10102): what is looked at and holds nothing gives nothing.

Shapes: H heads, L tokens of the write, T tokens that it attends to: those of the cache, then its own.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import Tensor, nn

from model.nccligen.transformer import Attention, behind


@contextmanager
def gifts(network: nn.Module) -> Iterator[list[Tensor]]:
    """Within it, each layer of each call of the network on one row appends what tokens gave to each other, (L, T)."""
    given = list[Tensor]()

    def attended(module: Attention, inputs: tuple[Any, ...], _: Any) -> None:
        x_1LD, rotation, _mask, match, past, *_ = inputs
        q, k, v = module.projected(x_1LD, rotation)
        keys, values = (k, v) if past is None else (behind(past[0], k), behind(past[1], v))
        scores_1HLT = q @ keys.transpose(-1, -2) * q.shape[-1] ** -0.5 + module.match_gain * match
        given.append((scores_1HLT.softmax(-1) * values.norm(dim=-1)[:, :, None]).sum(1)[0])

    with ExitStack() as hooks:
        for module in network.modules():
            if isinstance(module, Attention):
                hooks.callback(module.register_forward_hook(attended).remove)
        yield given


def shares(given: list[Tensor], past: int) -> Tensor:
    """Of what the cache gave to each query over all layers, the share of each of its `past` tokens, (L, past)."""
    total_LT = sum(given[1:], given[0])[:, :past]
    return total_LT / total_LT.sum(-1, keepdim=True).clamp(min=1e-9)
