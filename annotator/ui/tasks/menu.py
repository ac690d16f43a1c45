"""The list under the name of the project: its tasks, and what can be done with the shown one."""

from collections.abc import Callable

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from annotator.project.organisation import Task
from annotator.translation import tr
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shown.session import Session

# Longer names are shortened, or the list would be wider than the window.
_LONGEST = 60


class TaskMenu(QMenu):
    """Filled each time when it is opened, so that it need not follow what happens meanwhile."""

    def __init__(
        self, session: Session, actions: ActionSet, show: Callable[[Task], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Tasks"))
        self.setToolTipsVisible(True)
        self._session = session
        self._actions = actions
        self._show = show
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        if not self._session.is_open:
            return
        group = QActionGroup(self)
        for task in self._session.project.tasks():
            short = task.name if len(task.name) <= _LONGEST else f"{task.name[: _LONGEST - 1]}…"
            action = self.addAction(short.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(task.id == self._session.task.id)
            action.setData(task.id)
            group.addAction(action)
            action.triggered.connect(lambda _checked=False, task=task: self._chosen(task))
        self.addSeparator()
        for command in ("file.new_task", "file.rename_task", "file.remove_task"):
            self.addAction(self._actions[command])

    def _chosen(self, task: Task) -> None:
        if task.id != self._session.task.id:
            self._show(task)
