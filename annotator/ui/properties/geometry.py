"""The numbers of a shape that can be typed, and the shape with one of them changed. No Qt."""

import math
from typing import Final, Literal, TypeAlias, get_args

from annotator.core.shapes import (
    Cuboid,
    Ellipse,
    Mask,
    Points,
    Polygon,
    Polyline,
    Rectangle,
    Shape,
    Skeleton,
)
from annotator.translation import tr, tr_n

BoxField: TypeAlias = Literal["x", "y", "width", "height", "rotation"]
BOX_FIELDS: Final[tuple[BoxField, ...]] = get_args(BoxField)


def box_value(rectangle: Rectangle, field: BoxField) -> float:
    """Return a number of a rectangle: x and y are those of its upper left corner before it is turned."""
    x0, y0, x1, y1 = rectangle.xyxy
    values = {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0, "rotation": rectangle.rotation}
    return values[field]


def with_box_value(rectangle: Rectangle, field: BoxField, value: float) -> Rectangle:
    """Return a rectangle with one number changed.

    Another size leaves the corner where it is that is the upper left one of the box before it is turned. Raises
    GeometryError where the value makes no rectangle.
    """
    x0, y0, x1, y1 = rectangle.xyxy
    width, height, angle = x1 - x0, y1 - y0, rectangle.rotation
    match field:
        case "x":
            return rectangle.moved_by(value - x0, 0.0)
        case "y":
            return rectangle.moved_by(0.0, value - y0)
        case "rotation":
            return Rectangle(rectangle.xyxy, value)
        case "width":
            width = value
        case "height":
            height = value
    corner_x, corner_y = rectangle.corners[0].tolist()
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    middle_x = corner_x + (width * cos - height * sin) / 2
    middle_y = corner_y + (width * sin + height * cos) / 2
    if not angle:
        # Without the rounding of the way over the middle.
        return Rectangle((x0, y0, x0 + width, y0 + height))
    left, top = middle_x - width / 2, middle_y - height / 2
    return Rectangle((left, top, left + width, top + height), angle)


def number_text(value: float) -> str:
    """Return a coordinate as it is shown and typed: a hundredth of a pixel at most."""
    # Adding zero makes -0.0, to which small negative numbers are rounded, a plain one.
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def place_text(shape: Shape) -> str:
    """Return where a shape's box begins: `193, 65`."""
    x0, y0, _, _ = shape.box
    return f"{number_text(x0)}, {number_text(y0)}"


def size_text(shape: Shape) -> str:
    """Return the width and height of a shape's box: `104 × 250`."""
    x0, y0, x1, y1 = shape.box
    return f"{number_text(x1 - x0)} × {number_text(y1 - y0)}"


def count_text(shape: Shape) -> str:
    """Return how much a shape consists of."""
    match shape:
        case Polygon():
            return tr_n("{count} point", "{count} points", sum(map(len, shape.rings))) + (
                f" · {_rings(shape)}" if not shape.is_simple_ring else ""
            )
        case Polyline() | Points():
            return tr_n("{count} point", "{count} points", len(shape.points))
        case Mask():
            return tr_n("{count} pixel", "{count} pixels", int(shape.area))
        case Skeleton():
            return tr_n("{count} part", "{count} parts", len(shape.elements))
        case Ellipse():
            return tr(
                "radii {first} and {second}, turned {angle}°",
                first=number_text(shape.radii[0]),
                second=number_text(shape.radii[1]),
                angle=number_text(shape.rotation),
            )
        case Cuboid():
            return tr_n("{count} corner", "{count} corners", len(shape.points))
        case _:
            return ""


def _rings(shape: Polygon) -> str:
    holes = sum(len(part.holes) for part in shape.parts)
    parts = tr_n("{count} part", "{count} parts", len(shape.parts))
    of_holes = tr_n("{count} hole", "{count} holes", holes)
    return f"{parts}, {of_holes}" if holes else parts
