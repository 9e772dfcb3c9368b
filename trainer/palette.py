"""The 256 colours of a terminal: the 16 of VHS's default theme, then the xterm cube and greys."""

from collections.abc import Iterator

ANSI = (
    0x282A2E, 0xD74E6F, 0x31BB71, 0xD3E561, 0x8056FF, 0xED61D7, 0x04D7D7, 0xBFBFBF,
    0x4D4D4D, 0xFE5F86, 0x00D787, 0xEBFF71, 0x9B79FF, 0xFF7AEA, 0x00FEFE, 0xE6E6E6,
)  # fmt: skip
"""Black, red, green, yellow, blue, magenta, cyan, white, and the bright ones, as 0xRRGGBB."""


def _colours() -> Iterator[tuple[int, int, int]]:
    for rgb in ANSI:
        yield rgb >> 16, rgb >> 8 & 255, rgb & 255
    levels = (0, 95, 135, 175, 215, 255)
    for index in range(216):
        yield levels[index // 36], levels[index // 6 % 6], levels[index % 6]
    for grey in range(24):
        yield (8 + 10 * grey,) * 3


PALETTE: tuple[tuple[int, int, int], ...] = tuple(_colours())
"""RGB of the colours 0 to 255."""
