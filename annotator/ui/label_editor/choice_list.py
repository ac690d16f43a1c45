"""The values of an attribute as a list to edit: change, add, delete, put in another order."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListWidget, QListWidgetItem, QWidget

from annotator.core.label_draft import ChoiceDraft
from annotator.translation import tr
from annotator.ui.widgets.deleting import deletes
from annotator.ui.widgets.parts import column, push_button, row

_ROW: Final = 26
_MOST_ROWS: Final = 8
# Which of the choices that were listed a row was made of: it stands for what is stored, whatever its text becomes.
_NUMBER: Final = Qt.ItemDataRole.UserRole


class ReorderList(QListWidget):
    """A list in whose place rows are dragged, or moved by Alt and the arrows. `moved()`, `delete_wanted()`."""

    moved = Signal()
    delete_wanted = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("listField")
        self.setAccessibleName(name)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.model().rowsMoved.connect(lambda *_: self.moved.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if alt and step:
            self._step(step)
        elif deletes(event) and self.currentRow() >= 0:
            self.delete_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _step(self, direction: int) -> None:
        place = self.currentRow()
        target = place + direction
        if place < 0 or not 0 <= target < self.count():
            return
        item = self.takeItem(place)
        self.insertItem(target, item)
        self.setCurrentRow(target)
        self.moved.emit()

    def fit(self) -> None:
        """Be as high as the rows, within reason."""
        rows = max(1, min(_MOST_ROWS, self.count()))
        self.setFixedHeight(rows * _ROW + 6)


class ChoiceList(QWidget):
    """`edited(choices)`: a tuple of drafts, each with what it was stored as."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._is_filling = False
        self._listed: list[ChoiceDraft] = []
        self.list = ReorderList(tr("Values"))
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Add a value; several pasted lines are several values"))
        self.field.setAccessibleName(tr("Add a value"))
        self.field.installEventFilter(self)
        self.delete = push_button(tr("Delete"))
        self.delete.setAccessibleName(tr("Delete the value"))
        line = row(gap=8)
        line.addWidget(self.field, 1)
        line.addWidget(self.delete)
        lines = column(self, gap=6)
        lines.addWidget(self.list)
        lines.addLayout(line)
        self.list.itemChanged.connect(lambda _: self._tell())
        self.list.moved.connect(self._tell)
        self.list.delete_wanted.connect(self._delete)
        self.delete.clicked.connect(self._delete)

    @property
    def choices(self) -> tuple[ChoiceDraft, ...]:
        """The values as they are listed."""
        items = [self.list.item(place) for place in range(self.list.count())]
        return tuple(replace(self._listed[item.data(_NUMBER)], text=item.text()) for item in items)

    def show_choices(self, choices: tuple[ChoiceDraft, ...]) -> None:
        """List values."""
        if choices == self.choices:
            self.list.fit()
            return
        self._is_filling = True
        self.list.clear()
        self._listed.clear()
        for choice in choices:
            self._append(choice)
        self._is_filling = False
        self.list.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter adds a value and does not press the button of the window; a paste may bring many.

        What was typed and not entered is a value as well, when the field is left.
        """
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            if event.reason() != Qt.FocusReason.PopupFocusReason:  # its menu
                self.take_typed()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.add(self.field.text().splitlines())
                return True
            pasted = QGuiApplication.clipboard().text()
            if event.matches(QKeySequence.StandardKey.Paste) and "\n" in pasted.strip():
                self.add(pasted.splitlines())
                return True
        return super().eventFilter(watched, event)

    def take_typed(self) -> None:
        """Add what was typed and not entered; the row that is chosen stays so, for a button is perhaps pressed."""
        if self.field.text():
            place = self.list.currentRow()
            self.add(self.field.text().splitlines())
            self.list.setCurrentRow(place)

    def add(self, texts: Iterable[str]) -> None:
        """Add values that are not there yet."""
        known = {choice.text for choice in self.choices}
        new = [text.strip() for text in texts if text.strip()]
        self.field.clear()
        added = [text for text in dict.fromkeys(new) if text not in known]
        if not added:
            return
        self._is_filling = True
        for text in added:
            self._append(ChoiceDraft(text))
        self._is_filling = False
        self.list.fit()
        self.list.setCurrentRow(self.list.count() - 1)
        self._tell()

    def _append(self, choice: ChoiceDraft) -> None:
        self.list.addItem(_item(choice.text, len(self._listed)))
        self._listed.append(choice)

    def _delete(self) -> None:
        place = self.list.currentRow()
        if place >= 0:
            self.list.takeItem(place)
            self.list.fit()
            self._tell()

    def _tell(self) -> None:
        if not self._is_filling:
            self.edited.emit(self.choices)


def _item(text: str, number: int) -> QListWidgetItem:
    item = QListWidgetItem(text)
    item.setData(_NUMBER, number)
    item.setFlags(
        Qt.ItemFlag.ItemIsSelectable
        | Qt.ItemFlag.ItemIsEnabled
        | Qt.ItemFlag.ItemIsEditable
        | Qt.ItemFlag.ItemIsDragEnabled
    )
    return item
