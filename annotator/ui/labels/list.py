"""The list of the labels panel: colour, name, digit, counts, and marks to lock and hide."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from typing import Final, Literal, TypeAlias, get_args

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from annotator.translation import tr
from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.widgets.key_boxes import key_box, key_width, paint_key
from annotator.ui.widgets.label_rows import (
    ROW_ROLE,
    LabelRow,
    LabelRows,
    paint_name,
    paint_note,
    paint_swatch,
)
from annotator.ui.widgets.plain_tips import plain_tip
from annotator.ui.widgets.row_delegate import RowDelegate

# What can be clicked in a row beside the row itself.
Spot: TypeAlias = Literal["colour", "lock", "hide"]
_MARKS: Final[tuple[Literal["lock", "hide"], ...]] = get_args(Literal["lock", "hide"])

_PADDING: Final = 12
_SWATCH_ROOM: Final = 28
_MARK: Final = 15
_MARK_ROOM: Final = 24
_Index = QModelIndex | QPersistentModelIndex


def spot_at(place: QPoint, width: int) -> Spot | None:
    """Return what lies at a place in a row, from the row's left upper corner; None for the row itself."""
    if place.x() < _SWATCH_ROOM:
        return "colour"
    first = width - _PADDING + (_MARK_ROOM - _MARK) // 2 - _MARK_ROOM * len(_MARKS)
    number = (place.x() - first) // _MARK_ROOM
    return _MARKS[number] if 0 <= number < len(_MARKS) else None


class LabelsList(QListView):
    """Labels, one of which is clicked to draw with it.

    Signals: `spot_clicked(label id, spot)`; `menu_wanted(label id, place)` in global coordinates.
    """

    spot_clicked = Signal(object, str)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows = LabelRows(self)
        self.setModel(self.rows)
        self.setItemDelegate(LabelsDelegate(theme, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setAccessibleName(tr("Labels"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._take_click(event):
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        # What was pressed on a spot is no click on the row.
        if self._spot(event.position().toPoint()) is None:
            super().mouseReleaseEvent(event)
        else:
            event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            rect = self.visualRect(index)
            place = self.viewport().mapToGlobal(rect.bottomLeft() + QPoint(40, 0))
        if index.isValid():
            self.menu_wanted.emit(self.rows.row_at(index).label, place)

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, not the beginnings of rows."""

    def place_of(self, label_id: int) -> QPoint:
        """Return where what belongs to the colour of a label opens, in global coordinates."""
        for place in range(self.rows.rowCount()):
            index = self.rows.index(place)
            if self.rows.row_at(index).label == label_id:
                return self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        return self.viewport().mapToGlobal(QPoint(0, 0))

    def _spot(self, place: QPoint) -> Spot | None:
        index = self.indexAt(place)
        if not index.isValid():
            return None
        rect = self.visualRect(index)
        return spot_at(place - rect.topLeft(), rect.width())

    def _take_click(self, event: QMouseEvent) -> bool:
        place = event.position().toPoint()
        spot = self._spot(place)
        if spot is None:
            return False
        self.spot_clicked.emit(self.rows.row_at(self.indexAt(place)).label, spot)
        return True


class LabelsDelegate(RowDelegate):
    """Paints the rows. The row under the pointer shows all its marks, others those that are set."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row: LabelRow = index.data(ROW_ROLE)
        colours = self._theme.colours
        rect: QRect = option.rect
        hovered = QStyle.StateFlag.State_MouseOver in option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, rect, row, option.state)
        right = self._marks(painter, row, rect, hovered=hovered)
        painter.setOpacity(0.45 if row.is_hidden else 1.0)
        paint_swatch(painter, rect.left() + _PADDING, rect.center().y(), row.colour)
        painter.setOpacity(1.0)
        # Faint words are too faint on any other ground than that of the list.
        quiet = colours.dim if row.is_next or hovered else colours.faint
        font = number_font(painter.font())
        # Its room is kept, so that all digits and all counts stand below one another.
        right -= key_width(font, row.key)
        if row.key:
            box = key_box(font, right, rect.center().y(), row.key)
            line = colours.faint if row.is_next else colours.line
            paint_key(painter, box, row.key, line, colours.dim)
        right -= 10
        room = rect.adjusted(_PADDING + 20, 0, 0, 0)
        if row.note:
            room.setRight(right - 1)
            words = quiet if row.is_hidden else colours.dim
            right -= paint_note(painter, room, row.note, font, words) + 8
        room.setRight(max(room.left(), right) - 1)
        paint_name(painter, room, row, font, quiet if row.is_hidden else colours.text)
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, rect: QRect, row: LabelRow, state: QStyle.StateFlag
    ) -> None:
        """Paint what is behind a row: which one comes next, is under the pointer, and has the focus."""
        colours = self._theme.colours
        if row.is_next:
            painter.fillRect(rect, QColor(colours.accent_ground))
        elif QStyle.StateFlag.State_MouseOver in state:
            painter.fillRect(rect, QColor(colours.bg3))
        if QStyle.StateFlag.State_HasFocus in state:
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: _Index,
    ) -> bool:
        row = index.data(ROW_ROLE)
        if not isinstance(row, LabelRow):
            return False
        rect: QRect = option.rect
        text = _tip(row, spot_at(event.pos() - rect.topLeft(), rect.width()))
        QToolTip.showText(event.globalPos(), plain_tip(text), view)
        return True

    def _marks(self, painter: QPainter, row: LabelRow, rect: QRect, *, hovered: bool) -> int:
        """Paint the marks; return where what is left of them has to end. Their room is always kept."""
        colours, ratio = self._theme.colours, painter.device().devicePixelRatio()
        icons = {
            "lock": ("lock" if row.is_locked else "unlock", row.is_locked),
            "hide": ("eye-off" if row.is_hidden else "eye", row.is_hidden),
        }
        right = rect.right() + 1 - _PADDING - _MARK - _MARK_ROOM * len(_MARKS)
        for place, mark in enumerate(_MARKS, 1):
            name, is_set = icons[mark]
            if is_set or hovered:
                painter.setOpacity(1.0 if is_set else 0.5)
                colour = colours.text if is_set and hovered else colours.dim
                pixmap = icon_pixmap(name, colour, _MARK, ratio)
                top = rect.top() + (rect.height() - _MARK) // 2
                painter.drawPixmap(right + place * _MARK_ROOM, top, pixmap)
        painter.setOpacity(1.0)
        return right + _MARK_ROOM - 8


def _tip(row: LabelRow, spot: Spot | None) -> str:
    match spot:
        case "colour":
            return tr("Change the colour")
        case "lock":
            return tr("Unlock this label") if row.is_locked else tr("Lock this label")
        case "hide":
            return tr("Show this label") if row.is_hidden else tr("Hide this label")
        case _:
            return row.text
