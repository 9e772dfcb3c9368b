"""Frames by the Kitty graphics protocol: https://sw.kovidgoyal.net/kitty/graphics-protocol/.

Raw RGB, zlib at its fastest, base64 in chunks. Two image ids take turns: the new frame is placed before the old one is
deleted, so nothing flickers, and it works in terminals that do not let an image be replaced in place.
"""

import zlib
from base64 import standard_b64encode

import numpy as np
from numpy.typing import NDArray

CHUNK = 4096
"""Bytes of base64 a chunk, the protocol's limit."""

IDS = (0x6E73, 0x6E74)
"""The two image ids."""


class KittyPainter:
    """Encodes frames one after the other."""

    def __init__(self) -> None:
        self._turn = 0
        self._shown = False

    def paint(self, pixels: NDArray[np.uint8], columns: int, rows: int) -> str:
        """The escape sequence that shows a picture at the cursor, scaled to `columns` by `rows` cells.

        The cursor stays where it is. The picture before is deleted after the new one stands.

        Args:
            pixels: uint8 (height, width, 3).
            columns: cells it covers across.
            rows: cells it covers down.
        """
        new, old = IDS[self._turn], IDS[1 - self._turn]
        height, width, _ = pixels.shape
        payload = standard_b64encode(zlib.compress(pixels.tobytes(), 1))
        control = f"a=T,f=24,o=z,s={width},v={height},i={new},p=1,c={columns},r={rows},C=1,q=2"
        out = _chunks(control, payload)
        if self._shown:
            out += _delete(old)
        self._turn, self._shown = 1 - self._turn, True
        return out

    def clear(self) -> str:
        """The escape sequence that takes the image away."""
        self._shown = False
        return "".join(_delete(name) for name in IDS)


def _delete(name: int) -> str:
    return f"\x1b_Ga=d,d=I,i={name},q=2\x1b\\"


def _chunks(control: str, payload: bytes) -> str:
    """A transmission cut into chunks; only the first one carries the control data."""
    out = []
    for start in range(0, len(payload), CHUNK):
        more = int(start + CHUNK < len(payload))
        keys = f"{control},m={more}" if start == 0 else f"m={more},q=2"
        out.append(f"\x1b_G{keys};{payload[start : start + CHUNK].decode('ascii')}\x1b\\")
    return "".join(out)
