"""The shell's reader: the text of a frame, cell by cell, exact on true frames.

It knows the font and nothing else. A frame of mostly known cells costs one pass over its pixels.
"""

from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from model.font.cells import BACKGROUND, CELL, FOREGROUND, WIDE_LEFT, WIDE_RIGHT
from model.protocol import CELL_HEIGHT, CELL_WIDTH, Frame
from neuralsh.reading.bitmaps import Bitmap, find_bitmap
from neuralsh.reading.glyphs import FAINT, name_cells, split_colours

CURSOR_TOLERANCE = 24
"""How far from the default foreground, in each channel, the block of a drawn cursor may be."""

_WORDS = CELL_HEIGHT * CELL_WIDTH * 3 // 8
_REMEMBERED = 1 << 16
_MIX = np.random.default_rng(0).integers(1, 2**63, _WORDS, dtype=np.uint64) | np.uint64(1)


def _blank_cell() -> NDArray[np.void]:
    cell = np.zeros((), CELL)
    cell["glyph"], cell["fg"], cell["bg"] = ord(" "), FOREGROUND, BACKGROUND
    return cell


class _Memory:
    """Cells seen before, by the hash of their pixels."""

    def __init__(self) -> None:
        self.row_of: dict[int, int] = {}
        self.cells = np.zeros(_REMEMBERED, CELL)
        self.unlike = np.zeros(_REMEMBERED, np.bool_)
        self.lock = Lock()

    def look_up(self, keys: NDArray[np.uint64], tiles: NDArray[np.uint8]) -> tuple[NDArray[np.void], NDArray[np.bool_]]:
        """The cells of some pictures and which may be bitmaps of Unifont, as `_name` gives them. Any thread may ask.

        Args:
            keys: uint64 (n,), distinct hashes.
            tiles: uint8 (n, 16, 8, 3).
        """
        with self.lock:
            rows = self._rows(keys, tiles)
            return self.cells[rows], self.unlike[rows]

    def _rows(self, keys: NDArray[np.uint64], tiles: NDArray[np.uint8]) -> NDArray[np.int64]:
        names = keys.tolist()
        new = [position for position, name in enumerate(names) if name not in self.row_of]
        if new:
            if len(self.row_of) + len(new) > _REMEMBERED:
                self.row_of.clear()
                new = list(range(len(names)))
            start = len(self.row_of)
            self.cells[start : start + len(new)], self.unlike[start : start + len(new)] = _name(tiles[new])
            for offset, position in enumerate(new):
                self.row_of[names[position]] = start + offset
        return np.fromiter((self.row_of[name] for name in names), np.int64, len(names))


_memory = _Memory()


def _name(tiles: NDArray[np.uint8]) -> tuple[NDArray[np.void], NDArray[np.bool_]]:
    """Cells of distinct pictures, uint8 (n, 16, 8, 3), and which of them may be bitmaps of Unifont."""
    pixels = tiles.reshape(len(tiles), -1, 3)
    cells = np.full(len(tiles), _blank_cell())
    cells["bg"] = np.round(pixels.mean(axis=1))
    unlike = np.zeros(len(tiles), np.bool_)
    inked = np.flatnonzero((pixels.max(axis=1) - pixels.min(axis=1)).max(axis=1) >= FAINT)
    if inked.size:
        cells[inked], unlike[inked] = name_cells(tiles[inked])
    return cells, unlike


