"""A small window that closes when something else is clicked."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QStyle, QStyleOption, QStylePainter, QWidget


class PopupFrame(QFrame):
    """Its ground has round corners, as the style sheet says of `#popup`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # What is beside its round corners.
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setObjectName("popup")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground: Qt paints none for a window that may be seen through."""
        option = QStyleOption()
        option.initFrom(self)
        QStylePainter(self).drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option)
