"""Clips as the parts of the Wan machine make them, kept ahead of training: they do not change while it is trained."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
from diffusers import WanImageToVideoPipeline
from PIL import Image
from safetensors.torch import load_file, save
from torch import Tensor

from model.files import replace_file
from model.wan.decode import scale
from model.wan.settings import WanSettings
from model.wan.text import embedded
from trainer.wan.clips import Clip

Encoded = dict[str, Tensor]
"""`latents` (Z, T, h, w), `condition` (mask and first frame, Z + 4, T, h, w), `text` (tokens, width), and `image`
(tokens, width) where there is an image encoder; T latent frames of h by w."""


@torch.no_grad()
def encoded(pipeline: WanImageToVideoPipeline, clip: Clip, settings: WanSettings) -> Encoded:
    """What training sees of a clip, float32."""
    vae = pipeline.vae
    video = torch.from_numpy(clip.pictures).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
    latents = vae.encode(video.to(vae.device, vae.dtype)).latent_dist.mode().float()
    mean, deviation = scale(vae, latents)
    first = video[:, :, 0].to(vae.device)
    size = (1, vae.config.z_dim, settings.height, settings.width, settings.frames)
    # The pipeline's own, so that training sees what running will see.
    _, condition = pipeline.prepare_latents(first, *size, torch.float32, vae.device, None, torch.zeros_like(latents))
    parts = {
        "latents": (latents - mean) / deviation,
        "condition": condition,
        "text": embedded(pipeline.text_encoder, pipeline.tokenizer, clip.caption),
    }
    if pipeline.image_encoder is not None:
        parts["image"] = pipeline.encode_image(Image.fromarray(clip.pictures[0]), vae.device)
    return {name: part[0].float().cpu().contiguous() for name, part in parts.items()}


def kept(
    pipeline: WanImageToVideoPipeline, weights: str, clips: Iterable[Clip], settings: WanSettings, folder: Path
) -> Iterator[Path]:
    """A file for each clip, made unless it is there: a run that was stopped goes on.

    Args:
        pipeline: its parts make them.
        weights: hash of its weights: another makes others.
        clips: of recordings.
        settings: of the clips.
        folder: made if missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = repr((weights, settings.height, settings.width, settings.frames)).encode()
    for clip in clips:
        digest = hashlib.sha256(told + clip.caption.encode() + clip.pictures.tobytes()).hexdigest()
        path = folder / f"{digest[:32]}.safetensors"
        if not path.exists():
            replace_file(path, save(encoded(pipeline, clip, settings)))
        yield path


def batch_of(files: list[Path]) -> Encoded:
    """Clips of one size, one behind the other."""
    clips = [load_file(file) for file in files]
    return {name: torch.stack([clip[name] for clip in clips]) for name in clips[0]}
