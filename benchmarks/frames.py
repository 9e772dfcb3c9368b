"""Frames drawn a second: ``python -m benchmarks.frames [--seconds N] [--png FILE]``.

80x24, one core, beside a renderer that draws the text of each cell with Pillow.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console
from rich.table import Table

from model.font.atlas import load_atlas
from model.protocol import CELL_HEIGHT, CELL_WIDTH, Geometry
from trainer.font_build import DEJAVU, DEJAVU_BASELINE, DEJAVU_SIZE
from trainer.render import render, render_screen, save_png
from trainer.screen import Screen, blank_cells

PALETTE = np.random.default_rng(0).integers(0, 256, (16, 3), dtype=np.uint8)


def dense(seed: int) -> NDArray[np.void]:
    """A screen full of random text, each cell in two of 16 colours."""
    random = np.random.default_rng(seed)
    cells = blank_cells(24, 80)
    cells["glyph"] = random.integers(33, 127, cells.shape)
    cells["style"] = random.integers(0, 8, cells.shape)
    cells["fg"], cells["bg"] = PALETTE[random.integers(0, 16, (2, *cells.shape))]
    return cells


def usual(seed: int) -> NDArray[np.void]:
    """A prompt and some lines of output, the rest blank."""
    random = np.random.default_rng(seed)
    cells = blank_cells(24, 80)
    for row in range(8):
        length = int(random.integers(10, 60))
        cells["glyph"][row, :length] = random.integers(32, 127, length)
    cells["fg"][::2, :6] = PALETTE[2]
    return cells


def draw_each(cells: NDArray[np.void], font: ImageFont.FreeTypeFont) -> Image.Image:
    """The peer: a rectangle and a text a cell, by Pillow."""
    rows, columns = cells.shape
    image = Image.new("RGB", Geometry(rows, columns).pixels[::-1])
    pen = ImageDraw.Draw(image)
    for row in range(rows):
        for column in range(columns):
            glyph, _, fg, bg = cells[row, column].tolist()
            x, y = column * CELL_WIDTH, row * CELL_HEIGHT
            pen.rectangle((x, y, x + CELL_WIDTH - 1, y + CELL_HEIGHT - 1), fill=tuple(bg))
            if glyph != ord(" "):
                pen.text((x, y + DEJAVU_BASELINE), chr(glyph), fill=tuple(fg), font=font, anchor="ls")
    return image


def rate(draw: Callable[[NDArray[np.void]], object], screens: list[NDArray[np.void]], seconds: float) -> float:
    """Frames a second of process time."""
    draw(screens[0])
    start, frames = time.process_time(), 0
    while time.process_time() - start < seconds:
        draw(screens[frames % len(screens)])
        frames += 1
    return frames / (time.process_time() - start)


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=1.0, help="process time a measurement")
    parser.add_argument("--png", type=Path, help="also write a screen as a picture")
    options = parser.parse_args()
    if options.png:
        save_png(render_screen(Screen(usual(0), (8, 0))), options.png)
    load_atlas()
    font = ImageFont.truetype(str(DEJAVU[0]), DEJAVU_SIZE, layout_engine=ImageFont.Layout.BASIC)
    table = Table("80x24, one core", "neuralsh, frames/s", "Pillow a cell, frames/s", "ratio")
    for name, make in (("random text, 16 colours", dense), ("usual screen", usual)):
        screens = [make(seed) for seed in range(20)]
        ours = rate(render, screens, options.seconds)
        peer = rate(lambda cells: draw_each(cells, font), screens, options.seconds)
        table.add_row(name, f"{ours:.0f}", f"{peer:.0f}", f"{ours / peer:.0f}x")
    Console().print(table)


if __name__ == "__main__":
    main()
