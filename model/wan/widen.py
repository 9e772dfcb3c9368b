"""A text-to-video transformer that takes a first frame: Wan2.1 of 1.3B comes as text-to-video alone.

It is given the channels of the image-to-video one, whose weights are zero: untrained, it draws as it did (the paper's
zero-initialised projection).
"""

import torch
from diffusers import WanTransformer3DModel
from torch import nn

MASK = 4
"""Channels that say which frames are given, one for each picture of a latent frame."""


def widened(transformer: WanTransformer3DModel, z_dim: int) -> WanTransformer3DModel:
    """The transformer, taking noise, mask and condition; one that does is given back as it is.

    Args:
        transformer: changed in place.
        z_dim: numbers a latent.

    Raises:
        ValueError: if it takes neither the noise alone nor all of them.
    """
    wanted = 2 * z_dim + MASK
    has = transformer.config.in_channels
    if has == wanted:
        return transformer
    if has != z_dim:
        raise ValueError(f"a transformer of {has} channels draws no videos of {z_dim} numbers a latent")
    old = transformer.patch_embedding
    new = nn.Conv3d(wanted, old.out_channels, old.kernel_size, old.stride, device=old.weight.device)
    new = new.to(old.weight.dtype)
    with torch.no_grad():
        new.weight.zero_()
        new.weight[:, :has] = old.weight
        assert new.bias is not None and old.bias is not None
        new.bias.copy_(old.bias)
    transformer.patch_embedding = new
    transformer.register_to_config(in_channels=wanted)
    return transformer
