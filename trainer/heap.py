"""Memory that is free: kept by the C library for the next step of training, or given back."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

TRIM_THRESHOLD, TOP_PAD, MMAP_MAX = -1, -2, -4
"""Names of `mallopt` (glibc, malloc.h)."""

KEPT = {MMAP_MAX: 0, TRIM_THRESHOLD: 2**31 - 1, TOP_PAD: 2**28}
USUAL = {MMAP_MAX: 65536, TRIM_THRESHOLD: 2**17, TOP_PAD: 2**17}
"""As the C library has them when it starts."""


@contextmanager
def freed_memory_kept() -> Iterator[None]:
    """Within it the C library gives no memory back: a step asks for the same again, and each page is cleared anew.

    That takes nearly half of a step's time on a CPU (benchmarks/step.py). Afterwards all that is free is given back.
    Where there is no `mallopt`, nothing is done.
    """
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallopt"):
        yield
        return
    for name, value in KEPT.items():
        libc.mallopt(name, value)
    try:
        yield
    finally:
        for name, value in USUAL.items():
            libc.mallopt(name, value)
        give_back_free_memory()


def give_back_free_memory() -> None:
    """The C library gives back all that is free; on its own it does so only where nothing lies above it.

    Where it cannot be asked to, nothing is done.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
