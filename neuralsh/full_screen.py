"""Whether a full-screen program is on, such as a pager or an editor: seen from the frames, as a person sees it.

A program that takes the screen for itself clears it, and does not end at a prompt. It is on until a prompt like the one
it was started from is drawn again.
"""

import numpy as np
from numpy.typing import NDArray

from neuralsh.prompts import Prompt, at_prompt


class FullScreen:
    """Follows a session turn by turn.

    Attributes:
        on: whether a program has the screen.
    """

    def __init__(self) -> None:
        """None is on."""
        self.on = False
        self._shell = np.empty(0, np.void)

    def turn(self, cells: NDArray[np.void], prompt: Prompt, *, complete: bool, cleared: bool) -> None:
        """A turn is over.

        Args:
            cells: of the screen, `CELL` (rows, columns).
            prompt: where the cursor is.
            complete: whether the machine drew it to its end; if not, nothing can be told from it.
            cleared: whether the screen was cleared in the turn.
        """
        if not complete:
            return
        if len(self._shell):
            self.on = (self.on or cleared) and not at_prompt(cells, prompt, self._shell)
        if not self.on:
            self._shell = cells[prompt.row, prompt.start : prompt.column].copy()

    def leave(self) -> None:
        """The session goes on elsewhere."""
        self.on = False
