"""The shipped font as alpha masks, one for every (code point, style)."""

from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from model.font.cells import BOLD, ITALIC, UNDERLINE, WIDE_LEFT, WIDE_RIGHT
from model.protocol import CELL_HEIGHT, CELL_WIDTH

UNDERLINE_ROW = 13
"""The pixel row of a cell that underlined text fills."""

_CODE_POINTS = 0x20000
"""The font's glyphs lie below: planes 0 and 1."""

Masks = NDArray[np.uint8]


class Atlas:
    """Alpha masks of the font: DejaVu Sans Mono 13 px in four styles, GNU Unifont for what it has not.

    Attributes:
        codes: uint32 (n,), sorted: code points drawn from DejaVu (box drawing and blocks are drawn to join).
        index: uint16 (4, n): row of `outlines` for the style bits `BOLD | ITALIC` of a code point.
        outlines: uint8 (m, 16, 8): the distinct masks of `index`.
        fallback_codes: uint32 (k,), sorted: code points drawn from Unifont.
        fallback_cells: uint8 (k,): how many cells its glyph takes, 1 or 2.
        fallback_rows: uint16 (k, 16): its bitmap, a bit a pixel, the leftmost highest; a narrow one in the upper byte.
    """

    def __init__(self, path: Path) -> None:
        """Reads an atlas that `trainer.font_build` wrote.

        Raises:
            ValueError: if `path` is no atlas.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                self.codes: NDArray[np.uint32] = arrays["codes"]
                self.index: NDArray[np.uint16] = arrays["index"]
                self.outlines: Masks = arrays["masks"]
                self.fallback_codes: NDArray[np.uint32] = arrays["fallback_codes"]
                self.fallback_cells: NDArray[np.uint8] = arrays["fallback_cells"]
                bits: NDArray[np.uint8] = arrays["fallback_bits"]
        except (OSError, KeyError, ValueError, BadZipFile) as error:
            raise ValueError(f"the font {path} cannot be read ({error}): install neuralsh again") from error
        offset = np.cumsum(self.fallback_cells, dtype=np.int64) - self.fallback_cells
        self.fallback_rows = bits[offset].astype(np.uint16) << 8
        wide = np.flatnonzero(self.fallback_cells == 2)
        self.fallback_rows[wide] |= bits[offset[wide] + 1]
        # Position + 1 of a code point in `codes`, in `fallback_codes` minus, 0 where the font has none.
        self._position = np.zeros(_CODE_POINTS, np.int32)
        self._position[self.fallback_codes] = -1 - np.arange(len(self.fallback_codes))
        self._position[self.codes] = 1 + np.arange(len(self.codes))
        blank = int(self.index[0, np.searchsorted(self.codes, 32)])
        self._blank = self.outlines[blank]
        self._missing = np.zeros((CELL_HEIGHT, CELL_WIDTH), np.uint8)
        self._missing[2:13, 1:7] = 255
        self._missing[3:12, 2:6] = 0

    def masks(self, glyph: NDArray[np.uint32], style: NDArray[np.uint8]) -> Masks:
        """Alpha of each cell, 0 background to 255 foreground.

        A code point the font has not is a hollow box, a control character a blank, the right half of a narrow glyph
        too. A wide glyph in one narrow cell is squeezed.

        Args:
            glyph: code points, (N,).
            style: style bits of `model.font.cells`, (N,).

        Returns:
            uint8 (N, 16, 8), a new array.
        """
        position = np.where(glyph < _CODE_POINTS, self._position[np.minimum(glyph, _CODE_POINTS - 1)], 0)
        wide = (style & (WIDE_LEFT | WIDE_RIGHT)) != 0
        rows = self.index[style & (BOLD | ITALIC), np.maximum(position - 1, 0)]
        out: Masks = np.take(self.outlines, rows, axis=0)
        rare = np.flatnonzero((position <= 0) | wide)
        if rare.size:
            out[rare] = self._rare(glyph[rare], style[rare], position[rare])
        underlined = (style & UNDERLINE) != 0
        if underlined.any():
            out[underlined, UNDERLINE_ROW] = 255
        return out

    def _rare(self, glyph: NDArray[np.uint32], style: NDArray[np.uint8], position: NDArray[np.int32]) -> Masks:
        """Masks, without underline, of what is not a narrow DejaVu glyph."""
        out = np.empty((len(glyph), CELL_HEIGHT, CELL_WIDTH), np.uint8)
        out[:] = self._missing
        out[(glyph < 32) | ((glyph >= 0x7F) & (glyph < 0xA0))] = self._blank
        outlined = np.flatnonzero(position > 0)
        out[outlined] = self.outlines[self.index[style[outlined] & (BOLD | ITALIC), position[outlined] - 1]]
        drawn = np.flatnonzero(position < 0)
        right = (style & WIDE_RIGHT) != 0
        if drawn.size:
            slot = -1 - position[drawn]
            two = self.fallback_cells[slot] == 2
            squeezed = two & ((style[drawn] & (WIDE_LEFT | WIDE_RIGHT)) == 0)
            rows = self.fallback_rows[slot]
            rows[squeezed] = squeeze_rows(rows[squeezed])
            rows = style_rows(rows, style[drawn])
            rows[right[drawn] & two] <<= 8
            out[drawn] = np.unpackbits((rows >> 8).astype(np.uint8)[:, :, None], axis=2) * np.uint8(255)
            right[drawn] &= ~two
        out[right] = self._blank
        return out


def style_rows(rows: NDArray[np.uint16], style: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Bold (smeared) and italic (sheared) forms of Unifont's bitmaps, which come in one style.

    Args:
        rows: bitmaps, uint16 (N, 16), one bit a pixel, the leftmost highest.
        style: style bits, (N,).

    Returns:
        uint16 (N, 16).
    """
    rows = np.where(((style & BOLD) != 0)[:, None], rows | rows >> 1, rows)
    sheared = np.concatenate([rows[:, :6] >> 1, rows[:, 6:11], rows[:, 11:] << 1], axis=1)
    return np.where(((style & ITALIC) != 0)[:, None], sheared, rows)


def squeeze_rows(rows: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Wide bitmaps at half their width: uint16 (N, 16), the lower eight bits 0."""
    pixels = np.unpackbits(rows.astype(">u2").view(np.uint8).reshape(*rows.shape, 2), axis=2)
    halved = np.packbits(pixels.reshape(*rows.shape, 8, 2).any(axis=3), axis=2)
    upper: NDArray[np.uint16] = np.left_shift(halved[:, :, 0], 8, dtype=np.uint16)
    return upper


@lru_cache(maxsize=1)
def load_atlas() -> Atlas:
    """The font that ships with the package, read once."""
    return Atlas(Path(__file__).with_name("atlas.npz"))
