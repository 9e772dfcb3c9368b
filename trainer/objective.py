"""The objective: rectified flow on cell latents, cross-entropy over the codes of cells, cross-entropy of addresses.

Shapes: B rows, L tokens a row, D width, Z numbers a latent, C distinct cells, M noisy cells of the batch.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.nccligen.address import SPANS, Address, Kind
from model.nccligen.flow import interpolate, perceived, sees
from model.nccligen.network import Network, Tokens
from model.nccligen.tokens import steer
from model.nccligen.transformer import Cache
from model.protocol import MAX_ROWS
from trainer.batches import Batch

GARBLED = 0.5
"""Share of the cells of a garbled turn that are seen as others."""

LEAST = 1e-6
"""Less than the weight of any cell or address: a batch may hold none, and its loss is 0 then."""

_END = steer(Address(Kind.YIELD))


@dataclass(frozen=True, slots=True)
class ObjectiveConfig:
    """Weights of the parts.

    Attributes:
        from_noise: share of writes trained at time 0, where one-step sampling draws them; the rest have logit-normal
            times (Stable Diffusion 3, arXiv 2403.03206) with `time_mean` and `time_std`.
        codes: weight of the cross-entropy over cells.
        addresses: weight of the cross-entropy of the next address.
        blank: weight of a blank cell, where any other counts 1.
        ends: weight of the address that ends a turn, where any other counts 1.
        slips: share of the cells on screen that are seen as another, as a machine on its own sees its mistakes: what
            else was typed and drawn tells what they were. None of the scratch sheet, where nothing else would.
        garbled: share of the turns of which half the cells on screen are seen as others, as where a machine on its own
            lost the thread: what comes after is to be as it would have been.
    """

    from_noise: float = 0.9
    time_mean: float = -0.3
    time_std: float = 1.2
    codes: float = 0.6
    addresses: float = 0.5
    blank: float = 0.5
    ends: float = 1.0
    slips: float = 0.01
    garbled: float = 0.05


@dataclass(slots=True)
class Outcome:
    """What one pass gave.

    Attributes:
        cells, addresses: the two parts of the loss, scalars: means over cells and over addresses, by weight.
        cells_weight, addresses_weight: scalars, what each is a mean over.
        cell_right: bool (M,), the nearest code to the predicted latent is the true one.
        cell_at: int64 (M,), flat index of the cell in B * L.
        address_right: bool (A,), for every token an address is read off.
        address_at: int64 (A,).
    """

    cells: Tensor
    addresses: Tensor
    cells_weight: Tensor
    addresses_weight: Tensor
    cell_right: Tensor
    cell_at: Tensor
    address_right: Tensor
    address_at: Tensor

    @property
    def loss(self) -> Tensor:
        """Scalar."""
        return self.cells + self.addresses


class Objective(nn.Module):
    """The loss of a batch, and what it got right."""

    codes: Tensor

    def __init__(self, network: Network, codes: Tensor, config: ObjectiveConfig) -> None:
        super().__init__()
        self.network = network
        self.config = config
        self.sharpness = nn.Parameter(torch.tensor(0.0))
        self.register_buffer("codes", codes, persistent=False)

    def times(self, batch: Batch) -> Tensor:
        """A time for every write, float32 (B, L): shared by the tokens of a noisy copy, 1 for clean tokens."""
        config, shape = self.config, batch.block.shape
        drawn = torch.sigmoid(config.time_mean + config.time_std * torch.randn(shape, device=batch.block.device))
        drawn = drawn * (torch.rand(shape, device=drawn.device) >= config.from_noise)
        # Blocks are numbered from 0 in each session, and a row holds few: their sum picks one draw a block.
        time = drawn.gather(1, (batch.block + 7 * batch.session.clamp(min=0)) % shape[1])
        return torch.where(batch.noisy.bool(), time, 1.0)

    def mistaken(self, batch: Batch) -> Tensor:
        """Which cells are seen as others, bool (B, L)."""
        on_screen = (batch.cell > 0) & ~batch.noisy.bool() & ~batch.aside.bool()
        of_turn = torch.rand(batch.cell.numel(), device=batch.cell.device)[batch.number]
        rate = torch.where(of_turn < self.config.garbled, GARBLED, self.config.slips)
        return on_screen & (torch.rand(batch.cell.shape, device=batch.cell.device) < rate)

    def tokens(self, batch: Batch, time_BL: Tensor, slips: bool = False) -> Tokens:
        """A batch as the network reads it: noisy cells at their times, and some of those it sees mistaken."""
        is_cell = batch.cell >= 0
        seen = batch.cell.clamp(min=0)
        if slips and (self.config.slips or self.config.garbled):
            seen = torch.where(self.mistaken(batch), torch.randint_like(seen, 1, max(len(self.codes), 2)), seen)
        clean = self.codes[seen] * is_cell[..., None]
        noisy = (is_cell & batch.noisy.bool())[..., None]
        x_t = interpolate(clean, torch.randn_like(clean), time_BL[..., None])
        latent = torch.where(noisy, perceived(x_t, time_BL[..., None]), clean)
        extras = (batch.extra_at, batch.extra_symbol, batch.number, batch.word_turn, batch.word_symbol)
        return Tokens(batch.symbol, batch.column, batch.block, time_BL, latent, *extras)

    def forward(
        self, batch: Batch, times_BL: Tensor | None = None, half: bool = False, cache: Cache | None = None
    ) -> Outcome:
        """The loss. `times_BL` overrides the drawn times, and nothing slips; `half` runs the transformer in bfloat16;
        all see `cache`."""
        time = self.times(batch) if times_BL is None else times_BL
        tokens = self.tokens(batch, time, slips=times_BL is None)
        mask = sees(batch.session, batch.turn, batch.block, batch.noisy.bool(), batch.aside)
        if cache is not None:
            mask = torch.cat((mask.new_ones(*mask.shape[:3], cache.tokens), mask), 3)
        with torch.autocast(tokens.latent.device.type, torch.bfloat16, enabled=half):
            out_BLD, _ = self.network(tokens, mask, cache)
        out_ND = out_BLD.float().flatten(0, 1)
        cells, cells_weight, right = self._cells(batch, out_ND, time)
        addresses, addresses_weight, address_right = self._addresses(batch, out_ND)
        seen = right, batch.cell_at, address_right, batch.address_at
        return Outcome(cells, addresses, cells_weight, addresses_weight, *seen)

    def _cells(self, batch: Batch, out_ND: Tensor, time_BL: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        at, target_M = batch.cell_at, batch.cell.flatten()[batch.cell_at]
        predicted_MZ = self.network.clean(out_ND[at])
        error_M = (predicted_MZ - self.codes[target_M]).square().mean(1)
        # -|predicted - code|^2, less |predicted|^2, which is the same for every code.
        near_MC = 2 * predicted_MZ @ self.codes.T - self.codes.square().sum(1)
        entropy_M = F.cross_entropy(self.sharpness.exp() * near_MC, target_M, reduction="none")
        weight_M = torch.where(target_M == 0, self.config.blank, 1.0)
        flow_M = error_M / (1 - time_BL.flatten()[at]).clamp(min=0.2)
        loss = (weight_M * (flow_M + self.config.codes * entropy_M)).sum() / weight_M.sum().clamp(min=LEAST)
        return loss, weight_M.sum(), near_MC.argmax(1) == target_M

    def _addresses(self, batch: Batch, out_ND: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        at = batch.address_at
        out_AD, steer_A = out_ND[at], batch.steer.flatten()[at]
        logits = self.network.steer(out_AD)
        loss_A = F.cross_entropy(logits, steer_A, reduction="none")
        right = logits.argmax(1) == steer_A
        row_A, column_A = batch.row.flatten()[at], batch.column_to.flatten()[at]
        goto = self.network.goto(out_AD)
        rows, columns = goto[:, :MAX_ROWS], goto[:, MAX_ROWS:]
        is_goto = steer_A // len(SPANS) == Kind.GOTO
        named = F.cross_entropy(rows, row_A, reduction="none") + F.cross_entropy(columns, column_A, reduction="none")
        weight_A = torch.where(steer_A == _END, self.config.ends, 1.0)
        loss = (weight_A * (loss_A + named * is_goto)).sum() / weight_A.sum().clamp(min=LEAST)
        right &= ~is_goto | ((rows.argmax(1) == row_A) & (columns.argmax(1) == column_A))
        return self.config.addresses * loss, weight_A.sum(), right
