"""What a name, a line and a hash may look like wherever the ledger takes one from outside."""

import re
import unicodedata

NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")
"""The name of a routine."""

SHA256 = re.compile(r"[0-9a-f]{64}")
"""A SHA-256 in hex."""

# Direction overrides make a line show other words than it holds.
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REFUSED = frozenset({"Cc", "Cs", "Zl", "Zp"})


def find_control(text: str, allowed: str = "") -> str | None:
    """The first character that a terminal would obey instead of showing, or that cannot be stored; None if none is.

    These are control characters, separators of lines, lone surrogates and overrides of direction: kinds that no later
    version of Unicode adds to, so that a text that was taken once is taken by every Python.

    Args:
        text: anything.
        allowed: characters to let pass.
    """
    for character in text:
        if (character in _OVERRIDES or unicodedata.category(character) in _REFUSED) and character not in allowed:
            return character
    return None
