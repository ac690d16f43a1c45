"""A button with a word and the key that does the same."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton

from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import FIELD
from annotator.ui.widgets.key_boxes import key_box, key_width, paint_key

_PADDING: Final = 10
_GAP: Final = 7
_RADIUS: Final = 6.0


class KeyButton(QAbstractButton):
    """Shows its text and, in a box, a key. is_main: whether it is the button that most people want."""

    def __init__(self, theme: Theme, text: str, *, is_main: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._key = ""
        self._is_main = is_main
        self._shows_key = True
        self.setText(text)
        self.setFixedHeight(FIELD)
        # The canvas keeps the keys, as after a click on a tool.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def set_key(self, key: str) -> None:
        """Show another key. key: as this system writes it."""
        if key != self._key:
            self._key = key
            self.updateGeometry()
            self.update()

    def show_key(self, *, shown: bool) -> None:
        """Show the key, or the word alone where there is little room."""
        if shown != self._shows_key:
            self._shows_key = shown
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """The room for the word and the key."""
        font = self._font()
        word = QFontMetrics(font).horizontalAdvance(self.text())
        key = _GAP + key_width(font, self._key) if self._shows_key else 0
        return QSize(2 * _PADDING + word + key, FIELD)

    def minimumSizeHint(self) -> QSize:
        """No less: words are never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the word and the key."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, words, key = self._colours()
        focused = self.hasFocus()
        ring = colours.text if self._is_main else colours.accent
        painter.setPen(QColor(ring) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS
        )
        font = self._font()
        painter.setFont(font)
        painter.setPen(QColor(words))
        room = self.rect().adjusted(_PADDING, 0, 0, 0)
        painter.drawText(
            room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text()
        )
        if self._shows_key:
            left = _PADDING + QFontMetrics(font).horizontalAdvance(self.text()) + _GAP
            box = key_box(font, left, self.height() // 2 - 1, self._key)
            paint_key(painter, box, self._key, key, words)
        painter.end()

    def _colours(self) -> tuple[str, str, str]:
        """Return the colours of ground, word and the box of the key; no ground where it is empty."""
        colours = self._theme.colours
        if not self.isEnabled():
            return (colours.bg3 if self._is_main else ""), colours.faint, colours.line
        if self._is_main:
            return colours.accent, colours.on_accent, colours.on_accent
        ground = colours.line if self.isDown() else colours.bg3 if self.underMouse() else ""
        return ground, colours.text, colours.faint

    def _font(self) -> QFont:
        font = QFont(self.font())
        if self._is_main:
            font.setWeight(QFont.Weight.DemiBold)
        return font
