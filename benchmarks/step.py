"""How long a step of training takes here, and what makes it so: ``python -m benchmarks.step [--steps N]``.

The bundled machine is trained on the sessions that ship, which nobody keeps. Beside the time of a step stands what its
products of matrices alone would take, at the rate at which this processor multiplies matrices of these sizes.
"""

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, nullcontext
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from unittest.mock import patch

import torch
from rich.console import Console
from rich.table import Table

from model.nccligen.machine import THREADS
from model.nccligen.weights import BUNDLED, load_weights
from trainer.batches import Batch, batches
from trainer.fit import FitConfig, codes_of, optimizers_of, train_step
from trainer.heap import freed_memory_kept
from trainer.objective import Objective
from trainer.reading import Reading, sessions_of

RECORDINGS = Path(__file__).parent.parent / "recordings" / "held-out"

WAYS = (
    ("bfloat16, attention by the fused kernel", True, False, False),
    ("float32", False, False, False),
    ("... and attention in windows", False, True, False),
    ("... and freed memory kept", False, True, True),
    ("bfloat16, windows, memory kept", True, True, True),
)
"""Names, and for each: half precision, windows, memory kept."""


def seconds_of(half: bool, in_windows: bool, kept: bool, drawn: list[Batch], codes: torch.Tensor) -> float:
    """Median over the batches, but for the first two, which compile."""
    torch.set_num_threads(THREADS)
    _, network, _, _ = load_weights(BUNDLED)
    assert network is not None
    config = FitConfig()
    objective = Objective(network.requires_grad_(True).train(), codes, config.objective)
    optimizers, times = optimizers_of(objective, config), list[float]()
    torch.compiler.reset()
    network.transformer.compile_blocks()
    with ExitStack() as stack:
        stack.enter_context(freed_memory_kept() if kept else nullcontext())
        if not in_windows:
            stack.enter_context(patch("model.nccligen.transformer.windows", lambda mask: None))
        for batch in drawn:
            began = time.perf_counter()
            train_step(objective, optimizers, batch, half)
            times.append(time.perf_counter() - began)
    return median(times[2:])


def rate(dtype: torch.dtype, rows: int, width: int) -> float:
    """Operations a second of the products of a feed-forward layer."""
    x, w = torch.randn(rows, width, dtype=dtype), torch.randn(width, 4 * width, dtype=dtype)

    def product() -> object:
        return x @ w

    return 2 * rows * width * 4 * width / _each(product)


def _each(do: Callable[[], object], least: float = 0.5) -> float:
    do()
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < least:
        do()
        count += 1
    return (time.perf_counter() - began) / count


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.step", description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=8, help="of each way, two of which do not count (default 8)")
    options = parser.parse_args()
    config, network, autoencoder, _ = load_weights(BUNDLED)
    assert network is not None
    fit = FitConfig()
    sessions = sessions_of(sorted(RECORDINGS.glob("*.cast")), [], Reading(fit.length))
    endless = batches(sessions.training + sessions.held_out, fit.rows, fit.length, 0)
    drawn, codes = [next(endless) for _ in range(options.steps)], codes_of(autoencoder, sessions.index.table())
    weights = sum(weight.numel() for weight in network.transformer.parameters() if weight.dim() == 2)
    operations = 6 * weights * fit.rows * fit.length
    table = Table("a step", "s", "products alone, s")
    # Without instructions for bfloat16 a step in it takes minutes.
    has_half = bool(torch.cpu.get_capabilities().get("avx512_bf16"))
    for name, half, in_windows, kept in (way for way in WAYS if has_half or not way[1]):
        limit = operations / rate(torch.bfloat16 if half else torch.float32, fit.rows * fit.length, config.width)
        # Each in a process of its own, whose heap is as new as that of a training.
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            seconds = pool.submit(seconds_of, half, in_windows, kept, drawn, codes).result()
        table.add_row(name, f"{seconds:.2f}", f"{limit:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
