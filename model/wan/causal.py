"""Block-causal drawing: a clip a few latent frames at a time, each block seeing those before it through kept keys and
values, so that pictures come as they are drawn.

As CausVid (arXiv 2412.07772) and Self-Forcing (arXiv 2506.08009) do for the same transformer, whose weights must have
been trained so. Shapes: C channels (noise, mask, condition), Z of a latent, T latent frames, N frames of a block, h by
w, S tokens.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

import torch
import torch.nn.functional as F
from diffusers import FlowMatchEulerDiscreteScheduler, WanTransformer3DModel
from diffusers.models.transformers.transformer_wan import WanAttention, WanAttnProcessor
from torch import Tensor, nn

Rotation = tuple[Tensor, Tensor]


class _Attention(WanAttnProcessor):  # type: ignore[misc]
    """Self-attention over what was kept of earlier blocks and the tokens given.

    Attributes:
        keys, values: (1, S kept, heads, width) of earlier blocks; None: there are none.
        keeps: whether the tokens given are kept, too.
        mask: boolean (S, S), True where a query sees a key; None: all is seen.
    """

    def __init__(self) -> None:
        super().__init__()
        self.keys: Tensor | None = None
        self.values: Tensor | None = None
        self.keeps = False
        self.mask: Tensor | None = None

    def __call__(
        self,
        attn: WanAttention,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        rotary_emb: Rotation | None = None,
    ) -> Tensor:
        """See `WanAttnProcessor`."""
        assert rotary_emb is not None
        split = (attn.heads, -1)
        q = _turned(attn.norm_q(attn.to_q(hidden_states)).unflatten(2, split), rotary_emb)
        k = _turned(attn.norm_k(attn.to_k(hidden_states)).unflatten(2, split), rotary_emb)
        v = attn.to_v(hidden_states).unflatten(2, split)
        if self.keys is not None and self.values is not None:
            k, v = torch.cat((self.keys, k), 1), torch.cat((self.values, v), 1)
        if self.keeps:
            self.keys, self.values = k, v
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=self.mask)
        out: Tensor = attn.to_out[0](seen.transpose(1, 2).flatten(2).type_as(hidden_states))
        return out


def _turned(x_BSHK: Tensor, rotation: Rotation) -> Tensor:
    """Turn each pair of neighbouring numbers by its angle, as Wan's attention does."""
    a, b = x_BSHK[..., 0::2], x_BSHK[..., 1::2]
    cos, sin = rotation[0][..., 0::2], rotation[1][..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2).type_as(x_BSHK)


class _Places(nn.Module):
    """The rotary positions of frames that begin at `first`."""

    def __init__(self, rope: nn.Module, patch: tuple[int, int, int]) -> None:
        super().__init__()
        self.rope = rope
        self.patch = patch
        self.first = 0

    def forward(self, x_BCThw: Tensor) -> Rotation:
        """Cosines and sines, (1, S, 1, width), of the tokens of these frames."""
        B, C, T, h, w = x_BCThw.shape
        cos, sin = self.rope(x_BCThw.new_empty(B, C, self.first + T, h, w))
        skipped = self.first // self.patch[0] * (h // self.patch[1]) * (w // self.patch[2])
        return cos[:, skipped:], sin[:, skipped:]


class Causal(AbstractContextManager["Causal"]):
    """A transformer that draws block by block, while this is open; afterwards it is as it was."""

    def __init__(self, transformer: WanTransformer3DModel, text: Tensor, image: Tensor | None) -> None:
        """Nothing is kept yet.

        Args:
            transformer: changed in place until this is closed.
            text: embeddings (1, tokens, width) of the caption.
            image: features (1, tokens, width) of the first frame, for a transformer that takes them.
        """
        self.transformer = transformer
        self._told = {"encoder_hidden_states": text, "encoder_hidden_states_image": image, "return_dict": False}
        self._rope = transformer.rope
        self._old = [block.attn1.processor for block in transformer.blocks]
        self._attention = [_Attention() for _ in transformer.blocks]
        self._places = _Places(self._rope, transformer.config.patch_size)

    def __enter__(self) -> "Causal":
        """Put the attention in place."""
        self.transformer.rope = self._places
        for block, processor in zip(self.transformer.blocks, self._attention, strict=True):
            block.attn1.set_processor(processor)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the transformer back its own."""
        self.transformer.rope = self._rope
        for block, processor in zip(self.transformer.blocks, self._old, strict=True):
            block.attn1.set_processor(processor)

    def velocity(self, x_1CNhw: Tensor, timestep: float) -> Tensor:
        """The velocity (1, Z, N, h, w) of the next block at a time of the flow; nothing is kept."""
        return self._run(x_1CNhw, torch.full((1,), timestep, device=x_1CNhw.device))

    def absorb(self, x_1CNhw: Tensor) -> None:
        """Keep the next block, drawn to its end (time 0): what comes after it sees it."""
        for processor in self._attention:
            processor.keeps = True
        self._run(x_1CNhw, torch.zeros(1, device=x_1CNhw.device))
        for processor in self._attention:
            processor.keeps = False
        self._places.first += x_1CNhw.shape[2]

    def whole(self, x_1CThw: Tensor, timestep_T: Tensor, block: int) -> Tensor:
        """The velocity of all blocks at once, under a mask: what training computes, and what the cache must equal.

        Args:
            x_1CThw: latent frames.
            timestep_T: the time of each.
            block: frames of a block.
        """
        _, _, T, h, w = x_1CThw.shape
        patch = self.transformer.config.patch_size
        tokens = (h // patch[1]) * (w // patch[2])
        block_S = (torch.arange(T, device=x_1CThw.device) // block).repeat_interleave(tokens)
        for processor in self._attention:
            processor.mask = block_S[:, None] >= block_S[None, :]
        velocity = self._run(x_1CThw, timestep_T.repeat_interleave(tokens)[None])
        for processor in self._attention:
            processor.mask = None
        return velocity

    def _run(self, x_1CThw: Tensor, timestep: Tensor) -> Tensor:
        dtype = self.transformer.dtype
        told: dict[str, Any] = self._told
        velocity: Tensor = self.transformer(hidden_states=x_1CThw.to(dtype), timestep=timestep, **told)[0]
        return velocity.float()


def blocks(
    causal: Causal,
    scheduler: FlowMatchEulerDiscreteScheduler,
    noise_1ZThw: Tensor,
    condition_1CThw: Tensor,
    steps: int,
    block: int,
) -> Iterator[Tensor]:
    """Draw a clip block by block.

    Args:
        causal: open; nothing kept yet.
        scheduler: of the flow.
        noise_1ZThw: what the clip is drawn from.
        condition_1CThw: mask and first frame.
        steps: of the flow, for each block.
        block: latent frames of a block.

    Yields:
        Latents (1, Z, N, h, w) of each block.
    """
    for first in range(0, noise_1ZThw.shape[2], block):
        x, condition = noise_1ZThw[:, :, first : first + block], condition_1CThw[:, :, first : first + block]
        scheduler.set_timesteps(steps, device=x.device)
        for time in scheduler.timesteps:
            velocity = causal.velocity(torch.cat((x, condition), 1), float(time))
            x = scheduler.step(velocity, time, x, return_dict=False)[0]
        causal.absorb(torch.cat((x, condition), 1))
        yield x
