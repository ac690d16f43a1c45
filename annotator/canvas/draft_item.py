"""What is being drawn, and the rubber band."""
# ruff: noqa: D102 - Qt explains its virtual functions

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from annotator.canvas.guard import painting
from annotator.canvas.qt_arrays import polygon_from_points
from annotator.canvas.styles import DEFAULT_OPACITY, State, cosmetic_pen, style_of
from annotator.canvas.tangle import MOST_FILLED, MOST_SMOOTH, tangle_of
from annotator.canvas.theme import CanvasTheme
from annotator.canvas.tools.tool import Draft
from annotator.core.geometry import Box

_MARK: Final = 6.0
_READY_MARK: Final = 12.0
_MOST_MARKS: Final = 200
_NOTE_SIZE: Final = 12
_NOTE_HEIGHT: Final = 20.0
_NOTE_PADDING: Final = 7.0
_NOTE_GAP: Final = 14.0
_NOTE_WIDTH: Final = 140.0
# Screen pixels around the points that marks and the note may cover.
_REACH: Final = 10.0


class DraftItem(QGraphicsItem):
    """The outline drawn so far, its points, and a note beside its last point."""

    def __init__(self, theme: CanvasTheme) -> None:
        super().__init__()
        self.theme = theme
        self._colour = QColor(theme.accent)
        self._draft: Draft | None = None
        self._bounds = QRectF()
        self._pixel = 1.0
        self._ratio = 1.0

    def show_draft(self, draft: Draft | None) -> None:
        """Show a draft, or nothing."""
        self.prepareGeometryChange()
        self._draft = draft
        if draft is not None:
            # By columns: along the short axis of thousands of points numpy is a hundred times slower.
            x, y = draft.points.T
            low, high = QPointF(x.min(), y.min()), QPointF(x.max(), y.max())
            self._bounds = QRectF(low, high)
        self.setVisible(draft is not None)
        self.update()

    def set_colour(self, colour: QColor) -> None:
        """Draw with another colour."""
        self._colour = colour
        self.update()

    def set_scale(self, pixel: float, ratio: float) -> None:
        """Take note of the size of a screen pixel in image pixels, and of device pixels for a screen pixel."""
        self.prepareGeometryChange()
        self._pixel, self._ratio = pixel, ratio

    def boundingRect(self) -> QRectF:
        reach = _REACH * self._pixel
        note = (_NOTE_WIDTH + _NOTE_GAP) * self._pixel if self._draft and self._draft.note else 0.0
        return self._bounds.adjusted(-reach, -reach, reach + note, reach + note)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        with painting("what is being drawn"):
            if self._draft is not None:
                self._paint_draft(painter, self._draft)

    def _paint_draft(self, painter: QPainter, draft: Draft) -> None:
        style = style_of(self._colour, State.HOVERED, DEFAULT_OPACITY, self._ratio)
        polygon = polygon_from_points(draft.points)
        tangle = tangle_of(draft.points)
        smooth = tangle <= MOST_SMOOTH
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        # The fill shows what the outline will be; the last edge back to the start is not drawn yet.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.fill)
        if tangle <= MOST_FILLED:
            painter.drawPolygon(polygon)
        painter.setPen(style.outline if smooth else cosmetic_pen(self._colour, 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if draft.closed:
            painter.drawPolygon(polygon)
        else:
            painter.drawPolyline(polygon)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        transform = painter.worldTransform()
        painter.resetTransform()
        # Along a long stroke the points would hide the line, and take long.
        marks = draft.marks if draft.marks <= _MOST_MARKS else 1
        places = [transform.map(QPointF(x, y)) for x, y in draft.points[:marks].tolist()]
        self._paint_marks(painter, places, draft.ready)
        if draft.note:
            pointer = transform.map(QPointF(*draft.points.max(axis=0).tolist()))
            self._paint_note(painter, pointer, draft.note)
        painter.setWorldTransform(transform)

    def _paint_marks(self, painter: QPainter, places: list[QPointF], ready: bool) -> None:
        painter.setPen(QPen(self._colour, 1.5))
        painter.setBrush(QColor(self.theme.handle))
        for place in places[1:]:
            painter.drawEllipse(place, _MARK / 2, _MARK / 2)
        for place in places[:1]:
            size = _READY_MARK if ready else _MARK + 2
            painter.setBrush(self._colour if ready else QColor(self.theme.handle))
            painter.drawEllipse(place, size / 2, size / 2)

    def _paint_note(self, painter: QPainter, place: QPointF, note: str) -> None:
        font = QFont(painter.font())
        font.setPixelSize(_NOTE_SIZE)
        width = min(QFontMetricsF(font).horizontalAdvance(note) + 2 * _NOTE_PADDING, _NOTE_WIDTH)
        left, top = round(place.x()) + _NOTE_GAP / 2, round(place.y()) + _NOTE_GAP / 2
        plate = QRectF(left, top, width, _NOTE_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 170))
        painter.drawRoundedRect(plate, 4, 4)
        painter.setPen(QColor("#ffffff"))
        painter.setFont(font)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, note)


class BandItem(QGraphicsItem):
    """The rubber band."""

    def __init__(self, theme: CanvasTheme) -> None:
        super().__init__()
        self.theme = theme
        self._rect = QRectF()

    def show_band(self, box: Box | None) -> None:
        """Show the band around a box, or none."""
        self.prepareGeometryChange()
        if box is not None:
            self._rect = QRectF(box[0], box[1], box[2] - box[0], box[3] - box[1])
        self.setVisible(box is not None)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        with painting("the rubber band"):
            colour = QColor(self.theme.accent)
            painter.setPen(cosmetic_pen(colour, 1.0))
            colour.setAlphaF(0.12)
            painter.setBrush(colour)
            painter.drawRect(self._rect)
