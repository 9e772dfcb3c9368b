"""A frame as text with its colours: what was read, cell by cell, as the segments Textual prints."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from model.font.cells import BACKGROUND, BOLD, FOREGROUND, ITALIC, UNDERLINE, WIDE_LEFT, WIDE_RIGHT


@lru_cache(maxsize=4096)
def style_of(bits: int, fg: tuple[int, int, int], bg: tuple[int, int, int]) -> Style:
    """The style of a cell with these bits and colours."""
    return Style(
        color=Color.from_rgb(*fg),
        bgcolor=Color.from_rgb(*bg),
        bold=bool(bits & BOLD),
        italic=bool(bits & ITALIC),
        underline=bool(bits & UNDERLINE),
    )


PLAIN = style_of(0, FOREGROUND, BACKGROUND)
"""The style of an empty cell."""


def segments(cells: NDArray[np.void]) -> list[Segment]:
    """A row of cells, `CELL` (columns,), as segments of equal style. They cover every cell."""
    if not len(cells):
        return []
    look = np.concatenate(
        [(cells["style"] & (BOLD | ITALIC | UNDERLINE))[:, None], cells["fg"], cells["bg"]], axis=1
    ).astype(np.int64)
    starts = np.flatnonzero(np.append(True, (look[1:] != look[:-1]).any(axis=1)))
    ends = np.append(starts[1:], len(cells))
    out = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        bits, *colours = look[start].tolist()
        style = style_of(bits, (colours[0], colours[1], colours[2]), (colours[3], colours[4], colours[5]))
        out.append(Segment(_text(cells[start:end]), style))
    return out


def _text(cells: NDArray[np.void]) -> str:
    """The characters of a run of cells. Halves of wide characters that lost their other half become blanks."""
    if not (cells["style"] & (WIDE_LEFT | WIDE_RIGHT)).any():
        return "".join(map(chr, np.maximum(cells["glyph"], ord(" ")).tolist()))
    glyphs, styles = cells["glyph"].tolist(), cells["style"].tolist()
    out: list[str] = []
    at = 0
    while at < len(glyphs):
        if styles[at] & WIDE_LEFT and at + 1 < len(glyphs) and styles[at + 1] & WIDE_RIGHT:
            out.append(chr(glyphs[at]))
            at += 2
            continue
        lone = styles[at] & (WIDE_LEFT | WIDE_RIGHT) or glyphs[at] < 32
        out.append(" " if lone else chr(glyphs[at]))
        at += 1
    return "".join(out)
