"""What is held out: sessions and command lines that training never sees, decided by their hashes alone.

A hash needs no list to be kept or lost: whoever makes a corpus, anywhere and from any seed, draws the same line.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Literal

Split = Literal["train", "held-out"]

_SUM = re.compile(r"\$\(\(((?:[^()]|\([^()]*\))*)\)\)")
"""An expression that bash computes, with at most brackets of one depth in it."""


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


def held_out_session(digest: bytes) -> bool:
    """Whether the session of this `session_hash` is for evaluation only: 1 in 32."""
    return digest[0] < 8


def held_out_line(text: str) -> bool:
    """Whether a command line is for evaluation only: 1 in 4, by the SHA-256 of the line."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[0] < 64


def of_split(text: str, split: Split) -> bool:
    """Whether a command line with a free argument may be typed for a split.

    Training types no line that is held out, and computes no sum that is, be it within another line.
    """
    if split == "held-out":
        return held_out_line(text)
    return not held_out_line(text) and not any(
        held_out_line(f"echo $(({body}))") or held_out_sum(body) for body in _SUM.findall(text)
    )


def held_out_sum(expression: str) -> bool:
    """Whether bash's arithmetic on this is for evaluation only, however its blanks are set: 1 in 4."""
    return held_out_line(f"echo $(({''.join(expression.split())}))")
