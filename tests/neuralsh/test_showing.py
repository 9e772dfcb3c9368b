"""Ways to show a frame: what a terminal would make of the bytes is the frame again."""

import re

import numpy as np
import pytest
from decoders import decode_sixel, kitty_pictures
from textual.geometry import Size

from model.font.cells import BOLD, CELL, FOREGROUND, WIDE_LEFT, WIDE_RIGHT
from model.protocol import Frame
from neuralsh.app.pixels import PixelPainter, scale
from neuralsh.showing.detect import Display, detect
from neuralsh.showing.kitty import KittyPainter
from neuralsh.showing.sixel import encode, palette
from neuralsh.showing.text import segments
from trainer.render import render
from trainer.screen import blank_cells


def text_frame(rows: int = 6, columns: int = 30) -> Frame:
    cells = blank_cells(rows, columns)
    for row in range(rows):
        text = f"{row} the quick brown fox jumps"[:columns]
        cells["glyph"][row, : len(text)] = [ord(c) for c in text]
        cells["fg"][row] = [(0, 205, 0), FOREGROUND, (92, 92, 255)][row % 3]
    return render(cells)


def test_sixel_decodes_to_the_frame() -> None:
    pixels = text_frame().pixels
    few = palette(pixels)
    drawn = decode_sixel(encode(pixels))
    assert (drawn == np.rint(few.colours[few.pixels].astype(float) * 100 / 255)).all()
    assert np.abs(drawn.astype(float) * 2.55 - pixels).max() < 8


@pytest.mark.parametrize("height", [1, 5, 6, 7, 16])
def test_sixel_of_any_height(height: int) -> None:
    pixels = np.random.default_rng(0).choice(np.array([0, 255], np.uint8), (height, 9, 3))
    assert (decode_sixel(encode(pixels)) == pixels // 255 * 100).all()


def test_a_palette_has_room_for_any_picture() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (96, 80, 3), dtype=np.uint8)
    few = palette(pixels)
    assert len(few.colours) == 256
    assert few.pixels.shape == (96, 80)
    assert few.pixels.max() < 256
    assert decode_sixel(encode(pixels)).shape == pixels.shape


def test_a_palette_keeps_few_colours_as_they_are() -> None:
    pixels = np.random.default_rng(0).choice(np.array([[1, 2, 3], [200, 100, 0]], np.uint8), (12, 12))
    few = palette(pixels)
    assert (few.colours[few.pixels] == pixels).all()


def test_kitty_decodes_to_the_frame() -> None:
    frame = text_frame(24, 80)
    painter = KittyPainter()
    first, second = painter.paint(frame.pixels, 80, 24), painter.paint(frame.pixels, 80, 24)
    for text in (first, second):
        ((keys, picture),) = kitty_pictures(text)
        assert (picture == frame.pixels).all()
        assert (keys["c"], keys["r"], keys["q"], keys["C"]) == ("80", "24", "2", "1")
    one, two = (kitty_pictures(text)[0][0]["i"] for text in (first, second))
    assert one != two
    assert "a=d" not in first
    assert f"a=d,d=I,i={one}" in second
    assert all(f"a=d,d=I,i={name}" in painter.clear() for name in (one, two))


def test_sixel_paints_only_rows_that_changed() -> None:
    sent: list[str] = []
    painter = PixelPainter(sent.append)
    frame = text_frame()
    cell = Size(8, 16)
    painter.paint(frame.pixels, Display.SIXEL, cell)
    assert decode_sixel(re.findall(r"\x1bP.*?\x1b\\", sent[0], re.DOTALL)[0]).shape == frame.pixels.shape
    changed = frame.pixels.copy()
    changed[32:48] = 255
    painter.paint(changed, Display.SIXEL, cell)
    assert "\x1b[3;1H\x1bP" in sent[1]
    assert (decode_sixel(re.findall(r"\x1bP.*?\x1b\\", sent[1], re.DOTALL)[0]) == np.full((16, 240, 3), 100)).all()
    painter.paint(changed, Display.SIXEL, cell)
    assert "\x1bP" not in sent[2]
    painter.forget()
    painter.paint(changed, Display.SIXEL, cell)
    assert "\x1b[1;1H\x1bP" in sent[3]
    assert all(text.startswith("\x1b[?2026h") and text.endswith("\x1b[?2026l") for text in sent)


def test_changing_the_way_takes_the_picture_away() -> None:
    sent: list[str] = []
    painter = PixelPainter(sent.append)
    painter.paint(text_frame().pixels, Display.KITTY, Size(8, 16))
    painter.paint(text_frame().pixels, Display.SIXEL, Size(8, 16))
    assert "a=d" in "".join(sent[1:])


def test_scaling_to_another_cell() -> None:
    pixels = text_frame(2, 3).pixels
    assert scale(pixels, Size(8, 16)) is pixels
    assert scale(pixels, Size(10, 21)).shape == (42, 30, 3)
    assert (scale(pixels, Size(16, 32))[::2, ::2] == pixels).all()


@pytest.mark.parametrize(
    ("environment", "display"),
    [
        ({"TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"}, Display.KITTY),
        ({"TERM": "xterm-ghostty"}, Display.KITTY),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Display.KITTY),
        ({"TERM": "foot"}, Display.SIXEL),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, Display.SIXEL),
        ({"TERM": "xterm-256color"}, Display.TEXT),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, Display.TEXT),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/x"}, Display.TEXT),
        ({}, Display.TEXT),
    ],
)
def test_detection(environment: dict[str, str], display: Display) -> None:
    assert detect(environment) is display


def test_display_goes_round() -> None:
    assert Display.TEXT.next().next().next() is Display.TEXT


def test_segments_cover_every_cell() -> None:
    cells = blank_cells(1, 8)[0]
    cells["glyph"][:6] = [ord(c) for c in "ab漢漢c漢"]
    cells["style"][:6] = [BOLD, 0, WIDE_LEFT, WIDE_RIGHT, 0, WIDE_LEFT]
    cells["fg"][1] = (1, 2, 3)
    row = segments(cells)
    assert [segment.text for segment in row] == ["a", "b", "漢c   "]
    assert sum(segment.cell_length for segment in row) == 8
    assert row[0].style and row[0].style.bold
    assert segments(np.empty(0, CELL)) == []


def test_a_frame_of_one_cell_can_be_shown() -> None:
    pixels = np.zeros((16, 8, 3), np.uint8)
    assert decode_sixel(encode(pixels)).shape == (16, 8, 3)
    assert kitty_pictures(KittyPainter().paint(pixels, 1, 1))[0][1].shape == (16, 8, 3)
