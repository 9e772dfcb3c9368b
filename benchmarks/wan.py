"""What the Wan machine takes at full size: ``python -m benchmarks.wan [--size 1.3B|14B|tiny] [--quantise KIND]``.

Without `--size`: the weights, the memory they take in each precision, and the operations of one evaluation of the
transformer on a clip of 81 frames at 480p, counted on networks that hold no numbers. With it, a machine of that size
and of random weights is made on the GPU (`tiny` on a CPU, too), draws clips and takes steps of training; beside it the
bundled machine draws the answers to ten commands. How long a clip takes does not depend on what the weights are.
"""

import argparse
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch
from diffusers import AutoencoderKLWan, WanImageToVideoPipeline, WanTransformer3DModel
from rich.console import Console
from rich.table import Table
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from transformers import CLIPVisionConfig, CLIPVisionModel, UMT5Config, UMT5EncoderModel

from model.loading import load_machine
from model.protocol import Action, Geometry
from model.wan.folder import QUANTISABLE
from model.wan.machine import WanNCCLIGen
from model.wan.quantise import quantise
from model.wan.settings import QUANTISED, WanSettings
from model.wan.text import TOKENS
from trainer.casts import read_cast
from trainer.evaluate.latency import time_session
from trainer.evaluate.recorded import recorded_turns
from trainer.wan.fit import WanFit, fit
from trainer.wan.tiny import assembled, tiny_pipeline

HELD_OUT = Path(__file__).parent.parent / "recordings" / "held-out" / "held-out-000.cast"
TINY = WanSettings(height=32, width=64, frames=9)
WAN_1_3B: dict[str, int | None] = {
    "num_attention_heads": 12,
    "ffn_dim": 8960,
    "num_layers": 30,
    "image_dim": None,
}
WAN_14B: dict[str, int | None] = {
    "num_attention_heads": 40,
    "ffn_dim": 13824,
    "num_layers": 40,
    "image_dim": 1280,
    "added_kv_proj_dim": 5120,
}
SIZES = {"1.3B": WAN_1_3B, "14B": WAN_14B}
"""What is said of the transformers of Wan2.1 in their configurations; the rest is as diffusers has it."""

OTHERS = ("text encoder", "video autoencoder", "image encoder")
STEPS = (50, 40, 4)
"""Of the flow: as published, as the paper draws, and with a LoRA for few steps, which needs no guidance either."""


def transformer_of(size: str) -> WanTransformer3DModel:
    """A transformer that takes noise, mask and first frame, of random weights."""
    return WanTransformer3DModel(in_channels=36, out_channels=16, **SIZES[size])


def encoder() -> UMT5EncoderModel:
    """UMT5-XXL."""
    config = UMT5Config(vocab_size=256384, d_model=4096, d_kv=64, d_ff=10240, num_layers=24, num_heads=64)
    return UMT5EncoderModel(config)


def eyes() -> CLIPVisionModel:
    """CLIP ViT-H/14."""
    size = {"hidden_size": 1280, "intermediate_size": 5120, "num_hidden_layers": 32, "num_attention_heads": 16}
    return CLIPVisionModel(CLIPVisionConfig(**size, image_size=224, patch_size=14))


def pipeline_of(size: str, device: str) -> WanImageToVideoPipeline:
    """All parts, in bfloat16."""
    if size == "tiny":
        return tiny_pipeline().to(device)
    torch.set_default_dtype(torch.bfloat16)
    try:
        with torch.device(device):
            seen = eyes() if SIZES[size]["image_dim"] else None
            return assembled(encoder(), AutoencoderKLWan(), transformer_of(size), seen)
    finally:
        torch.set_default_dtype(torch.float32)


