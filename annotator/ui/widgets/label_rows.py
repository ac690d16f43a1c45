"""Lists of labels: a patch of colour, the name, the digit, a number."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyleOptionViewItem, QWidget

from annotator.ui.look.theme import Theme, number_font
from annotator.ui.widgets.key_boxes import key_box, key_width, paint_key
from annotator.ui.widgets.plain_tips import plain_tip
from annotator.ui.widgets.row_delegate import RowDelegate

ROW_ROLE: Final = Qt.ItemDataRole.UserRole
_PADDING: Final = 12
_SWATCH: Final = 10

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One row. label: its id, None for a row that is not a label yet. is_next: whether it is drawn with next.

    note: a word at the right. is_hidden, is_locked: whether all annotations of the label are.
    """

    label: int | None
    text: str
    colour: str
    key: str = ""
    note: str = ""
    is_next: bool = False
    is_hidden: bool = False
    is_locked: bool = False


class LabelRows(QAbstractListModel):
    """The rows of a list of labels."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: tuple[LabelRow, ...] = ()

    def show(self, rows: Sequence[LabelRow]) -> None:
        """Show other rows; what did not change stays as it is."""
        new = tuple(rows)
        if len(new) == len(self._rows):
            changed = [
                i for i, both in enumerate(zip(new, self._rows, strict=True)) if both[0] != both[1]
            ]
            self._rows = new
            for place in changed:
                self.dataChanged.emit(self.index(place), self.index(place))
            return
        self.beginResetModel()
        self._rows = new
        self.endResetModel()

    def row_at(self, index: _Index) -> LabelRow:
        """Return one row."""
        return self._rows[index.row()]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a row shows; its text is what screen readers say."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        return plain_tip(row.text) if role == Qt.ItemDataRole.ToolTipRole else None


class LabelRowDelegate(RowDelegate):
    """Paints the rows."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row: LabelRow = index.data(ROW_ROLE)
        colours = self._theme.colours
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_marked = QStyle.StateFlag.State_Selected in state or row.is_next
        if is_marked:
            painter.fillRect(rect, QColor(colours.accent_ground))
        elif QStyle.StateFlag.State_MouseOver in state:
            painter.fillRect(rect, QColor(colours.bg3))
        paint_swatch(painter, rect.left() + _PADDING, rect.center().y(), row.colour)
        inner = rect.adjusted(_PADDING + _SWATCH + 10, 0, -_PADDING, 0)
        font = number_font(painter.font())
        right = inner.right()
        if row.key:
            right -= key_width(font, row.key)
            line = colours.faint if is_marked else colours.line
            box = key_box(font, right, inner.center().y(), row.key)
            paint_key(painter, box, row.key, line, colours.dim)
            right -= 8
        if row.note:
            inner.setRight(right - 1)
            right -= paint_note(painter, inner, row.note, font, colours.dim) + 12
        inner.setRight(right - 1)
        paint_name(painter, inner, row, font, colours.text)
        painter.restore()


def paint_note(painter: QPainter, room: QRect, note: str, font: QFont, colour: str) -> int:
    """Paint what is said of a label, such as how often there is it, at the right end of a room; return its width."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    width = QFontMetrics(font).horizontalAdvance(note)
    place = QRect(room.right() + 1 - width, room.top(), width, room.height())
    painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, note)
    return width


def paint_name(painter: QPainter, room: QRect, row: LabelRow, font: QFont, colour: str) -> None:
    """Paint the name of a label, as much of it as has room."""
    strong = QFont(font)
    strong.setWeight(QFont.Weight.DemiBold if row.is_next else QFont.Weight.Normal)
    painter.setFont(strong)
    painter.setPen(QColor(colour))
    shown = QFontMetrics(strong).elidedText(row.text, Qt.TextElideMode.ElideRight, room.width())
    # A name in a script from right to left begins here all the same.
    side = Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignLeft
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)


def paint_swatch(painter: QPainter, left: int, middle: int, colour: str) -> None:
    """Paint the patch of a label's colour, left edge and middle given."""
    if colour:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(
            QRectF(left, middle - _SWATCH / 2 + 0.5, _SWATCH, _SWATCH), 2.5, 2.5
        )


def label_list(theme: Theme, parent: QWidget) -> QListView:
    """Return an empty list for label rows."""
    view = QListView(parent)
    view.setModel(LabelRows(view))
    view.setItemDelegate(LabelRowDelegate(theme, view))
    view.setUniformItemSizes(True)
    view.setMouseTracking(True)
    view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view
