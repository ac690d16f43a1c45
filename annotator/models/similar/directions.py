"""Where a picture has edges, and which way each of them faces, whatever the light."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.media.opencv import cv2

Pixels: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float32]

DIRECTIONS: Final = 16
"""How many directions edges are sorted into, over the full turn."""
STRONGEST: Final = 7
"""The response to an edge as strong as its surroundings allow; those of 36 points fit into a byte together."""
STRIDE: Final = 2
"""Responses are kept apart by the rest of x and y, so that every other place is a slice without gaps."""

_GAIN: Final = 40.0
_SMOOTHING: Final = 1.0
# Edges are weighed against those around them within about so many pixels.
_SURROUNDINGS: Final = 12.0
# A step of 1 % of the brightness: nothing fainter counts, also where there is nothing else.
_FAINTEST: Final = 0.1
_SPREAD: Final = 5


@dataclass(frozen=True, slots=True)
class EdgeField:
    """The edges of a picture as vectors (H, W) from dark to light, as long as the edge is strong: 0 to 1."""

    x: Floats
    y: Floats


def edge_field(pixels: Pixels) -> EdgeField:
    """Return the edges of (H, W, 3) pixels.

    The logarithm of each channel is taken, so that a shadow that falls across an object changes its edges little,
    and the channel with the steepest slope decides. Strength is relative to the edges around.
    """
    height, width = pixels.shape[:2]
    steepest: Floats = np.full((height, width), -1.0, np.float32)
    x, y = np.zeros_like(steepest), np.zeros_like(steepest)
    for channel in _different_channels(pixels):
        light = cv2.GaussianBlur(_logarithms(channel), (0, 0), _SMOOTHING)
        across, down = (cv2.Sobel(light, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
        slope = cv2.magnitude(across, down)
        steeper = slope > steepest
        for target, values in ((x, across), (y, down), (steepest, slope)):
            np.copyto(target, values, where=steeper)
    around = np.sqrt(cv2.GaussianBlur(steepest * steepest, (0, 0), _SURROUNDINGS))
    noise = float(np.median(steepest)) + _FAINTEST
    share = (1.0 / (steepest + 0.5 * around + noise)).astype(np.float32)
    return EdgeField(x * share, y * share)


def _different_channels(pixels: Pixels) -> list[Pixels]:
    """Return the three channels, or one where the picture is grey."""
    blue, green, red = (np.ascontiguousarray(pixels[..., channel]) for channel in range(3))
    if np.array_equal(blue, green) and np.array_equal(green, red):
        return [green]
    return [blue, green, red]


def _logarithms(channel: Pixels) -> Floats:
    table = (_GAIN * np.log1p(np.arange(256))).astype(np.float32)
    result: Floats = np.asarray(cv2.LUT(channel, table), np.float32)
    return result


@dataclass(frozen=True, slots=True)
class Responses:
    """How well an edge of each direction fits each place, 0 to STRONGEST.

    planes: (DIRECTIONS, STRIDE, STRIDE, h, w); the place (x, y) is [direction, y % STRIDE, x % STRIDE, y // STRIDE,
    x // STRIDE]. border: as many empty pixels lie around the picture, a multiple of STRIDE. width, height: of the
    picture in these pixels.
    """

    planes: Pixels
    border: int
    width: int
    height: int


def responses(field: EdgeField, border: int, *, signed: bool) -> Responses:
    """Spread edges over the places near them and sort them by direction.

    signed: whether an edge from dark to light differs from one from light to dark.
    """
    border += -border % STRIDE
    height, width = field.x.shape
    full_y, full_x = (side + 2 * border + (-side) % STRIDE for side in (height, width))
    planes: Pixels = np.zeros(
        (DIRECTIONS, STRIDE, STRIDE, full_y // STRIDE, full_x // STRIDE), np.uint8
    )
    strength = cv2.magnitude(field.x, field.y)
    ground = 1.0 / np.maximum(strength, 1e-6)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_SPREAD, _SPREAD))
    padded: Pixels = np.zeros((full_y, full_x), np.uint8)
    for number in range(DIRECTIONS if signed else DIRECTIONS // 2):
        angle = 2 * np.pi * number / DIRECTIONS
        along = field.x * np.float32(np.cos(angle)) + field.y * np.float32(np.sin(angle))
        fits = (along * np.abs(along) if signed else along * along) * ground
        fits *= STRONGEST
        # Below nothing is nothing; a half is rounded to even.
        sorted_in = cv2.dilate(np.clip(np.rint(fits), 0, STRONGEST).astype(np.uint8), kernel)
        padded[border : border + height, border : border + width] = sorted_in
        for rest_y in range(STRIDE):
            for rest_x in range(STRIDE):
                planes[number, rest_y, rest_x] = padded[rest_y::STRIDE, rest_x::STRIDE]
    if not signed:
        planes[DIRECTIONS // 2 :] = planes[: DIRECTIONS // 2]
    return Responses(planes, border, width, height)
