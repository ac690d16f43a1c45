"""Where the handles of a selected shape are: pure functions of the shape and the zoom.

`pixel` is the size of a screen pixel in image pixels.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from annotator.core.geometry import FloatArray, rotated
from annotator.core.shapes import Polygon, Rectangle, Shape

# All in screen pixels.
HANDLE_SIZE: Final = 8.0
HANDLE_REACH: Final = 8.0
LEAST_REACH: Final = 3.0
ROTATION_DISTANCE: Final = 24.0
# A side needs this length to have a handle in its middle too.
_ROOM_FOR_MIDDLE: Final = 36.0
# A rectangle that is turned by less has its rotation handle above it. In degrees.
_UPRIGHT: Final = 60.0


@dataclass(frozen=True, slots=True)
class Handle:
    """A handle of a box: -1, 0 or 1 across and down; (-1, -1) is the top left corner, (1, 0) the right side."""

    across: int
    down: int

    @property
    def is_corner(self) -> bool:
        """Whether it moves two sides."""
        return bool(self.across and self.down)


HANDLES: Final = tuple(Handle(a, d) for d in (-1, 0, 1) for a in (-1, 0, 1) if a or d)


def rectangle_handles(shape: Rectangle, pixel: float) -> dict[Handle, tuple[float, float]]:
    """Return where the handles of a rectangle are, turned with it; no middle ones where the sides are short."""
    x0, y0, x1, y1 = shape.xyxy
    room = _ROOM_FOR_MIDDLE * pixel
    shown = [
        handle
        for handle in HANDLES
        if handle.is_corner
        or (handle.across == 0 and x1 - x0 >= room)
        or (handle.down == 0 and y1 - y0 >= room)
    ]
    places = np.array(
        [((x0 + x1 + h.across * (x1 - x0)) / 2, (y0 + y1 + h.down * (y1 - y0)) / 2) for h in shown]
    )
    turned = rotated(places, shape.rotation, ((x0 + x1) / 2, (y0 + y1) / 2))
    return {handle: (float(x), float(y)) for handle, (x, y) in zip(shown, turned, strict=True)}


def rotation_handle(shape: Rectangle, pixel: float) -> tuple[float, float]:
    """Return where the handle that turns a rectangle is: outside the middle of its top side."""
    x0, y0, x1, y1 = shape.xyxy
    above = np.array([((x0 + x1) / 2, y0 - ROTATION_DISTANCE * pixel)])
    x, y = rotated(above, shape.rotation, ((x0 + x1) / 2, (y0 + y1) / 2))[0]
    return float(x), float(y)


def turns_above(shape: Shape) -> bool:
    """Whether the handle that turns a shape is above it, where its name plate would be."""
    return isinstance(shape, Rectangle) and min(shape.rotation, 360.0 - shape.rotation) < _UPRIGHT


def vertex_rings(shape: Shape) -> tuple[FloatArray, ...]:
    """Return the rings whose points can be dragged one by one."""
    return tuple(shape.rings) if isinstance(shape, Polygon) else ()


def handle_reach(shape: Shape, pixel: float) -> float:
    """Return from how far, in image pixels, a handle is grabbed: less on a small shape, whose body must stay free."""
    x0, y0, x1, y1 = shape.box
    quarter = math.hypot(x1 - x0, y1 - y0) / 6 / pixel
    return min(HANDLE_REACH, max(LEAST_REACH, quarter)) * pixel
