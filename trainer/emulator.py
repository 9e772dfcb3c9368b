"""A terminal emulator: text in, cells out. Only the trainer has one; it makes targets, supervises and scores.

The emulator itself is asciinema's avt (through pyavt). Around it: the palette, the attributes a font can draw, and the
lines that scroll away. A row is kept as the bytes of its cells, so that rows are compared and stored at no cost.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from avt._avt import Color, Vt

from model.font.cells import BACKGROUND, BOLD, CELL, FOREGROUND, ITALIC, UNDERLINE, WIDE_LEFT, WIDE_RIGHT
from model.protocol import Geometry
from trainer.palette import PALETTE
from trainer.screen import BLANK, Row, Screen

_BLANKING = re.compile(r"\x1b(?:c|\[[0-9;]*J|\[\?(?:[0-9]+;)*(?:47|1047|1049)(?:;[0-9]+)*[hl])")
"""What can blank a screen: a reset, an erasure of the screen, a switch to or from the alternate screen."""

FULL_SCREEN = re.compile(r"\x1b\[\?(?:[0-9]+;)*(?:47|1047|1049)(?:;[0-9]+)*h")
"""What gives a program the whole screen."""

_ZERO_WIDTH = frozenset(("Mn", "Me", "Cf"))
MAX_SCROLLED = 10_000
"""The most rows kept of what scrolled off the top at once: a flood of output must not fill the memory."""

_PIECE = 1 << 14
"""Characters fed at once: avt holds on to every line that scrolls away in the meantime."""

_BACKGROUND = bytes(BACKGROUND)

_ESCAPE = "\\u{1b}["
_PLAIN = "\\u{1b}[0m"
"""How the representation of a line shows an escape sequence, and that of the default colours."""

_BEGINS, _ENDS = 'Line("', '")'
_RUN = re.compile(r"\\u\{1b\}\[[0-9:;]*m([^\\]*(?:\\[\"\\][^\\]*)*)")
"""Characters that look the same, behind what makes them so."""

_MAY_BE_WIDE = re.compile("[^\0-\u10ff\u2000-\u22ff\u2500-\u259f]")
"""Of lines and blocks, which people draw with, none is."""

_ASCII = bytes(range(128))

MAY_COMPOSE = re.compile(
    "[^\0-\u02ff\u0391-\u03a1\u03a3-\u03a9\u03b1-\u03c9\u0400-\u0482\u048a-\u052f"
    "\u2010-\u2027\u2030-\u205e\u2070-\u2071\u2074-\u208e\u2190-\u2328\u232b-\u2adb\u2add-\u2bff"
    "\u3000-\u3029\u3030-\u3098\u309b-\u30ff\u4e00-\u9fff\uac00-\ud7a3\ue000-\uf8ff\ufffd\U0001f000-\U0001faff]"
)
"""The rest of what is printed has a width and stays as it is, whatever stands beside it."""

_QUOTED = re.compile(r"\\([\"\\])")

Look = tuple[int, bytes]
"""Style bits, and the bytes of the colours."""

_CACHED_ROWS = 20_000
_ROWS: dict[int, dict[str, Row]] = {}
"""Rows seen, by columns and representation: sessions repeat themselves."""

_LOOKS: dict[str, Look] = {}
"""Looks seen, by the representation of the pen."""


class Emulator:
    """A terminal that text is fed to."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self._vt = Vt(geometry.columns, geometry.rows, 0)
        self._alternate = False

    def resize(self, geometry: Geometry) -> list[Row]:
        """Gives the terminal a new size; returns the rows that left at the top. Going to one column, it is blanked."""
        self.geometry = geometry
        if geometry.columns == 1:
            # avt fails to break a wide character over lines of one column.
            self._vt = Vt(geometry.columns, geometry.rows, 0)
            return []
        return [self._row(line) for line in self._vt.resize(geometry.columns, geometry.rows)[1]]

    def feed_until_blanked(self, text: str) -> tuple[bool, list[Row]]:
        """Prints text, and tells whether it blanked the screen on the way.

        Returns:
            Whether the screen was blanked (erased as a whole, reset, or switched to or from the alternate screen), and
            the rows that scrolled off the top since then (since the start of the text, if it was not).
        """
        blanked, scrolled, at = False, list[Row](), 0
        for found in _BLANKING.finditer(text):
            scrolled += self.feed(text[at : found.end()])
            del scrolled[:-MAX_SCROLLED]
            at = found.end()
            if self._blanks(found[0]):
                blanked, scrolled = True, []
        scrolled += self.feed(text[at:])
        return blanked, scrolled[-MAX_SCROLLED:]

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
            The rows that scrolled off the top, oldest first: the last `MAX_SCROLLED` of them (none while a full-screen
            program has the screen).
        """
        text = self._shown(text)
        return [self._row(line) for line in self._fed(text, _BLANKING.finditer(text))]

    def show(self, text: str) -> int:
        """Prints text; tells how many rows scrolled off the top (`MAX_SCROLLED` at most) and does not look at them."""
        text = self._shown(text)
        blanking = list(_BLANKING.finditer(text))
        for found in blanking:
            if not found[0].endswith("J"):
                self._alternate = found[0].endswith("h")
        return len(self._fed(text, blanking))

    def _shown(self, text: str) -> str:
        """Text as a terminal takes it."""
        # A terminal shows nothing for a delete; avt would give it a cell.
        text = text.replace("\x7f", "")
        if not text.isascii():
            if MAY_COMPOSE.search(_beyond_ascii(text)):
                text = _composed(text)
            if self.geometry.columns == 1:
                text = "".join(c for c in text if unicodedata.east_asian_width(c) not in "WF")
        return text

    def _fed(self, text: str, blanking: Iterable[re.Match[str]]) -> list[Any]:
        """Prints what `_shown` gave; gives avt's lines that scrolled off."""
        lines: list[Any] = []
        # avt gives away what scrolled off at the end of a call, but not while a program has the screen: what is fed
        # together with the switch to one would come back when the terminal is made wider.
        cuts = [0, *(found.start() for found in blanking), len(text)]
        for start, end in pairwise(cuts):
            for at in range(start, end, _PIECE):
                lines += self._vt.feed_str(text[at : min(at + _PIECE, end)])[1]
                del lines[:-MAX_SCROLLED]
        return lines

    def rows(self) -> list[Row]:
        """The rows on screen, the cursor not drawn."""
        return [self._row(line) for line in self._vt.view()]

    @property
    def full_screen(self) -> bool:
        """Whether a program has the whole screen, as far as `feed_until_blanked` and `show` were told."""
        return self._alternate

    def dump(self) -> str:
        """Text that makes a fresh terminal of this size what this one is: screen, colours, cursor and modes."""
        # Eight-bit control characters are not known to every terminal.
        text: str = self._vt.dump().replace("\x9b", "\x1b[")
        return text

    def cursor(self) -> tuple[int, int] | None:
        """Row and column of the cursor, in the last column where a wrap is pending; None when it is hidden."""
        cursor = self._vt.cursor
        return (cursor.row, min(cursor.col, self.geometry.columns - 1)) if cursor.visible else None

    def position(self) -> tuple[int, int]:
        """Row and column of the cursor, hidden or not; the column behind the last one where a wrap is pending."""
        cursor = self._vt.cursor
        return cursor.row, cursor.col

    def text(self, row: int) -> str:
        """The text of a row of the screen, blanks at its end included; a character a column."""
        text: str = self._vt.view()[row].text
        return text

    def screen(self) -> Screen:
        """What is on screen."""
        cells = np.frombuffer(b"".join(self.rows()), CELL).reshape(self.geometry.rows, self.geometry.columns)
        return Screen(cells.copy(), self.cursor())

    def _row(self, line: Any) -> Row:
        # avt shows a line with its colours as text; that names what is in it, at a fraction of the cost of its cells.
        key = repr(line)
        rows = _ROWS.setdefault(self.geometry.columns, {})
        row = rows.get(key)
        if row is None:
            if sum(map(len, _ROWS.values())) >= _CACHED_ROWS:
                # Of all sizes together: a folder of recordings may have many.
                _ROWS.clear()
                rows = _ROWS.setdefault(self.geometry.columns, {})
            row = rows[key] = _cells(line, key)
        return row


