"""What a routine was seen to do, turn by turn: the base machine's frame beside the one drawn with the routine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Static

from model.protocol import Frame
from neuralsh.app.pane import Pane
from neuralsh.reading.cells import read_cells

if TYPE_CHECKING:
    from trainer.install.teach import Taught


MARGINS = 2
"""Columns of a pane that are beside its screen."""


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A turn to be looked at.

    Attributes:
        about: what it shows and whether it is as it should be, in a line.
        before: gives its last frame by the base machine.
        drawn: the one with the routine beside it.
    """

    about: str
    before: Callable[[], Frame]
    drawn: Frame


def turns_of(taught: "Taught") -> list[Turn]:
    """All turns of the evidence: demonstrations, other arguments, commands that must not change."""
    turns = list[Turn]()
    for what, shown in (("demonstration", taught.shown), ("another argument", taught.unseen)):
        turns += [
            Turn(f"{what}, {'exact' if one.exact else 'NOT AS WANTED'}: {one.example.command}", one.before, one.drawn)
            for one in shown
        ]
    return turns + [
        Turn(
            f"another command, {'the same' if one.same else 'CHANGED'}: {one.command}",
            partial(_same, one.before),
            one.drawn,
        )
        for one in taught.neighbours
    ]


def _same(frame: Frame) -> Frame:
    """The frame: it was drawn already."""
    return frame


def _used(cells: NDArray[np.void]) -> int:
    """Columns up to the last that shows anything, of cells (rows, columns)."""
    return 1 + int(np.flatnonzero((cells["glyph"] != ord(" ")).any(axis=0)).max(initial=-1))


class EvidenceScreen(ModalScreen[None]):
    """Shows turns before and after, side by side, until Esc."""

    BINDINGS = [  # noqa: RUF012
        Binding("escape,q,enter", "leave", show=False),
        Binding("right,down,n,space", "go(1)", show=False),
        Binding("left,up,p", "go(-1)", show=False),
    ]

    def __init__(self, name: str, turns: Sequence[Turn]) -> None:
        """Show `turns`, one or more, of a routine."""
        super().__init__()
        self.turns = turns
        self.at = 0
        self.widest = MARGINS
        self.before = Pane("before: the base machine")
        self.after = Pane(f"after: with {name}")

    def compose(self) -> ComposeResult:
        """See `Screen.compose`."""
        yield Static(id="about", markup=False)
        with Container(id="panes"):
            yield self.before
            yield self.after
        yield Static("← → turn by turn   Esc goes back", id="keys", markup=False)

    def on_mount(self) -> None:
        """Show the first turn."""
        self.action_go(0)

    def on_resize(self, event: Resize) -> None:
        """Lay the panes out anew."""
        self._lay_out(event.size.width)

    def _lay_out(self, width: int) -> None:
        """Panes stand one above the other where two columns would cut what was shown so far."""
        self.query_one("#panes").set_class(width < 2 * self.widest, "stacked")

    def action_go(self, step: int) -> None:
        """Look at another turn; behind the last comes the first."""
        self.at = (self.at + step) % len(self.turns)
        turn = self.turns[self.at]
        self.query_one("#about", Static).update(f" {self.at + 1} of {len(self.turns)}: {turn.about}")
        before, after = read_cells(turn.before()), read_cells(turn.drawn)
        self.widest = max(self.widest, *(MARGINS + _used(cells) for cells in (before, after)))
        self._lay_out(self.size.width)
        self.before.show(before)
        self.after.show(after)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss()
