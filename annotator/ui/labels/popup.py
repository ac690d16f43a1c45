"""Choosing a label by typing, without leaving the canvas."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from annotator.core.labels import Label
from annotator.translation import tr
from annotator.ui.fuzzy import ranked
from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import ROW
from annotator.ui.widgets.label_rows import LabelRow, LabelRows, label_list
from annotator.ui.widgets.parts import column, text_label

_WIDTH: Final = 300
_MOST_ROWS: Final = 8
_MARGIN: Final = 12


class LabelPopup(QFrame):
    """A field and the labels that match what is typed; a name that no label has makes a new one.

    Signals: `picked(label id)`, `named(text)` for a new label, `dismissed()` where neither was chosen.
    """

    picked = Signal(object)
    named = Signal(str)
    dismissed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.room = parent
        self.setObjectName("popup")
        self._labels: tuple[Label, ...] = ()
        self._keys: Mapping[int, str] = {}
        self._refused: Mapping[str, str] = {}
        self._prompt = text_label("", "dim")
        self.field = QLineEdit()
        self.field.setAccessibleName(tr("Label"))
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list = label_list(theme, self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(tr("Labels that are found"))
        self.list.clicked.connect(self._choose)
        model = self.list.model()
        assert isinstance(model, LabelRows)
        self._rows = model
        lines = column(self, gap=6)
        lines.setContentsMargins(8, 8, 8, 8)
        lines.addWidget(self._prompt)
        lines.addWidget(self.field)
        lines.addWidget(self.list)
        self.setFixedWidth(_WIDTH)
        self.hide()

    def ask(
        self,
        prompt: str,
        labels: tuple[Label, ...],
        keys: Mapping[int, str],
        at: QPoint | None = None,
        refused: Mapping[str, str] | None = None,
    ) -> None:
        """Open with the labels to choose from; at: where in the parent, its upper middle if not given.

        refused: names that are taken by labels which cannot be chosen here, each with the reason in few words.
        """
        self._labels, self._keys, self._refused = labels, keys, refused or {}
        self._prompt.setText(prompt)
        self.field.setPlaceholderText(
            tr("Type a label") if labels else tr("Name of the first label")
        )
        self.field.clear()
        self._filter("")
        self._place(at)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_quietly(self) -> None:
        """Close without a choice and without telling."""
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter chooses, Esc closes, the arrows move in the list; leaving the field closes."""
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            if not self.isActiveWindow():
                return False  # another window has the focus: this is still open when the user comes back
            self.hide()  # the focus stays where it went
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _key(self, key: Qt.Key) -> bool:
        current = self.list.currentIndex().row()
        last = self._rows.rowCount() - 1
        match key:
            case Qt.Key.Key_Escape:
                self._dismiss()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if self.list.currentIndex().isValid():
                    self._choose(self.list.currentIndex())
            case Qt.Key.Key_Down:
                self._go_to(min(last, current + 1))
            case Qt.Key.Key_Up:
                self._go_to(max(0, current - 1))
            case _:
                return False
        return True

    def _filter(self, text: str) -> None:
        name = text.strip().removeprefix("#").strip()
        found = [self._labels[i] for i in ranked(name, [label.name for label in self._labels])]
        rows = [
            LabelRow(label.id, label.name, label.colour, self._keys.get(label.id, ""))
            for label in found
        ]
        if name in self._refused:
            rows.append(LabelRow(None, name, "", note=self._refused[name]))
        elif name and all(label.name != name for label in self._labels):
            rows.append(LabelRow(None, tr("Create “{name}”", name=name), "", note=tr("new")))
        self._rows.show(rows)
        self.list.setVisible(bool(rows))
        height = ROW * min(_MOST_ROWS, max(1, len(rows)))
        self.list.setFixedHeight(height + 2 * self.list.frameWidth())
        self.adjustSize()
        self._go_to(0)

    def _go_to(self, place: int) -> None:
        index = self._rows.index(place)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _choose(self, index: QModelIndex) -> None:
        row = self._rows.row_at(index)
        name = self.field.text().strip().removeprefix("#").strip()
        if row.label is None and name in self._refused:
            return  # the row says why
        self.hide()
        if row.label is not None:
            self.picked.emit(row.label)
        else:
            self.named.emit(name)

    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()

    def _place(self, at: QPoint | None) -> None:
        room = self.room.rect()
        self.adjustSize()
        if at is None:
            at = QPoint((room.width() - self.width()) // 2, 56)
        left = min(max(_MARGIN, at.x()), max(_MARGIN, room.width() - self.width() - _MARGIN))
        tallest = self.height() + ROW * _MOST_ROWS
        top = min(max(_MARGIN, at.y()), max(_MARGIN, room.height() - tallest - _MARGIN))
        self.move(left, top)
