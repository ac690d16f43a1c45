"""A picture as it is looked at: smaller, and in parts that memory has room for."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry import FloatArray
from annotator.media.opencv import cv2

Pixels: TypeAlias = NDArray[np.uint8]

_PART: Final = 1 << 22
"""A part has about so many pixels; each needs some sixty bytes."""
_MARGIN: Final = 16


@dataclass(frozen=True, slots=True)
class View:
    """A picture, or some rows of it, made smaller.

    factor: (2,), pixels of the view per pixel of the picture, across and down; they differ by rounding. top: the first
    row. core: the rows of the view, from and to, whose finds count; those around belong to a part of their own.
    """

    pixels: Pixels
    factor: FloatArray
    top: int = 0
    core: tuple[float, float] = (-math.inf, math.inf)

    @classmethod
    def of(cls, pixels: Pixels, factor: float) -> "View":
        """Look at (H, W, 3) pixels; a factor of 1 or more leaves them as they are."""
        height, width = pixels.shape[:2]
        small = pixels
        if factor < 1.0:
            size = max(1, round(width * factor)), max(1, round(height * factor))
            small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
        return cls(small, np.array([small.shape[1] / width, small.shape[0] / height]))

    def parts(self, reach: float) -> Iterator["View"]:
        """Yield parts that overlap, so that an object which reaches so far, in the picture, is whole in one of them."""
        height, width = self.pixels.shape[:2]
        rows = max(64, _PART // width)
        beyond = int(reach * float(self.factor.max())) + _MARGIN
        for top in range(0, height, rows):
            bottom = min(height, top + rows)
            first = max(0, top - beyond)
            core = (
                -math.inf if top == 0 else float(top - first),
                math.inf if bottom == height else float(bottom - first),
            )
            yield View(self.pixels[first : bottom + beyond], self.factor, first, core)

    def seen_from(self, points: FloatArray) -> FloatArray:
        """Return points (N, 2) of the picture in pixels of the view."""
        seen: FloatArray = points * self.factor - np.array([0, self.top])
        return seen

    def points_back(self, points: FloatArray) -> FloatArray:
        """Return points (N, 2) of the view in pixels of the picture."""
        back: FloatArray = (points + np.array([0, self.top])) / self.factor
        return back
