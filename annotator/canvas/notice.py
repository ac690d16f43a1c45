"""What is said where a picture should be: calm, the size of text and in sight at every zoom and place.

Places are in viewport coordinates. `seen` is the part of the frame that is in sight.
"""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTextOption

from annotator.canvas.theme import CanvasTheme

_TEXT_WIDTH: Final = 380.0
_PADDING: Final = 20.0
_ICON: Final = 28.0
_GAP: Final = 12.0
_LINE_HEIGHT: Final = 30.0
_LINE_PADDING: Final = 14.0
_LINE_GAP: Final = 10.0
_RADIUS: Final = 8.0
_FONT_SIZE: Final = 13


def paint_notice(
    painter: QPainter, text: str, seen: QRectF, viewport: QRectF, theme: CanvasTheme
) -> None:
    """Paint a card with a text in the middle of what is seen of the frame."""
    font = _font(painter)
    wrapped = QTextOption(Qt.AlignmentFlag.AlignHCenter)
    # Words stay whole; only a path that is longer than a line is broken anywhere.
    wrapped.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    painter.setFont(font)
    wanted = painter.boundingRect(QRectF(0, 0, _TEXT_WIDTH, 1000), text, wrapped)
    width = max(wanted.width(), _ICON) + 2 * _PADDING
    height = wanted.height() + _ICON + _GAP + 2 * _PADDING
    middle = seen.center()
    left, top = round(middle.x() - width / 2), round(middle.y() - height / 2)
    card = _within(QRectF(left, top, width, height), viewport)
    _paint_card(painter, card, theme)
    _paint_icon(painter, QPointF(card.center().x(), card.top() + _PADDING + _ICON / 2), theme)
    painter.setFont(font)
    painter.setPen(QColor(theme.text))
    inner = card.adjusted(_PADDING - 1, _PADDING + _ICON + _GAP, 1 - _PADDING, 0)
    painter.drawText(inner, text, wrapped)


def paint_notice_above(
    painter: QPainter, text: str, seen: QRectF, viewport: QRectF, theme: CanvasTheme
) -> None:
    """Paint a line of text on a card that hangs from the upper edge of what is seen of the frame."""
    font = _font(painter)
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, 2 * _TEXT_WIDTH)
    width = metrics.horizontalAdvance(text) + 2 * _LINE_PADDING
    left, top = round(seen.center().x() - width / 2), round(seen.top()) + _LINE_GAP
    card = _within(QRectF(left, top, width, _LINE_HEIGHT), viewport)
    _paint_card(painter, card, theme)
    painter.setFont(font)
    painter.setPen(QColor(theme.text))
    painter.drawText(card, Qt.AlignmentFlag.AlignCenter, text)


def _within(card: QRectF, viewport: QRectF) -> QRectF:
    """Return a card moved into the viewport, its upper left corner first."""
    left = max(min(card.left(), viewport.right() - card.width()), viewport.left())
    top = max(min(card.top(), viewport.bottom() - card.height()), viewport.top())
    return QRectF(left, top, card.width(), card.height())


def _font(painter: QPainter) -> QFont:
    font = QFont(painter.font())
    font.setPixelSize(_FONT_SIZE)
    return font


def _paint_card(painter: QPainter, card: QRectF, theme: CanvasTheme) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.line), 1.0))
    painter.setBrush(QColor(theme.card))
    painter.drawRoundedRect(card.translated(0.5, 0.5), _RADIUS, _RADIUS)


def _paint_icon(painter: QPainter, centre: QPointF, theme: CanvasTheme) -> None:
    """A picture frame with a stroke through it."""
    pen = QPen(QColor(theme.dim), 1.75, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    x, y = centre.x(), centre.y()
    painter.drawRoundedRect(QRectF(x - 12, y - 9, 24, 18), 2.5, 2.5)
    painter.drawPolyline([QPointF(x - 9, y + 6), QPointF(x - 3, y - 1), QPointF(x + 3, y + 6)])
    painter.drawEllipse(QPointF(x + 5.5, y - 3.5), 1.6, 1.6)
    painter.setPen(QPen(QColor(theme.card), 4.5))
    painter.drawLine(QPointF(x - 13, y - 12), QPointF(x + 13, y + 12))
    painter.setPen(pen)
    painter.drawLine(QPointF(x - 13, y - 12), QPointF(x + 13, y + 12))
