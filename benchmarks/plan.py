"""What a corpus of 1,100 hours and a machine of a billion parameters would take: ``python -m benchmarks.plan``.

What one core makes in an hour is measured here, on recordings of ours or of a folder (`--casts`); what an hour costs
and how fast a GPU computes is assumed, by options. A training takes six operations a parameter and token (Kaplan et al.
2020, arXiv 2001.08361).
"""

import argparse
import os
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from trainer.clip_table import build_clips
from trainer.corpus import Index, build
from trainer.grammar import sessions
from trainer.reading import files_of, traces_of
from trainer.record import record_many
from trainer.shards import build_shards, read_shard, shard_traces
from trainer.targets import Trace

HELD_OUT = Path(__file__).parent.parent / "recordings" / "held-out"
HOURS = 1_100
PARAMETERS = 1_000_000_000
CLIP = 5.0
"""Seconds."""

CORES = os.cpu_count() or 1


def main() -> None:
    """Measure and print the plan."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plan", description=__doc__.partition("\n")[0])
    parser.add_argument("--casts", type=Path, help="recordings whose clips are made (default: those that ship)")
    parser.add_argument("--sessions", type=int, default=200, help="recorded here (default: %(default)s)")
    parser.add_argument("--epochs", type=float, default=4.0, help="assumed (default: %(default)s)")
    parser.add_argument(
        "--gpu-rate", type=float, default=3e14, help="operations a second, assumed (default: %(default)g)"
    )
    parser.add_argument("--gpu-price", type=float, default=2.5, help="of an hour, assumed (default: %(default)s)")
    parser.add_argument("--core-price", type=float, default=0.03, help="of an hour, assumed (default: %(default)s)")
    options = parser.parse_args()
    console, clips = Console(highlight=False), HOURS * 3600 / CLIP
    with TemporaryDirectory() as folder:
        clip_seconds, clip_bytes, clip_tokens, made = _clips(files_of([options.casts or HELD_OUT]), Path(folder) / "a")
        command_seconds, command_bytes, command_tokens = _sessions(options.sessions, Path(folder) / "b")
    unit = Table("unit, measured here", "core seconds", "bytes stored", "tokens")
    unit.add_row(f"a clip (of {made:,})", f"{clip_seconds:.3f}", f"{clip_bytes:,.0f}", f"{clip_tokens:,.0f}")
    unit.add_row("a recorded command", f"{command_seconds:.3f}", f"{command_bytes:,.0f}", f"{command_tokens:,.0f}")
    console.print(unit)
    plan = Table("plan", "amount", "hours", "money", "GB")
    core_hours = clips * clip_seconds / 3600
    plan.add_row(
        f"{HOURS:,} h of clips",
        f"{clips:,.0f} clips",
        f"{core_hours:,.0f} core",
        f"{core_hours * options.core_price:,.2f}",
        f"{clips * clip_bytes / 1e9:,.1f}",
    )
    core_hours = 1e6 * command_seconds / 3600
    plan.add_row(
        "a million commands",
        "1,000,000",
        f"{core_hours:,.0f} core",
        f"{core_hours * options.core_price:,.2f}",
        f"{1e6 * command_bytes / 1e9:,.1f}",
    )
    for name, tokens in (("clips", clips * clip_tokens), ("commands", 1e6 * command_tokens)):
        gpu_hours = 6 * PARAMETERS * tokens * options.epochs / options.gpu_rate / 3600
        # Weights, a gradient and two moments, four bytes each.
        plan.add_row(
            f"1B parameters on the {name}",
            f"{tokens * options.epochs / 1e9:,.1f}G tokens",
            f"{gpu_hours:,.0f} GPU",
            f"{gpu_hours * options.gpu_price:,.2f}",
            f"{16 * PARAMETERS / 1e9:,.1f}",
        )
    console.print(plan)


def _clips(files: list[Path], out: Path) -> tuple[float, float, float, int]:
    """Core seconds, bytes and tokens a clip, and how many there are."""
    began = time.perf_counter()
    manifest = build_clips(files, out)
    spent = CORES * (time.perf_counter() - began)
    stored = sum(path.stat().st_size for path in out.glob("*.parquet"))
    count, tokens = manifest["clips"], 0
    for path in files:
        try:
            tokens += _tokens(traces_of([path]))
        except (ValueError, OSError):
            continue
    return spent / count, stored / count, tokens / count, count


def _tokens(traces: Iterable[Trace]) -> int:
    return sum(map(len, build(traces, 1 << 20, Index())))


def _sessions(count: int, out: Path) -> tuple[float, float, float]:
    """Core seconds, bytes and tokens a recorded command."""
    began = time.perf_counter()
    manifest = build_shards(record_many(islice(sessions(9, split="train"), count), CORES), out)
    spent = CORES * (time.perf_counter() - began)
    stored = sum(path.stat().st_size for path in out.glob("*.npz"))
    tokens = sum(_tokens(shard_traces(read_shard(path))) for path in out.glob("*.npz"))
    commands = manifest["turns"] - manifest["sessions"]
    return spent / commands, stored / commands, tokens / commands


if __name__ == "__main__":
    main()
