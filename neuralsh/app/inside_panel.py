"""The side panel: what the machine is thinking."""

from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from neuralsh.inside import DOUBTFUL, Look

NOTHING = "this machine cannot be looked into"

NOT_SEEN = "nothing seen: it was drawn before this was open"

WIDE = 2
"""Cells of the frame side by side in one of the picture of latents; a character holds two rows of them."""


def picture(look: Look, columns: int) -> Text:
    """The latents of a frame as an image: a character for `WIDE` cells of two rows."""
    image = look.latents[:, ::WIDE][:, :columns]
    lines = Text()
    for row in range(0, len(image), 2):
        for column in range(image.shape[1]):
            upper = image[row, column]
            lower = image[row + 1, column] if row + 1 < len(image) else upper
            colours = (f"rgb({','.join(map(str, pixel.tolist()))})" for pixel in (upper, lower))
            lines.append("▀", Style.parse(" on ".join(colours)))
        lines.append("\n")
    return lines


def described(look: Look, columns: int, rows: int, cell: tuple[int, int] | None = None) -> Text:
    """A look as text of so many columns and rows; `cell` is told what it was drawn from."""
    said = Text(no_wrap=True, overflow="crop")
    reach = look.reach
    if reach is None:
        said.append("drawing\n")
    else:
        said.append(f"state  {look.digest[:16]}  {reach.megabytes:.1f} MB\n")
        said.append(f"holds  {_count(reach.turns, 'turn')}, {_count(reach.tokens, 'token')}\n")
        said.append(f"attends to {reach.attended} tokens; {look.routine or 'the base machine'} answered\n")
    for line in look.recalled[-4:]:
        said.append(f"recalls {line}\n")
    if cell is not None:
        said.append(f"cell {cell[0]},{cell[1]} was drawn from\n")
        said.append("".join(f"  {one}\n" for one in look.origins.get(cell, (NOT_SEEN,))))
    if look.sheet:
        said.append("scratch sheet\n" + "".join(f"  {row}\n" for row in look.sheet))
    for name, names in look.notes.items():
        said.append(f"notes {name}: {'  '.join(names)}\n")
    said.append("latents\n")
    said.append_text(picture(look, columns))
    said.append(f"{_count(int((look.doubt > DOUBTFUL).sum()), 'doubtful cell')} (tinted)\n")
    said.append("write    cells  row,col  doubt\n")
    room = max(0, rows - len(said.plain.splitlines()))
    said.append("\n".join(look.bus[-room:] if room else ()))
    return said


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


class InsidePanel(Widget):
    """Shows the latest look, over the right of the terminal."""

    def __init__(self) -> None:
        """Nothing is seen yet."""
        super().__init__()
        self.seen: Look | None = None
        self.cell: tuple[int, int] | None = None
        self.display = False

    def show(self, look: Look | None) -> None:
        """Show a look; None: the machine tells nothing."""
        self.seen = look
        if look is not None and self.cell is None and look.origins:
            self.cell = max(look.origins, key=lambda cell: float(look.doubt[cell]))
        if look is not None and self.cell is not None:
            self.choose(*self.cell)
        self.refresh()

    def choose(self, row: int, column: int) -> None:
        """Tell what a cell of the frame was drawn from; one beyond its edges is the nearest within."""
        if self.seen is not None:
            rows, columns = self.seen.doubt.shape
            self.cell = min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)
            self.refresh()

    def move(self, down: int, right: int) -> None:
        """Go on to a cell so many rows and columns away."""
        row, column = self.cell or (0, 0)
        self.choose(row + down, column + right)

    def render(self) -> Text:
        """See `Widget.render`."""
        if self.seen is None:
            return Text(NOTHING)
        return described(self.seen, self.size.width, self.size.height, self.cell)
