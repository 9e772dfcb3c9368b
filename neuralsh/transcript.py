"""Text off frames: what a command printed, read from the frames between its line and the next prompt.

Only frames are looked at. Rows that leave the screen at the top are kept as pixels until they are read, so long output
is whole. Counting rows from the first row of the frame before the action, output starts below the command line and
ends above the row of the new prompt, or inside that row when the output ended without a line break.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.font.cells import BACKGROUND
from model.protocol import CELL_WIDTH, Frame
from neuralsh.prompts import Prompt, find_prompt
from neuralsh.reading.cells import frame_lines
from neuralsh.screen import ScreenReader, pixel_rows, rows_frame
from neuralsh.scrollback import used_rows
from neuralsh.scrolling import motion
from neuralsh.wrapping import rows_of

CHUNK = 24
"""Rows read at once."""

Reader = Callable[[Frame], list[str]]


@dataclass(frozen=True, slots=True)
class TurnText:
    """What a turn shows as text.

    Attributes:
        command: the rows of the prompt and the command line, as drawn.
        output: the rows drawn between the command line and the next prompt.
        screen: the rows of the screen at the end.
    """

    command: list[str]
    output: list[str]
    screen: list[str]


class TurnReader:
    """Reads one turn: `feed` it every frame, then ask for the `result`.

    Attributes:
        screen: reads the frames; the next turn goes on with it.
        prompt: the prompt at the start, and after `result` the one at the end.
        cleared: whether the screen was cleared.
    """

    def __init__(
        self,
        before: Frame,
        command: str,
        *,
        screen: ScreenReader | None = None,
        prompt: Prompt | None = None,
        read_lines: Reader = frame_lines,
        left: Callable[[NDArray[np.void]], object] = lambda rows: None,
    ) -> None:
        """Start at the frame before the action.

        Args:
            before: the frame the action was typed on.
            command: the typed line, without its carriage return.
            screen: a reader that has read `before`; None: a new one.
            prompt: the prompt on `before`; None: found on it.
            read_lines: reads frames of a few rows: the cell reader or Tesseract.
            left: is told the rows that leave the screen, `CELL` (n, columns), as it scrolls or is cleared.
        """
        self._left = left
        self.screen = screen or ScreenReader(before)
        self.prompt = prompt or find_prompt(before, self.screen.cells, None)
        self._command = command
        self._read_lines = read_lines
        self._last = before
        self.cleared = False
        self._drawn = self.screen.cells[self.prompt.row, self.prompt.start : self.prompt.column].copy()
        columns = before.geometry.columns
        # Rows are counted from the top of `before`: the command line's are first up to, not including, output.
        self._first = self.prompt.row
        self._output = self.prompt.row + rows_of(command, self.prompt.column, columns)
        self._gone = 0
        self._command_rows = _Rows(read_lines)
        self._output_rows = _Rows(read_lines)

    def feed(self, frame: Frame) -> None:
        """Take the next frame."""
        before = self.screen.cells
        after = self.screen.read(frame)
        if before.shape != after.shape:
            # Of a smaller screen the rows above the prompt's leave at the top.
            if lift := max(0, self.prompt.row + 1 - len(after)):
                self._left(before[:lift])
            self._resize(*after.shape)
        else:
            moved = motion(before, after)
            if moved.cleared:
                self._left(before[: used_rows(before)])
                self._restart()
            elif moved.scrolled:
                self._left(before[: moved.scrolled])
            for row in pixel_rows(self._last)[: moved.scrolled]:
                self._keep(self._gone, row)
                self._gone += 1
        self._last = frame

    def result(self) -> TurnText:
        """What was read; call it once, after the last frame."""
        cells = self.screen.cells
        end = find_prompt(self._last, cells, self._drawn)
        rows = pixel_rows(self._last)
        for row in range(end.row):
            self._keep(self._gone + row, rows[row])
        if end.start and self._gone + end.row >= self._output:
            self._keep(self._gone + end.row, _left_of(rows[end.row], end.start))
        elif self._gone + end.row < self._output and end.row == self.prompt.row and not self._gone:
            self._keep(end.row, rows[end.row])
        self.prompt = end
        screen = self._read_lines(self._last)
        return TurnText(self._command_rows.lines(), self._output_rows.lines(), screen)

    def _keep(self, at: int, row: NDArray[np.uint8]) -> None:
        """Keep a row, uint8 (16, width, 3), that stands at row `at` counted from the top of the first frame."""
        if at < self._first:
            return
        if at >= self._output:
            self._output_rows.add(row)
        else:
            self._command_rows.add(_right_of(row, self.prompt.start) if at == self._first else row)

    def _resize(self, rows: int, columns: int) -> None:
        """The action brought a new size, and the prompt's row stayed on screen."""
        self._first = min(self.prompt.row, rows - 1)
        self._output = self._first + rows_of(self._command, min(self.prompt.column, columns), columns)

    def _restart(self) -> None:
        """The screen was cleared: all that stands on it from now on is output, from the first row."""
        self.cleared = True
        rows = pixel_rows(self._last)
        for row in range(max(0, self._first - self._gone), min(len(rows), self._output - self._gone)):
            self._keep(self._gone + row, rows[row])
        self._first = self._output = self._gone = 0
        self._output_rows = _Rows(self._read_lines)


class _Rows:
    """Rows of pixels, read to text a few at a time."""

    def __init__(self, read_lines: Reader) -> None:
        self._read_lines = read_lines
        self._unread: list[NDArray[np.uint8]] = []
        self._lines: list[str] = []

    def add(self, row: NDArray[np.uint8]) -> None:
        self._unread.append(row.copy())
        if len(self._unread) == CHUNK:
            self._read()

    def lines(self) -> list[str]:
        if self._unread:
            self._read()
        return [line.rstrip() for line in self._lines]

    def _read(self) -> None:
        width = max(row.shape[1] for row in self._unread)
        padded = [np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0)), "edge") for row in self._unread]
        self._lines += self._read_lines(rows_frame(np.stack(padded)))
        self._unread = []


def _left_of(row: NDArray[np.uint8], column: int) -> NDArray[np.uint8]:
    """A row with all cells from `column` on blanked."""
    blanked = row.copy()
    blanked[:, column * CELL_WIDTH :] = BACKGROUND
    return blanked


def _right_of(row: NDArray[np.uint8], column: int) -> NDArray[np.uint8]:
    """A row that starts at `column`, its end blanked."""
    blanked = np.empty_like(row)
    blanked[:] = np.array(BACKGROUND, np.uint8)
    start = column * CELL_WIDTH
    blanked[:, : row.shape[1] - start] = row[:, start:]
    return blanked
