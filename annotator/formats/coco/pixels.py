"""The pixels of polygons as pycocotools counts them; it is shown nothing that was not checked before.

Its C code takes memory by the length of an outline, wherever it lies, and breaks down beyond some size.
"""

from typing import Any, Final

import numpy as np

from annotator.core.geometry import BoolArray, FloatArray, clip_ring_to_box
from annotator.core.masks import counts_from_text, mask_from_counts
from annotator.core.shapes import Polygon
from annotator.formats.coco.records import Size
from annotator.safe_io import DEFAULT_LIMITS

_LONGEST_SIDE: Final = 100_000


def can_be_rasterised(size: Size) -> bool:
    """Whether a picture is small enough to fill polygons on it."""
    return max(size) <= _LONGEST_SIDE and size[0] * size[1] <= DEFAULT_LIMITS.picture_pixels


def polygon_area(rings: list[FloatArray], size: Size) -> int:
    """Return how many pixels of a picture lie in any of the rings."""
    from pycocotools import mask

    found = _run_lengths(rings, size)
    return int(mask.area(mask.merge(found))) if found else 0


def polygon_pixels(shape: Polygon, size: Size) -> BoolArray:
    """Return the pixels (height, width) in any part of a polygon and in none of that part's holes."""
    pixels = np.zeros((size[1], size[0]), dtype=bool)
    for part in shape.parts:
        pixels |= _filled([part.outer], size) & ~_filled(list(part.holes), size)
    return pixels


def _filled(rings: list[FloatArray], size: Size) -> BoolArray:
    from pycocotools import mask

    found = _run_lengths(rings, size)
    if not found:
        return np.zeros((size[1], size[0]), dtype=bool)
    merged = mask.merge(found)
    return mask_from_counts(counts_from_text(merged["counts"].decode("ascii")), size[1], size[0])


def _run_lengths(rings: list[FloatArray], size: Size) -> list[Any]:
    """Return a run-length object for each ring; those far outside are cut off one picture beyond the picture."""
    from pycocotools import mask

    width, height = size
    around = (-float(width), -float(height), 2.0 * width, 2.0 * height)
    clipped = [clip_ring_to_box(ring, around) for ring in rings]
    polygons = [ring.ravel().tolist() for ring in clipped if len(ring) >= 3]
    found: list[Any] = mask.frPyObjects(polygons, height, width) if polygons else []
    return found
