"""A screen as the emulator sees it: the target of a frame, in characters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.font.cells import BACKGROUND, CELL, FOREGROUND, WIDE_RIGHT
from model.protocol import Geometry


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """Characters, attributes and colours of a terminal, and where its cursor is.

    Attributes:
        cells: `CELL`, shape (rows, columns); the cursor is not drawn in them.
        cursor: row and column, or None when it is hidden.
    """

    cells: NDArray[np.void]
    cursor: tuple[int, int] | None = None

    @property
    def geometry(self) -> Geometry:
        """The size in cells."""
        rows, columns = self.cells.shape
        return Geometry(rows, columns)


def blank_cells(rows: int, columns: int) -> NDArray[np.void]:
    """Cells of spaces in the default colours, `CELL` (rows, columns)."""
    cells = np.zeros((rows, columns), CELL)
    cells["glyph"] = ord(" ")
    cells["fg"] = FOREGROUND
    cells["bg"] = BACKGROUND
    return cells


Row = bytes
"""The cells of one row, `CELL` (columns,), as bytes: so rows are compared and stored at no cost."""

BLANK = blank_cells(1, 1).tobytes()
"""The bytes of a cell that shows nothing."""


def cells_of(row: Row) -> NDArray[np.void]:
    """The cells of a row, `CELL` (columns,); read-only."""
    return np.frombuffer(row, CELL)


def blank(geometry: Geometry) -> Screen:
    """An empty screen with the cursor at the top left."""
    return Screen(blank_cells(geometry.rows, geometry.columns), (0, 0))


def text_lines(screen: Screen) -> list[str]:
    """The text of each row, without blanks at its right; a wide character stands once."""
    glyphs = np.where(screen.cells["glyph"] < 32, ord(" "), screen.cells["glyph"]).astype("<u4")
    shown = (screen.cells["style"] & WIDE_RIGHT) == 0
    rows = (row[keep].tobytes() for row, keep in zip(glyphs, shown, strict=True))
    return [row.decode("utf-32-le", "surrogatepass").rstrip() for row in rows]
