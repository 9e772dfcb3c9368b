"""Going back through what left the screen: move, search, mark lines and copy them."""

from collections.abc import Sequence

import numpy as np
from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static

from model.font.cells import BACKGROUND
from neuralsh.scrollback import Row, find, text_of
from neuralsh.showing.text import PLAIN, segments

HERE = (64, 64, 64)
"""The background of the line one is at."""

MARKED = (50, 70, 110)
"""The background of marked lines."""

KEYS = "/ search   n N next   v mark   y copy   Esc back"


class Lines(Widget):
    """Rows, of which one is where one is; it stays in view."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Show the last of `rows`, one or more."""
        super().__init__()
        self.rows = rows
        self.at = len(rows) - 1
        self.top = 0
        self.mark: int | None = None

    @property
    def marked(self) -> range:
        """The rows that would be copied: from the mark to where one is, both included."""
        ends = sorted((self.at, self.at if self.mark is None else self.mark))
        return range(ends[0], ends[1] + 1)

    def go(self, at: int) -> None:
        """Move to a row, or as far that way as there are rows."""
        self.at = min(max(at, 0), len(self.rows) - 1)
        self.follow()

    def follow(self) -> None:
        """Scroll no further than needed to see where one is."""
        height = max(1, self.size.height)
        self.top = min(max(self.top, self.at - height + 1), self.at, max(0, len(self.rows) - height))
        self.refresh()

    def on_resize(self) -> None:
        """Keep the place in view."""
        self.follow()

    def render_line(self, y: int) -> Strip:
        """See `Widget.render_line`."""
        width, at = self.size.width, self.top + y
        if at >= len(self.rows):
            return Strip([Segment(" " * width, PLAIN)], width)
        row = self.rows[at]
        if at in self.marked:
            row = row.copy()
            row["bg"][(row["bg"] == np.array(BACKGROUND, np.uint8)).all(axis=1)] = HERE if at == self.at else MARKED
        return Strip([*segments(row), Segment(" " * width, PLAIN)]).crop(0, width)


class ScrollbackScreen(ModalScreen[None]):
    """Shows rows that were drawn before, until Esc."""

    AUTO_FOCUS = ""
    BINDINGS = [  # noqa: RUF012
        Binding("escape,q", "leave", show=False),
        Binding("up,k,ctrl+p", "move(-1)", show=False),
        Binding("down,j,ctrl+n", "move(1)", show=False),
        Binding("pageup,shift+pageup,ctrl+b", "page(-1)", show=False),
        Binding("pagedown,shift+pagedown,ctrl+f,space", "page(1)", show=False),
        Binding("home,g", "end(-1)", show=False),
        Binding("end,G", "end(1)", show=False),
        Binding("slash,question_mark,ctrl+r", "search", show=False),
        Binding("n", "next(-1)", show=False),
        Binding("N", "next(1)", show=False),
        Binding("v", "mark", show=False),
        Binding("y,enter", "copy", show=False),
    ]

    def __init__(self, rows: Sequence[Row]) -> None:
        """Show `rows`, one or more, a page above the last."""
        super().__init__()
        self.lines = Lines(rows)
        self.wanted = ""

    def compose(self) -> ComposeResult:
        """See `Screen.compose`."""
        yield self.lines
        yield Static(id="keys", markup=False)
        yield Input(id="search", placeholder="search upwards: capitals count if there are any")

    def on_mount(self) -> None:
        """Start a page above."""
        self.query_one(Input).display = False
        self.call_after_refresh(self.action_page, -1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel: three lines."""
        event.stop()
        self.action_move(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel: three lines."""
        event.stop()
        self.action_move(3)

    def action_move(self, step: int) -> None:
        """Move by lines."""
        self._go(self.lines.at + step)

    def action_page(self, step: int) -> None:
        """Move by a screen."""
        self._go(self.lines.at + step * max(1, self.lines.size.height - 1))

    def action_end(self, step: int) -> None:
        """Move to the first line or to the last."""
        self._go(0 if step < 0 else len(self.lines.rows) - 1)

    def action_search(self) -> None:
        """Ask what to look for."""
        line = self.query_one(Input)
        line.display, line.value = True, ""
        line.focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Look for it, upwards."""
        self.wanted = message.value or self.wanted
        self._close_search()
        self.action_next(-1)

    def action_next(self, step: int) -> None:
        """The next line that holds what was looked for, up or down."""
        if not self.wanted:
            return
        found = find(list(self.lines.rows), self.wanted, self.lines.at + step, step)
        if found is None:
            self._tell(f"{self.wanted!r} is not {'above' if step < 0 else 'below'}")
        else:
            self._go(found)

    def action_mark(self) -> None:
        """Mark from here on, or no more."""
        self.lines.mark = self.lines.at if self.lines.mark is None else None
        self.lines.refresh()

    def action_copy(self) -> None:
        """Put the marked lines, or this one, on the terminal's clipboard, and go back."""
        text = "\n".join(text_of(self.lines.rows[at]) for at in self.lines.marked)
        self.app.copy_to_clipboard(text)
        self.dismiss()

    def action_leave(self) -> None:
        """Leave the search, or go back."""
        if self.query_one(Input).display:
            self._close_search()
        else:
            self.dismiss()

    def _close_search(self) -> None:
        self.query_one(Input).display = False
        self.set_focus(None)

    def _go(self, at: int) -> None:
        self.lines.go(at)
        self._tell()

    def _tell(self, notice: str = "") -> None:
        where = f" line {self.lines.at + 1} of {len(self.lines.rows)}   {notice or KEYS}"
        self.query_one("#keys", Static).update(where)
