"""Scripts: lines to type, with captions between them."""

from collections.abc import Iterable, Iterator

CAPTION_MARK = b"#?"
"""A line that starts so is the caption of the next action and is not typed."""


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
            continue
        yield line, caption
        caption = None
