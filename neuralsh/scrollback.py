"""Rows that left the screen, kept as they were read, so that they can be gone back to."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from neuralsh.printable import printable
from neuralsh.screen import row_text, used

KEPT = 10_000
"""Rows that are kept; the oldest go first."""

Row = NDArray[np.void]
"""`CELL` (columns,)."""


class Scrollback:
    """Rows that left the screen, oldest first. Rows of different widths stand below each other."""

    def __init__(self, kept: int = KEPT) -> None:
        """Keep at most `kept` rows."""
        self._rows: deque[Row] = deque(maxlen=kept)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, rows: NDArray[np.void]) -> None:
        """Keep rows, `CELL` (n, columns), that have left at the top."""
        self._rows.extend(rows.copy())

    def above(self, screen: NDArray[np.void]) -> list[Row]:
        """All rows kept, and below them those of a screen, `CELL` (rows, columns), up to its last with text."""
        return [*self._rows, *screen[: used_rows(screen)]]


def used_rows(screen: NDArray[np.void]) -> int:
    """Rows of a screen, `CELL` (rows, columns), up to its last one with text."""
    shown = [row for row, glyphs in enumerate(screen["glyph"]) if used(glyphs)]
    return shown[-1] + 1 if shown else 0


def text_of(row: Row) -> str:
    """The text of a row, without blanks at its end and without control characters."""
    return printable(row_text(row)).rstrip()


def find(rows: list[Row], wanted: str, start: int, step: int) -> int | None:
    """The first row that holds a text, from `start` on, up (`step` -1) or down (1); None if there is none.

    Capitals count only if `wanted` has any, as in `less -i`.
    """
    fold = wanted == wanted.lower()
    end = -1 if step < 0 else len(rows)
    for at in range(start, end, step):
        text = text_of(rows[at])
        if wanted in (text.lower() if fold else text):
            return at
    return None