def read_cells(frame: Frame) -> NDArray[np.void]:
    """The cells a frame shows.

    Exact on true frames: glyph, bold, italic, underline, both colours. What looks the same reads as the commonest:
    a blank has the default foreground, a full block is a blank of its colour, and of equal glyphs ASCII comes first.
    A cell fainter than `FAINT` is a blank; on a drawn frame that is not true the nearest glyph is read.

    Returns:
        `CELL` (rows, columns).
    """
    rows, columns = frame.geometry.rows, frame.geometry.columns
    tiles = np.ascontiguousarray(frame.cells()).reshape(-1, CELL_HEIGHT, CELL_WIDTH, 3)
    words = tiles.reshape(len(tiles), -1).view(np.uint64)
    cells = np.full(len(tiles), _blank_cell())
    default = np.tile(np.array(BACKGROUND, np.uint8), CELL_HEIGHT * CELL_WIDTH).view(np.uint64)
    inked = np.flatnonzero((words != default).any(axis=1))
    if inked.size:
        keys, first, inverse = np.unique(words[inked] @ _MIX, return_index=True, return_inverse=True)
        known, unknown = _memory.look_up(keys, tiles[inked[first]])
        cells[inked] = known[inverse.reshape(-1)]
        unlike = inked[unknown[inverse.reshape(-1)]]
        if unlike.size:
            _read_bitmaps(tiles, cells, unlike.tolist(), columns)
    return cells.reshape(rows, columns)


def _read_bitmaps(tiles: NDArray[np.uint8], cells: NDArray[np.void], unlike: list[int], columns: int) -> None:
    """Names the cells of `unlike` that are Unifont's, in place. A wide character is known by both its halves only."""
    done = -1
    for here in unlike:
        if here <= done:
            continue
        starts = [start for start in (here, here - 1) if start > done and start % columns + 1 < columns and start >= 0]
        for start in starts:
            found = _read_bitmap(tiles[start : start + 2].tobytes())
            if found is not None:
                cells[start : start + 2] = found
                cells["style"][start : start + 2] |= np.array([WIDE_LEFT, WIDE_RIGHT], np.uint8)
                done = start + 1
                break
        else:
            found = _read_bitmap(tiles[here].tobytes())
            if found is not None:
                cells[here] = found[0]


@lru_cache(maxsize=4096)
def _read_bitmap(picture: bytes) -> NDArray[np.void] | None:
    """The cells of a picture, uint8 (1 or 2, 16, 8, 3) as bytes, if it is a bitmap of Unifont."""
    tiles = np.frombuffer(picture, np.uint8).reshape(-1, CELL_HEIGHT, CELL_WIDTH, 3)
    bg, fg, share = split_colours(tiles.swapaxes(0, 1).reshape(1, CELL_HEIGHT, -1, 3))
    wide = len(tiles) == 2
    for ink, back, drawn in ((fg, bg, share), (bg, fg, 1 - share)):
        bits = np.packbits(drawn.reshape(CELL_HEIGHT, -1) > 0.5, axis=1).astype(np.uint16)
        rows = bits[:, 0] << 8 | (bits[:, 1] if wide else 0)
        found: Bitmap | None = find_bitmap(rows.astype(np.uint16), wide=wide)
        if found:
            cells = np.zeros(len(tiles), CELL)
            cells["glyph"], cells["style"], cells["fg"], cells["bg"] = *found, ink[0], back[0]
            return cells
    return None


def find_cursor(frame: Frame) -> tuple[int, int] | None:
    """Row and column of the cursor a machine drew: a block of the default foreground, what it covers in background.

    Reverse video looks the same, so a block that stands alone is preferred, and of several the last in reading order.
    None if there is none.
    """
    cells = read_cells(frame)
    block = (np.abs(cells["bg"].astype(np.int16) - np.array(FOREGROUND, np.int16)) <= CURSOR_TOLERANCE).all(axis=2)
    places = np.argwhere(block)
    if not len(places):
        return None
    padded = np.pad(block, ((0, 0), (1, 1)))
    alone = np.argwhere(block & ~padded[:, :-2] & ~padded[:, 2:])
    row, column = (alone if len(alone) else places)[-1].tolist()
    return row, column


def cell_lines(cells: NDArray[np.void]) -> list[str]:
    """The text of each row of cells, without blanks at its right; a wide character stands once."""
    shown = (cells["style"] & WIDE_RIGHT) == 0
    return ["".join(map(chr, row[keep].tolist())).rstrip() for row, keep in zip(cells["glyph"], shown, strict=True)]


def frame_lines(frame: Frame) -> list[str]:
    """The text of each row of a frame, without blanks at its right. No control characters."""
    return cell_lines(read_cells(frame))
