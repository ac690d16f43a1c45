"""Plane geometry on arrays of points: pure functions, pixels of the upright picture, y downwards.

Points are `float64` arrays of shape (N, 2); a box is `(x0, y0, x1, y1)` with x0 <= x1 and y0 <= y1; a ring is
a closed outline whose first point is not repeated. Angles are degrees, clockwise on the screen.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotator.core.errors import GeometryError

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
Box: TypeAlias = tuple[float, float, float, float]

# Far beyond any picture, near enough that products of two coordinates stay exact enough in float64.
COORDINATE_LIMIT: Final = 1e7


def as_points(values: ArrayLike, *, at_least: int = 1, what: str = "a shape") -> FloatArray:
    """Return `values`, (N, 2) or flat x, y, x, y, ..., as a read-only (N, 2) array of its own.

    Raises GeometryError if the array has another form, fewer than `at_least` points, or a coordinate that is
    not finite or beyond COORDINATE_LIMIT.
    """
    try:
        points = np.array(values, dtype=np.float64, order="C")
    except (TypeError, ValueError, OverflowError) as error:
        raise GeometryError(f"The points of {what} are not numbers: {str(error)[:80]}.") from None
    if points.ndim == 1 and points.size % 2 == 0:
        points = points.reshape(-1, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise GeometryError(f"The points of {what} must be (N, 2), found {points.shape}.")
    if len(points) < at_least:
        raise GeometryError(
            f"{what[:1].upper()}{what[1:]} needs {at_least} points, found {len(points)}."
        )
    check_coordinates(points, what=what)
    points.flags.writeable = False
    return points


def as_numbers(values: Iterable[float], count: int, *, what: str) -> tuple[float, ...]:
    """Return `count` coordinates or lengths as floats; raise GeometryError as `as_points` does."""
    try:
        numbers = tuple(map(float, values))
    except (TypeError, ValueError, OverflowError) as error:
        raise GeometryError(
            f"The coordinates of {what} are not numbers: {str(error)[:80]}."
        ) from None
    if len(numbers) != count:
        raise GeometryError(f"A place of {what} takes {count} numbers, found {len(numbers)}.")
    for number in numbers:
        # A NaN fails the comparison.
        if not -COORDINATE_LIMIT <= number <= COORDINATE_LIMIT:
            raise _beyond_limit(what, finite=math.isfinite(number))
    return numbers


def check_coordinates(values: FloatArray, *, what: str) -> None:
    """Raise GeometryError unless every number is finite and within COORDINATE_LIMIT."""
    # The sum of squares, one quick call, settles nearly every case: NaN and infinity pass through it.
    if np.vdot(values, values) <= COORDINATE_LIMIT**2:
        return
    if not bool((np.abs(values) <= COORDINATE_LIMIT).all()):
        raise _beyond_limit(what, finite=bool(np.isfinite(values).all()))


def _beyond_limit(what: str, *, finite: bool) -> GeometryError:
    reason = f"beyond {COORDINATE_LIMIT:.0e}" if finite else "not a finite number"
    return GeometryError(f"A coordinate of {what} is {reason}.")


def box_of_points(points: FloatArray) -> Box:
    """Return the smallest box around points (N, 2), N >= 1."""
    x0, y0 = np.minimum.reduce(points).tolist()
    x1, y1 = np.maximum.reduce(points).tolist()
    return x0, y0, x1, y1


def boxes_of_rings(rings: Sequence[FloatArray]) -> FloatArray:
    """Return the boxes (N, 4) of N rings at once, each of at least one point."""
    if not rings:
        return np.zeros((0, 4))
    starts = np.zeros(len(rings), dtype=np.intp)
    np.cumsum([len(ring) for ring in rings[:-1]], out=starts[1:])
    points = np.concatenate(rings)
    low = np.minimum.reduceat(points, starts, axis=0)
    return np.hstack((low, np.maximum.reduceat(points, starts, axis=0)))


def union_of_boxes(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around one or more boxes."""
    columns = np.array(list(boxes), dtype=np.float64)
    low = columns[:, :2].min(axis=0)
    high = columns[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def intersection_of_boxes(first: Box, second: Box) -> Box | None:
    """Return the common part of two boxes, or None where they do not overlap in an area."""
    x0, y0 = max(first[0], second[0]), max(first[1], second[1])
    x1, y1 = min(first[2], second[2]), min(first[3], second[3])
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def box_iou(first: Box, second: Box) -> float:
    """Return intersection over union of two boxes, 0 where they have no area in common."""
    common = intersection_of_boxes(first, second)
    inner = 0.0 if common is None else box_area(common)
    # The area of a common part far below one pixel can come out as 0.
    return inner / (box_area(first) + box_area(second) - inner) if inner else 0.0


def box_area(box: Box) -> float:
    """Return width times height."""
    return (box[2] - box[0]) * (box[3] - box[1])


def ring_area(ring: FloatArray) -> float:
    """Return the signed area of a ring (N, 2): positive when it runs clockwise on the screen."""
    # Relative to the first point, which keeps the products small and the sum exact; its own products are 0.
    x, y = (ring - ring[0]).T
    return float(0.5 * (np.dot(x[:-1], y[1:]) - np.dot(y[:-1], x[1:])))


def rotated(points: FloatArray, degrees: float, centre: tuple[float, float]) -> FloatArray:
    """Turn points (N, 2) clockwise on the screen about `centre`."""
    cos, sin = _cos_sin(degrees)
    # y points down, so this matrix, counter-clockwise in school axes, turns clockwise on the screen.
    matrix = np.array([[cos, -sin], [sin, cos]])
    result: FloatArray = (points - centre) @ matrix.T + centre
    return result


def _cos_sin(degrees: float) -> tuple[float, float]:
    """Cosine and sine, exact for quarter turns."""
    quarter, rest = divmod(degrees, 90.0)
    if rest == 0.0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarter) % 4]
    angle = math.radians(degrees)
    return math.cos(angle), math.sin(angle)


