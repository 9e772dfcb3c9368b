"""The Tesseract reader: right on a true frame, one line when it cannot be had."""

import shutil
from collections import Counter

import numpy as np
import pytesseract
import pytest
from numpy.typing import NDArray

from model.font.cells import BACKGROUND, FOREGROUND
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
    letter, digit, bold = Counter("OOOOO00"), Counter("OOOO000"), Counter("OOOOOOOOOO")
    assert tesseract._told_apart([letter, digit]) == ["O", "0"]
    # A bold letter is another picture of the same character: nothing else was read.
    assert tesseract._told_apart([letter, bold]) == ["0", "O"]
    assert tesseract._told_apart([bold, bold, Counter()]) == ["O", "O", tesseract._UNREAD]


def test_a_word_is_read_with_another_behind_it() -> None:
    words = [(1, 2), (3,), (4, 5)]
    joined = tesseract._joined(words)
    assert len(joined) == 3 and sorted(sum(joined, ())) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert tesseract._joined([(7,)]) == [(7, 7)]
