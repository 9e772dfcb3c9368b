"""Finding the prompt that the machine drew: where its row holds output first, and where typing goes on.

A prompt is known from the one before it: its last part in plain text (``$ ``) after a part in a colour of its own (the
path, which changes with the folder). Nothing is asked of the machine: both are read off the frame.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.protocol import Frame
from neuralsh.reading.cells import find_cursor
from neuralsh.screen import used


@dataclass(frozen=True, slots=True)
class Prompt:
    """Where the machine waits.

    Attributes:
        row: its row.
        start: the first cell of the prompt; output that ended without a line break stands to its left.
        column: the cell of the cursor, where typing goes.
    """

    row: int
    start: int
    column: int


def cursor_of(frame: Frame, cells: NDArray[np.void]) -> tuple[int, int]:
    """The cell of the cursor: the drawn one, or else the one after the last text on the screen.

    Args:
        frame: the frame.
        cells: what was read off it, `CELL` (rows, columns).
    """
    found = find_cursor(frame)
    if found is not None:
        return found
    ends = [used(row) for row in cells["glyph"]]
    row = max((row for row, end in enumerate(ends) if end), default=0)
    return row, min(ends[row] + (ends[row] > 0), cells.shape[1] - 1)


def find_prompt(frame: Frame, cells: NDArray[np.void], last: NDArray[np.void] | None) -> Prompt:
    """The prompt on a frame.

    Args:
        frame: the frame.
        cells: what was read off it, `CELL` (rows, columns).
        last: the cells of the prompt before, `CELL` (n,); None: there was none.
    """
    row, column = cursor_of(frame, cells)
    start = prompt_start(cells[row, :column], last) if last is not None else 0
    return Prompt(row, start, column)


def prompt_start(cells: NDArray[np.void], last: NDArray[np.void]) -> int:
    """Where the prompt starts in the cells left of the cursor, given the one before it; 0: all of it is prompt.

    Args:
        cells: `CELL` (n,).
        last: the prompt before, `CELL` (m,).
    """
    if not len(last) or len(cells) <= 1:
        return 0
    coloured = (last["fg"] == last["fg"][0]).all(axis=1)
    plain = np.flatnonzero(~coloured)
    head = int(plain[0]) if plain.size else 0
    tail = last["glyph"][head:]
    start = len(cells) - len(tail)
    if start < 0 or not (cells["glyph"][start:] == tail).all():
        return 0
    while head and start and (cells["fg"][start - 1] == last["fg"][0]).all():
        start -= 1
    return start
