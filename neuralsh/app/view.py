"""The widget that shows the screen and takes the keys."""

import fcntl
import struct
import sys
import termios
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from model.font.cells import CELL
from model.protocol import CELL_HEIGHT, CELL_WIDTH, Frame
from neuralsh.app.layout import EMPTY, Typed, lay_out, view_cells, view_pixels
from neuralsh.app.pixels import PixelPainter
from neuralsh.showing.detect import Display
from neuralsh.showing.text import PLAIN, segments

FUNCTION_KEYS = {"f1": "help", "f2": "display", "f3": "inside", "f4": "keys"}
"""Keys that are the app's, and the actions they ask for."""

TINT = (96, 24, 96)
"""The ground of tinted cells."""


@lru_cache(maxsize=256)
def _strip(row: bytes) -> Strip:
    """A row of cells, `CELL` (columns,), as bytes: most of those that are painted have been, on another line.

    A row in which every cell has colours of its own takes 50 kB, one of words 2.
    """
    cells = np.frombuffer(row, CELL)
    return Strip(segments(cells), len(cells))


class TerminalView(Widget, can_focus=True):
    """Shows frames, as text or as pixels, with the typed line over them. Keys become `Pressed`, pastes `Pasted`.

    Attributes:
        way: frames are shown in.
        cells: what was read off the frame that is shown, `CELL` (rows, columns).
    """

    class Pressed(Message):
        """A key was pressed."""

        def __init__(self, key: str, character: str | None) -> None:
            super().__init__()
            self.key = key
            self.character = character

    class Pasted(Message):
        """Text was pasted."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Pointed(Message):
        """A cell of the frame was clicked on."""

        def __init__(self, row: int, column: int) -> None:
            super().__init__()
            self.row = row
            self.column = column

    def __init__(self, display: Display) -> None:
        """Show nothing yet, in the way of `display`."""
        super().__init__()
        self.way = display
        self._typed: Typed | None = None
        self._frame: Frame | None = None
        self.cells = np.empty((0, 0), CELL)
        self._tint: NDArray[np.bool_] | None = None
        self._chosen: tuple[int, int] | None = None
        self._view = np.empty((0, 0), CELL)
        self._stale = True
        self._painter = PixelPainter(self._write)

    def show_frame(self, frame: Frame, cells: NDArray[np.void]) -> None:
        """Show a frame; `cells` is what was read off it."""
        self._frame, self.cells, self._stale = frame, cells, True

    def show_typed(self, typed: Typed | None) -> None:
        """Show the line being typed; None: there is none."""
        self._stale |= typed != self._typed
        self._typed = typed

    def tint(self, cells: NDArray[np.bool_] | None, chosen: tuple[int, int] | None = None) -> None:
        """Tint cells of the frame, (rows, columns), and reverse one, where it is shown as text; None: none."""
        self._tint, self._chosen, self._stale = cells, chosen, True

    def use(self, display: Display) -> None:
        """Show in another way from now on."""
        self.way = display
        self.repaint()

    def update(self) -> None:
        """Bring the window up to date: only what changed is drawn."""
        if not self._stale:
            return
        self._stale = False
        if self.way is not Display.TEXT:
            self._paint()
            return
        before, self._view = self._view, self._new_view()
        if before.shape != self._view.shape:
            self.refresh()
            return
        # As bytes: cells are compared field by field, which takes ten times as long.
        changed = before.view(np.uint8) != self._view.view(np.uint8)
        for row in np.flatnonzero(changed.any(axis=1)).tolist():
            self.refresh(Region(0, row, self.size.width, 1))

    def repaint(self) -> None:
        """Draw the whole window again."""
        self._painter.forget()
        if self.way is Display.TEXT:
            self._painter.clear()
        self._view = self._new_view()
        self.refresh()
        if self.way is not Display.TEXT:
            # The picture goes over the blank text that Textual paints first.
            self.call_after_refresh(self._paint)

    def hide_pixels(self) -> None:
        """Take the picture away, as before another screen is shown or the app ends."""
        self._painter.clear()

    def render_line(self, y: int) -> Strip:
        """See `Widget.render_line`."""
        width = self.size.width
        if self.way is not Display.TEXT or y >= len(self._view) or self._view.shape[1] != width:
            return Strip([Segment(" " * width, PLAIN)], width)
        return _strip(self._view[y].tobytes())

    def on_resize(self) -> None:
        """Lay out for the new size."""
        self.repaint()

    def on_key(self, event: events.Key) -> None:
        """Pass every key on but the app's: none belongs to Textual here."""
        if event.key in FUNCTION_KEYS:
            return
        event.stop()
        event.prevent_default()
        # To the app at once: by way of this widget it would wait twice.
        self.app.post_message(self.Pressed(event.key, event.character if event.is_printable else None))

    def on_paste(self, event: events.Paste) -> None:
        """Pass a paste on."""
        event.stop()
        self.app.post_message(self.Pasted(event.text))

    def on_click(self, event: events.Click) -> None:
        """Pass a click on, as the cell under it."""
        layout = lay_out(self._typed, self.size.height, self.size.width, self.cells.shape[1] or self.size.width)
        self.post_message(self.Pointed(event.y + layout.top, event.x))

    def _new_view(self) -> NDArray[np.void]:
        height, width = self.size.height, self.size.width
        if not self.cells.size:
            self.cells = np.full((height, width), np.array(EMPTY, CELL), CELL)
        layout = lay_out(self._typed, height, width, self.cells.shape[1] or width)
        cells = self.cells
        if self._tint is not None and self._tint.shape == cells.shape:
            cells = cells.copy()
            cells["bg"][self._tint] = TINT
            if self._chosen is not None:
                cell = cells[self._chosen]
                cell["fg"], cell["bg"] = cell["bg"].copy(), cell["fg"].copy()
        return view_cells(cells, layout, height, width)

    def _paint(self) -> None:
        """Paint the pixels, unless another screen is in front."""
        height, width = self.size.height, self.size.width
        if self._frame is None or not (height and width) or not self.screen.is_current:
            return
        layout = lay_out(self._typed, height, width, self._frame.geometry.columns)
        self._painter.paint(view_pixels(self._frame.pixels, layout, height, width), self.way, cell_size())

    def _write(self, text: str) -> None:
        """Send text to the terminal as it is, in the order of Textual's own."""
        driver = self.app._driver
        if driver is not None and not self.app.is_headless:
            driver.write(text)
            driver.flush()


def cell_size() -> Size:
    """The terminal's cell in pixels; 8x16 where it does not tell."""
    try:
        packed = fcntl.ioctl(sys.__stderr__ or 2, termios.TIOCGWINSZ, b"\0" * 8)
    except (OSError, ValueError):
        return Size(CELL_WIDTH, CELL_HEIGHT)
    rows, columns, width, height = struct.unpack("HHHH", packed)
    if not (rows and columns and width >= columns and height >= rows):
        return Size(CELL_WIDTH, CELL_HEIGHT)
    return Size(width // columns, height // rows)
