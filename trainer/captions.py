"""Captions made by rules from what was recorded.

Half of the arithmetic is captioned with its answer, as in the paper: reprompting tells the machine what to render. The
other half has the line alone, or nothing would be computed. Of all other lines one in sixteen has a caption of one of
the three tiers (`tiers`).
"""

import re
from dataclasses import replace
from hashlib import sha256

import numpy as np

from model.nccligen.address import Kind
from trainer.targets import Trace, Turn, on_screen
from trainer.tiers import Tier, caption_of
from trainer.writes import Write

ARITHMETIC = ("arith", "sums", "reckonings")
"""Families whose lines ask for a number."""

TIERS_EVERY = 16
"""One in so many other lines has a caption of a tier."""

_NUMBER = re.compile(r"-?\d+")


def with_captions(trace: Trace) -> Trace:
    """A session in which some lines have captions, always the same ones, by the hash of the line."""
    return Trace(trace.geometry, [_captioned(turn) for turn in trace.turns])


def _captioned(turn: Turn) -> Turn:
    keys, chance = turn.action.keys, sha256(turn.action.keys).digest()
    if not keys.endswith(b"\r") or turn.action.caption:
        return turn
    printed = printed_rows(turn.writes)
    if turn.family in ARITHMETIC:
        if chance[1] % 2 or len(printed) != 1 or not _NUMBER.fullmatch(printed[0]):
            return turn
        caption = f"The answer is {printed[0]}"
    else:
        if chance[1] % TIERS_EVERY:
            return turn
        line = keys.decode("utf-8", "replace").removesuffix("\r")
        caption = caption_of(list(Tier)[chance[2] % len(Tier)], line, printed)
    return replace(turn, action=replace(turn.action, caption=caption))


def printed_rows(writes: list[Write]) -> list[str]:
    """The rows that a turn writes below the typed line and above its prompt."""
    rows = list[str]()
    for write in on_screen(writes):
        if write.address.kind != Kind.CONTINUE:
            rows.append("")
        if rows:
            rows[-1] += "".join(map(chr, np.asarray(write.cells["glyph"]).tolist()))
    return [row.rstrip() for row in rows[1:-1]]
