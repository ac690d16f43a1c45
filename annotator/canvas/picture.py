"""The picture of the frame as Qt draws it."""

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

Pixels: TypeAlias = NDArray[np.uint8]
Colour: TypeAlias = tuple[int, int, int]

# Halving 32 million pixels takes 30 to 40 ms, the most that may be done in one go. Larger pictures are drawn
# from the full size until they come as tiles.
_MOST_TO_HALVE: Final = 32_000_000


class Picture:
    """Pixels (H, W, 4), uint8: blue, green, red and alpha, row by row without gaps.

    has_alpha: what is behind shows through; without it every alpha is 255. Colours are not multiplied by alpha.
    A read-only array is shown as it is; one that somebody may write to is copied, because Qt would show each
    later change at some unpredictable moment.
    halves: smaller copies that somebody has made already, each of half the width and height (rounded up) of the
    one before, read-only; not for pictures with alpha.
    """

    def __init__(
        self, pixels: Pixels, *, has_alpha: bool = False, halves: Sequence[Pixels] = ()
    ) -> None:
        if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint8:
            raise ValueError(f"A picture is uint8 (H, W, 4), not {pixels.dtype} {pixels.shape}.")
        shared = not pixels.flags.writeable and pixels.flags.c_contiguous
        # The image refers to this memory, so it must live as long.
        self._pixels = pixels if shared else pixels.copy(order="C")
        self.height, self.width = int(pixels.shape[0]), int(pixels.shape[1])
        self.has_alpha = has_alpha
        pixel_format = QImage.Format.Format_ARGB32 if has_alpha else QImage.Format.Format_RGB32
        image = QImage(self._pixels.data, self.width, self.height, 4 * self.width, pixel_format)
        # Qt would convert it each time it is drawn.
        self._levels = [
            image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied) if has_alpha else image
        ]
        self._halves = tuple(halves)
        for half in self._halves:
            height, width = half.shape[:2]
            self._levels.append(QImage(half.data, width, height, 4 * width, pixel_format))

    def colour_at(self, x: float, y: float) -> Colour | None:
        """Return red, green and blue of the pixel at a point, None outside the picture."""
        column, row = math.floor(x), math.floor(y)
        if not (0 <= column < self.width and 0 <= row < self.height):
            return None
        blue, green, red, _ = self._pixels[row, column].tolist()
        return red, green, blue

    def wants_level(self, zoom: float) -> bool:
        """Whether a smaller copy would make it smoother at a zoom (device pixels for each image pixel)."""
        smallest = self._levels[-1]
        return (
            zoom * 2.0 ** len(self._levels) <= 1.0
            and min(smallest.width(), smallest.height()) > 1
            and smallest.width() * smallest.height() <= _MOST_TO_HALVE
        )

    def add_level(self) -> None:
        """Make the next smaller copy, of half the width and height."""
        last = self._levels[-1]
        half = QSize((last.width() + 1) // 2, (last.height() + 1) // 2)
        scaled = last.scaled(
            half, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        self._levels.append(scaled)

    def draw(self, painter: QPainter, exposed: QRectF, zoom: float) -> None:
        """Draw the picture at its place in the scene: pixels as squares above 100 %, smooth below.

        exposed: the part of the scene that is asked for; more may be drawn.
        """
        whole = QRectF(0.0, 0.0, self.width, self.height)
        if zoom >= 1.0:
            # Cut to whole pixels: at a high zoom Qt's own arithmetic for the whole picture is not exact enough.
            part = QRectF(exposed.toAlignedRect().adjusted(-1, -1, 1, 1)).intersected(whole)
            if not part.isEmpty():
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
                painter.drawImage(part, self._levels[0], part)
            return
        level = min(len(self._levels) - 1, math.floor(-math.log2(zoom)))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(whole, self._levels[level])
