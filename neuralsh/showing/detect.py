"""Which way of showing frames the user's terminal can do, told by its environment alone.

Asking the terminal itself would race with the keys being typed, so a wrong guess is put right by a key instead (F2).
"""

import os
from collections.abc import Mapping
from enum import Enum


class Display(Enum):
    """How frames are shown."""

    TEXT = "text"
    """The cells read off the frame, with their colours."""
    KITTY = "kitty"
    """Pixels by the Kitty graphics protocol."""
    SIXEL = "sixel"
    """Pixels by Sixel."""

    def next(self) -> "Display":
        """The way after this one, round and round."""
        ways = list(Display)
        return ways[(ways.index(self) + 1) % len(ways)]


_KITTY_PROGRAMS = ("ghostty", "wezterm", "kitty")
_SIXEL_TERMS = ("foot", "mlterm", "yaft", "contour", "xterm-sixel")
_SIXEL_PROGRAMS = ("mintty", "iterm.app", "contour")


def detect(environment: Mapping[str, str] | None = None) -> Display:
    """The best way for a terminal with these variables (default: those of the process).

    tmux and screen pass no graphics on, and text is what works everywhere.
    """
    env = os.environ if environment is None else environment
    term = env.get("TERM", "").lower()
    program = env.get("TERM_PROGRAM", "").lower()
    if "TMUX" in env or "STY" in env or term.startswith(("tmux", "screen", "dumb", "linux")):
        return Display.TEXT
    if "KITTY_WINDOW_ID" in env or "kitty" in term or "ghostty" in term or program in _KITTY_PROGRAMS:
        return Display.KITTY
    if term.startswith(_SIXEL_TERMS) or program in _SIXEL_PROGRAMS:
        return Display.SIXEL
    return Display.TEXT
