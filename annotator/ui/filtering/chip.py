"""The filter in the top bar: a chip with its conditions, and a cross that clears it."""
# ruff: noqa: D102 - Qt explains its virtual functions

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from annotator.core.query import Filter
from annotator.translation import tr
from annotator.ui.filtering.parts import filter_summary
from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import FIELD
from annotator.ui.widgets.plain_tips import plain_tip

_ICON: Final = 15
_CROSS: Final = 13
_CROSS_ROOM: Final = 26
_MOST_TEXT: Final = 220
_LEAST_ON: Final = 108


class FilterChip(QAbstractButton):
    """A click opens the filter; a click on the cross, or Delete, clears it (`cleared`)."""

    cleared = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._is_on = False
        self._tip = ""
        self._key = ""
        self.setFixedHeight(FIELD + 2)
        # Narrow bars shorten it, without a filter down to its icon.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)
        self.show_filter(Filter())

    def show_filter(self, wanted: Filter) -> None:
        """Show a filter, or that there is none."""
        self._is_on = bool(wanted)
        self.setText(filter_summary(wanted) if wanted else tr("Filter"))
        self.setShortcut(QKeySequence())  # Qt takes Alt+D out of a label named "R&D"
        name = tr("Filter: {conditions}", conditions=self.text()) if wanted else tr("Filter")
        self.setAccessibleName(name)
        self._tip = f"{wanted}" if wanted else tr("Show only what passes conditions")
        self._show_tip()
        self.updateGeometry()
        self.update()

    def show_key(self, key: str) -> None:
        """Name the key that opens the filter, as this system writes it; empty where it has none."""
        self._key = key
        self._show_tip()

    def _show_tip(self) -> None:
        self.setToolTip(plain_tip(f"{self._tip} ({self._key})" if self._key else self._tip))

    def sizeHint(self) -> QSize:
        text = min(_MOST_TEXT, self.fontMetrics().horizontalAdvance(self.text()) + 2)
        return QSize(10 + _ICON + 8 + text + (_CROSS_ROOM if self._is_on else 12), FIELD + 2)

    def minimumSizeHint(self) -> QSize:
        least = min(_LEAST_ON, self.sizeHint().width()) if self._is_on else 20 + _ICON
        return QSize(least, FIELD + 2)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._has_cross and self._cross.contains(event.position().toPoint()):
            self.setDown(False)
            self.cleared.emit()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._is_on and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.cleared.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, ratio = self._theme.colours, self.devicePixelRatioF()
        ground = colours.accent_ground if self._is_on else colours.bg3
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        framed = self.hasFocus() or self._is_on
        line = colours.accent if framed else colours.line if self.underMouse() else ground
        painter.setPen(QColor(line))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        words = colours.text if self._is_on else colours.dim
        top, left = (self.height() - _ICON) // 2, 10 + _ICON + 8
        right = self._cross.left() if self._has_cross else self.width() - 10
        room = QRect(left, 0, max(0, right - left), self.height())
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        # Half the word says less than the icon does.
        is_bare = not self._is_on and shown != self.text()
        at = (self.width() - _ICON) // 2 if is_bare else 10
        painter.drawPixmap(at, top, icon_pixmap("filter", words, _ICON, ratio))
        painter.setPen(QColor(words))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, "" if is_bare else shown)
        if self._has_cross:
            cross = icon_pixmap("close", colours.dim, _CROSS, ratio)
            middle = self._cross.center()
            painter.drawPixmap(middle.x() - _CROSS // 2, middle.y() - _CROSS // 2, cross)
        painter.end()

    @property
    def _has_cross(self) -> bool:
        """Whether there is a filter to be cleared, and room to say so beside the icon."""
        return self._is_on and self.width() >= 10 + _ICON + 8 + _CROSS_ROOM

    @property
    def _cross(self) -> QRect:
        return QRect(self.width() - _CROSS_ROOM, 0, _CROSS_ROOM, self.height())
