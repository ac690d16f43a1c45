"""Drawing for the demo pictures: smooth shapes, shadows, textures and text, at twice the size and then reduced."""

import math
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.media.opencv import cv2

Pixels: TypeAlias = NDArray[np.uint8]
Colour: TypeAlias = tuple[int, int, int]
Point: TypeAlias = tuple[float, float]

_SCALE: Final = 2
# Fractions of a pixel in cv2's drawing functions, as a power of two.
_SHIFT: Final = 4
_UNIT: Final = 1 << _SHIFT


class Brush:
    """Draws on a picture of a size; all coordinates are pixels of the finished picture, colours blue, green, red."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.width, self.height = width, height
        self._pixels: Pixels = np.empty((height * _SCALE, width * _SCALE, 3), np.uint8)
        self._pixels[:] = ground

    def finished(self) -> Pixels:
        """Return the picture (H, W, 3)."""
        result = np.empty((self.height, self.width, 3), np.uint8)
        cv2.resize(self._pixels, (self.width, self.height), result, interpolation=cv2.INTER_AREA)
        return result

    def gradient(self, top: Colour, bottom: Colour, first: float = 0.0, last: float = 1.0) -> None:
        """Fill rows from a share of the height to another with a gradient."""
        y0, y1 = (round(share * self.height * _SCALE) for share in (first, last))
        mix = np.linspace(0.0, 1.0, max(1, y1 - y0))[:, None]
        rows = (1 - mix) * np.array(top) + mix * np.array(bottom)
        self._pixels[y0:y1] = rows[:, None, :].round().astype(np.uint8)

    def grain(self, strength: float, seed: int, *, stretch: int = 1) -> None:
        """Add noise, drawn out along the rows by a factor, as wood and paper have it."""
        chance = np.random.default_rng(seed)
        height, width = self._pixels.shape[:2]
        noise = chance.standard_normal((height, -(-width // stretch)), np.float32) * strength
        whole = np.repeat(np.rint(noise).astype(np.int16), stretch, axis=1)[:, :width]
        # cv2 adds without wrapping round, and many times faster than numpy clips.
        cv2.add(self._pixels, cv2.merge([whole] * 3), self._pixels, dtype=cv2.CV_8U)

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a polygon."""
        cv2.fillPoly(self._pixels, [_fixed(points)], colour, cv2.LINE_AA, _SHIFT)

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Draw a line through points."""
        thickness = max(1, round(width * _SCALE))
        cv2.polylines(self._pixels, [_fixed(points)], False, colour, thickness, cv2.LINE_AA, _SHIFT)

    def ellipse(
        self, centre: Point, radii: Point, colour: Colour, degrees: float = 0.0, width: float = 0.0
    ) -> None:
        """Fill an ellipse, or draw its outline where a width is given."""
        x, y = _fixed([centre])[0].tolist()
        across, down = (round(radius * _SCALE * _UNIT) for radius in radii)
        thickness = -1 if width == 0 else max(1, round(width * _SCALE))
        cv2.ellipse(
            self._pixels, (x, y), (across, down), degrees, 0, 360, colour, thickness, cv2.LINE_AA, _SHIFT
        )  # fmt: skip

    def shadow(self, points: Sequence[Point], offset: Point, blur: float, strength: float) -> None:
        """Darken what lies under a polygon moved by an offset, with soft edges; strength: 0 to 1."""
        moved = np.asarray(points, np.float64) + offset
        # Only what the shadow reaches: a small one on a large picture is common.
        reach = 3 * blur + 1
        x0, y0 = np.maximum(0, np.floor((moved.min(0) - reach) * _SCALE)).astype(int).tolist()
        x1, y1 = np.ceil((moved.max(0) + reach) * _SCALE).astype(int).tolist()
        part = self._pixels[y0:y1, x0:x1]
        mask: Pixels = np.zeros(part.shape[:2], np.uint8)
        corner = (x0 / _SCALE, y0 / _SCALE)
        cv2.fillPoly(mask, [_fixed((moved - corner).tolist())], 255, cv2.LINE_AA, _SHIFT)
        soft = cv2.GaussianBlur(mask, (0, 0), blur * _SCALE)
        share = 1.0 - strength * (soft.astype(np.float32) / 255.0)
        part[:] = (part * share[..., None]).astype(np.uint8)

    def text(
        self, text: str, place: Point, size: float, colour: Colour, *, bold: bool = False
    ) -> float:
        """Write a line whose base line begins at a place; return its width. size: the height of a capital."""
        width = text_width(text, size, bold=bold)
        x, y = round(place[0] * _SCALE), round(place[1] * _SCALE)
        if hasattr(cv2, "FontFace"):
            face: Any = cv2.FontFace("sans")
            cv2.putText(
                self._pixels,
                text,
                (x, y),
                colour,
                face,
                round(size * _SCALE / _CAPITAL),
                _weight(bold),
            )
        else:
            scale = size * _SCALE / _HERSHEY
            cv2.putText(
                self._pixels, text, (x, y), cv2.FONT_HERSHEY_DUPLEX, scale, colour,
                max(1, round(scale * (2.0 if bold else 1.2))), cv2.LINE_AA,
            )  # fmt: skip
        return width


# The height of a capital as a share of the size of OpenCV 5's own font, and of its older stroke font in pixels.
_CAPITAL: Final = 0.7
_HERSHEY: Final = 21.0


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line as `Brush.text` writes it."""
    if hasattr(cv2, "FontFace"):
        face: Any = cv2.FontFace("sans")
        box = cv2.getTextSize(
            (0, 0), text, (0, 0), face, round(size * _SCALE / _CAPITAL), _weight(bold)
        )
        return float(box[2]) / _SCALE
    (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, size * _SCALE / _HERSHEY, 1)
    return float(width) / _SCALE


def turned(points: Sequence[Point], centre: Point, degrees: float) -> list[Point]:
    """Return points turned clockwise around a centre."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [
        (
            centre[0] + (x - centre[0]) * cos - (y - centre[1]) * sin,
            centre[1] + (x - centre[0]) * sin + (y - centre[1]) * cos,
        )
        for x, y in points
    ]


def rounded_box(
    box: tuple[float, float, float, float], radius: float, steps: int = 6
) -> list[Point]:
    """Return the outline of a box x0, y0, x1, y1 with round corners."""
    x0, y0, x1, y1 = box
    points: list[Point] = []
    corners = (
        (x1 - radius, y0 + radius, -90), (x1 - radius, y1 - radius, 0),
        (x0 + radius, y1 - radius, 90), (x0 + radius, y0 + radius, 180),
    )  # fmt: skip
    for x, y, start in corners:
        for step in range(steps + 1):
            angle = math.radians(start + 90 * step / steps)
            points.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
    return points


def circle(centre: Point, radius: float, corners: int = 48) -> list[Point]:
    """Return a regular polygon, a circle by default."""
    angles = [2 * math.pi * k / corners for k in range(corners)]
    return [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles]


def _weight(bold: bool) -> int:
    return 700 if bold else 450


def _fixed(points: Sequence[Point]) -> NDArray[np.int32]:
    scaled = np.asarray(points, np.float64) * (_SCALE * _UNIT)
    return scaled.round().astype(np.int32)
