"""A screen among others on the terminal, as text with its colours."""

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from model.font.cells import CELL
from neuralsh.showing.text import PLAIN, segments


class Pane(Widget):
    """One screen, read cell by cell, under a title. It follows the last row with text if it is too small for all."""

    def __init__(self, title: str) -> None:
        """A pane with nothing on its screen yet."""
        super().__init__()
        self.title = title
        self._cells = np.empty((0, 0), CELL)

    def show(self, cells: NDArray[np.void], title: str | None = None) -> None:
        """Show cells, `CELL` (rows, columns), under another title if one is given."""
        self._cells = cells
        self.title = title or self.title
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """See `Widget.render_line`."""
        width = self.size.width
        if y == 0:
            return Strip([Segment(f" {self.title}"[:width].ljust(width), self.rich_style)], width)
        row = y - 1 + self._hidden()
        if row >= len(self._cells):
            return Strip([Segment(" " * width, PLAIN)], width)
        shown = segments(self._cells[row])
        return Strip([*shown, Segment(" " * width, PLAIN)]).crop(0, width)

    def _hidden(self) -> int:
        """Rows above the first one in view."""
        used = np.flatnonzero((self._cells["glyph"] != ord(" ")).any(axis=1)) if self._cells.size else np.empty(0)
        last = int(used[-1]) + 1 if used.size else 0
        return max(0, last - max(1, self.size.height - 1))
