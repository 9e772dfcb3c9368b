"""Which glyph a picture of a cell is: the mask of the shipped font that explains its pixels best.

Correlation with a mask does not depend on the two colours nor on which of them is the background, so one product over
the font answers for all; a picture that the answer draws again pixel for pixel is exact.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.font.atlas import load_atlas
from model.font.blend import blend
from model.font.cells import BACKGROUND, BOLD, CELL, FOREGROUND, ITALIC, UNDERLINE
from neuralsh.printable import REPLACEMENT

FAINT = 16
"""A cell whose pixels differ by less than this in every channel reads as a blank."""

LIKE = 6
"""Two colours that differ by no more than this in every channel are taken for one."""

CLOSE = 0.005
"""Unexplained share of a cell's variance below which a common glyph is taken, unless a rare one draws it exactly."""

UNLIKE = 0.25
"""The same share above which a picture may be none of the outlined glyphs."""

NOISE = 0.5
"""The same share above which weak ink is taken for noise on a blank."""

WEAK = 24.0
"""Standard deviation of a cell's pixels, in levels, below which its ink is weak. A full stop has 30."""

_COMMON = (
    range(0x80),
    range(0x180),
    range(0x2014, 0x2015),
    range(0x400, 0x460),
    range(0x391, 0x3CA),
    range(0x2500, 0x25A0),
)
"""Whose glyph it is when several look the same: ASCII, then Latin, the em dash, Cyrillic, Greek, box drawing."""

_RARE_MUST_EXPLAIN = 0.6
"""A rare glyph is read only if it leaves less than this part of what a common one leaves unexplained."""

_UPRIGHT_FIRST = 1e-3
_NOT_IN_FONT = np.uint32(0x10FFFF)
_BATCH = 512
_NEIGHBOURS = 8


@dataclass(frozen=True)
class GlyphTable:
    """Distinct masks of the font, none blank, and what they show.

    Attributes:
        glyph: uint32 (m,), style: uint8 (m,): the commonest character with this mask.
        masks: uint8 (m, 16, 8).
        units: float32 (m, 128), the masks less their mean, of length 1.
    """

    glyph: NDArray[np.uint32]
    style: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    units: NDArray[np.float32]


def _table(codes: NDArray[np.uint32]) -> GlyphTable:
    # Of equal masks the first stands, so ASCII comes before the rest, and plain styles before others.
    styles = [0, BOLD, ITALIC, BOLD | ITALIC]
    styles += [style | UNDERLINE for style in styles]
    glyph, style = np.tile(codes, len(styles)), np.repeat(np.array(styles, np.uint8), len(codes))
    rank = np.full(len(glyph), len(_COMMON), np.uint8)
    for place, block in reversed(list(enumerate(_COMMON))):
        rank[(glyph >= block.start) & (glyph < block.stop)] = place
    order = np.argsort(rank, kind="stable")
    glyph, style = glyph[order], style[order]
    masks = load_atlas().masks(glyph, style)
    # The hollow box of characters that the font has not.
    glyph = np.where(glyph == _NOT_IN_FONT, ord(REPLACEMENT), glyph).astype(np.uint32)
    first = np.sort(np.unique(masks.reshape(len(masks), -1).view("V128")[:, 0], return_index=True)[1])
    first = first[np.ptp(masks[first], axis=(1, 2)) > 0]
    return GlyphTable(glyph[first], style[first], masks[first], _unit(masks[first].reshape(len(first), -1)))


@lru_cache(maxsize=1)
def common_glyphs() -> GlyphTable:
    """ASCII, Latin-1, box drawing, blocks and typographic quotes: what nearly every screen is made of."""
    codes = load_atlas().codes
    common = (codes < 0x100) | ((codes >= 0x2500) & (codes < 0x25A0)) | ((codes >= 0x2010) & (codes < 0x2027))
    return _table(codes[common])


