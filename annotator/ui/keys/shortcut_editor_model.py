"""The commands with their keys as a table."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from annotator.commands import COMMANDS, Command
from annotator.keys.maps import Keys
from annotator.keys.user_keys import UserKeys
from annotator.translation import tr
from annotator.ui.fuzzy import ranked
from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import ROW
from annotator.ui.shell.action_set import native_key
from annotator.ui.widgets.key_boxes import KEY_GAP, key_box, key_width, paint_key

COMMAND_ROLE: Final = Qt.ItemDataRole.UserRole
KEYS_ROLE: Final = COMMAND_ROLE + 1
NOTE_ROLE: Final = COMMAND_ROLE + 2
_PADDING: Final = 12
_MARK: Final = 6

_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns of the table."""

    COMMAND = 0
    KEYS = 1
    STANDARD = 2


class KeysModel(QAbstractTableModel):
    """Every command that a search lets through, in the order of the menus."""

    def __init__(self, keys: UserKeys, parent: QObject) -> None:
        super().__init__(parent)
        self._keys = keys
        self._titles = (tr("Command"), tr("Keys"), tr("Usual keys"))
        self._rows: Sequence[Command] = COMMANDS
        self._words = [f"{tr(c.title)} {tr(c.group)} {c.title} {c.id}" for c in COMMANDS]

    def search(self, text: str, key: str = "") -> None:
        """Show only the commands whose name matches, and that have a key, where one is given."""
        self.beginResetModel()
        found = (COMMANDS[place] for place in ranked(text, self._words))
        self._rows = [command for command in found if self._has(command, key)]
        self.endResetModel()

    def refresh(self) -> None:
        """Show keys that have changed."""
        if self._rows:
            last = self.index(len(self._rows) - 1, Column.STANDARD)
            self.dataChanged.emit(self.index(0, 0), last)

    def row_of(self, command_id: str) -> int | None:
        """Return the row of a command, or None where the search hides it."""
        rows = (row for row, command in enumerate(self._rows) if command.id == command_id)
        return next(rows, None)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._titles[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows; screen readers hear keys as words."""
        if not index.isValid():
            return None
        command = self._rows[index.row()]
        column = Column(index.column())
        if role == COMMAND_ROLE:
            return command
        if role == KEYS_ROLE:
            return self._shown_keys(command, column)
        if role == NOTE_ROLE:
            return self._note(command, column)
        if role == Qt.ItemDataRole.DisplayRole:
            if column is Column.COMMAND:
                return tr(command.title)
            return ", ".join(native_key(key) for key in self._shown_keys(command, column))
        if role == Qt.ItemDataRole.ToolTipRole and column is Column.COMMAND:
            return tr(command.help) if command.help else None
        return None

    def is_changed(self, command: Command) -> bool:
        """Whether the person gave a command other keys."""
        return self._keys.is_changed(command.id)

    def _shown_keys(self, command: Command, column: Column) -> Keys:
        match column:
            case Column.KEYS:
                return self._keys.of(command.id)
            case Column.STANDARD:
                return self._keys.standard(command.id)
            case Column.COMMAND:
                return ()

    def _note(self, command: Command, column: Column) -> str:
        """The group beside the title; beside the keys, who has one that the command should have."""
        if column is Column.COMMAND:
            return tr(command.group)
        if column is not Column.KEYS:
            return ""
        clash = next((one for one in self._keys.clashes if one.loser == command.id), None)
        if clash is None:
            return ""
        winner = next(one for one in COMMANDS if one.id == clash.winner)
        return tr("{key} belongs to “{command}”", key=clash.key, command=tr(winner.title))

    def _has(self, command: Command, key: str) -> bool:
        return not key or key in self._keys.of(command.id)


class KeysDelegate(QStyledItemDelegate):
    """Paints names with their group, and keys as small boxes."""

    def __init__(self, theme: Theme, model: KeysModel, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colours = self._theme.colours
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if QStyle.StateFlag.State_Selected in state:
            painter.fillRect(rect, QColor(colours.accent_ground))
        inner = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        if index.column() == Column.COMMAND:
            self._paint_command(painter, inner, index)
        else:
            self._paint_keys(painter, inner, index, QStyle.StateFlag.State_Selected in state)
        painter.restore()

    def _paint_command(self, painter: QPainter, inner: QRect, index: _Index) -> None:
        colours = self._theme.colours
        is_changed = self._model.is_changed(index.data(COMMAND_ROLE))
        if is_changed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent))
            middle = inner.center().y() + 1
            painter.drawEllipse(inner.left() - 2, middle - _MARK // 2, _MARK, _MARK)
        inner = inner.adjusted(_MARK + 6, 0, 0, 0)
        font = QFont(painter.font())
        font.setWeight(QFont.Weight.DemiBold if is_changed else QFont.Weight.Normal)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        title = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, inner.width())
        painter.setPen(QColor(colours.text))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, title)
        rest = inner.adjusted(metrics.horizontalAdvance(title) + 8, 0, 0, 0)
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(colours.dim))
        note = QFontMetrics(font).elidedText(
            index.data(NOTE_ROLE), Qt.TextElideMode.ElideRight, rest.width()
        )
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, note)

    def _paint_keys(
        self, painter: QPainter, inner: QRect, index: _Index, is_selected: bool
    ) -> None:
        colours = self._theme.colours
        is_now = index.column() == Column.KEYS
        line = colours.faint if is_selected else colours.line
        left = inner.left()
        for key in index.data(KEYS_ROLE):
            text = native_key(key)
            width = key_width(painter.font(), text)
            if left + width > inner.right():
                break
            colour = colours.text if is_now else colours.dim
            box = key_box(painter.font(), left, inner.center().y(), text)
            paint_key(painter, box, text, line, colour)
            left += width + KEY_GAP
        note = index.data(NOTE_ROLE)
        if note:
            painter.setPen(QColor(colours.warn))
            rest = QRect(left, inner.top(), inner.right() - left, inner.height())
            shown = painter.fontMetrics().elidedText(
                note, Qt.TextElideMode.ElideRight, rest.width()
            )
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, shown)
