"""The Wan machine at run time: h_t = F(h_{t-1}, x_t, u_t), x_{t+1} ~ G(h_t), a clip an action.

The paper's recipe ("Neural Computers", arXiv 2604.06425): the frame on screen is the first of the clip, told as a
latent of the video autoencoder and as features of CLIP; the action's caption is told by the text encoder; the
transformer draws the latents of the clip from noise, and the next action goes on from its last frame. h_t is the
latents. All parts are diffusers' (`WanImageToVideoPipeline`).
"""

import hashlib
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from diffusers import WanImageToVideoPipeline
from PIL import Image

from model.protocol import Action, ActionError, Frame, Geometry
from model.routines import answering, effective_hash
from model.wan.causal import Causal, blocks
from model.wan.decode import pictures, scale
from model.wan.folder import QUANTISABLE, WanError, check_memory, look
from model.wan.letterbox import from_video, to_video
from model.wan.prompt import prompt_of
from model.wan.quantise import quantise, while_loading
from model.wan.routine import WanRoutine
from model.wan.settings import WanSettings
from model.wan.state import WanState, load_state, save_state
from model.wan.text import embedded
from model.wan.widen import widened

MAX_KEYS = 1024
"""Bytes of keys, or of a caption, that one action can hold."""


class WanNCCLIGen:
    """The paper's machine. Implements `model.protocol.NeuralComputer`.

    Attributes:
        pipeline: the parts, and their loop over timesteps.
        settings: of the clips.
        base_hash: SHA-256 over the weights and settings, in hex, without routines.
    """

    def __init__(
        self, pipeline: WanImageToVideoPipeline, settings: WanSettings, weights_hash: str, device: str = "cpu"
    ) -> None:
        self.pipeline = pipeline
        self.settings = settings
        self.base_hash = weights_hash
        self._device = device
        self._routines: tuple[WanRoutine, ...] = ()
        # A LoRA for few steps is of the machine itself.
        self._own = _active(pipeline)
        pipeline.set_progress_bar_config(disable=True)

    @property
    def name(self) -> str:
        """Such as ``wan-14.3B``."""
        size = sum(parameter.numel() for parameter in self.pipeline.transformer.parameters())
        return f"wan-{size / 1e9:.1f}B" if size >= 1e8 else f"wan-{size / 1e6:.1f}M"

    @property
    def device(self) -> str:
        """``cpu`` or ``cuda``."""
        return self._device

    @property
    def weights_hash(self) -> str:
        """SHA-256 over the weights, the settings and the routines that may answer, in hex."""
        return effective_hash(self.base_hash, [(one.adapter_hash, one.gate_hash) for one in self._routines])

    @property
    def routines(self) -> tuple[WanRoutine, ...]:
        """What is installed and enabled, in the order of its install; each may answer."""
        return self._routines

    @routines.setter
    def routines(self, routines: tuple[WanRoutine, ...]) -> None:
        """Put these LoRAs beside the transformer, silent, in place of those there.

        Raises:
            WanError: if one of them is not of this transformer; then none is there.
        """
        transformer = self.pipeline.transformer
        if self._routines:
            transformer.delete_adapters([_beside(at) for at in range(len(self._routines))])
        self._routines = ()
        for at, one in enumerate(routines):
            try:
                transformer.load_lora_adapter(dict(one.layers), prefix="transformer", adapter_name=_beside(at))
            except (ValueError, RuntimeError, KeyError) as error:
                transformer.delete_adapters([_beside(other) for other in range(at)])
                self._answers(None)
                raise WanError(f"{one.name}: a LoRA of another transformer") from error
        self._routines = tuple(routines)
        self._answers(None)

    def _answers(self, routine: WanRoutine | None) -> None:
        """Let the LoRA of a routine draw beside the machine's own, or let the machine alone draw."""
        transformer = self.pipeline.transformer
        drawing = [*self._own, *(_beside(at) for at, one in enumerate(self._routines) if one is routine)]
        if drawing:
            transformer.enable_adapters()
            transformer.set_adapters(drawing)
        elif getattr(transformer, "peft_config", None):
            transformer.disable_adapters()

    @property
    def hears(self) -> int:
        """How many numbers a gate is told."""
        pipeline = self.pipeline
        seen = 0 if pipeline.image_encoder is None else pipeline.image_encoder.config.hidden_size
        return int(pipeline.text_encoder.config.d_model + seen)

    @torch.inference_mode()
    def hear(self, state: WanState, action: Action) -> torch.Tensor:
        """What a gate is told: means of the text and of what CLIP sees of the frame, each of length 1. Float32 (D,)."""
        text_TD = self._told(prompt_of(action))[0].float()
        said = [text_TD.sum(0)]
        if self.pipeline.image_encoder is not None:
            first = Image.fromarray(to_video(state.frame, self.settings.height, self.settings.width))
            said.append(self.pipeline.encode_image(first, text_TD.device)[0].float().mean(0))
        return torch.cat([torch.nn.functional.normalize(one, dim=0) for one in said]).cpu()

    def boot(self, frame: Frame | None, geometry: Geometry) -> WanState:
        """h_0: a first frame, or a blank screen; no clip yet."""
        if frame is None:
            frame = Frame(np.zeros((*geometry.pixels, 3), np.uint8), geometry)
        if frame.geometry != geometry:
            raise ValueError(f"a first frame of {frame.geometry} cannot boot a terminal of {geometry}")
        return WanState(torch.zeros(self.pipeline.vae.config.z_dim, 0, 1, 1), frame, bytes(32))

    @torch.inference_mode()
    def step(self, state: WanState, action: Action) -> Generator[Frame, None, None]:
        """F, then G. See `NeuralComputer.step`. Pictures that show what the one before shows are no frames."""
        caption = action.caption or ""
        if len(action.keys) > MAX_KEYS or len(caption.encode()) > MAX_KEYS:
            longest = max(len(action.keys), len(caption.encode()))
            raise ActionError(f"the action is {longest} bytes long: the machine reads at most {MAX_KEYS}")
        state.chain = _chained(state.chain, action)
        if action.geometry is not None:
            state.frame = _resized(state.frame, action.geometry)
        routine = answering(self._routines, action.keys, self.hear(state, action)) if self._routines else None
        state.routine = "" if routine is None else routine.name
        if routine is not None:
            state.chain = hashlib.sha256(state.chain + bytes.fromhex(routine.adapter_hash)).digest()
            self._answers(routine)
        drawn = list[torch.Tensor]()
        try:
            for picture in pictures(self.pipeline.vae, self._kept(self._blocks(state, action), drawn)):
                frame = from_video(picture, state.frame.geometry)
                if not np.array_equal(frame.pixels, state.frame.pixels):
                    state.frame = frame
                    yield frame
        finally:
            if routine is not None:
                self._answers(None)
            if drawn:
                state.latents = torch.cat(drawn, 2)[0].float().cpu()

    def absorb(self, state: WanState, action: Action, writes: Sequence[object], frame: Frame) -> None:
        """Take in a turn as it was recorded instead of drawing it: of it, the frame at its end is what seeds the next.

        Args:
            state: advances in place.
            action: of the turn.
            writes: how the frame came about, which this machine does not ask.
            frame: at the end of the turn.
        """
        state.chain = _chained(state.chain, action)
        state.frame = frame

    @torch.inference_mode()
    def reconstruct(self, frame: Frame) -> Frame:
        """A frame through the video autoencoder and back."""
        vae, settings = self.pipeline.vae, self.settings
        picture = torch.from_numpy(to_video(frame, settings.height, settings.width)).to(vae.device, vae.dtype)
        video = picture.permute(2, 0, 1)[None, :, None] / 127.5 - 1
        mean, deviation = scale(vae, video)
        latents = (vae.encode(video).latent_dist.mode() - mean) / deviation
        return from_video(next(pictures(vae, [latents])), frame.geometry)

    def _kept(self, blocks: Iterator[torch.Tensor], drawn: list[torch.Tensor]) -> Iterator[torch.Tensor]:
        """Blocks as they come; each is put into `drawn`."""
        for block in blocks:
            drawn.append(block)
            yield block

    def _blocks(self, state: WanState, action: Action) -> Iterator[torch.Tensor]:
        """Latents (1, Z, latent frames, height / 8, width / 8) of the clip of an action, block by block."""
        pipeline, settings = self.pipeline, self.settings
        first = Image.fromarray(to_video(state.frame, settings.height, settings.width))
        noise = torch.Generator("cpu").manual_seed(int.from_bytes(state.chain[:7]))
        text = self._told(prompt_of(action))
        if settings.block:
            image = None if pipeline.image_encoder is None else pipeline.encode_image(first, text.device)
            pixels = pipeline.video_processor.preprocess(first, height=settings.height, width=settings.width)
            size = (1, pipeline.vae.config.z_dim, settings.height, settings.width, settings.frames)
            drawn_from, condition = pipeline.prepare_latents(pixels, *size, torch.float32, text.device, noise)
            with Causal(pipeline.transformer, text, image) as causal:
                yield from blocks(causal, pipeline.scheduler, drawn_from, condition, settings.steps, settings.block)
            return
        yield pipeline(
            image=first,
            prompt_embeds=text,
            negative_prompt_embeds=self._told("") if settings.guidance > 1 else None,
            height=settings.height,
            width=settings.width,
            num_frames=settings.frames,
            num_inference_steps=settings.steps,
            guidance_scale=settings.guidance,
            generator=noise,
            output_type="latent",
        ).frames

    def _told(self, text: str) -> torch.Tensor:
        """Embeddings (1, tokens, width) of a caption."""
        pipeline = self.pipeline
        return embedded(pipeline.text_encoder, pipeline.tokenizer, text)

    def save(self, state: WanState, path: Path) -> None:
        """See `NeuralComputer.save`."""
        save_state(state, self.base_hash, path)

    def restore(self, path: Path) -> WanState:
        """See `NeuralComputer.restore`."""
        return load_state(path, self.base_hash)


