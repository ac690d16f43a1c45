"""A shape that is an item of its own, because it moves or is looked at: selected, or under the pointer."""
# ruff: noqa: D102 - Qt explains its virtual functions

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from annotator.canvas.drawables import Drawable
from annotator.canvas.guard import painting
from annotator.canvas.qt_arrays import draw_rectangles
from annotator.canvas.styles import ShapeStyle, cosmetic_pen
from annotator.canvas.tags import MAX_TAG_WIDTH, TAG_GAP, TAG_HEIGHT
from annotator.core.geometry import Box, FloatArray

# Screen pixels by which lines, points and the rotation handle reach beyond the box.
_REACH: Final = 10.0
_TAG_BELOW_GAP: Final = 6


@dataclass(frozen=True, slots=True)
class Look:
    """How a live shape is drawn: its outline, perhaps over a halo, and its name plate above or below it."""

    style: ShapeStyle
    tag: QPixmap | None
    tag_below: bool = False
    halo: ShapeStyle | None = None


class LiveShape(QGraphicsItem):
    """One shape with its name plate, repainted alone."""

    def __init__(self) -> None:
        super().__init__()
        self._drawable: Drawable | None = None
        self._box: Box = (0.0, 0.0, 0.0, 0.0)
        self._look: Look | None = None
        self._pixel = 1.0

    def show_shape(self, drawable: Drawable, box: Box, look: Look) -> None:
        """Show a shape."""
        self.prepareGeometryChange()
        self._drawable, self._box, self._look = drawable, box, look
        self.setVisible(True)
        self.update()

    def set_pixel(self, pixel: float) -> None:
        """Take note of the size of a screen pixel in image pixels: lines and plates have a size on the screen."""
        self.prepareGeometryChange()
        self._pixel = pixel

    def boundingRect(self) -> QRectF:
        x0, y0, x1, y1 = self._box
        reach = _REACH * self._pixel
        tag = (TAG_HEIGHT + _TAG_BELOW_GAP + TAG_GAP) * self._pixel
        right = max(x1, x0 + MAX_TAG_WIDTH * self._pixel)
        return QRectF(
            x0 - reach, y0 - reach - tag, right - x0 + 2 * reach, y1 - y0 + 2 * (reach + tag)
        )

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        with painting("a live shape"):
            if self._drawable is not None and self._look is not None:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                if self._look.halo is not None:
                    self._drawable.draw(painter, self._look.halo)
                self._drawable.draw(painter, self._look.style)
                self._paint_tag(painter, self._look)

    def _paint_tag(self, painter: QPainter, look: Look) -> None:
        if look.tag is None:
            return
        transform = painter.worldTransform()
        x0, y0, _, y1 = self._box
        corner = transform.map(QPointF(x0, y1 if look.tag_below else y0))
        painter.resetTransform()
        gap = _TAG_BELOW_GAP if look.tag_below else -TAG_HEIGHT - TAG_GAP
        painter.drawPixmap(round(corner.x()), round(corner.y()) + gap, look.tag)
        painter.setWorldTransform(transform)


class MovingBoxes(QGraphicsItem):
    """The boxes of very many shapes while they are dragged: thin lines, quick at any number."""

    def __init__(self) -> None:
        super().__init__()
        self._rectangles: FloatArray = np.zeros((0, 4))
        self._bounds = QRectF()
        self._colour = QColor()

    def show_boxes(self, boxes: FloatArray, colour: QColor) -> None:
        """Show boxes (N, 4), given by their corners; nothing where there are none."""
        if not len(boxes):
            self.setVisible(False)
            return
        self.prepareGeometryChange()
        self._rectangles = np.concatenate((boxes[:, :2], boxes[:, 2:] - boxes[:, :2]), axis=1)
        self._colour = colour
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        self._bounds = QRectF(QPointF(*low.tolist()), QPointF(*high.tolist()))
        self.setVisible(True)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        with painting("the boxes that are dragged"):
            painter.setPen(cosmetic_pen(self._colour, 1.0))
            draw_rectangles(painter, self._rectangles)
