"""A figure turn by turn: a row of bars on a scale that stays, so that a bar says what the figure is."""

from collections.abc import Sequence

from rich.text import Text
from textual.widget import Widget

BARS = "▁▂▃▄▅▆▇█"


class Plot(Widget):
    """The figures from the first to the last over the whole width; of those that share a column, the least."""

    def __init__(self, top: float, *, id: str) -> None:
        """Nothing is drawn yet.

        Args:
            top: the figure of a whole bar, and of what is above it; the lowest bar is 0.
            id: of the widget.
        """
        super().__init__(id=id)
        self.top = top
        self.data: Sequence[float] = ()

    def show(self, data: Sequence[float]) -> None:
        """Show other figures, none below 0."""
        self.data = data
        self.refresh()

    def render(self) -> Text:
        """See `Widget.render`."""
        width, count = self.size.width, len(self.data)
        if not count:
            return Text()
        starts = [at * count // width for at in range(width)]
        ends = [max(start + 1, (at + 1) * count // width) for at, start in enumerate(starts)]
        least = (min(self.data[start:end]) for start, end in zip(starts, ends, strict=True))
        return Text("".join(BARS[int(min(1.0, figure / self.top) * (len(BARS) - 1))] for figure in least))
