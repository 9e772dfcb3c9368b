"""Three clips by heart: ``python -m benchmarks.by_heart [--vae-steps N] [--steps N]``.

A tiny Wan pipeline of the true classes is fitted on three clips that begin with the same frame or the same caption as
another, so that it has to ask both. Then the machine draws each from its first frame and its action. What comes back is
measured beside what the video autoencoder alone gives back: no picture can be better than that.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from rich.console import Console
from rich.progress import track
from rich.table import Table
from torch import Tensor

from model.protocol import Geometry
from model.wan.decode import pictures
from model.wan.letterbox import from_video
from model.wan.machine import WanNCCLIGen
from model.wan.settings import WanSettings
from trainer import metrics
from trainer.casts import Event, Recording
from trainer.wan.clips import Clip, clips
from trainer.wan.encode import kept
from trainer.wan.fit import WanFit, fit
from trainer.wan.tiny import tiny_pipeline, tiny_transformer, tiny_vae

SETTINGS = WanSettings(height=16, width=32, frames=5, steps=8, guidance=1.0)
SHOWN = (("$ ", "a", "$ ab"), ("$ ", "b", "$ ba"), ("# ", "a", "# b?"))
"""First screen, keys and last screen of each clip."""


def recorded() -> list[Clip]:
    """The clips."""

    def one(first: str, keys: str, last: str) -> Clip:
        events = [Event(0.0, "o", first), Event(1.0, "i", f"{keys}\r"), Event(1.1, "o", f"\r{last}")]
        *_, clip = clips(Recording(Geometry(1, 4), None, events, {}), SETTINGS)
        return clip

    return [one(*shown) for shown in SHOWN]


def videos(made: list[Clip]) -> Tensor:
    """Float32 (clips, 3, frames, height, width), from -1 to 1."""
    return torch.from_numpy(np.stack([clip.pictures for clip in made])).permute(0, 4, 1, 2, 3).float() / 127.5 - 1


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.by_heart", description=__doc__.partition("\n")[0])
    parser.add_argument("--vae-steps", type=int, default=1000, help="of the autoencoder (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=2000, help="of the transformer (default: %(default)s)")
    options = parser.parse_args()
    began, made = time.perf_counter(), recorded()
    torch.manual_seed(0)
    pipeline = tiny_pipeline()
    pipeline.vae = tiny_vae(base_dim=16)
    pipeline.transformer = tiny_transformer(heads=4, head_width=24, layers=4)
    for _ in track(_coded(pipeline.vae, videos(made), options.vae_steps), "autoencoder", options.vae_steps):
        pass
    with tempfile.TemporaryDirectory() as folder:
        files = list(kept(pipeline, "", made, SETTINGS, Path(folder) / "clips"))
        config = WanFit(steps=options.steps, batch=3, rank=0, rate=2e-3, dropout=0.0)
        losses = list[float]()
        fit(pipeline, files, config, Path(folder) / "run", lambda step, loss: losses.append(loss))
    machine = WanNCCLIGen(pipeline, SETTINGS, "0" * 64)
    pipeline.transformer.eval()
    table = Table("first screen, keys", "autoencoder alone, dB", "drawn, dB")
    for (first, keys, _), clip in zip(SHOWN, made, strict=True):
        state = machine.boot(from_video(clip.pictures[0], Geometry(1, 4)), Geometry(1, 4))
        for _frame in machine.step(state, clip.action):
            pass
        with torch.no_grad():
            own = pipeline.vae.encode(videos([clip])).latent_dist.mode()
            again = ((pipeline.vae.decode(own).sample[0] + 1) * 127.5).round().clamp(0, 255).permute(1, 2, 3, 0)
            drawn = np.stack(list(pictures(pipeline.vae, [state.latents[None]])))
        table.add_row(f"{first!r} {keys!r}", *(f"{_psnr(clip, one):.1f}" for one in (again.numpy(), drawn)))
    console = Console()
    console.print(table)
    size = sum(parameter.numel() for parameter in pipeline.transformer.parameters())
    console.print(f"{size:,} parameters, loss {np.mean(losses[-50:]):.3f}, {time.perf_counter() - began:.0f} s")


def _coded(vae: Any, video_BCTHW: Tensor, steps: int) -> Iterator[float]:
    """Fits the autoencoder to clips."""
    optimizer = torch.optim.Adam(vae.requires_grad_(True).train().parameters(), lr=2e-3)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 2e-3 * (1 - step / steps)
        latents = vae.encode(video_BCTHW).latent_dist.mode()
        loss = F.mse_loss(vae.decode(latents).sample, video_BCTHW)
        # Latents of about unit variance, as the flow takes them.
        loss = loss + 1e-4 * (latents.square().mean() - 1).square()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        yield float(loss.detach())
    vae.eval().requires_grad_(False)


def _psnr(clip: Clip, drawn: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]") -> float:
    """Mean over the pictures of a clip, dB."""
    pairs = zip(clip.pictures, drawn.astype(np.uint8), strict=True)
    frames = [tuple(from_video(picture, Geometry(1, 4)) for picture in pair) for pair in pairs]
    return metrics.mean(metrics.psnr(*pair) for pair in frames)


if __name__ == "__main__":
    main()
