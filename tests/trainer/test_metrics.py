"""The figures, on cases worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.protocol import Frame, Geometry
from trainer import metrics


def flat(value: int, geometry: Geometry | None = None) -> Frame:
    """A frame of one grey."""
    geometry = geometry or Geometry(2, 3)
    return Frame(np.full((*geometry.pixels, 3), value, np.uint8), geometry)


@pytest.mark.parametrize(
    ("generated", "reference", "expected"),
    [
        (11, 11, [0, 2, 5, 7, 10]),
        (75, 75, [0, 18, 37, 55, 74]),
        (3, 9, [0, 1, 2]),
        (9, 5, [0, 1, 2, 3, 4]),
        (1, 1, [0]),
        (0, 4, []),
    ],
)
def test_frames_compared_are_evenly_spaced_in_the_shorter_video(
    generated: int, reference: int, expected: list[int]
) -> None:
    assert metrics.protocol_indices(generated, reference) == expected


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 9))
def test_indices_exist_in_both_videos_and_do_not_repeat(generated: int, reference: int, frames: int) -> None:
    indices = metrics.protocol_indices(generated, reference, frames)
    assert len(set(indices)) == len(indices) == min(frames, generated, reference)
    assert all(0 <= index < min(generated, reference) for index in indices)


def test_normalising_strips_collapses_and_drops_but_keeps_case_and_punctuation() -> None:
    assert metrics.normalise(["  A  b\t c ", "", "   ", "x--Y!"]) == ["A b c", "x--Y!"]


@pytest.mark.parametrize(
    ("reference", "generated", "expected"),
    [
        (["abcd"], ["abcd"], 1.0),
        (["abcd"], ["abxd"], 0.75),
        (["abcd"], [], 0.0),
        (["ab"], ["cdefgh"], 0.0),
        (["ab", "cd"], ["ab"], 0.4),
        ([], [], 1.0),
        ([], ["x"], 0.0),
    ],
)
def test_character_accuracy(reference: list[str], generated: list[str], expected: float) -> None:
    assert metrics.char_acc(reference, generated) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("reference", "generated", "expected"),
    [
        (["a", "b"], ["a", "b"], 1.0),
        (["a", "b"], ["b", "a"], 0.0),
        (["a", "b", "c", "d"], ["a", "b", "x"], 0.5),
        (["a"], ["a", "b"], 1.0),
        ([], [], 1.0),
        ([], ["x"], 0.0),
    ],
)
def test_exact_lines(reference: list[str], generated: list[str], expected: float) -> None:
    assert metrics.exact_line(reference, generated) == pytest.approx(expected)


def test_psnr_of_a_known_error_and_of_identical_frames() -> None:
    assert metrics.psnr(flat(100), flat(110)) == pytest.approx(20 * math.log10(255 / 10))
    assert metrics.psnr(flat(7), flat(7)) == metrics.PSNR_CAP


def test_ssim_of_flat_frames_is_its_luminance_term() -> None:
    first, second, constant = 100.0, 110.0, (0.01 * 255) ** 2
    expected = (2 * first * second + constant) / (first**2 + second**2 + constant)
    assert metrics.ssim(flat(100), flat(110)) == pytest.approx(expected, abs=5e-4)
    assert metrics.ssim(flat(100), flat(100)) == 1.0


def test_frames_of_two_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        metrics.psnr(flat(0), flat(0, Geometry(3, 3)))


def test_changed_cells_count_only_what_the_recording_changed() -> None:
    before, truth, generated = flat(0), flat(0), flat(0)
    truth.cells()[0, 0] = 200
    truth.cells()[1, 2] = 200
    generated.cells()[0, 0] = 200
    generated.cells()[1, 2, 15, 7, 1] = 200
    generated.cells()[1, 1] = 9
    assert metrics.changed_cells_exact(before, truth, generated) == (1, 2)
    assert metrics.changed_cells_exact(before, truth, generated, tolerance=199) == (1, 2)
    assert metrics.changed_cells_exact(before, truth, generated, tolerance=200) == (2, 2)
    glyphs = np.array([[65, 32, 32], [32, 32, 66]], np.uint32)
    assert metrics.changed_cells_read(before, truth, glyphs, glyphs) == (2, 2)
    assert metrics.changed_cells_read(before, truth, glyphs, np.full_like(glyphs, 65)) == (1, 2)
    assert metrics.changed_cells_exact(truth, truth, generated) == (0, 0)


def test_wilson_interval() -> None:
    assert metrics.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-4)
    assert metrics.wilson(0, 0) == (0.0, 1.0)
    assert metrics.wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=5e-4)
    with pytest.raises(ValueError, match="not a share"):
        metrics.wilson(3, 2)


def test_quantile_is_a_value_seen() -> None:
    assert metrics.quantile([5.0, 1.0, 3.0], 0.5) == 3.0
    assert metrics.quantile([float(value) for value in range(1, 101)], 0.95) == 95.0
    assert math.isnan(metrics.quantile([], 0.5))
    assert math.isnan(metrics.mean([]))
