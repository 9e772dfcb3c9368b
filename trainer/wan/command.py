"""``neuralsh train --init wan:FOLDER``: recordings in, a LoRA or a transformer of the Wan machine out."""

from argparse import Namespace
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import track

from model.loading import WAN, wan_settings
from model.wan.folder import fetched
from model.wan.machine import load
from model.wan.settings import WanSettings
from trainer.casts import Recording
from trainer.wan.clips import Clip, clips
from trainer.wan.encode import kept
from trainer.wan.fit import WanFit, fit


def train(options: Namespace, recordings: Iterable[Recording], console: Console) -> None:
    """Train on the clips of recordings.

    Args:
        options: `init`, `out`, `device`, `steps`, `rank`, `seed` of the command line.
        recordings: their lines whole.
        console: for progress.

    Raises:
        ValueError: one line: what of the weights or the checkpoint cannot be used.
    """
    folder, _, query = str(options.init).removeprefix(WAN).partition("?")
    settings = wan_settings(query)
    machine = load(fetched(folder), options.device, settings)
    pipeline = machine.pipeline
    of_all = track(_clips(recordings, settings), "clips", console=console)
    files = sorted(set(kept(pipeline, machine.base_hash, of_all, settings, options.out / "clips")))
    if not files:
        raise ValueError("nothing to train on: no action in these recordings")
    config = WanFit(steps=options.steps, rank=options.rank, seed=options.seed)

    def show(step: int, loss: float) -> None:
        if step % 10 == 0 or step == config.steps:
            console.print(f"step {step}  loss {loss:.4f}")

    console.print(f"{len(files)} clips of {settings.frames} frames")
    made = fit(pipeline, files, config, options.out, show)
    console.print(f"made {made}")


def _clips(recordings: Iterable[Recording], settings: WanSettings) -> Iterator[Clip]:
    for recording in recordings:
        yield from clips(recording, settings)
