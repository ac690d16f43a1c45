"""A small window that closes when something else is clicked."""
# ruff: noqa: D102 - Qt explains the events

from math import sqrt
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPaintEvent, QPalette, QRegion, QResizeEvent
from PySide6.QtWidgets import QFrame, QStyle, QStyleOption, QStylePainter, QWidget

# As the style sheet has it of `#popup`.
_RADIUS: Final = 8


class PopupFrame(QFrame):
    """Its ground has round corners, as the style sheet says of `#popup`.

    What lies beside them is seen through where the windows of a screen are blended. On X11 nobody can tell whether they
    are, and where they are not it would be black: there the window itself has the shape of its ground. It is deleted
    once it is closed, unless it lasts.
    """

    def __init__(self, parent: QWidget, *, lasts: bool = False) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, not lasts)
        self._is_blended = screen_blends()
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, self._is_blended)
        self.setObjectName("popup")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._is_blended:
            self.setMask(rounded(self.size()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground: Qt paints none for a window that may be seen through."""
        option = QStyleOption()
        option.initFrom(self)
        painter = QStylePainter(self)
        if not self._is_blended:
            # The line has no smooth outer edge then.
            painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Mid))
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option)


def screen_blends() -> bool:
    """Whether it is certain that a window can be seen through."""
    return QGuiApplication.platformName() != "xcb"


def rounded(size: QSize, radius: int = _RADIUS) -> QRegion:
    """Return the pixels of a rectangle with round corners: those that lie inside by the half at least."""
    width, height = size.width(), size.height()
    region = QRegion(0, radius, width, max(0, height - 2 * radius))
    for line in range(radius):
        inset = round(radius - sqrt(radius**2 - (radius - line - 0.5) ** 2))
        for y in (line, height - 1 - line):
            region += QRegion(QRect(inset, y, width - 2 * inset, 1))
    return region
