"""Where a recorded terminal waits for the next command line, and how many rows that line takes."""

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.emulator import Row, cells_of
from trainer.screen import Screen, text_lines


@dataclass(frozen=True, slots=True)
class Prompt:
    """Where a command line is typed.

    Attributes:
        row: its row.
        start: the first cell of the prompt; output that ended without a line break stands to its left.
        column: the cell that typing starts at.
        cells: the prompt itself, as the bytes of its cells.
    """

    row: int
    start: int
    column: int
    cells: Row = b""


def find_prompt(screen: Screen, before: Prompt | None) -> Prompt:
    """The prompt on a screen: what stands left of the cursor, less output that ended without a line break.

    It is known from the prompt before: a part in one colour (the path, which changes) and a tail that stays (``$ ``).
    """
    row, column = screen.cursor or _after_text(screen)
    cells = screen.cells[row, :column]
    start = 0 if before is None else _start(cells, cells_of(before.cells))
    return Prompt(row, start, column, cells[start:].tobytes())


def _start(cells: NDArray[np.void], before: NDArray[np.void]) -> int:
    """The first cell of the prompt that `cells` end with, given the one before; 0 if it is not found."""
    if not len(before):
        return 0
    colour = before["fg"][0]
    plain = np.flatnonzero((before["fg"] != colour).any(axis=1))
    head = int(plain[0]) if plain.size else 0
    tail = before["glyph"][head:]
    start = len(cells) - len(tail)
    if start < 0 or not np.array_equal(cells["glyph"][start:], tail):
        return 0
    while head and start and (cells["fg"][start - 1] == colour).all():
        start -= 1
    return start


def _after_text(screen: Screen) -> tuple[int, int]:
    """The cell after the last text on a screen whose cursor is hidden."""
    lines = text_lines(screen)
    row = max((number for number, line in enumerate(lines) if line), default=0)
    return row, min(len(lines[row]) + bool(lines[row]), screen.geometry.columns - 1)


def rows_taken(text: str, column: int, columns: int) -> int:
    """Rows that typed text takes from `column` on; a cursor wrapped to a row of its own is not counted."""
    rows = 1
    for character in text:
        width = 0 if unicodedata.combining(character) or character < " " else 1
        if unicodedata.east_asian_width(character) in "WF":
            width = min(2, columns)
        if column + width > columns:
            rows, column = rows + 1, 0
        column += width
    return rows
