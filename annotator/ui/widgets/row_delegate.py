"""What all painted rows of lists share: the theme, one height, and the ground of what is chosen or pointed at."""
# ruff: noqa: D102 - Qt explains its virtual functions

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSize
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import ROW

_LEAST_WIDTH = 120


class RowDelegate(QStyledItemDelegate):
    """Paints rows of one height; what stands in them is for those who derive from it."""

    height = ROW

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(_LEAST_WIDTH, self.height)

    def paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """Paint the ground of a row that is selected, or that the pointer is on."""
        state: QStyle.StateFlag = option.state
        colours = self._theme.colours
        if QStyle.StateFlag.State_Selected in state:
            painter.fillRect(option.rect, QColor(colours.accent_ground))
        elif QStyle.StateFlag.State_MouseOver in state:
            painter.fillRect(option.rect, QColor(colours.bg3))
