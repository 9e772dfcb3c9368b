"""Scripts: lines to type, with captions between them. The recorder reads the same lines the same way."""

from collections.abc import Iterable, Iterator

CAPTION_MARK = b"#? "
"""A line that starts so is the caption of the next action and is not typed."""

FAMILY_MARK = b"#@ "
"""A line that starts so names the family of the next command, for recordings; it is not typed."""


def split_lines(script: bytes) -> list[bytes]:
    """The lines of a script, without their line breaks; a byte order mark is no part of the first."""
    lines = script.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return lines if lines[-1] else lines[:-1]


def script_lines(lines: Iterable[bytes]) -> Iterator[tuple[bytes, str | None]]:
    """The lines to type, as they are, each with its caption.

    Args:
        lines: lines of a script, with or without their line breaks. An empty line is an Enter.
    """
    caption: str | None = None
    for raw in lines:
        line = raw.removesuffix(b"\n").removesuffix(b"\r")
        if line.startswith(CAPTION_MARK):
            caption = line.removeprefix(CAPTION_MARK).decode("utf-8", "replace").strip() or None
        elif not line.startswith(FAMILY_MARK):
            yield line, caption
            caption = None
