"""What evaluation reads frames with. The readers live with the shell, so they are handed in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from model.protocol import Frame


class TurnText(Protocol):
    """The text of a turn, as a reader of turns gives it; each a list of rows without blanks at their end."""

    @property
    def command(self) -> list[str]:
        """The rows of the prompt and the command line, as drawn."""

    @property
    def output(self) -> list[str]:
        """The rows between the command line and the next prompt, those that scrolled away too."""

    @property
    def screen(self) -> list[str]:
        """The rows of the last frame."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Ways from frames to text.

    Attributes:
        cells: a frame to `CELL` (rows, columns), exact on true frames.
        lines: a frame to the text of each row by the same reader, blanks at the end of a row dropped.
        turn: the frame before an action, the typed line, and the frames it was answered with, to text.
        tesseract: a frame to lines by the paper's reader; None where it is not installed.
    """

    cells: Callable[[Frame], NDArray[np.void]]
    lines: Callable[[Frame], list[str]]
    turn: Callable[[Frame, str, Iterable[Frame]], TurnText]
    tesseract: Callable[[Frame], list[str]] | None = None
