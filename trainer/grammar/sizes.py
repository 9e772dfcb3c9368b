"""Sessions in terminals of other sizes: a line wraps elsewhere, a screen scrolls sooner."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random

from model.protocol import MAX_COLUMNS, MAX_ROWS, Geometry
from trainer.record.script import Script

_USUAL = ((24, 100), (30, 100), (40, 120), (43, 132), (50, 160), (12, 40), (10, 60), (24, 40), (25, 80), (60, 80))
"""Rows and columns that terminals often have, beside 24 by 80."""


def any_size(r: Random) -> Geometry:
    """A size: usual, any, or tiny, where a line takes many rows and a screen one."""
    draw = r.random()
    if draw < 0.5:
        return Geometry(*r.choice(_USUAL))
    if draw < 0.75:
        return Geometry(r.randint(2, MAX_ROWS), r.randint(10, MAX_COLUMNS))
    return Geometry(r.randint(1, 6), r.choice((1, 1, 2, 3, 4, 8, 16)))


def resized(scripts: Iterable[Script], seed: int) -> Iterator[Script]:
    """The same scripts, each in a terminal of a size of its own."""
    r = Random(f"sizes/{seed}")
    for script in scripts:
        yield replace(script, geometry=any_size(r))
