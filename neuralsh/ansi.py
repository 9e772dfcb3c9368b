"""Frames as terminal output: the escape sequences that turn one screen, as read, into the next."""

import numpy as np
from numpy.typing import NDArray

from model.font.cells import BACKGROUND, BOLD, FOREGROUND, ITALIC, UNDERLINE, WIDE_RIGHT
from neuralsh.scrolling import motion

Cells = NDArray[np.void]

RESET = "\x1b[0m\x1b[H\x1b[2J\x1b[?25l"
"""A blank screen without a cursor, from which the first screen is drawn."""


def without_cursor(cells: Cells, cursor: tuple[int, int] | None) -> Cells:
    """Cells, `CELL` (rows, columns), with the colours under the drawn cursor swapped back; a copy."""
    plain = cells.copy()
    if cursor is not None:
        plain["fg"][cursor], plain["bg"][cursor] = cells["bg"][cursor], cells["fg"][cursor]
    return plain


def draw(before: Cells, after: Cells, cursor: tuple[int, int] | None) -> str:
    """What a terminal that shows `before` must be sent to show `after`.

    Args:
        before: `CELL` (rows, columns), without cursor.
        after: the same shape, without cursor.
        cursor: where the terminal's own cursor goes; None hides it.
    """
    out = []
    shift = motion(before, after).scrolled
    if shift:
        out.append(f"\x1b[0m\x1b[{len(before)};1H" + "\n" * shift)
        left = np.zeros_like(before)
        left[:] = np.array((ord(" "), 0, FOREGROUND, BACKGROUND), before.dtype)
        left[:-shift] = before[shift:]
        before = left
    for row in np.flatnonzero((before != after).any(axis=1)):
        out.append(f"\x1b[{row + 1};1H" + row_ansi(after[row]))
    place = "\x1b[?25l" if cursor is None else f"\x1b[{cursor[0] + 1};{cursor[1] + 1}H\x1b[?25h"
    return "".join(out) + place


def row_ansi(cells: Cells) -> str:
    """A row, `CELL` (columns,), from its first cell on; ends with the attributes reset and the rest erased."""
    shown = (cells["glyph"] != ord(" ")) | (cells["bg"] != BACKGROUND).any(axis=1) | (cells["style"] & UNDERLINE != 0)
    end = int(np.flatnonzero(shown)[-1]) + 1 if shown.any() else 0
    out, last = [], ""
    for cell in cells[:end]:
        if cell["style"] & WIDE_RIGHT:
            continue
        look = sgr(cell)
        if look != last:
            out.append(look)
            last = look
        out.append(chr(cell["glyph"]) if cell["glyph"] >= 32 else " ")
    # At the right edge the cursor stays on the last cell, and erasing from there would blank it.
    return "".join(out) + "\x1b[0m" + ("\x1b[K" if end < len(cells) else "")


def sgr(cell: np.void) -> str:
    """The attributes of a cell, `CELL` (), as one sequence from a reset on."""
    codes = ["0"]
    codes += [code for bit, code in ((BOLD, "1"), (ITALIC, "3"), (UNDERLINE, "4")) if cell["style"] & bit]
    for name, base, default in (("fg", 38, FOREGROUND), ("bg", 48, BACKGROUND)):
        colour = tuple(int(part) for part in cell[name])
        if colour != default:
            codes.append(f"{base};2;" + ";".join(map(str, colour)))
    return f"\x1b[{';'.join(codes)}m"
