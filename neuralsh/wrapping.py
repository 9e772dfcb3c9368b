"""Where typed text falls on a grid: the terminal's wrapping of a line that starts at some column."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import get_character_cell_size


@dataclass(frozen=True, slots=True)
class Place:
    """A character on the grid.

    Attributes:
        row: rows below the one the text starts on.
        column: its first cell.
        width: cells it takes, 0 (a combining mark), 1 or 2.
    """

    row: int
    column: int
    width: int


def wrap(text: str, column: int, columns: int) -> list[Place]:
    """Place every character of `text`, and the cursor after it.

    Args:
        text: what is typed; control characters take no cell.
        column: the column the text starts at.
        columns: columns of the grid, at least 1.

    Returns:
        One place a character and one more: the cell after the text. A character two cells wide does not straddle the
        edge; on a grid of one column it is cut to one cell.
    """
    return [Place(*cell) for cell in _cells(text, column, columns)]


def end_of(text: str, column: int, columns: int) -> Place:
    """The cell after the text, the last of `wrap`: quickly, for text of any length."""
    if text.isascii() and text.isprintable():
        return Place(*divmod(column + len(text), columns), 1)
    *_, end = _cells(text, column, columns)
    return Place(*end)


def _cells(text: str, column: int, columns: int) -> Iterator[tuple[int, int, int]]:
    """Row, column and width of each character, and of the cursor after them."""
    row, column = divmod(column, columns)
    for character in text:
        width = min(max(0, get_character_cell_size(character)), columns)
        if column + width > columns:
            row, column = row + 1, 0
        yield row, column, width
        column += width
    if column >= columns:
        row, column = row + 1, 0
    yield row, column, 1


def rows_of(text: str, column: int, columns: int) -> int:
    """How many rows `text` takes when it starts at `column`; at least 1, a cursor wrapped to a new row not counted."""
    places = wrap(text, column, columns)
    return places[-2].row + 1 if len(places) > 1 else 1
