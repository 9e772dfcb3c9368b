"""Frames as Sixel graphics: https://vt100.net/docs/vt3xx-gp/chapter14.html.

A sixel is a column of six pixels of one colour. Each band of six rows is drawn once a colour that it holds; runs of
equal sixels are counted. All of it is array work: a colour's pixels of a band become six-bit numbers, and runs are
found for the whole picture at once.
"""

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

COLOURS = 256
"""Registers a terminal has."""

_BAND = 6
_SIXEL = 255
_BIN_BITS = 5


class Palette(NamedTuple):
    """A picture in few colours.

    Attributes:
        colours: uint8 (n, 3).
        pixels: the colour of each pixel, int64 (height, width).
    """

    colours: NDArray[np.uint8]
    pixels: NDArray[np.int64]


def palette(pixels: NDArray[np.uint8], limit: int = COLOURS) -> Palette:
    """Reduce a picture, uint8 (height, width, 3), to at most `limit` colours.

    Colours are binned to five bits a channel and shown as the mean of their bin, so a picture of few colours keeps them
    exactly. If there are more bins than registers, the rarest join the nearest of the others.
    """
    shift = 8 - _BIN_BITS
    wide = pixels.astype(np.int64)
    bins = ((wide[..., 0] >> shift) << 2 * _BIN_BITS) | ((wide[..., 1] >> shift) << _BIN_BITS) | (wide[..., 2] >> shift)
    flat = bins.ravel()
    counts = np.bincount(flat, minlength=1 << 3 * _BIN_BITS)
    present = np.flatnonzero(counts)
    number = np.zeros(len(counts), np.int64)
    number[present] = np.arange(len(present))
    index = number[flat]
    sums = [np.bincount(index, weights=wide[..., channel].ravel()) for channel in range(3)]
    colours = np.rint(np.stack(sums, axis=1) / counts[present, None])
    if len(colours) > limit:
        order = np.argsort(-counts[present], kind="stable")
        kept, rest = order[:limit], order[limit:]
        nearest = np.square(colours[rest, None] - colours[kept][None]).sum(axis=2).argmin(axis=1)
        renamed = np.empty(len(colours), np.int64)
        renamed[kept], renamed[rest] = np.arange(limit), nearest
        index, colours = renamed[index], colours[kept]
    return Palette(colours.astype(np.uint8), index.reshape(pixels.shape[:2]))


def encode(pixels: NDArray[np.uint8], limit: int = COLOURS) -> str:
    """A picture, uint8 (height, width, 3), as a Sixel sequence to print at the cursor."""
    height, width, _ = pixels.shape
    colours, index = palette(pixels, limit)
    registers = "".join(
        f"#{number};2;" + ";".join(str(round(int(part) * 100 / 255)) for part in colour)
        for number, colour in enumerate(colours)
    )
    lines, line_band, line_colour = sixels(index, len(colours))
    texts = runs(lines)
    out = [f'\x1bP0;1;0q"1;1;{width};{height}', registers]
    band = 0
    for text, at, colour in zip(texts, line_band.tolist(), line_colour.tolist(), strict=True):
        # "-" goes to the next band, "$" back to the start of this one.
        out.append("-" * (at - band) if at > band else "$" if len(out) > 2 else "")
        out.append(f"#{colour}{text}")
        band = at
    out.append("\x1b\\")
    return "".join(out)


def sixels(index: NDArray[np.int64], count: int) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """The lines of sixels of a picture: one for every colour in every band.

    Args:
        index: colour numbers, (height, width), below `count`.
        count: how many colours there are.

    Returns:
        Sixels, uint8 (lines, width), and the band and colour of each line, in order of bands.
    """
    height, width = index.shape
    bands = -(-height // _BAND)
    padded = np.full((bands * _BAND, width), -1, np.int64)
    padded[:height] = index
    banded = padded.reshape(bands, _BAND, width)
    key = np.where(banded >= 0, np.arange(bands)[:, None, None] * count + banded, bands * count)
    present = np.zeros(bands * count + 1, bool)
    present[key.ravel()] = True
    present[-1] = False
    number = np.cumsum(present) - 1
    used = np.flatnonzero(present)
    lines = np.zeros((len(used) + 1, width), np.uint8)
    number[-1] = len(used)
    columns = np.arange(width)[None, :]
    for bit in range(_BAND):
        # Within one row of a band a column has one colour, so no line is written twice at one place.
        lines[number[key[:, bit]], columns] |= np.uint8(1 << bit)
    return lines[:-1], used // count, used % count


def runs(lines: NDArray[np.uint8]) -> list[str]:
    """Lines of sixels, uint8 (n, width), each as text: runs counted, blanks at its end left out."""
    n, width = lines.shape
    starts = np.ones((n, width), bool)
    starts[:, 1:] = lines[:, 1:] != lines[:, :-1]
    row, column = np.divmod(np.flatnonzero(starts), width)
    values = lines[row, column]
    ends = np.append(column[1:], width)
    ends[np.append(row[1:] != row[:-1], True)] = width
    keep = ~((values == 0) & (ends == width))
    row, values, lengths = row[keep], values[keep], (ends - column)[keep]
    written = _written(width)[lengths]
    text = np.where(written == _SIXEL, 63 + values[:, None], written)
    is_text = text > 0
    told = text[is_text].tobytes().decode("ascii")
    until = np.cumsum(np.bincount(row, is_text.sum(1), minlength=n)).astype(int).tolist()
    return [told[start:end] for start, end in pairwise((0, *until))]


@lru_cache(maxsize=4)
def _written(width: int) -> NDArray[np.uint8]:
    """How a run is written, by its length up to `width`: ASCII, `_SIXEL` for the sixel, 0 behind the end."""
    one = bytes((_SIXEL,))
    written = [one * length if length < 4 else b"!%d" % length + one for length in range(width + 1)]
    longest = max(map(len, written))
    return np.frombuffer(b"".join(run.ljust(longest, b"\0") for run in written), np.uint8).reshape(-1, longest)
