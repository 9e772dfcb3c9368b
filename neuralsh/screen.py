"""The screen as it is read, kept up to date frame by frame: only rows whose pixels changed are read again."""

import numpy as np
from numpy.typing import NDArray

from model.font.cells import WIDE_RIGHT
from model.protocol import CELL_HEIGHT, Frame, Geometry
from neuralsh.reading.cells import read_cells

BLANK = ord(" ")


class ScreenReader:
    """Reads frames that follow each other.

    Attributes:
        cells: the last frame's cells, `CELL` (rows, columns).
        changed: the rows of the last frame that differ from those of the one before, ascending.
    """

    def __init__(self, frame: Frame) -> None:
        """Read a first frame whole."""
        self._frame = frame
        self.cells: NDArray[np.void] = read_cells(frame)
        self.changed: list[int] = list(range(frame.geometry.rows))

    def read(self, frame: Frame) -> NDArray[np.void]:
        """The cells of the next frame, `CELL` (rows, columns); a new array."""
        if frame.geometry != self._frame.geometry:
            self.__init__(frame)  # type: ignore[misc]
            return self.cells
        before, after = pixel_rows(self._frame), pixel_rows(frame)
        cells = self.cells.copy()
        self.changed = [row for row in range(len(after)) if not np.array_equal(before[row], after[row])]
        unread = []
        for row in self.changed:
            if row + 1 < len(after) and np.array_equal(before[row + 1], after[row]):
                cells[row] = self.cells[row + 1]
            else:
                unread.append(row)
        if unread:
            cells[unread] = read_cells(rows_frame(after[unread]))
        self._frame, self.cells = frame, cells
        return cells


def pixel_rows(frame: Frame) -> NDArray[np.uint8]:
    """The frame's rows of cells: uint8 (rows, 16, width, 3), a view."""
    return frame.pixels.reshape(frame.geometry.rows, CELL_HEIGHT, -1, 3)


def rows_frame(rows: NDArray[np.uint8]) -> Frame:
    """Rows of cells, uint8 (rows, 16, width, 3), at most 100 of them, as a frame of their own."""
    count, _, width, _ = rows.shape
    return Frame(np.ascontiguousarray(rows).reshape(count * CELL_HEIGHT, width, 3), Geometry(count, width // 8))


def row_text(cells: NDArray[np.void]) -> str:
    """The text of a row of cells, `CELL` (columns,), blanks at its end included; a wide character once."""
    return "".join(map(chr, cells["glyph"][cells["style"] & WIDE_RIGHT == 0].tolist()))


def used(glyphs: NDArray[np.uint32]) -> int:
    """Cells of a row, uint32 (columns,), up to its last one that is not blank."""
    shown = np.flatnonzero(glyphs != BLANK)
    return int(shown[-1]) + 1 if shown.size else 0
