"""What is done to several frames at once: marks and subsets, beside the GUI thread where they are many."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.background.runner import BackgroundRunner
from annotator.project.tasks.frame_marking import BATCH, mark_done
from annotator.project.tasks.subsets import put_subset
from annotator.translation import tr, tr_n
from annotator.ui.frames.watch import FramesWatch
from annotator.ui.shown.session import Session
from annotator.ui.trying import tried

Act = Callable[[Progress], None]
_MOST_AT_ONCE: Final = BATCH


class FramesActs:
    """Makes one step of what is done to frames, given by their ids."""

    def __init__(
        self, window: QWidget, session: Session, watch: FramesWatch, runner: BackgroundRunner
    ) -> None:
        self._window = window
        self._session = session
        self._watch = watch
        self._runner = runner

    def mark(self, frames: Sequence[int], done: bool) -> None:
        """Mark frames as done or not."""
        project, task = self._session.project, self._session.task
        title = tr("Marking frames")
        self._do(title, len(frames), partial(mark_done, project, task, frames, done))

    def ask_subset(self, frames: Sequence[int]) -> None:
        """Ask for the subset that frames are to be in, and put them there."""
        from annotator.ui.frames.subset_dialog import SubsetDialog

        if not frames:
            return
        table = self._watch.table
        known = [] if table is None else sorted(filter(None, table.subset_names))
        dialog = SubsetDialog(self._window, len(frames), known)
        dialog.chosen.connect(partial(self._put, frames))
        self._session.closed.connect(dialog.reject)
        dialog.open()

    def ask_shown_subset(self) -> None:
        """The same for the shown frame."""
        frame = self._session.frame
        if frame is not None:
            self.ask_subset([frame.id])

    def ask_split(self) -> None:
        """Ask for the shares of subsets, with what each would get, and split the frames of the task."""
        from annotator.ui.frames.split_dialog import SplitDialog

        dialog = SplitDialog(self._window, self._session, self._watch, self._runner)
        self._session.closed.connect(dialog.reject)
        dialog.open()

    def _put(self, frames: Sequence[int], subset: str) -> None:
        if not self._session.is_writable:
            return
        project, task = self._session.project, self._session.task
        title = tr_n(
            "Putting {count} frame into a subset",
            "Putting {count} frames into a subset",
            len(frames),
        )
        self._do(
            title, len(frames), lambda progress: put_subset(project, task, frames, subset, progress)
        )

    def _do(self, title: str, count: int, act: Act) -> None:
        if count > _MOST_AT_ONCE:
            self._runner.start(title, act, uses=self._session.project, must_finish=True)
            return
        tried(partial(act, NO_PROGRESS))
