"""Colour laid on by alpha: how a mask of the font becomes pixels."""

import numpy as np
from numpy.typing import NDArray

from model.protocol import CELL_HEIGHT, CELL_WIDTH


def blend(masks: NDArray[np.uint8], fg: NDArray[np.uint8], bg: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """round(bg + alpha / 255 * (fg - bg)) for each pixel and channel, in integers.

    Args:
        masks: alpha, uint8 (N, 16, 8).
        fg: colour where alpha is 255, uint8 (N, 3).
        bg: colour where alpha is 0, uint8 (N, 3).

    Returns:
        uint8 (N, 16, 8, 3).
    """
    alpha = masks.reshape(len(masks), CELL_HEIGHT * CELL_WIDTH).astype(np.uint16)
    rest = 255 - alpha
    out = np.empty((len(masks), CELL_HEIGHT * CELL_WIDTH, 3), np.uint8)
    for channel in range(3):
        mixed = alpha * fg[:, channel, None].astype(np.uint16)
        mixed += rest * bg[:, channel, None].astype(np.uint16)
        # Division by 255, rounded: exact for 0..65025 and never past 16 bits (Blinn, "Three wrongs make a right").
        mixed += 128
        mixed += mixed >> 8
        mixed >>= 8
        out[:, :, channel] = mixed
    return out.reshape(-1, CELL_HEIGHT, CELL_WIDTH, 3)
