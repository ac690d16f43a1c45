"""The handles of the one shape that is selected, drawn by one item however many points it has."""
# ruff: noqa: D102 - Qt explains its virtual functions

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from annotator.canvas.guard import painting
from annotator.canvas.handles import (
    HANDLE_SIZE,
    ROTATION_DISTANCE,
    Handle,
    rectangle_handles,
    rotation_handle,
    vertex_rings,
)
from annotator.canvas.hit import Part, Rotation, Vertex
from annotator.canvas.qt_arrays import draw_rectangles
from annotator.canvas.theme import CanvasTheme
from annotator.core.geometry import FloatArray
from annotator.core.shapes import Rectangle, Shape

_BORDER: Final = 1.5
_RADIUS: Final = 1.5
_HELD_SIZE: Final = 11.0
# More points than this in sight are drawn as plain squares in one call.
_MOST_ROUNDED: Final = 100
_MARGIN: Final = ROTATION_DISTANCE + HANDLE_SIZE


class HandlesItem(QGraphicsItem):
    """Squares on the handles or points of a shape, a circle for turning it; their size is on the screen."""

    def __init__(self, theme: CanvasTheme) -> None:
        super().__init__()
        self.theme = theme
        self._shape: Shape | None = None
        self._colour = QColor()
        self._held: Part | None = None
        self._pixel = 1.0

    def show_handles(self, shape: Shape | None, colour: QColor) -> None:
        """Show the handles of a shape, or none."""
        self.prepareGeometryChange()
        self._shape, self._colour = shape, colour
        self.setVisible(shape is not None)
        self.update()

    def show_held(self, part: Part | None) -> None:
        """Show one of them larger."""
        if part != self._held:
            self._held = part
            self.update()

    def set_pixel(self, pixel: float) -> None:
        """Take note of the size of a screen pixel in image pixels."""
        self.prepareGeometryChange()
        self._pixel = pixel

    def boundingRect(self) -> QRectF:
        if self._shape is None:
            return QRectF()
        x0, y0, x1, y1 = self._shape.box
        margin = _MARGIN * self._pixel
        return QRectF(x0 - margin, y0 - margin, x1 - x0 + 2 * margin, y1 - y0 + 2 * margin)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        with painting("the handles"):
            shape, transform = self._shape, painter.worldTransform()
            painter.resetTransform()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._colour, _BORDER))
            painter.setBrush(QColor(self.theme.handle))
            if isinstance(shape, Rectangle):
                self._paint_rectangle(painter, shape, transform)
            elif shape is not None:
                self._paint_points(painter, shape, transform)
            painter.setWorldTransform(transform)

    def _paint_rectangle(self, painter: QPainter, shape: Rectangle, transform: QTransform) -> None:
        handles = rectangle_handles(shape, self._pixel)
        turn = transform.map(QPointF(*rotation_handle(shape, self._pixel)))
        top = Rectangle(shape.xyxy, shape.rotation).corners[:2].mean(axis=0)
        painter.drawLine(transform.map(QPointF(*top.tolist())), turn)
        for handle, place in handles.items():
            centre = transform.map(QPointF(*place))
            painter.save()
            painter.translate(centre)
            painter.rotate(shape.rotation)
            painter.drawRoundedRect(_square(self._size(handle)), _RADIUS, _RADIUS)
            painter.restore()
        radius = self._size(Rotation()) / 2 + 0.5
        painter.drawEllipse(turn, radius, radius)

    def _paint_points(self, painter: QPainter, shape: Shape, transform: QTransform) -> None:
        scale, dx, dy = transform.m11(), transform.dx(), transform.dy()
        seen = painter.clipBoundingRect() if painter.hasClipping() else QRectF(painter.viewport())
        seen.adjust(-_HELD_SIZE, -_HELD_SIZE, _HELD_SIZE, _HELD_SIZE)
        for number, ring in enumerate(vertex_rings(shape)):
            places = ring * scale + (dx, dy)
            indices = _indices_in(places, seen)
            if len(indices) > _MOST_ROUNDED:
                self._paint_plainly(painter, places[indices])
                continue
            for index in indices.tolist():
                square = _square(self._size(Vertex(number, index)))
                square.translate(*places[index].tolist())
                painter.drawRoundedRect(square, _RADIUS, _RADIUS)

    def _paint_plainly(self, painter: QPainter, places: FloatArray) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(self._colour, 1))
        half = HANDLE_SIZE / 2 - 1
        corners = np.rint(places - half)
        draw_rectangles(painter, np.concatenate((corners, np.full_like(corners, 2 * half)), axis=1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(self._colour, _BORDER))

    def _size(self, part: Vertex | Handle | Rotation) -> float:
        return _HELD_SIZE if part == self._held else HANDLE_SIZE


def _square(size: float) -> QRectF:
    return QRectF(-size / 2, -size / 2, size, size)


def _indices_in(places: FloatArray, area: QRectF) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    x, y = places[:, 0], places[:, 1]
    inside = (x >= area.left()) & (x <= area.right()) & (y >= area.top()) & (y <= area.bottom())
    return np.flatnonzero(inside)
