"""Frames as they are decoded: the video decoder is causal, so each latent frame gives its pictures at once."""

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from diffusers import AutoencoderKLWan
from numpy.typing import NDArray
from torch import Tensor


def scale(vae: AutoencoderKLWan, like: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation of the latents of the video autoencoder, each (1, Z, 1, 1, 1)."""
    shape = (1, vae.config.z_dim, 1, 1, 1)
    mean, deviation = torch.tensor(vae.config.latents_mean), torch.tensor(vae.config.latents_std)
    return mean.view(shape).to(like), deviation.view(shape).to(like)


def pictures(vae: AutoencoderKLWan, blocks: Iterable[Tensor]) -> Iterator[NDArray[np.uint8]]:
    """Pictures of a clip, one by one: the first latent frame is one, each after it four.

    As `AutoencoderKLWan.decode` computes them, which gives all at once (its loop and its cache, diffusers 0.36 on). In
    tiles, which each run through time, they do come all at once.

    Args:
        vae: the video autoencoder.
        blocks: of latents, (1, Z, latent frames, height / 8, width / 8), normalised as the transformer has them.

    Yields:
        uint8 (height, width, 3).
    """
    if vae.use_tiling:
        yield from _as_pictures(vae.decode(_own(vae, torch.cat(list(blocks), 2)), return_dict=False)[0])
        return
    vae.clear_cache()
    first: dict[str, bool] = {"first_chunk": True}
    try:
        for block in blocks:
            x = vae.post_quant_conv(_own(vae, block))
            for at in range(x.shape[2]):
                vae._conv_idx = [0]
                chunk = vae.decoder(x[:, :, at : at + 1], feat_cache=vae._feat_map, feat_idx=vae._conv_idx, **first)
                first = {}
                yield from _as_pictures(chunk.clamp(-1.0, 1.0))
    finally:
        vae.clear_cache()


def _own(vae: AutoencoderKLWan, latents: Tensor) -> Tensor:
    """Latents as the autoencoder has them."""
    mean, deviation = scale(vae, latents)
    return (latents * deviation + mean).to(vae.dtype)


def _as_pictures(video: Tensor) -> Iterator[NDArray[np.uint8]]:
    """Of a video (1, 3, frames, height, width) in -1..1."""
    scaled = ((video[0].float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    yield from scaled.permute(1, 2, 3, 0).cpu().numpy()
