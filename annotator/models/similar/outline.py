"""What is looked for: the outline of an example as points that face a way, and how it repeats when it is turned."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry import FloatArray, ring_area
from annotator.media.opencv import cv2
from annotator.models.errors import ModelError
from annotator.models.similar.directions import EdgeField, edge_field
from annotator.models.similar.rings import Supported, rings_of

Pixels: TypeAlias = NDArray[np.uint8]

POINTS: Final = 64
"""How many points an outline has: four times what fits into a byte of responses."""
SIDE: Final = 44.0
"""An object is looked at so small that a square of its area has this side; smaller objects are not enlarged."""

# Sides of the box around an outline that is too small to have a form.
_SMALLEST: Final = 6.0
# What the edges along an outline must reach, on a scale to 1, to be told from chance.
_FAINTEST: Final = 0.3
# Whether an outline has one polarity: this share of its edges goes the same way.
_ONE_WAY: Final = 0.8
# From which likeness on a turned outline counts as the same, and how many turns are tried.
_SAME: Final = 0.75
# A round one lies on itself in each turn; few are as even as a drawn circle.
_ROUND: Final = 0.65
_TURNS: Final = 72


@dataclass(frozen=True, slots=True)
class Outline:
    """The points of an outline about its centre, in pixels of its picture.

    centre: (x, y). offsets, facing: (POINTS, 2), from the centre, and unit vectors from dark to light where the
    edges are `signed`. period: degrees after which the outline looks the same; 0 for a round one. support: how well
    the edges of its own picture follow it, 0 to 1.
    """

    centre: tuple[float, float]
    offsets: FloatArray
    facing: FloatArray
    signed: bool
    period: float
    support: float

    @property
    def size(self) -> float:
        """The side of a square with the area of the smallest box, upright or not, around the outline."""
        return _size(self.offsets)

    @property
    def reach(self) -> float:
        """The distance of the farthest point from the centre."""
        return float(np.linalg.norm(self.offsets, axis=1).max())


def learn_outline(shape: Supported, pixels: Pixels) -> Outline:
    """Return the outline of an object on (H, W, 3) pixels, the one that edges support best.

    Raises ModelError where the object is too small, lies outside the picture or has no edges.
    """
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = shape.box
    if min(x1, width) - max(x0, 0) < _SMALLEST or min(y1, height) - max(y0, 0) < _SMALLEST:
        raise ModelError(
            "The object is too small on its picture to look for similar ones: choose one that is at least"
            f" {_SMALLEST:g} pixels wide and high."
        )
    best: Outline | None = None
    for ring in rings_of(shape, pixels):
        found = _supported(ring, pixels)
        if found is not None and (best is None or found.support > 1.25 * best.support):
            best = found
    if best is None or best.support < _FAINTEST:
        raise ModelError(
            "Nothing sets the object apart from what is around it: choose one with a visible outline."
        )
    return best


def _supported(ring: FloatArray, pixels: Pixels) -> Outline | None:
    """Return a ring as an outline with what the picture's edges say about it; None where it is too small."""
    points, outward = _even_points(ring)
    low, high = points.min(0), points.max(0)
    if (high - low).min() < _SMALLEST:
        return None
    factor = min(1.0, SIDE / _size(points))
    left, top, crop = _surroundings(pixels, low, high)
    if factor < 1.0:
        crop = np.asarray(
            cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        )
    field = edge_field(crop)
    signs, strength = _edges_along(field, (points - (left, top)) * factor, outward)
    lighter = float(np.average(signs > 0, weights=strength + 1e-6))
    signed = max(lighter, 1 - lighter) >= _ONE_WAY
    facing = outward if not signed or lighter >= 0.5 else -outward
    agree = signs == (1 if lighter >= 0.5 else -1) if signed else np.ones(len(signs), bool)
    support = float(np.mean(strength * agree))
    centre = (low + high) / 2
    offsets = points - centre
    period = _period(offsets, facing, float(np.linalg.norm(offsets, axis=1).max()))
    return Outline((float(centre[0]), float(centre[1])), offsets, facing, signed, period, support)


