"""What happened between two frames: nothing moved, the screen scrolled, or it was cleared.

A machine draws one write a frame, so from one frame to the next at most the screen scrolls and one row changes. What
moved is therefore seen in the cells alone. Three things cannot be seen: an empty line added to an empty screen, and,
when all rows are alike, a line drawn over itself and a new row that begins as they do. The first and the last are taken
for no scroll, the second for one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuralsh.screen import used

Cells = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Motion:
    """How a screen moved.

    Attributes:
        scrolled: rows that left at the top.
        cleared: the screen was blanked first.
    """

    scrolled: int = 0
    cleared: bool = False


STILL = Motion()


def motion(before: Cells, after: Cells) -> Motion:
    """What moved between two screens.

    Args:
        before: `CELL` (rows, columns), the cursor drawn.
        after: the same, one write later.
    """
    differs = (before != after).any(axis=1)
    if scrolls(before, after, differs):
        return Motion(scrolled=1)
    if cleared(before["glyph"], after["glyph"]):
        return Motion(cleared=True)
    if differs.sum() <= 1:
        return STILL
    return Motion(scrolled=far_scroll(before, after))


def scrolls(before: Cells, after: Cells, differs: NDArray[np.bool_]) -> bool:
    """Whether `after` is `before` one row up, with a new last row."""
    if not (before[1:] == after[:-1]).all():
        return False
    changed = np.flatnonzero(differs)
    last = len(before) - 1
    if changed.size > 1 or (changed.size == 1 and changed[0] != last):
        return True
    # All rows of `before` are alike, so only the last row can tell: one that goes on was not scrolled.
    old, new = before["glyph"][last], after["glyph"][last]
    if not used(old):
        return False
    # Colours tell too: a prompt below a screen of `~` does not go on with the last of them.
    goes_on = extends(before[last], after[last], used(old))
    return not goes_on or (last > 0 and used(old) == used(new))


def extends(before: NDArray[np.generic], after: NDArray[np.generic], end: int) -> bool:
    """Whether a row, cells or code points (columns,), still starts with the `end` ones it held before."""
    return bool((before[:end] == after[:end]).all())


def cleared(before: NDArray[np.uint32], after: NDArray[np.uint32]) -> bool:
    """Whether nothing is left but a new first row; code points (rows, columns)."""
    if any(used(row) for row in after[1:]):
        return False
    return any(used(row) for row in before[1:]) or not extends(before[0], after[0], used(before[0]))


def far_scroll(before: Cells, after: Cells) -> int:
    """Rows scrolled at once, 0 if what is left of `before` is not found; two rows with text must be found again."""
    for shift in range(2, len(before) - 1):
        kept = before[shift:]
        if (kept == after[:-shift]).all() and sum(1 for row in kept["glyph"] if used(row)) >= 2:
            return shift
    return 0
