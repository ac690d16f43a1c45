"""The tasks of a project to choose from, as they are now."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal

from annotator.project.organisation import Task
from annotator.translation import tr
from annotator.ui.widgets.elided_box import ElidedBox

_LONGEST_NAME: Final = 80


class TaskBox(ElidedBox):
    """One task, or all of them where that is offered. `chosen_changed()` when somebody chooses another one.

    A chosen task that is removed leaves nothing chosen, and is chosen again when it comes back.
    """

    chosen_changed = Signal()

    def __init__(self, tasks: Sequence[Task], shown: Task, *, offers_all: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(tr("Task"))
        self._offers_all = offers_all
        self._tasks: tuple[Task, ...] = ()
        # None for all.
        self._wanted: Task | None = shown
        self.show_tasks(tasks)
        self.currentIndexChanged.connect(self._choose)

    @property
    def chosen(self) -> tuple[Task, ...]:
        """The tasks that are meant, none where the chosen one was removed."""
        place = self.currentIndex()
        if place < 0:
            return ()
        return (self._tasks[place],) if place < len(self._tasks) else self._tasks

    @property
    def gone(self) -> Task | None:
        """The chosen task if it is not there any more."""
        return None if self.holds(self._wanted) else self._wanted

    def holds(self, task: Task | None) -> bool:
        """Whether a task is still there; None, which is all of them, always is."""
        return task is None or any(one.id == task.id for one in self._tasks)

    def show_tasks(self, tasks: Sequence[Task]) -> None:
        """Show other tasks, without telling of it."""
        self._tasks = tuple(tasks)
        self.blockSignals(True)
        self.clear()
        for one in self._tasks:
            self.addItem(one.name[:_LONGEST_NAME])
        if self._offers_all and len(self._tasks) > 1:
            self.addItem(tr("All tasks"))
        wanted = self._wanted
        ids = [one.id for one in self._tasks]
        if wanted is None:
            self.setCurrentIndex(self.count() - 1)
        else:
            self.setCurrentIndex(ids.index(wanted.id) if wanted.id in ids else -1)
        self.blockSignals(False)

    def _choose(self, place: int) -> None:
        if place >= 0:
            self._wanted = self._tasks[place] if place < len(self._tasks) else None
            self.chosen_changed.emit()


def gone_text(task: Task) -> str:
    """Return what is said where a task was chosen that was removed since."""
    return tr(
        "{task} was removed from the project; choose another task.", task=task.name[:_LONGEST_NAME]
    )
