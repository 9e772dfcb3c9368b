"""Turns of a session as text and figures: what headless runs print."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from model.protocol import ActionError, Frame
from neuralsh.errors import one_line
from neuralsh.prompts import find_prompt
from neuralsh.reading.cells import frame_lines
from neuralsh.screen import ScreenReader, row_text
from neuralsh.session import Session, Timing
from neuralsh.transcript import TurnReader, TurnText


@dataclass(frozen=True, slots=True)
class Turn:
    """One action and what the machine drew for it.

    Attributes:
        line: what was typed.
        text: what was read off the frames.
        timing: how long it took.
        state: the hash of the state after it, or None if not asked for.
        error: why the machine did not take the line, in one line.
    """

    line: str
    text: TurnText
    timing: Timing
    state: str | None = None
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The object `--json` prints."""
        shown: dict[str, Any] = {
            "command": self.line,
            "output": self.text.output,
            "screen": self.text.screen,
            "frames": self.timing.frames,
            "first_frame_ms": round(self.timing.first_frame_ms, 3),
            "total_ms": round(self.timing.total_ms, 3),
            "state": self.state,
        }
        if self.error is not None:
            shown["error"] = self.error
        elif not self.timing.complete:
            shown["error"] = f"stopped after {self.timing.frames} frames"
        return shown


class Typist:
    """Types lines into a session and reads what comes back."""

    def __init__(
        self,
        session: Session,
        *,
        read_lines: Callable[[Frame], list[str]] = frame_lines,
        digest: bool = False,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """Let the machine draw its first prompt.

        Args:
            session: a session not started yet.
            read_lines: reads text off frames: the cell reader or Tesseract.
            digest: whether to hash the state after every turn.
            stopped: is asked after every frame whether the drawing is to be stopped.
        """
        self._session = session
        self._read_lines = read_lines
        self._digest = digest
        self._stopped = stopped
        self._screen = ScreenReader(session.frame)
        for frame in session.start():
            self._screen.read(frame)
        self._prompt = find_prompt(session.frame, self._screen.cells, None)

    @property
    def prompt_text(self) -> str:
        """The prompt the machine waits at, as text."""
        row = self._screen.cells[self._prompt.row]
        return row_text(row[self._prompt.start : self._prompt.column])

    def type(self, line: bytes, caption: str | None = None) -> Turn:
        """Type a line and Enter, and read the answer. A line the machine cannot take is a turn with an error."""
        session = self._session
        text = line.decode("utf-8", "replace")
        reader = TurnReader(session.frame, text, screen=self._screen, prompt=self._prompt, read_lines=self._read_lines)
        try:
            with closing(session.run(line + b"\r", caption)) as frames:
                for frame in frames:
                    reader.feed(frame)
                    if self._stopped():
                        break
        except ActionError as error:
            nothing = TurnText([], [], self._read_lines(session.frame))
            return Turn(text, nothing, Timing(0, 0.0, 0.0), self._state(), one_line(error))
        read = reader.result()
        self._prompt = reader.prompt
        return Turn(text, read, session.timing, self._state())

    def look_again(self) -> None:
        """The session went on from another state: find the prompt it waits at."""
        frame = self._session.frame
        self._prompt = find_prompt(frame, self._screen.read(frame), None)

    def type_all(self, lines: Iterator[tuple[bytes, str | None]]) -> Iterator[Turn]:
        """Type lines with their captions, one turn each."""
        for line, caption in lines:
            yield self.type(line, caption)

    def _state(self) -> str | None:
        return self._session.state.digest() if self._digest else None
