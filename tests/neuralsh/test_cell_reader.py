"""The cell reader against true frames, and against frames that are not quite."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from model.font.atlas import load_atlas
from model.font.cells import (
    BACKGROUND,
    BOLD,
    CELL,
    FOREGROUND,
    ITALIC,
    UNDERLINE,
    WIDE_LEFT,
    WIDE_RIGHT,
)
from model.protocol import Frame, Geometry
from neuralsh.printable import CONTROL
from neuralsh.reading.bitmaps import _index
from neuralsh.reading.cells import find_cursor, frame_lines, read_cells
from neuralsh.reading.glyphs import all_glyphs
from trainer.render import render, with_cursor
from trainer.screen import blank_cells

SCREEN = """\
~/work$ ls -la --color=never *.txt | grep 'Łódź' && echo "$((3+4))"
-rw-r--r-- 1 user user  4096 Jan  1 12:00 notes.txt
bash: line 3: foo{}[]@^`: command not found
┌─┬─┐ ╔═╗ ╭╮ ░▒▓▚ →←↑↓ ✓ λ ∀ é ñ ß — … “x”"""


def write(text: str, rows: int, columns: int) -> NDArray[np.void]:
    cells = blank_cells(rows, columns)
    for row, line in enumerate(text.splitlines()):
        cells["glyph"][row, : len(line)] = [ord(character) for character in line]
    return cells


def wide(cells: NDArray[np.void], row: int, column: int, character: str) -> None:
    cells["glyph"][row, column : column + 2] = ord(character)
    cells["style"][row, column : column + 2] |= np.array([WIDE_LEFT, WIDE_RIGHT], np.uint8)


def test_a_screen_reads_as_it_was_written() -> None:
    frame = render(write(SCREEN, 24, 80))
    assert frame_lines(frame) == [*SCREEN.splitlines(), *[""] * 20]


def test_every_cell_comes_back_with_its_style_and_colours() -> None:
    table = all_glyphs()
    pick = np.random.default_rng(1).permutation(len(table.glyph))[:2400].reshape(24, 100)
    cells = blank_cells(24, 100)
    cells["glyph"], cells["style"] = table.glyph[pick], table.style[pick]
    cells["glyph"][cells["glyph"] == 0xFFFD] = ord("x")
    cells["fg"] = np.random.default_rng(2).integers(120, 256, (24, 100, 3))
    cells["bg"] = np.random.default_rng(3).integers(0, 60, (24, 100, 3))
    read = read_cells(render(cells))
    # Blocks may be drawn with the colours swapped; text may not.
    text = (cells["glyph"] < 0x2500) | (cells["glyph"] > 0x259F)
    assert np.array_equal(render(read).pixels, render(cells).pixels)
    assert np.mean(read[text] == cells[text]) > 0.995


@pytest.mark.parametrize("style", range(8))
def test_ascii_is_exact_in_every_style(style: int) -> None:
    cells = write("".join(map(chr, range(33, 127))), 1, 94)
    cells["style"] = style
    read = read_cells(render(cells))
    assert np.array_equal(read["glyph"], cells["glyph"])
    # Some glyphs, such as =, are the same in italic; those read as upright.
    assert np.array_equal(read["style"] & UNDERLINE, cells["style"] & UNDERLINE)
    letters = np.char.isalpha([chr(code) for code in cells["glyph"][0]])
    assert np.array_equal(read["style"][0, letters], cells["style"][0, letters])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 12))
def test_what_is_read_draws_the_same_frame(seed: int, rows: int, columns: int) -> None:
    random = np.random.default_rng(seed)
    cells = blank_cells(rows, columns)
    cells["glyph"] = random.choice(np.r_[32:0x250, 0x390:0x460, 0x2500:0x25A0], (rows, columns))
    cells["style"] = random.integers(0, 8, (rows, columns))
    cells["fg"], cells["bg"] = random.integers(0, 256, (2, rows, columns, 3))
    far = np.abs(cells["fg"].astype(int) - cells["bg"]).max(axis=2) >= 48
    cells["fg"][~far] = 255 - (cells["bg"][~far] // 128) * 255
    frame = render(cells)
    assert np.array_equal(render(read_cells(frame)).pixels, frame.pixels)


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60), st.sampled_from([0, 1, 4]))
def test_ascii_text_is_exact(text: str, style: int) -> None:
    cells = write(text, 1, 60)
    cells["style"][0, : len(text)] = style
    assert frame_lines(render(cells)) == [text]


def test_wide_characters_read_once() -> None:
    cells = blank_cells(3, 12)
    for place, character in enumerate("漢字！一😀"):
        wide(cells, 0, 2 * place, character)
    cells["style"][1] = BOLD | UNDERLINE
    wide(cells, 1, 3, "語")
    cells["style"][2] = ITALIC
    cells["fg"][2], cells["bg"][2] = BACKGROUND, FOREGROUND
    wide(cells, 2, 10, "猫")
    frame = render(cells)
    assert [line.strip() for line in frame_lines(frame)] == ["漢字！一😀", "語", "猫"]
    read = read_cells(frame)
    assert read["style"][1, 3] == BOLD | UNDERLINE | WIDE_LEFT
    assert read["style"][2, 11] == ITALIC | WIDE_RIGHT
    assert np.array_equal(render(read).pixels, frame.pixels)


def test_narrow_bitmaps_and_the_hollow_box() -> None:
    assert frame_lines(render(write("\u2801\u28ff\u0b95 \U0010fffe", 1, 6))) == ["\u2801\u28ff\u0b95 \ufffd"]


def test_boxes_of_control_characters_are_not_read_as_these() -> None:
    atlas = load_atlas()
    codes = [code for code in (*range(0x2028, 0x202F), *range(0x2066, 0x206A)) if code in atlas.fallback_codes]
    cells = blank_cells(1, len(codes))
    cells["glyph"] = codes
    assert frame_lines(render(cells)) == ["\ufffd" * len(codes)]
    every = np.concatenate([all_glyphs().glyph, *(_index(0, wide).codes for wide in (False, True))])
    assert CONTROL.search("".join(map(chr, every.tolist()))) is None


def test_blanks_have_the_default_foreground() -> None:
    cells = blank_cells(1, 3)
    cells["bg"][0, 1], cells["fg"][0, 2] = (0, 0, 200), (9, 9, 9)
    read = read_cells(render(cells))
    assert np.all(read["glyph"] == ord(" "))
    assert np.all(read["fg"] == FOREGROUND)
    assert read["bg"].tolist() == [[list(BACKGROUND), [0, 0, 200], list(BACKGROUND)]]


def test_half_blocks_keep_the_default_background_behind() -> None:
    assert frame_lines(render(write("▀▄▌▐█x", 1, 6))) == ["▀▄▌▐ x"]


@pytest.mark.parametrize("noise", [2.0, 8.0, 16.0])
def test_noise_does_not_change_the_text(noise: float) -> None:
    cells = with_cursor(write(SCREEN.rpartition("\n")[0], 6, 80), (4, 2))
    true = render(cells).pixels
    drawn = true + np.random.default_rng(0).normal(0, noise, true.shape)
    frame = Frame(np.clip(np.round(drawn), 0, 255).astype(np.uint8), Geometry(6, 80))
    assert frame_lines(frame) == [*SCREEN.splitlines()[:-1], "", "", ""]
    assert find_cursor(frame) == (4, 2)
    assert np.abs(read_cells(frame)["bg"][0].astype(int) - BACKGROUND).max() <= 2 * noise


def test_between_two_that_look_the_same_the_common_one_is_read() -> None:
    """A colon and a ratio sign are four levels of 255 apart: each is read where it is drawn exactly."""
    colon, ratio = (render(write(sign, 1, 1)).pixels.astype(float) for sign in ":∶")
    assert 0 < np.abs(colon - ratio).max() < 8
    for share, read in ((0.0, ":"), (0.5, ":"), (0.8, ":"), (1.0, "∶")):
        drawn = np.round(colon + share * (ratio - colon)).astype(np.uint8)
        assert frame_lines(Frame(drawn, Geometry(1, 1))) == [read]


def test_pure_noise_is_read_without_control_characters() -> None:
    random = np.random.default_rng(0)
    frame = Frame(random.integers(0, 256, (4 * 16, 10 * 8, 3), dtype=np.uint8), Geometry(4, 10))
    assert all(character.isprintable() for line in frame_lines(frame) for character in line)
    assert read_cells(frame).dtype == CELL


def test_the_cursor_is_found_where_it_is_drawn() -> None:
    cells = write("~$ ls\nbar\n~$ ", 4, 10)
    assert find_cursor(render(cells)) is None
    assert find_cursor(render(with_cursor(cells, (2, 3)))) == (2, 3)
    assert find_cursor(render(with_cursor(cells, (1, 1)))) == (1, 1)


def test_a_bar_in_reverse_is_no_cursor() -> None:
    cells = with_cursor(write("text\n\n^G Help", 3, 10), (0, 4))
    cells["fg"][2], cells["bg"][2] = BACKGROUND, FOREGROUND
    assert find_cursor(render(cells)) == (0, 4)
    cells["bg"][0], cells["fg"][0] = BACKGROUND, FOREGROUND
    assert find_cursor(render(cells)) == (2, 9)


def test_the_smallest_and_the_largest_frame() -> None:
    assert frame_lines(render(write("x", 1, 1))) == ["x"]
    assert frame_lines(render(write("y" * 250, 100, 250)))[:2] == ["y" * 250, ""]


def test_threads_share_what_was_read() -> None:
    frames = [render(write(f"$ echo {place:03d} [{place}]\n{chr(0x400 + place)}", 2, 20)) for place in range(64)]
    with ThreadPoolExecutor(8) as pool:
        lines = list(pool.map(frame_lines, frames * 4))
    assert lines == [frame_lines(frame) for frame in frames] * 4
