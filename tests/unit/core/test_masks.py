import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pycocotools import mask as coco

from annotator.core.errors import GeometryError
from annotator.core.masks import (
    area_of_counts,
    checked_counts,
    counts_from_mask,
    counts_from_text,
    counts_to_text,
    crop_box,
    mask_from_counts,
    merged_counts,
    transpose_counts,
)
from tests import strategies as some


def run_lists(max_size=12, largest=40):
    """Run lengths of any picture one pixel high, empty runs among them."""
    return st.lists(st.integers(0, largest), max_size=max_size)


def random_masks(count, seed=7):
    """Masks of every density and form: noise, stripes, blobs, empty and full ones."""
    random = np.random.default_rng(seed)
    for number in range(count):
        height, width = random.integers(1, 41, 2)
        if number % 3 == 0:
            mask = random.random((height, width)) < random.random()
        elif number % 3 == 1:
            y, x = np.mgrid[:height, :width]
            cy, cx, r = random.random(3) * (height, width, max(height, width))
            mask = (y - cy) ** 2 + (x - cx) ** 2 < r**2
        else:
            mask = np.zeros((height, width), dtype=bool)
            top, left = random.integers(0, height), random.integers(0, width)
            mask[top : top + random.integers(0, 9), left:] = True
        yield mask


@given(some.bitmaps())
def test_a_mask_is_the_same_after_encoding_and_decoding(mask):
    counts = counts_from_mask(mask)
    decoded = mask_from_counts(counts, *mask.shape)
    assert decoded.dtype == bool
    assert np.array_equal(decoded, mask)
    assert area_of_counts(counts) == mask.sum()


@given(run_lists())
def test_run_lengths_are_the_same_after_decoding_and_encoding(runs):
    counts = merged_counts(np.array(runs, dtype=np.int64))
    mask = mask_from_counts(counts, 1, sum(runs))
    assert np.array_equal(counts_from_mask(mask), counts)


def test_runs_go_column_by_column_and_begin_with_background():
    mask = np.array([[0, 1, 1], [0, 0, 1]], dtype=bool)
    assert counts_from_mask(mask).tolist() == [2, 1, 1, 2]
    assert counts_from_mask(~mask).tolist() == [0, 2, 1, 1, 2]


def test_run_lengths_and_text_are_those_of_pycocotools():
    for mask in random_masks(3000):
        theirs = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
        text = theirs["counts"].decode("ascii")
        counts = counts_from_mask(mask)
        assert counts_to_text(counts) == text
        assert np.array_equal(counts_from_text(text), counts)
        assert area_of_counts(counts) == coco.area(theirs)


# pycocotools takes six bytes for each run and none for the end of the text: it writes beyond its memory
# where every run needs six characters. Runs of 24 bits need five.
@given(st.lists(st.integers(0, (1 << 24) - 1), min_size=1, max_size=30))
@example([0, 16, 15, 31, 32, 1023, 1024, 0, 0, (1 << 24) - 1])
def test_text_of_long_runs_is_that_of_pycocotools(runs):
    theirs = coco.frPyObjects({"size": [1, 1], "counts": runs}, 1, 1)["counts"].decode("ascii")
    assert counts_to_text(np.array(runs, dtype=np.int64)) == theirs
    assert counts_from_text(theirs).tolist() == runs


@given(st.lists(st.integers(0, (1 << 53)), max_size=30))
def test_run_lengths_are_the_same_after_writing_and_reading_text(runs):
    text = counts_to_text(np.array(runs, dtype=np.int64))
    assert text.isascii()
    assert counts_from_text(text).tolist() == runs


def test_text_of_no_runs_is_empty():
    assert counts_to_text(np.zeros(0, dtype=np.int64)) == ""
    assert len(counts_from_text("")) == 0


