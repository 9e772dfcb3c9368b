"""Trains the transformer of the Wan machine: rectified flow on the latents of clips, as LoRA or as a whole.

The defaults are the paper's ("Neural Computers", arXiv 2604.06425): AdamW at 5e-5 with a weight decay of 1e-2, clipped
to 1.0, in bfloat16 with gradient checkpointing; text, image features and first frame are each left out one time in ten.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from diffusers import WanImageToVideoPipeline, WanTransformer3DModel
from peft import LoraConfig, get_peft_model_state_dict
from torch import Tensor, nn

from trainer.checkpoint import resume, save_checkpoint
from trainer.wan.encode import Encoded, batch_of

TARGETS = ["to_q", "to_k", "to_v", "to_out.0", "ffn.net.0.proj", "ffn.net.2"]
"""Linear layers that a LoRA stands beside."""

LORA = "pytorch_lora_weights.safetensors"


@dataclass(frozen=True, slots=True)
class WanFit:
    """How it is trained.

    Attributes:
        steps: of the optimiser.
        batch: clips a step.
        rank: of the LoRA; 0: the whole transformer.
        rate, weight_decay: of AdamW.
        clip: the largest norm of a gradient.
        dropout: how often text, image and first frame are each left out.
        shift: of the flow's times towards noise, as in the I2V schedule of Wan2.1 at 480p.
        seed: of order, times and noise.
        save_every: steps between checkpoints.
    """

    steps: int = 1000
    batch: int = 1
    rank: int = 32
    rate: float = 5e-5
    weight_decay: float = 1e-2
    clip: float = 1.0
    dropout: float = 0.1
    shift: float = 3.0
    seed: int = 0
    save_every: int = 100


class _Trained(nn.Module):
    """The parameters that are trained, under their names: what a checkpoint holds."""

    def __init__(self, transformer: WanTransformer3DModel) -> None:
        super().__init__()
        for name, parameter in transformer.named_parameters():
            if parameter.requires_grad:
                self.register_parameter(name.replace(".", "/"), parameter)


def prepared(transformer: WanTransformer3DModel, rank: int) -> WanTransformer3DModel:
    """The transformer with what is trained, and nothing else, asking for gradients."""
    transformer.requires_grad_(rank == 0)
    if rank:
        transformer.add_adapter(LoraConfig(r=rank, lora_alpha=rank, target_modules=TARGETS))
    transformer.enable_gradient_checkpointing()
    return transformer.train()


def loss_of(transformer: nn.Module, batch: Encoded, config: WanFit, source: torch.Generator) -> Tensor:
    """Squared error of the velocity, `noise - x`, at a time of the flow; a scalar.

    Args:
        transformer: takes noisy latents with their condition, (B, 2 Z + 4, T, h, w).
        batch: see `encode.Encoded`, B first.
        config: the shift of times, and how much is left out.
        source: of chance.
    """
    x_BZThw = batch["latents"]
    B = len(x_BZThw)
    even_B = torch.rand(B, generator=source)
    sigma_B = (config.shift * even_B / (1 + (config.shift - 1) * even_B)).to(x_BZThw)
    noise = torch.randn(x_BZThw.shape, generator=source).to(x_BZThw)
    sigma = sigma_B.view(B, 1, 1, 1, 1)
    noisy = (1 - sigma) * x_BZThw + sigma * noise
    text, condition = _left_out(batch["text"], config, source), _left_out(batch["condition"], config, source)
    image = _left_out(batch["image"], config, source) if "image" in batch else None
    velocity: Tensor = transformer(
        hidden_states=torch.cat((noisy, condition), 1),
        timestep=1000 * sigma_B,
        encoder_hidden_states=text,
        encoder_hidden_states_image=image,
        return_dict=False,
    )[0]
    return F.mse_loss(velocity.float(), noise - x_BZThw)


def _left_out(part: Tensor, config: WanFit, source: torch.Generator) -> Tensor:
    """A condition, zero for some of the batch."""
    keeps = (torch.rand(len(part), generator=source) >= config.dropout).to(part)
    return part * keeps.view(-1, *[1] * (part.dim() - 1))


def fit(
    pipeline: WanImageToVideoPipeline,
    files: Sequence[Path],
    config: WanFit,
    folder: Path,
    report: Callable[[int, float], object],
    stopped: Callable[[], bool] = lambda: False,
) -> Path:
    """Train until the steps are done; goes on from a checkpoint in the folder, and leaves the weights there.

    Args:
        pipeline: its transformer is trained, in place.
        files: clips, see `encode.kept`.
        config: how.
        folder: checkpoint and weights go there.
        report: is told each step and its loss.
        stopped: asked after every step; True saves and returns early.

    Returns:
        The weights: a file of a LoRA, or the folder of a transformer.

    Raises:
        CheckpointError: if the folder holds a checkpoint of another training.
    """
    accelerator = Accelerator(mixed_precision="bf16" if torch.cuda.is_available() else "no")
    # The adapter's weights are drawn by chance, and are the same when a run goes on.
    torch.manual_seed(config.seed)
    transformer = prepared(pipeline.transformer, config.rank)
    trained = _Trained(transformer)
    optimizer = _optimizer(list(trained.parameters()), config)
    identity = json.dumps([config.rank, config.batch, config.rate, config.seed, sorted(file.name for file in files)])
    progress = resume(folder, trained, [optimizer], identity)
    network, optimizer = accelerator.prepare(transformer, optimizer)
    while progress.step < config.steps and not stopped():
        source = torch.Generator().manual_seed(hash((config.seed, progress.step, accelerator.process_index)) % 2**63)
        chosen = torch.randint(len(files), (config.batch,), generator=source).tolist()
        batch = {name: part.to(accelerator.device) for name, part in batch_of([files[i] for i in chosen]).items()}
        loss = loss_of(network, batch, config, source)
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(trained.parameters(), config.clip)
        optimizer.step()
        optimizer.zero_grad()
        progress.step += 1
        report(progress.step, float(loss.detach()))
        if accelerator.is_main_process and progress.step % config.save_every == 0:
            save_checkpoint(folder, trained, [optimizer], progress, identity)
    if accelerator.is_main_process:
        save_checkpoint(folder, trained, [optimizer], progress, identity)
        _weights(folder, transformer, config.rank)
    return folder / LORA if config.rank else folder / "transformer"


def _optimizer(parameters: list[nn.Parameter], config: WanFit) -> torch.optim.Optimizer:
    """AdamW; on a GPU with its moments in 8 bits (bitsandbytes), which is a quarter of their memory."""
    if torch.cuda.is_available():
        from bitsandbytes.optim import AdamW8bit

        eight: torch.optim.Optimizer = AdamW8bit(parameters, lr=config.rate, weight_decay=config.weight_decay)
        return eight
    return torch.optim.AdamW(parameters, lr=config.rate, weight_decay=config.weight_decay)


def _weights(folder: Path, transformer: WanTransformer3DModel, rank: int) -> None:
    """Write the LoRA as diffusers loads it, or the whole transformer."""
    if rank:
        layers = get_peft_model_state_dict(transformer)
        WanImageToVideoPipeline.save_lora_weights(folder, transformer_lora_layers=layers, safe_serialization=True)
    else:
        transformer.save_pretrained(folder / "transformer", safe_serialization=True)
