"""Which frames are exported: of which task, in which state, in which subsets."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QMenu, QWidget

from annotator.project.frames.frame_selection import FrameSelection
from annotator.project.organisation import Task
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.widgets.parts import column, push_button, row, text_label
from annotator.ui.widgets.task_box import TaskBox

_LONGEST_NAME: Final = 80
_LONGEST_LIST: Final = 24


class ExportFrames(QWidget):
    """Conditions that a frame must all meet.

    `changed()` when other frames are meant, `tasks_changed()` when other tasks are.
    """

    changed = Signal()
    tasks_changed = Signal()

    def __init__(self, tasks: Sequence[Task], shown: Task, kept: FrameSelection) -> None:
        super().__init__()
        self._subsets = kept.subsets
        self.task = TaskBox(tasks, shown, offers_all=True)
        self.only_done = _tick(tr("Marked as done"), on=kept.only_done)
        self.only_completed = _tick(tr("In completed jobs"), on=kept.only_completed)
        self.only_labelled = _tick(tr("With annotations"), on=kept.only_labelled)
        self.subsets = push_button(tr("All subsets"))
        self.subsets.setAutoDefault(False)
        self.menu = QMenu(self.subsets)
        self.subsets.setMenu(self.menu)
        self.subsets.hide()
        self.text = text_label("", "dim", wraps=True)
        lines = column(self, gap=6)
        lines.addWidget(self.task)
        for box in (self.only_done, self.only_completed, self.only_labelled):
            box.toggled.connect(lambda _: self.changed.emit())
            lines.addWidget(box)
        line = row(gap=8)
        line.addWidget(self.subsets)
        line.addWidget(self.text, 1)
        lines.addLayout(line)
        self.task.chosen_changed.connect(self.tasks_changed)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks that are meant, none where the chosen one was removed."""
        return self.task.chosen

    @property
    def selection(self) -> FrameSelection:
        """The frames that are meant."""
        return FrameSelection(
            only_done=self.only_done.isChecked(),
            only_completed=self.only_completed.isChecked(),
            only_labelled=self.only_labelled.isChecked(),
            subsets=self._subsets,
        )

    def show_subsets(self, names: Sequence[str]) -> None:
        """Offer the subsets of the tasks; those that are gone are not meant any more."""
        if self._subsets is not None:
            self._subsets = (self._subsets & {"", *names}) or None
        self.menu.clear()
        for name in (None, *names, ""):
            action = self.menu.addAction(_subset_text(name).replace("&", "&&"))
            action.setData(name)
            action.setCheckable(True)
            action.triggered.connect(self._chooser(name))
        self.subsets.setVisible(bool(names))
        self._tick_subsets()

    def show_count(self, count: int, of: int) -> None:
        """Say how many frames are meant."""
        if count == of:
            text = tr_n("all, {count} frame", "all, {count} frames", of)
        else:
            text = tr_n(
                "{some} of {count} frame", "{some} of {count} frames", of, some=in_digits(count)
            )
        self.text.setText(text)

    def _chooser(self, name: str | None) -> Callable[[bool], None]:
        # A partial function would be called without the state.
        return lambda on: self._subset_chosen(name, on)

    def _subset_chosen(self, name: str | None, on: bool) -> None:
        if name is None:
            self._subsets = None
        else:
            others = (self._subsets or frozenset()) - {name}
            self._subsets = (others | {name} if on else others) or None
        self._tick_subsets()
        self.changed.emit()

    def _tick_subsets(self) -> None:
        chosen = self._subsets
        for action in self.menu.actions():
            name = action.data()
            action.setChecked(chosen is None if name is None else name in (chosen or ()))
        shown = [None] if chosen is None else sorted(chosen)
        text = tr(", ").join(map(_subset_text, shown))
        self.subsets.setText(text[:_LONGEST_LIST].replace("&", "&&"))


def _subset_text(name: str | None) -> str:
    if name is None:
        return tr("All subsets")
    return name[:_LONGEST_NAME] or tr("Without a subset")


def _tick(title: str, *, on: bool) -> QCheckBox:
    box = QCheckBox(title)
    box.setChecked(on)
    return box