@lru_cache(maxsize=1)
def all_glyphs() -> GlyphTable:
    """Everything the font has outlines of, and the hollow box."""
    return _table(np.append(load_atlas().codes, _NOT_IN_FONT))


def split_colours(tiles: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]:
    """The two colours that pictures run between, and where on the way each pixel is.

    The background is taken to be the default one where that is either of them, else the one most pixels are near.

    Args:
        tiles: uint8 (n, height, width, 3).

    Returns:
        Background and foreground, uint8 (n, 3); share of the foreground, float32 (n, height * width), about 0 to 1.
    """
    pixels = tiles.reshape(len(tiles), -1, 3)
    every = np.arange(len(tiles))
    channel = (pixels.max(axis=1) - pixels.min(axis=1)).argmax(axis=1)
    level = np.take_along_axis(pixels, channel[:, None, None], axis=2)[:, :, 0]
    low, high = pixels[every, level.argmin(axis=1)], pixels[every, level.argmax(axis=1)]
    way = high.astype(np.float32) - low
    share = np.einsum("npc,nc->np", pixels.astype(np.float32) - low[:, None], way)
    share /= np.maximum((way**2).sum(axis=1, keepdims=True), 1)
    low_default, high_default = _like(low, BACKGROUND), _like(high, BACKGROUND)
    swap = np.where(low_default == high_default, share.mean(axis=1) > 0.5, high_default)[:, None]
    return np.where(swap, high, low), np.where(swap, low, high), np.where(swap, 1 - share, share)


def name_cells(tiles: NDArray[np.uint8]) -> tuple[NDArray[np.void], NDArray[np.bool_]]:
    """The cells that pictures show.

    Args:
        tiles: uint8 (n, 16, 8, 3), each of more than one colour.

    Returns:
        `CELL` (n,), and whether a picture may be none of the outlined glyphs (n,): then the cell is the nearest one,
        and Unifont's bitmaps should be looked through.
    """
    cells = np.zeros(len(tiles), CELL)
    unlike = np.zeros(len(tiles), np.bool_)
    for start in range(0, len(tiles), _BATCH):
        batch = slice(start, start + _BATCH)
        cells[batch], unlike[batch] = _name_batch(tiles[batch])
    return cells, unlike


