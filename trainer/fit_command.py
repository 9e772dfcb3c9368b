"""`neuralsh train PATH…`: casts, tapes, scripts or shards in, weights out."""

import argparse
import hashlib
import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from model.loading import WAN
from model.nccligen.config import PRESETS
from model.nccligen.network import Network
from model.nccligen.weights import BUNDLED, WeightsError, load_weights, read_config, save_weights
from trainer.command import above_zero, one_or_more
from trainer.fit import FitConfig, FitJob, Report, fit
from trainer.fit_cells import CellFit, fit_cells
from trainer.precision import half_is_fast
from trainer.reading import Reading, TrainError, files_of, sessions_of
from trainer.shards import SUFFIXES as SHARDS
from trainer.shards import sha256_of
from trainer.team import team_of
from trainer.validate import Scores

ROUTINE_MINUTES = 5.0
"""Of fitting a routine to recordings."""

OF_NCCLIGEN = (
    *("preset", "cells", "validate", "max_minutes", "rows", "length", "rate", "matrix_rate", "decay", "no_captions"),
    *("no_notes", "shard", "no_compile", "full"),
)
"""Options that the Wan machine has no use for."""


def parser(kind: type[argparse.ArgumentParser] = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The options of `neuralsh train`, in a parser of this kind."""
    defaults = FitConfig()
    p = kind(prog="neuralsh train", description=__doc__)
    p.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="casts, tapes, shards (.npz, .parquet) or folders of them",
    )
    p.add_argument("--out", type=Path, metavar="DIR", help="checkpoint and weights; resumed if they are there")
    own = p.add_argument_group(
        "without --out", "what casts and tapes show becomes a routine of the machine in use, which can be reverted"
    )
    own.add_argument("--name", help="of the routine (default: that of the first path)")
    own.add_argument(
        "--keep-apart",
        type=float,
        default=0.25,
        metavar="SHARE",
        help="of the recordings, to measure on (default 0.25)",
    )
    own.add_argument("--yes", action="store_true", help="install without asking")
    own.add_argument("--why", default="", metavar="TEXT", help="a reason, for the log")
    own.add_argument("--home", metavar="DIR", help="where files are kept (or NEURALSH_HOME; else the XDG folders)")
    own.add_argument("--model", metavar="nccligen|PATH", help="the machine: by name, or a folder of weights")
    p.add_argument("--preset", choices=PRESETS, default="tiny", help="size of the machine (default: tiny)")
    p.add_argument(
        "--cells",
        type=Path,
        default=BUNDLED,
        metavar="DIR",
        help="weights whose cell autoencoder is used (default: the bundled ones)",
    )
    p.add_argument("--fit-cells", type=above_zero, metavar="MINUTES", help="train a cell autoencoder, and nothing else")
    p.add_argument(
        "--validate", nargs="+", type=Path, metavar="PATH", help="casts or shards to validate on; never trained on"
    )
    p.add_argument(
        "--init",
        type=Path,
        metavar="DIR",
        help="weights to start from, of the same preset; wan:FOLDER trains the Wan machine on casts",
    )
    p.add_argument("--steps", type=one_or_more, default=1000, help="steps of the Wan machine (default: %(default)s)")
    p.add_argument(
        "--rank", type=int, default=32, help="of a LoRA of the Wan machine; 0: all of it (default: %(default)s)"
    )
    p.add_argument(
        "--max-minutes",
        type=above_zero,
        metavar="M",
        help=f"stop by itself after M minutes (default: {defaults.minutes:g}; a routine: {ROUTINE_MINUTES:g})",
    )
    p.add_argument(
        "--rows", type=one_or_more, default=defaults.rows, help="rows of sessions a step (default: %(default)s)"
    )
    p.add_argument("--length", type=one_or_more, default=defaults.length, help="tokens a row (default: %(default)s)")
    p.add_argument(
        "--rate", type=above_zero, default=defaults.rate, help="learning rate of AdamW (default: %(default)g)"
    )
    p.add_argument(
        "--matrix-rate",
        type=above_zero,
        default=defaults.matrix_rate,
        help="learning rate of Muon (default: %(default)g)",
    )
    p.add_argument(
        "--decay",
        type=float,
        default=defaults.decay,
        help="last share of the time over which rates fall (default: %(default)g)",
    )
    p.add_argument(
        "--hide", nargs="+", default=[], metavar="NAME", help="names to cross out of casts, beside keys and passwords"
    )
    p.add_argument("--no-captions", action="store_true", help="never tell the answer of what computes")
    p.add_argument(
        "--no-notes", action="store_true", help="no notes of folders and files: the bundled weights keep none"
    )
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--device", choices=("cpu", "cuda"), default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--shard", action="store_true", help="under torchrun: each process holds a share of the machine")
    p.add_argument("--no-compile", action="store_true", help="do not fuse the network (starts sooner, runs slower)")
    p.add_argument("--full", action="store_true", help="float32 throughout, also where bfloat16 is fast")
    return p


def _identity(args: argparse.Namespace, files: list[Path], apart: list[Path], start: str | None) -> str:
    """A hash over what a training is made of; the minutes may change.

    Args:
        args: the options.
        files, apart: what is trained on, and what is validated on alone.
        start: hash of the weights it starts from, if any.
    """
    read = [[sha256_of(path) for path in paths] for paths in (files, apart)]
    cells = read_config(args.cells)["files"]["cells.safetensors"]
    sizes = [args.preset, args.seed, args.rows, args.length, args.rate, args.matrix_rate]
    left_out = [args.hide, args.no_captions, args.no_notes]
    return hashlib.sha256(json.dumps([read, cells, start, sizes, *left_out]).encode()).hexdigest()


def main(argv: list[str]) -> int:
    """Run `neuralsh train`; see `train`."""
    return train(parser().parse_args(argv))


def train(args: argparse.Namespace) -> int:
    """Train what the options ask for. Returns the exit code; raises ValueErrors with one line for the user."""
    if args.out is None:
        raise TrainError("give --out DIR, where checkpoint and weights go")
    if args.fit_cells is not None:
        settings = CellFit(minutes=args.fit_cells, seed=args.seed)
        config = PRESETS[args.preset]
        save_weights(args.out, config, None, fit_cells(config.cell, settings), {"cells": asdict(settings)})
        return 0
    if args.device == "cuda" and not torch.cuda.is_available():
        raise TrainError("--device cuda: there is no GPU here that torch can use; use --device cpu")
    if str(args.init).startswith(WAN):
        return _train_wan(args, Console(stderr=True))
    if args.max_minutes is None:
        args.max_minutes = FitConfig().minutes
    team, args.device = team_of(args.device, args.shard)
    if args.shard and team.size == 1:
        raise TrainError("--shard: one process has nobody to share with; start some with torchrun --nproc_per_node N")
    if args.rows % team.size:
        raise TrainError(f"--rows {args.rows}: {team.size} processes cannot share them: use a multiple of {team.size}")
    console = Console(stderr=True, quiet=not team.leads)
    job = replace(_job(args, console), team=team)
    with _interrupts() as interrupted, _progress(console) as progress:
        task = progress.add_task("first step", total=60 * args.max_minutes)

        def show(step: Report) -> None:
            left = max(0.0, args.max_minutes - step.seconds / 60)
            progress.update(task, completed=step.seconds, description=_line(step, left))
            if step.scores is not None:
                console.print(_scores(step, step.scores))

        fit(job, show, interrupted)
        team.leave()
        if interrupted():
            console.print(f"stopped; the same command goes on from {args.out}")
            return 130
    return 0


def files_named(args: argparse.Namespace) -> list[Path]:
    """The files to train on.

    Raises:
        TrainError: if a path is missing, or none is named.
    """
    greedy = [f"--{name}" for name in ("validate", "hide") if getattr(args, name)]
    if greedy and not args.paths:
        told = " and ".join(greedy)
        raise TrainError(f"nothing to train on: what stands behind {told} belongs to it; name what to train on first")
    return files_of(args.paths)


def _train_wan(args: argparse.Namespace, console: Console) -> int:
    """Train the Wan machine. Returns the exit code."""
    usual = parser()
    unused = [name for name in OF_NCCLIGEN if getattr(args, name) != usual.get_default(name)]
    if unused:
        raise TrainError(f"--{unused[0].replace('_', '-')}: is not of the Wan machine; leave it out")
    files = files_named(args)
    shards = [path for path in files if path.suffix in SHARDS]
    if shards:
        raise TrainError(f"{shards[0]}: shards hold no pictures; the Wan machine is trained on casts and tapes")
    from trainer.source import recording_of

    try:
        from trainer.wan.command import train as train_wan
    except ImportError as error:
        raise TrainError(f"--init {args.init}: {error.name} is missing: pip install 'neuralsh[wan]'") from None
    train_wan(args, (recording_of(path, args.hide) for path in files), console)
    return 0


def _job(args: argparse.Namespace, console: Console) -> FitJob:
    """What the options ask for, its sessions read."""
    _, _, autoencoder, _ = load_weights(args.cells)
    start, start_hash = _initial(args.init, args.preset)
    files, apart = files_named(args), files_of(args.validate) if args.validate else []
    with console.status("reading"):
        reading = Reading(args.length, tuple(args.hide), not args.no_captions, not args.no_notes)
        sessions = sessions_of(files, apart, reading)
    if not sessions.training:
        raise TrainError("nothing to train on: every session is held out, or longer than --length in its first turn")
    console.print(
        f"{len(sessions.training)} sessions to train on, {len(sessions.held_out)} held out, "
        f"{len(sessions.index.cells)} distinct cells"
    )
    settings = FitConfig(
        minutes=args.max_minutes,
        rows=args.rows,
        length=args.length,
        rate=args.rate,
        matrix_rate=args.matrix_rate,
        decay=args.decay,
        seed=args.seed,
        compile=not args.no_compile,
        half=not args.full and half_is_fast(args.device),
    )
    return FitJob(
        machine=PRESETS[args.preset],
        autoencoder=autoencoder,
        training=sessions.training,
        held_out=sessions.held_out,
        index=sessions.index,
        fit=settings,
        folder=args.out,
        device=args.device,
        identity=_identity(args, files, apart, start_hash),
        start=start,
    )


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed: a step is never left half done. A second Ctrl-C stops at once."""
    pressed = False

    def press(number: int, frame: object) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _progress(console: Console) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console)


def _line(step: Report, left: float) -> str:
    """A step as one line of progress; `left` in minutes."""
    return (
        f"step {step.step}  loss {step.loss:.3f}  changed cells {step.cells:.3f}  "
        f"{step.tokens_per_second:.0f} tokens/s  {left:.1f} min left"
    )


def _scores(step: Report, scores: Scores) -> str:
    """A validation as one line."""
    families = "  ".join(f"{name} {share:.2f}" for name, share in scores.families.items())
    return (
        f"{step.seconds / 60:.1f} min, step {step.step}: held-out cells {scores.cells:.4f}, "
        f"addresses {scores.addresses:.4f}, turns {scores.turns:.3f} ({families})"
    )


def _initial(folder: Path | None, preset: str) -> tuple[Network | None, str | None]:
    """The network to start from, if one is named, and the hash of its weights."""
    if folder is None:
        return None, None
    if read_config(folder)["config"]["name"] != preset:
        raise WeightsError(f"{folder}: not of the preset {preset}; name its own with --preset")
    _, network, _, digest = load_weights(folder)
    return network, digest
