"""The picture of a skeleton template: points are added, moved and joined in it."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from annotator.core.label_draft import PointDraft
from annotator.translation import tr
from annotator.ui.look.theme import Theme

_MARGIN: Final = 16
_RADIUS: Final = 5.0
_NEAR: Final = 10.0

Points = tuple[PointDraft, ...]
Edges = tuple[tuple[int, int], ...]


class SkeletonPicture(QWidget):
    """Shows points at their places in percent, and the edges between them.

    A click beside them adds one, a drag moves one, a click with Ctrl joins it with the chosen one or parts them.
    Arrows move the chosen point. `edited(points, edges, field)`; `chosen(point id)`.
    """

    edited = Signal(object, object, str)
    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._points: Points = ()
        self._edges: Edges = ()
        self._current: int | None = None
        self._dragged: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Picture of the skeleton"))
        self.setMinimumSize(220, 220)

    def sizeHint(self) -> QSize:
        return QSize(260, 260)

    def show_points(self, points: Points, edges: Edges, current: int | None) -> None:
        """Show points and edges, one of the points as chosen."""
        self._points, self._edges, self._current = points, edges, current
        self.update()

    def place_of(self, point: PointDraft) -> QPointF:
        """Return where a point is shown."""
        room = self._room()
        return QPointF(
            room.left() + point.x / 100 * room.width(), room.top() + point.y / 100 * room.height()
        )

    def _room(self) -> QRectF:
        """The square that stands for the template's box."""
        side = max(20.0, min(self.width(), self.height()) - 2.0 * _MARGIN)
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def _percent(self, place: QPointF) -> tuple[float, float]:
        room = self._room()
        x = (place.x() - room.left()) / room.width() * 100
        y = (place.y() - room.top()) / room.height() * 100
        return round(min(100.0, max(0.0, x)), 1), round(min(100.0, max(0.0, y)), 1)

    def _point_at(self, place: QPointF) -> PointDraft | None:
        def distance(point: PointDraft) -> float:
            way = self.place_of(point) - place
            return abs(way.x()) + abs(way.y())

        near = [point for point in self._points if distance(point) <= _NEAR]
        return min(near, key=distance, default=None)

    # Hands ------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        found = self._point_at(event.position())
        with_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if found is None:
            self._add(event.position())
        elif with_ctrl and self._current not in (None, found.id):
            self.join(found.id)
        else:
            self._dragged = found.id
            self._current = found.id
            self.chosen.emit(found.id)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None:
            x, y = self._percent(event.position())
            self._move(self._dragged, x, y)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        point = next((one for one in self._points if one.id == self._current), None)
        if step is None or point is None:
            super().keyPressEvent(event)
            return
        x = min(100.0, max(0.0, point.x + step[0]))
        y = min(100.0, max(0.0, point.y + step[1]))
        self._move(point.id, round(x, 1), round(y, 1))

    def _add(self, place: QPointF) -> None:
        x, y = self._percent(place)
        taken = {point.name for point in self._points}
        name = next(name for name in _numbers() if name not in taken)
        colour = self._points[-1].colour if self._points else None
        point = PointDraft(name, x, y) if colour is None else PointDraft(name, x, y, colour=colour)
        edges = self._edges
        self._points = (*self._points, point)
        self._current = point.id
        self.edited.emit(self._points, edges, "add")
        self.chosen.emit(point.id)

    def _move(self, point_id: int, x: float, y: float) -> None:
        self._points = tuple(
            replace(point, x=x, y=y) if point.id == point_id else point for point in self._points
        )
        self.update()
        self.edited.emit(self._points, self._edges, f"move {point_id}")

    def join(self, other: int) -> None:
        """Join the chosen point with another, or part them where they are joined."""
        if self._current is None or self._current == other:
            return
        pair = {self._current, other}
        rest = tuple(edge for edge in self._edges if set(edge) != pair)
        if len(rest) == len(self._edges):
            rest = (*rest, (self._current, other))
        self._edges = rest
        self.update()
        self.edited.emit(self._points, rest, "edges")

    # Painting ---------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.line), 1))
        painter.setBrush(QColor(colours.bg3))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        places = {point.id: self.place_of(point) for point in self._points}
        painter.setPen(QPen(QColor(colours.dim), 1.5))
        for a, b in self._edges:
            if a in places and b in places:
                painter.drawLine(places[a], places[b])
        for point in self._points:
            self._paint_point(painter, point, places[point.id])
        if not self._points:
            painter.setPen(QColor(colours.dim))
            painter.drawText(
                QRectF(self.rect()).adjusted(20, 20, -20, -20),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                tr("Click to add the points of the skeleton."),
            )
        painter.end()

    def _paint_point(self, painter: QPainter, point: PointDraft, place: QPointF) -> None:
        colours = self._theme.colours
        is_current = point.id == self._current
        painter.setBrush(QColor(point.colour))
        painter.setPen(
            QPen(QColor(colours.accent if is_current else colours.bg0), 2 if is_current else 1)
        )
        radius = _RADIUS + (1.5 if is_current else 0)
        painter.drawEllipse(place, radius, radius)
        painter.setPen(QColor(colours.text))
        room = QRectF(place.x() + 9, place.y() - 9, max(0.0, self.width() - place.x() - 12), 18)
        text = painter.fontMetrics().elidedText(
            point.name, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)


def _numbers() -> Iterator[str]:
    number = 1
    while True:
        yield str(number)
        number += 1
