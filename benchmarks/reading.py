"""How well frames are read back: ``python -m benchmarks.reading [--screens N] [--rows N]``.

True frames of made-up shell screens, so what a reader misses here is its own ceiling, whatever a machine draws. The
plain Tesseract beside ours gets the frame inverted and doubled, with one uniform block of text assumed.
"""

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np
import pytesseract
from PIL import Image
from rich.console import Console
from rich.table import Table

from benchmarks.screens import shell_screen
from model.protocol import Frame, Geometry
from neuralsh.reading.cells import frame_lines
from neuralsh.reading.tesseract import read_tesseract
from trainer.metrics import char_acc, exact_line, normalise
from trainer.render import render_screen
from trainer.screen import text_lines


def plain_tesseract(frame: Frame) -> list[str]:
    """The usual recipe."""
    image = Image.fromarray(255 - np.asarray(Image.fromarray(frame.pixels).convert("L")))
    doubled = image.resize((image.width * 2, image.height * 2), Image.Resampling.LANCZOS)
    text: str = pytesseract.image_to_string(doubled, config="--psm 6 -c preserve_interword_spaces=1")
    return text.splitlines()


def _seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def measure(
    read: Callable[[Frame], list[str]], frames: list[tuple[Frame, list[str]]]
) -> tuple[float, float, float, float]:
    """Over frames: mean character accuracy, mean exact lines, share read without an error, CPU milliseconds each."""
    read(frames[0][0])
    accuracy, exact, start = [], [], _seconds()
    for frame, truth in frames:
        reference, found = normalise(truth), normalise(read(frame))
        accuracy.append(char_acc(reference, found))
        exact.append(exact_line(reference, found))
    spent = (_seconds() - start) / len(frames) * 1e3
    return float(np.mean(accuracy)), float(np.mean(exact)), float(np.mean(np.array(accuracy) == 1)), spent


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--screens", type=int, default=20)
    parser.add_argument("--rows", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1000, help="of the first screen")
    options = parser.parse_args()
    screens = [shell_screen(options.seed + place, Geometry(options.rows, 80)) for place in range(options.screens)]
    frames = [(render_screen(screen), text_lines(screen)) for screen in screens]
    title = f"{options.screens} true frames of 80x{options.rows}"
    table = Table(title, "char_acc", "exact_line", "frames exact", "CPU ms a frame")
    for name, read in (
        ("cells", frame_lines),
        ("tesseract", read_tesseract),
        ("tesseract, plain", plain_tesseract),
    ):
        accuracy, exact, whole, spent = measure(read, frames)
        table.add_row(name, f"{accuracy:.2%}", f"{exact:.2%}", f"{whole:.0%}", f"{spent:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
