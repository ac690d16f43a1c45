"""The lines through the pointer."""

from typing import Final

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QPainter, QRegion

# Light over dark: visible on every picture without hiding it.
_LIGHT: Final = QColor(255, 255, 255, 120)
_DARK: Final = QColor(0, 0, 0, 90)


def crosshair_region(place: QPoint, viewport: QRect) -> QRegion:
    """Return the part of the viewport that the lines cover."""
    return QRegion(_row(place, viewport)) + QRegion(_column(place, viewport))


def paint_crosshair(painter: QPainter, place: QPoint, viewport: QRect) -> None:
    """Paint the lines in viewport coordinates."""
    row, column = _row(place, viewport), _column(place, viewport)
    painter.fillRect(row.adjusted(0, 1, 0, 0), _DARK)
    painter.fillRect(column.adjusted(1, 0, 0, 0), _DARK)
    painter.fillRect(row.adjusted(0, 0, 0, -1), _LIGHT)
    painter.fillRect(column.adjusted(0, 0, -1, 0), _LIGHT)


def _row(place: QPoint, viewport: QRect) -> QRect:
    return QRect(viewport.left(), place.y(), viewport.width(), 2)


def _column(place: QPoint, viewport: QRect) -> QRect:
    return QRect(place.x(), viewport.top(), 2, viewport.height())
