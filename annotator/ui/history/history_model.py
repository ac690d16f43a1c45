"""The steps of the open project as rows, the newest first."""

from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from annotator.project.moments import moment_of
from annotator.project.storage.history import Step
from annotator.project.storage.store import USER
from annotator.translation import tr
from annotator.ui.shown.session import Session
from annotator.ui.widgets.plain_tips import plain_tip
from annotator.ui.widgets.said_below import said_below

STEP_ROLE: Final = Qt.ItemDataRole.UserRole
# The name of the frame on which a person did it; empty where that is none, or its title has it already.
FRAME_ROLE: Final = Qt.ItemDataRole.UserRole + 1
_AT_ONCE: Final = 200
# Names of frames are read with those of so many steps around.
_PAGE: Final = 64

_Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractListModel):
    """One row for each step; older ones are read when the list is scrolled to its end."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._steps: list[Step] = []
        self._has_more = False
        self._frames: dict[int, str] = {}
        session.opened.connect(self._frames.clear)

    def fill(self) -> None:
        """Read the newest steps anew, as many as were read before."""
        wanted = max(_AT_ONCE, len(self._steps))
        steps = self._session.project.history(limit=wanted) if self._session.is_open else []
        if steps == self._steps:
            return
        new = [one.id for one in steps]
        known = [one.id for one in self._steps]
        self._has_more = len(steps) == wanted
        if new and new == known:
            # States have changed, such as by an undo: the selection and the place in the list stay.
            self._steps = steps
            self.dataChanged.emit(self.index(0), self.index(len(steps) - 1))
            return
        self.beginResetModel()
        self._steps = steps
        self.endResetModel()

    def step_at(self, row: int) -> Step | None:
        """Return the step of a row, or None."""
        return self._steps[row] if 0 <= row < len(self._steps) else None

    def row_of(self, step_id: int) -> int | None:
        """Return the row of a step that was read, or None."""
        return next((row for row, step in enumerate(self._steps) if step.id == step_id), None)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many steps were read."""
        return 0 if parent.isValid() else len(self._steps)

    def canFetchMore(self, parent: _Index) -> bool:
        """Whether there are older steps."""
        return not parent.isValid() and self._has_more and self._session.is_open

    def fetchMore(self, parent: _Index) -> None:
        """Read older steps."""
        older = self._session.project.history(before=self._steps[-1].id, limit=_AT_ONCE)
        self._has_more = len(older) == _AT_ONCE
        if older:
            end = len(self._steps)
            self.beginInsertRows(QModelIndex(), end, end + len(older) - 1)
            self._steps += older
            self.endInsertRows()

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a row shows; its text is what screen readers say."""
        step = self.step_at(index.row()) if index.isValid() else None
        if step is None:
            return None
        if role == STEP_ROLE:
            return step
        title = said_below(step.title)
        if role == FRAME_ROLE:
            return self._frame_of(step, index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            frame = self._frame_of(step, index.row())
            return ", ".join(filter(None, (title, frame, state_text(step), time_text(step))))
        if role == Qt.ItemDataRole.ToolTipRole:
            when = f"{made_at(step):%Y-%m-%d %H:%M:%S}"
            lines = (title, self._frame_of(step, index.row()), when)
            return plain_tip("\n".join(filter(None, lines)))
        return None

    def _frame_of(self, step: Step, row: int) -> str:
        """The name of the frame on which a step was done; those of its neighbours are read with it."""
        if step.frame is None or step.author != USER or not self._session.is_open:
            return ""
        if step.frame not in self._frames:
            around = self._steps[max(0, row - _PAGE // 2) : row + _PAGE]
            ids = {one.frame for one in around if one.frame is not None} - self._frames.keys()
            found = self._session.project.names_of(ids)
            self._frames |= {one: found.get(one, "") for one in ids}
        name = self._frames[step.frame]
        return "" if name in step.title else name


def made_at(step: Step) -> datetime:
    """Return when a step was made, in local time."""
    return moment_of(step.made_at_ms).astimezone()


def time_text(step: Step) -> str:
    """Return the time of a step of today, the date of an older one."""
    made = made_at(step)
    today = made.date() == datetime.now().astimezone().date()
    return f"{made:%H:%M}" if today else f"{made:%Y-%m-%d}"


def state_text(step: Step) -> str:
    """Return what is to be said of a step that is not simply done; empty where it is."""
    if step.state == "complete":
        return tr("sealed") if step.is_sealed else ""
    return {
        "open": tr("unfinished"),
        "undoing": tr("being undone"),
        "undone": tr("undone"),
        "redoing": tr("being redone"),
        "dropped": tr("given up"),
    }[step.state]
