"""The renderer against the formula, the font and the words of the design."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from model.font.atlas import UNDERLINE_ROW, Atlas, load_atlas
from model.font.blend import blend
from model.font.cells import BACKGROUND, BOLD, FOREGROUND, ITALIC, UNDERLINE, WIDE_LEFT, WIDE_RIGHT
from model.protocol import Geometry
from trainer.box_drawing import box_mask
from trainer.render import render, render_cells, render_screen, save_png, with_cursor
from trainer.screen import Screen, blank, blank_cells, text_lines


def line(text: str, style: int = 0) -> NDArray[np.void]:
    cells = blank_cells(1, len(text))
    cells["glyph"][0] = [ord(character) for character in text]
    cells["style"] = style
    return cells


def mask(character: str, style: int = 0) -> NDArray[np.uint8]:
    masks = load_atlas().masks(np.array([ord(character)], np.uint32), np.array([style], np.uint8))
    return masks.reshape(16, 8)


def test_the_shipped_font_is_the_one_frames_were_made_with() -> None:
    atlas = load_atlas()
    digest = hashlib.sha256()
    for array in (
        atlas.codes,
        atlas.index,
        atlas.outlines,
        atlas.fallback_codes,
        atlas.fallback_cells,
        atlas.fallback_rows,
    ):
        digest.update(array.tobytes())
    assert digest.hexdigest() == "1499a5d6ba7cd202fdf949e649181cb82f899f1d4b70f3fa495510f32a81c524"


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_a_pixel_is_the_rounded_blend(alpha: int, fg: int, bg: int) -> None:
    pixel = blend(np.full((1, 16, 8), alpha, np.uint8), np.full((1, 3), fg, np.uint8), np.full((1, 3), bg, np.uint8))
    assert np.all(pixel == int(np.floor(bg + alpha / 255 * (fg - bg) + 0.5)))


def test_every_ascii_glyph_is_its_own() -> None:
    printable = [chr(code) for code in range(32, 127)]
    for style in (0, BOLD, ITALIC, BOLD | ITALIC, UNDERLINE):
        assert len({mask(character, style).tobytes() for character in printable}) == len(printable)


def test_ink_reaches_the_text_colour() -> None:
    atlas = load_atlas()
    inked = atlas.outlines[atlas.outlines.any(axis=(1, 2))]
    assert np.all(inked.max(axis=(1, 2)) == 255)


def test_styles_change_the_glyph() -> None:
    forms = {mask("a", style).tobytes() for style in range(8)}
    assert len(forms) == 8
    assert np.all(mask("a", UNDERLINE)[UNDERLINE_ROW] == 255)
    assert mask("a", BOLD).sum(dtype=int) > mask("a").sum(dtype=int)


def test_colours_are_exact() -> None:
    cells = line("|")
    cells["fg"], cells["bg"] = (1, 200, 37), (250, 3, 90)
    pixels = render(cells).pixels.reshape(-1, 3).tolist()
    assert [1, 200, 37] in pixels
    assert pixels[0] == [250, 3, 90]


def test_the_cursor_is_a_block_of_swapped_colours() -> None:
    screen = blank(Geometry(2, 3))
    frame = render_screen(screen).cells()
    assert np.all(frame[0, 0] == FOREGROUND)
    assert np.all(frame[0, 1] == BACKGROUND)
    assert np.all(render_screen(Screen(screen.cells, None)).pixels == BACKGROUND)
    assert np.all(render(with_cursor(screen.cells, (1, 3))).cells()[1, 2] == FOREGROUND)
    assert np.all(screen.cells["fg"] == FOREGROUND)


def test_a_wide_character_takes_two_cells() -> None:
    left, right, squeezed = mask("漢", WIDE_LEFT), mask("漢", WIDE_RIGHT), mask("漢")
    assert left.any() and right.any() and squeezed.any()
    assert left.tobytes() != right.tobytes()
    assert not mask("a", WIDE_RIGHT).any()
    assert mask("a", WIDE_LEFT).tobytes() == mask("a").tobytes()


def test_what_the_font_has_not_is_a_box_and_controls_are_blank() -> None:
    box = mask("\U0010ffff")
    assert box.any() and mask("\ue999").tobytes() == box.tobytes()
    for control in ("\0", "\x1b", "\x7f", "\x9b"):
        assert not mask(control).any()


@pytest.mark.parametrize(("left", "right"), ["──", "═╬", "┌┐", "━┫", "╞╡", "╼━", "██", "▄▄", "╾╼"[::-1]])
def test_box_drawing_joins_sideways(left: str, right: str) -> None:
    assert np.array_equal(mask(left)[:, -1], mask(right)[:, 0])
    assert mask(left)[:, -1].any()


@pytest.mark.parametrize(("upper", "lower"), ["││", "║╬", "╓╙", "┃┻", "┬┘", "╭╰", "██", "▐▐"])
def test_box_drawing_joins_downwards(upper: str, lower: str) -> None:
    assert np.array_equal(mask(upper)[-1], mask(lower)[0])
    assert mask(upper)[-1].any()


def test_box_drawing_characters_differ() -> None:
    codes = [*range(0x2500, 0x2580), *range(0x2580, 0x25A0)]
    assert len({box_mask(code).tobytes() for code in codes}) == len(codes)
    with pytest.raises(ValueError, match=r"U\+0041"):
        box_mask(0x41)


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 250), (24, 80), (100, 250)])
def test_every_size_is_drawn(rows: int, columns: int) -> None:
    assert render(blank_cells(rows, columns)).pixels.shape == (rows * 16, columns * 8, 3)


@pytest.mark.parametrize("shape", [(0, 5), (101, 5), (5, 251)])
def test_other_sizes_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="1x1 to 250x100"):
        render(blank_cells(*shape))


def test_a_row_of_cells_is_no_grid() -> None:
    with pytest.raises(ValueError, match="rows and columns of CELL"):
        render(blank_cells(1, 4)[0])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_frame_is_its_cells(seed: int) -> None:
    random = np.random.default_rng(seed)
    cells = blank_cells(3, 7)
    cells["glyph"] = random.choice(np.r_[32:0x600, 0x2500:0x2600, 0x4E00:0x4E80, 0x1F600:0x1F620], (3, 7))
    cells["style"] = random.integers(0, 32, (3, 7))
    cells["fg"], cells["bg"] = random.integers(0, 256, (2, 3, 7, 3))
    assert np.array_equal(render(cells).cells().reshape(-1, 16, 8, 3), render_cells(cells.reshape(-1)))


def test_text_lines_leave_blanks_and_right_halves_out() -> None:
    cells = blank_cells(2, 6)
    cells["glyph"][0, :4] = [ord("漢"), ord("漢"), 0, ord("a")]
    cells["style"][0, :2] = WIDE_LEFT, WIDE_RIGHT
    assert text_lines(Screen(cells)) == ["漢 a", ""]


def test_a_frame_is_saved(tmp_path: Path) -> None:
    frame = render(line("ls -la", BOLD))
    save_png(frame, tmp_path / "frame.png")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "frame.png")), frame.pixels)


def test_a_broken_font_is_named(tmp_path: Path) -> None:
    (tmp_path / "atlas.npz").write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(ValueError, match=r"the font .*atlas\.npz cannot be read"):
        Atlas(tmp_path / "atlas.npz")
