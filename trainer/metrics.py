"""How near a generated frame is to a recorded one: the paper's OCR protocol, PSNR, SSIM, changed cells, intervals.

Pure functions. Text arrives as lines read off frames by whichever reader the caller has, so nothing here reads pixels
as text. Source of the OCR protocol: "Neural Computers" (arXiv 2604.06425), evaluation of CLIGen.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from torchmetrics.functional.image import structural_similarity_index_measure

from model.protocol import Frame

OCR_FRAMES = 5
"""K of the protocol: frames compared in a video, at most."""

PSNR_CAP = 100.0
"""Decibels given to identical frames, whose PSNR is infinite, so that a mean over frames exists."""


def protocol_indices(generated: int, reference: int, frames: int = OCR_FRAMES) -> list[int]:
    """Which frames of two videos are compared: up to `frames` of them, evenly spaced, first and last included.

    Args:
        generated, reference: frames each video has; the shorter one counts.
        frames: K of the protocol.

    Returns:
        Rising indices without repeats, the same for both videos; empty if one of them is empty.
    """
    length = min(generated, reference)
    if length <= frames:
        return list(range(length))
    if frames == 1:
        return [length - 1]
    return [step * (length - 1) // (frames - 1) for step in range(frames)]


def normalise(lines: Iterable[str]) -> list[str]:
    """Lines as the protocol compares them: stripped, runs of spaces collapsed, empty ones dropped; case is kept."""
    collapsed = (" ".join(line.split()) for line in lines)
    return [line for line in collapsed if line]


def char_acc(reference: Sequence[str], generated: Sequence[str]) -> float:
    """Character accuracy of normalised lines, 0 to 1: one less the edit distance over the length of the reference.

    Both empty gives 1, only the reference empty gives 0.
    """
    truth, drawn = "\n".join(reference), "\n".join(generated)
    if not truth:
        return float(not drawn)
    return max(0.0, 1.0 - Levenshtein.distance(truth, drawn) / len(truth))


def exact_line(reference: Sequence[str], generated: Sequence[str]) -> float:
    """Share of normalised reference lines equal to the generated line of the same index, 0 to 1.

    Both empty gives 1, only the reference empty gives 0.
    """
    if not reference:
        return float(not generated)
    return sum(truth == drawn for truth, drawn in zip(reference, generated, strict=False)) / len(reference)


def psnr(reference: Frame, generated: Frame) -> float:
    """Peak signal-to-noise ratio over all pixels and channels, in decibels; `PSNR_CAP` at most.

    Raises:
        ValueError: if the frames differ in size.
    """
    _same_size(reference, generated)
    error = np.square(reference.pixels.astype(np.float64) - generated.pixels).mean()
    return PSNR_CAP if error == 0 else min(PSNR_CAP, 10 * math.log10(255.0**2 / error))


def ssim(reference: Frame, generated: Frame) -> float:
    """Structural similarity (11 x 11 Gaussian window, sigma 1.5, mean over RGB), -1 to 1; identical frames give 1.

    Raises:
        ValueError: if the frames differ in size.
    """
    _same_size(reference, generated)
    if np.array_equal(reference.pixels, generated.pixels):
        return 1.0
    truth, drawn = (
        torch.from_numpy(np.ascontiguousarray(frame.pixels)).permute(2, 0, 1)[None].float()
        for frame in (reference, generated)
    )
    similarity = structural_similarity_index_measure(drawn, truth, data_range=255.0)
    assert isinstance(similarity, torch.Tensor)
    return similarity.item()


def changed(before: Frame, after: Frame, tolerance: int = 0) -> NDArray[np.bool_]:
    """Which cells differ in any pixel by more than `tolerance` of 255: bool, shape (rows, columns).

    Raises:
        ValueError: if the frames differ in size.
    """
    _same_size(before, after)
    return cells_differ(before.cells(), after.cells(), tolerance)


def cells_differ(one: NDArray[np.uint8], other: NDArray[np.uint8], tolerance: int = 0) -> NDArray[np.bool_]:
    """Which cells differ in any pixel by more than `tolerance` of 255.

    Args:
        one, other: uint8 (rows, columns, 16, 8, 3).

    Returns:
        bool (rows, columns).
    """
    apart: NDArray[np.bool_] = np.maximum(one, other) - np.minimum(one, other) > tolerance
    return np.asarray(apart.any(axis=(2, 3, 4)), np.bool_)


def changed_cells_exact(before: Frame, truth: Frame, generated: Frame, tolerance: int = 0) -> tuple[int, int]:
    """Of the cells the recording changed, how many are right in every pixel of the generated frame.

    Args:
        before: the recorded frame before the turn.
        truth: the recorded frame after it.
        generated: the machine's frame after it.
        tolerance: levels of 255 by which a pixel may be off.

    Returns:
        Cells right and cells changed; both 0 if the turn changed nothing.
    """
    moved = changed(before, truth)
    return int((moved & ~changed(truth, generated, tolerance)).sum()), int(moved.sum())


def changed_cells_read(
    before: Frame, truth: Frame, truth_glyphs: NDArray[np.uint32], generated_glyphs: NDArray[np.uint32]
) -> tuple[int, int]:
    """Of the cells the recording changed, how many read as the same character in the generated frame.

    Args:
        before, truth: the recorded frames before and after the turn.
        truth_glyphs, generated_glyphs: code points read off the recorded and the generated frame, (rows, columns).

    Returns:
        Cells right and cells changed; both 0 if the turn changed nothing.
    """
    moved = changed(before, truth)
    return int((moved & (truth_glyphs == generated_glyphs)).sum()), int(moved.sum())


def wilson(successes: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's score interval of a share, 95 % by default; (0, 1) without trials.

    Raises:
        ValueError: if `successes` is not between 0 and `trials`.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials is not a share")
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    spread = z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    centre, scale = share + z**2 / (2 * trials), 1 + z**2 / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of `values` do not exceed (nearest rank); NaN without values."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def mean(values: Iterable[float]) -> float:
    """The arithmetic mean; NaN without values."""
    listed = list(values)
    return sum(listed) / len(listed) if listed else math.nan


def _same_size(one: Frame, other: Frame) -> None:
    if one.pixels.shape != other.pixels.shape:
        raise ValueError(f"frames of {one.geometry} and {other.geometry} cannot be compared cell by cell")
