"""The transformer: one stream of blocks, rotary positions over column and block, a key-value cache.

A block is an action (a head token and its bytes) or a write (an address token and its cells). Attention is given by a
mask in training and by the cache in running; see `flow.py` for who sees whom. Shapes: B batch, L tokens, D width,
H heads, K head width, P tokens in the cache.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.nccligen.config import NCCLIGenConfig
from model.nccligen.windows import Window, attend, windows

COLUMN_PERIOD = 256.0
"""Longest wavelength of the column's rotary angles, in units of 2 pi columns: a screen is at most 250 wide."""

BLOCK_PERIOD = 2048.0
"""Longest wavelength of the block's rotary angles, in units of 2 pi blocks."""


def frequencies(count: int, period: float, device: torch.device | None = None) -> Tensor:
    """`count` angular frequencies from 1 down to 1/`period`, geometric. Float32 (count,)."""
    return period ** (-torch.arange(count, dtype=torch.float32, device=device) / max(count - 1, 1))


@dataclass(slots=True)
class Cache:
    """Keys and values of every token the machine has absorbed: the largest part of h_t.

    Attributes:
        keys, values: (layers, H, P, K); rotary positions are already in the keys.
        said: (P, M), what was said in the turn of each token (`Network.said`).
    """

    keys: Tensor
    values: Tensor
    said: Tensor

    @property
    def tokens(self) -> int:
        """How many tokens are held."""
        return self.keys.shape[2]

    @property
    def nbytes(self) -> int:
        """Bytes of the tensors."""
        return self.keys.nbytes + self.values.nbytes + self.said.nbytes

    def followed_by(self, keys: Tensor, values: Tensor, said: Tensor) -> "Cache":
        """With more tokens behind."""
        return Cache(torch.cat((self.keys, keys), 2), torch.cat((self.values, values), 2), torch.cat((self.said, said)))

    def without(self, tokens: int) -> "Cache":
        """Without its oldest tokens."""
        if tokens == 0:
            return self
        return Cache(self.keys[:, :, tokens:].clone(), self.values[:, :, tokens:].clone(), self.said[tokens:].clone())

    def of_tokens(self, keep_T: Tensor) -> "Cache":
        """Some of its tokens, by a mask, bool (P,)."""
        return Cache(self.keys[:, :, keep_T], self.values[:, :, keep_T], self.said[keep_T])

    def to(self, dtype: torch.dtype) -> "Cache":
        """In another precision."""
        return Cache(self.keys.to(dtype), self.values.to(dtype), self.said.to(dtype))

    @classmethod
    def of(cls, parts: "Sequence[Cache]") -> "Cache":
        """Caches one behind the other, at least one."""
        keys, values, said = zip(*((part.keys, part.values, part.said) for part in parts), strict=True)
        return cls(torch.cat(keys, 2), torch.cat(values, 2), torch.cat(said))


class Rotary(nn.Module):
    """Angles for a token: half of a head turns with its column, half with its block (RoPE, arXiv 2104.09864)."""

    column_f: Tensor
    block_f: Tensor

    def __init__(self, head_width: int) -> None:
        super().__init__()
        quarter = head_width // 4
        self.register_buffer("column_f", frequencies(quarter, COLUMN_PERIOD), persistent=False)
        self.register_buffer("block_f", frequencies(quarter, BLOCK_PERIOD), persistent=False)

    def forward(self, column_BL: Tensor, block_BL: Tensor) -> tuple[Tensor, Tensor]:
        """Cosines and sines, each (B, 1, L, K/2), for integer columns and blocks."""
        angles = torch.cat(
            (column_BL[..., None].float() * self.column_f, block_BL[..., None].float() * self.block_f), dim=-1
        )[:, None]
        return angles.cos(), angles.sin()

    def moved(self, cache: Cache, blocks: int) -> Cache:
        """A cache as if its tokens had been absorbed so many blocks later: angles add up."""
        angles = torch.cat((torch.zeros_like(self.column_f), blocks * self.block_f))
        return replace(cache, keys=rotate(cache.keys, angles.cos(), angles.sin()))


