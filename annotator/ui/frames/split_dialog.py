"""Splitting the frames of a task into subsets by ratio, with what each of them would get."""

from functools import partial
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner
from annotator.core.errors import AnnotatorError
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.tasks.subsets import Share, checked_shares, counts_of, plan_split, put_split
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.frames.watch import FramesWatch
from annotator.ui.look.theme import number_font
from annotator.ui.shown.session import Session
from annotator.ui.widgets.number_field import like_other_fields
from annotator.ui.widgets.parts import column, push_button, row, text_label
from annotator.ui.widgets.said_below import error_text

_WIDTH: Final = 440
_FIRST: Final = (("train", 80.0), ("val", 20.0))
_FURTHER: Final = ("test", "holdout")
_MOST_SHARES: Final = 12
_LARGEST: Final = 1_000_000_000


class _Line:
    """One subset: its name, its share, how many frames it gets, and a button that takes it away."""

    def __init__(self, name: str, ratio: float) -> None:
        self.name = QLineEdit(name)
        self.name.setAccessibleName(tr("Name of the subset"))
        self.ratio = QDoubleSpinBox()
        self.ratio.setAccessibleName(tr("Share"))
        self.ratio.setRange(0, 1_000_000)
        self.ratio.setDecimals(1)
        self.ratio.setValue(ratio)
        like_other_fields(self.ratio)
        self.count: QLabel = text_label("", "dim")
        self.count.setFont(number_font(self.count.font()))
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.remove = QToolButton()
        self.remove.setText("×")
        self.remove.setAccessibleName(tr("Remove this subset"))
        self.remove.setToolTip(tr("Remove this subset"))

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        return self.name, self.ratio, self.count, self.remove


class SplitDialog(QDialog):
    """Names and shares, a seed, and how many frames each subset would get. One step when it is done."""

    def __init__(
        self, parent: QWidget, session: Session, watch: FramesWatch, runner: BackgroundRunner
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Split into subsets"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._session = session
        self._watch = watch
        self._runner = runner
        self.lines: list[_Line] = []
        self._grid = _grid()
        self.add = push_button(tr("Add a subset"))
        self.add.setAutoDefault(False)
        self.seed = QSpinBox()
        self.seed.setRange(0, _LARGEST)
        like_other_fields(self.seed)
        self.seed.setAccessibleName(tr("Seed"))
        self.seed.setToolTip(tr("The same number gives the same split, on every machine."))
        self.only_without = QCheckBox(tr("Leave frames alone that are in a subset"))
        self.state = text_label("", "dim", wraps=True)
        self.go = push_button(tr("Split"), "primary")
        self.go.setDefault(True)
        self.cancel = push_button(tr("Cancel"))
        self.cancel.setAutoDefault(False)
        self._lay_out()
        for name, ratio in _FIRST:
            self._add_line(name, ratio)
        self.add.clicked.connect(self._add_further)
        self.only_without.toggled.connect(self._preview)
        self.go.clicked.connect(self._split)
        self.cancel.clicked.connect(self.reject)
        watch.changed.connect(self._preview)
        self._preview()
        self.lines[0].name.setFocus()

    @property
    def shares(self) -> list[Share]:
        """The subsets with their shares as they stand in the fields."""
        return [Share(line.name.text().strip(), line.ratio.value()) for line in self.lines]

    def _lay_out(self) -> None:
        add = row()
        add.addWidget(self.add)
        add.addStretch(1)
        seed = row()
        seed.addWidget(text_label(tr("Seed"), "dim"))
        seed.addWidget(self.seed)
        seed.addStretch(1)
        buttons = row()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        whole = column(self, gap=12)
        whole.setContentsMargins(20, 20, 20, 16)
        whole.addLayout(self._grid)
        whole.addLayout(add)
        whole.addLayout(seed)
        whole.addWidget(self.only_without)
        whole.addWidget(self.state)
        whole.addLayout(buttons)

    def _add_further(self) -> None:
        taken = {line.name.text().strip() for line in self.lines}
        name = next((name for name in _FURTHER if name not in taken), "")
        self._add_line(name, 10.0)
        self.lines[-1].name.setFocus()
        self._preview()

    def _add_line(self, name: str, ratio: float) -> None:
        line = _Line(name, ratio)
        self.lines.append(line)
        at = self._grid.rowCount()
        for place, widget in enumerate(line.widgets):
            self._grid.addWidget(widget, at, place)
        line.name.textChanged.connect(self._preview)
        line.ratio.valueChanged.connect(self._preview)
        line.remove.clicked.connect(partial(self._remove_line, line))
        self._order()

    def _order(self) -> None:
        """Let Tab go through the fields as they stand."""
        order: list[QWidget] = []
        for line in self.lines:
            order += [line.name, line.ratio, line.remove]
        order += [self.add, self.seed, self.only_without, self.cancel, self.go]
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _remove_line(self, line: _Line) -> None:
        self.lines.remove(line)
        for widget in line.widgets:
            self._grid.removeWidget(widget)
            widget.deleteLater()
        self._preview()

    def _preview(self, *_changed: object) -> None:
        """Say how many frames each subset gets, or why none can."""
        table = self._watch.table
        for line in self.lines:
            line.remove.setEnabled(len(self.lines) > 1)
            line.count.setText("")
        self.add.setEnabled(len(self.lines) < _MOST_SHARES)
        self.go.setEnabled(False)
        if table is None:
            self._say(tr("The frames are being read…"))
            return
        taken = len(table)
        if self.only_without.isChecked():
            taken = int(table.in_subsets([""]).sum())
        try:
            counts = counts_of(checked_shares(self.shares), taken)
        except AnnotatorError as error:
            self._say(error_text(error), "bad")
            return
        for line, count in zip(self.lines, counts, strict=True):
            line.count.setText(in_digits(count))
        kept = len(table) - taken
        self._say(
            tr_n(
                "{count} frame is put into a subset.", "{count} frames are put into subsets.", taken
            )
            + (
                " " + tr_n("{count} stays where it is.", "{count} stay where they are.", kept)
                if kept
                else ""
            )
        )
        self.go.setEnabled(taken > 0)

    def _say(self, text: str, look: str = "dim") -> None:
        self.state.setObjectName(look)
        self.state.style().polish(self.state)
        self.state.setText(text)

    def _split(self) -> None:
        project = self._session.project
        work = partial(
            _split,
            project,
            self._session.task,
            self.shares,
            self.seed.value(),
            self.only_without.isChecked(),
        )
        self._runner.start(tr("Splitting into subsets"), work, uses=project, must_finish=True)
        self.accept()


def _grid() -> QGridLayout:
    """The heads of the columns; a line for each subset comes below them."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(0, 1)
    grid.setColumnMinimumWidth(2, 72)
    for place, title in enumerate((tr("Subset"), tr("Share"), tr("Frames"))):
        head = text_label(title, "dim")
        if place == 2:
            head.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(head, 0, place)
    return grid


def _split(
    project: Project,
    task: Task,
    shares: list[Share],
    seed: int,
    only_without: bool,
    progress: Progress,
) -> None:
    plan = plan_split(
        project, task, shares, seed=seed, only_without=only_without, progress=progress
    )
    put_split(project, task, plan, progress)
