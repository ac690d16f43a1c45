"""Keys as small boxes with their names."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

KEY_GAP: Final = 6
_HEIGHT: Final = 18
_TEXT: Final = 11
_PADDING: Final = 6


def key_width(font: QFont, key: str) -> int:
    """Return how wide the box of a key is. key: as this system writes it."""
    return max(_HEIGHT, QFontMetrics(_small(font)).horizontalAdvance(spaced(key)) + 2 * _PADDING)


def key_box(font: QFont, left: int, middle: int, key: str) -> QRect:
    """Return where the box of a key is, left edge and middle given."""
    return QRect(left, middle - _HEIGHT // 2 + 1, key_width(font, key), _HEIGHT)


def paint_key(painter: QPainter, box: QRect, key: str, line: str, colour: str) -> None:
    """Paint a key with its modifiers into its box. line, colour: of the box and of what stands in it."""
    before = painter.font()
    painter.setFont(_small(before))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QColor(line))
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(QColor(colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, spaced(key))
    painter.setFont(before)


def spaced(key: str) -> str:
    """Return a key with gaps in place of plus signs: `Ctrl Shift P`, `Ctrl +`."""
    return key[:-1].replace("+", " ") + key[-1:]


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(_TEXT)
    small.setWeight(QFont.Weight.Normal)
    return small
