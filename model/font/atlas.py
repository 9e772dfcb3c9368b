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
                self._bits: NDArray[np.uint8] = arrays["fallback_bits"]
        except (OSError, KeyError, ValueError, BadZipFile) as error:
            raise ValueError(f"the font {path} cannot be read ({error}): install neuralsh again") from error
        self._offset = np.cumsum(self.fallback_cells, dtype=np.int64) - self.fallback_cells
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
            halves = _styled(self._halves(slot), style[drawn])
            squeezed = two & ((style[drawn] & (WIDE_LEFT | WIDE_RIGHT)) == 0)
            picked = np.where((right[drawn] & two)[:, None, None], halves[:, :, CELL_WIDTH:], halves[:, :, :CELL_WIDTH])
            pairs = halves[squeezed].reshape(-1, CELL_HEIGHT, CELL_WIDTH, 2).astype(np.uint16)
            picked[squeezed] = _full_ink((pairs.sum(axis=3) // 2).astype(np.uint8))
            out[drawn] = picked
            right[drawn] &= ~two
        out[right] = self._blank
        return out

    def _halves(self, slot: NDArray[np.int32]) -> Masks:
        """Unifont's glyphs, uint8 (N, 16, 16); a narrow glyph has a blank right half."""
        left = self._bits[self._offset[slot]]
        second = np.minimum(self._offset[slot] + 1, len(self._bits) - 1)
        right = np.where((self.fallback_cells[slot] == 2)[:, None], self._bits[second], 0)
        return np.unpackbits(np.stack([left, right], axis=2).astype(np.uint8), axis=2) * np.uint8(255)


def _styled(masks: Masks, style: NDArray[np.uint8]) -> Masks:
    """Bold (smeared) and italic (sheared) forms of bitmaps, uint8 (N, 16, width), which come in one style."""
    bold = (style & BOLD) != 0
    masks[bold, :, 1:] |= masks[bold, :, :-1]
    italic = (style & ITALIC) != 0
    masks[italic, :6, 1:] = masks[italic, :6, :-1]
    masks[italic, 11:, :-1] = masks[italic, 11:, 1:]
    return masks


def _full_ink(masks: Masks) -> Masks:
    """Scaled so that the darkest pixel of each mask is 255."""
    peak = np.maximum(masks.max(axis=(1, 2), keepdims=True), 1).astype(np.uint16)
    scaled: Masks = ((masks.astype(np.uint16) * 255) // peak).astype(np.uint8)
    return scaled


@lru_cache(maxsize=1)
def load_atlas() -> Atlas:
    """The font that ships with the package, read once."""
    return Atlas(Path(__file__).with_name("atlas.npz"))
