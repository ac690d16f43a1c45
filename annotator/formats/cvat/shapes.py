"""The elements of CVAT's XML that are shapes: their numbers, the shapes they make, and the way back.

The numbers of an element are a flat list: two for each point, corner by corner; a box and an ellipse have four and
the rotation. All kinds but the mask have numbers, and key frames are interpolated between them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from annotator.core.errors import GeometryError
from annotator.core.geometry import FloatArray
from annotator.core.masks import Counts, checked_counts, counts_from_mask, transpose_counts
from annotator.core.shapes import (
    Cuboid,
    ElementShape,
    Ellipse,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    Rectangle,
)
from annotator.core.values import finite_number
from annotator.formats.cvat.xml import decimal, rounded
from annotator.safe_io import Limits

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Numbers: TypeAlias = list[float]

BOX: Final = ("xtl", "ytl", "xbr", "ybr")
ELLIPSE: Final = ("cx", "cy", "rx", "ry")
CUBOID: Final = tuple(
    f"{axis}{corner}{face}"
    for face in (1, 2)
    for corner in ("tl", "bl", "tr", "br")
    for axis in ("x", "y")
)
MASK: Final = ("rle", "left", "top", "width", "height")
TURNED: Final = frozenset({"box", "ellipse"})
ELEMENT_TAGS: Final = frozenset(
    {"box", "ellipse", "polygon", "polyline", "points", "cuboid", "mask"}
)
SHAPE_TAGS: Final = ELEMENT_TAGS | {"skeleton"}
GEOMETRY: Final = frozenset((*BOX, *ELLIPSE, *CUBOID, *MASK, "points", "rotation"))

_NUMERALS: Final = b"0123456789.+-eE \t\r\n"
_RUNS: Final = b"0123456789,+- \t\r\n"


def numbers_of(element: "Element") -> Numbers:
    """Return the numbers of an element that is no mask. Raises GeometryError."""
    match element.tag:
        case "box":
            return [*(_number(element, name) for name in BOX), _rotation(element)]
        case "ellipse":
            return [*(_number(element, name) for name in ELLIPSE), _rotation(element)]
        case "cuboid":
            return [_number(element, name) for name in CUBOID]
    return _point_numbers(element.get("points"))


def _number(element: "Element", name: str) -> float:
    text = element.get(name)
    if text is None:
        raise GeometryError(f"The {element.tag} has no {name}.")
    value = finite_number(text)
    if value is None:
        raise GeometryError(f"The {element.tag} has {name} {text[:40]!r}, which is not a number.")
    return value


def _rotation(element: "Element") -> float:
    return _number(element, "rotation") if "rotation" in element.attrib else 0.0


def _point_numbers(text: str | None) -> Numbers:
    """Read `x,y;x,y;...`; a separator at the end is forgiven."""
    if text is None:
        raise GeometryError("The shape has no points.")
    trimmed = text.strip().rstrip(";")
    # What remains without the numbers tells whether each point has two of them, whatever float() would take.
    separators = trimmed.encode("utf-8", "replace").translate(None, _NUMERALS)
    count = separators.count(b";") + 1
    if separators != b",;" * (count - 1) + b",":
        raise GeometryError(f"The points {text[:40]!r} are not pairs of numbers.")
    try:
        return [float(number) for number in trimmed.replace(";", ",").split(",")]
    except ValueError:
        raise GeometryError(f"The points {text[:40]!r} hold something that is no number.") from None


def shape_of(tag: str, numbers: Numbers) -> ElementShape:
    """Make the shape of an element from its numbers. Raises GeometryError."""
    match tag:
        case "box":
            return Rectangle.from_corners(
                (numbers[0], numbers[1]), (numbers[2], numbers[3]), numbers[4]
            )
        case "ellipse":
            return Ellipse((numbers[0], numbers[1]), (numbers[2], numbers[3]), numbers[4])
        case "cuboid":
            return Cuboid(_points(numbers))
        case "polygon":
            return Polygon((PolygonPart(_points(numbers)),))
        case "polyline":
            return Polyline(_points(numbers))
    return Points(_points(numbers))


def _points(numbers: Numbers) -> FloatArray:
    return np.array(numbers, dtype=np.float64).reshape(-1, 2)


def mask_of(element: "Element", limits: Limits) -> Mask:
    """Make a mask: runs go row by row through the rectangle, which is kept as it is. Raises GeometryError."""
    left, top, width, height = (_cells(element, name) for name in MASK[1:])
    if width < 0 or height < 0 or width * height > limits.picture_pixels:
        raise GeometryError(f"A mask of {width} x {height} pixels cannot be.")
    text = (element.get("rle") or "").strip()
    try:
        if text.encode("ascii").translate(None, _RUNS):
            raise ValueError
        counts = [int(run) for run in text.split(",")] if text else []
    except ValueError:
        raise GeometryError(f"The run lengths {text[:40]!r} are not whole numbers.") from None
    checked_counts(counts, height, width)
    return Mask((left, top), (width, height), transpose_counts(counts, height, width))


def _cells(element: "Element", name: str) -> int:
    value = _number(element, name)
    if not value.is_integer():
        raise GeometryError(f"The mask has {name} {value}, which is not a whole number.")
    return int(value)


# --- the way back ---------------------------------------------------------------------------------------------

TAGS: Final[dict[str, str]] = {
    "rectangle": "box", "ellipse": "ellipse", "polygon": "polygon", "polyline": "polyline", "points": "points",
    "cuboid": "cuboid", "mask": "mask", "skeleton": "skeleton",
}  # fmt: skip


def geometry_text(shape: ElementShape) -> str:
    """Return the XML attributes of a shape. Of a polygon the first outline is written."""
    match shape:
        case Rectangle(xyxy, rotation):
            return _named(BOX, xyxy) + _turned(rotation)
        case Ellipse(centre, radii, rotation):
            return _named(ELLIPSE, (*centre, *radii)) + _turned(rotation)
        case Cuboid(points):
            return _named(CUBOID, points.ravel().tolist())
        case Polygon(parts):
            return _points_text(parts[0].outer)
        case Polyline(points) | Points(points):
            return _points_text(points)
        case Mask():
            return _mask_text(shape)


def _named(names: Sequence[str], values: Sequence[float]) -> str:
    return " ".join(f'{name}="{decimal(value)}"' for name, value in zip(names, values, strict=True))


def _turned(rotation: float) -> str:
    angle = rounded(rotation) % 360.0
    return f' rotation="{angle:.2f}"' if angle else ""


def _points_text(points: FloatArray) -> str:
    pairs = ";".join(f"{x:.2f},{y:.2f}" for x, y in points.tolist())
    return f'points="{pairs.replace("-0.00", "0.00") if "-0.00" in pairs else pairs}"'


def _mask_text(mask: Mask) -> str:
    (left, top), (width, height) = mask.offset, mask.size
    # Row by row through a picture is column by column through its transpose.
    runs = transpose_counts(mask.counts, width, height)
    rle = ", ".join(map(str, runs.tolist()))
    return f'rle="{rle}" left="{left}" top="{top}" width="{width}" height="{height}"'


def without_holes(shape: ElementShape) -> ElementShape:
    """Return a polygon with its first outline alone, and every other shape as it is."""
    if isinstance(shape, Polygon) and not shape.is_simple_ring:
        return Polygon((PolygonPart(shape.parts[0].outer),))
    return shape


def as_read(shape: ElementShape) -> ElementShape:
    """Return the shape that is read back after it was written: two decimals, the shortest run lengths."""
    match shape:
        case Rectangle((x0, y0, x1, y1), rotation):
            return Rectangle(
                (rounded(x0), rounded(y0), rounded(x1), rounded(y1)), rounded(rotation)
            )
        case Ellipse(centre, radii, rotation):
            return Ellipse(
                (rounded(centre[0]), rounded(centre[1])),
                (rounded(radii[0]), rounded(radii[1])),
                rounded(rotation),
            )
        case Polygon(parts):
            return Polygon((PolygonPart(_rounded_points(parts[0].outer)),))
        case Mask(offset, size, counts):
            return (
                shape
                if _is_shortest(counts)
                else Mask(offset, size, counts_from_mask(shape.bitmap))
            )
        case _:
            return type(shape)(_rounded_points(shape.points))


def _rounded_points(points: FloatArray) -> FloatArray:
    return np.array([rounded(value) for value in points.ravel().tolist()]).reshape(-1, 2)


def _is_shortest(counts: Counts) -> bool:
    """Whether no run is empty but the first, so that reading gives the same runs again."""
    return int(counts.sum()) > 0 and not np.any(counts[1:] == 0)
