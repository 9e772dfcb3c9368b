"""A Wan pipeline of the true classes, with random weights, small enough for a CPU to train in moments."""

from pathlib import Path

import torch
from diffusers import AutoencoderKLWan, FlowMatchEulerDiscreteScheduler, WanImageToVideoPipeline, WanTransformer3DModel
from transformers import (
    ByT5Tokenizer,
    CLIPImageProcessor,
    CLIPVisionConfig,
    CLIPVisionModel,
    UMT5Config,
    UMT5EncoderModel,
)

QUERY = "height=32&width=64&frames=9&steps=2&guidance=1"
"""Settings of clips that it draws in moments: a terminal of 8x2 fills them."""


def tiny_transformer(
    in_channels: int = 36, image_dim: int | None = 32, heads: int = 2, head_width: int = 12, layers: int = 2
) -> WanTransformer3DModel:
    return WanTransformer3DModel(
        num_attention_heads=heads,
        attention_head_dim=head_width,
        in_channels=in_channels,
        out_channels=16,
        text_dim=32,
        ffn_dim=16 * heads,
        num_layers=layers,
        image_dim=image_dim,
        added_kv_proj_dim=heads * head_width if image_dim else None,
        rope_max_seq_len=32,
    )


def tiny_vae(base_dim: int = 3) -> AutoencoderKLWan:
    return AutoencoderKLWan(
        base_dim=base_dim, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
    )


def tiny_pipeline(text_to_video: bool = False) -> WanImageToVideoPipeline:
    torch.manual_seed(0)
    text = UMT5Config(vocab_size=384, d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4)
    eyes = CLIPVisionConfig(
        hidden_size=32, intermediate_size=37, num_hidden_layers=2, num_attention_heads=4, image_size=32, patch_size=4
    )
    return assembled(
        UMT5EncoderModel(text),
        tiny_vae(),
        tiny_transformer(16, None) if text_to_video else tiny_transformer(),
        None if text_to_video else CLIPVisionModel(eyes),
    )


def assembled(
    text_encoder: UMT5EncoderModel,
    vae: AutoencoderKLWan,
    transformer: WanTransformer3DModel,
    image_encoder: CLIPVisionModel | None,
) -> WanImageToVideoPipeline:
    """A pipeline of these networks, ready to run; the parts that hold no weights are the smallest there are."""
    seen = 0 if image_encoder is None else image_encoder.config.image_size
    return WanImageToVideoPipeline(
        tokenizer=ByT5Tokenizer(),
        text_encoder=text_encoder.eval(),
        vae=vae.eval(),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        image_processor=None if image_encoder is None else CLIPImageProcessor(crop_size=seen, size=seen),
        image_encoder=None if image_encoder is None else image_encoder.eval(),
        transformer=transformer.eval(),
    )


def save_tiny(path: Path, text_to_video: bool = False) -> Path:
    tiny_pipeline(text_to_video).save_pretrained(path, safe_serialization=True)
    return path
