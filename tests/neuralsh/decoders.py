"""Tiny decoders of what is sent to a terminal that shows pixels."""

import re
import zlib
from base64 import standard_b64decode

import numpy as np
from numpy.typing import NDArray


def decode_sixel(text: str) -> NDArray[np.uint8]:
    """A picture back from Sixel, uint8 (h, w, 3); colours in percent, as the protocol has them."""
    found = re.fullmatch(r'\x1bP0;1;0q"1;1;(\d+);(\d+)(.*)\x1b\\', text, re.DOTALL)
    assert found
    width, height, body = int(found[1]), int(found[2]), found[3]
    picture = np.zeros((height, width, 3), np.uint8)
    registers: dict[int, tuple[int, ...]] = {}
    x = y = colour = 0
    for token in re.finditer(r"#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)([?-~])|([?-~])|([$-])", body):
        register, r, g, b, select, count, run, one, move = token.groups()
        if register:
            registers[int(register)] = tuple(int(part) for part in (r, g, b))
        elif select:
            colour = int(select)
        elif move:
            x, y = 0, y + (6 if move == "-" else 0)
        else:
            times = int(count or 1)
            bits = ord(run or one) - 63
            for bit in range(6):
                if bits >> bit & 1:
                    picture[y + bit, x : x + times] = registers[colour]
            x += times
    return picture


def kitty_pictures(text: str) -> list[tuple[dict[str, str], NDArray[np.uint8]]]:
    """The keys and the picture of every transmission in `text` that is whole, in order."""
    pictures: list[tuple[dict[str, str], NDArray[np.uint8]]] = []
    first, data = "", ""
    for keys, part in re.findall(r"\x1b_G([^;\x1b]*);([^\x1b]*)\x1b\\", text):
        first = keys if "a=T" in keys else first
        data = part if "a=T" in keys else data + part
        assert len(part) <= 4096
        if "m=0" in keys:
            named = dict(pair.split("=") for pair in first.split(","))
            raw = np.frombuffer(zlib.decompress(standard_b64decode(data)), np.uint8)
            pictures.append((named, raw.reshape(int(named["v"]), int(named["s"]), 3)))
    return pictures
