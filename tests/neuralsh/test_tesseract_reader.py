"""The Tesseract reader: right on a true frame, one line when it cannot be had."""

import shutil
from collections import Counter

import numpy as np
import pytesseract
import pytest
from numpy.typing import NDArray

from model.font.cells import BACKGROUND, BOLD, FOREGROUND
from model.protocol import Geometry
from neuralsh.errors import ShellError
from neuralsh.reading import tesseract
from neuralsh.reading.tesseract import ReaderUnavailable, read_tesseract
from trainer.render import render, render_screen, with_cursor
from trainer.screen import blank, blank_cells

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")

SCREEN = """\
~$ mkdir -p work/src && cd work
~/work$ echo "$((128 + 4096))"
4224
~/work$ ls -la | head -2
drwxr-xr-x 2 user user   4096 Mar 14 09:15 src

~/work$ cat missing.txt
cat: missing.txt: No such file or directory
~/work$"""


def write(text: str, rows: int) -> NDArray[np.void]:
    cells = blank_cells(rows, 60)
    for row, line in enumerate(text.splitlines()):
        cells["glyph"][row, : len(line)] = [ord(character) for character in line]
    return cells


@needs_tesseract
def test_a_true_frame_is_read_exactly_with_its_spaces() -> None:
    cells = write(SCREEN, 10)
    cells["fg"][0, :1] = cells["fg"][1:9, :6] = (0, 205, 0)
    cells["fg"][2], cells["bg"][2] = BACKGROUND, FOREGROUND
    assert read_tesseract(render(with_cursor(cells, (8, 8)))) == [*SCREEN.splitlines(), ""]


def test_a_blank_frame_needs_no_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "no-such-program")
    assert read_tesseract(render_screen(blank(Geometry(2, 5)))) == ["", ""]


def test_without_tesseract_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "no-such-program")
    with pytest.raises(ReaderUnavailable, match="apt install tesseract-ocr") as failure:
        read_tesseract(render(write("ls", 1)))
    assert isinstance(failure.value, ShellError)
    assert "\n" not in str(failure.value)


def test_colours_do_not_matter_to_ink() -> None:
    cells = write("ab\nab\nab", 3)
    cells["fg"][1] = (205, 0, 0)
    cells["fg"][2], cells["bg"][2] = BACKGROUND, FOREGROUND
    ink = tesseract._ink(render(cells))
    assert ink[0, 0].max() == 1
    assert np.abs(ink[1] - ink[0]).max() < 0.02
    assert np.abs(ink[2] - ink[0]).max() < 0.02
    assert not ink[:, 2:].any()


def test_equal_pictures_are_one_and_similar_letters_are_not() -> None:
    ink = tesseract._ink(render(write("0O0O", 1)))[0, :4]
    noisy = np.clip(ink + np.random.default_rng(0).normal(0, 0.02, ink.shape), 0, 1).astype(np.float32)
    label, pictures = tesseract._distinct(noisy)
    assert label.tolist() in ([0, 1, 0, 1], [1, 0, 1, 0])
    assert len(pictures) == 2


def test_words_are_cut_at_blanks() -> None:
    assert tesseract._words(np.array([-1, 3, 4, -1, -1, 5])) == [(1, (3, 4)), (5, (5,))]
    assert tesseract._words(np.array([7])) == [(0, (7,))]
    assert tesseract._words(np.array([-1, -1])) == []


def test_pictures_read_alike_are_told_apart_by_what_else_they_were_read_as() -> None:
    cells = write("O0O", 1)
    cells["style"][0, 2] = BOLD
    letter, digit, bold = tesseract._ink(render(cells))[0, :3]
    votes = [Counter("OOOOO00"), Counter("OOOO000")]
    assert tesseract._told_apart(votes, np.stack([letter, digit])) == ["O", "0"]
    # The same letter in bold is another picture of the same character.
    assert tesseract._told_apart(votes, np.stack([letter, bold])) == ["O", "O"]
    surer = [Counter("OOOOO0"), Counter("OOOOO0"), Counter("OOO00")]
    assert tesseract._told_apart(surer, np.stack([letter, bold, digit])) == ["O", "O", "0"]
    assert tesseract._told_apart([Counter("aa"), Counter("aa"), Counter()], np.stack([letter, digit, bold])) == [
        *("a", "a"),
        tesseract._UNREAD,
    ]


@pytest.mark.parametrize("letter", "aeghnoqxO05S1lI$")
def test_a_character_and_the_same_in_bold_are_one(letter: str) -> None:
    cells = write(letter * 2, 1)
    cells["style"][0, 1] = BOLD
    regular, bold = tesseract._ink(render(cells))[0, :2]
    assert tesseract._one_is_bold(regular, bold) and tesseract._one_is_bold(bold, regular)


@pytest.mark.parametrize("pair", ["O0", "1l", "5S", "qg", "I1"])
def test_what_looks_alike_is_not_the_same_in_bold(pair: str) -> None:
    one, other = tesseract._ink(render(write(pair, 1)))[0, :2]
    assert not tesseract._one_is_bold(one, other)


def test_a_word_is_read_with_another_behind_it() -> None:
    words = [(1, 2), (3,), (4, 5)]
    joined = tesseract._joined(words)
    assert len(joined) == 3 and sorted(sum(joined, ())) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert tesseract._joined([(7,)]) == [(7, 7)]