def _name_batch(tiles: NDArray[np.uint8]) -> tuple[NDArray[np.void], NDArray[np.bool_]]:
    bg, fg, share = split_colours(tiles)
    weak = share.std(axis=1) * np.abs(fg.astype(np.int16) - bg).max(axis=1) < WEAK
    clean = _two_coloured(tiles, bg, fg, share)
    cells, left = _nearest(tiles, bg, fg, share, clean, common_glyphs())
    again = np.flatnonzero((clean & (left > 0)) | ((left > CLOSE) & ((left < NOISE) | ~weak)))
    if again.size:
        rare, rare_left = _nearest(tiles[again], bg[again], fg[again], share[again], clean[again], all_glyphs())
        better = rare_left < _RARE_MUST_EXPLAIN * left[again]
        # A ratio sign is four levels of 255 from a colon: what neither draws exactly is the common one.
        better &= (rare_left == 0) | (left[again] > CLOSE)
        cells[again[better]], left[again[better]] = rare[better], rare_left[better]
    noise = (left > NOISE) & weak
    cells["glyph"][noise], cells["style"][noise], cells["fg"][noise] = ord(" "), 0, FOREGROUND
    cells["bg"][noise] = np.round(tiles[noise].reshape(-1, tiles[0].size // 3, 3).mean(axis=1))
    bitmap = (np.minimum(np.abs(share), np.abs(1 - share)) < 1e-4).all(axis=1)
    return cells, ((left > UNLIKE) & ~noise) | (bitmap & (left > 0))


def _nearest(
    tiles: NDArray[np.uint8],
    bg: NDArray[np.uint8],
    fg: NDArray[np.uint8],
    share: NDArray[np.float32],
    clean: NDArray[np.bool_],
    table: GlyphTable,
) -> tuple[NDArray[np.void], NDArray[np.float32]]:
    """The glyph of a table nearest to each picture, and the share of variance it leaves (0: it draws each pixel)."""
    score = _unit(share) @ table.units.T
    upright, turned = score.argmax(axis=1), score.argmin(axis=1)
    every = np.arange(len(tiles))
    # Half blocks of swapped colours are one picture: the colours keep their places unless there is a reason.
    swap = -score[every, turned] > score[every, upright] + _UPRIGHT_FIRST
    best = np.where(swap, turned, upright)
    exact = _draws(tiles, bg, fg, best, swap, table)
    near = np.flatnonzero(clean & ~exact)
    if near.size:
        # Rounding may hide the mask that drew a cell behind its neighbours.
        size = np.abs(score[near])
        neighbours = np.argpartition(-size, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
        for rank in range(_NEIGHBOURS):
            choice = neighbours[:, rank]
            other = score[near, choice] < 0
            same = _draws(tiles[near], bg[near], fg[near], choice, other, table) & ~exact[near]
            best[near[same]], swap[near[same]], exact[near[same]] = choice[same], other[same], True
    left = np.where(exact, 0, np.clip(1 - score[every, best] ** 2, 0, 1)).astype(np.float32)
    cells = np.zeros(len(tiles), CELL)
    cells["glyph"], cells["style"] = table.glyph[best], table.style[best]
    cells["fg"], cells["bg"] = np.where(swap[:, None], bg, fg), np.where(swap[:, None], fg, bg)
    rough = np.flatnonzero(~exact)
    if rough.size:
        cells["fg"][rough], cells["bg"][rough] = _fit_colours(tiles[rough], table.masks[best[rough]])
    return cells, left


def _draws(
    tiles: NDArray[np.uint8],
    bg: NDArray[np.uint8],
    fg: NDArray[np.uint8],
    choice: NDArray[np.int64],
    swap: NDArray[np.bool_],
    table: GlyphTable,
) -> NDArray[np.bool_]:
    """Whether a choice of the table draws each picture pixel for pixel."""
    turned = swap[:, None]
    drawn = blend(table.masks[choice], np.where(turned, bg, fg), np.where(turned, fg, bg))
    same: NDArray[np.bool_] = (drawn == tiles).reshape(len(tiles), -1).all(axis=1)
    return same


def _two_coloured(
    tiles: NDArray[np.uint8], bg: NDArray[np.uint8], fg: NDArray[np.uint8], share: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Whether every pixel lies between the two colours, to a rounding, as in a true cell and never in noise."""
    between = bg[:, None] + share[:, :, None] * (fg.astype(np.float32) - bg)[:, None]
    return np.asarray((np.abs(tiles.reshape(between.shape) - between) < 1.5).all(axis=(1, 2)), np.bool_)


def _fit_colours(tiles: NDArray[np.uint8], masks: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Foreground and background, uint8 (n, 3), that draw noisy pictures best by given masks (least squares)."""
    alpha = masks.reshape(len(masks), -1).astype(np.float32) / 255
    pixels = tiles.reshape(len(tiles), -1, 3).astype(np.float32)
    centred = alpha - alpha.mean(axis=1, keepdims=True)
    slope = np.einsum("np,npc->nc", centred, pixels) / (centred**2).sum(axis=1, keepdims=True)
    bg = pixels.mean(axis=1) - alpha.mean(axis=1, keepdims=True) * slope
    fg, bg = (np.clip(np.round(colour), 0, 255).astype(np.uint8) for colour in (bg + slope, bg))
    return fg, bg


def _unit(vectors: NDArray[np.generic]) -> NDArray[np.float32]:
    """Rows, (n, p), less their mean, of length 1."""
    rows = vectors.astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-6), np.float32)


def _like(colours: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    return np.asarray((np.abs(colours.astype(np.int16) - np.array(colour, np.int16)) <= LIKE).all(axis=1), np.bool_)
