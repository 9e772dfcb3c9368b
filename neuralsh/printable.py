"""What a terminal would obey instead of showing, kept out of what is printed of a file, a frame or a key."""

import json
import re

CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, separators of lines, overrides of direction, which make a line show other words than it holds,
and lone surrogates. No later version of Unicode adds to these kinds: a text that was taken once is taken by every
Python."""

REPLACEMENT = "\ufffd"
"""What is shown in place of each."""


def printable(text: str) -> str:
    """Text for a terminal: of the same length, `REPLACEMENT` in place of each `CONTROL`."""
    return CONTROL.sub(REPLACEMENT, text)


def plain_line(text: str) -> str:
    """Printable text on one line: runs of spaces and line breaks are one space."""
    return printable(" ".join(text.split()))


def json_line(value: object) -> str:
    """A value as JSON on one line, to be read by people too; each `CONTROL` is escaped."""
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
