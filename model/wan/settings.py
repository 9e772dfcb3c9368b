"""How the Wan machine is run: the size of its clips, their steps, and what saves memory."""

from dataclasses import dataclass

QUANTISED = {"": 1.0, "int8": 0.5, "nf4": 0.28}
"""Kinds of weights for the transformer and the text encoder, and their bytes in those of bfloat16."""


@dataclass(frozen=True, slots=True)
class WanSettings:
    """Settings of a run. The defaults are the paper's and Wan2.1's: 480p, 81 frames, 50 steps with guidance.

    Attributes:
        height, width: of the video in pixels, multiples of 16; the terminal is letterboxed in it.
        frames: of a clip, 1 more than a multiple of 4.
        steps: of the flow.
        guidance: classifier-free guidance; 1 and below: none, which halves the time.
        quantise: ``nf4`` or ``int8`` for transformer and text encoder (bitsandbytes); empty: bfloat16.
        offload: keep parts in the computer's memory while they wait.
        tiles: decode the video in tiles.
        compile: compile the blocks of the transformer, which the first clip waits for (`torch.compile`).
        lora: a safetensors file of a LoRA, such as one that needs 4 steps and no guidance.
        block: latent frames drawn at a time, by weights trained to draw so (`causal`); 0: the clip as a whole.

    Raises:
        ValueError: for a size or a kind that no machine has; one line.
    """

    height: int = 480
    width: int = 832
    frames: int = 81
    steps: int = 50
    guidance: float = 5.0
    quantise: str = ""
    offload: bool = False
    tiles: bool = False
    compile: bool = False
    lora: str = ""
    block: int = 0

    def __post_init__(self) -> None:
        if self.height % 16 or self.width % 16 or min(self.height, self.width) < 16:
            raise ValueError(f"a video of {self.width}x{self.height} cannot be drawn: use multiples of 16")
        if self.frames % 4 != 1:
            raise ValueError(f"a clip of {self.frames} frames cannot be drawn: use 1 more than a multiple of 4")
        if self.steps < 1:
            raise ValueError(f"{self.steps} steps draw nothing: use 1 or more")
        if self.block < 0 or (self.block and self.guidance > 1):
            raise ValueError("block: 0 or more latent frames at a time, and then guidance=1")
        if self.quantise not in QUANTISED:
            raise ValueError(f"quantise: {self.quantise!r} is none of {', '.join(filter(None, QUANTISED))}")
