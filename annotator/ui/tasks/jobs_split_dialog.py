"""Splitting a job into jobs of so many frames each."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QSpinBox, QWidget

from annotator.project.tasks.job_ranges import MOST_JOBS
from annotator.translation import tr, tr_n
from annotator.ui.widgets.number_field import like_other_fields
from annotator.ui.widgets.parts import column, push_button, row, text_label

_WIDTH = 340
# As many as a person looks through in an hour or two.
_USUAL = 200


class SplitJobDialog(QDialog):
    """How many frames each job gets, and how many jobs that makes; `chosen(frames)`."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget, frames: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Split a job"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._frames = frames
        self.each = QSpinBox()
        like_other_fields(self.each)
        self.each.setAccessibleName(tr("Frames in each job"))
        self.each.setRange(-(-frames // MOST_JOBS), frames - 1)
        self.each.setValue(min(_USUAL, (frames + 1) // 2))
        self.preview = text_label("", "dim", wraps=True)
        go, cancel = push_button(tr("Split"), "primary"), push_button(tr("Cancel"))
        go.setDefault(True)
        cancel.setAutoDefault(False)
        form = QFormLayout()
        form.addRow(text_label(tr("Frames in each job"), "dim"), self.each)
        buttons = row()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(go)
        lines = column(self, gap=12)
        lines.setContentsMargins(20, 20, 20, 16)
        lines.addLayout(form)
        lines.addWidget(self.preview)
        lines.addLayout(buttons)
        self.each.valueChanged.connect(self._show)
        go.clicked.connect(self._choose)
        cancel.clicked.connect(self.reject)
        self._show()

    def _show(self) -> None:
        each = self.each.value()
        jobs, rest = -(-self._frames // each), self._frames % each
        text = tr_n("That makes {count} job.", "That makes {count} jobs.", jobs)
        if rest:
            text += " " + tr_n(
                "The last one has {count} frame.", "The last one has {count} frames.", rest
            )
        self.preview.setText(text)

    def _choose(self) -> None:
        self.accept()
        self.chosen.emit(self.each.value())