def _size(points: FloatArray) -> float:
    _, (width, height), _ = cv2.minAreaRect(points.astype(np.float32))
    return math.sqrt(max(width * height, 1e-6))


def _even_points(ring: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return POINTS points at even distances along a ring, slightly smoothed, and their outward directions."""
    closed = np.vstack([ring, ring[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    fine = np.linspace(0.0, along[-1], 4 * POINTS, endpoint=False)
    points = np.stack([np.interp(fine, along, closed[:, axis]) for axis in (0, 1)], axis=1)
    points = np.mean([np.roll(points, step, axis=0) for step in range(-4, 5)], axis=0)
    ahead = np.roll(points, -4, axis=0) - np.roll(points, 4, axis=0)
    outward = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True) + 1e-9
    if ring_area(points) < 0:
        outward = -outward
    return points[::4], outward[::4]


def _surroundings(pixels: Pixels, low: FloatArray, high: FloatArray) -> tuple[int, int, Pixels]:
    """Return the pixels of an object with as much again around it, and where they begin."""
    height, width = pixels.shape[:2]
    margin = float((high - low).max())
    left, top = (max(0, int(value - margin)) for value in low.tolist())
    right, bottom = (
        min(side, int(value + margin) + 1)
        for side, value in zip((width, height), high.tolist(), strict=True)
    )
    return left, top, np.ascontiguousarray(pixels[top:bottom, left:right])


def _edges_along(
    field: EdgeField, points: FloatArray, facing: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the sign and strength of the strongest edge within two pixels across an outline, for each point."""
    steps = np.arange(-2.0, 2.01, 0.5)
    places = points[:, None, :] + steps[None, :, None] * facing[:, None, :]
    across = (
        sample(field.x, places) * facing[:, None, 0] + sample(field.y, places) * facing[:, None, 1]
    )
    best = np.abs(across).argmax(axis=1)
    values = across[np.arange(len(points)), best]
    return np.sign(values), np.abs(values)


def sample(values: NDArray[np.float32], places: FloatArray) -> FloatArray:
    """Return values (H, W) at places (..., 2), between pixels linearly; 0 outside.

    The centre of the first pixel is at 0.5.
    """
    flat = places.reshape(-1, places.shape[-2], 2).astype(np.float32) - np.float32(0.5)
    found = np.empty(flat.shape[:2], np.float64)
    # OpenCV addresses no more than 32 767 rows at once.
    for begin in range(0, len(flat), _ROWS):
        part = flat[begin : begin + _ROWS]
        found[begin : begin + _ROWS] = cv2.remap(
            values, np.ascontiguousarray(part[..., 0]), np.ascontiguousarray(part[..., 1]),
            cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0,
        )  # fmt: skip
    return found.reshape(places.shape[:-1])


_ROWS: Final = 16_384


def likeness_of_turns(offsets: FloatArray, facing: FloatArray, reach: float) -> FloatArray:
    """Return how well an outline lies on itself, 0 to 1, turned by each of `_TURNS` steps of a full turn."""
    size = reach / 22.0 + 1e-9
    angles = 2 * np.pi * np.arange(_TURNS) / _TURNS
    likeness = np.empty(_TURNS)
    for number, angle in enumerate(angles.tolist()):
        matrix = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        apart = np.linalg.norm((offsets @ matrix.T)[:, None] - offsets[None], axis=2) / size
        agree = np.maximum((facing @ matrix.T) @ facing.T, 0.0) ** 2
        likeness[number] = (np.exp(-((apart / 2.5) ** 2)) * agree).max(axis=1).mean()
    relative: FloatArray = likeness / likeness[0]
    return relative


def _period(offsets: FloatArray, facing: FloatArray, reach: float) -> float:
    likeness = likeness_of_turns(offsets, facing, reach)
    if likeness.min() >= _ROUND:
        return 0.0
    for parts in _divisors(_TURNS):
        if likeness[:: _TURNS // parts].min() >= _SAME:
            return 360.0 / parts
    return 360.0


def _divisors(number: int) -> Iterator[int]:
    """Yield the divisors of a number up to a twelfth of it, the largest first."""
    yield from (parts for parts in range(number // 6, 0, -1) if number % parts == 0)
