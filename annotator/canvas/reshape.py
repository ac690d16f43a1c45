"""Shapes changed by dragging one of their parts: pure functions from a shape to the next."""

import math
from typing import Final

import numpy as np

from annotator.canvas.handles import Handle
from annotator.core.geometry import FloatArray, rotated
from annotator.core.shapes import Polygon, PolygonPart, Rectangle

ROTATION_STEP: Final = 15.0
LEAST_RING: Final = 3


def resized(shape: Rectangle, handle: Handle, x: float, y: float, *, keep_ratio: bool) -> Rectangle:
    """Return the rectangle with one handle moved to a point; what lies opposite stays where it is.

    The rectangle keeps its rotation and is resized along its own sides. `keep_ratio` keeps width : height at
    a corner.
    """
    x0, y0, x1, y1 = shape.xyxy
    centre = ((x0 + x1) / 2, (y0 + y1) / 2)
    (own_x, own_y), *_ = rotated(np.array([(x, y)]), -shape.rotation, centre)
    fixed_x = x1 if handle.across < 0 else x0
    fixed_y = y1 if handle.down < 0 else y0
    moved_x = float(own_x) if handle.across else x1
    moved_y = float(own_y) if handle.down else y1
    if keep_ratio and handle.is_corner and x1 > x0 and y1 > y0:
        moved_x, moved_y = _with_ratio(fixed_x, fixed_y, moved_x, moved_y, (x1 - x0) / (y1 - y0))
    # In its own axes the rectangle turns about the old centre; a Rectangle turns about the new one.
    own_centre = np.array([((fixed_x + moved_x) / 2, (fixed_y + moved_y) / 2)])
    new_x, new_y = rotated(own_centre, shape.rotation, centre)[0]
    half_width, half_height = abs(moved_x - fixed_x) / 2, abs(moved_y - fixed_y) / 2
    box = (new_x - half_width, new_y - half_height, new_x + half_width, new_y + half_height)
    return Rectangle(box, shape.rotation)


def _with_ratio(
    fixed_x: float, fixed_y: float, x: float, y: float, ratio: float
) -> tuple[float, float]:
    """Return the corner nearest the pointer's farther side for which width : height is `ratio`."""
    width = max(abs(x - fixed_x), abs(y - fixed_y) * ratio)
    return (
        fixed_x + math.copysign(width, x - fixed_x),
        fixed_y + math.copysign(width / ratio, y - fixed_y),
    )


def squared(start: tuple[float, float], x: float, y: float) -> tuple[float, float]:
    """Return the corner that makes a square with `start`, as large as the pointer's farther side."""
    return _with_ratio(*start, x, y, 1.0)


def turned_towards(shape: Rectangle, x: float, y: float, *, in_steps: bool) -> Rectangle:
    """Return the rectangle turned so that the middle of its top points at (x, y), in steps of 15 degrees if asked."""
    x0, y0, x1, y1 = shape.xyxy
    angle = math.degrees(math.atan2(y - (y0 + y1) / 2, x - (x0 + x1) / 2)) + 90.0
    if in_steps:
        angle = round(angle / ROTATION_STEP) * ROTATION_STEP
    return Rectangle(shape.xyxy, angle)


def with_vertex(shape: Polygon, ring: int, index: int, x: float, y: float) -> Polygon:
    """Return the polygon with one point moved."""
    points = _ring(shape, ring).copy()
    points[index] = (x, y)
    return _with_ring(shape, ring, points)


def with_new_vertex(shape: Polygon, ring: int, index: int, x: float, y: float) -> Polygon:
    """Return the polygon with a point added on the edge that begins at point `index`."""
    return _with_ring(shape, ring, np.insert(_ring(shape, ring), index + 1, (x, y), axis=0))


def without_vertex(shape: Polygon, ring: int, index: int) -> Polygon | None:
    """Return the polygon without one point, or None where the ring would have fewer than three."""
    points = _ring(shape, ring)
    if len(points) <= LEAST_RING:
        return None
    return _with_ring(shape, ring, np.delete(points, index, axis=0))


def _ring(shape: Polygon, number: int) -> FloatArray:
    return list(shape.rings)[number]


def _with_ring(shape: Polygon, number: int, points: FloatArray) -> Polygon:
    parts: list[PolygonPart] = []
    first = 0
    for part in shape.parts:
        rings = list(part.rings)
        if first <= number < first + len(rings):
            rings[number - first] = points
        parts.append(PolygonPart(rings[0], tuple(rings[1:])))
        first += len(rings)
    return Polygon(tuple(parts))
