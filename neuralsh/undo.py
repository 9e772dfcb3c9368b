"""The states before the latest lines, to go back to."""

from collections import deque

from model.protocol import State
from neuralsh.session import UNDO

MAX_BYTES = 128 * 2**20
"""Of all that only states to go back to hold, at most. A state adds its frame and its turn: one million bytes for a
short line in a terminal of 80x24, twenty times that in the largest. One before a `:load` has a memory of its own."""


class Past:
    """The last `UNDO` states, fewer of large terminals and long turns; the oldest make room."""

    def __init__(self) -> None:
        self._states = deque[tuple[State, dict[int, int]]](maxlen=UNDO)

    def __len__(self) -> int:
        return len(self._states)

    @property
    def states(self) -> list[State]:
        """Those that are kept, the oldest first."""
        return [state for state, _ in self._states]

    def keep(self, state: State) -> None:
        """Keep a state, which is nobody else's from here on."""
        self._states.append((state, state.parts()))
        while len(self) > 1 and self._bytes() > MAX_BYTES:
            self._states.popleft()

    def take(self) -> State | None:
        """The latest state, no longer kept; None: there is none."""
        return self._states.pop()[0] if self._states else None

    def _bytes(self) -> int:
        """Of all parts but those of the latest state, which the session goes on from."""
        *before, (_, latest) = self._states
        held = {part: size for _, parts in before for part, size in parts.items()}
        return sum(size for part, size in held.items() if part not in latest)
