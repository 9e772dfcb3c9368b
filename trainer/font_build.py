"""Builds `model/font/atlas.npz`, the shipped font: ``python -m trainer.font_build``.

DejaVu Sans Mono at 13 px (8 px advance, baseline under row 12 of 16) in its four styles, box drawing and blocks drawn
to the cell's edges, and GNU Unifont (16 px bitmaps) for what DejaVu has not. Needs Pillow, `fc-query` and the Debian
packages fonts-dejavu and fonts-unifont; the result is shipped so that a frame is the same on every machine.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import model.font
from model.protocol import CELL_HEIGHT, CELL_WIDTH
from trainer.box_drawing import BLOCK_ELEMENTS, BOX_DRAWING, POWERLINE, box_mask

FONTS = Path("/usr/share/fonts")
DEJAVU = [
    FONTS / "truetype/dejavu" / f"DejaVuSansMono{style}.ttf" for style in ("", "-Bold", "-Oblique", "-BoldOblique")
]
"""One file a style, at the index of its `BOLD | ITALIC` bits."""
UNIFONT = FONTS / "opentype/unifont/unifont.otf"
UNIFONT_UPPER = FONTS / "opentype/unifont/unifont_upper.otf"

DEJAVU_SIZE = 13
DEJAVU_BASELINE = 12
UNIFONT_SIZE = 16
UNIFONT_BASELINE = 14

PICTOGRAPHS = range(0x1F000, 0x1FB00)
"""The part of plane 1 that terminals show: emoji and other pictographs."""


def coverage(font: Path) -> list[int]:
    """Code points the font file has glyphs for, sorted, controls left out."""
    out = subprocess.run(["fc-query", "--format", "%{charset}", str(font)], check=True, capture_output=True, text=True)
    codes: list[int] = []
    for span in out.stdout.split():
        first, _, last = span.partition("-")
        codes.extend(range(int(first, 16), int(last or first, 16) + 1))
    return [code for code in codes if code >= 0x20 and not 0x7F <= code < 0xA0]


def draw(font: ImageFont.FreeTypeFont, code: int, baseline: int, columns: int, mode: str) -> NDArray[np.uint8]:
    """The glyph's alpha, uint8 (16, 8 * columns), cut at the cell's edges."""
    image = Image.new("L", (CELL_WIDTH * columns, CELL_HEIGHT))
    pen = ImageDraw.Draw(image)
    pen.fontmode = mode
    _, top, _, bottom = font.getbbox(chr(code), anchor="ls")
    # An accent on a tall letter would be cut off; the line below has room.
    baseline += max(0, min(-int(top) - baseline, CELL_HEIGHT - baseline - int(bottom)))
    pen.text((0, baseline), chr(code), fill=255, font=font, anchor="ls")
    return np.asarray(image, np.uint8)


def full_ink(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mask scaled so that its darkest pixel is 255.

    A thin stroke between two pixels never reaches the text colour otherwise, and then no reader can tell it.
    """
    peak = int(mask.max())
    return mask if peak in (0, 255) else ((mask.astype(np.uint32) * 255 + peak // 2) // peak).astype(np.uint8)


def build_dejavu() -> tuple[NDArray[np.uint32], NDArray[np.uint16], NDArray[np.uint8]]:
    """Codes (n,), index of the mask a style (4, n), distinct masks (m, 16, 8)."""
    own = {*BOX_DRAWING, *BLOCK_ELEMENTS, *POWERLINE}
    covered = [set(coverage(font)) for font in DEJAVU]
    fonts = [ImageFont.truetype(str(font), DEJAVU_SIZE, layout_engine=ImageFont.Layout.BASIC) for font in DEJAVU]
    codes = sorted((covered[0] | own) & set(range(0x10000)))
    index = np.zeros((4, len(codes)), np.uint16)
    seen: dict[bytes, int] = {}
    masks: list[NDArray[np.uint8]] = []
    for position, code in enumerate(codes):
        for style in range(4):
            has = style if code in covered[style] else style & 1 if code in covered[style & 1] else 0
            mask = box_mask(code) if code in own else full_ink(draw(fonts[has], code, DEJAVU_BASELINE, 1, "L"))
            if mask.tobytes() not in seen:
                seen[mask.tobytes()] = len(masks)
                masks.append(mask)
            index[style, position] = seen[mask.tobytes()]
    return np.array(codes, np.uint32), index, np.stack(masks)


def build_unifont(skip: set[int]) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.uint8]]:
    """Codes (k,), cells a glyph (k,) 1 or 2, rows of the cells packed to bits (sum of cells, 16)."""
    codes, cells, bits = [], [], []
    for file, wanted in ((UNIFONT, range(0x20, 0x10000)), (UNIFONT_UPPER, PICTOGRAPHS)):
        font = ImageFont.truetype(str(file), UNIFONT_SIZE, layout_engine=ImageFont.Layout.BASIC)
        for code in coverage(file):
            if code not in wanted or code in skip:
                continue
            columns = 2 if font.getlength(chr(code)) > CELL_WIDTH else 1
            packed = np.packbits(draw(font, code, UNIFONT_BASELINE, columns, "1") > 127, axis=1)
            codes.append(code)
            cells.append(columns)
            bits.append(packed.T)
    return np.array(codes, np.uint32), np.array(cells, np.uint8), np.concatenate(bits)


def main(arguments: list[str] | None = None) -> int:
    """Writes the atlas and prints its size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path(model.font.__path__[0]) / "atlas.npz")
    out: Path = parser.parse_args(arguments).out
    missing = [str(font) for font in (*DEJAVU, UNIFONT, UNIFONT_UPPER) if not font.exists()]
    if missing:
        print(f"missing {', '.join(missing)}: apt install fonts-dejavu fonts-unifont", file=sys.stderr)
        return 1
    codes, index, masks = build_dejavu()
    fallback_codes, fallback_cells, fallback_bits = build_unifont(set(codes.tolist()))
    np.savez_compressed(
        out,
        codes=codes,
        index=index,
        masks=masks,
        fallback_codes=fallback_codes,
        fallback_cells=fallback_cells,
        fallback_bits=fallback_bits,
    )
    print(f"{out}: {len(codes)} glyphs in four styles, {len(fallback_codes)} more, {out.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