def rotate(x_BHLK: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each pair (x[k], x[k + K/2]) by its angle."""
    a, b = x_BHLK.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, a * sin + b * cos), dim=-1)


TAPS = (-1, 1, 2, 3)
"""Which neighbours a token is shown before it attends: so many columns to its left (negative: to its right)."""


def neighbours(column_BL: Tensor, block_BL: Tensor) -> Tensor:
    """Which neighbours a token has: those `TAPS` columns away in its own copy of its own block. Bool (taps, B, L, 1).

    Positions alone tell: the copies of a write, and blocks, follow one another with a jump of the column or the block.
    """
    found = []
    for tap in TAPS:
        same_block = block_BL.roll(tap, 1) == block_BL
        found.append(same_block & (column_BL.roll(tap, 1) == column_BL - tap))
    return torch.stack(found)[..., None]


class Mixing(nn.Module):
    """Adds to each token its neighbours, channel by channel (Canon layers, Allen-Zhu 2025).

    A name is told by its letters in a row and a value by what stands before it: attention alone sees that only in a
    second layer.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        # Signs by chance: a neighbour is told apart from the token itself, and from other neighbours, from the start.
        self.gain = nn.Parameter(0.3 * torch.randn(len(TAPS), width))

    def forward(self, x_BLD: Tensor, has_TBL1: Tensor) -> Tensor:
        """`x_BLD` with its neighbours; `has_TBL1` from `neighbours`."""
        y_BLD = x_BLD
        for tap, gain, has in zip(TAPS, self.gain, has_TBL1, strict=True):
            y_BLD = y_BLD + torch.where(has, x_BLD.roll(tap, 1), 0) * gain
        return y_BLD


MATCH_GAIN = 6.0
"""What a word that two turns share adds to the score of a query and a key, in every second head, before training."""


class Attention(nn.Module):
    """Self-attention with normalised queries and keys (arXiv 2302.05442), and a bias to turns that share words."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.q_gain = nn.Parameter(torch.full((heads, 1, 1), 4.0))
        self.match_gain = nn.Parameter(MATCH_GAIN * (torch.arange(heads) % 2)[:, None, None])
        self.attend = attend

    def forward(
        self,
        x_BLD: Tensor,
        rotation: tuple[Tensor, Tensor],
        mask: Tensor | None,
        match: Tensor,
        past: tuple[Tensor, Tensor] | None,
        parts: Sequence[Window] | None = None,
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Attend.

        Args:
            x_BLD: normalised inputs.
            rotation: from `Rotary`.
            mask: boolean, broadcastable to (B, H, L, P + L), True where a query sees a key; None: sees all.
            match: broadcastable likewise, what the words of two turns have in common; see `Network.match`.
            past: keys and values (1, H, P, K) put in front of this call's own.
            parts: windows of the mask, to attend in; None: all at once.

        Returns:
            The output (B, L, D) and this call's own keys and values (B, H, L, K).
        """
        B, L, D = x_BLD.shape
        q, k, v = self.projected(x_BLD, rotation)
        keys, values = (k, v) if past is None else (behind(past[0], k), behind(past[1], v))
        scale = q.shape[-1] ** -0.5
        if mask is not None and parts is not None:
            y = self.attend(q * scale, keys, values, mask, match, self.match_gain, parts)
        else:
            bias = self.match_gain * match
            if mask is not None:
                bias = bias.masked_fill(~mask, -torch.inf)
            y = F.scaled_dot_product_attention(q, keys, values, attn_mask=bias.to(q.dtype), scale=scale)
        return self.out(y.transpose(1, 2).reshape(B, L, D)), (k, v)

    def projected(self, x_BLD: Tensor, rotation: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, each (B, H, L, K), queries and keys at their places."""
        B, L, D = x_BLD.shape
        q, k, v = self.qkv(x_BLD).view(B, L, 3, self.heads, D // self.heads).permute(2, 0, 3, 1, 4)
        K = q.shape[-1]
        q = rotate(F.rms_norm(q, (K,)), *rotation).to(v.dtype) * self.q_gain.to(v.dtype)
        return q, rotate(F.rms_norm(k, (K,)), *rotation).to(v.dtype), v


def behind(past_1HPK: Tensor, x_BHLK: Tensor) -> Tensor:
    """Keys or values behind those of the cache, which all of a batch share: (B, H, P + L, K)."""
    return torch.cat((past_1HPK.expand(len(x_BHLK), -1, -1, -1).to(x_BHLK.dtype), x_BHLK), 2)


class Block(nn.Module):
    """Attention and a feed-forward layer, each on a normalised residual stream."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.mixing = Mixing(width)
        self.attention = Attention(width, heads)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)

    def forward(
        self,
        x_BLD: Tensor,
        has_TBL1: Tensor,
        rotation: tuple[Tensor, Tensor],
        mask: Tensor | None,
        match: Tensor,
        past: tuple[Tensor, Tensor] | None,
        parts: Sequence[Window] | None,
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """As `Attention.forward`, residual included; `has_TBL1` from `neighbours`."""
        width = (x_BLD.shape[-1],)
        y, kv = self.attention(self.mixing(F.rms_norm(x_BLD, width), has_TBL1), rotation, mask, match, past, parts)
        x_BLD = x_BLD + y
        return x_BLD + self.down(F.relu(self.up(F.rms_norm(x_BLD, width))).square()), kv


class Transformer(nn.Module):
    """The stack of blocks."""

    def __init__(self, config: NCCLIGenConfig) -> None:
        super().__init__()
        self.rotary = Rotary(config.width // config.heads)
        self.blocks = nn.ModuleList(Block(config.width, config.heads) for _ in range(config.layers))
        for block in self.blocks:
            assert isinstance(block, Block)
            nn.init.zeros_(block.attention.out.weight)
            nn.init.zeros_(block.down.weight)

    def compile_blocks(self) -> None:
        """Fuse the blocks, for a training. Their attention in windows runs as it is written.

        Said here and not where that is defined: it loads the compiler, which takes a machine that only runs a second.
        """
        as_written = torch.compiler.disable(attend)  # type: ignore[no-untyped-call]
        for block in self.blocks:
            assert isinstance(block, Block)
            block.attention.attend = as_written
            # Block by block: all share one graph, which takes half a minute; the whole stack takes many.
            block.compile(dynamic=False)

    def forward(
        self,
        x_BLD: Tensor,
        column_BL: Tensor,
        block_BL: Tensor,
        mask: Tensor | None,
        match: Tensor,
        cache: Cache | None = None,
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """Run the stack.

        Args:
            x_BLD: embedded tokens.
            column_BL, block_BL: integer positions.
            mask, match: see `Attention.forward`.
            cache: what came before, the same for all of a batch.

        Returns:
            Normalised outputs (B, L, D), and for each layer this call's keys and values (B, H, L, K).
        """
        rotation = self.rotary(column_BL, block_BL)
        has_TBL1 = neighbours(column_BL, block_BL)
        # A training stream has a mask that is mostly empty, and the fused kernel's backward pass is slow with any.
        spelled = cache is None or torch.is_grad_enabled()
        parts = windows(mask) if mask is not None and spelled and mask.device.type == "cpu" else None
        kept = []
        for i, block in enumerate(self.blocks):
            past = None if cache is None else (cache.keys[i][None], cache.values[i][None])
            x_BLD, kv = block(x_BLD, has_TBL1, rotation, mask, match, past, parts)
            kept.append(kv)
        return F.rms_norm(x_BLD, (x_BLD.shape[-1],)), kept
