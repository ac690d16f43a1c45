"""What lies under the pointer: pure functions, tested without a window.

Lengths called `reach` are image pixels; whoever asks turns screen pixels into them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from annotator.canvas.handles import (
    Handle,
    handle_reach,
    rectangle_handles,
    rotation_handle,
    vertex_rings,
)
from annotator.core.columns import outline
from annotator.core.geometry import (
    FloatArray,
    distance_to_path,
    distance_to_segments,
    ring_contains,
)
from annotator.core.shapes import AnnotationKind, Mask, Rectangle, Shape


@dataclass(frozen=True, slots=True)
class Vertex:
    """A point of an outline: `index` in the shape's ring number `ring`."""

    ring: int
    index: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """The handle that turns a shape."""


@dataclass(frozen=True, slots=True)
class Edge:
    """The stretch from point `index` of a ring to the next."""

    ring: int
    index: int


@dataclass(frozen=True, slots=True)
class Body:
    """The shape itself, at no particular part."""


Part: TypeAlias = Vertex | Handle | Rotation | Edge | Body


def part_at(shape: Shape, x: float, y: float, pixel: float) -> Part | None:
    """Return what of a selected shape lies at a point: a vertex, then a handle, then an edge, then the body.

    pixel: the size of a screen pixel in image pixels.
    """
    reach = handle_reach(shape, pixel)
    rings = vertex_rings(shape)
    vertex = vertex_at(rings, x, y, reach)
    if vertex is not None:
        return vertex
    if isinstance(shape, Rectangle):
        handle = _handle_at(shape, x, y, pixel, reach)
        if handle is not None:
            return handle
    edge = edge_at(rings, x, y, reach)
    if edge is not None:
        return edge
    paths = outline(shape)
    inside = (
        mask_contains(shape, x, y) if isinstance(shape, Mask) else contains(shape.kind, paths, x, y)
    )
    return Body() if inside or distance(shape.kind, paths, x, y) <= reach else None


def vertex_at(rings: Sequence[FloatArray], x: float, y: float, reach: float) -> Vertex | None:
    """Return the nearest vertex within `reach`, or None."""
    nearest, best = None, math.nextafter(reach, math.inf)
    for number, ring in enumerate(rings):
        away = np.hypot(ring[:, 0] - x, ring[:, 1] - y)
        index = int(away.argmin())
        if away[index] < best:
            nearest, best = Vertex(number, index), float(away[index])
    return nearest


def edge_at(rings: Sequence[FloatArray], x: float, y: float, reach: float) -> Edge | None:
    """Return the nearest edge of closed rings within `reach`, or None."""
    nearest, best = None, math.nextafter(reach, math.inf)
    for number, ring in enumerate(rings):
        away = distance_to_segments(ring, np.roll(ring, -1, axis=0), x, y)
        index = int(away.argmin())
        if away[index] < best:
            nearest, best = Edge(number, index), float(away[index])
    return nearest


def _handle_at(
    shape: Rectangle, x: float, y: float, pixel: float, reach: float
) -> Handle | Rotation | None:
    handles = rectangle_handles(shape, pixel)
    near = {handle: math.dist(place, (x, y)) for handle, place in handles.items()}
    nearest = min(near, key=lambda handle: near[handle])
    if near[nearest] <= reach:
        return nearest
    away = math.dist(rotation_handle(shape, pixel), (x, y))
    return Rotation() if away <= reach else None


def contains(kind: AnnotationKind, rings: Sequence[FloatArray], x: float, y: float) -> bool:
    """Return whether a point lies inside a shape, given what is drawn of it (see `core.columns.outline`).

    Lines and points have no inside. A skeleton counts as its box, a mask as the box of its cells.
    """
    match kind:
        case "polyline" | "points" | "tag":
            return False
        case _ if not rings:
            return False
        case "skeleton":
            low, high = rings[0].min(axis=0), rings[0].max(axis=0)
            return bool(np.all(low <= (x, y)) and np.all((x, y) <= high))
        case "cuboid":
            return any(ring_contains(ring, x, y) for ring in (*rings, *_side_faces(rings)))
        case _:
            # Even-odd over all rings: a hole takes away what its outer ring gave.
            return sum(ring_contains(ring, x, y) for ring in rings) % 2 == 1


def distance(kind: AnnotationKind, rings: Sequence[FloatArray], x: float, y: float) -> float:
    """Return how far a point is from what is drawn of a shape: its outline, its line, or its nearest point."""
    if not rings:
        return math.inf
    if kind in ("points", "skeleton"):
        return float(min(np.hypot(*(ring - (x, y)).T).min() for ring in rings))
    return min(distance_to_path(ring, x, y, closed=kind != "polyline") for ring in rings)


def mask_contains(mask: Mask, x: float, y: float) -> bool:
    """Return whether the pixel at a point is set, without decoding the mask."""
    column, row = math.floor(x) - mask.offset[0], math.floor(y) - mask.offset[1]
    width, height = mask.size
    if not (0 <= column < width and 0 <= row < height):
        return False
    run = np.searchsorted(np.cumsum(mask.counts), column * height + row, side="right")
    return bool(run % 2)


def _side_faces(faces: Sequence[FloatArray]) -> list[FloatArray]:
    """Return the four faces between the front and the back face of a cuboid."""
    front, back = faces
    following = (1, 2, 3, 0)
    return [np.array((front[i], front[j], back[j], back[i])) for i, j in enumerate(following)]
