"""How much boxes have in common, many at once."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from annotator.core.geometry import BoolArray, FloatArray
from annotator.project.frame_table import Integers

_MOST_PAIRS: Final = 500_000


def shared_parts(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return intersection over union of each of N boxes with each of M, (N, M).

    Boxes are (N, 4), x0 y0 x1 y1. Boxes without an area have all in common with their like, and nothing with others.
    A row of NaN, a tag, is the same as another one.
    """
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    inner = np.prod(np.clip(high - low, 0.0, None), axis=2)
    together = _areas(first)[:, None] + _areas(second)[None, :] - inner
    shares: FloatArray = np.divide(inner, together, out=np.zeros_like(inner), where=together > 0)
    bare = ~(together > 0)
    if bare.any():
        same = np.isclose(first[:, None], second[None], atol=0.0, rtol=0.0, equal_nan=True).all(2)
        shares[bare & same] = 1.0
    return shares


def overlapped(first: FloatArray, second: FloatArray, least: float) -> BoolArray:
    """Return which of N boxes have at least a share in common with any of M others, (N,)."""
    result = np.zeros(len(first), dtype=bool)
    for rows in _lots(len(first), len(second)):
        result[rows] = (shared_parts(first[rows], second) >= least).any(axis=1)
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
    for rows in _lots(len(boxes), len(boxes)):
        same = (shared_parts(boxes[rows], boxes) >= least) & (groups[rows, None] == groups)
        for row, others in zip(range(rows.start, rows.stop), same, strict=True):
            if stays[row]:
                stays[row + 1 :] &= ~others[row + 1 :]
    result = np.empty_like(stays)
    result[order] = stays
    return result


def _lots(count: int, others: int) -> Iterator[slice]:
    """Yield the rows that are compared with all others at once, so that memory stays bounded."""
    size = max(1, _MOST_PAIRS // max(1, others))
    for start in range(0, count, size):
        yield slice(start, min(count, start + size))


def _areas(boxes: FloatArray) -> FloatArray:
    areas: FloatArray = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return areas
