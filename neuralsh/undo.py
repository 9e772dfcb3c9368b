"""The states before the latest lines, to go back to."""

from collections import deque

from model.protocol import State
from neuralsh.session import UNDO

PIXELS = 64 * 2**20
"""Bytes of frames that are kept, at most. Of a terminal of 80x24 a frame has 0.7 million, of the largest 9.6."""


class Past:
    """The last `UNDO` states, fewer of large terminals; the oldest make room."""

    def __init__(self) -> None:
        self._states = deque[State](maxlen=UNDO)

    def __len__(self) -> int:
        return len(self._states)

    def keep(self, state: State) -> None:
        """Keep a state, which is nobody else's from here on."""
        self._states.append(state)
        while len(self) > 1 and sum(kept.frame.pixels.nbytes for kept in self._states) > PIXELS:
            self._states.popleft()

    def take(self) -> State | None:
        """The latest state, no longer kept; None: there is none."""
        return self._states.pop() if self._states else None
