"""Ctrl-R: the latest line of the history that holds what is typed, then older ones. Pure: no screen, no terminal."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class HistorySearch:
    """A search from the newest line to the oldest.

    Attributes:
        history: lines typed before, oldest first.
        query: what the line has to hold.
        at: index of the line found; ``len(history)`` before anything was.
        failed: whether no line holds the query; `at` is then the last line that did.
    """

    history: Sequence[str]
    query: str = ""
    at: int = field(init=False)
    failed: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.at = len(self.history)

    @property
    def line(self) -> str | None:
        """The line found."""
        return self.history[self.at] if self.at < len(self.history) else None

    def extend(self, text: str) -> None:
        """Search for more: a line that still holds it stays."""
        self.query += text
        self._look(min(self.at, len(self.history) - 1))

    def shorten(self) -> None:
        """Search for one character less, from the newest line again."""
        self.query = self.query[:-1]
        self.at = len(self.history)
        self._look(self.at - 1)

    def older(self) -> None:
        """The next line that holds the query and differs from this one."""
        start = self.at - 1
        while start >= 0 and self.history[start] == self.line:
            start -= 1
        self._look(start)

    def _look(self, start: int) -> None:
        if not self.query:
            self.failed = False
            return
        found = (at for at in range(start, -1, -1) if self.query in self.history[at])
        at = next(found, None)
        self.failed = at is None
        if at is not None:
            self.at = at
