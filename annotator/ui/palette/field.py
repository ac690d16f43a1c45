"""The field in the top bar that opens the palette."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle, QStyleOption

from annotator.translation import tr
from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import FIELD
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.widgets.key_boxes import key_box, key_width, paint_key

_COMMAND: Final = "help.commands"
_WIDTH: Final = 208
_LEAST_WIDTH: Final = 40
_ICON: Final = 16
_PADDING: Final = 10


class PaletteField(QAbstractButton):
    """Looks like a field, and shows the key that opens what it stands for."""

    def __init__(self, theme: Theme, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("paletteButton")
        self._theme = theme
        self._actions = actions
        self.setText(tr("Commands"))
        self.setAccessibleName(tr("Find a command"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        action = actions[_COMMAND]
        self.clicked.connect(action.trigger)
        action.changed.connect(self._show_action)
        theme.changed.connect(self.update)
        self._show_action()

    def sizeHint(self) -> QSize:
        """The room of icon, word and key."""
        return QSize(_WIDTH, FIELD + 2)

    def minimumSizeHint(self) -> QSize:
        """The room of the icon."""
        return QSize(_LEAST_WIDTH, FIELD + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground as the style sheet has it, icon and word at the left, the key at the right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        colours = self._theme.colours
        middle = self.rect().center().y()
        pixmap = icon_pixmap("search", colours.dim, _ICON, self.devicePixelRatioF())
        painter.drawPixmap(_PADDING, middle - _ICON // 2 + 1, pixmap)
        left = _PADDING + _ICON + 8
        right = self.width() - _PADDING
        room = self.fontMetrics().horizontalAdvance(self.text())
        keys = self._actions.keys(_COMMAND)
        if keys and self.width() > _WIDTH - 24:
            right -= key_width(self.font(), keys[0])
            box = key_box(painter.font(), right, middle, keys[0])
            paint_key(painter, box, keys[0], colours.line, colours.dim)
        if left + room <= right:
            painter.setPen(QColor(colours.dim))
            place = self.rect().adjusted(left, 0, 0, 0)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.text())

    def _show_action(self) -> None:
        self.setToolTip(self._actions[_COMMAND].toolTip())
        self.update()
