"""The paper's reader: Tesseract, through pytesseract, with preprocessing that makes it right on true frames.

It sees pixels only and knows no font. Three things keep a recogniser of book pages from reading 13 px text on a grid,
and each has its remedy here:

* Colours: each cell becomes black ink on white, so a cursor block, reverse video and coloured text do no harm.
* Gaps: words are cut where a cell is blank and laid out apart, so blanks are as many as there are.
* Context: it reads `$` after a word as `s`, and `0` as `O`. A terminal draws a character the same wherever it stands,
  so a picture of a cell is read in many places, where it stands, with another word joined to its own, and shuffled
  among the others, and the majority decides. Two pictures are two characters, unless one is the other in bold: where
  both are read as one, the less sure of them is taken for what it was read as second most.

Its English model has neither ``^`` nor the back quote: the first is read as something else, the second as a degree
sign, which shells show less.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from model.protocol import CELL_HEIGHT, CELL_WIDTH, Frame
from neuralsh.errors import ShellError

INK = 40
"""How far, of 255, a cell's pixels must stand out from its background to count as ink."""

SAME_PICTURE = 0.04
"""Root mean square difference of ink (of 1) up to which two cells are one picture; 0 and O differ by 0.088."""

OWN_WEIGHT = 4
"""What a reading in a word that stands there counts for, against 1 for one among shuffled others."""

SECOND = 0.15
"""Share of its readings from which a picture may be what it was read as second most."""

BOLD_HAS, BOLD_COVERS = 1.15, 0.9
"""Ink of a bold character over that of the same in regular, at least, and the share of the latter's that it covers."""

SHUFFLED_CELLS = 640
"""How many cells are read among shuffled others: each picture as often as that allows, within `SHUFFLES`."""

SHUFFLES = (2, 24)

_WORD = 5
_WIDTH, _GAP = 100, 3
_SCALE, _LEADING, _MARGIN = 3, 12, 12
_CONFIG = "--oem 1 --psm 6 -c tessedit_do_invert=0 -c tessedit_char_blacklist=©®«»€£¢¥§™•"
_SECONDS = 120
_STANDS_FOR = {"°": "`"}
_UNREAD = "\ufffd"

Word = tuple[int, ...]
"""Pictures of a word, each a row of the frame's pictures."""


class ReaderUnavailable(ShellError, RuntimeError):  # noqa: N818
    """Tesseract cannot be used; the message says what to do."""


class _Place(NamedTuple):
    line: int
    column: int
    length: int


def read_tesseract(frame: Frame) -> list[str]:
    """The text of each row of a frame, without blanks at its right, as Tesseract reads it.

    Raises:
        ReaderUnavailable: if Tesseract is not installed or fails.
    """
    ink = _ink(frame)
    filled = ink.any(axis=(2, 3))
    if not filled.any():
        return [""] * frame.geometry.rows
    label = np.full(filled.shape, -1)
    label[filled], pictures = _distinct(ink[filled])
    words = sorted({word for row in label for _, word in _words(row)})
    character = _vote(words, pictures)
    lines = []
    for row in label:
        line = [" "] * len(row)
        for start, word in _words(row):
            line[start : start + len(word)] = [character[picture] for picture in word]
        lines.append("".join(line).rstrip())
    return lines


def _ink(frame: Frame) -> NDArray[np.float32]:
    """How dark each pixel would be on paper, float32 (rows, columns, 16, 8), 0 to 1; the median of a cell is white."""
    rows, columns = frame.geometry.rows, frame.geometry.columns
    pixels = frame.cells().reshape(rows, columns, CELL_HEIGHT * CELL_WIDTH, 3).astype(np.int16)
    distance = np.abs(pixels - np.median(pixels, axis=2, keepdims=True)).max(axis=3)
    peak = distance.max(axis=2, keepdims=True)
    ink = np.where(peak > INK, distance / np.maximum(peak, 1), 0)
    return ink.reshape(rows, columns, CELL_HEIGHT, CELL_WIDTH).astype(np.float32)


