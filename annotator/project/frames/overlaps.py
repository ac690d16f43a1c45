"""How much boxes have in common, many at once, where only those of one group are compared.

Boxes are (N, 4), x0 y0 x1 y1; those of tags are NaN. Groups are (N,) numbers.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from annotator.core.geometry import BoolArray, FloatArray
from annotator.project.frames.frame_table import Integers

# Compared at once, so that memory stays bounded.
_MOST_PAIRS: Final = 500_000


def shared_parts(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return intersection over union of each of N boxes with the one at the same place, (N,).

    Boxes without an area have all in common with their like and nothing with others; so have tags.
    """
    inner = _sides(np.maximum(first[:, :2], second[:, :2]), np.minimum(first[:, 2:], second[:, 2:]))
    together = _sides(first[:, :2], first[:, 2:]) + _sides(second[:, :2], second[:, 2:]) - inner
    has_area = together > 0
    shares: FloatArray = np.divide(inner, together, out=np.zeros_like(inner), where=has_area)
    bare = np.flatnonzero(~has_area)
    a, b = first[bare], second[bare]
    shares[bare] = ((a == b) | (np.isnan(a) & np.isnan(b))).all(axis=1)
    return shares


def overlapped(
    first: FloatArray, groups: Integers, second: FloatArray, others: Integers, least: float
) -> BoolArray:
    """Return which of N boxes have at least a share in common with any of M others of their group, (N,)."""
    result = np.zeros(len(first), dtype=bool)
    for rows, columns in _pairs(groups, others):
        result[rows[shared_parts(first[rows], second[columns]) >= least]] = True
    return result


def best_of_each_place(
    boxes: FloatArray, groups: Integers, scores: FloatArray, least: float
) -> BoolArray:
    """Return which boxes stay, (N,), where of those of a group that overlap by `least` or more the best one does.

    Of equal scores the first one is better.
    """
    order = np.argsort(-scores, kind="stable")
    boxes, groups = boxes[order], groups[order]
    stays = np.ones(len(boxes), dtype=bool)
    for rows, columns in _pairs(groups, groups):
        later = columns > rows
        rows, columns = rows[later], columns[later]
        same = shared_parts(boxes[rows], boxes[columns]) >= least
        # By rows, so that what is asked about a better box is settled when it is asked.
        for row, column in zip(rows[same].tolist(), columns[same].tolist(), strict=True):
            if stays[row]:
                stays[column] = False
    result = np.empty_like(stays)
    result[order] = stays
    return result


def _pairs(first: Integers, second: Integers) -> Iterator[tuple[Integers, Integers]]:
    """Yield the places of all pairs of one group, a lot at a time, in ascending order of the first ones."""
    order = np.argsort(second, kind="stable")
    ordered = second[order]
    begins = np.searchsorted(ordered, first, side="left")
    counts = np.searchsorted(ordered, first, side="right") - begins
    ends = np.cumsum(counts)
    start = 0
    while start < len(first):
        before = ends[start - 1] if start else 0
        # At least one, however many it is compared with.
        stop = max(start + 1, int(np.searchsorted(ends, before + _MOST_PAIRS, side="right")))
        own = counts[start:stop]
        rows = np.repeat(np.arange(start, stop), own)
        # Counts up from where the group of each row begins.
        within = np.arange(len(rows)) - np.repeat(np.cumsum(own) - own, own)
        yield rows, order[np.repeat(begins[start:stop], own) + within]
        start = stop


def _sides(low: FloatArray, high: FloatArray) -> FloatArray:
    """Return the areas between corners, none where they are the wrong way round."""
    lengths = np.maximum(high - low, 0.0)
    areas: FloatArray = lengths[:, 0] * lengths[:, 1]
    return areas
