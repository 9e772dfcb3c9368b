"""The shell on a terminal that shows pixels: what is sent there is the machine's frame, with the typed line on it."""

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from decoders import decode_sixel, kitty_pictures
from numpy.typing import NDArray

from model.protocol import CELL_HEIGHT, CELL_WIDTH, Frame, Geometry
from neuralsh.reading.cells import frame_lines

COLUMNS, ROWS = 40, 9
PATIENCE = 60.0

Screen = Callable[[str], NDArray[np.uint8] | None]
"""What a terminal shows after all it was sent."""


class PixelTerminal:
    """A pseudo-terminal that says it can show pixels, and keeps all it is sent."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self._master, slave = os.openpty()
        size = struct.pack("HHHH", ROWS, COLUMNS, COLUMNS * CELL_WIDTH, ROWS * CELL_HEIGHT)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        shell = Path(__file__).with_name("fake_shell.py")
        left = {name: value for name, value in os.environ.items() if name not in ("TMUX", "TERM_PROGRAM", "STY")}
        self._process = subprocess.Popen(
            [sys.executable, shell],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**left, **environment, "NEURALSH_HOME": str(home)},
            start_new_session=True,
        )
        os.close(slave)
        self.sent = ""

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def listen(self) -> bool:
        """Take what comes; False once the shell has left."""
        if not select.select([self._master], [], [], PATIENCE)[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            return False
        self.sent += data.decode("utf-8", "replace")
        return bool(data)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)


@contextmanager
def terminal(home: Path, **environment: str) -> Iterator[PixelTerminal]:
    opened = PixelTerminal(home, environment)
    try:
        yield opened
    finally:
        opened.close()


def text_of(pixels: NDArray[np.uint8]) -> list[str]:
    height, width, _ = pixels.shape
    return frame_lines(Frame(np.ascontiguousarray(pixels), Geometry(height // CELL_HEIGHT, width // CELL_WIDTH)))


def kitty_screen(sent: str) -> NDArray[np.uint8] | None:
    pictures = kitty_pictures(sent)
    return pictures[-1][1] if pictures else None


def sixel_screen(sent: str) -> NDArray[np.uint8] | None:
    """All Sixel pictures, each put where the cursor was sent before it."""
    screen = np.zeros(((ROWS - 1) * CELL_HEIGHT, COLUMNS * CELL_WIDTH, 3), np.uint8)
    found = re.findall(r"\x1b\[(\d+);1H(\x1bP.*?\x1b\\)", sent, re.DOTALL)
    for row, text in found:
        part = np.rint(decode_sixel(text).astype(float) * 2.55).astype(np.uint8)
        start = (int(row) - 1) * CELL_HEIGHT
        screen[start : start + part.shape[0], : part.shape[1]] = part
    return screen if found else None


@pytest.mark.parametrize(
    ("environment", "screen"),
    [({"TERM": "xterm-kitty"}, kitty_screen), ({"TERM": "foot"}, sixel_screen)],
)
def test_pixels_are_the_frame(environment: dict[str, str], screen: Screen, tmp_path: Path) -> None:
    with terminal(tmp_path, **environment) as opened:
        for typed, shown in (
            ("", ["~$"]),
            ("echo one", ["~$ echo one"]),
            ("\r", ["~$ echo one", "one", "~$"]),
            ("seq 20\r", ["14", "15", "16", "17", "18", "19", "20", "~$"]),
        ):
            opened.type(typed)
            give_up, lines = monotonic() + PATIENCE, [""]
            while [line for line in lines if line] != shown:
                assert monotonic() < give_up, f"{shown} never came; last seen: {lines}"
                assert opened.listen(), opened.sent[-2000:]
                pixels = screen(opened.sent)
                lines = text_of(pixels) if pixels is not None else lines
        opened.type("\x04")
        while opened.listen():
            pass
    if environment["TERM"] == "xterm-kitty":
        assert "\x1b_Ga=d" in opened.sent[opened.sent.rindex("a=T") :]
