"""Shapes as COCO writes them: boxes, polygons of several parts without holes, and run lengths."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from annotator.core.geometry import Box, FloatArray, box_of_points, ring_area
from annotator.core.masks import Counts, area_of_counts, counts_from_mask, counts_to_text
from annotator.core.shapes import Ellipse, Mask, Polygon, Rectangle, Shape
from annotator.formats.coco.pixels import can_be_rasterised, polygon_area, polygon_pixels
from annotator.formats.coco.records import Rle, Segmentation, Size
from annotator.formats.run_lengths import counts_in_picture, mask_from_picture

ELLIPSE_POINTS: Final = 72


@dataclass(frozen=True, slots=True)
class WrittenShape:
    """The geometry of a record.

    rotation: for the attribute of that name. pixels: of run lengths. why: what had to change, as a sentence.
    """

    bbox: list[float]
    segmentation: Segmentation
    rotation: float | None = None
    pixels: int | None = None
    why: str = ""


def write_shape(shape: Shape | None, size: Size | None) -> WrittenShape | None:
    """Return how a shape on a picture of a size is written, None where it cannot be."""
    match shape:
        case Rectangle(rotation=0.0):
            return WrittenShape(_xywh(shape.xyxy), [])
        case Rectangle():
            return WrittenShape(_xywh(shape.xyxy), [_flat(shape.corners)], shape.rotation)
        case Ellipse():
            ring = shape.ring(ELLIPSE_POINTS)
            why = f"An ellipse becomes a polygon of {ELLIPSE_POINTS} points."
            return WrittenShape(_xywh(box_of_points(ring)), [_flat(ring)], why=why)
        case Polygon():
            return _write_polygon(shape, size)
        case Mask() if size is not None:
            why = "What lies outside the picture is cut off."
            return _write_counts(counts_in_picture(shape, *size), size, why)
        case _:
            return None


def area_of(written: WrittenShape, size: Size | None) -> float:
    """Return the area as COCO's programs compute it: pixels of the segmentation, width times height of a plain box."""
    if written.pixels is not None:
        return float(written.pixels)
    segmentation = written.segmentation
    if not segmentation or isinstance(segmentation, Rle):
        return written.bbox[2] * written.bbox[3]
    rings = [np.array(ring).reshape(-1, 2) for ring in segmentation]
    if size is not None and can_be_rasterised(size):
        return float(polygon_area(rings, size))
    return sum(abs(ring_area(ring)) for ring in rings)


def _write_polygon(shape: Polygon, size: Size | None) -> WrittenShape:
    why = ""
    if any(part.holes for part in shape.parts):
        if size is not None and can_be_rasterised(size):
            why = "Polygons cannot have holes here; this one becomes a mask."
            return _write_counts(counts_from_mask(polygon_pixels(shape, size)), size, why)
        why = (
            "Polygons cannot have holes here, and without the size of the picture they are filled."
        )
    rings = [_flat(part.outer) for part in shape.parts]
    return WrittenShape(_xywh(shape.box), rings, why=why)


def _write_counts(counts: Counts, size: Size, why: str) -> WrittenShape:
    width, height = size
    box = mask_from_picture(counts, width, height).box
    rle = Rle(counts_to_text(counts), (height, width))
    return WrittenShape(_xywh(box), rle, pixels=area_of_counts(counts), why=why)


def _xywh(box: Box) -> list[float]:
    x0, y0, x1, y1 = box
    return [x0, y0, _extent(x0, x1), _extent(y0, y1)]


def _extent(start: float, end: float) -> float:
    """Return the number that gives `end` when it is added to `start`, or the nearest to it if there is none."""
    size = end - start
    for candidate in (size, math.nextafter(size, math.inf), math.nextafter(size, 0.0)):
        if start + candidate == end:
            return candidate
    return size


def _flat(points: FloatArray) -> list[float]:
    numbers: list[float] = points.ravel().tolist()
    return numbers
