"""The shape of a found object: that of the example, moved, scaled and turned."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from annotator.core.geometry import Box, FloatArray, box_of_points
from annotator.core.shapes import Ellipse, Mask, Polygon, PolygonPart, Rectangle
from annotator.media.opencv import cv2
from annotator.models.similar.rings import Supported

# An upright rectangle turns with the object where that is this much longer than wide, and aslant in the rectangle by
# less than so many degrees.
_LONG: Final = 1.5
_ASLANT: Final = 10.0
# Turns below this many degrees are the unsteadiness of a drawing; a rectangle stays upright.
_UPRIGHT: Final = 3.0


@dataclass(frozen=True, slots=True)
class Move:
    """From an example to a found object: about `origin`, scaled, turned clockwise by radians, and put to `target`."""

    origin: tuple[float, float]
    target: tuple[float, float]
    scale: float
    turn: float

    @property
    def degrees(self) -> float:
        """The turn in degrees."""
        return math.degrees(self.turn)

    def of(self, points: FloatArray) -> FloatArray:
        """Return points (N, 2) moved."""
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        matrix = self.scale * np.array([[cos, sin], [-sin, cos]])
        moved: FloatArray = (points - self.origin) @ matrix + self.target
        return moved


def placed(shape: Supported, ring: FloatArray, move: Move, size: tuple[int, int]) -> Supported:
    """Return the shape of the object an example was moved to, on a picture of a size (width, height).

    ring: the outline (N, 2) of the example, which decides how large an upright rectangle is.
    """
    if isinstance(shape, Polygon):
        return Polygon(
            tuple(
                PolygonPart(move.of(part.outer), tuple(move.of(hole) for hole in part.holes))
                for part in shape.parts
            )
        )
    if isinstance(shape, Ellipse):
        x, y = move.of(np.array([shape.centre]))[0].tolist()
        radii = (shape.radii[0] * move.scale, shape.radii[1] * move.scale)
        return Ellipse((x, y), radii, shape.rotation + move.degrees)
    if isinstance(shape, Mask):
        return _placed_mask(shape, move, size)
    return _placed_rectangle(shape, ring, move, size)


def _placed_rectangle(
    shape: Rectangle, ring: FloatArray, move: Move, size: tuple[int, int]
) -> Rectangle:
    x0, y0, x1, y1 = shape.xyxy
    turned = abs(math.remainder(move.degrees, 360.0)) >= _UPRIGHT
    if shape.rotation or (turned and _is_long(ring)):
        centre = move.of(np.array([[(x0 + x1) / 2, (y0 + y1) / 2]]))[0]
        half = np.array([x1 - x0, y1 - y0]) * (move.scale / 2)
        corners = np.concatenate([centre - half, centre + half]).tolist()
        # A rectangle is the same after half a turn: the smaller of both is what a person would draw.
        rotation = math.remainder(shape.rotation + move.degrees, 180.0)
        return Rectangle((corners[0], corners[1], corners[2], corners[3]), rotation)
    if turned:
        box = _with_margins(shape.xyxy, ring, move)
    else:
        box = box_of_points(Move(move.origin, move.target, move.scale, 0.0).of(shape.corners))
    width, height = size
    left, top, right, bottom = box
    cut = (max(0.0, left), max(0.0, top), min(float(width), right), min(float(height), bottom))
    return Rectangle(cut if cut[0] < cut[2] and cut[1] < cut[3] else box)


def _is_long(ring: FloatArray) -> bool:
    """Whether what a ring encloses is clearly longer than wide, by its moments, and lies along rows or columns."""
    moments = cv2.moments(ring.astype(np.float32))
    spread = np.array([[moments["mu20"], moments["mu11"]], [moments["mu11"], moments["mu02"]]])
    (narrow, wide), axes = np.linalg.eigh(spread)
    aslant = abs(math.remainder(math.degrees(math.atan2(axes[1, 1], axes[0, 1])), 90.0))
    return bool(wide >= _LONG**2 * narrow and aslant <= _ASLANT)


def _with_margins(box: Box, ring: FloatArray, move: Move) -> Box:
    """Return the box around a moved outline, with the mean room that the example's box leaves around its own."""
    inner = box_of_points(ring)
    room = move.scale * (inner[0] - box[0] + box[2] - inner[2]) / 2
    room_y = move.scale * (inner[1] - box[1] + box[3] - inner[3]) / 2
    mean = (room + room_y) / 2
    x0, y0, x1, y1 = box_of_points(move.of(ring))
    mean = max(mean, -(min(x1 - x0, y1 - y0) / 4))
    return x0 - mean, y0 - mean, x1 + mean, y1 + mean


def _placed_mask(shape: Mask, move: Move, size: tuple[int, int]) -> Mask:
    """Return a mask moved; a pixel is set where at least half of it is covered. What lies outside is cut off."""
    x0, y0, x1, y1 = shape.box
    corners = move.of(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]))
    low = np.maximum(np.floor(corners.min(0)), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(0)), size).astype(int)
    width, height = (high - low).tolist()
    if width < 1 or height < 1:
        return Mask.from_bitmap(np.zeros((1, 1), bool), shape.offset)
    # From the centres of the pixels of one bitmap to those of the other.
    origin, across, down = move.of(np.array([[0.5, 0.5], [1.5, 0.5], [0.5, 1.5]]) + shape.offset)
    matrix = np.stack([across - origin, down - origin, origin - low - 0.5], axis=1)
    cover = cv2.warpAffine(
        shape.bitmap.astype(np.float32), matrix, (width, height), flags=cv2.INTER_LINEAR
    )
    return Mask.from_bitmap(cover >= 0.5, (int(low[0]), int(low[1])))
