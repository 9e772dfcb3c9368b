"""In which precision a device computes fastest."""

import torch


def half_is_fast(device: str) -> bool:
    """Whether a device computes in bfloat16; a CPU that only emulates it is slower than in float32."""
    if device.startswith("cuda"):
        return True
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