def _cells(line: Any, key: str) -> Row:
    """The cells of avt's line, of which `key` is the representation."""
    size = len(line)
    runs = [_QUOTED.sub(r"\1", text) for text in _RUN.findall(key, len(_BEGINS), len(key) - len(_ENDS))]
    if sum(map(len, runs)) == size and not _MAY_BE_WIDE.search(key):
        return _narrow(line, runs)
    shown = size - _blanks_at_end(key)
    parts: list[bytes] = []
    left = b""
    for at in range(shown):
        cell = line[at]
        style, colours = _look_of(cell.pen)
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
    return b"".join(parts) + BLANK * (size - shown)


def _narrow(line: Any, runs: list[str]) -> Row:
    """The cells of a line whose characters all take one; `runs` of them look the same."""
    cells, at = np.empty(len(line), CELL), 0
    cells["glyph"] = np.frombuffer("".join(runs).encode("utf-32-le"), "<u4")
    for text in runs:
        if text:
            style, colours = _look_of(line[at].pen)
            some = cells[at : (at := at + len(text))]
            some["style"], some["fg"], some["bg"] = style, tuple(colours[:3]), tuple(colours[3:])
    bare = (cells["glyph"] == ord(" ")) & (cells["bg"] == BACKGROUND).all(-1) & (cells["style"] & UNDERLINE == 0)
    cells[bare] = np.frombuffer(BLANK, CELL)
    return cells.tobytes()


def _blanks_at_end(key: str) -> int:
    """How many spaces in the default colours end a line, if its representation shows it."""
    last = key.rfind(_ESCAPE)
    if "\\\\" in key or not key.startswith(_PLAIN, last):
        return 0
    return len(key) - len(key[:-2].rstrip(" ")) - 2


def _look_of(pen: Any) -> Look:
    key = repr(pen)
    look = _LOOKS.get(key)
    if look is None:
        if len(_LOOKS) >= _CACHED_ROWS:
            _LOOKS.clear()
        look = _LOOKS[key] = _look(pen)
    return look


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


def _beyond_ascii(text: str) -> str:
    """The characters of a text that are not ASCII; by its bytes, which is many times as fast as by its characters."""
    return text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")


def _composed(text: str) -> str:
    """Text whose characters each have a cell: accents joined to their letters, what has no width dropped.

    avt gives a combining mark a cell of its own, where a terminal (and readline, which counts columns) gives it none.
    """
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    # None before the accents has no width, but for the soft hyphen, which terminals show.
    found = (c for c in set(_beyond_ascii(text)) if c >= "\u0300")
    gone = [ord(c) for c in found if unicodedata.category(c) in _ZERO_WIDTH]
    return text.translate(dict.fromkeys(gone)) if gone else text
