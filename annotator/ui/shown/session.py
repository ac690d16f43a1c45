"""What is open: the project, the task and the frame that is shown. No widgets."""

import threading
from collections.abc import Collection, Iterator
from typing import Final

from PySide6.QtCore import QObject, Signal

from annotator.core.labels import LabelSchema
from annotator.project.organisation import Frame, Task
from annotator.project.project import Project
from annotator.project.storage.changes import Change
from annotator.project.storage.store import USER
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.timers import single_shot

# Frames that are added in the background are told of together: each time, whoever lists frames looks at them anew.
_QUIET_MS: Final = 500


class Session(QObject):
    """The open project, if any, and where the user is in it.

    Signals, all on the GUI thread: `opened` and `closed`, for each task that is shown, see `ProjectSwitch.left` for
    the project; `frame_leaving` just before another frame is to be shown, `frame_changed` when it is;
    `changed(Change)` after each change of the project, several made elsewhere joined into one; `task_gone` when the
    task is in the project no more; `synced(bool, str)` when everything is on the disk, or why not.
    """

    opened = Signal()
    closed = Signal()
    frame_leaving = Signal()
    frame_changed = Signal()
    changed = Signal(object)
    task_gone = Signal()
    synced = Signal(bool, str)

    def __init__(self, calls: GuiCalls, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls = calls
        self._project: Project | None = None
        self._task: Task | None = None
        self._lock = threading.Lock()
        self._unheard: list[Change] = []
        self.frame: Frame | None = None
        self.previous_number: int | None = None
        self.frame_count = 0
        self._has_gaps = False
        self._soon = single_shot(self, _QUIET_MS, self._tell)

    # What is open -----------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether a project is open."""
        return self._project is not None

    def holds(self, project: Project) -> bool:
        """Whether a project is the open one: of what was begun in another one nobody wants to hear any more."""
        return self._project is project

    @property
    def project(self) -> Project:
        """The open project."""
        assert self._project is not None, "no project is open"
        return self._project

    @property
    def task(self) -> Task:
        """The task whose frames are shown."""
        assert self._task is not None, "no project is open"
        return self._task

    @property
    def is_writable(self) -> bool:
        """Whether a project is open that can be changed."""
        return self._project is not None and self._project.is_writable

    @property
    def labels(self) -> LabelSchema:
        """The labels of the open project, none where none is open."""
        return LabelSchema() if self._project is None else self._project.labels

    def open(self, project: Project, task: Task) -> None:
        """Show a project, its first frame first."""
        assert self._project is None, "close the project that is open first"
        self._project, self._task = project, task
        project.changed.connect(self._hear)
        project.synced.connect(self._hear_synced)
        self._count_frames()
        self.opened.emit()
        self.go_to(next(project.frames(task.id, limit=1), None))

    def close(self) -> Project | None:
        """Show nothing any more; return the project, which the caller closes."""
        project = self._project
        if project is None:
            return None
        project.changed.disconnect(self._hear)
        project.synced.disconnect(self._hear_synced)
        self._project = self._task = self.frame = self.previous_number = None
        self._soon.stop()
        self._unheard.clear()
        self.frame_count = 0
        self.closed.emit()
        return project

    # Frames -----------------------------------------------------------------------------------------

    @property
    def number(self) -> int:
        """The place of the shown frame among those of the task, from 0; -1 where none is shown."""
        return -1 if self.frame is None else self.number_of(self.frame)

    def number_of(self, frame: Frame) -> int:
        """Return the place of a frame among those of the task that are not removed, from 0."""
        return self.project.frame_number(frame) if self._has_gaps else frame.position

    def frame_at(self, number: int) -> Frame | None:
        """Return the frame at a place, or None."""
        if not 0 <= number < self.frame_count:
            return None
        if self._has_gaps:
            return self.project.frame_at(self.task.id, number)
        return next(self.project.frames(self.task.id, after=number - 1, limit=1), None)

    def go_to(self, frame: Frame | None) -> None:
        """Show another frame."""
        if self.frame is not None:
            self.frame_leaving.emit()
        self.previous_number = None if self.frame is None else self.number
        self.frame = frame
        self.frame_changed.emit()

    def neighbours(self, *, ahead: int = 3, behind: int = 1) -> Iterator[Frame]:
        """Yield the frames likely to be shown next, the likeliest first."""
        from annotator.media.loader import travel_order

        here = self.number
        order = travel_order(
            here, self.previous_number, self.frame_count, ahead=ahead, behind=behind
        )
        for number in order if self.frame is not None else ():
            frame = self.frame_at(number)
            if frame is not None:
                yield frame

    def following(self, count: int) -> list[Frame]:
        """Return the frames of the task that come after the shown one, `count` at most."""
        numbers = range(self.number + 1, self.number + 1 + count)
        found = map(self.frame_at, numbers if self.frame is not None else ())
        return [frame for frame in found if frame is not None]

    # Changes ----------------------------------------------------------------------------------------

    def shows_any(self, frame_ids: Collection[int]) -> bool:
        """Whether the shown frame is among some."""
        return self.frame is not None and self.frame.id in frame_ids

    def _hear(self, change: Change) -> None:
        """Called on whatever thread made the change."""
        with self._lock:
            self._unheard.append(change)
        # More than one call may be made for several changes; those that come later find nothing to tell.
        self._calls.now_or_posted(self._tell_soon if _is_quiet(change) else self._tell)

    def _tell_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _tell(self) -> None:
        with self._lock:
            unheard, self._unheard = self._unheard, []
        if not unheard or self._project is None:
            return
        change = unheard[0].joined(*unheard[1:])
        if self.task.id in change.tasks and not self._is_task_there():
            self.task_gone.emit()
            return
        if change.frames:
            self._frames_changed(is_marked_only=change.frames == change.marked)
        if self._has_moved(change):
            self.frame_changed.emit()
        self.changed.emit(change)

    def _is_task_there(self) -> bool:
        """Take over what the task is called now; return whether it is still in the project."""
        found = next((one for one in self.project.tasks() if one.id == self.task.id), None)
        self._task = found or self._task
        return found is not None

    def _has_moved(self, change: Change) -> bool:
        """Whether the picture of the shown frame lies elsewhere now."""
        if not change.media or self.frame is None or self.frame.media is None:
            return False
        media = self.project.media(self.frame.media)
        return media is not None and bool(change.media & {media.id, media.root})

    def _frames_changed(self, *, is_marked_only: bool) -> None:
        if not is_marked_only:
            self._count_frames()
        shown = self.frame
        if shown is None:
            if self.frame_count:
                self.go_to(self.frame_at(0))
            return
        now = self.project.frame(shown.id)
        if now is None or now.removed:
            beside = self.project.frame_beside(shown, 1) or self.project.frame_beside(shown, -1)
            self.go_to(beside)
        else:
            self.frame = now

    def _count_frames(self) -> None:
        task = self.task.id
        self.frame_count = self.project.frame_count(task)
        self._has_gaps = self.project.last_position(task) + 1 != self.frame_count

    def _hear_synced(self, is_synced: bool, reason: str) -> None:
        self._calls.now_or_posted(lambda: self.synced.emit(is_synced, reason))


def _is_quiet(change: Change) -> bool:
    """Whether a change only brings frames and media, in the background."""
    is_made = change.author != USER and change.kind == "edit" and bool(change.frames | change.media)
    return is_made and not (change.shown_frames or change.tracks or change.labels or change.tasks)
