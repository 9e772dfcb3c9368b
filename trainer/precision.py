"""In which precision a device computes fastest."""

import torch


def half_is_fast(device: str) -> bool:
    """Whether a device computes faster in bfloat16: a GPU, or a CPU that multiplies tiles of it (AMX).

    With the bfloat16 instructions of AVX-512 alone a step of training takes twice as long as in float32
    (benchmarks/step.py).
    """
    return device.startswith("cuda") or bool(torch.cpu.get_capabilities().get("amx_bf16"))
