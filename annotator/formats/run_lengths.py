"""Masks between run lengths over a whole picture and cropped ones; no pixels are made on the way."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotator.core.masks import Counts, checked_counts
from annotator.core.shapes import Mask

Spans: TypeAlias = NDArray[np.int64]
"""Where runs of set pixels begin and end (end excluded), counted column by column: (N, 2)."""


def mask_from_picture(counts: ArrayLike, width: int, height: int) -> Mask:
    """Return the tight mask of run lengths over a picture. Raises GeometryError unless they fill it exactly."""
    spans = _spans(checked_counts(counts, height, width))
    if not len(spans):
        return Mask((0, 0), (0, 0), np.zeros(0, dtype=np.int64))
    first_column, last_column = int(spans[0, 0]) // height, int(spans[-1, 1] - 1) // height
    spans = spans - first_column * height
    top, bottom = 0, height
    if not np.any(spans[:, 0] // height != (spans[:, 1] - 1) // height):
        # No run goes on in the next column, so that empty rows can be cut off above and below.
        rows = spans % height
        top, bottom = int(rows[:, 0].min()), int(((spans[:, 1] - 1) % height).max()) + 1
    columns, tall = last_column - first_column + 1, bottom - top
    spans = _moved_into(spans, height, tall, -top)
    return Mask((first_column, top), (columns, tall), _counts(spans, columns * tall))


def tight(mask: Mask) -> Mask:
    """Return the mask cropped to its set pixels, with run lengths in their plainest form."""
    (x, y), (width, height) = mask.offset, mask.size
    cropped = mask_from_picture(mask.counts, width, height)
    return Mask((cropped.offset[0] + x, cropped.offset[1] + y), cropped.size, cropped.counts)


def counts_in_picture(mask: Mask, width: int, height: int) -> Counts:
    """Return run lengths over a whole picture; pixels beyond its edges are left out."""
    (x, y), tall = mask.offset, mask.size[1]
    pieces = _in_columns(_spans(mask.counts), tall) if tall else np.zeros((0, 3), dtype=np.int64)
    column = pieces[:, 0] + x
    first = np.clip(pieces[:, 1] + y, 0, height)
    last = np.clip(pieces[:, 2] + y, 0, height)
    keep = (column >= 0) & (column < width) & (first < last)
    spans = column[keep, None] * height + np.column_stack((first, last))[keep]
    return _counts(_joined(spans), width * height)


def _spans(counts: Counts) -> Spans:
    ends = np.cumsum(counts)
    spans = np.column_stack((ends[:-1:2], ends[1::2])) if len(counts) > 1 else np.zeros((0, 2))
    spans = spans.astype(np.int64)
    return _joined(spans[spans[:, 0] < spans[:, 1]])


def _joined(spans: Spans) -> Spans:
    """Make one span of those that touch."""
    if len(spans) < 2:
        return spans
    apart = spans[1:, 0] != spans[:-1, 1]
    return np.column_stack(
        (spans[np.concatenate(([True], apart)), 0], spans[np.concatenate((apart, [True])), 1])
    )


def _in_columns(spans: Spans, height: int) -> NDArray[np.int64]:
    """Cut spans at the ends of columns: (column, first row, row behind the last) of each piece."""
    begin, end = spans[:, 0] // height, (spans[:, 1] - 1) // height
    number = end - begin + 1
    which = np.repeat(np.arange(len(spans)), number)
    column = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number) + begin[which]
    first = np.where(column == begin[which], spans[which, 0] % height, 0)
    last = np.where(column == end[which], (spans[which, 1] - 1) % height + 1, height)
    return np.column_stack((column, first, last))


def _moved_into(spans: Spans, height: int, tall: int, down: int) -> Spans:
    """Count spans, none of which goes on in the next column unless `tall` is `height`, in columns of `tall` pixels."""
    if tall == height:
        return spans
    column = spans[:, 0] // height
    return _joined(spans + (column * (tall - height) + down)[:, None])


def _counts(spans: Spans, total: int) -> Counts:
    edges = np.concatenate(([0], spans.ravel(), [total]))
    counts = np.diff(edges)
    return counts[:-1] if len(counts) > 1 and counts[-1] == 0 else counts
