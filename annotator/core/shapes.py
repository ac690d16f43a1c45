"""Shapes: the geometry of an annotation alone, as values that never change.

Coordinates are pixels of the upright picture with the origin at the top left corner of the first pixel; they
may lie outside the picture and are never rounded here. Point arrays are read-only `float64` (N, 2).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal, TypeAlias, cast, get_args

import numpy as np
from numpy.typing import ArrayLike

from annotator.core.errors import GeometryError
from annotator.core.geometry import (
    BoolArray,
    Box,
    FloatArray,
    as_numbers,
    as_points,
    box_area,
    box_corners,
    box_of_points,
    ellipse_box,
    ellipse_ring,
    ring_area,
    union_of_boxes,
)
from annotator.core.masks import (
    MOST_PIXELS,
    MOST_RUNS,
    Counts,
    area_of_counts,
    checked_counts,
    counts_from_mask,
    crop_box,
    mask_from_counts,
    merged_counts,
)
from annotator.core.values import AttributeValue as AttributeValue
from annotator.core.values import checked_attributes, checked_integer

ShapeKind: TypeAlias = Literal[
    "rectangle", "ellipse", "polygon", "polyline", "points", "cuboid", "mask", "skeleton"
]
SHAPE_KINDS: tuple[ShapeKind, ...] = get_args(ShapeKind)
# What an annotation can be: a shape of some kind, or a tag, which has none.
AnnotationKind: TypeAlias = ShapeKind | Literal["tag"]
ANNOTATION_KINDS: tuple[AnnotationKind, ...] = (*SHAPE_KINDS, "tag")

CUBOID_CORNERS: Final = 8


def _normal_angle(degrees: float, what: str) -> float:
    try:
        angle = float(degrees)
    except (TypeError, ValueError, OverflowError):
        angle = math.nan
    if not math.isfinite(angle):
        raise GeometryError(f"The rotation of {what} is not a finite number.")
    angle %= 360.0
    # A tiny negative angle becomes 360.0 by rounding.
    return 0.0 if angle == 360.0 else angle


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A box `xyxy` (x0 <= x1, y0 <= y1), turned by `rotation` degrees clockwise about its centre (0 <= r < 360)."""

    kind: ClassVar[ShapeKind] = "rectangle"
    xyxy: Box
    rotation: float = 0.0

    def __post_init__(self) -> None:
        x0, y0, x1, y1 = as_numbers(self.xyxy, 4, what="a rectangle")
        if x0 > x1 or y0 > y1:
            raise GeometryError(f"The corners of a rectangle are in the wrong order: {self.xyxy}.")
        object.__setattr__(self, "xyxy", (x0, y0, x1, y1))
        object.__setattr__(self, "rotation", _normal_angle(self.rotation, "a rectangle"))

    @classmethod
    def from_corners(
        cls, first: tuple[float, float], second: tuple[float, float], rotation: float = 0.0
    ) -> "Rectangle":
        """Make the rectangle that has two points, in any order, as opposite corners before it is turned."""
        (ax, ay), (bx, by) = first, second
        return cls((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)), rotation)

    @property
    def corners(self) -> FloatArray:
        """The four corners (4, 2), turned: top left, top right, bottom right, bottom left."""
        return box_corners(self.xyxy, self.rotation)

    @property
    def box(self) -> Box:
        """The upright box around the turned rectangle."""
        return box_of_points(self.corners) if self.rotation else self.xyxy

    @property
    def area(self) -> float:
        """Width times height."""
        return box_area(self.xyxy)

    def moved_by(self, dx: float, dy: float) -> "Rectangle":
        """Return the rectangle moved by (dx, dy) pixels."""
        x0, y0, x1, y1 = self.xyxy
        return Rectangle((x0 + dx, y0 + dy, x1 + dx, y1 + dy), self.rotation)


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse about `centre` with `radii` (rx, ry), turned by `rotation` degrees clockwise."""

    kind: ClassVar[ShapeKind] = "ellipse"
    centre: tuple[float, float]
    radii: tuple[float, float]
    rotation: float = 0.0

    def __post_init__(self) -> None:
        x, y = as_numbers(self.centre, 2, what="an ellipse")
        rx, ry = as_numbers(self.radii, 2, what="an ellipse")
        if rx < 0 or ry < 0:
            raise GeometryError(f"A radius of an ellipse is negative: {(rx, ry)}.")
        object.__setattr__(self, "centre", (x, y))
        object.__setattr__(self, "radii", (rx, ry))
        object.__setattr__(self, "rotation", _normal_angle(self.rotation, "an ellipse"))

    @property
    def box(self) -> Box:
        """The upright box around the turned ellipse."""
        return ellipse_box(self.centre, self.radii, self.rotation)

    @property
    def area(self) -> float:
        """Pi times both radii."""
        return math.pi * self.radii[0] * self.radii[1]

    def ring(self, count: int = 72) -> FloatArray:
        """Return `count` points of the outline, (count, 2)."""
        return ellipse_ring(self.centre, self.radii, self.rotation, count)

    def moved_by(self, dx: float, dy: float) -> "Ellipse":
        """Return the ellipse moved by (dx, dy) pixels."""
        return Ellipse((self.centre[0] + dx, self.centre[1] + dy), self.radii, self.rotation)


@dataclass(frozen=True, slots=True, eq=False)
class PolygonPart:
    """One outer ring (N, 2) with its holes, each a ring of at least three points."""

    outer: FloatArray
    holes: tuple[FloatArray, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "outer", as_points(self.outer, at_least=3, what="a polygon"))
        if self.holes != ():
            holes = tuple(as_points(hole, at_least=3, what="a hole") for hole in self.holes)
            object.__setattr__(self, "holes", holes)

    @property
    def rings(self) -> tuple[FloatArray, ...]:
        """The outer ring, then the holes."""
        return (self.outer, *self.holes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PolygonPart):
            return NotImplemented
        return _same_arrays(self.rings, other.rings)

    def __hash__(self) -> int:
        return hash(tuple(_hashable(ring) for ring in self.rings))

    def __reduce__(self) -> tuple[Any, ...]:
        # Made anew where it arrives: a pickled array comes back writeable.
        return PolygonPart, (self.outer, self.holes)


@dataclass(frozen=True, slots=True)
class Polygon:
    """One or more parts that are one object, each an outer ring with its holes."""

    kind: ClassVar[ShapeKind] = "polygon"
    parts: tuple[PolygonPart, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(self.parts))
        if not self.parts:
            raise GeometryError("A polygon needs at least one part.")

    @classmethod
    def from_ring(cls, ring: ArrayLike) -> "Polygon":
        """Make a polygon of one part without holes from points (N, 2), N >= 3."""
        return cls((PolygonPart(cast(FloatArray, ring)),))

    @property
    def rings(self) -> Iterator[FloatArray]:
        """Every ring of every part: each outer ring, followed by its holes."""
        for part in self.parts:
            yield from part.rings

    @property
    def is_simple_ring(self) -> bool:
        """Whether it is one ring without holes."""
        return len(self.parts) == 1 and not self.parts[0].holes

    @property
    def box(self) -> Box:
        """The box around all parts."""
        if len(self.parts) == 1:
            return box_of_points(self.parts[0].outer)
        return union_of_boxes(box_of_points(part.outer) for part in self.parts)

    @property
    def area(self) -> float:
        """The sum over the parts of outer ring less holes; parts that overlap count twice."""
        return sum(
            abs(ring_area(part.outer)) - sum(abs(ring_area(hole)) for hole in part.holes)
            for part in self.parts
        )

    def moved_by(self, dx: float, dy: float) -> "Polygon":
        """Return the polygon moved by (dx, dy) pixels."""
        by = np.array((dx, dy))
        return Polygon(
            tuple(
                PolygonPart(part.outer + by, tuple(hole + by for hole in part.holes))
                for part in self.parts
            )
        )


@dataclass(frozen=True, slots=True, eq=False)
class _PointArray:
    points: FloatArray

    at_least: ClassVar[int] = 1
    what: ClassVar[str] = "a shape"

    def __post_init__(self) -> None:
        points = as_points(self.points, at_least=self.at_least, what=self.what)
        object.__setattr__(self, "points", points)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        assert isinstance(other, _PointArray)
        return np.array_equal(self.points, other.points)

    def __hash__(self) -> int:
        return hash((type(self), _hashable(self.points)))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.points,)

    @property
    def box(self) -> Box:
        """The box around the points."""
        return box_of_points(self.points)


@dataclass(frozen=True, slots=True, eq=False)
class Polyline(_PointArray):
    """An open line through points (N, 2), N >= 2."""

    kind: ClassVar[ShapeKind] = "polyline"
    at_least: ClassVar[int] = 2
    what: ClassVar[str] = "a polyline"

    @property
    def area(self) -> float:
        """A line has no area."""
        return 0.0

    def moved_by(self, dx: float, dy: float) -> "Polyline":
        """Return the line moved by (dx, dy) pixels."""
        return Polyline(self.points + np.array((dx, dy)))


@dataclass(frozen=True, slots=True, eq=False)
class Points(_PointArray):
    """One or more single points (N, 2) that are one object."""

    kind: ClassVar[ShapeKind] = "points"
    what: ClassVar[str] = "points"

    @property
    def area(self) -> float:
        """Points have no area."""
        return 0.0

    def moved_by(self, dx: float, dy: float) -> "Points":
        """Return the points moved by (dx, dy) pixels."""
        return Points(self.points + np.array((dx, dy)))


@dataclass(frozen=True, slots=True, eq=False)
class Cuboid(_PointArray):
    """A box in perspective: eight corners (8, 2), the front face and then the back face.

    Each face runs top left, bottom left, top right, bottom right, as in CVAT's XML.
    """

    kind: ClassVar[ShapeKind] = "cuboid"
    at_least: ClassVar[int] = CUBOID_CORNERS
    what: ClassVar[str] = "a cuboid"

    def __post_init__(self) -> None:
        points = as_points(self.points, at_least=CUBOID_CORNERS, what=self.what)
        if len(points) != CUBOID_CORNERS:
            raise GeometryError(f"A cuboid has {CUBOID_CORNERS} corners, found {len(points)}.")
        object.__setattr__(self, "points", points)

    @property
    def faces(self) -> tuple[FloatArray, FloatArray]:
        """The front and the back face as rings (4, 2)."""
        order = (0, 2, 3, 1)
        return self.points[list(order)], self.points[[4 + corner for corner in order]]

    @property
    def area(self) -> float:
        """The area of the front face."""
        return abs(ring_area(self.faces[0]))

    def moved_by(self, dx: float, dy: float) -> "Cuboid":
        """Return the cuboid moved by (dx, dy) pixels."""
        return Cuboid(self.points + np.array((dx, dy)))


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """The pixels of an object: a cropped bitmap of `size` (width, height) at `offset` (x, y), kept as run lengths.

    `counts` are COCO run lengths over the cropped bitmap, column by column, background first; runs of no
    pixels are joined away. A mask without pixels has size (0, 0) where it is made from a bitmap.
    Raises GeometryError where it has more than MOST_PIXELS or MOST_RUNS.
    """

    kind: ClassVar[ShapeKind] = "mask"
    offset: tuple[int, int]
    size: tuple[int, int]
    counts: Counts

    def __post_init__(self) -> None:
        offset = _whole_numbers(self.offset)
        size = _whole_numbers(self.size)
        if size[0] * size[1] > MOST_PIXELS:
            raise GeometryError(f"A mask of {size[0]} x {size[1]} pixels is too large.")
        counts = merged_counts(checked_counts(self.counts, size[1], size[0])).copy()
        if len(counts) > MOST_RUNS:
            raise GeometryError(f"A mask has at most {MOST_RUNS} run lengths, found {len(counts)}.")
        counts.flags.writeable = False
        object.__setattr__(self, "offset", offset)
        object.__setattr__(self, "size", size)
        object.__setattr__(self, "counts", counts)

    @classmethod
    def from_bitmap(cls, bitmap: BoolArray, offset: tuple[int, int] = (0, 0)) -> "Mask":
        """Make a mask from set pixels (H, W) whose first pixel lies at `offset`; cropped to what is set."""
        x0, y0, x1, y1 = crop_box(bitmap) or (0, 0, 0, 0)
        counts = counts_from_mask(bitmap[y0:y1, x0:x1])
        return cls((offset[0] + x0, offset[1] + y0), (x1 - x0, y1 - y0), counts)

    @property
    def bitmap(self) -> BoolArray:
        """The cropped pixels, `bool` (height, width)."""
        return mask_from_counts(self.counts, self.size[1], self.size[0])

    def bitmap_in(self, width: int, height: int) -> BoolArray:
        """Return the mask on a picture of width x height; what lies outside is cut off."""
        whole = np.zeros((height, width), dtype=bool)
        (x, y), (w, h) = self.offset, self.size
        x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + w, width), min(y + h, height)
        if x0 < x1 and y0 < y1:
            whole[y0:y1, x0:x1] = self.bitmap[y0 - y : y1 - y, x0 - x : x1 - x]
        return whole

    @property
    def box(self) -> Box:
        """The box around the bitmap's cells."""
        (x, y), (w, h) = self.offset, self.size
        return float(x), float(y), float(x + w), float(y + h)

    @property
    def area(self) -> float:
        """The number of set pixels."""
        return float(area_of_counts(self.counts))

    def moved_by(self, dx: float, dy: float) -> "Mask":
        """Return the mask moved by whole pixels; fractions are rounded."""
        return Mask(
            (self.offset[0] + round(dx), self.offset[1] + round(dy)), self.size, self.counts
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mask):
            return NotImplemented
        return (
            self.offset == other.offset
            and self.size == other.size
            and np.array_equal(self.counts, other.counts)
        )

    def __hash__(self) -> int:
        return hash((self.offset, self.size, self.counts.tobytes()))

    def __reduce__(self) -> tuple[Any, ...]:
        return Mask, (self.offset, self.size, self.counts)


