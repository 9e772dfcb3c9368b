"""Notes: what the machine writes down of folders and files, so that a listing is a copy and not a search.

Whenever a folder holds other names than before, its note is written anew on the scratch sheet, behind the prompt: how
the prompt calls the folder, then its names in the order of ``ls -A``, a row each, ``/`` behind a folder's and ``@``
behind a link's. Whenever a file says something else, so is the note of its text, a line a row; one that is longer than
a row goes on in the next. A note is seen until the next of the same name. The recorder looks at the sandbox's folders
(`trainer.record.files`); the machine draws its own notes and has nothing else.
"""

import json
from collections.abc import Iterator

import numpy as np

from model.font.cells import BACKGROUND, CELL, FOREGROUND
from model.nccligen.address import MAX_ASIDE, Address, Kind
from trainer.writes import Write

MARK = "files"
"""Name of the mark of a recording that tells what folders and files hold."""

ROWS = 16, 32
"""Cells of a row: where each has its own length, an address has to know what stands in it before it is drawn."""

MAX_ROWS_NOTED = MAX_ASIDE // 2
"""Writes of the notes of one turn: a note that has no room any more is not made."""

MAX_LINES = 8
"""Rows of the note of a text; the rest of it is not noted."""


def note_writes(text: str) -> list[Write]:
    """The writes of the notes of one turn.

    Args:
        text: JSON, what folders and files hold, as `trainer.record.files` marks it. Other text is a mark of somebody
            else's: no notes.
    """
    try:
        marked = json.loads(text)
        notes = [(Kind.NOTE, [name, *held]) for name, held in sorted(marked.items()) if isinstance(held, list)]
        notes += [(Kind.TEXT, [name, *_lines(held)]) for name, held in sorted(marked.items()) if isinstance(held, str)]
        if not all(isinstance(row, str) for _, rows in notes for row in rows):
            return []
    except (ValueError, AttributeError, RecursionError):
        return []
    writes = list[Write]()
    for kind, rows in notes:
        if len(writes) + len(rows) <= MAX_ROWS_NOTED:
            writes += _rows(kind, rows)
    return writes


def _lines(text: str) -> list[str]:
    rows, width = list[str](), ROWS[-1]
    for line in text.expandtabs().splitlines():
        # A line that fills its last row is followed by an empty one: it does not go on.
        rows += [line[at : at + width] for at in range(0, len(line) + 1, width)]
    return rows[:MAX_LINES]


def _rows(kind: Kind, rows: list[str]) -> Iterator[Write]:
    for number, row in enumerate(rows):
        shown = "".join(one if " " <= one <= "~" else "?" for one in row[: ROWS[-1]])
        length = next(span for span in ROWS if span >= len(shown))
        cells = np.zeros(length, CELL)
        cells["glyph"] = list(map(ord, shown.ljust(length)))
        cells["fg"], cells["bg"] = FOREGROUND, BACKGROUND
        yield Write(Address(Kind.SCRATCH if number else kind, length, number), cells)
