"""A small window that closes when something else is clicked."""
# ruff: noqa: D102 - Qt explains the events

from math import sqrt
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QFrame, QStyle, QStyleOption, QStylePainter, QWidget

# As the style sheet has it of `#popup`.
RADIUS: Final = 8


class PopupFrame(QFrame):
    """Its ground has round corners, as the style sheet says of `#popup`.

    Where nothing blends the windows of the screen, what lies beside the corners would be black: the window is cut to
    its shape as well. The cut keeps every pixel that the line touches, so that the corners are smooth elsewhere.
    It is deleted once it is closed, unless it lasts.
    """

    def __init__(self, parent: QWidget, *, lasts: bool = False) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, not lasts)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setObjectName("popup")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setMask(rounded(self.size()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground: Qt paints none for a window that may be seen through."""
        option = QStyleOption()
        option.initFrom(self)
        QStylePainter(self).drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option)


def rounded(size: QSize, radius: int = RADIUS) -> QRegion:
    """Return the pixels of a rectangle with round corners, those included that are only touched."""
    width, height = size.width(), size.height()
    region = QRegion(0, radius, width, max(0, height - 2 * radius))
    for line in range(radius):
        # Where the circle is widest within the line of pixels.
        inset = int(radius - sqrt(radius**2 - (radius - line - 1) ** 2))
        for y in (line, height - 1 - line):
            region += QRegion(QRect(inset, y, width - 2 * inset, 1))
    return region
