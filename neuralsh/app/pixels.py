"""The window as pixels on the user's own terminal, written around Textual, which knows text alone."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from textual.geometry import Size

from model.protocol import CELL_HEIGHT, CELL_WIDTH
from neuralsh.showing.detect import Display
from neuralsh.showing.kitty import KittyPainter
from neuralsh.showing.sixel import encode

_BEGIN = "\x1b[?2026h\x1b7"
_END = "\x1b8\x1b[?2026l"
"""Synchronized output, and the cursor back where Textual left it: nothing is seen half drawn."""


class PixelPainter:
    """Paints windows one after the other; of a Sixel picture only the rows that changed."""

    def __init__(self, write: Callable[[str], None]) -> None:
        """Paint by `write`, which sends text to the terminal as it is."""
        self._write = write
        self._kitty = KittyPainter()
        self._shown: NDArray[np.uint8] | None = None
        self._display = Display.TEXT

    def paint(self, pixels: NDArray[np.uint8], display: Display, cell: Size) -> None:
        """Show a window at the top left of the terminal.

        Args:
            pixels: uint8 (rows * 16, columns * 8, 3).
            display: Kitty or Sixel.
            cell: the terminal's own cell in pixels, for Sixel, which cannot scale.
        """
        if display is not self._display:
            self.clear()
        self._display = display
        rows, columns = pixels.shape[0] // CELL_HEIGHT, pixels.shape[1] // CELL_WIDTH
        if display is Display.KITTY:
            self._write(f"{_BEGIN}\x1b[H{self._kitty.paint(pixels, columns, rows)}{_END}")
        elif display is Display.SIXEL:
            self._write(_BEGIN + self._sixel(pixels, cell) + _END)
            self._shown = pixels

    def forget(self) -> None:
        """The terminal has lost what was painted: the next window is painted whole."""
        self._shown = None

    def clear(self) -> None:
        """Take the picture away."""
        if self._display is Display.KITTY:
            self._write(self._kitty.clear())
        self._display = Display.TEXT
        self._shown = None

    def _sixel(self, pixels: NDArray[np.uint8], cell: Size) -> str:
        """The runs of changed rows, each a picture of its own at its place."""
        rows = pixels.reshape(-1, CELL_HEIGHT, *pixels.shape[1:])
        if self._shown is None or self._shown.shape != pixels.shape:
            changed = np.ones(len(rows), bool)
        else:
            changed = (rows != self._shown.reshape(rows.shape)).any(axis=(1, 2, 3))
        edges = np.flatnonzero(np.diff(np.concatenate(([False], changed, [False]))))
        out = []
        for start, end in edges.reshape(-1, 2).tolist():
            part = pixels[start * CELL_HEIGHT : end * CELL_HEIGHT]
            out.append(f"\x1b[{start + 1};1H" + encode(scale(part, cell)))
        return "".join(out)


def scale(pixels: NDArray[np.uint8], cell: Size) -> NDArray[np.uint8]:
    """Pixels of 8x16 cells, uint8 (h, w, 3), stretched to cells of another size by repeating and dropping pixels."""
    if (cell.width, cell.height) == (CELL_WIDTH, CELL_HEIGHT):
        return pixels
    height = pixels.shape[0] // CELL_HEIGHT * cell.height
    width = pixels.shape[1] // CELL_WIDTH * cell.width
    rows = np.arange(height) * pixels.shape[0] // height
    columns = np.arange(width) * pixels.shape[1] // width
    scaled: NDArray[np.uint8] = pixels[rows[:, None], columns[None, :]]
    return scaled
