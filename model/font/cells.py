"""One cell of a terminal as the font can draw it, and grids of them."""

import numpy as np

BOLD = 1
ITALIC = 2
UNDERLINE = 4
WIDE_LEFT = 8
"""The left half of a character two cells wide; its right half repeats the code point with `WIDE_RIGHT`."""
WIDE_RIGHT = 16

CELL = np.dtype([("glyph", "<u4"), ("style", "u1"), ("fg", "u1", (3,)), ("bg", "u1", (3,))])
"""A cell: Unicode code point, style bits, foreground and background RGB.

Reverse video, the cursor block, dim and the palettes are already resolved into `fg` and `bg`. A blank is code point 32.
"""

FOREGROUND = (221, 221, 221)
"""Default text colour: that of VHS, with which the paper's CLIGen (Clean) was recorded."""

BACKGROUND = (23, 23, 23)
"""Default background colour: that of VHS."""
