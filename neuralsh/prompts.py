"""Finding the prompt that the machine drew: where its row holds output first, and where typing goes on.

A prompt is known from the one before it: its last part in plain text (``$ ``) after a part in a colour of its own (the
path, which changes with the folder). Nothing is asked of the machine: both are read off the frame.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.protocol import Frame
from neuralsh.reading.cells import find_cursor
from neuralsh.screen import BLANK, used

NEAR = 64
"""How far two drawings of one colour may be apart, in each channel."""


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
    return _found(cells, last) or 0


def at_prompt(cells: NDArray[np.void], prompt: Prompt, last: NDArray[np.void]) -> bool:
    """Whether the cursor stands behind a prompt like one seen before.

    Args:
        cells: of the screen, `CELL` (rows, columns).
        prompt: where the cursor is.
        last: the prompt seen before, `CELL` (m,).
    """
    return _found(cells[prompt.row, : prompt.column], last) is not None


def _found(cells: NDArray[np.void], last: NDArray[np.void]) -> int | None:
    """Where a prompt like the last starts in the cells left of the cursor; None: they do not end in one."""
    if not used(last["glyph"]) or len(cells) <= 1:
        return None  # nothing is like a prompt of blanks
    path = np.flatnonzero(_alike(last, last["fg"][0]) & (last["glyph"] != BLANK))
    head = int(path[-1]) + 1 if path.size else 0  # nothing of it stands in the colour of its first cell: no path
    if head >= used(last["glyph"]):
        head = 0  # all of one colour: only the same prompt can be told from output
    tail = last["glyph"][head:]
    start = len(cells) - len(tail)
    if start < 0 or not (cells["glyph"][start:] == tail).all():
        return None
    if head:
        goes_on = _alike(cells, last["fg"][0]) | (cells["glyph"] == BLANK)
        while start and goes_on[start - 1]:
            start -= 1
        start += int(np.flatnonzero(cells["glyph"][start:] != BLANK)[0])
    return start


def _alike(cells: NDArray[np.void], colour: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which cells, `CELL` (n,), are drawn in a colour: a machine never draws it twice quite the same."""
    near: NDArray[np.bool_] = (np.abs(cells["fg"].astype(np.int16) - colour) <= NEAR).all(axis=1)
    return near
