"""All shapes of one frame as columns: for drawing, culling and hit testing thousands at once.

Single `Annotation` values are what is edited; columns are what is shown. Outlines are rings or paths, laid
end to end: shape i has the rings `ring_of_shape[i]` to `ring_of_shape[i + 1]`, ring r the points
`point_of_ring[r]` to `point_of_ring[r + 1]`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.core.annotations import Annotation
from annotator.core.geometry import BoolArray, FloatArray, box_corners
from annotator.core.shapes import (
    ANNOTATION_KINDS,
    AnnotationKind,
    Cuboid,
    Ellipse,
    Points,
    Polygon,
    Polyline,
    Rectangle,
    Shape,
    Skeleton,
)

IntArray: TypeAlias = NDArray[np.int64]

KIND_CODES: Final[dict[AnnotationKind, int]] = {kind: i for i, kind in enumerate(ANNOTATION_KINDS)}


@dataclass(frozen=True, eq=False)
class ShapeColumns:
    """N annotations of one frame, sorted by (z_order, id): later ones are drawn above. Tags are left out.

    ids, labels, groups: int64 (N,). kinds: uint8 (N,), see KIND_CODES. occluded: bool (N,). z_orders: int32 (N,).
    boxes: float64 (N, 4), upright. points: float64 (M, 2), C-contiguous. All arrays are read-only.
    """

    ids: IntArray
    labels: IntArray
    groups: IntArray
    kinds: NDArray[np.uint8]
    occluded: BoolArray
    z_orders: NDArray[np.int32]
    boxes: FloatArray
    points: FloatArray
    point_of_ring: IntArray
    ring_of_shape: IntArray

    @classmethod
    def from_annotations(cls, annotations: Iterable[Annotation]) -> "ShapeColumns":
        """Make columns from values; those without a shape are left out."""
        shown = [(a, a.shape) for a in annotations if a.shape is not None]
        shown.sort(key=lambda pair: (pair[0].z_order, pair[0].id))
        outlines = [outline(shape) for _, shape in shown]
        rings = [ring for one in outlines for ring in one]
        points = np.concatenate(rings) if rings else np.zeros((0, 2))
        point_of_ring = _offsets([len(ring) for ring in rings])
        ring_of_shape = _offsets([len(one) for one in outlines])
        boxes = _boxes([shape for _, shape in shown], points, point_of_ring[ring_of_shape])
        return cls(
            ids=np.array([a.id for a, _ in shown], dtype=np.int64),
            labels=np.array([a.label for a, _ in shown], dtype=np.int64),
            groups=np.array([a.group for a, _ in shown], dtype=np.int64),
            kinds=np.array([KIND_CODES[shape.kind] for _, shape in shown], dtype=np.uint8),
            occluded=np.array([a.occluded for a, _ in shown], dtype=bool),
            z_orders=np.array([a.z_order for a, _ in shown], dtype=np.int32),
            boxes=boxes,
            points=points,
            point_of_ring=point_of_ring,
            ring_of_shape=ring_of_shape,
        )

    def __post_init__(self) -> None:
        for column in fields(self):
            getattr(self, column.name).flags.writeable = False

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def row_of(self) -> dict[int, int]:
        """The row of each id."""
        return {int(identifier): row for row, identifier in enumerate(self.ids)}

    def rings(self, row: int) -> list[FloatArray]:
        """Return the rings or paths of one shape as views into `points`."""
        first, last = int(self.ring_of_shape[row]), int(self.ring_of_shape[row + 1])
        edges = self.point_of_ring
        return [self.points[edges[r] : edges[r + 1]] for r in range(first, last)]

    def rows_in(self, x0: float, y0: float, x1: float, y1: float) -> IntArray:
        """Return the rows whose box meets an area, in drawing order."""
        boxes = self.boxes
        meets = (
            (boxes[:, 0] <= x1) & (boxes[:, 2] >= x0) & (boxes[:, 1] <= y1) & (boxes[:, 3] >= y0)
        )
        return np.flatnonzero(meets)

    def kind(self, row: int) -> AnnotationKind:
        """Return the kind of one shape."""
        return ANNOTATION_KINDS[int(self.kinds[row])]


def outline(shape: Shape) -> Sequence[FloatArray]:
    """Return what is drawn of a shape: rings of closed kinds, paths of open ones.

    A cuboid gives its two faces, a mask the box of its cells (its pixels are drawn from the value), points and
    skeletons one path of all their points, those outside the picture left out.
    """
    match shape:
        case Rectangle():
            return (shape.corners,)
        case Polygon():
            return tuple(shape.rings)
        case Polyline() | Points():
            return (shape.points,)
        case Ellipse():
            return (shape.ring(),)
        case Cuboid():
            return shape.faces
        case Skeleton():
            paths = [ring for element in shape.shown for ring in outline(element.shape)]
            return (np.concatenate(paths),) if paths else ()
        case _:
            return (box_corners(shape.box),)


def _boxes(shapes: list[Shape], points: FloatArray, point_of_shape: IntArray) -> FloatArray:
    """The box of each shape, found in the points of all at once: far quicker than one by one."""
    boxes = np.zeros((len(shapes), 4))
    rows = np.flatnonzero(np.diff(point_of_shape))
    if len(rows):
        starts = point_of_shape[rows]
        boxes[rows, :2] = np.minimum.reduceat(points, starts)
        boxes[rows, 2:] = np.maximum.reduceat(points, starts)
    for row, shape in enumerate(shapes):
        if not _box_is_of_outline(shape):
            boxes[row] = shape.box
    return boxes


def _box_is_of_outline(shape: Shape) -> bool:
    match shape:
        case Polygon():
            return not any(part.holes for part in shape.parts)
        case Ellipse() | Skeleton():
            return False
        case _:
            return True


def _offsets(lengths: list[int]) -> IntArray:
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))).astype(np.int64)
