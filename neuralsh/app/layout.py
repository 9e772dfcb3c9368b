"""What the window shows: the frame, and over it the line being typed, at the cell where the machine drew its cursor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.font.atlas import load_atlas
from model.font.cells import BACKGROUND, CELL, FOREGROUND, WIDE_LEFT, WIDE_RIGHT
from model.protocol import CELL_HEIGHT, CELL_WIDTH
from neuralsh.wrapping import end_of, wrap

EMPTY = (ord(" "), 0, FOREGROUND, BACKGROUND)
"""A blank cell, as `CELL`."""

DIM = (110, 110, 110)
"""The colour of what may be meant to follow."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The line being typed.

    Attributes:
        row: the row of the frame it starts on.
        column: its first column.
        text: the line.
        caret: the character the caret stands on, 0 to ``len(text)``; None: no caret (the line has been sent).
        ghost: what may be meant to follow, shown dim as far as there is room.
    """

    row: int
    column: int
    text: str
    caret: int | None
    ghost: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where the frame and the typed line stand in the window.

    Attributes:
        top: the row of the frame that is the window's first.
        rows: window rows of the typed cells, (n,).
        columns: window columns of the typed cells, (n,).
        cells: the typed cells, `CELL` (n,).
    """

    top: int
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    cells: NDArray[np.void]


def lay_out(typed: Typed | None, height: int, width: int, frame_columns: int) -> Layout:
    """Place the typed line in a window; text that runs past the last row moves everything up.

    Args:
        typed: the line, or None.
        height: rows of the window.
        width: columns of the window.
        frame_columns: columns of the frame: where the machine will wrap the line.
    """
    if typed is None:
        return Layout(0, np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, CELL))
    to_fill = max(1, min(width, frame_columns))
    typed = _near_caret(typed, (height + 1) * to_fill, to_fill)
    length = len(typed.text)
    places = wrap(typed.text + typed.ghost, typed.column, to_fill)
    caret_row = typed.row + places[typed.caret if typed.caret is not None else length].row
    last_row = typed.row + (
        places[length].row if typed.caret is not None else max(place.row for place in places[:length] or places)
    )
    top = min(max(0, last_row - height + 1), caret_row)
    top = max(top, caret_row - height + 1, 0)
    marks: list[tuple[int, int, int, int, int]] = []
    for at, (place, character) in enumerate(zip(places, [*typed.text, *typed.ghost, " "], strict=True)):
        row = typed.row + place.row - top
        if not 0 <= row < height or (at == len(places) - 1 and at != typed.caret):
            continue
        for half in range(place.width):
            style = 0 if place.width == 1 else (WIDE_LEFT, WIDE_RIGHT)[half]
            marks.append((row, place.column + half, ord(character), style, at))
    rows, columns, glyphs, styles, at_n = np.array(marks, np.int64).reshape(-1, 5).T
    cells = np.empty(len(marks), CELL)
    cells["glyph"], cells["style"], cells["fg"], cells["bg"] = glyphs, styles, FOREGROUND, BACKGROUND
    cells["fg"][at_n >= length] = DIM
    caret = at_n == (-1 if typed.caret is None else typed.caret)
    cells["fg"][caret], cells["bg"][caret] = BACKGROUND, FOREGROUND
    return Layout(top, rows, columns, cells)


def _near_caret(typed: Typed, room: int, columns: int) -> Typed:
    """The part of a line that can be in a window with `room` for so many characters, wherever the window is."""
    caret = len(typed.text) if typed.caret is None else typed.caret
    start, end = max(0, caret - room), caret + room
    if start == 0 and len(typed.text) + len(typed.ghost) <= end:
        return typed
    before = end_of(typed.text[:start], typed.column, columns)
    return Typed(
        typed.row + before.row,
        before.column,
        typed.text[start:end],
        None if typed.caret is None else typed.caret - start,
        typed.ghost[: max(0, end - len(typed.text))],
    )


def view_cells(cells: NDArray[np.void], layout: Layout, height: int, width: int) -> NDArray[np.void]:
    """The window as cells, `CELL` (height, width); what the frame, `CELL` (rows, columns), does not cover is blank."""
    shown = cells[layout.top : layout.top + height, :width]
    if shown.shape == (height, width):
        view = shown.copy()
    else:
        view = np.full((height, width), np.array(EMPTY, CELL), CELL)
        view[: shown.shape[0], : shown.shape[1]] = shown
    inside = layout.columns < width
    view[layout.rows[inside], layout.columns[inside]] = layout.cells[inside]
    return view


def view_pixels(pixels: NDArray[np.uint8], layout: Layout, height: int, width: int) -> NDArray[np.uint8]:
    """The window as pixels, uint8 (height * 16, width * 8, 3): the frame as drawn, the typed cells in the font."""
    view = np.empty((height * CELL_HEIGHT, width * CELL_WIDTH, 3), np.uint8)
    view[:] = np.array(BACKGROUND, np.uint8)
    start = layout.top * CELL_HEIGHT
    shown = pixels[start : start + view.shape[0], : view.shape[1]]
    view[: shown.shape[0], : shown.shape[1]] = shown
    inside = layout.columns < width
    cells = layout.cells[inside]
    alpha = load_atlas().masks(cells["glyph"], cells["style"])[..., None] / 255
    fg, bg = (cells[name][:, None, None, :].astype(float) for name in ("fg", "bg"))
    grid = view.reshape(height, CELL_HEIGHT, width, CELL_WIDTH, 3).swapaxes(1, 2)
    grid[layout.rows[inside], layout.columns[inside]] = np.rint(alpha * fg + (1 - alpha) * bg).astype(np.uint8)
    return view