def latents_of(settings: WanSettings, channels: int) -> tuple[int, ...]:
    """The shape of a clip's latents, without the batch."""
    return (channels, (settings.frames - 1) // 4 + 1, settings.height // 8, settings.width // 8)


def counted(size: str) -> tuple[int, dict[str, int], float]:
    """Weights of the transformer, of each other part, and operations of one evaluation; nothing is computed."""
    with torch.device("meta"):
        transformer, others = transformer_of(size), dict(zip(OTHERS, (encoder(), AutoencoderKLWan()), strict=False))
        if SIZES[size]["image_dim"]:
            others[OTHERS[-1]] = eyes()
        x, text = torch.zeros(1, *latents_of(WanSettings(), 36)), torch.zeros(1, TOKENS, 4096)
        image = torch.zeros(1, 257, 1280) if SIZES[size]["image_dim"] else None
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            transformer(x, torch.zeros(1), text, image, return_dict=False)
    return _numbers(transformer), {name: _numbers(part) for name, part in others.items()}, counter.get_total_flops()


def paper_table() -> Table:
    """Weights, memory and operations of both sizes."""
    table = Table("Wan2.1", *SIZES)
    columns = list[list[str]]()
    for size in SIZES:
        transformer, others, operations = counted(size)
        small = transformer + others[OTHERS[0]]
        exact = sum(others.values()) - others[OTHERS[0]]
        memory = [f"{2 * (share * small + exact) / 2**30:.1f} GiB" for share in QUANTISED.values()]
        parts = [f"{others[name] / 1e9:.2f}B" if name in others else "" for name in OTHERS]
        columns.append([f"{transformer / 1e9:.2f}B", *parts, *memory, f"{operations / 1e15:.2f}e15"])
    kinds = [f"all of it, {kind or 'bfloat16'}" for kind in QUANTISED]
    for name, *found in zip(("transformer", *OTHERS, *kinds, "operations, an evaluation"), *columns, strict=True):
        table.add_row(name, *found)
    return table


def clip_seconds(machine: WanNCCLIGen, action: Action) -> tuple[float, float, float]:
    """Of a clip of four steps without guidance: to its first frame, to its last, and an evaluation's, the median."""
    machine.settings = replace(machine.settings, steps=STEPS[-1], guidance=1.0)
    state = machine.boot(None, Geometry(2, 8) if machine.settings.height < Geometry().pixels[0] else Geometry())
    stamps, first = list[float](), 0.0
    transformer = machine.pipeline.transformer
    hooks = [transformer.register_forward_pre_hook(lambda *_: stamps.append(_now()))]
    hooks.append(transformer.register_forward_hook(lambda *_: stamps.append(_now())))
    began = _now()
    for _ in machine.step(state, action):
        first = first or _now() - began
    ended = _now() - began
    for hook in hooks:
        hook.remove()
    return first, ended, median(after - before for before, after in zip(stamps[::2], stamps[1::2], strict=True))


def train_seconds(pipeline: WanImageToVideoPipeline, settings: WanSettings) -> float:
    """Of a step of training a LoRA of rank 32 on one clip, the paper's way; the first, which prepares, left out."""
    width = pipeline.text_encoder.config.d_model
    one: dict[str, Tensor] = {
        "latents": torch.randn(latents_of(settings, 16)),
        "condition": torch.randn(latents_of(settings, 20)),
        "text": torch.randn(TOKENS, width),
    }
    if pipeline.image_encoder is not None:
        config = pipeline.image_encoder.config
        one["image"] = torch.randn((config.image_size // config.patch_size) ** 2 + 1, config.hidden_size)
    ends = list[float]()
    with TemporaryDirectory() as folder:
        save_file(one, Path(folder) / "clip.safetensors")
        config = WanFit(steps=4, batch=1, rank=32)
        fit(pipeline, [Path(folder) / "clip.safetensors"], config, Path(folder), lambda step, loss: ends.append(_now()))
    return median(after - before for before, after in pairwise(ends))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wan", description=__doc__.partition("\n")[0])
    parser.add_argument("--size", choices=(*SIZES, "tiny"), help="of a machine that is made and run (default: none is)")
    parser.add_argument("--quantise", choices=[kind for kind in QUANTISED if kind], default="", help="its weights")
    parser.add_argument("--compile", action="store_true", help="its blocks")
    options = parser.parse_args()
    console = Console(highlight=False)
    if options.size is None:
        console.print(paper_table())
        return
    device = "cuda" if torch.cuda.is_available() else "cpu"
    settings = TINY if options.size == "tiny" else WanSettings()
    began, pipeline = time.perf_counter(), pipeline_of(options.size, device)
    for part in QUANTISABLE if options.quantise else ():
        quantise(getattr(pipeline, part), options.quantise)
    if options.compile:
        pipeline.transformer.compile_repeated_blocks()
    console.print(f"made in {time.perf_counter() - began:.0f} s on {_device(device)}; {_memory(device)}")
    machine = WanNCCLIGen(pipeline, settings, "0" * 64, device)
    actions = [turn.action for turn in recorded_turns(read_cast(HELD_OUT))]
    action = next(one for one in actions if one.keys)
    # The first clip compiles and finds its kernels.
    clip_seconds(machine, action)
    first, whole, step = clip_seconds(machine, action)
    rest = whole - STEPS[-1] * step
    own = [one.total_ms / 1000 for one in time_session(load_machine(None, device), actions)]
    table = Table("a clip of five seconds", "seconds", "times the bundled one's")
    table.add_row("bundled machine, an answer, median of ten", f"{median(own):.2f}", "1")
    for steps in STEPS:
        evaluations = steps if steps == STEPS[-1] else 2 * steps
        whole, how = rest + evaluations * step, "no guidance" if evaluations == steps else "guidance 5"
        table.add_row(f"{options.size}, {steps} steps, {how}", f"{whole:.2f}", f"{whole / median(own):,.0f}")
    console.print(table)
    console.print(f"an evaluation {step:.3f} s, all else {rest:.2f} s; four steps to the first frame {first:.2f} s")
    if options.quantise:
        console.print(_memory(device))
        return
    console.print(f"a step of training (LoRA of rank 32): {train_seconds(pipeline, settings):.2f} s; {_memory(device)}")


def _now() -> float:
    """When what was asked of the GPU is done."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


def _numbers(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def _device(device: str) -> str:
    return torch.cuda.get_device_name() if device == "cuda" else "the CPU"


def _memory(device: str) -> str:
    return f"at most {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB so far" if device == "cuda" else "no GPU"


if __name__ == "__main__":
    main()
