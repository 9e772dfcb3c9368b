"""A terminal emulator: text in, cells out. Only the trainer has one; it makes targets, supervises and scores.

The emulator itself is asciinema's avt (through pyavt). Around it: the palette, the attributes a font can draw, and the
lines that scroll away. A row is kept as the bytes of its cells, so that rows are compared and stored at no cost.
"""

import re
import unicodedata
from typing import Any

import numpy as np
from avt._avt import Color, Vt
from numpy.typing import NDArray

from model.font.cells import BACKGROUND, BOLD, CELL, FOREGROUND, ITALIC, UNDERLINE, WIDE_LEFT, WIDE_RIGHT
from model.protocol import Geometry
from trainer.palette import PALETTE
from trainer.screen import Screen, blank_cells

Row = bytes
"""The cells of one row: `CELL` (columns,), as bytes."""

BLANK = blank_cells(1, 1).tobytes()
"""The bytes of a cell that shows nothing."""

_BLANKING = re.compile(r"\x1b(?:c|\[[0-9;]*J|\[\?(?:[0-9]+;)*(?:47|1047|1049)(?:;[0-9]+)*[hl])")
"""What can blank a screen: a reset, an erasure of the screen, a switch to or from the alternate screen."""

_ZERO_WIDTH = frozenset(("Mn", "Me", "Cf"))
_CACHED_ROWS = 20_000

Look = tuple[int, bytes]
"""Style bits, and the bytes of the colours."""


class Emulator:
    """A terminal that text is fed to."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self._vt = Vt(geometry.columns, geometry.rows, 0)
        self._rows: dict[str, Row] = {}
        self._looks: dict[str, Look] = {}
        self._alternate = False

    def resize(self, geometry: Geometry) -> list[Row]:
        """Gives the terminal a new size; returns the rows that left at the top."""
        _, scrolled = self._vt.resize(geometry.columns, geometry.rows)
        self.geometry = geometry
        return [self._row(line) for line in scrolled]

    def feed_until_blanked(self, text: str) -> tuple[bool, list[Row]]:
        """Prints text, and tells whether it blanked the screen on the way.

        Returns:
            Whether the screen was blanked (erased as a whole, reset, or switched to or from the alternate screen), and
            the rows that scrolled off the top since then (since the start of the text, if it was not).
        """
        blanked, scrolled, at = False, list[Row](), 0
        for found in _BLANKING.finditer(text):
            scrolled += self.feed(text[at : found.end()])
            at = found.end()
            if self._blanks(found[0]):
                blanked, scrolled = True, []
        return blanked, scrolled + self.feed(text[at:])

    def _blanks(self, sequence: str) -> bool:
        """Whether the sequence just printed took everything off the screen."""
        if sequence.endswith(("h", "l")):
            before, self._alternate = self._alternate, sequence.endswith("h")
            return before != self._alternate
        if sequence == "\x1bc":
            self._alternate = False
            return True
        return set(self.rows()) == {BLANK * self.geometry.columns}

    def feed(self, text: str) -> list[Row]:
        """Prints text.

        Returns:
            The rows that scrolled off the top, oldest first (none while a full-screen program has the screen).
        """
        _, scrolled = self._vt.feed_str(text if text.isascii() else _composed(text))
        return [self._row(line) for line in scrolled]

    def rows(self) -> list[Row]:
        """The rows on screen, the cursor not drawn."""
        return [self._row(line) for line in self._vt.view()]

    def cursor(self) -> tuple[int, int] | None:
        """Row and column of the cursor, in the last column where a wrap is pending; None when it is hidden."""
        cursor = self._vt.cursor
        return (cursor.row, min(cursor.col, self.geometry.columns - 1)) if cursor.visible else None

    def screen(self) -> Screen:
        """What is on screen."""
        cells = np.frombuffer(b"".join(self.rows()), CELL).reshape(self.geometry.rows, self.geometry.columns)
        return Screen(cells.copy(), self.cursor())

    def _row(self, line: Any) -> Row:
        key = repr(line)
        row = self._rows.get(key)
        if row is None:
            if len(self._rows) >= _CACHED_ROWS:
                self._rows.clear()
            row = self._rows[key] = self._cells(line)
        return row

    def _cells(self, line: Any) -> Row:
        parts: list[bytes] = []
        left = b""
        for cell in line.cells:
            style, colours = self._look(cell.pen)
            char, width = cell.char, cell.width
            if width == 0:
                # The right half of a wide character: avt leaves a blank there.
                parts.append(left or BLANK)
                left = b""
                continue
            glyph = ord(char).to_bytes(4, "little")
            if width == 2:
                left = glyph + bytes((style | WIDE_RIGHT,)) + colours
                style |= WIDE_LEFT
            elif char == " " and colours[3:] == _BACKGROUND and not style & UNDERLINE:
                parts.append(BLANK)
                continue
            parts.append(glyph + bytes((style,)) + colours)
        return b"".join(parts)

    def _look(self, pen: Any) -> Look:
        key = repr(pen)
        look = self._looks.get(key)
        if look is None:
            if len(self._looks) >= _CACHED_ROWS:
                self._looks.clear()
            look = self._looks[key] = _look(pen)
        return look


_BACKGROUND = bytes(BACKGROUND)


def _look(pen: Any) -> Look:
    """The attributes of avt's pen as the font can draw them: reverse, faint and palettes resolved into RGB.

    Bold takes the bright half of the 16 colours, as xterm.js draws it (VHS shows a terminal with xterm.js), and faint
    is half way to the background.
    """
    fg = _rgb(pen.foreground, FOREGROUND, bright=pen.bold)
    bg = _rgb(pen.background, BACKGROUND, bright=False)
    if pen.inverse:
        fg, bg = bg, fg
    if pen.faint:
        fg = tuple((f + b) // 2 for f, b in zip(fg, bg, strict=True))
    style = BOLD * pen.bold | ITALIC * pen.italic | UNDERLINE * pen.underline
    return style, bytes(fg) + bytes(bg)


def _rgb(colour: Any, default: tuple[int, ...], bright: bool) -> tuple[int, ...]:
    if colour is None:
        return default
    if isinstance(colour, Color.Indexed):
        return PALETTE[colour[0] + 8 if bright and colour[0] < 8 else colour[0]]
    return colour[0], colour[1], colour[2]


def _composed(text: str) -> str:
    """Text whose characters each have a cell: accents joined to their letters, what has no width dropped.

    avt gives a combining mark a cell of its own, where a terminal (and readline, which counts columns) gives it none.
    """
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    if any(unicodedata.category(c) in _ZERO_WIDTH for c in text if c > "\u00a0"):
        text = "".join(c for c in text if c <= "\u00a0" or unicodedata.category(c) not in _ZERO_WIDTH)
    return text


def cells_of(row: Row) -> NDArray[np.void]:
    """The cells of a row, `CELL` (columns,); read-only."""
    return np.frombuffer(row, CELL)
