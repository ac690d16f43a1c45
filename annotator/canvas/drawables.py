"""What Qt draws of one shape, made once from its outline or its value."""
# ruff: noqa: D102 - Drawable explains its method

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from annotator.canvas.qt_arrays import polygon_from_points
from annotator.canvas.styles import ShapeStyle, cosmetic_pen
from annotator.canvas.tangle import MOST_FILLED, MOST_SMOOTH, tangle_of
from annotator.core.geometry import FloatArray
from annotator.core.labels import Label
from annotator.core.shapes import AnnotationKind, ElementShape, Mask, Skeleton


class Drawable(Protocol):
    """One shape, ready to be drawn in any style."""

    def draw(self, painter: QPainter, style: ShapeStyle) -> None:
        """Draw it in scene coordinates."""
        ...


class Ring:
    """A closed outline without holes."""

    def __init__(self, points: FloatArray) -> None:
        self._polygon = polygon_from_points(points)
        self._tangle = tangle_of(points)

    def draw(self, painter: QPainter, style: ShapeStyle) -> None:
        _set_style(painter, style, self._tangle)
        painter.drawPolygon(self._polygon)


class Rings:
    """Several rings that are one shape, filled by the even-odd rule so that holes stay open."""

    def __init__(self, rings: Sequence[FloatArray]) -> None:
        self._path = QPainterPath()
        self._tangle = sum(tangle_of(ring) for ring in rings)
        for ring in rings:
            self._path.addPolygon(polygon_from_points(ring))
            self._path.closeSubpath()

    def draw(self, painter: QPainter, style: ShapeStyle) -> None:
        _set_style(painter, style, self._tangle)
        painter.drawPath(self._path)


class OpenLine:
    """A line through points."""

    def __init__(self, points: FloatArray) -> None:
        self._line = polygon_from_points(points)
        self._tangle = tangle_of(points)

    def draw(self, painter: QPainter, style: ShapeStyle) -> None:
        _set_style(painter, style, self._tangle)
        painter.drawPolyline(self._line)


class Dots:
    """Single points."""

    def __init__(self, points: FloatArray) -> None:
        self._points = polygon_from_points(points)

    def draw(self, painter: QPainter, style: ShapeStyle) -> None:
        painter.setPen(style.dots)
        painter.drawPoints(self._points)


class Faces:
    """A cuboid: its front face filled, the back face and what joins them as lines."""

    def __init__(self, front: FloatArray, back: FloatArray) -> None:
        self._front, self._back = polygon_from_points(front), polygon_from_points(back)
        pairs = zip(front.tolist(), back.tolist(), strict=True)
        self._joints = [QLineF(*near, *far) for near, far in pairs]

    def draw(self, painter: QPainter, style: ShapeStyle) -> None:
        painter.setPen(style.outline)
        painter.setBrush(style.fill)
        painter.drawPolygon(self._front)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(self._back)
        painter.drawLines(self._joints)


class Bones:
    """A skeleton: the template's edges between the elements that are in the picture, and the elements."""

    def __init__(self, skeleton: Skeleton, label: Label | None) -> None:
        shown = {p: e.shape for p, e in skeleton.elements.items() if not e.outside}
        centres = {point: _centre(shape) for point, shape in shown.items()}
        self._points = polygon_from_points(np.array(list(centres.values())).reshape(-1, 2))
        self._edges = _edges_between(centres, label)

    def draw(self, painter: QPainter, style: ShapeStyle) -> None:
        painter.setPen(style.outline)
        painter.drawLines(self._edges)
        painter.setPen(style.dots)
        painter.drawPoints(self._points)


class Bitmap:
    """A mask as coloured pixels."""

    def __init__(self, mask: Mask, colour: QColor) -> None:
        (x, y), (width, height) = mask.offset, mask.size
        self._mask, self._colour = mask, QColor(colour)
        self._place = QRectF(x, y, width, height)
        # Fully opaque: the opacity is the painter's, so one image serves every state.
        pixels = np.where(mask.bitmap, np.uint32(colour.rgba()), np.uint32(0))
        self._pixels = np.ascontiguousarray(pixels)
        image_format = QImage.Format.Format_ARGB32_Premultiplied
        self.size_in_bytes = self._pixels.nbytes
        self._image = QImage(self._pixels.data, width, height, 4 * width, image_format)

    def shows(self, mask: Mask, colour: QColor) -> bool:
        """Whether it is the image of a mask in a colour."""
        return self._colour == colour and (self._mask is mask or self._mask == mask)

    def draw(self, painter: QPainter, style: ShapeStyle) -> None:
        painter.save()
        painter.setOpacity(style.mask_opacity)
        smooth = painter.worldTransform().m11() < 1.0
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(self._place, self._image)
        painter.restore()
        if style.frames_masks:
            painter.setPen(style.outline)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._place)


def drawable_of_outline(kind: AnnotationKind, rings: Sequence[FloatArray]) -> Drawable:
    """Make what is drawn from an outline alone; masks and skeletons appear as their boxes and points."""
    match kind:
        case "polyline":
            return OpenLine(rings[0])
        case "points" | "skeleton":
            return Dots(rings[0] if rings else np.zeros((0, 2)))
        case "cuboid":
            return Faces(rings[0], rings[1])
        case _:
            return Ring(rings[0]) if len(rings) == 1 else Rings(rings)


def _set_style(painter: QPainter, style: ShapeStyle, tangle: float) -> None:
    """Draw in a style, but what is tangled with thin lines, and what is very tangled without a fill."""
    if tangle > MOST_SMOOTH:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(cosmetic_pen(style.outline.color(), 1.0))
    else:
        painter.setPen(style.outline)
    painter.setBrush(Qt.BrushStyle.NoBrush if tangle > MOST_FILLED else style.fill)


def _centre(shape: ElementShape) -> tuple[float, float]:
    x0, y0, x1, y1 = shape.box
    return (x0 + x1) / 2, (y0 + y1) / 2


def _edges_between(centres: Mapping[int, tuple[float, float]], label: Label | None) -> list[QLineF]:
    template = None if label is None else label.skeleton
    return [
        QLineF(QPointF(*centres[first]), QPointF(*centres[second]))
        for first, second in (template.edges if template is not None else ())
        if first in centres and second in centres
    ]
