"""The states before the latest lines, to go back to."""

from collections import deque

from model.protocol import State
from neuralsh.session import UNDO

MAX_BYTES = 64 * 2**20
"""Of all states that are kept, at most. Of a short line in a terminal of 80x24 there is 1 million, a frame mostly; a
frame of the largest terminal has 9.6, and a line that fills it may have as much again."""


class Past:
    """The last `UNDO` states, fewer of large terminals and long turns; the oldest make room."""

    def __init__(self) -> None:
        self._states = deque[State](maxlen=UNDO)

    def __len__(self) -> int:
        return len(self._states)

    def keep(self, state: State) -> None:
        """Keep a state, which is nobody else's from here on."""
        self._states.append(state)
        while len(self) > 1 and sum(kept.own_bytes for kept in self._states) > MAX_BYTES:
            self._states.popleft()

    def take(self) -> State | None:
        """The latest state, no longer kept; None: there is none."""
        return self._states.pop() if self._states else None
