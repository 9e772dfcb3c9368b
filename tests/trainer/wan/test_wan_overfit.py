"""Over-fitted on three clips, a Wan machine draws them again: what it is told of caption and first frame gets through.

Two clips share their first frame and differ in their caption; two share their caption and differ in their first frame.
"""

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKLWan, WanImageToVideoPipeline
from numpy.typing import NDArray
from tiny_wan import tiny_pipeline

from model.protocol import Frame, Geometry
from model.wan.decode import pictures
from model.wan.letterbox import from_video
from model.wan.machine import WanNCCLIGen
from model.wan.settings import WanSettings
from trainer.casts import Event, Recording
from trainer.wan.clips import Clip, clips
from trainer.wan.encode import kept
from trainer.wan.fit import WanFit, fit

SETTINGS = WanSettings(height=32, width=64, frames=9, steps=20, guidance=1)
GEOMETRY = Geometry(2, 8)
ENOUGH = 30.0
"""dB."""


def clip(screen: str, line: str, printed: str) -> Clip:
    """What a terminal of two rows shows after a line."""
    events = [Event(0.0, "o", screen), Event(1.0, "i", f"{line}\r"), Event(1.2, "o", f"\x1b[H\x1b[J{printed}")]
    *_, last = clips(Recording(GEOMETRY, None, events, {}), SETTINGS)
    return last


CLIPS = (("$ ", "ls", "a  b"), ("$ ", "date", "Thu 26"), ("~/x\r\n$ ", "ls", "main.py"))


def fitted_autoencoder(of: list[Clip]) -> AutoencoderKLWan:
    """A small autoencoder that has these clips by heart."""
    torch.manual_seed(0)
    vae = AutoencoderKLWan(base_dim=12, z_dim=16, dim_mult=[1, 1, 2, 2], num_res_blocks=1)
    video = torch.from_numpy(np.stack([one.pictures for one in of])).permute(0, 4, 1, 2, 3).float() / 127.5 - 1
    optimizer = torch.optim.AdamW(vae.parameters(), lr=4e-3, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=STEPS_CELLS)
    for _ in range(STEPS_CELLS):
        latents = vae.encode(video).latent_dist.mode()
        loss = F.mse_loss(vae.decode(latents).sample, video) + 1e-3 * latents.square().mean()
        loss.backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    return vae.eval()


STEPS_CELLS, STEPS_FLOW = 250, 900


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    error = np.square(one.astype(np.float64) - other).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[WanImageToVideoPipeline, list[Clip]]:
    of = [clip(*one) for one in CLIPS]
    pipeline, folder = tiny_pipeline(), tmp_path_factory.mktemp("wan")
    pipeline.register_modules(vae=fitted_autoencoder(of))
    files = list(kept(pipeline, of, SETTINGS, folder / "clips"))
    config = WanFit(steps=STEPS_FLOW, batch=3, rank=0, rate=4e-3, weight_decay=0.0, dropout=0.0, save_every=STEPS_FLOW)
    fit(pipeline, files, config, folder / "out", lambda step, loss: None)
    return pipeline, of


def drawn(pipeline: WanImageToVideoPipeline, first: NDArray[np.uint8], of: Clip) -> NDArray[np.uint8]:
    """The clip that the machine draws from a first picture, as its autoencoder decodes it."""
    machine = WanNCCLIGen(pipeline, SETTINGS, "0" * 64)
    state = machine.boot(Frame(from_video(first, GEOMETRY).pixels, GEOMETRY), GEOMETRY)
    for _ in machine.step(state, of.action):
        pass
    with torch.inference_mode():
        return np.stack(list(pictures(pipeline.vae, [state.latents[None]])))


def test_clips_are_drawn_again(learned: tuple[WanImageToVideoPipeline, list[Clip]], tmp_path: Path) -> None:
    pipeline, of = learned
    figures = [psnr(drawn(pipeline, one.pictures[0], one), one.pictures) for one in of]
    assert min(figures) >= ENOUGH, figures


def test_it_is_the_caption_and_the_first_frame_that_tell_them_apart(
    learned: tuple[WanImageToVideoPipeline, list[Clip]],
) -> None:
    pipeline, (listing, date, elsewhere) = learned
    by_caption = drawn(pipeline, listing.pictures[0], date)
    by_frame = drawn(pipeline, elsewhere.pictures[0], listing)
    assert psnr(by_caption, date.pictures) > psnr(by_caption, listing.pictures) + 3
    assert psnr(by_frame, elsewhere.pictures) > psnr(by_frame, listing.pictures) + 3
