"""Run lengths over a picture and cropped masks agree with the pixels they stand for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from annotator.core.errors import GeometryError
from annotator.core.masks import counts_from_mask
from annotator.core.shapes import Mask
from annotator.formats.run_lengths import counts_in_picture, mask_from_picture, tight


@st.composite
def pixels(draw: DrawFn) -> np.ndarray:
    height, width = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    flat = draw(st.lists(st.booleans(), min_size=height * width, max_size=height * width))
    return np.array(flat, dtype=bool).reshape(height, width)


@given(pixels())
def test_mask_of_a_picture(found: np.ndarray) -> None:
    height, width = found.shape
    mask = mask_from_picture(counts_from_mask(found), width, height)
    assert np.array_equal(mask.bitmap_in(width, height), found)
    if found.any():
        assert mask == Mask.from_bitmap(found)
    else:
        assert mask.size == (0, 0)


@given(pixels(), st.tuples(*[st.integers(-9, 9)] * 2), st.tuples(*[st.integers(1, 9)] * 2))
def test_mask_in_a_picture(
    found: np.ndarray, offset: tuple[int, int], size: tuple[int, int]
) -> None:
    mask = Mask(offset, found.shape[::-1], counts_from_mask(found))
    expected = counts_from_mask(mask.bitmap_in(*size))
    assert counts_in_picture(mask, *size).tolist() == expected.tolist()


@given(pixels(), st.tuples(*[st.integers(-9, 9)] * 2))
def test_tight_mask_shows_the_same(found: np.ndarray, offset: tuple[int, int]) -> None:
    mask = Mask(offset, found.shape[::-1], counts_from_mask(found))
    cropped = tight(mask)
    assert cropped.area == mask.area
    if found.any():
        assert cropped == Mask.from_bitmap(found, offset)


def test_runs_of_no_length_make_no_difference() -> None:
    plain = mask_from_picture([1, 4, 1], 2, 3)
    assert mask_from_picture([1, 2, 0, 2, 1, 0], 2, 3) == plain


def test_a_large_picture_takes_no_pixels() -> None:
    side = 10**6
    mask = mask_from_picture([side * side - 5, 4, 1], side, side)
    assert (mask.offset, mask.size, mask.area) == ((side - 1, side - 5), (1, 4), 4)
    assert counts_in_picture(mask, side, side).tolist() == [side * side - 5, 4, 1]


@pytest.mark.parametrize("counts", [[5], [7], [], [3, -1, 4], [2**62, 2**62, 6]])
def test_runs_that_do_not_fill_the_picture(counts: list[int]) -> None:
    with pytest.raises(GeometryError):
        mask_from_picture(counts, 2, 3)
