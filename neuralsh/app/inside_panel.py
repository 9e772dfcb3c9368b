"""The side panel: what the machine is thinking."""

from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from neuralsh.inside import DOUBTFUL, Look

NOTHING = "this machine cannot be looked into"

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


def described(look: Look, columns: int, rows: int) -> Text:
    """A look as text of so many columns and rows."""
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
    said.append("latents\n")
    said.append_text(picture(look, columns))
    said.append(f"{_count(int((look.doubt > DOUBTFUL).sum()), 'doubtful cell')} (tinted)\n")
    said.append("write  cells  row,col  doubt\n")
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
        self.display = False

    def show(self, look: Look | None) -> None:
        """Show a look; None: the machine tells nothing."""
        self.seen = look
        self.refresh()

    def render(self) -> Text:
        """See `Widget.render`."""
        if self.seen is None:
            return Text(NOTHING)
        return described(self.seen, self.size.width, self.size.height)
