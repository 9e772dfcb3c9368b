"""Addresses: the bus of the machine. A write is an address and a span of cells.

The machine has one register, the write head: the row it wrote last, the column after its last cell, and that after its
last cell that shows. Addresses are relative to it, so that a machine never has to count rows to go on writing below,
nor the letters of names to draw the next one.

Beside the screen there is a scratch sheet: working memory that the machine writes and reads as it does the screen, row
by row. Nobody sees it but who looks inside. What is worked out there is wiped when the turn ends; a note lasts until
another of the same name, which its first row tells.
"""

from enum import IntEnum
from typing import NamedTuple

SPANS = (0, 4, 8, 16, 32)
"""How many cells a write can hold. Cells beyond the right edge of the screen are dropped."""


class Kind(IntEnum):
    """Where a write goes."""

    YIELD = 0
    """Nothing more to draw: the machine waits for the next action. Length 0."""
    SAME = 1
    """The head's row, from column 0 (an echoed command redraws the line of its prompt)."""
    NEXT = 2
    """The row below, from column 0; at the bottom everything scrolls up by one row first."""
    CONTINUE = 3
    """The head's row, from the head's column (the next span of a line)."""
    CLEAR = 4
    """Blank the screen, then row 0 from column 0."""
    GOTO = 5
    """A row and column named in the address (full-screen programs, progress bars)."""
    SPACED = 6
    """The head's row, `GAP` columns behind the last cell that shows (the next name of a listing)."""
    SCRATCH = 7
    """The next row of the scratch sheet, from column 0."""
    NOTE = 8
    """The first row of a note on the scratch sheet, its name; the rows behind it are the note's."""
    TEXT = 9
    """The same of a note that is recalled only where it is asked for."""

    @property
    def is_aside(self) -> bool:
        """Whether the write is on the scratch sheet."""
        return self == Kind.SCRATCH or self.is_note

    @property
    def is_note(self) -> bool:
        """Whether the write is the first row of a note."""
        return self in (Kind.NOTE, Kind.TEXT)

    @property
    def is_typed(self) -> bool:
        """Whether the write is of the typed line, as long as all before it in the turn are."""
        return self in (Kind.SAME, Kind.CONTINUE)


GAP = 2
"""Blank cells between names that a terminal lists side by side."""


class Address(NamedTuple):
    """Where a write goes and how long it is.

    Attributes:
        kind: see `Kind`.
        length: cells in the span, one of `SPANS`.
        row: row of a `GOTO` or of the scratch sheet, 0 at the top; 0 otherwise.
        column: column of a `GOTO`, in cells; 0 otherwise.
    """

    kind: Kind
    length: int = 0
    row: int = 0
    column: int = 0


class Head(NamedTuple):
    """The write head: the row written last, the column after its last cell and that after its last one that shows."""

    row: int
    column: int
    shown: int = 0


MAX_ASIDE = 64
"""Writes on the scratch sheet that one turn can hold: a product of two numbers of three digits takes 30."""

TOP_OF_SHEET = Head(-1, 0)
"""The head of an empty scratch sheet: its next row is its first."""


def place(address: Address, head: Head, rows: int) -> tuple[Head, int]:
    """Where a write starts, and how many rows the screen scrolls up before it.

    Args:
        address: any kind but `YIELD`.
        head: the write head before, of the sheet if the write is aside.
        rows: rows of the screen.

    Returns:
        The row and column of the first cell, and the scroll (0 or 1).
    """
    match address.kind:
        case Kind.SAME:
            return Head(head.row, 0), 0
        case Kind.NEXT:
            scroll = int(head.row + 1 >= rows)
            return Head(min(head.row + 1, rows - 1), 0), scroll
        case Kind.CONTINUE:
            return Head(head.row, head.column), 0
        case Kind.CLEAR:
            return Head(0, 0), 0
        case Kind.GOTO:
            return Head(min(address.row, rows - 1), address.column), 0
        case Kind.SPACED:
            return Head(head.row, head.shown + GAP), 0
        case Kind.SCRATCH:
            return Head(head.row + 1, 0), 0
        case Kind.NOTE | Kind.TEXT:
            return Head(0, 0), 0
        case Kind.YIELD:
            raise ValueError("a yield is not a write")


def item(address: Address, start: Head, before: int) -> int:
    """Which item of its turn a write is of: the third line of a text, the third name of a listing, the third row of a
    note. What is copied item by item is found by its number.

    Args:
        address: of the write.
        start: where it starts.
        before: the item of the write before it on the screen; 0 where the turn begins.
    """
    if address.kind.is_aside:
        return start.row
    return before + (address.kind in (Kind.NEXT, Kind.SPACED))


def behind(start: Head, length: int, shows: int) -> Head:
    """The head behind a write.

    Args:
        start: where it started, from `place`.
        length: its cells.
        shows: its cells up to the last that shows.
    """
    return Head(start.row, start.column + length, start.column + shows)
