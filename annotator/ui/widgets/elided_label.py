"""A line of text that is shortened where it has no room."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


class ElidedLabel(QLabel):
    """Shows as much of a text as there is room for; never as markup. look: a name in the style sheet."""

    def __init__(self, mode: Qt.TextElideMode, look: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName(look)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._mode = mode
        self._full = ""

    def set_full_text(self, text: str) -> None:
        """Show a text, whole where it fits."""
        self._full = text
        self.updateGeometry()
        self._show()

    def sizeHint(self) -> QSize:
        """The room of the whole text."""
        self.ensurePolished()
        return QSize(
            self.fontMetrics().horizontalAdvance(self._full) + 2, super().sizeHint().height()
        )

    def minimumSizeHint(self) -> QSize:
        """The room of a few letters."""
        return QSize(min(32, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text into the new width."""
        super().resizeEvent(event)
        self._show()

    def _show(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._full, self._mode, self.width()))
