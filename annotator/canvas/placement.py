"""Where the picture lies in the window at one moment."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QTransform


@dataclass(frozen=True, slots=True)
class Placement:
    """How image pixels become places in the viewport: `scale * x + dx`, in device-independent pixels.

    dx, dy are whole numbers. width, height: the size of the viewport. ratio: device pixels for each
    device-independent one.
    """

    scale: float
    dx: int
    dy: int
    width: int
    height: int
    ratio: float

    @property
    def zoom(self) -> float:
        """Device pixels for each image pixel."""
        return self.scale * self.ratio

    @property
    def transform(self) -> QTransform:
        """From image pixels to the viewport."""
        return QTransform(self.scale, 0.0, 0.0, self.scale, float(self.dx), float(self.dy))

    @property
    def device_size(self) -> QSize:
        """The size of the viewport in device pixels, rounded up."""
        return QSize(math.ceil(self.width * self.ratio), math.ceil(self.height * self.ratio))

    @property
    def viewport(self) -> QRect:
        """The whole viewport."""
        return QRect(0, 0, self.width, self.height)

    def to_scene(self, rect: QRect) -> QRectF:
        """Return the part of the scene that a part of the viewport shows."""
        scale = self.scale
        return QRectF(
            (rect.x() - self.dx) / scale,
            (rect.y() - self.dy) / scale,
            rect.width() / scale,
            rect.height() / scale,
        )

    def to_view(self, rect: QRectF, margin: float = 0.0) -> QRect:
        """Return the whole pixels of the viewport that show a part of the scene, with a margin, cut to the viewport."""
        scale = self.scale
        # Cut before rounding to int: shapes may lie anywhere.
        left = max(-1.0, scale * rect.left() + self.dx - margin)
        top = max(-1.0, scale * rect.top() + self.dy - margin)
        right = min(self.width + 1.0, scale * rect.right() + self.dx + margin)
        bottom = min(self.height + 1.0, scale * rect.bottom() + self.dy + margin)
        if right < left or bottom < top:
            return QRect()
        exact = QRectF(left, top, right - left, bottom - top)
        return exact.toAlignedRect().intersected(self.viewport)

    def only_scrolled_to(self, other: "Placement") -> bool:
        """Whether another placement shows the same some whole device pixels away."""
        return (
            self != other
            and (self.scale, self.ratio) == (other.scale, other.ratio)
            and (self.width, self.height) == (other.width, other.height)
            and float((self.dx - other.dx) * self.ratio).is_integer()
            and float((self.dy - other.dy) * self.ratio).is_integer()
        )
