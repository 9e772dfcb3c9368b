"""What a name, a line and a hash may look like wherever the ledger takes one from outside."""

import re

from neuralsh.printable import CONTROL

NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")
"""The name of a routine."""

SHA256 = re.compile(r"[0-9a-f]{64}")
"""A SHA-256 in hex."""


def find_control(text: str, allowed: str = "") -> str | None:
    """The first character that a terminal would obey instead of showing, or that cannot be stored; None if none is.

    Args:
        text: anything.
        allowed: characters to let pass.
    """
    return next((found[0] for found in CONTROL.finditer(text) if found[0] not in allowed), None)
