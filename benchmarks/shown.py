"""Frames a second that reach a terminal: ``python -m benchmarks.shown [--frames N] [--rate N]``.

The real shell runs in a terminal of its own (a pty of 80x25, cells of 8x16 pixels), in each way of showing frames. Its
machine computes nothing: it draws 640x384 frames that differ in every row, so many a second, each with its number in
the first row. What comes out of the terminal is counted: numbers that are seen as text, and pictures.
"""

import argparse
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.showing import COLUMNS, ROWS, frame_of
from model.protocol import CELL_HEIGHT, CELL_WIDTH, Action, Frame, Geometry
from neuralsh.app.app import ShellApp
from neuralsh.session import FRAMES_A_TURN, Session
from neuralsh.showing.detect import Display
from trainer.render import render
from trainer.screen import blank_cells

NUMBER = re.compile(rb"#([0-9]{4})#")
PICTURE = re.compile(rb"\x1b\[\?2026h\x1b7")
"""What a picture begins with (`neuralsh/app/pixels.py`)."""

PATIENCE = 120.0
"""Seconds that one way may take."""


@dataclass
class Still:
    """A state: the frame."""

    frame: Frame

    def parts(self) -> dict[int, int]:
        """See `State`."""
        return {id(self.frame): self.frame.pixels.nbytes}

    def fork(self) -> "Still":
        """See `State`."""
        return replace(self)

    def digest(self) -> str:
        """See `State`."""
        return ""


class Flipper:
    """A machine that computes nothing: two frames take turns, so many a second."""

    name, device, weights_hash = "flipper", "cpu", "0" * 64

    def __init__(self, frames: int, rate: float) -> None:
        self.frames, self.rate = frames, rate
        self._two = [frame_of(seed) for seed in range(2)]

    def boot(self, frame: Frame | None, geometry: Geometry) -> Still:
        """A prompt."""
        return Still(self._prompt())

    def step(self, state: Still, action: Action) -> Iterator[Frame]:
        """Draw all frames in answer to a line, and nothing before."""
        yield state.frame
        begun = time.perf_counter()
        for number in range(self.frames if action.keys else 0):
            time.sleep(max(0.0, begun + number / self.rate - time.perf_counter()))
            state.frame = self._frame(number)
            yield state.frame
        state.frame = self._prompt()
        yield state.frame

    def _prompt(self) -> Frame:
        cells = blank_cells(ROWS, COLUMNS)
        cells["glyph"][0, 0] = ord("$")
        return render(cells)

    def _frame(self, number: int) -> Frame:
        cells = blank_cells(1, 6)
        cells["glyph"][0] = [ord(character) for character in f"#{number:04}#"]
        pixels = self._two[number % 2].pixels.copy()
        pixels[:CELL_HEIGHT, : 6 * CELL_WIDTH] = render(cells).pixels
        return Frame(pixels, Geometry(ROWS, COLUMNS))


def run_shell(display: Display, frames: int, rate: float) -> None:
    """The shell, in the terminal of this process."""
    ShellApp(lambda geometry: Session(Flipper(frames, rate), Geometry(ROWS, COLUMNS)), display=display).run()  # type: ignore[arg-type]


def watched(display: Display, frames: int, rate: float) -> tuple[int, float, float]:
    """Frames that came out of the terminal, and the seconds it took and those of the processor."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, [sys.executable, "-m", __spec__.name, display.value, str(frames), str(rate)])
    rows = ROWS + 1
    size = struct.pack("HHHH", rows, COLUMNS, COLUMNS * CELL_WIDTH, rows * CELL_HEIGHT)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
    told, typed, until = bytearray(), 0, time.perf_counter() + PATIENCE
    seen = list[tuple[float, int]]()
    mark = NUMBER if display is Display.TEXT else PICTURE
    while time.perf_counter() < until:
        if not typed and b"$" in told:
            typed = len(told)
            os.write(terminal, b"go\r")
        if not select.select([terminal], [], [], 0.5)[0]:
            if typed and len(seen) > frames // 20:
                break
            continue
        told += os.read(terminal, 1 << 16)
        seen.append((time.perf_counter(), len(told)))
    used = sum(map(int, Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11:13]))
    os.kill(child, 9)
    os.waitpid(child, 0)
    found = list(mark.finditer(told, typed))
    if display is Display.TEXT:
        found = list({one[1]: one for one in found}.values())
    at = [next(moment for moment, size in seen if size >= one.end()) for one in (found[0], found[-1])]
    return len(found), at[1] - at[0], used / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Print the table."""
    if len(sys.argv) == 4 and sys.argv[1] in {display.value for display in Display}:
        run_shell(Display(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
        return 0
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shown", description=__doc__.partition("\n")[0])
    parser.add_argument("--frames", type=int, default=600, metavar="N", help="drawn (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=80.0, metavar="N", help="drawn a second (default: %(default)s)")
    options = parser.parse_args()
    if options.frames > FRAMES_A_TURN - 2:
        parser.error(f"a turn has at most {FRAMES_A_TURN} frames")
    table = Table("way", "drawn", "shown", "shown a second", "processor seconds")
    for display in Display:
        shown, seconds, used = watched(display, options.frames, options.rate)
        table.add_row(display.value, str(options.frames), str(shown), f"{shown / seconds:.1f}", f"{used:.1f}")
    Console().print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
