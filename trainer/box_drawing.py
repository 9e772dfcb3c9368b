"""Box drawing and block elements drawn to the cell's edges, so that they join across cells.

A font hints these glyphs to its own line height and leaves seams at 13 px; every terminal draws them itself. The shape
of a box-drawing character is read off its Unicode name (The Unicode Standard 15, blocks 2500 and 2580).
"""

import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

from model.protocol import CELL_HEIGHT, CELL_WIDTH

Mask = NDArray[np.uint8]

BOX_DRAWING = range(0x2500, 0x2580)
BLOCK_ELEMENTS = range(0x2580, 0x25A0)
POWERLINE = range(0xE0B0, 0xE0B4)
"""The arrows of shell prompts (private use): solid right, thin right, solid left, thin left."""

_ARMS = {
    "LEFT": ("left",),
    "RIGHT": ("right",),
    "UP": ("up",),
    "DOWN": ("down",),
    "HORIZONTAL": ("left", "right"),
    "VERTICAL": ("up", "down"),
}
_WEIGHTS = {"LIGHT": "light", "SINGLE": "light", "HEAVY": "heavy", "DOUBLE": "double"}
_DASHES = {"DOUBLE DASH": 2, "TRIPLE DASH": 3, "QUADRUPLE DASH": 4}
_OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up"}
_CROSSING = {"left": ("up", "down"), "right": ("up", "down"), "up": ("left", "right"), "down": ("left", "right")}
_SHADES = {0x2591: ((0, 0),), 0x2592: ((0, 0), (1, 1)), 0x2593: ((0, 0), (1, 1), (0, 1))}


def box_mask(code: int) -> Mask:
    """The alpha mask, uint8 (16, 8), of a code point of `BOX_DRAWING`, `BLOCK_ELEMENTS` or `POWERLINE`.

    Raises:
        ValueError: if `code` is of none of them.
    """
    if code in POWERLINE:
        return _arrow(code - POWERLINE.start)
    if code in BLOCK_ELEMENTS:
        return _block(code)
    if code not in BOX_DRAWING:
        raise ValueError(f"U+{code:04X} is neither box drawing, a block element nor an arrow")
    name = unicodedata.name(chr(code)).removeprefix("BOX DRAWINGS ")
    if "DIAGONAL" in name:
        return _diagonal(name)
    dashes = next((count for words, count in _DASHES.items() if words in name), 0)
    for words in _DASHES:
        name = name.replace(words + " ", "")
    mask = _lines(_parse_arms(name.replace("ARC ", "")))
    if "ARC" in unicodedata.name(chr(code)):
        mask = _rounded(mask)
    return _dashed(mask, dashes) if dashes else mask


def _parse_arms(name: str) -> dict[str, str]:
    """The weight of each arm of a name such as ``UP LIGHT AND RIGHT DOWN HEAVY``."""
    arms: dict[str, str] = {}
    weight = "light"
    for part in name.split(" AND "):
        words = part.split()
        weight = next((_WEIGHTS[word] for word in words if word in _WEIGHTS), weight)
        for word in words:
            for arm in _ARMS.get(word, ()):
                arms[arm] = weight
    return arms


def _lines(arms: dict[str, str]) -> Mask:
    # Odd sides put the centre on a pixel, so that one drawing of an arm serves all four by flips.
    canvas = np.zeros((CELL_HEIGHT + 1, CELL_WIDTH + 1), np.uint8)
    views = {"right": canvas, "left": canvas[:, ::-1], "down": canvas.T, "up": canvas.T[:, ::-1]}
    doubles = {arm for arm, weight in arms.items() if weight == "double"}
    for arm, weight in arms.items():
        if weight != "light":
            # A corner needs its outer pixel; an arm that ends on a light line does not.
            corner = any(arms.get(other) in ("heavy", "double") for other in _CROSSING[arm])
            _stroke(views[arm], weight="heavy", reach=-1 if corner else 0)
    for arm in doubles:
        crosses = any(other in doubles for other in _CROSSING[arm]) or _OPPOSITE[arm] in doubles
        _stroke(views[arm], weight="light", reach=0 if crosses else 1, value=0)
    for arm, weight in arms.items():
        if weight == "light":
            crossed = [other for other in _CROSSING[arm] if other in doubles]
            tee = len(crossed) == 2 and _OPPOSITE[arm] not in arms
            _stroke(views[arm], weight="light", reach=1 if tee else -1 if crossed and _OPPOSITE[arm] not in arms else 0)
    return canvas[:CELL_HEIGHT, :CELL_WIDTH].copy()


