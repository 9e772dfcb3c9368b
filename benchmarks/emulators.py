"""Do emulators agree, and how fast are they: ``python -m benchmarks.emulators FOLDER [--each]``.

The output of every cast of a folder goes through ours (asciinema's avt, in `trainer.emulator`), through tmux, which is
a terminal of its own, and through pyte. Compared are all cells of the final screens: their characters, and everything
that shows (characters, colours, attributes). tmux tells its screen as text with colours, which a fresh terminal of ours
shows; what is compared is thus what it made of the recording.

Speed is bytes of output over seconds: files read into events, output drawn by each emulator, and both by ours, on one
core and in as many processes as there are cores. Bare avt is the engine of asciinema's own player and of agg.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyte
from avt._avt import Vt
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from model.font.cells import WIDE_RIGHT
from model.protocol import Geometry
from trainer.casts import CastError, Recording, printed, read_cast
from trainer.emulator import Emulator

PATIENCE = 20.0
"""Seconds that tmux may take for a recording."""

# Runs in tmux: prints each part, waits until the terminal has answered a question behind it, takes the next size.
# What a recording asks is answered too, so the question is one that recordings do not ask.
DRIVER = """
import os, subprocess, sys, termios, tty
from pathlib import Path
tty.setraw(0)
os.set_blocking(0, True)
pane, folder = os.environ["TMUX_PANE"], Path(sys.argv[1])
def tmux(*words):
    return subprocess.run(["tmux", *words], stdout=subprocess.PIPE, check=True).stdout
for part in sorted(folder.glob("*.part")):
    _, size = part.stem.split("-")
    columns, rows = size.split("x")
    tmux("resize-window", "-t", pane, "-x", columns, "-y", rows)
    sys.stdout.buffer.write(part.read_bytes() + b"\\x18\\x1b[>q")
    sys.stdout.buffer.flush()
    heard = b""
    while b"|tmux" not in heard:
        heard = heard[-10:] + os.read(0, 1)
(folder / "screen.new").write_bytes(tmux("capture-pane", "-p", "-e", "-N", "-t", pane))
(folder / "screen.new").rename(folder / "screen")
"""


def parts(recording: Recording) -> list[tuple[Geometry, str]]:
    """The output of a recording, in pieces of a size of the terminal each."""
    return [(size or recording.geometry, text) for size, text in printed(recording.events)]


def by_ours(pieces: list[tuple[Geometry, str]]) -> NDArray[np.void]:
    """The final screen, `CELL` (rows, columns)."""
    emulator = Emulator(pieces[0][0])
    for number, (geometry, text) in enumerate(pieces):
        if number:
            emulator.resize(geometry)
        emulator.show(text)
    return emulator.screen().cells


def by_tmux(pieces: list[tuple[Geometry, str]]) -> NDArray[np.void] | None:
    """The final screen, `CELL` (rows, columns); None where tmux did not come to an end."""
    last = pieces[-1][0]
    with TemporaryDirectory() as name:
        folder = Path(name)
        for number, (geometry, text) in enumerate(pieces):
            part = folder / f"{number:05}-{geometry.columns}x{geometry.rows}.part"
            part.write_bytes(text.encode("utf-8", "replace"))
        (folder / "driver.py").write_text(DRIVER)
        first = pieces[0][0]
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        server = ["tmux", "-u", "-f", "/dev/null", "-S", str(folder / "tmux")]
        driver = f"exec {sys.executable} -I {folder / 'driver.py'} {folder}"
        size = ["-x", str(first.columns), "-y", str(first.rows)]
        subprocess.run([*server, "new-session", "-d", *size, driver], env=environment, check=True)
        try:
            until = time.perf_counter() + PATIENCE
            while not (folder / "screen").exists():
                if time.perf_counter() > until:
                    return None
                time.sleep(0.005)
            lines = (folder / "screen").read_bytes().decode("utf-8", "replace").split("\n")
        finally:
            subprocess.run([*server, "kill-server"], stderr=subprocess.DEVNULL, check=False)
    told = Emulator(last)
    # tmux says its line drawing in the second set of characters.
    told.show("\x1b)0\x1b[?7l")
    for row, line in enumerate(lines[: last.rows]):
        told.show(f"\x1b[{row + 1};1H{line}")
    return told.screen().cells


def by_pyte(pieces: list[tuple[Geometry, str]]) -> NDArray[np.void]:
    """The characters of the final screen, `CELL` (rows, columns); pyte's colours are not looked at."""
    screen = fed_to_pyte(pieces)
    cells = Emulator(pieces[-1][0]).screen().cells
    for row, line in enumerate(cells):
        for column, cell in enumerate(line):
            cell["glyph"] = ord((screen.buffer[row][column].data or " ")[0])
    return cells


