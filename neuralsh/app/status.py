"""The status line: which machine, where, and how fast."""

from dataclasses import dataclass, replace

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from neuralsh.session import Timing


@dataclass(frozen=True, slots=True)
class Status:
    """What the status line says.

    Attributes:
        machine: its name; empty while it loads.
        device: where it runs.
        routines: those that may answer.
        answered: the routine that answered last; empty: the base machine did.
        timing: the times of the last turn.
        drawing: whether the machine is drawing.
        keys: whether keys go to a program that the machine draws.
        ocr: what reads the frames.
        display: how they are shown.
        ahead: what is typed while the machine draws; it is sent, or shown at the prompt, when its turn comes.
        notice: something to tell instead, until the next key.
    """

    machine: str = ""
    device: str = ""
    routines: tuple[str, ...] = ()
    answered: str = ""
    timing: Timing | None = None
    drawing: bool = False
    keys: bool = False
    ocr: str = "cells"
    display: str = "text"
    ahead: str = ""
    notice: str = ""

    def parts(self) -> list[str]:
        """What is said, most important first."""
        if not self.machine:
            return ["loading the machine"]
        said = [f"next: {self.ahead}"] if self.ahead else []
        said += [self.machine, self.device, "+".join(("base", *self.routines))]
        if self.answered:
            said.append(f"{self.answered} answered")
        if self.keys:
            said.append("keys go to the program, F4 to the line")
        if self.drawing:
            said.append("drawing")
        elif self.timing is not None:
            said.append(f"first {self.timing.first_frame_ms:.0f} ms, all {self.timing.total_ms:.0f} ms")
            if self.timing.frames_per_second:
                said.append(f"{self.timing.frames_per_second:.0f} frames/s")
        return [*said, f"read by {self.ocr}", f"shown as {self.display}", "F1 help"]


class StatusLine(Widget):
    """One line at the bottom."""

    def __init__(self, status: Status) -> None:
        """Start with `status`."""
        super().__init__()
        self.status = status

    def change(self, **parts: object) -> None:
        """Change some of what is said."""
        changed = replace(self.status, **parts)  # type: ignore[arg-type]
        if changed != self.status:
            self.status = changed
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """See `Widget.render_line`. What does not fit is left out from the end."""
        width, style = self.size.width, self.rich_style
        if self.status.notice:
            line = self.status.notice
            if cell_len(line) > width:
                line = set_cell_size(line, width - 1) + "…"
            style += Style(bold=True)
        else:
            line = ""
            for part in self.status.parts():
                longer = f"{line} · {part}" if line else part
                if cell_len(longer) > width and line:
                    break
                line = longer
        shown = Strip([Segment(line, style)]).crop(0, width)
        return shown.extend_cell_length(width, Style(bgcolor=style.bgcolor))