def _stroke(view: Mask, *, weight: str, reach: int, value: int = 255) -> None:
    """Draws from the centre (+ `reach` pixels) to the right edge of `view`, 1 (light) or 3 pixels thick."""
    row, column = view.shape[0] // 2, view.shape[1] // 2
    half = 0 if weight == "light" else 1
    view[row - half : row + half + 1, column + reach :] = value


def _rounded(corner: Mask) -> Mask:
    """Cuts a light corner: its centre and the two pixels beside it give way to the pixel inside."""
    row, column = CELL_HEIGHT // 2, CELL_WIDTH // 2
    down, right = bool(corner[row + 1, column]), bool(corner[row, column + 1])
    inner_row, inner_column = row + (1 if down else -1), column + (1 if right else -1)
    mask = corner.copy()
    mask[row, column] = mask[inner_row, column] = mask[row, inner_column] = 0
    mask[inner_row, inner_column] = 255
    return mask


def _dashed(mask: Mask, count: int) -> Mask:
    horizontal = bool(mask[CELL_HEIGHT // 2, 0])
    length = CELL_WIDTH if horizontal else CELL_HEIGHT
    drawn = (np.arange(length) * count % length) * 2 < length
    keep = drawn[None, :] if horizontal else drawn[:, None]
    return np.where(keep, mask, 0).astype(np.uint8)


def _diagonal(name: str) -> Mask:
    rows, columns = np.mgrid[:CELL_HEIGHT, :CELL_WIDTH] + 0.5
    slope = np.hypot(CELL_HEIGHT, CELL_WIDTH)
    rising = np.abs(CELL_WIDTH * (CELL_HEIGHT - rows) - CELL_HEIGHT * columns) / slope
    falling = np.abs(CELL_WIDTH * rows - CELL_HEIGHT * columns) / slope
    distance = {"UPPER RIGHT TO LOWER LEFT": rising, "UPPER LEFT TO LOWER RIGHT": falling}.get(
        name.removeprefix("LIGHT DIAGONAL "), np.minimum(rising, falling)
    )
    alpha = np.clip(1.1 - distance, 0.0, 1.0)
    return np.asarray(np.round(255 * alpha / alpha.max()), np.uint8)


def _arrow(which: int) -> Mask:
    rows, columns = np.mgrid[:CELL_HEIGHT, :CELL_WIDTH] + 0.5
    edge = CELL_WIDTH * (1 - np.abs(rows - CELL_HEIGHT / 2) / (CELL_HEIGHT / 2))
    distance = edge - columns
    alpha = np.clip(distance + 0.5, 0.0, 1.0) if which in (0, 2) else np.clip(1.1 - np.abs(distance), 0.0, 1.0)
    mask = np.asarray(np.round(255 * alpha / alpha.max()), np.uint8)
    return mask if which < 2 else mask[:, ::-1].copy()


def _block(code: int) -> Mask:
    """A block element; shades are dots, since a flat grey would be a blank of another colour."""
    mask = np.zeros((CELL_HEIGHT, CELL_WIDTH), np.uint8)
    name = unicodedata.name(chr(code))
    if code in _SHADES:
        for row, column in _SHADES[code]:
            mask[row::2, column::2] = 255
    elif name.startswith("QUADRANT"):
        for vertical, horizontal in re.findall(r"(UPPER|LOWER) (LEFT|RIGHT)", name):
            top = 0 if vertical == "UPPER" else CELL_HEIGHT // 2
            left = 0 if horizontal == "LEFT" else CELL_WIDTH // 2
            mask[top : top + CELL_HEIGHT // 2, left : left + CELL_WIDTH // 2] = 255
    else:
        share = _share(name)
        if name.startswith("UPPER"):
            mask[: int(CELL_HEIGHT * share)] = 255
        elif name.startswith("LEFT"):
            mask[:, : int(CELL_WIDTH * share)] = 255
        elif name.startswith("RIGHT"):
            mask[:, CELL_WIDTH - int(CELL_WIDTH * share) :] = 255
        else:
            mask[CELL_HEIGHT - int(CELL_HEIGHT * share) :] = 255
    return mask


def _share(name: str) -> float:
    """The part of the cell that a name such as ``LOWER THREE EIGHTHS BLOCK`` covers."""
    words = ["ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN"]
    numerator = next((words.index(word) + 1 for word in name.split() if word in words), 1)
    if "EIGHTH" in name:
        return numerator / 8
    if "QUARTER" in name:
        return numerator / 4
    return 0.5 if "HALF" in name else 1.0
