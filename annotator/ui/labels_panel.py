"""The labels of the project, and a field that adds one."""

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from annotator.project.changes import Change
from annotator.ui.label_choice import LabelChoice
from annotator.ui.label_control import LabelControl
from annotator.ui.label_keys import label_digits
from annotator.ui.label_rows import LabelRow, LabelRows, label_list
from annotator.ui.parts import column, text_label
from annotator.ui.session import Session
from annotator.ui.theme import Theme

_EMPTY = "No label yet. Type the name of the first one below; drawings get it from then on."


class LabelsPanel(QWidget):
    """Colour, name, digit and number of annotations of each label; a click draws with it next."""

    count_changed = Signal()

    def __init__(
        self, theme: Theme, session: Session, choice: LabelChoice, control: LabelControl
    ) -> None:
        super().__init__()
        self._session = session
        self._control = control
        self.list = label_list(theme, self)
        self.list.setAccessibleName("Labels")
        self.list.setSelectionMode(self.list.SelectionMode.NoSelection)
        self.list.clicked.connect(self._use)
        self.list.activated.connect(self._use)
        model = self.list.model()
        assert isinstance(model, LabelRows)
        self.rows = model
        self.empty = text_label(_EMPTY, "dim", wraps=True)
        self.empty.setContentsMargins(12, 12, 12, 0)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Add label")
        self.field.setAccessibleName("Add label")
        self.field.returnPressed.connect(self._add)
        lines = column(self, gap=0)
        lines.addWidget(self.empty)
        lines.addWidget(self.list, 1)
        lines.addStretch(0)
        foot = column(gap=0)
        foot.setContentsMargins(8, 8, 8, 8)
        foot.addWidget(self.field)
        lines.addLayout(foot)
        # The counters are asked once after a row of changes.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(120)
        self._soon.timeout.connect(self._show)
        session.opened.connect(self._show)
        session.changed.connect(self._changed)
        choice.changed.connect(self._show)

    @property
    def count(self) -> int:
        """How many labels there are."""
        return self.rows.rowCount()

    def _changed(self, change: Change) -> None:
        if change.labels:
            self._show()
        elif change.annotations:
            self._soon.start()

    def _show(self) -> None:
        if not self._session.is_open:
            self.rows.show(())
            return
        labels = self._session.labels
        counts = self._session.project.label_counts()
        keys = {label_id: digit for digit, label_id in label_digits(labels).items()}
        following = self._control.next_label
        self.rows.show(
            [
                LabelRow(
                    label.id,
                    label.name,
                    label.colour,
                    keys.get(label.id, ""),
                    f"{counts.get(label.id, 0):,}",
                    is_next=following is not None and following.id == label.id,
                )
                for label in labels
            ]
        )
        self.empty.setVisible(not len(labels))
        self.field.setEnabled(self._session.is_writable)
        self.count_changed.emit()

    def _use(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index)
        if row.label is not None:
            self._control.use(row.label)

    def _add(self) -> None:
        name = self.field.text().strip()
        if name and self._control.create(name) is not None:
            self.field.clear()
