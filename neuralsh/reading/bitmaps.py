"""Looking up characters drawn from GNU Unifont: CJK, emoji and the like, whose bitmaps are exact or nothing."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.font.atlas import UNDERLINE_ROW, load_atlas, squeeze_rows, style_rows
from model.font.cells import BOLD, ITALIC, UNDERLINE
from neuralsh.printable import printable

_STYLES = [lined | slant for lined in (0, UNDERLINE) for slant in (0, BOLD, ITALIC, BOLD | ITALIC)]
_MIX = np.random.default_rng(0).integers(1, 2**63, 4, dtype=np.uint64) | np.uint64(1)


class Bitmap(NamedTuple):
    """A character and its style bits, without the bits of a wide one."""

    glyph: int
    style: int


class _Index(NamedTuple):
    keys: NDArray[np.uint64]
    rows: NDArray[np.uint16]
    codes: NDArray[np.uint32]


def find_bitmap(rows: NDArray[np.uint16], *, wide: bool) -> Bitmap | None:
    """The character of a bitmap, or None.

    Args:
        rows: uint16 (16,), a bit a pixel, the leftmost highest; a narrow one in the upper byte.
        wide: whether it covers two cells.
    """
    for style in _STYLES:
        index = _index(style, wide)
        position = int(np.searchsorted(index.keys, _keys(rows[None])[0]))
        if position < len(index.keys) and np.array_equal(index.rows[position], rows):
            return Bitmap(int(index.codes[position]), style)
    return None


def _keys(rows: NDArray[np.uint16]) -> NDArray[np.uint64]:
    words = np.ascontiguousarray(rows, "<u2").view("<u8")
    keys: NDArray[np.uint64] = (words * _MIX).sum(axis=1, dtype=np.uint64)
    return keys


@lru_cache(maxsize=2)
def _plain(wide: bool) -> tuple[NDArray[np.uint16], NDArray[np.uint32]]:
    """Bitmaps in their plain style, uint16 (k, 16), and their code points; the likelier of equal ones first.

    Unifont draws boxes for control characters; what looks like one of these reads as `REPLACEMENT`.
    """
    atlas = load_atlas()
    two = atlas.fallback_cells == 2
    codes = np.frombuffer(printable("".join(map(chr, atlas.fallback_codes.tolist()))).encode("utf-32-le"), "<u4")
    if wide:
        return atlas.fallback_rows[two], codes[two]
    # A wide character squeezed into one cell comes after every narrow one of its shape.
    rows = np.concatenate([atlas.fallback_rows[~two], squeeze_rows(atlas.fallback_rows[two])])
    return rows, np.concatenate([codes[~two], codes[two]])


@lru_cache(maxsize=16)
def _index(style: int, wide: bool) -> _Index:
    """Every bitmap of a style, sorted by key."""
    rows, codes = _plain(wide)
    rows = style_rows(rows, np.full(len(rows), style, np.uint8)) & np.uint16(0xFFFF if wide else 0xFF00)
    if style & UNDERLINE:
        rows[:, UNDERLINE_ROW] = 0xFFFF if wide else 0xFF00
    keys = _keys(rows)
    order = np.argsort(keys, kind="stable")
    return _Index(keys[order], rows[order], codes[order])
