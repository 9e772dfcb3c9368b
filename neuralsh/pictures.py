"""Pictures of a session as files: a GIF, an MP4, or a strip as one PNG. A file is written whole or not at all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from model.files import replaced
from model.font.cells import BACKGROUND
from model.protocol import Frame
from neuralsh.errors import ShellError, reason
from trainer.render import render_screen
from trainer.screen import Screen

FRAME_SECONDS = 0.05
"""The shortest time that a picture stays; many viewers slow down what is shorter."""

COLOURS = 128
"""Of a picture of a GIF: a terminal's few, and the shades between ink and paper."""

QUALITY = {"crf": "18", "preset": "veryfast"}
"""Of a film: letters stay sharp."""

STRIP = 12
"""The most pictures of a strip: those that stayed the longest."""

GAP = 8
"""Pixels between pictures of a strip."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A picture and how long it stays, in seconds. Only what it is drawn from is kept: pictures are large."""

    screen: Screen
    seconds: float

    def frame(self) -> Frame:
        """The picture."""
        return render_screen(self.screen)


def write_gif(shots: Sequence[Shot], path: Path) -> None:
    """Write pictures that move; where sizes differ, all stand at the upper left of the largest.

    Raises:
        ShellError: if it cannot be written; one line.
    """
    size = _largest(shots)
    pictures = (_on_canvas(shot, size).quantize(COLOURS, dither=Image.Dither.NONE) for shot in shots)
    with _whole(path) as temporary:
        next(pictures).save(
            temporary,
            "GIF",
            save_all=True,
            append_images=pictures,
            duration=[round(100 * shot.seconds) * 10 for shot in shots],
            loop=0,
        )


def write_mp4(shots: Sequence[Shot], path: Path) -> None:
    """Write pictures as a film, H.264 in an MP4; sizes as in `write_gif`.

    Raises:
        ShellError: if it cannot be written, or PyAV is not installed; one line.
    """
    try:
        import av
    except ImportError:
        raise ShellError(f"{path}: a film needs PyAV: pip install 'neuralsh[film]'") from None
    width, height = _largest(shots)
    rate = round(1 / FRAME_SECONDS)
    with _whole(path) as temporary, av.open(str(temporary), "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=rate, options=QUALITY)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        ticks = 0
        # The last picture stands once more at its end, or it would not stay.
        for shot in (*shots, Shot(shots[-1].screen, FRAME_SECONDS)):
            pixels = np.asarray(_on_canvas(shot, (width, height)))
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = ticks, Fraction(1, rate)
            film.mux(stream.encode(frame))
            ticks += max(1, round(rate * shot.seconds))
        film.mux(stream.encode(None))


def write_strip(shots: Sequence[Shot], path: Path) -> None:
    """Write those of the pictures that stay the longest, `STRIP` at most, one under the other, as a PNG.

    Raises:
        ShellError: if it cannot be written; one line.
    """
    longest = sorted(range(len(shots)), key=lambda at: -shots[at].seconds)[:STRIP]
    chosen = [shots[at] for at in sorted(longest)]
    width, height = _largest(chosen)
    strip = Image.new("RGB", (width, len(chosen) * (height + GAP) - GAP), _inverse(BACKGROUND))
    for place, shot in enumerate(chosen):
        strip.paste(_on_canvas(shot, (width, height)), (0, place * (height + GAP)))
    with _whole(path) as temporary:
        strip.save(temporary, "PNG", optimize=True)


WRITERS: dict[str, Callable[[Sequence[Shot], Path], None]] = {
    ".gif": write_gif,
    ".mp4": write_mp4,
    ".png": write_strip,
}
"""What writes a file, by how its name ends."""


def _largest(shots: Sequence[Shot]) -> tuple[int, int]:
    """Width and height, in pixels, that hold any of them."""
    height, width = (max(shot.screen.geometry.pixels[side] for shot in shots) for side in (0, 1))
    return width, height


def _on_canvas(shot: Shot, size: tuple[int, int]) -> Image.Image:
    canvas = Image.new("RGB", size, BACKGROUND)
    canvas.paste(Image.fromarray(shot.frame().pixels))
    return canvas


def _inverse(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    red, green, blue = colour
    return 255 - red, 255 - green, 255 - blue


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file to write, which takes the place of `path` once it is whole."""
    try:
        with replaced(path) as temporary:
            yield temporary
    except OSError as error:
        raise ShellError(f"{path}: cannot be written: {reason(error)}") from error
