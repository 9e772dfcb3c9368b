"""A machine for tests that draws what was recorded, with mistakes where a test wants them."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from model.font.cells import BACKGROUND
from model.nccligen.address import Head, Kind, behind, place
from model.protocol import Action, Frame, Geometry
from trainer.casts import Event, Recording
from trainer.evaluate.rollout import PixelWrite, Session
from trainer.split import held_out_session, session_hash

PROMPT = "\x1b[32m~\x1b[0m$ "

Slip = Callable[[bytes, list[PixelWrite]], list[PixelWrite]]
"""Makes a mistake: the keys of a turn and its writes to the writes that are drawn."""


def recording_of(*exchanges: tuple[str, str, str], geometry: Geometry | None = None) -> Recording:
    """A recording of families, command lines and what they print; the prompt is added, and each line is echoed."""
    events = [Event(0.0, "o", PROMPT)]
    for number, (family, line, output) in enumerate(exchanges, 1):
        events.append(Event(float(number), "m", f"family:{family}"))
        events.append(Event(float(number), "i", line + "\r"))
        events.append(Event(number + 0.01, "o", line + "\r\n" + output.replace("\n", "\r\n") + PROMPT))
    return Recording(geometry or Geometry(8, 24), 1_700_000_000, events)


def held_out_recording(number: int = 0) -> Recording:
    """A recording of three commands whose session is held out, another one for each number."""
    found = -1
    for salt in range(10_000):
        lines = [f"echo {salt}", "seq 9", "pwd"]
        if held_out_session(session_hash(f"{line}\r".encode() for line in lines)):
            found += 1
            if found == number:
                break
    seq = "".join(f"{i}\n" for i in range(1, 10))
    return recording_of(("echo", lines[0], f"{salt}\n"), ("files", lines[1], seq), ("basics", lines[2], "/home/user\n"))


@dataclass
class OracleState:
    """What the oracle has done and shows."""

    frame: Frame
    head: Head = field(default_factory=lambda: Head(0, 0))
    history: list[bytes] = field(default_factory=list)
    absorbed: int = 0

    def parts(self) -> dict[int, int]:
        return {id(self.frame): self.frame.pixels.nbytes}

    def fork(self) -> "OracleState":
        return replace(self, history=list(self.history))

    def digest(self) -> str:
        return hashlib.sha256(repr(self.history).encode() + self.frame.pixels.tobytes()).hexdigest()


class Oracle:
    """Draws the turns of the sessions it was given."""

    name = "oracle"
    device = "cpu"
    weights_hash = "0" * 64

    def __init__(self, *sessions: Session, slip: Slip = lambda keys, writes: writes) -> None:
        self._slip = slip
        self._answers: dict[tuple[bytes, ...], list[PixelWrite]] = {}
        for session in sessions:
            keys: tuple[bytes, ...] = ()
            for reference in session.references:
                keys = (*keys, reference.turn.action.keys)
                self._answers[keys] = reference.writes

    def save(self, state: Any, path: Path) -> None:
        raise AssertionError("evaluation saves no state")

    def restore(self, path: Path) -> OracleState:
        raise AssertionError("evaluation loads no state")

    def boot(self, frame: Frame | None, geometry: Geometry) -> OracleState:
        return OracleState(frame or _blank(geometry))

    def step(self, state: Any, action: Action) -> Iterator[Frame]:
        state.history.append(action.keys)
        for write in self._slip(action.keys, self._answers.get(tuple(state.history), [])):
            _draw(state, write)
            yield state.frame

    def absorb(self, state: Any, action: Action, writes: Sequence[PixelWrite], frame: Frame) -> None:
        state.history.append(action.keys)
        state.absorbed += 1
        for write in writes:
            _draw(state, write)

    def reconstruct(self, frame: Frame) -> Frame:
        return Frame(np.minimum(frame.pixels, 254) + np.uint8(1), frame.geometry)


def _blank(geometry: Geometry) -> Frame:
    return Frame(np.full((*geometry.pixels, 3), BACKGROUND, np.uint8), geometry)


def _draw(state: OracleState, write: PixelWrite) -> None:
    address, tiles = write
    geometry = state.frame.geometry
    start, scroll = place(address, state.head, geometry.rows)
    frame = _blank(geometry) if address.kind == Kind.CLEAR else Frame(state.frame.pixels.copy(), geometry)
    cells = frame.cells()
    if scroll:
        cells[:-1] = cells[1:].copy()
        cells[-1] = BACKGROUND
    visible = max(0, min(len(tiles), geometry.columns - start.column))
    cells[start.row, start.column : start.column + visible] = tiles[:visible]
    shown = np.flatnonzero((np.asarray(tiles) != BACKGROUND).any(axis=(1, 2, 3)))
    state.frame, state.head = frame, behind(start, address.length, int(shown[-1]) + 1 if len(shown) else 0)
