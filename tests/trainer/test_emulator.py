"""The emulator's cells: what avt says, with palettes and attributes resolved."""

import sys
import unicodedata
from typing import Any

import numpy as np
import pytest
from avt._avt import Vt
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from model.font.cells import BACKGROUND, BOLD, CELL, FOREGROUND, ITALIC, UNDERLINE, WIDE_LEFT, WIDE_RIGHT
from model.protocol import Geometry
from trainer.emulator import MAX_SCROLLED, MAY_COMPOSE, Emulator
from trainer.palette import PALETTE
from trainer.screen import cells_of, text_lines


def shown(text: str, rows: int = 3, columns: int = 20) -> Any:
    """The screen after some text."""
    emulator = Emulator(Geometry(rows, columns))
    emulator.feed(text)
    return emulator.screen()


def look(sgr: str) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """Foreground, background and style of a letter under an SGR sequence."""
    cell = shown(f"\x1b[{sgr}mx").cells[0, 0]
    return tuple(cell["fg"].tolist()), tuple(cell["bg"].tolist()), int(cell["style"])


@pytest.mark.parametrize(
    ("sgr", "fg", "bg", "style"),
    [
        ("0", FOREGROUND, BACKGROUND, 0),
        ("31", PALETTE[1], BACKGROUND, 0),
        ("91;104", PALETTE[9], PALETTE[12], 0),
        ("1;34", PALETTE[12], BACKGROUND, BOLD),
        ("1;94", PALETTE[12], BACKGROUND, BOLD),
        ("1;44", FOREGROUND, PALETTE[4], BOLD),
        ("3;4", FOREGROUND, BACKGROUND, ITALIC | UNDERLINE),
        ("7", BACKGROUND, FOREGROUND, 0),
        ("7;31;42", PALETTE[2], PALETTE[1], 0),
        ("38;5;196", (255, 0, 0), BACKGROUND, 0),
        ("48;5;244", FOREGROUND, (128, 128, 128), 0),
        ("38;2;1;2;3;48;2;4;5;6", (1, 2, 3), (4, 5, 6), 0),
        ("38:2::1:2:3", (1, 2, 3), BACKGROUND, 0),
        ("2", (122, 122, 122), BACKGROUND, 0),
        ("2;7", BACKGROUND, FOREGROUND, 0),
    ],
)
def test_colours_and_attributes(sgr: str, fg: tuple[int, ...], bg: tuple[int, ...], style: int) -> None:
    if sgr == "2;7":
        fg = tuple((f + b) // 2 for f, b in zip(fg, bg, strict=True))
    assert look(sgr) == (fg, bg, style)


def test_wide_characters_have_two_halves() -> None:
    cells = shown("a世\x1b[4m界").cells[0]
    assert cells["glyph"][:5].tolist() == [ord("a"), ord("世"), ord("世"), ord("界"), ord("界")]
    assert cells["style"][1:5].tolist() == [WIDE_LEFT, WIDE_RIGHT, UNDERLINE | WIDE_LEFT, UNDERLINE | WIDE_RIGHT]
    assert text_lines(shown("a世b"))[0] == "a世b"


def test_a_wide_character_that_does_not_fit_wraps() -> None:
    assert text_lines(shown("abc世", columns=4)) == ["abc", "世", ""]


def test_characters_that_are_passed_on_as_they_are_join_nothing_and_have_a_width() -> None:
    kept = {c for c in map(chr, range(sys.maxunicode + 1)) if not MAY_COMPOSE.match(c)}
    parts = [unicodedata.decomposition(c).split() for c in map(chr, range(sys.maxunicode + 1))]
    joins = {chr(int(part[1], 16)) for part in parts if len(part) == 2 and not part[0].startswith("<")}
    jamo = {chr(c) for c in range(0x1100, 0x1200)}
    assert len(kept) > 40_000 and kept.isdisjoint(joins | jamo)
    for c in kept:
        assert unicodedata.normalize("NFC", c) == c
        assert c < "\u0300" or unicodedata.category(c) not in ("Mn", "Me", "Cf", "Cs")


def test_characters_without_width_take_no_cell() -> None:
    assert text_lines(shown("e\u0301a\u200db\x7fc"))[0] == "éabc"
    assert shown("e\u0301").cursor == (0, 1)
    # Half a surrogate pair is no character: a question mark, as in `str.encode`.
    assert text_lines(shown("a\ud83db─c"))[0] == "a?b─c"


def test_blanks_are_all_alike() -> None:
    cells = shown("\x1b[1;3;31m a \x1b[4m ").cells[0]
    assert cells[0] == cells[10] == cells[2] and cells[3] != cells[10]


def test_the_cursor() -> None:
    assert shown("ab\r\nc").cursor == (1, 1)
    assert shown("a" * 20).cursor == (0, 19)
    assert shown("\x1b[?25l").cursor is None


def test_rows_that_scroll_off_are_given_once() -> None:
    emulator = Emulator(Geometry(2, 10))
    gone = [row for part in ("a\r\nb\r\n", "c\r\n", "\x1b[31md\r\ne") for row in emulator.feed(part)]
    assert ["".join(map(chr, cells_of(row)["glyph"])).rstrip() for row in gone] == ["a", "b", "c"]
    assert text_lines(emulator.screen()) == ["d", "e"]


def test_a_flood_keeps_only_its_end() -> None:
    gone = Emulator(Geometry(3, 12)).feed("".join(f"{i}\r\n" for i in range(50_000)))
    assert len(gone) == MAX_SCROLLED
    assert cells_of(gone[-1])["glyph"][:5].tobytes() == np.array([ord(c) for c in "49997"], "<u4").tobytes()


@pytest.mark.parametrize(
    ("text", "blanked"),
    [
        ("a", False),
        ("a\x1b[H\x1b[2J\x1b[3Jb", True),
        ("a\x1b[H\x1b[Jb", True),
        ("a\x1b[Jb", False),
        ("a\x1bcb", True),
        ("\x1b[?1049hb", True),
        ("\x1b[?25lb", False),
        ("\x1b[?1049l", False),
    ],
)
def test_what_blanks_the_screen(text: str, blanked: bool) -> None:
    assert Emulator(Geometry(3, 10)).feed_until_blanked(text)[0] is blanked


def test_only_rows_after_a_clear_count_as_scrolled() -> None:
    emulator = Emulator(Geometry(2, 10))
    blanked, gone = emulator.feed_until_blanked("a\r\nb\r\nc\r\n\x1b[2J\x1b[Hd\r\ne\r\nf")
    assert blanked and [chr(cells_of(row)["glyph"][0]) for row in gone] == ["d"]


def plainly(line: Any) -> NDArray[np.void]:
    """A line of avt, cell by cell, with no shortcut."""
    cells = np.zeros(len(line), CELL)
    for i, cell in enumerate(line.cells):
        if cell.width == 0:
            cells[i] = cells[i - 1]
            cells[i]["style"] += WIDE_RIGHT - WIDE_LEFT
            continue
        pen = cell.pen
        fg = (
            FOREGROUND
            if pen.foreground is None
            else PALETTE[pen.foreground[0] + 8 * (pen.bold and pen.foreground[0] < 8)]
        )
        bg = BACKGROUND if pen.background is None else PALETTE[pen.background[0]]
        fg, bg = (bg, fg) if pen.inverse else (fg, bg)
        style = pen.bold * BOLD + pen.italic * ITALIC + pen.underline * UNDERLINE + (cell.width == 2) * WIDE_LEFT
        if cell.char == " " and bg == BACKGROUND and not pen.underline:
            fg, style = FOREGROUND, 0
        cells[i] = (ord(cell.char), style, fg, bg)
    return cells


fragments = st.sampled_from(
    ["a", "word ", "  ", "\\", "\\u{1b}[0m", "\\u{1b}[0;41m  ", '"', "'", "世", "⏎", "é", "\t", "\r", "\r\n", "\x1b[K"]
    + [f"\x1b[{sgr}m" for sgr in ("0", "1", "3", "4", "7", "31", "41", "38;5;9", "48;5;200", "22;27")]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(fragments, max_size=30).map("".join), st.integers(1, 12), st.integers(1, 4))
def test_cells_are_those_of_avt(text: str, columns: int, rows: int) -> None:
    emulator, vt = Emulator(Geometry(rows, columns)), Vt(columns, rows, 0)
    text = text.replace("世", "") if columns == 1 else text
    gone, lines = emulator.feed(text), vt.feed_str(text)[1]
    assert gone == [plainly(line).tobytes() for line in lines]
    assert emulator.rows() == [plainly(line).tobytes() for line in vt.view()]


@pytest.mark.parametrize("text", ["世", "\x1b[?7l\x1b[9;3L😀\x1b[2J"])
def test_wide_characters_do_not_fit_one_column(text: str) -> None:
    assert shown(text + "\x1b[Ha", rows=1, columns=1).cells["glyph"].tolist() == [[ord("a")]]
    emulator = Emulator(Geometry(1, 9))
    emulator.feed(text)
    emulator.resize(Geometry(2, 1))
    assert emulator.screen().cells.shape == (2, 1)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=3))
def test_any_text_leaves_a_whole_screen(text: str, sizes: list[tuple[int, int]]) -> None:
    emulator = Emulator(Geometry(4, 7))
    for size in ((4, 7), *sizes):
        emulator.resize(Geometry(*size))
        emulator.feed_until_blanked(text)
        screen = emulator.screen()
        assert screen.cells.shape == size
        assert screen.cursor is None or (screen.cursor[0] < size[0] and screen.cursor[1] < size[1])


switches = st.sampled_from(["\x1b[?1049h", "\x1b[?1049l", "\x1b[?47h", "\x1bc", "\x1b[2J", "\x1b[J"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(fragments, switches), max_size=30).map("".join))
def test_what_is_shown_is_what_is_fed(text: str) -> None:
    looked, shown_only = Emulator(Geometry(3, 9)), Emulator(Geometry(3, 9))
    gone = Emulator(Geometry(3, 9)).feed(text)
    looked.feed_until_blanked(text)
    assert shown_only.show(text) == len(gone)
    assert shown_only.rows() == looked.rows() and shown_only.cursor() == looked.cursor()
    assert shown_only.full_screen == looked.full_screen
