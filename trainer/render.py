"""Draws cells: the true frames a machine learns from and is scored against.

A frame is a lookup: the masks of all its cells are taken from the font's table at once and blended between two colours.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.font.atlas import load_atlas
from model.font.blend import blend
from model.font.cells import CELL, UNDERLINE
from model.protocol import CELL_HEIGHT, CELL_WIDTH, Frame, Geometry
from trainer.screen import Screen

Tiles = NDArray[np.uint8]


def render_cells(cells: NDArray[np.void]) -> Tiles:
    """The pixels of cells, `CELL` (N,), as uint8 (N, 16, 8, 3)."""
    return blend(load_atlas().masks(cells["glyph"], cells["style"]), cells["fg"], cells["bg"])


def render(cells: NDArray[np.void]) -> Frame:
    """The frame of a grid of cells, `CELL` (rows, columns).

    Raises:
        ValueError: if the grid is not two-dimensional or larger than a terminal can be.
    """
    if cells.ndim != 2 or cells.dtype != CELL:
        raise ValueError(f"a frame is drawn from rows and columns of CELL, not {cells.dtype} of {cells.shape}")
    rows, columns = cells.shape
    geometry = Geometry(rows, columns)
    fill = np.tile(cells["bg"], (1, 1, CELL_WIDTH))
    pixels = np.empty((rows, CELL_HEIGHT, columns, CELL_WIDTH * 3), np.uint8)
    pixels[:] = fill[:, None]
    # Most of a screen is blank, and a blank is its background.
    inked = np.nonzero((cells["glyph"] != ord(" ")) | (cells["style"] & UNDERLINE != 0))
    pixels.swapaxes(1, 2)[inked] = render_cells(cells[inked]).reshape(-1, CELL_HEIGHT, CELL_WIDTH * 3)
    return Frame(pixels.reshape(*geometry.pixels, 3), geometry)


def with_cursor(cells: NDArray[np.void], cursor: tuple[int, int] | None) -> NDArray[np.void]:
    """A copy with the cursor drawn as a block: the colours of its cell swapped. None draws none.

    A cursor past the right edge, where a wrap is pending, is drawn in the last column.
    """
    drawn = cells.copy()
    if cursor is not None:
        row, column = min(cursor[0], cells.shape[0] - 1), min(cursor[1], cells.shape[1] - 1)
        drawn["fg"][row, column], drawn["bg"][row, column] = cells["bg"][row, column], cells["fg"][row, column]
    return drawn


def save_png(frame: Frame, path: Path) -> None:
    """Writes a frame as a PNG file."""
    Image.fromarray(frame.pixels).save(path, format="PNG")


def render_screen(screen: Screen) -> Frame:
    """The frame of a screen, its cursor drawn."""
    return render(with_cursor(screen.cells, screen.cursor))