def same(ours: NDArray[np.void], theirs: NDArray[np.void]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether characters are the same, and whether all that shows is; (rows, columns) each."""
    ours, theirs = ours.copy(), theirs.copy()
    for cells in (ours, theirs):
        # Right halves of wide characters are not told by all.
        cells["glyph"][cells["style"] & WIDE_RIGHT != 0] = ord(" ")
        # The colour of ink does not show where there is none.
        bare = (cells["glyph"] == ord(" ")) & (cells["style"] == 0)
        cells["fg"][bare] = 0
    glyphs = ours["glyph"] == theirs["glyph"]
    return glyphs, glyphs & (ours == theirs)


def fed_to_avt(pieces: list[tuple[Geometry, str]]) -> Vt:
    """Bare avt; nobody looks at what it shows."""
    vt = Vt(pieces[0][0].columns, pieces[0][0].rows, 0)
    for number, (geometry, text) in enumerate(pieces):
        if number:
            vt.resize(geometry.columns, geometry.rows)
        vt.feed_str(text)
    return vt


def fed_to_pyte(pieces: list[tuple[Geometry, str]]) -> pyte.Screen:
    """pyte; nobody looks at what it shows."""
    screen = pyte.Screen(pieces[0][0].columns, pieces[0][0].rows)
    stream = pyte.Stream(screen)
    for number, (geometry, text) in enumerate(pieces):
        if number:
            screen.resize(geometry.rows, geometry.columns)
        stream.feed(text)
    return screen


def only_read(path: Path) -> int:
    """Read a cast; how many events it has."""
    return len(read_cast(path).events)


def read_and_drawn(path: Path) -> int:
    """Read a cast and draw it by ours; bytes of its output."""
    try:
        pieces = parts(read_cast(path))
    except CastError:
        return 0
    by_ours(pieces)
    return size_of(pieces)


def size_of(pieces: list[tuple[Geometry, str]]) -> int:
    """Bytes of output."""
    return sum(len(text.encode("utf-8", "replace")) for _, text in pieces)


def seconds(work: Callable[[], object]) -> float:
    """How long it took; the best of three."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.emulators", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", action="store_true", help="tell each recording on which they differ")
    options = parser.parse_args()
    console, error = Console(highlight=False, soft_wrap=True), Console(stderr=True)
    paths = sorted(options.folder.rglob("*.cast"))
    sound = dict[Path, list[tuple[Geometry, str]]]()
    for path in paths:
        try:
            sound[path] = parts(read_cast(path))
        except CastError as refused:
            console.print(f"refused: {refused}")
    # pyte's colours are not looked at.
    peers: dict[str, Callable[[list[tuple[Geometry, str]]], NDArray[np.void] | None]] = {"pyte, characters": by_pyte}
    if shutil.which("tmux"):
        peers["tmux"] = by_tmux
    agree = Table("emulator", "recordings", "cells", "characters as ours", "all as ours", "screens as ours")
    for name, peer in peers.items():
        counts = np.zeros(5, int)
        for path, pieces in track(sound.items(), name, console=error):
            ours, theirs = by_ours(pieces), peer(pieces)
            if theirs is None:
                console.print(f"{path}: {name} did not come to an end")
                continue
            glyphs, whole = same(ours, theirs)
            if peer is by_pyte:
                whole = glyphs
            counts += (1, glyphs.size, glyphs.sum(), whole.sum(), whole.all())
            if options.each and not whole.all():
                console.print(f"{path}: {name} differs in {(~glyphs).sum()} characters, {(~whole).sum()} cells")
        shares = (f"{count / counts[1]:.4%}" for count in counts[2:4])
        agree.add_row(name, str(counts[0]), str(counts[1]), *shares, str(counts[4]))
    console.print(agree)
    every = list(sound.values())
    size = sum(map(size_of, every)) / 1e6
    with ProcessPoolExecutor() as pool:
        list(pool.map(read_and_drawn, sound, chunksize=4))
        ways: dict[str, Callable[[], object]] = {
            "read": lambda: [read_cast(path) for path in sound],
            f"read, {os.cpu_count()} processes": lambda: list(pool.map(only_read, sound, chunksize=4)),
            "drawn by bare avt": lambda: [fed_to_avt(pieces) for pieces in every],
            "drawn by ours, the last screen looked at": lambda: [by_ours(pieces) for pieces in every],
            "drawn by pyte": lambda: [fed_to_pyte(pieces) for pieces in every],
            "read and drawn by ours": lambda: [read_and_drawn(path) for path in sound],
            f"read and drawn by ours, {os.cpu_count()} processes": lambda: list(
                pool.map(read_and_drawn, sound, chunksize=4)
            ),
        }
        speed = Table("what", "MB/s of output")
        for name, way in ways.items():
            speed.add_row(name, f"{size / seconds(way):.1f}")
    console.print(f"{size:.1f} MB of output in {len(sound)} recordings")
    console.print(speed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
