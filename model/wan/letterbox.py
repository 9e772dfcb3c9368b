"""A terminal in a video: in its middle, pixel for pixel if it fits, or else scaled down; black around it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.protocol import Frame, Geometry


@dataclass(frozen=True, slots=True)
class Box:
    """Where the terminal stands in the video, in pixels."""

    top: int
    left: int
    height: int
    width: int


def box(geometry: Geometry, height: int, width: int) -> Box:
    """The place of a terminal in a video of a size. 80x24 is 640x384, and stands in 832x480 as it is."""
    rows, columns = geometry.pixels
    scale = min(1.0, height / rows, width / columns)
    inner = max(1, round(rows * scale)), max(1, round(columns * scale))
    return Box((height - inner[0]) // 2, (width - inner[1]) // 2, *inner)


def to_video(frame: Frame, height: int, width: int) -> NDArray[np.uint8]:
    """A frame as a picture of the video, uint8 (height, width, 3)."""
    at = box(frame.geometry, height, width)
    picture = np.zeros((height, width, 3), np.uint8)
    picture[at.top : at.top + at.height, at.left : at.left + at.width] = _scaled(frame.pixels, at.height, at.width)
    return picture


def from_video(picture: NDArray[np.uint8], geometry: Geometry) -> Frame:
    """The terminal in a picture of the video, uint8 (height, width, 3)."""
    at = box(geometry, *picture.shape[:2])
    inner = picture[at.top : at.top + at.height, at.left : at.left + at.width]
    return Frame(_scaled(inner, *geometry.pixels), geometry)


def _scaled(pixels: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    if pixels.shape[:2] == (height, width):
        return pixels.copy()
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS))
