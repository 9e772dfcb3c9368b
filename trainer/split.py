"""What is held out: sessions and command lines that training never sees, decided by their hashes alone.

A hash needs no list to be kept or lost: whoever makes a corpus, anywhere and from any seed, draws the same line.
"""

import hashlib
from collections.abc import Iterable
from itertools import takewhile

from model.protocol import Action


def session_hash(keys: Iterable[bytes]) -> bytes:
    """SHA-256 over the actions of a session, 32 bytes.

    Each action's length comes before its bytes, so that ``a`` then ``b`` is not ``ab``. An empty action (the start of
    a session, where nothing is pressed) does not count.
    """
    total = hashlib.sha256()
    for action in keys:
        if action:
            total.update(len(action).to_bytes(8, "little"))
            total.update(action)
    return total.digest()


def session_of(actions: Iterable[Action]) -> bytes:
    """The `session_hash` of a recorded session: of its actions up to the first that changes the size of the terminal.

    What is beyond is in no shard; so a recording, its shard and its evaluation are one session.
    """
    return session_hash(action.keys for action in takewhile(lambda action: action.geometry is None, actions))


def held_out_session(digest: bytes) -> bool:
    """Whether the session of this `session_hash` is for evaluation only: 1 in 32."""
    return digest[0] < 8


def held_out_line(text: str) -> bool:
    """Whether a command line is for evaluation only: 1 in 4, by the SHA-256 of the line."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[0] < 64