def _distinct(cells: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Which picture each cell is, int (n,), and the distinct pictures, float32 (m, 16, 8), the commonest first."""
    levels = np.round(cells.reshape(len(cells), -1) * 8).astype(np.uint8)
    shades, inverse, count = np.unique(levels, axis=0, return_inverse=True, return_counts=True)
    ink = shades.astype(np.float32) / 8
    label = np.zeros(len(shades), np.int64)
    kept: list[int] = []
    for shade in np.argsort(-count, kind="stable").tolist():
        difference = np.sqrt(((ink[kept] - ink[shade]) ** 2).mean(axis=1)) if kept else np.array([np.inf])
        nearest = int(difference.argmin())
        if difference[nearest] > SAME_PICTURE:
            nearest = len(kept)
            kept.append(shade)
        label[shade] = nearest
    return label[inverse.reshape(-1)], np.asarray(ink[kept], np.float32).reshape(-1, CELL_HEIGHT, CELL_WIDTH)


def _words(row: NDArray[np.int64]) -> list[tuple[int, Word]]:
    """The words of a row of picture numbers (-1: blank), each with the column it starts in."""
    filled = np.concatenate([[False], row >= 0, [False]])
    edges = np.flatnonzero(filled[1:] != filled[:-1])
    return [(int(start), tuple(row[start:end].tolist())) for start, end in edges.reshape(-1, 2)]


def _vote(words: Sequence[Word], pictures: NDArray[np.float32]) -> list[str]:
    """The character of each picture, by majority over its places."""
    votes: list[Counter[str]] = [Counter() for _ in pictures]
    own = [*words, *_joined(words)]
    everything = [*own, *_shuffled(len(pictures))]
    for place, (word, text) in enumerate(zip(everything, _read_words(everything, pictures), strict=True)):
        # Of a word read with too many characters or too few, nobody knows which belongs to which cell.
        if len(text) == len(word):
            weight = OWN_WEIGHT if place < len(own) else 1
            for picture, character in zip(word, text, strict=True):
                votes[picture][_STANDS_FOR.get(character, character)] += weight
    return _told_apart(votes, pictures)


def _told_apart(votes: Sequence[Counter[str]], pictures: NDArray[np.float32]) -> list[str]:
    """What most readings of each picture say; of pictures read alike, all but the surest say something else if any.

    Args:
        votes: how often each picture was read as what.
        pictures: their ink, float32 (m, 16, 8).
    """
    winners = [vote.most_common(1)[0][0] if vote else _UNREAD for vote in votes]
    share = [vote[winner] / max(1, vote.total()) for vote, winner in zip(votes, winners, strict=True)]
    for picture in sorted(range(len(votes)), key=share.__getitem__):
        alike = [other for other in range(len(votes)) if other != picture and winners[other] == winners[picture]]
        if not all(_one_is_bold(pictures[picture], pictures[other]) for other in alike):
            for character, count in votes[picture].most_common()[1:]:
                if count >= SECOND * votes[picture].total() and character not in winners:
                    winners[picture] = character
                    break
    return winners


def _one_is_bold(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Whether two pictures, (16, 8), may be a character and the same in bold: one has the other's ink, and more."""
    light, heavy = sorted((one, other), key=lambda picture: float(picture.sum()))
    covered = np.minimum(light, heavy).sum()
    return bool(heavy.sum() >= BOLD_HAS * light.sum() and covered >= BOLD_COVERS * light.sum())


def _joined(words: Sequence[Word]) -> list[Word]:
    """Each word with another one right behind it: what stands at its edges stands in its middle there."""
    order = np.random.default_rng(0).permutation(len(words)).tolist()
    return [words[one] + words[other] for one, other in zip(order, order[1:] + order[:1], strict=True)]


def _shuffled(pictures: int) -> list[Word]:
    """Words of pictures in random order, the same for the same number of pictures."""
    random = np.random.default_rng(0)
    words: list[Word] = []
    for _ in range(min(SHUFFLES[1], max(SHUFFLES[0], SHUFFLED_CELLS // pictures))):
        order = random.permutation(pictures).tolist()
        words += [tuple(order[start : start + _WORD]) for start in range(0, pictures, _WORD)]
    return words


def _read_words(words: Sequence[Word], pictures: NDArray[np.float32]) -> list[str]:
    """What Tesseract makes of each word, all of them laid out on one page."""
    places = _lay_out(words)
    pitch = CELL_HEIGHT + _LEADING
    height = (places[-1].line + 1) * pitch + 2 * _MARGIN
    width = max(place.column + place.length for place in places) * CELL_WIDTH + 2 * _MARGIN
    page = np.zeros((height, width), np.float32)
    for word, place in zip(words, places, strict=True):
        top, left = _MARGIN + place.line * pitch + _LEADING // 2, _MARGIN + place.column * CELL_WIDTH
        drawn = pictures[list(word)].swapaxes(0, 1).reshape(CELL_HEIGHT, -1)
        page[top : top + CELL_HEIGHT, left : left + drawn.shape[1]] = drawn
    image = Image.fromarray(np.round(255 - 255 * page).astype(np.uint8))
    found = _recognise(image.resize((width * _SCALE, height * _SCALE), Image.Resampling.LANCZOS))
    on_line: dict[int, list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        on_line[place.line].append(number)
    parts: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for text, middle_x, middle_y in found:
        line, column = int((middle_y / _SCALE - _MARGIN) // pitch), (middle_x / _SCALE - _MARGIN) / CELL_WIDTH
        if line in on_line:
            parts[min(on_line[line], key=lambda number: _distance(places[number], column))].append((column, text))
    return ["".join(text for _, text in sorted(parts[number])) for number in range(len(words))]


def _distance(place: _Place, column: float) -> float:
    return max(place.column - column, column - place.column - place.length)


def _lay_out(words: Sequence[Word]) -> list[_Place]:
    """Where words stand on a page of lines of about `_WIDTH` cells."""
    places: list[_Place] = []
    line = column = 0
    for word in words:
        if column and column + len(word) > _WIDTH:
            line, column = line + 1, 0
        places.append(_Place(line, column, len(word)))
        column += len(word) + _GAP
    return places


def _recognise(image: Image.Image) -> list[tuple[str, float, float]]:
    """The words Tesseract finds, each with the middle of its box in pixels, x and y."""
    try:
        data = pytesseract.image_to_data(image, config=_CONFIG, output_type=pytesseract.Output.DICT, timeout=_SECONDS)
    except pytesseract.TesseractNotFoundError as error:
        raise ReaderUnavailable("tesseract is not installed: apt install tesseract-ocr, or --ocr cells") from error
    except (pytesseract.TesseractError, RuntimeError, OSError) as error:
        reason = " ".join(str(error).split())
        raise ReaderUnavailable(f"tesseract failed ({reason}): see neuralsh doctor, or --ocr cells") from error
    boxes = zip(data["text"], data["left"], data["top"], data["width"], data["height"], strict=True)
    return [(text, x + width / 2, y + height / 2) for text, x, y, width, height in boxes if text.strip()]
