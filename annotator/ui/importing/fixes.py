"""What can be done about the selected rows of an import's report: frames and labels."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QFrame, QLineEdit, QPushButton, QWidget

from annotator.core.labels import LabelSchema
from annotator.formats.label_names import flat_names
from annotator.project.organisation import Frame
from annotator.translation import tr, tr_n
from annotator.ui.importing.rows import FrameRow, LabelRow
from annotator.ui.widgets.elided_box import ElidedBox
from annotator.ui.widgets.parts import push_button, row

# In place of an id: let names and numbers decide.
AS_FOUND: Final = ""

_MOST_OFFERED: Final = 50
_LONGEST_NAME: Final = 80


class FrameFix(QFrame):
    """Says which frame of the task a frame of the dataset is. `chosen(what)`: an id, None, or AS_FOUND.

    find: returns frames whose names fit some letters, the best first.
    """

    chosen = Signal(object)

    def __init__(self, find: Callable[[str], Sequence[Frame]]) -> None:
        super().__init__()
        self._find = find
        self._row: FrameRow | None = None
        self._offered: Sequence[Frame] = ()
        self.field = _OfferingField()
        self.field.setAccessibleName(tr("Frame of the task"))
        self.field.setMinimumWidth(300)
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.field.setCompleter(completer)
        self.use = push_button(tr("Use this frame"))
        self.skip = push_button(tr("Leave out"))
        self.reset = push_button(tr("As found"))
        fill_bar(self, self.field, self.use, self.skip, self.reset)
        completer.activated.connect(lambda _: self._use())
        self.field.textEdited.connect(self._typed)
        self.field.returnPressed.connect(self._use)
        self.use.clicked.connect(self._use)
        self.skip.clicked.connect(lambda: self.chosen.emit(None))
        self.reset.clicked.connect(lambda: self.chosen.emit(AS_FOUND))
        self.show_row(None)

    def show_row(self, one: FrameRow | None) -> None:
        """Show what is known of a row; nothing can be done where none is selected."""
        self._row = one
        self.setEnabled(one is not None)
        candidates = () if one is None else one.candidates
        self._offer(candidates)
        self.field.setText(one.target if one is not None and one.tone == "" else "")
        if candidates:
            text = tr_n(
                "It may be {count} frame; Down lists it",
                "It may be {count} frames; Down lists them",
                len(candidates),
            )
        else:
            text = tr("Type a name to find the frame")
        self.field.setPlaceholderText(text)

    def _typed(self, text: str) -> None:
        if text.strip():
            self._offer(self._find(text))
        else:
            self._offer(self._row.candidates if self._row else ())

    def _offer(self, frames: Sequence[Frame]) -> None:
        self._offered = frames[:_MOST_OFFERED]
        self._names.setStringList([one.name for one in self._offered])

    def _use(self) -> None:
        name = self.field.text().strip()
        fitting = [one for one in (*self._offered, *self._find(name)) if one.name == name]
        if not fitting and len(self._offered) == 1:
            fitting = list(self._offered)
        if name and fitting:
            self.chosen.emit(fitting[0].id)


class _OfferingField(QLineEdit):
    """A field whose offers are shown by Down as well, before anything is typed."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        completer = self.completer()
        if event.key() == Qt.Key.Key_Down and completer is not None:
            completer.complete()
        else:
            super().keyPressEvent(event)


class LabelFix(QFrame):
    """Says what happens to labels of the dataset. `chosen(names, what)`: a label's id, None, or AS_FOUND."""

    chosen = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[LabelRow] = ()
        self._choices: Mapping[str, int | None] = {}
        self.target = ElidedBox()
        self.target.setAccessibleName(tr("What happens to the selected labels"))
        self.target.setMinimumWidth(340)
        self.target.setMaxVisibleItems(16)
        self.target.activated.connect(self._choose)
        fill_bar(self, self.target)

    def show_labels(self, known: LabelSchema, choices: Mapping[str, int | None]) -> None:
        """Offer the labels of the project. choices: those that were made, by names in the dataset."""
        self._choices = choices
        self.target.clear()
        self.target.addItem(tr("By its name; new where there is none"), AS_FOUND)
        self.target.addItem(tr("Leave out"), None)
        names = flat_names(known)
        for label in known:
            self.target.addItem(names[label.id][:_LONGEST_NAME], label.id)

    def show_rows(self, rows: Sequence[LabelRow]) -> None:
        """Show what was chosen for the first of some rows; nothing can be done where none is selected."""
        self._rows = rows
        self.setEnabled(bool(rows))
        wanted: int | str | None = AS_FOUND
        if rows:
            wanted = self._choices.get(rows[0].name, AS_FOUND)
        places = range(self.target.count())
        found = (place for place in places if self.target.itemData(place) == wanted)
        self.target.setCurrentIndex(next(found, 0))

    def _choose(self, place: int) -> None:
        if self._rows:
            self.chosen.emit([one.name for one in self._rows], self.target.itemData(place))


def fill_bar(bar: QFrame, *widgets: QWidget) -> None:
    """Put widgets side by side, at the left."""
    line = row(bar, gap=8)
    for widget in widgets:
        if isinstance(widget, QPushButton):
            widget.setAutoDefault(False)
        line.addWidget(widget)
    line.addStretch(1)
