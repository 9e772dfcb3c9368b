"""From one screen to the next, in writes: which rows are drawn, in what order, in which spans.

Rows are the bytes of their cells (`trainer.emulator.Row`). Lines are numbered from the top of the screen before, on
through what has scrolled: line 0 is the top row before, line `rows` the first that made the screen scroll.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from model.font.cells import CELL
from model.nccligen.address import GAP, SPANS, Address, Kind
from model.protocol import Geometry
from trainer.screen import BLANK, Row, cells_of

SIZE = CELL.itemsize

PROMPT_SPAN = 16
"""Cells of the longest span on the line of the prompt."""

OUTPUT_SPAN = 8
"""Cells of the longest span on other lines."""

NEAR = 3
"""The most rows that are stepped over line by line; further down, an address names its row."""


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """An address and a span of cells.

    Attributes:
        address: where to; any kind but a yield.
        cells: `CELL`, shape (address.length,); those beyond the right edge are blank.
    """

    address: Address
    cells: NDArray[np.void]


@lru_cache(maxsize=1 << 16)
def extent(row: Row) -> int:
    """Cells of a row up to its last that is not blank."""
    end = len(row)
    while end and row.endswith(BLANK, 0, end):
        end -= SIZE
    return end // SIZE


def shows(cells: NDArray[np.void]) -> int:
    """Cells, `CELL` (N,), up to the last that is not blank."""
    return extent(cells.tobytes())


def with_cursor(row: Row, column: int) -> Row:
    """A row with the cursor drawn: a block, the colours of its cell swapped."""
    cell = row[column * SIZE : (column + 1) * SIZE]
    swapped = cell[:-6] + cell[-3:] + cell[-6:-3]
    return row[: column * SIZE] + swapped + row[(column + 1) * SIZE :]


def shortest_span(cells: int) -> int:
    """The shortest of `SPANS` that holds so many cells."""
    return next(span for span in SPANS if span >= cells)


class Canvas:
    """What the writes so far have drawn, and the writes of the present turn."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self.rows: list[Row] = [BLANK * geometry.columns] * geometry.rows
        self.head = 0
        self.writes: list[Write] = []
        self._clear = False

    def resize(self, geometry: Geometry) -> None:
        """A new size, as a machine takes it: what fits stays at the top left, and the head's row stays on screen."""
        lift = max(0, self.head + 1 - geometry.rows)
        width = geometry.columns * SIZE
        kept = [(row + BLANK * geometry.columns)[:width] for row in self.rows[lift : lift + geometry.rows]]
        self.rows = kept + [BLANK * geometry.columns] * (geometry.rows - len(kept))
        self.head -= lift
        self.geometry = geometry

    def draw(
        self,
        rows: list[Row],
        scrolled: list[Row],
        cursor: tuple[int, int] | None,
        *,
        blanked: bool = False,
        prompt: int | None = None,
    ) -> None:
        """Adds the writes that lead from what is drawn to a new screen.

        Args:
            rows: the new screen, no cursor drawn.
            scrolled: the rows that scrolled off its top since the screen before (or since it was blanked).
            cursor: row and column of the cursor to draw; None: it is not drawn.
            blanked: whether the screen was blanked first.
            prompt: the line of the prompt on the screen before; None if there is none.
        """
        self._prepare(blanked)
        count = len(self.rows)
        new = scrolled + rows
        old = self.rows + [BLANK * self.geometry.columns] * len(scrolled)
        # What scrolls into view is stepped onto even where it is blank.
        lines = [line for line in range(len(new)) if line >= count or new[line] != old[line]]
        wide = _prompt_lines(new, None if blanked else prompt)
        if cursor is None:
            self._draw_lines(new, lines, wide)
            return
        line, column = len(scrolled) + cursor[0], cursor[1]
        shown = with_cursor(new[line], column)
        if not lines or lines[-1] <= line:
            lines = [other for other in lines if other < line]
            if line >= count or shown != old[line]:
                lines.append(line)
            new[line] = shown
        self._draw_lines(new, lines, wide | {line})
        if lines and lines[-1] != line:
            self._draw_cursor(shown, *cursor)

    def _prepare(self, blanked: bool) -> None:
        """Blanks the screen, if it is not blank."""
        blank = BLANK * self.geometry.columns
        self._clear = blanked and any(row != blank for row in self.rows)
        if self._clear:
            self.rows = [blank] * self.geometry.rows

    def _draw_lines(self, new: list[Row], lines: list[int], wide: set[int]) -> None:
        """Writes lines from top to bottom, scrolling as it must."""
        count = len(self.rows)
        if self._clear and (not lines or lines[0] > 0):
            self._write(Address(Kind.CLEAR), 0, b"")
        head = 0 if self._clear else self.head
        for line in lines:
            row = min(line, count - 1)
            if self._clear and line == 0:
                kind = Kind.CLEAR
            elif line == head:
                kind = Kind.SAME
            elif line < head or (line - head - 1 > NEAR and line < count):
                kind = Kind.GOTO
            else:
                for between in range(head + 1, line):
                    self._write(Address(Kind.NEXT), between, b"")
                kind = Kind.NEXT
            if line >= count:
                self.rows = [*self.rows[1:], BLANK * self.geometry.columns]
            self._draw_row(kind, row, new[line], PROMPT_SPAN if line in wide else OUTPUT_SPAN)
            head = line

    def _draw_row(self, kind: Kind, row: int, cells: Row, span: int) -> None:
        """Writes a row from column 0 to the end of what it shows or showed."""
        showed = extent(self.rows[row])
        size = max(extent(cells), showed)
        # Names side by side are drawn one by one, if there is nothing between them to be wiped.
        parts = _spaced(cells) if span == OUTPUT_SPAN and not showed and size else [(0, size)]
        for start, end in parts:
            for column in range(start, max(end, 1), span):
                length = shortest_span(min(end - column, span))
                self._write(
                    Address(kind, length, row if kind == Kind.GOTO else 0), row, cells[column * SIZE : end * SIZE]
                )
                kind = Kind.CONTINUE
            kind = Kind.SPACED
        self.rows[row] = cells

    def _draw_cursor(self, shown: Row, row: int, column: int) -> None:
        """Writes the span of a row that holds the cursor."""
        start = column // OUTPUT_SPAN * OUTPUT_SPAN
        size = min(max(extent(shown), column + 1) - start, OUTPUT_SPAN)
        self._write(Address(Kind.GOTO, shortest_span(size), row, start), row, shown[start * SIZE :])
        self.rows[row] = shown

    def _write(self, address: Address, row: int, cells: bytes) -> None:
        """Adds a write of the first cells of `cells`."""
        size = address.length * SIZE
        self.writes.append(Write(address, cells_of((cells[:size] + BLANK * address.length)[:size])))
        self.head = row
        if address.kind == Kind.CLEAR:
            self._clear = False


@lru_cache(maxsize=1 << 16)
def _spaced(row: Row) -> list[tuple[int, int]]:
    """Where the parts of a row start and end between which there are at least `GAP` blanks.

    A part starts `GAP` columns behind the one before: further blanks are its own, and so are those a row begins with.
    """
    shown = [column for column in range(extent(row)) if row[column * SIZE : (column + 1) * SIZE] != BLANK]
    ends = [a + 1 for a, b in pairwise(shown) if b - a > GAP] + [shown[-1] + 1]
    return list(zip([0, *(end + GAP for end in ends)], ends, strict=False))


def _prompt_lines(new: list[Row], prompt: int | None) -> set[int]:
    """The line of the prompt and those it wraps onto."""
    lines = set[int]()
    while prompt is not None and prompt < len(new):
        lines.add(prompt)
        prompt = None if new[prompt].endswith(BLANK) else prompt + 1
    return lines
