"""Where typed text falls on a grid: the terminal's wrapping of a line that starts at some column."""

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
    places = []
    row, column = divmod(column, columns)
    for character in text:
        width = min(max(0, get_character_cell_size(character)), columns)
        if column + width > columns:
            row, column = row + 1, 0
        places.append(Place(row, column, width))
        column += width
    if column >= columns:
        row, column = row + 1, 0
    places.append(Place(row, column, 1))
    return places


def rows_of(text: str, column: int, columns: int) -> int:
    """How many rows `text` takes when it starts at `column`; at least 1, a cursor wrapped to a new row not counted."""
    places = wrap(text, column, columns)
    return places[-2].row + 1 if len(places) > 1 else 1
