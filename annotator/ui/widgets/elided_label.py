"""A line of text that is shortened where it has no room."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


class ElidedLabel(QLabel):
    """Shows as much of a text as there is room for; never as markup.

    look: a name in the style sheet. least: in less room than this a text that must be shortened is not shown at all.
    """

    def __init__(self, mode: Qt.TextElideMode, look: str, *, least: int = 0) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName(look)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._mode = mode
        self._least = least
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
        shown = self.fontMetrics().elidedText(self._full, self._mode, self.width())
        self.setText(shown if shown == self._full or self.width() >= self._least else "")
