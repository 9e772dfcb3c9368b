"""A terminal in a video and back."""

import numpy as np
import pytest

from model.protocol import Action, Frame, Geometry
from model.wan.letterbox import box, from_video, to_video
from model.wan.prompt import prompt_of


@pytest.mark.parametrize("geometry", [Geometry(), Geometry(30, 104), Geometry(1, 1)])
def test_what_fits_stands_pixel_for_pixel(geometry: Geometry) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (*geometry.pixels, 3), np.uint8)
    video = to_video(Frame(pixels, geometry), 480, 832)
    assert video.shape == (480, 832, 3)
    assert np.array_equal(from_video(video, geometry).pixels, pixels)
    at = box(geometry, 480, 832)
    video[at.top : at.top + at.height, at.left : at.left + at.width] = 0
    assert not video.any()


def test_what_is_too_large_is_scaled_down_and_keeps_its_shape() -> None:
    geometry = Geometry(50, 200)
    at = box(geometry, 480, 832)
    assert (at.width, at.height) == (832, 416)
    frame = Frame(np.full((*geometry.pixels, 3), 90, np.uint8), geometry)
    assert np.array_equal(from_video(to_video(frame, 480, 832), geometry).pixels, frame.pixels)


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (Action(b""), "A terminal shows a shell prompt and waits for input."),
        (Action(b"ls -la\r"), "The user types `ls -la` in the terminal, presses Enter and the output appears below."),
        (Action(b"q"), "The user types `q` in the terminal."),
        (Action(b"\x03"), "The user presses Ctrl-C in the terminal."),
        (Action(b"\x1b[A"), "The user types `?[A` in the terminal."),
        (Action(b"echo $((2*3))\r", caption="The answer is 6"), "The answer is 6"),
    ],
)
def test_what_the_machine_is_told(action: Action, told: str) -> None:
    assert prompt_of(action) == told
