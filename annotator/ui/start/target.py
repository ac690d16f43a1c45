"""One of the large buttons of the start page: what can be opened."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme
from annotator.ui.widgets.elided_label import ElidedLabel
from annotator.ui.widgets.parts import column, row, text_label

_ICON: Final = 22


class Target(QPushButton):
    """An icon, a title over a line that explains it, and the key that does the same.

    picture: the name of an icon.
    """

    def __init__(self, theme: Theme, picture: str, title: str, more: str) -> None:
        super().__init__()
        self.setObjectName("target")
        self.setAccessibleName(title)
        self.setAccessibleDescription(more)
        self._theme = theme
        self._picture = picture
        self._title = title
        self._icon = QLabel()
        self._key = text_label("", "faint")
        explained = ElidedLabel(Qt.TextElideMode.ElideRight, "dim")
        explained.set_full_text(more)
        first = row(gap=8)
        first.addWidget(text_label(title, "targetTitle"))
        first.addStretch(1)
        first.addWidget(self._key)
        lines = column(gap=2)
        lines.addLayout(first)
        lines.addWidget(explained)
        whole = row(self, gap=14)
        whole.setContentsMargins(16, 10, 16, 10)
        whole.addWidget(self._icon)
        whole.addLayout(lines, 1)
        for label in self.findChildren(QLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self._recolour)
        self._recolour()

    def show_key(self, key: str) -> None:
        """Show the key that does the same, as this system writes it; empty for none."""
        self._key.setText(key)
        self.setToolTip(f"{self._title} ({key})" if key else self._title)

    def _recolour(self) -> None:
        colour = self._theme.colours.dim
        self._icon.setPixmap(icon_pixmap(self._picture, colour, _ICON, self.devicePixelRatioF()))
