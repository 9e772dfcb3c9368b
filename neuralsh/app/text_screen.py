"""Lines to read over the shell, such as the log of what was installed."""

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import ScrollableContainer
from textual.screen import ModalScreen
from textual.widgets import Static


class TextScreen(ModalScreen[None]):
    """Shows lines until Esc; the keys that move are those of any scrolled text."""

    BINDINGS = [Binding("escape,q,enter", "leave", show=False)]  # noqa: RUF012

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        """Show `lines` under `title`."""
        super().__init__()
        self.title_line = title
        self.lines = lines

    def compose(self) -> ComposeResult:
        """See `Screen.compose`."""
        yield Static(Text(f" {self.title_line} · arrows scroll, Esc goes back"), id="title")
        with ScrollableContainer():
            yield Static(Text("\n".join(self.lines), no_wrap=True), id="lines")

    def on_mount(self) -> None:
        """Let the keys scroll."""
        self.query_one(ScrollableContainer).focus()

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss()
