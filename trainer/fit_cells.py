"""Trains the cell autoencoder on everything the font can draw, with noise on its latents."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from rich.progress import Progress
from torch import Tensor

from model.font.atlas import load_atlas
from model.font.cells import BACKGROUND, BOLD, CELL, FOREGROUND, ITALIC, UNDERLINE, WIDE_LEFT, WIDE_RIGHT
from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import CellConfig
from trainer.palette import PALETTE
from trainer.render import render_cells

STYLES = (0, BOLD, ITALIC, BOLD | ITALIC, UNDERLINE, BOLD | UNDERLINE, ITALIC | UNDERLINE)


@dataclass(frozen=True, slots=True)
class CellFit:
    """How the autoencoder is trained.

    Attributes:
        batch: cells a step.
        rate: peak learning rate of AdamW; it falls to 0 as a cosine.
        noise: standard deviation added to latents, whose root mean square is 1, in half of each batch.
        minutes: of training.
        seed: of weights and data.
    """

    batch: int = 512
    rate: float = 3e-3
    noise: float = 0.2
    minutes: float = 8.0
    seed: int = 0


def random_cells(random: np.random.Generator, count: int) -> NDArray[np.void]:
    """Cells as terminals show them: mostly ASCII, mostly in the default colours. `CELL` (count,)."""
    atlas = load_atlas()
    cells = np.empty(count, CELL)
    source = random.random(count)
    ascii_ = random.integers(33, 127, count)
    cells["glyph"] = np.where(source < 0.8, ascii_, random.choice(atlas.codes[atlas.codes > 32], count))
    cells["style"] = np.where(random.random(count) < 0.7, 0, random.choice(STYLES, count))
    wide = source > 0.97
    codes = atlas.fallback_codes[atlas.fallback_cells == 2]
    cells["glyph"][wide] = random.choice(codes, wide.sum())
    cells["style"][wide] = random.choice((WIDE_LEFT, WIDE_RIGHT), wide.sum())
    cells["glyph"][source < 0.06] = 32
    cells["fg"], cells["bg"] = _colours(random, count, FOREGROUND), _colours(random, count, BACKGROUND)
    plain = random.random(count) < 0.35
    cells["glyph"][plain], cells["style"][plain] = ascii_[plain], 0
    cells["fg"][plain], cells["bg"][plain] = FOREGROUND, BACKGROUND
    swapped = random.random(count) < 0.04
    cells["fg"][swapped], cells["bg"][swapped] = cells["bg"][swapped], cells["fg"][swapped]
    return cells


def _colours(random: np.random.Generator, count: int, default: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Colours (count, 3): the default, the 16, the 256, or any."""
    source = random.random(count)[:, None]
    palette = np.asarray(PALETTE, np.uint8)
    any_ = random.integers(0, 256, (count, 3))
    colours = np.where(source < 0.93, palette[random.integers(0, 256, count)], any_)
    colours = np.where(source < 0.85, palette[random.integers(0, 16, count)], colours)
    colours = np.where(source < 0.6, np.asarray(default), colours)
    return colours.astype(np.uint8)


def pixel_batches(random: np.random.Generator, batch: int) -> Iterator[Tensor]:
    """Endless batches of cells, uint8 (batch, 16, 8, 3)."""
    while True:
        yield torch.from_numpy(render_cells(random_cells(random, batch)))


def loss(autoencoder: CellAutoencoder, pixels: Tensor, noise: float) -> Tensor:
    """Mean squared error of the pixels, half of the batch with noise on its latents."""
    latents = autoencoder.encode(pixels)
    half = len(latents) // 2
    noisy = latents[:half] + noise * torch.randn_like(latents[:half])
    latents = torch.cat((F.rms_norm(noisy, (noisy.shape[-1],)), latents[half:]))
    return F.mse_loss(autoencoder.draw(latents), pixels.flatten(1).view(len(pixels), -1, 3).float() / 255)


def psnr(autoencoder: CellAutoencoder, pixels: Tensor, noise: float = 0.0) -> float:
    """Decibels of decoded cells against the true ones, uint8 (N, 16, 8, 3), with `noise` on the latents."""
    with torch.inference_mode():
        latents = autoencoder.encode(pixels)
        drawn = autoencoder.decode(latents + noise * torch.randn_like(latents))
        return float(10 * torch.log10(255**2 / (drawn.float() - pixels.float()).square().mean().clamp(min=1e-9)))


def fit_cells(config: CellConfig, fit: CellFit) -> CellAutoencoder:
    """Train a cell autoencoder until its minutes are up."""
    torch.manual_seed(fit.seed)
    autoencoder = CellAutoencoder(config)
    data = pixel_batches(np.random.default_rng(fit.seed), fit.batch)
    optimizer = torch.optim.AdamW(autoencoder.parameters(), lr=fit.rate, weight_decay=0.0)
    start = time.monotonic()
    with Progress(transient=True) as progress:
        task = progress.add_task("cells", total=1.0)
        while (done := (time.monotonic() - start) / (60 * fit.minutes)) < 1:
            optimizer.param_groups[0]["lr"] = fit.rate * 0.5 * (1 + np.cos(np.pi * done))
            error = loss(autoencoder, next(data), fit.noise)
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(error)
            optimizer.step()
            progress.update(task, completed=done, description=f"cells {-10 * float(error.detach().log10()):.1f} dB")
    blank = np.zeros(1, CELL)
    blank["glyph"], blank["fg"], blank["bg"] = 32, FOREGROUND, BACKGROUND
    with torch.no_grad():
        autoencoder.blank.copy_(autoencoder.encode(torch.from_numpy(render_cells(blank)))[0])
    return autoencoder.eval()
