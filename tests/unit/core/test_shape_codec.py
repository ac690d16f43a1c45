"""What is stored of a shape is read as it was; what nobody wrote is refused before it fills the memory."""

import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given

from annotator.core.masks import MOST_RUNS
from annotator.core.shape_codec import decode_shape, encode_shape
from annotator.core.shapes import Mask
from tests import strategies as some


@some.fewer
@given(some.shapes())
def test_a_shape_is_the_same_after_writing_and_reading(shape):
    assert decode_shape(shape.kind, encode_shape(shape)) == shape


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (1 << 16, (1 << 16) - 1)])
def test_masks_of_one_run_and_of_the_longest_run(size):
    mask = Mask((-3, 7), size, [size[0] * size[1]])
    assert decode_shape("mask", encode_shape(mask)) == mask


def mask_blob(width: int, height: int, packed: bytes) -> bytes:
    return np.array((0, 0, width, height), dtype="<i4").tobytes() + packed


@pytest.mark.parametrize("size", [(10, 10), (1 << 16, 1 << 15), (-1, 10)])
def test_runs_that_no_mask_can_have_are_not_inflated(size):
    bomb = mask_blob(*size, zlib.compress(bytes(1 << 27), 9))
    tracemalloc.start()
    with pytest.raises(ValueError, match="means nothing"):
        decode_shape("mask", bomb)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5 * 4 * MOST_RUNS


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-1], lambda data: b"", lambda data: b"x" + data]
)
def test_runs_that_break_off_are_refused(spoil):
    packed = zlib.compress(np.array([4, 2], dtype="<u4").tobytes())
    assert decode_shape("mask", mask_blob(3, 2, packed)) == Mask((0, 0), (3, 2), [4, 2])
    with pytest.raises(ValueError, match="means nothing"):
        decode_shape("mask", mask_blob(3, 2, spoil(packed)))