def box_corners(box: Box, degrees: float = 0.0) -> FloatArray:
    """Return the corners (4, 2) of a box turned about its centre: top left, top right, bottom right, bottom left."""
    x0, y0, x1, y1 = box
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float64)
    return rotated(corners, degrees, ((x0 + x1) / 2, (y0 + y1) / 2)) if degrees else corners


def ellipse_ring(
    centre: tuple[float, float], radii: tuple[float, float], degrees: float = 0.0, count: int = 72
) -> FloatArray:
    """Return a ring (count, 2) inscribed in an ellipse turned about its centre."""
    angle = np.linspace(0.0, 2.0 * math.pi, count, endpoint=False)
    ring = np.column_stack(
        (centre[0] + radii[0] * np.cos(angle), centre[1] + radii[1] * np.sin(angle))
    )
    return rotated(ring, degrees, centre) if degrees else ring


def ellipse_box(
    centre: tuple[float, float], radii: tuple[float, float], degrees: float = 0.0
) -> Box:
    """Return the smallest upright box around a turned ellipse."""
    cos, sin = _cos_sin(degrees)
    half_width = math.hypot(radii[0] * cos, radii[1] * sin)
    half_height = math.hypot(radii[0] * sin, radii[1] * cos)
    x, y = centre
    return x - half_width, y - half_height, x + half_width, y + half_height


def ring_contains(ring: FloatArray, x: float, y: float) -> bool:
    """Return whether a point lies inside a ring by the even-odd rule."""
    ax, ay = ring[:, 0], ring[:, 1]
    bx, by = np.roll(ax, -1), np.roll(ay, -1)
    crosses = (ay > y) != (by > y)
    if not bool(crosses.any()):
        return False
    ax, ay, bx, by = ax[crosses], ay[crosses], bx[crosses], by[crosses]
    at = ax + (y - ay) / (by - ay) * (bx - ax)
    return bool(np.count_nonzero(at > x) % 2)


def distance_to_segments(start: FloatArray, end: FloatArray, x: float, y: float) -> FloatArray:
    """Return the distance (N,) of one point to each segment start[i]..end[i]."""
    along = end - start
    to_point = np.array([x, y]) - start
    length = np.einsum("ij,ij->i", along, along)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.einsum("ij,ij->i", to_point, along) / length
    share = np.clip(np.nan_to_num(share), 0.0, 1.0)
    away = to_point - share[:, None] * along
    result: FloatArray = np.hypot(away[:, 0], away[:, 1])
    return result


def distance_to_path(points: FloatArray, x: float, y: float, *, closed: bool) -> float:
    """Return the distance of one point to a polyline, or to a ring's outline when `closed`."""
    if len(points) == 1:
        return float(np.hypot(points[0, 0] - x, points[0, 1] - y))
    start = points if closed else points[:-1]
    end = np.roll(points, -1, axis=0) if closed else points[1:]
    return float(distance_to_segments(start, end, x, y).min())


def clip_ring_to_box(ring: FloatArray, box: Box) -> FloatArray:
    """Cut a ring at the four sides of a box (Sutherland and Hodgman, 1974).

    Returns (M, 2) with M = 0 where nothing remains. A concave ring may come back with coinciding edges along
    the box; its area is that of the intersection all the same. Every point lies in the box exactly.
    """
    result = ring
    for axis, limit, keep_below in (
        (0, box[0], False),
        (0, box[2], True),
        (1, box[1], False),
        (1, box[3], True),
    ):
        if len(result) == 0:
            break
        inside = result[:, axis] <= limit if keep_below else result[:, axis] >= limit
        if bool(inside.all()):
            continue
        crossing = inside != np.roll(inside, -1)
        start = result[crossing]
        along = np.roll(result, -1, axis=0)[crossing] - start
        share = (limit - start[:, axis]) / along[:, axis]
        cut = np.empty_like(result)
        cut[crossing] = start + share[:, None] * along
        cut[:, axis] = limit
        # Each corner gives itself (if inside), then the cut of its edge (if the edge crosses).
        pairs = np.stack((result, cut), axis=1).reshape(-1, 2)
        keep = np.stack((inside, crossing), axis=1).reshape(-1)
        result = pairs[keep]
    # Rounding may carry a cut over the side that was cut before.
    return np.clip(result, box[:2], box[2:])
