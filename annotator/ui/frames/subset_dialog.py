"""Which subset some frames are put into."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QWidget

from annotator.translation import tr, tr_n
from annotator.ui.widgets.parts import column, push_button, row, text_label

_WIDTH = 360
# What people call theirs, offered where nobody has named any.
_USUAL = ("train", "val", "test")


class SubsetDialog(QDialog):
    """A field with the subsets there are; `chosen(name)`, empty for none."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget, frames: int, known: Sequence[str]) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Put into a subset"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self.name = QComboBox()
        self.name.setEditable(True)
        self.name.setAccessibleName(tr("Subset"))
        self.name.addItems(list(dict.fromkeys((*known, *_USUAL))))
        field = self.name.lineEdit()
        assert field is not None
        field.setPlaceholderText(tr("Name of the subset"))
        field.selectAll()
        self.go = push_button(tr("Put there"), "primary")
        self.go.setDefault(True)
        self.none = push_button(tr("Take out of subsets"))
        self.none.setAutoDefault(False)
        cancel = push_button(tr("Cancel"))
        cancel.setAutoDefault(False)
        buttons = row()
        buttons.addWidget(self.none)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.go)
        lines = column(self, gap=12)
        lines.setContentsMargins(20, 20, 20, 16)
        said = tr_n("Subset of {count} frame", "Subset of {count} frames", frames)
        lines.addWidget(text_label(said, "dim"))
        lines.addWidget(self.name)
        lines.addLayout(buttons)
        self.name.editTextChanged.connect(self._show_go)
        self.go.clicked.connect(self._choose)
        self.none.clicked.connect(lambda: self._end(""))
        cancel.clicked.connect(self.reject)
        self._show_go()
        self.name.setFocus()

    def _show_go(self) -> None:
        self.go.setEnabled(bool(self.name.currentText().strip()))

    def _choose(self) -> None:
        self._end(self.name.currentText().strip())

    def _end(self, subset: str) -> None:
        self.accept()
        self.chosen.emit(subset)