Attributes: TypeAlias = Mapping[int, AttributeValue]


@dataclass(frozen=True, slots=True)
class SkeletonElement:
    """One named part of a skeleton: its own shape (a point as a rule), attributes and visibility.

    `outside`: the part is not in the picture; `occluded`: it is, but hidden.
    """

    shape: "ElementShape"
    occluded: bool = False
    outside: bool = False
    attributes: Attributes = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "occluded", bool(self.occluded))
        object.__setattr__(self, "outside", bool(self.outside))
        object.__setattr__(self, "attributes", checked_attributes(self.attributes))

    def __hash__(self) -> int:
        return hash(self.shape)


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Elements keyed by the template point they belong to (its id in the label's template).

    In a key frame the mapping may hold only the elements that have a key there; the others are interpolated
    between their own key frames.
    """

    kind: ClassVar[ShapeKind] = "skeleton"
    elements: Mapping[int, SkeletonElement]

    def __post_init__(self) -> None:
        elements = {
            checked_integer(point, "The id of a skeleton point"): element
            for point, element in self.elements.items()
        }
        object.__setattr__(self, "elements", elements)

    def __hash__(self) -> int:
        return hash(frozenset((point, element.shape) for point, element in self.elements.items()))

    @property
    def shown(self) -> list[SkeletonElement]:
        """The elements that are not outside, or all of them where none is in the picture."""
        elements = list(self.elements.values())
        return [element for element in elements if not element.outside] or elements

    @property
    def box(self) -> Box:
        """The box around the shown elements, or nothing at the origin where there are none at all."""
        boxes = [element.shape.box for element in self.shown]
        return union_of_boxes(boxes) if boxes else (0.0, 0.0, 0.0, 0.0)

    @property
    def area(self) -> float:
        """The area of the box around it."""
        return box_area(self.box)

    def moved_by(self, dx: float, dy: float) -> "Skeleton":
        """Return the skeleton with every element moved by (dx, dy) pixels."""
        return Skeleton(
            {
                point: SkeletonElement(
                    e.shape.moved_by(dx, dy), e.occluded, e.outside, e.attributes
                )
                for point, e in self.elements.items()
            }
        )


ElementShape: TypeAlias = Rectangle | Ellipse | Polygon | Polyline | Points | Cuboid | Mask
Shape: TypeAlias = ElementShape | Skeleton


def turned(shape: Rectangle | Ellipse, degrees: float) -> Rectangle | Ellipse:
    """Return a rectangle or ellipse turned by further degrees clockwise about its centre."""
    if isinstance(shape, Rectangle):
        return Rectangle(shape.xyxy, shape.rotation + degrees)
    return Ellipse(shape.centre, shape.radii, shape.rotation + degrees)


def _whole_numbers(pair: tuple[int, int]) -> tuple[int, int]:
    first, second = as_numbers(pair, 2, what="a mask")
    if not (first.is_integer() and second.is_integer()):
        raise GeometryError(f"A mask lies on whole pixels, not at {(first, second)}.")
    return int(first), int(second)


def _hashable(points: FloatArray) -> bytes:
    # -0.0 equals 0.0, so it must not hash otherwise.
    return (points + 0.0).tobytes()


def _same_arrays(first: tuple[FloatArray, ...], second: tuple[FloatArray, ...]) -> bool:
    return len(first) == len(second) and all(
        np.array_equal(a, b) for a, b in zip(first, second, strict=True)
    )
