"""The part of a shape that a press has taken hold of, and what a drag makes of the shape."""

import math
from dataclasses import dataclass
from typing import Final

from annotator.canvas.handles import Handle, rectangle_handles, rotation_handle, vertex_rings
from annotator.canvas.hit import Part, Rotation, Vertex
from annotator.canvas.reshape import resized, turned_towards, with_vertex
from annotator.canvas.tools.tool import Cursor, PointerEvent
from annotator.core.errors import GeometryError
from annotator.core.shapes import Polygon, Rectangle, Shape

_RESIZE_CURSORS: Final[tuple[Cursor, ...]] = ("size_0", "size_45", "size_90", "size_135")


@dataclass(frozen=True, slots=True)
class Grip:
    """A part of a shape, and how far beside its middle it was taken hold of."""

    part: Vertex | Handle | Rotation
    original: Rectangle | Polygon
    beside: tuple[float, float]

    @classmethod
    def of(cls, part: Part, shape: Shape, event: PointerEvent) -> "Grip | None":
        """Take hold of a part at the pointer; None where it is none that can be dragged by itself."""
        if not isinstance(part, Vertex | Handle | Rotation):
            return None
        if not isinstance(shape, Rectangle | Polygon):
            return None
        x, y = _middle_of(part, shape, event)
        return cls(part, shape, (x - event.x, y - event.y))

    def reshaped(self, event: PointerEvent) -> Rectangle | Polygon | None:
        """Return the shape with the held part at the pointer; None where that is none to be left so.

        A box that has just become a line has no way back to its ratio, and no coordinate can be as far out as some
        pointers get.
        """
        try:
            shape = self._with_part_at(event.x + self.beside[0], event.y + self.beside[1], event)
        except GeometryError:
            return None
        return shape if shape.area > 0.0 or isinstance(shape, Polygon) else None

    def _with_part_at(self, x: float, y: float, event: PointerEvent) -> Rectangle | Polygon:
        match self.part, self.original:
            case Vertex(ring, index), Polygon() as polygon:
                return with_vertex(polygon, ring, index, x, y)
            case Handle() as handle, Rectangle() as rectangle:
                return resized(rectangle, handle, x, y, keep_ratio=event.shift)
            case Rotation(), Rectangle() as rectangle:
                return turned_towards(rectangle, x, y, in_steps=event.shift)
        raise AssertionError(f"A {self.original.kind} has no {self.part}.")


def _middle_of(
    part: Vertex | Handle | Rotation, shape: Rectangle | Polygon, event: PointerEvent
) -> tuple[float, float]:
    """Return where the part that was taken hold of is exactly."""
    if isinstance(part, Vertex):
        x, y = vertex_rings(shape)[part.ring][part.index].tolist()
        return x, y
    if not isinstance(shape, Rectangle):
        return event.position
    if isinstance(part, Handle):
        return rectangle_handles(shape, event.pixel)[part]
    return rotation_handle(shape, event.pixel)


def cursor_for(part: Part, shape: Shape) -> Cursor:
    """Return the cursor over a part of a shape that can be taken hold of."""
    match part:
        case Vertex():
            return "point"
        case Rotation():
            return "turn"
        case Handle():
            turned = shape.rotation if isinstance(shape, Rectangle) else 0.0
            angle = math.degrees(math.atan2(part.down, part.across)) + turned
            return _RESIZE_CURSORS[round(angle / 45.0) % 4]
        case _:
            return "move"
