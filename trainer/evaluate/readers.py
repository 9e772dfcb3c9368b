"""What evaluation reads frames with. The readers live with the shell, so they are handed in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.protocol import Frame


@dataclass(frozen=True, slots=True)
class TurnText:
    """The text of a turn as it was drawn. Rows are without blanks at their end.

    Attributes:
        echo: the rows of the prompt and the command line.
        output: the rows between the command line and the next prompt, those that scrolled away too.
        screen: the rows of the last frame.
        start: the cell at which the next prompt starts in its row.
    """

    echo: list[str]
    output: list[str]
    screen: list[str]
    start: int


@dataclass(frozen=True, slots=True)
class Readers:
    """Ways from frames to text.

    Attributes:
        cells: a frame to `CELL` (rows, columns), exact on true frames.
        lines: a frame to the text of each row by the same reader, blanks at the end of a row dropped.
        turn: the frame before an action, the cell at which the prompt starts in its row, the typed line, and the frames
            it was answered with, to the text of the turn.
        tesseract: a frame to lines by the paper's reader; None where it is not installed.
    """

    cells: Callable[[Frame], NDArray[np.void]]
    lines: Callable[[Frame], list[str]]
    turn: Callable[[Frame, int, str, Iterable[Frame]], TurnText]
    tesseract: Callable[[Frame], list[str]] | None = None
