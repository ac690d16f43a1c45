"""Rows of commands, labels and frames: a word, what belongs to it, and keys at the right."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyleOptionViewItem, QWidget

from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.look.tokens import HEAD_TEXT, ICON
from annotator.ui.widgets.key_boxes import KEY_GAP, key_box, key_width, paint_key
from annotator.ui.widgets.label_rows import paint_swatch
from annotator.ui.widgets.plain_tips import plain_tip
from annotator.ui.widgets.row_delegate import RowDelegate

ROW_ROLE: Final = Qt.ItemDataRole.UserRole
_PAGE: Final = 60
_FEW: Final = 300
_PADDING: Final = 12
_GAP: Final = 10

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class PaletteRow:
    """One row. note: beside the text, or why it is not possible. keys: as this system writes them.

    swatch: the colour of a label. is_path: whether the end of the text matters more than its beginning. is_head:
    a heading, which is not chosen. command: the id of the command it stands for. act: what choosing it does.
    """

    text: str
    note: str = ""
    keys: tuple[str, ...] = ()
    icon: str = ""
    swatch: str = ""
    is_possible: bool = True
    is_path: bool = False
    is_head: bool = False
    command: str = ""
    act: Callable[[], object] | None = None


class PaletteRows(QAbstractListModel):
    """The rows of a list, which may make each of them only when it is shown.

    Views get many a page at a time, as far as they are scrolled: a list view looks at every row that there is.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: Sequence[PaletteRow] = ()
        self._count = 0

    def show(self, rows: Sequence[PaletteRow]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = rows
        self._count = len(rows) if len(rows) <= _FEW else _PAGE
        self.endResetModel()

    def row_at(self, place: int) -> PaletteRow:
        """Return one row."""
        return self.rows[place]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else self._count

    def canFetchMore(self, parent: _Index) -> bool:
        return not parent.isValid() and self._count < len(self.rows)

    def fetchMore(self, parent: _Index) -> None:
        count = min(_PAGE, len(self.rows) - self._count)
        if parent.isValid() or count <= 0:
            return
        self.beginInsertRows(QModelIndex(), self._count, self._count + count - 1)
        self._count += count
        self.endInsertRows()

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if index.isValid() and self.rows[index.row()].is_head:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a row shows; text, note and keys are what screen readers say."""
        if not index.isValid():
            return None
        if role == ROW_ROLE:
            return self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.rows[index.row()].text
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            row = self.rows[index.row()]
            text = ", ".join(part for part in (row.text, row.note, *row.keys) if part)
            return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None


class PaletteRowDelegate(RowDelegate):
    """Paints the rows."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row: PaletteRow = index.data(ROW_ROLE)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.is_head:
            self._paint_head(painter, rect, row)
        else:
            self._paint_ground(painter, rect, option.state)
            is_chosen = QStyle.StateFlag.State_Selected in option.state
            self._paint_row(painter, rect.adjusted(_PADDING, 0, -_PADDING, 0), row, is_chosen)
        painter.restore()

    def _paint_head(self, painter: QPainter, rect: QRect, row: PaletteRow) -> None:
        font = QFont(painter.font())
        font.setPixelSize(HEAD_TEXT)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.colours.dim))
        inner = rect.adjusted(_PADDING, 6, -_PADDING, 0)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, row.text.upper())

    def _paint_ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        colours = self._theme.colours
        ground = None
        if QStyle.StateFlag.State_Selected in state:
            ground = colours.accent_ground
        elif QStyle.StateFlag.State_MouseOver in state:
            ground = colours.bg3
        if ground is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(QRectF(rect).adjusted(4, 0, -4, 0), 6, 6)

    def _paint_row(self, painter: QPainter, inner: QRect, row: PaletteRow, is_chosen: bool) -> None:
        colours = self._theme.colours
        left = inner.left()
        if row.swatch:
            paint_swatch(painter, left + (ICON - 10) // 2, inner.center().y(), row.swatch)
        elif row.icon:
            colour = colours.dim if row.is_possible else colours.faint
            ratio = painter.device().devicePixelRatio()
            pixmap = icon_pixmap(row.icon, colour, ICON, ratio)
            painter.drawPixmap(left, inner.center().y() - ICON // 2 + 1, pixmap)
        left += ICON + _GAP
        font = number_font(painter.font())
        right = inner.right()
        for key in reversed(row.keys):
            line = colours.faint if is_chosen else colours.line
            right -= key_width(painter.font(), key)
            box = key_box(painter.font(), right, inner.center().y(), key)
            paint_key(painter, box, key, line, colours.dim)
            right -= KEY_GAP
        metrics = QFontMetrics(font)
        painter.setFont(font)
        # The word has the room it needs; what belongs to it takes the rest.
        mode = Qt.TextElideMode.ElideMiddle if row.is_path else Qt.TextElideMode.ElideRight
        note = metrics.horizontalAdvance(row.note) + _GAP if row.note and row.is_path else 0
        text = metrics.elidedText(row.text, mode, right - left - note)
        painter.setPen(QColor(colours.text if row.is_possible else colours.faint))
        space = QRect(left, inner.top(), right - left, inner.height())
        painter.drawText(space, Qt.AlignmentFlag.AlignVCenter, text)
        if row.note:
            space.setLeft(left + metrics.horizontalAdvance(text) + _GAP)
            painter.setPen(QColor(colours.dim if row.is_possible else colours.faint))
            shown = metrics.elidedText(row.note, Qt.TextElideMode.ElideRight, space.width())
            side = Qt.AlignmentFlag.AlignRight if row.is_path else Qt.AlignmentFlag.AlignLeft
            painter.drawText(space, side | Qt.AlignmentFlag.AlignVCenter, shown)


def palette_list(theme: Theme, parent: QWidget) -> tuple[QListView, PaletteRows]:
    """Return an empty list and its rows."""
    view = QListView(parent)
    rows = PaletteRows(view)
    view.setModel(rows)
    view.setItemDelegate(PaletteRowDelegate(theme, view))
    view.setUniformItemSizes(True)
    view.setMouseTracking(True)
    view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view, rows
