"""Attention window by window is attention: outputs and gradients, and no key that is seen is left out."""

import subprocess
import sys

import torch
from torch import Tensor

from model.nccligen.flow import sees
from model.nccligen.windows import CHUNK, attend, windows

B, H, L, K = 2, 3, 6 * CHUNK + 17, 8


def mask_of() -> Tensor:
    """Sessions of one and of 100 blocks, some with two copies, one block longer than a window, padding at the end."""
    block = torch.arange(L).expand(B, L) // 3
    block = torch.where((block > 30) & (block < 60), 30, block)
    session = torch.stack((torch.arange(L) // 120, torch.arange(L) // (L - 5)))
    noisy, aside = torch.arange(L).expand(B, L) % 7 == 0, torch.zeros(B, L, dtype=torch.bool)
    return sees(session, block // 4, block, noisy, aside)


def whole(q: Tensor, k: Tensor, v: Tensor, mask: Tensor, match: Tensor, gain: Tensor) -> Tensor:
    scores = (q @ k.transpose(-1, -2) + gain * match).masked_fill(~mask, -torch.inf)
    return scores.softmax(-1) @ v


def test_windows_hold_all_that_is_seen_and_half_of_all_scores_are_in_none() -> None:
    mask = mask_of()
    left = mask.clone()
    parts = windows(mask)
    for row, first, last, start, end in parts:
        left[row, :, first:last, start:end] = False
    assert mask.any() and not left.any()
    assert sum((part.last - part.first) * (part.end - part.start) for part in parts) < B * L * L / 2


def test_attention_in_windows_is_that_of_the_whole_and_so_are_its_gradients() -> None:
    torch.manual_seed(0)
    mask = mask_of()
    inputs = [torch.randn(B, H, L, K) for _ in range(3)] + [torch.randn(B, 1, L, L), torch.randn(H, 1, 1)]
    for part in inputs:
        part.requires_grad_()
    q, k, v, match, gain = inputs
    attended, expected = attend(q, k, v, mask, match, gain, windows(mask)), whole(q, k, v, mask, match, gain)
    assert torch.allclose(attended, expected, atol=1e-5)
    towards = torch.randn(B, H, L, K)
    found = torch.autograd.grad((attended * towards).sum(), inputs)
    for one, other in zip(found, torch.autograd.grad((expected * towards).sum(), inputs), strict=True):
        assert torch.allclose(one, other, atol=1e-4, rtol=1e-4)


def test_bfloat16_goes_through() -> None:
    mask = mask_of()
    q, k, v = (torch.randn(B, H, L, K, dtype=torch.bfloat16).requires_grad_() for _ in range(3))
    match, gain = torch.zeros(B, 1, L, L), torch.ones(H, 1, 1)
    attended = attend(q, k, v, mask, match, gain, windows(mask))
    assert attended.dtype == torch.bfloat16
    attended.sum().backward()  # type: ignore[no-untyped-call]
    assert q.grad is not None and q.grad.dtype == torch.bfloat16 and torch.isfinite(q.grad).all()


def test_a_machine_that_only_runs_does_not_load_the_compiler() -> None:
    code = """
import sys
from model.nccligen.machine import load
from model.protocol import Action, Geometry
machine = load()
frames = list(machine.step(machine.boot(None, Geometry()), Action(b"")))
print(len(frames), "torch._dynamo" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    frames, loaded = done.stdout.split()
    assert int(frames) > 0 and loaded == "False"