@pytest.mark.parametrize(
    ("runs", "height", "width"),
    [
        ([1], 200, 200),  # short: pycocotools decodes it to memory nobody has written
        ([], 2, 2),
        ([5, 5], 2, 2),
        ([4, 1], 2, 2),
        ([5, -1], 2, 2),
        ([3, -1, 2], 2, 2),
        ([-4, 8], 2, 2),
        ([2**62, 2**62, 2**62, 2**62, 4], 2, 2),  # adds up to 4 in 64 bits
        ([2**52] * (2**12 + 1), 2**26, 2**26),  # each fits, the sum is right in 64 bits
        ([2**63, 1], 2, 2),
        ([2**70], 2, 2),
        ([2.5, 1.5], 2, 2),
        ([float("nan")], 2, 2),
        ([float("inf")], 2, 2),
        (["2", "2"], 2, 2),
        ([None, 4], 2, 2),
        ([[1, 2], [1]], 2, 2),
        ([True, True], 1, 2),
        ([4], -2, -2),
        ([0], 0, -1),
        ([10**20], 10**10, 10**10),
        ([2**54], 2**27, 2**27),
    ],
)
def test_runs_that_do_not_fill_the_mask_are_refused(runs, height, width):
    with pytest.raises(GeometryError, match=r"mask"):
        mask_from_counts(runs, height, width)


@given(run_lists(max_size=6, largest=8), st.integers(0, 6), st.integers(0, 6))
def test_exactly_the_runs_that_fill_the_mask_are_taken(runs, height, width):
    if sum(runs) == height * width:
        assert checked_counts(runs, height, width).tolist() == runs
    else:
        with pytest.raises(GeometryError, match=r"add up|longer"):
            checked_counts(runs, height, width)


@pytest.mark.parametrize("text", ["a b", "é", "4\n", "/", "p", "1" * 3 + "\udc80", "\x00", "漢"])
def test_other_characters_are_refused(text):
    with pytest.raises(GeometryError, match="wrong character"):
        counts_from_text(text)


@pytest.mark.parametrize("text", ["P", "1P", "o" * 5])
def test_text_that_breaks_off_is_refused(text):
    with pytest.raises(GeometryError, match="break off"):
        counts_from_text(text)


@pytest.mark.parametrize("text", ["o" * 20 + "0", "O", "0000@", "PPPPPPPPPPPP4"])
def test_negative_and_endless_runs_in_text_are_refused(text):
    with pytest.raises(GeometryError, match=r"negative|too long|wrong character"):
        counts_from_text(text)


@given(st.text(st.characters(min_codepoint=40, max_codepoint=120), max_size=12))
def test_any_text_gives_runs_or_a_refusal(text):
    try:
        counts = counts_from_text(text)
    except GeometryError:
        return
    assert (counts >= 0).all()
    assert np.array_equal(counts_from_text(counts_to_text(counts)), counts)


@given(some.bitmaps())
def test_row_by_row_runs_are_turned_into_column_by_column_runs(mask):
    rows = counts_from_mask(mask.T)  # those of the transpose: row by row
    columns = transpose_counts(rows, *mask.shape)
    assert np.array_equal(columns, counts_from_mask(mask))
    assert np.array_equal(transpose_counts(columns, *mask.T.shape), rows)


def test_row_by_row_runs_of_a_known_case():
    # .##
    # ..#
    assert transpose_counts([1, 2, 2, 1], 2, 3).tolist() == [2, 1, 1, 2]


@given(run_lists())
def test_joining_runs_keeps_the_pixels_and_leaves_no_empty_run(runs):
    runs = np.array(runs, dtype=np.int64)
    merged = merged_counts(runs)
    assert (merged[1:] > 0).all()
    total = int(runs.sum())
    assert np.array_equal(mask_from_counts(merged, 1, total), mask_from_counts(runs, 1, total))
    assert np.array_equal(merged_counts(merged), merged)


@given(some.bitmaps(), st.integers(0, 3), st.integers(0, 3))
def test_the_crop_box_is_tight(mask, left, top):
    mask = np.pad(mask, ((top, 2), (left, 1)))
    box = crop_box(mask)
    if box is None:
        assert not mask.any()
        return
    x0, y0, x1, y1 = box
    inner = mask[y0:y1, x0:x1]
    assert inner.sum() == mask.sum()
    assert inner[0].any()
    assert inner[-1].any()
    assert inner[:, 0].any()
    assert inner[:, -1].any()


def test_an_empty_mask_has_no_crop_box():
    assert crop_box(np.zeros((3, 4), dtype=bool)) is None
    assert crop_box(np.zeros((0, 0), dtype=bool)) is None