def _beside(at: int) -> str:
    """What diffusers calls the LoRA of a routine."""
    return f"routine_{at}"


def _active(pipeline: WanImageToVideoPipeline) -> list[str]:
    """LoRAs that were loaded with the machine."""
    transformer = pipeline.transformer
    return list(transformer.active_adapters()) if getattr(transformer, "peft_config", None) else []


def _chained(chain: bytes, action: Action) -> bytes:
    """The hash over the actions so far."""
    told = repr((action.keys, action.caption, action.clock, action.geometry)).encode()
    return hashlib.sha256(chain + told).digest()


def _resized(frame: Frame, geometry: Geometry) -> Frame:
    """A frame in a terminal of another size: its lower rows and left columns, as a terminal keeps them."""
    rows, columns = geometry.pixels
    kept = frame.pixels[-rows:, :columns]
    pixels = np.zeros((rows, columns, 3), np.uint8)
    pixels[: kept.shape[0], : kept.shape[1]] = kept
    return Frame(pixels, geometry)


def load(path: Path, device: str | None = None, settings: WanSettings | None = None) -> WanNCCLIGen:
    """The machine of a folder of weights, as diffusers saves a pipeline.

    Args:
        path: the folder.
        device: ``cpu`` or ``cuda``; None: a GPU if there is one.
        settings: of clips and memory.

    Raises:
        WanError: one line: what of the folder cannot be used, or how much memory is lacking.
    """
    settings = settings or WanSettings()
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise WanError(f"--device {device}: there is no GPU here that torch can use; use --device cpu")
    folder = look(path)
    check_memory(folder, settings, device)
    dtype = torch.bfloat16 if device.startswith("cuda") else torch.float32
    on_gpu = device.startswith("cuda")
    pipeline = WanImageToVideoPipeline.from_pretrained(
        path,
        dtype=dtype,
        use_safetensors=True,
        local_files_only=True,
        quantization_config=while_loading(settings.quantise, dtype) if settings.quantise and on_gpu else None,
    )
    pipeline.transformer = widened(pipeline.transformer, pipeline.vae.config.z_dim)
    if settings.quantise and not on_gpu:
        for part in QUANTISABLE:
            quantise(getattr(pipeline, part), settings.quantise)
    if settings.lora:
        if not settings.lora.endswith(".safetensors") or not Path(settings.lora).is_file():
            raise WanError(f"{settings.lora}: no safetensors file of a LoRA")
        pipeline.load_lora_weights(settings.lora)
    if settings.tiles:
        pipeline.vae.enable_tiling()
    if settings.offload and device.startswith("cuda"):
        pipeline.enable_model_cpu_offload()
    elif not settings.quantise:
        pipeline.to(device)
    if settings.compile:
        # Block by block: one is compiled, and serves for all that are like it.
        pipeline.transformer.compile_repeated_blocks()
    return WanNCCLIGen(pipeline, settings, _hash(path, settings), device)


def _hash(path: Path, settings: WanSettings) -> str:
    """SHA-256 over all files of weights, the LoRA and the settings, in hex."""
    total = hashlib.sha256(repr(settings).encode())
    files = [*sorted(path.rglob("*.safetensors")), *([Path(settings.lora)] if settings.lora else [])]
    for file in files:
        with file.open("rb") as content:
            total.update(hashlib.file_digest(content, "sha256").digest())
    return total.hexdigest()
