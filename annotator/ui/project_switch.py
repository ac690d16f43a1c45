"""From one project to the next: opening, closing, and ending for good."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner, Work, WorkState
from annotator.project.organisation import Task, TaskTotals
from annotator.project.project import Project
from annotator.ui.frame_presenter import FramePresenter
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.media_learning import MediaLearning
from annotator.ui.opening import AlreadyOpen, Opener, Outcome
from annotator.ui.session import Session


class ProjectSwitch(QObject):
    """Brings projects into the session and out of it. What is open stays so until something else is.

    Signals: `opened(Opened)` when a project is shown; `leaving()` before one is left, for whatever still has to be
    stored; `failed(text)` when one could not be opened; `counted(path, TaskTotals)` after one was closed;
    `all_closed()` after `close`, when nothing is left to wait for.
    """

    opened = Signal(object)
    leaving = Signal()
    failed = Signal(str)
    counted = Signal(str, object)
    all_closed = Signal()

    def __init__(
        self,
        session: Session,
        presenter: FramePresenter,
        opener: Opener,
        runner: BackgroundRunner,
        calls: GuiCalls,
    ) -> None:
        super().__init__(presenter)
        self._session = session
        self._opener = opener
        self._runner = runner
        self._calls = calls
        self._path: Path | None = None
        self._media: Path | None = None
        self._wanted: Path | None = None
        self._is_leaving = False
        self._learning = MediaLearning()
        self._leavers: list[Callable[[], Callable[[], None]]] = [
            presenter.leave,
            self._learning.leave,
        ]
        self._closings: list[Work[TaskTotals]] = []
        opener.ended.connect(self._opener_ended)
        opener.failed.connect(self._opener_failed)

    @property
    def media(self) -> Path | None:
        """The folder of the pictures, None for a project that was opened as such."""
        return self._media

    @property
    def path(self) -> Path | None:
        """What the user opened, None while nothing is open."""
        return self._path

    def add_reader(self, leave: Callable[[], Callable[[], None]]) -> None:
        """Call `leave` when a project is left, after the session has let it go.

        What it returns waits, on a worker thread, until nothing of the project is read any more.
        """
        self._leavers.append(leave)

    def open(self, path: Path) -> None:
        """Open what a path names, in place of what is open or being opened."""
        self._is_leaving = False
        self._wanted = path
        self._opener.cancel()
        self._open_wanted()

    def close(self) -> None:
        """Close what is open or being opened; `all_closed` tells when that is done."""
        self._is_leaving = True
        self._wanted = None
        self._opener.cancel()
        self._leave()
        self._tell_if_all_closed()

    def _open_wanted(self) -> None:
        # What is just being closed may be what is wanted: it must be let go before it is opened again.
        if self._wanted is None or self._closings or self._opener.is_busy:
            return
        path, self._wanted = self._wanted, None
        current = self._session.project.folder if self._session.is_open else None
        self._opener.open(path, current)

    def _opener_ended(self, outcome: Outcome) -> None:
        if isinstance(outcome, AlreadyOpen):
            self._show_named(outcome.first)
        elif self._is_leaving or self._wanted is not None:
            # The user has changed their mind meanwhile.
            self._close_beside(outcome.path, outcome.project, outcome.task, _nothing)
        else:
            self._leave()
            self._path, self._media = outcome.path, outcome.media
            self._session.open(outcome.project, outcome.task)
            self._learning.begin(outcome.project)
            self._show_named(outcome.first)
            self.opened.emit(outcome)
        self._open_wanted()
        self._tell_if_all_closed()

    def _opener_failed(self, text: str) -> None:
        if text and self._wanted is None and not self._is_leaving:
            self.failed.emit(text)
        self._open_wanted()
        self._tell_if_all_closed()

    def _show_named(self, name: str) -> None:
        if name:
            frame = self._session.project.frame_named(self._session.task.id, name)
            if frame is not None:
                self._session.go_to(frame)

    def _leave(self) -> None:
        """Take the open project out of the session and close it beside the GUI thread."""
        if not self._session.is_open:
            return
        self.leaving.emit()
        task, path = self._session.task, self._path
        project = self._session.close()
        ends = [leave() for leave in self._leavers]

        def reads_end() -> None:
            for end in ends:
                end()

        self._path = self._media = None
        assert project is not None
        assert path is not None
        self._close_beside(path, project, task, reads_end)

    def _close_beside(
        self, path: Path, project: Project, task: Task, reads_end: Callable[[], None]
    ) -> None:
        users = [
            work
            for work in self._runner.works
            if not self._opener.opens_by(work) and work not in self._closings
        ]
        for work in users:
            work.cancel()
        closing = self._runner.start(
            f"Closing {task.name}", partial(_close, project, task, reads_end, users)
        )
        self._closings.append(closing)
        closing.when_done(lambda _: self._calls.post(partial(self._closed, path, closing)))

    def _closed(self, path: Path, work: Work[TaskTotals]) -> None:
        self._closings.remove(work)
        if work.state is WorkState.DONE:
            self.counted.emit(str(path), work.result())
        self._open_wanted()
        self._tell_if_all_closed()

    def _tell_if_all_closed(self) -> None:
        if self._is_leaving and not (
            self._closings or self._opener.is_busy or self._session.is_open
        ):
            self._is_leaving = False
            self.all_closed.emit()


def _nothing() -> None:
    pass


def _set(event: threading.Event, _work: Work[Any]) -> None:
    event.set()


def _close(
    project: Project,
    task: Task,
    reads_end: Callable[[], None],
    users: Sequence[Work[Any]],
    _progress: Progress,
) -> TaskTotals:
    """Wait until nothing uses a project any more, and close it; on a worker thread."""
    for work in users:
        ended = threading.Event()
        work.when_done(partial(_set, ended))
        ended.wait()
    reads_end()
    try:
        return project.task_totals(task.id)
    finally:
        project.close()
