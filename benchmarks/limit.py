"""What the machine takes for a write, beside what this processor allows: bytes of weights and of the cache that have to
be read, operations that have to be done.

    python -m benchmarks.limit [--model FOLDER] [--sessions N]

A write is two passes of the network, one that draws it and one that absorbs it. A pass reads every weight of the
transformer and the keys and values of every token that is attended, and does two operations for each weight and token.
Neither can be faster than the processor reads, or multiplies. Both rates are measured in the same run: reading over and
over as many bytes as the weights have (they may stay in a cache of the processor), and products of large matrices.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from model.nccligen.inside import Drawn
from model.nccligen.machine import THREADS, NCCLIGen, load
from model.protocol import Action
from trainer.evaluate.rollout import load_session

RECORDINGS = Path(__file__).parent.parent / "recordings" / "held-out"

SECONDS = 1.0
"""Of measuring a rate."""


@dataclass(slots=True)
class Work:
    """What some writes had to do: bytes and operations; and the seconds they took."""

    bytes: float = 0.0
    operations: float = 0.0
    seconds: float = 0.0
    writes: int = 0


def weights_of(machine: NCCLIGen) -> int:
    """Numbers in the transformer and in what reads it: all that a pass multiplies with."""
    network = machine.network
    parts = (network.transformer, network.clean, network.steer)
    return sum(parameter.numel() for part in parts for parameter in part.parameters())


def reading_rate(count: int) -> float:
    """Bytes a second that are read where `count` bytes are read over and over."""
    buffer = torch.ones(max(count // 4, 1))
    return _rate(lambda: buffer.sum(), buffer.numel() * 4)


def multiplying_rate(size: int = 1024) -> float:
    """Operations a second in products of large matrices, in float32."""
    a, b = torch.randn(size, size), torch.randn(size, size)
    return _rate(lambda: a @ b, 2 * size**3)


def _rate(once: Callable[[], object], done: float) -> float:
    """How much is done a second, at best over `SECONDS`."""
    best, until = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        began = time.perf_counter()
        once()
        best = min(best, time.perf_counter() - began)
    return done / best


def work_of(machine: NCCLIGen, sessions: int) -> Work:
    """Draws sessions in closed loop, and counts."""
    config, weights, work = machine.config, weights_of(machine), Work()
    lengths = list[int]()

    def seen(write: Drawn) -> None:
        lengths.append(1 + write.address.length)

    machine.watch = seen
    for path in sorted(RECORDINGS.glob("*.cast"))[:sessions]:
        session = load_session(path)
        state = machine.boot(None, session.geometry)
        for reference in session.references:
            action: Action = reference.turn.action
            lengths.clear()
            before = state.cache.tokens
            began = time.perf_counter()
            for _ in machine.step(state, action):
                pass
            work.seconds += time.perf_counter() - began
            work.writes += len(lengths)
            tokens, held = sum(lengths) + len(action.keys) + 1, (before + state.cache.tokens) / 2
            passes = 2 * len(lengths) + 1
            work.bytes += passes * (4 * weights + 2 * 4 * config.layers * config.width * held)
            work.operations += 2 * tokens * (2 * weights + 4 * config.layers * config.width * held)
    machine.watch = None
    return work


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.limit", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--model", type=Path, help="a folder of weights (default: those that ship)")
    parser.add_argument("--sessions", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(THREADS)
    machine = load(options.model, "cpu")
    work_of(machine, 1)
    work = work_of(machine, options.sessions)
    reads, multiplies = reading_rate(4 * weights_of(machine)), multiplying_rate()
    table = Table(
        "", "a write", "share of what it takes", title=f"{machine.name}: {work.writes} writes on {THREADS} cores"
    )
    each = work.seconds / work.writes
    for name, seconds in (
        ("it takes", each),
        (f"reading alone, at {reads / 1e9:.0f} GB/s", work.bytes / reads / work.writes),
        (f"multiplying alone, at {multiplies / 1e9:.0f} GFLOP/s", work.operations / multiplies / work.writes),
    ):
        table.add_row(name, f"{1000 * seconds:.2f} ms", f"{seconds / each:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
