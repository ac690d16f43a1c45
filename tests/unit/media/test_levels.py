"""How samples of more than 8 bits become visible."""

import numpy as np
import pytest

from annotator.media.levels import eight_bit

CHANCE = np.random.default_rng(7)


def test_8_bits_stay_as_they_are():
    samples = CHANCE.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    assert eight_bit(samples) is samples


def test_12_bits_in_a_16_bit_file_fill_black_to_white():
    samples = CHANCE.integers(0, 4096, (300, 400)).astype(np.uint16)
    shown = eight_bit(samples)
    assert (shown.min(), shown.max()) == (0, 255)
    assert 120 < shown.mean() < 135
    # Darker stays darker.
    order = np.argsort(samples, axis=None)
    assert (np.diff(shown.ravel()[order].astype(int)) >= 0).all()


def test_a_hot_pixel_does_not_darken_the_others():
    samples = CHANCE.integers(1000, 1200, (300, 400)).astype(np.uint16)
    calm = eight_bit(samples)
    samples[5, 5], samples[6, 6] = 65_535, 0
    shown = eight_bit(samples)
    assert (shown[5, 5], shown[6, 6]) == (255, 0)
    others = np.ones(samples.shape, dtype=bool)
    others[5, 5] = others[6, 6] = False
    assert np.abs(shown[others].astype(int) - calm[others]).max() <= 2


def test_little_on_a_plain_ground_is_seen():
    """Less than the percentiles leave out, and on no row of the grid that is counted."""
    samples = np.full((3001, 2000), 10, dtype=np.uint16)
    samples[1, 1] = 300
    shown = eight_bit(samples)
    assert (shown[1, 1], shown[0, 0]) == (255, 0)


@pytest.mark.parametrize("kind", [np.uint16, np.int16, np.uint32, np.float32, np.float64])
def test_constant_pictures(kind):
    assert set(eight_bit(np.zeros((4, 5), kind)).flat) == {0}
    assert set(eight_bit(np.full((4, 5), 700, kind)).flat) == {128}
    assert set(eight_bit(np.full((4, 5, 3), 700, kind)).flat) == {128}
    assert eight_bit(np.full((1, 1), 3, kind)).shape == (1, 1)


@pytest.mark.parametrize("kind", [np.uint16, np.float32])
def test_colours_share_one_scale_and_alpha_keeps_its_own(kind):
    top = 65_535 if kind is np.uint16 else 1
    samples = np.zeros((40, 40, 4), kind)
    samples[:20, :, 0], samples[20:, :, 1] = 1000, 500
    samples[..., 3] = top
    samples[0, 0, 3] = 0
    shown = eight_bit(samples)
    assert shown[0, 0].tolist() == [255, 0, 0, 0]
    assert shown[30, 30].tolist() == [0, 128, 0, 255]
    grey = eight_bit(samples[:, :, [0, 3]])
    assert grey[0, 1].tolist() == [255, 255]
    assert grey[30, 0].tolist() == [0, 255]


def test_nothing_but_what_is_no_number():
    assert set(eight_bit(np.full((3, 3), np.nan, np.float32)).flat) == {0}


def test_values_at_the_ends_of_a_type():
    samples = np.array([[np.finfo(np.float64).min, 0, np.finfo(np.float64).max]])
    assert eight_bit(samples).tolist() == [[0, 128, 255]]
    assert eight_bit(np.array([[0, 65_535]], np.uint16)).tolist() == [[0, 255]]


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.uint32])
def test_what_is_far_above_the_others_is_white(kind):
    samples = (CHANCE.random((300, 300)) * 1000).astype(kind)
    top = np.finfo(kind).max if kind is not np.uint32 else np.iinfo(kind).max
    samples[5, 5], samples[6, 6] = top, top / 2
    shown = eight_bit(samples)
    assert (shown[5, 5], shown[6, 6]) == (255, 255)
    assert 100 < shown.mean() < 155


def test_values_that_are_not_to_be_told_apart_and_those_at_both_ends_of_a_type():
    tiny = np.array([[0.0, np.finfo(np.float64).smallest_subnormal]])
    assert eight_bit(tiny).tolist() == [[0, 128]]
    top = np.finfo(np.float32).max
    assert eight_bit(np.array([[-top, 0, top]], np.float32)).tolist() == [[0, 128, 255]]


def test_the_rows_of_a_picture_that_is_no_whole_array():
    samples = CHANCE.integers(0, 65_536, (50, 60, 3)).astype(np.uint16)
    assert np.array_equal(eight_bit(samples[::2, ::3]), eight_bit(samples[::2, ::3].copy()))


@pytest.mark.parametrize("kind", [np.int16, np.uint32, np.float32, np.float64])
@pytest.mark.parametrize("offset", [0, 1000])
def test_wide_types_are_spread_as_numpy_would(kind, offset):
    samples = (CHANCE.normal(5000, 900, (60, 70, 3)) + offset).astype(kind)
    low, high = np.quantile(samples, (0.002, 0.998), method="nearest").astype(float)
    wanted = np.clip((samples.astype(float) - low) / (high - low), 0, 1) * 255
    assert np.abs(eight_bit(samples) - wanted).max() <= 0.51


def test_a_range_of_next_to_nothing():
    samples = np.array([[0, 5e-324, 1e-323]])
    assert eight_bit(samples).tolist()[0][0] == 0
    assert eight_bit(samples).tolist()[0][2] == 255
    large = np.float32(1e6) + np.arange(16, dtype=np.float32).reshape(4, 4)
    assert (np.diff(eight_bit(large).ravel().astype(int)) >= 15).all()
