"""A session as files: an asciicast v3 of actions, screens and state hashes, and a picture of every frame.

Source of the format: asciicast v3, https://docs.asciinema.org/manual/asciicast/v3/. Beside ``i`` (the keys of an
action), ``o`` (what was drawn, cell by cell as it was read) and ``r`` (a new size), marker events carry what a replay
needs: ``machine:NAME:HASH`` at the start; ``caption:TEXT`` and ``clock:ISO`` before an action, and ``keys:HEX`` where
its keys are no text, which ``i`` then shows as well as it can; ``yielded`` after a turn that was not stopped;
``state:HASH`` after every turn, and ``restored:HASH`` where the session went on from another state.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import IO, Any

from PIL import Image

from model.files import OWNER_ALONE
from model.font.cells import BACKGROUND, FOREGROUND
from model.protocol import Action, Frame, Geometry, NeuralComputer, State
from neuralsh.ansi import RESET, draw, without_cursor
from neuralsh.reading.cells import find_cursor
from neuralsh.screen import ScreenReader
from neuralsh.session import Timing, utc_now

PALETTE = (
    "#000000:#cd0000:#00cd00:#cdcd00:#0000ee:#cd00cd:#00cdcd:#e5e5e5:"
    "#7f7f7f:#ff0000:#00ff00:#ffff00:#5c5cff:#ff00ff:#00ffff:#ffffff"
)
"""xterm's sixteen colours: the format wants a palette, though every colour is written out."""


class CastWriter:
    """Writes a session to a cast as it goes on: what was drawn before a kill is in the file.

    A new file is for its owner alone, since it holds what was typed and drawn; one that was there keeps its mode, and a
    link stays. An OSError of any method names the file.
    """

    def __init__(self, path: Path, machine: NeuralComputer, frame: Frame) -> None:
        """Open `path` and write the header.

        Args:
            path: replaced if it exists.
            machine: its name and weights go into the cast.
            frame: the blank first frame.

        Raises:
            OSError: if the file cannot be written.
        """
        self._path = path
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ALONE)
        self._file: IO[str] = os.fdopen(file, "w", encoding="utf-8", buffering=1)
        self._started = self._last = perf_counter()
        self._screen = ScreenReader(frame)
        self._cells = without_cursor(self._screen.cells, find_cursor(frame))
        self._geometry = frame.geometry
        self._write(header(frame.geometry))
        self._event("m", f"machine:{machine.name}:{machine.weights_hash}")
        self._event("o", RESET)

    def action(self, action: Action) -> None:
        """See `Watcher`."""
        if action.geometry is not None:
            self._size(action.geometry)
        if action.caption is not None:
            self._event("m", f"caption:{action.caption}")
        if action.clock is not None:
            self._event("m", f"clock:{action.clock.isoformat()}")
        text = action.keys.decode("utf-8", "replace")
        if text.encode() != action.keys:
            self._event("m", f"keys:{action.keys.hex()}")
        self._event("i", text)

    def frame(self, frame: Frame) -> None:
        """See `Watcher`."""
        cursor = find_cursor(frame)
        cells = without_cursor(self._screen.read(frame), cursor)
        if cells.shape != self._cells.shape:
            self._event("o", RESET)
            self._cells = without_cursor(ScreenReader(_blank_like(frame)).cells, None)
        drawn = draw(self._cells, cells, cursor)
        self._cells = cells
        self._event("o", drawn)

    def turn(self, state: State, timing: Timing) -> None:
        """See `Watcher`."""
        if timing.complete:
            self._event("m", "yielded")
        self._event("m", f"state:{state.digest()}")

    def restored(self, state: State) -> None:
        """See `Watcher`."""
        if state.frame.geometry != self._geometry:
            self._size(state.frame.geometry)
        self._event("m", f"restored:{state.digest()}")
        self.frame(state.frame)

    def close(self) -> None:
        """Close the file."""
        with self._named():
            self._file.close()

    def _size(self, geometry: Geometry) -> None:
        self._geometry = geometry
        self._event("r", f"{geometry.columns}x{geometry.rows}")

    def _event(self, code: str, data: str) -> None:
        now = perf_counter()
        # Intervals are rounded against the start, so that their sum does not drift.
        interval = round(now - self._started, 6) - round(self._last - self._started, 6)
        self._last = now
        self._write([round(interval, 6), code, data])

    def _write(self, line: Any) -> None:
        with self._named():
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Whatever the disk says, it says of this file."""
        try:
            yield
        except OSError as error:
            error.filename = str(self._path)
            raise


def header(geometry: Geometry) -> dict[str, Any]:
    """The first line of a cast, its colours those of a frame."""
    theme = {"fg": f"#{bytes(FOREGROUND).hex()}", "bg": f"#{bytes(BACKGROUND).hex()}", "palette": PALETTE}
    term = {"cols": geometry.columns, "rows": geometry.rows, "type": "xterm-256color", "theme": theme}
    return {"version": 3, "term": term, "timestamp": int(utc_now().timestamp()), "command": "neuralsh"}


def _blank_like(frame: Frame) -> Frame:
    """A frame of the same size, all background."""
    pixels = frame.pixels.copy()
    pixels[:] = BACKGROUND
    return Frame(pixels, frame.geometry)


class PictureWriter:
    """Writes every frame as a PNG: ``TURN-FRAME.png``, turn 0 being the first prompt."""

    def __init__(self, folder: Path) -> None:
        """Make `folder` if it is not there.

        Raises:
            OSError: if it cannot be made.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._turn = -1
        self._count = 0

    def action(self, action: Action) -> None:
        """See `Watcher`."""
        self._turn += 1
        self._count = 0

    def frame(self, frame: Frame) -> None:
        """See `Watcher`."""
        self._count += 1
        path = self._folder / f"{self._turn:04}-{self._count:04}.png"
        Image.fromarray(frame.pixels).save(path, compress_level=1)

    def turn(self, state: State, timing: Timing) -> None:
        """See `Watcher`."""

    def restored(self, state: State) -> None:
        """See `Watcher`."""
