"""Where a recorded terminal waits for the next command line, and how many rows that line takes."""

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.screen import Row, Screen, cells_of, text_lines

_BLANK = ord(" ")

_NEAR = 64
"""Levels of 255, in each channel, within which two colours are taken for one."""


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
    path = np.flatnonzero(_alike(before, colour) & (before["glyph"] != _BLANK))
    head = int(path[-1]) + 1 if path.size else 0
    if not (before["glyph"][head:] != _BLANK).any():
        head = 0  # all of one colour: only the same prompt can be told from output
    tail = before["glyph"][head:]
    start = len(cells) - len(tail)
    if start < 0 or not np.array_equal(cells["glyph"][start:], tail):
        return 0
    if head:
        # Blanks have no colour, and a path may hold some.
        goes_on = _alike(cells, colour) | (cells["glyph"] == _BLANK)
        while start and goes_on[start - 1]:
            start -= 1
        start += int(np.flatnonzero(cells["glyph"][start:] != _BLANK)[0])
    return start


def _alike(cells: NDArray[np.void], colour: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which cells, `CELL` (n,), are of a colour, to within what a machine draws it off in a session of its own."""
    near: NDArray[np.bool_] = (np.abs(cells["fg"].astype(np.int16) - colour) <= _NEAR).all(axis=1)
    return near


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
