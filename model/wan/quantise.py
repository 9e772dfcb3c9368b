"""Weights in 8 or 4 bits (bitsandbytes; NF4: Dettmers et al. 2023, arXiv 2305.14314), on a GPU and on a CPU."""

import torch
from diffusers import PipelineQuantizationConfig
from torch import nn

from model.wan.folder import QUANTISABLE


def while_loading(kind: str, dtype: torch.dtype) -> PipelineQuantizationConfig:
    """What makes diffusers load the large parts quantised, part by part: on a GPU, where it can."""
    four = {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_compute_dtype": dtype}
    return PipelineQuantizationConfig(
        quant_backend="bitsandbytes_4bit" if kind == "nf4" else "bitsandbytes_8bit",
        quant_kwargs=four if kind == "nf4" else {"load_in_8bit": True},
        components_to_quantize=list(QUANTISABLE),
    )


def quantise(network: nn.Module, kind: str) -> None:
    """Quantise the linear layers of a network where it is, in place, but for those that its authors keep exact.

    On a CPU: diffusers quantises on GPUs alone.
    """
    from bitsandbytes.nn import Linear4bit, Linear8bitLt

    exact = tuple(getattr(network, "_keep_in_fp32_modules", None) or ())
    linear = [(name, layer) for name, layer in network.named_modules() if isinstance(layer, nn.Linear)]
    for name, layer in linear:
        if any(part in name.split(".") for part in exact):
            continue
        size, device, bias = (layer.in_features, layer.out_features), layer.weight.device, layer.bias is not None
        small = (
            Linear4bit(*size, bias=bias, compute_dtype=layer.weight.dtype, quant_type="nf4")
            if kind == "nf4"
            else Linear8bitLt(*size, bias=bias, has_fp16_weights=False)
        )
        small.load_state_dict(layer.state_dict())
        network.set_submodule(name, small.requires_grad_(False).to(device))
