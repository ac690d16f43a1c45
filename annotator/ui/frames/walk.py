"""Marking frames as done, and going from one to the next by what is on them."""

from collections.abc import Callable
from functools import partial
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QObject

from annotator import messages
from annotator.messages import Answer
from annotator.project.frames.frame_table import Bools, FrameTable
from annotator.translation import tr
from annotator.ui.frames.watch import FramesWatch
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shown.navigation import FrameNavigation
from annotator.ui.shown.session import Session
from annotator.ui.trying import tried

# Not done; without annotations; with annotations.
Wanted: TypeAlias = Literal["open", "empty", "labelled"]
WANTED: Final[tuple[Wanted, ...]] = ("open", "empty", "labelled")


class FramesWalk(QObject):
    """The commands that mark the shown frame and go to the next one of some state."""

    def __init__(
        self,
        session: Session,
        watch: FramesWatch,
        navigation: FrameNavigation,
        actions: ActionSet,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._watch = watch
        self._navigation = navigation
        self._actions = actions
        actions.bind("frame.done", self.mark_and_go_on)
        actions.bind_switch("frame.toggle_done", self.mark, on=False)
        for wanted in WANTED:
            actions.bind(f"frame.next_{wanted}", partial(self.go, wanted, 1))
            actions.bind(f"frame.previous_{wanted}", partial(self.go, wanted, -1))
        for signal in (session.opened, session.closed, session.frame_changed, session.changed):
            signal.connect(self._show_mark)

    def mark(self, done: bool) -> bool:
        """Mark the shown frame as done or not; return whether it is so."""
        frame = self._session.frame
        if frame is None or not self._navigation.may_leave():
            self._show_mark()
            return False
        title = tr("Mark as done") if done else tr("Mark as not done")
        project = self._session.project

        def change() -> None:
            with project.edit(title, frame=frame.id) as edit:
                edit.set_done([frame.id], done)

        if tried(change):
            return True
        self._show_mark()
        return False

    def mark_and_go_on(self) -> None:
        """Mark the shown frame as done and go to the next one that is not."""
        if self.mark(True):
            self.go("open", 1)

    def go(self, wanted: Wanted, direction: int) -> None:
        """Go to the next (1) or previous (-1) frame of a state; say so where there is none."""
        frame, table = self._session.frame, self._watch.table
        if frame is None:
            return
        if table is None:
            messages.info(tr("The frames are still being read. Press the key again in a moment."))
            return
        row = table.row_beside(frame.position, direction, _rows(table, wanted))
        if row is not None:
            self._navigation.go_to_id(int(table.ids[row]))
            return
        first = self._from_the_other_end(wanted, direction)
        if first is None or first == frame.id:
            messages.info(_NOWHERE[wanted]())
            return
        title = tr("Go to the first one") if direction > 0 else tr("Go to the last one")
        text = _NONE_AFTER[wanted]() if direction > 0 else _NONE_BEFORE[wanted]()
        messages.info(text, Answer(title, partial(self._begin_anew, wanted, direction)))

    def _begin_anew(self, wanted: Wanted, direction: int) -> None:
        """Go to the first frame of a state, or backwards the last: as it is now, in the task that is shown now."""
        frame_id = self._from_the_other_end(wanted, direction)
        if frame_id is not None:
            self._navigation.go_to_id(frame_id)

    def _from_the_other_end(self, wanted: Wanted, direction: int) -> int | None:
        table = self._watch.table
        if table is None or not len(table):
            return None
        end = -1 if direction > 0 else int(table.positions[-1]) + 1
        row = table.row_beside(end, direction, _rows(table, wanted))
        return None if row is None else int(table.ids[row])

    def _show_mark(self, _change: object = None) -> None:
        frame = self._session.frame if self._session.is_open else None
        self._actions["frame.toggle_done"].setChecked(frame is not None and frame.done)


def _rows(table: FrameTable, wanted: Wanted) -> Bools:
    match wanted:
        case "open":
            return ~table.done
        case "empty":
            return ~table.labelled
        case "labelled":
            return table.labelled


_NOWHERE: Final[dict[Wanted, Callable[[], str]]] = {
    "open": lambda: tr("Every other frame is done."),
    "empty": lambda: tr("Every other frame has annotations."),
    "labelled": lambda: tr("No other frame has annotations."),
}
_NONE_AFTER: Final[dict[Wanted, Callable[[], str]]] = {
    "open": lambda: tr("Every frame after this one is done."),
    "empty": lambda: tr("Every frame after this one has annotations."),
    "labelled": lambda: tr("No frame after this one has annotations."),
}
_NONE_BEFORE: Final[dict[Wanted, Callable[[], str]]] = {
    "open": lambda: tr("Every frame before this one is done."),
    "empty": lambda: tr("Every frame before this one has annotations."),
    "labelled": lambda: tr("No frame before this one has annotations."),
}
