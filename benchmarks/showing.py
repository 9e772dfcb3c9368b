"""Milliseconds of processor time to show one 640x384 frame: as text, by Kitty, by Sixel.

Run: ``python benchmarks/showing.py``. Two frames take turns that differ in every row, so nothing is skipped.
"""

from collections.abc import Callable
from time import process_time

import numpy as np
from numpy.typing import NDArray
from textual.geometry import Size

from model.protocol import Frame
from neuralsh.app.layout import lay_out, view_cells, view_pixels
from neuralsh.app.pixels import PixelPainter
from neuralsh.reading.cells import read_cells
from neuralsh.showing.detect import Display
from neuralsh.showing.text import segments
from trainer.render import render
from trainer.screen import blank_cells

ROWS, COLUMNS, ROUNDS = 24, 80, 30


def frame_of(seed: int) -> Frame:
    """A screen full of words in the colours of a listing."""
    cells = blank_cells(ROWS, COLUMNS)
    rng = np.random.default_rng(seed)
    cells["glyph"] = rng.choice(np.frombuffer(b"etaoin shrdlu  ./-_0123", np.uint8), (ROWS, COLUMNS))
    cells["fg"] = rng.choice(
        np.array([(221, 221, 221), (0, 205, 0), (92, 92, 255)], np.uint8), (ROWS, COLUMNS // 8)
    ).repeat(8, axis=1)
    return render(cells)


def measure(show: Callable[[Frame], object], frames: list[Frame]) -> float:
    """Milliseconds of processor time a frame."""
    show(frames[0])
    begun = process_time()
    for turn in range(ROUNDS):
        show(frames[turn % 2])
    return 1000 * (process_time() - begun) / ROUNDS


def main() -> None:
    """Measure and print."""
    frames = [frame_of(seed) for seed in range(2)]
    layout = lay_out(None, ROWS, COLUMNS, COLUMNS)
    sent: list[int] = []
    painter = PixelPainter(lambda text: sent.append(len(text)))

    def as_text(frame: Frame) -> None:
        view: NDArray[np.void] = view_cells(read_cells(frame), layout, ROWS, COLUMNS)
        for row in view:
            segments(row)

    def as_pixels(display: Display) -> Callable[[Frame], None]:
        return lambda frame: painter.paint(view_pixels(frame.pixels, layout, ROWS, COLUMNS), display, Size(8, 16))

    ways: dict[str, Callable[[Frame], object]] = {"text": as_text}
    ways |= {display.value: as_pixels(display) for display in (Display.KITTY, Display.SIXEL)}
    for name, show in ways.items():
        sent.clear()
        cost = measure(show, frames)
        size = f", {sum(sent) / len(sent) / 1024:.0f} KiB" if sent else ""
        print(f"{name:<6} {cost:6.1f} ms a frame{size}")


if __name__ == "__main__":
    main()
