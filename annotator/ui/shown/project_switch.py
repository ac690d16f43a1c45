"""From one project to the next: opening, closing, and ending for good."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from annotator import messages
from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner, Work, WorkState
from annotator.messages import Answer
from annotator.project.media.filling import Filling
from annotator.project.organisation import Task, TaskTotals
from annotator.project.project import Project
from annotator.translation import tr
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.shown.media_learning import MediaLearning
from annotator.ui.shown.navigation import FrameNavigation
from annotator.ui.shown.opening import MediaDropped, Opened, Opener, Outcome, Wanted
from annotator.ui.shown.presenter import FramePresenter
from annotator.ui.shown.session import Session


class ProjectSwitch(QObject):
    """Brings projects into the session and out of it. What is open stays so until something else is.

    A drawing is not dropped by what was opened beside it: that is offered to be opened when the drawing is done.

    Signals: `opened(Opened)` when a project is shown; `asked(MediaDropped)` when pictures were named that can go into
    the open project or be opened instead; `datasets_named(paths)` when annotation files were; `leaving()` before a
    project or task is left, for whatever still has to be stored; `left()` when a project was left, which its tasks
    going by is not; `kept()` when what is open stays although something was named; `failed(text)` when something could
    not be opened; `counted(path, TaskTotals)` after a project was closed; `all_closed()` after `close`, when nothing is
    left to wait for.
    """

    opened = Signal(object)
    asked = Signal(object)
    datasets_named = Signal(object)
    leaving = Signal()
    left = Signal()
    kept = Signal()
    failed = Signal(str)
    counted = Signal(str, object)
    all_closed = Signal()

    def __init__(
        self,
        session: Session,
        presenter: FramePresenter,
        navigation: FrameNavigation,
        opener: Opener,
        runner: BackgroundRunner,
        calls: GuiCalls,
    ) -> None:
        super().__init__(presenter)
        self._session = session
        self._navigation = navigation
        self._opener = opener
        self._runner = runner
        self._calls = calls
        self._path: Path | None = None
        self._media: Path | None = None
        # What still writes or reads the open project, and what ends that, for tasks that were left.
        self._fillings: list[Filling] = []
        self._left: list[list[Callable[[], None]]] = []
        self._wanted: Wanted | None = None
        self._opening: Wanted | None = None
        self._is_leaving = False
        self._learning = MediaLearning()
        self._leavers: list[Callable[[], Callable[[], None]]] = [
            presenter.leave,
            self._learning.leave,
        ]
        self._closings: list[Work[TaskTotals]] = []
        opener.ended.connect(self._opener_ended)
        opener.failed.connect(self._opener_failed)
        session.task_gone.connect(self._task_gone)

    @property
    def opener(self) -> Opener:
        """What opens things beside the GUI thread, and says what is being opened."""
        return self._opener

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

    def open(self, *paths: Path, instead: bool = False) -> None:
        """Open what some paths name, in place of what is open or being opened.

        Pictures that could as well go into the open project are asked about, unless they are to be opened `instead`.
        """
        self._is_leaving = False
        self._wanted = Wanted(paths, instead)
        self._opener.cancel()
        self._open_wanted()

    def show_task(self, task: Task, first: str = "") -> None:
        """Show another task of the open project. first: the name of the frame to be shown, the first one if empty."""
        self.leaving.emit()
        name = self._session.task.name
        project = self._session.close()
        assert project is not None
        ends = [leave() for leave in self._leavers]
        self._left = [*(others for others in self._left if others), ends]
        title = tr("Leaving {task}", task=name)
        self._runner.start(title, lambda _: _call_all([ends]), uses=project)
        self._session.open(project, task)
        self._learning.begin(project)
        self._show_named(first)

    def stopping_at_close(self) -> Callable[[Filling], None]:
        """Return what takes fillings of the open project, on any thread, that are to be stopped before it is closed."""
        return self._fillings.append

    def fill(self, filling: Filling) -> None:
        """Write the frames of a task of the open project that are not there yet, beside the GUI thread."""
        title = tr("Adding pictures to {task}", task=filling.task.name)
        self._runner.start(title, filling.go_on, uses=self._session.project)

    def _task_gone(self) -> None:
        """The task that is shown was removed, or its making was undone."""
        tasks = self._session.project.tasks()
        if tasks:
            self.show_task(tasks[0])
        else:
            self.close()

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
        wanted, self._wanted = self._wanted, None
        self._opening = wanted
        current = self._session.project if self._session.is_open else None
        self._opener.open(wanted, current)

    def _opener_ended(self, outcome: Outcome) -> None:
        has_changed_mind = self._is_leaving or self._wanted is not None
        if isinstance(outcome, Opened):
            if has_changed_mind:
                self._give_back(outcome)
            elif self._session.is_open and self._navigation.is_drawing:
                self._give_back(outcome)
                self.kept.emit()
                assert self._opening is not None
                self._offer(self._opening, outcome.name)
            else:
                self._show(outcome)
        elif not has_changed_mind and self._session.is_open:
            self.kept.emit()
            if isinstance(outcome, MediaDropped):
                self.asked.emit(outcome)
            else:
                self._go_to_named(outcome.first)
            if outcome.datasets:
                self.datasets_named.emit(outcome.datasets)
        self._open_wanted()
        self._tell_if_all_closed()

    def _offer(self, wanted: Wanted, name: str) -> None:
        """Offer to open what would drop what is being drawn."""
        messages.info(
            tr("Finish the drawing first (Enter), or drop it (Esc); then open {name}.", name=name),
            Answer(tr("Open"), partial(self._open_if_free, wanted, name)),
        )

    def _open_if_free(self, wanted: Wanted, name: str) -> None:
        if self._session.is_open and self._navigation.is_drawing:
            self._offer(wanted, name)
        else:
            self.open(*wanted.paths, instead=wanted.instead)

    def _give_back(self, opened: Opened) -> None:
        """Close what was opened and is not shown."""
        fillings = [] if opened.filling is None else [opened.filling]
        self._close_beside(opened.path, opened.project, opened.task, [], fillings)

    def _show(self, opened: Opened) -> None:
        self._leave()
        self._path, self._media = opened.path, opened.media
        self._session.open(opened.project, opened.task)
        self._learning.begin(opened.project)
        self._show_named(opened.first)
        if opened.filling is not None:
            self._fillings.append(opened.filling)
            self.fill(opened.filling)
        self.opened.emit(opened)
        if opened.datasets:
            self.datasets_named.emit(opened.datasets)

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

    def _go_to_named(self, name: str) -> None:
        """Go to a frame of the task that is shown, unless something is being drawn, which is said."""
        frame = self._session.project.frame_named(self._session.task.id, name) if name else None
        if frame is not None:
            self._navigation.go_to_id(frame.id)

    def _leave(self) -> None:
        """Take the open project out of the session and close it beside the GUI thread."""
        if not self._session.is_open:
            return
        self.leaving.emit()
        task, path = self._session.task, self._path
        project = self._session.close()
        self.left.emit()
        ends = [leave() for leave in self._leavers]
        left, self._left = [*self._left, ends], []
        fillings, self._fillings = self._fillings, []
        self._path = self._media = None
        assert project is not None
        assert path is not None
        self._close_beside(path, project, task, left, fillings)

    def _close_beside(
        self,
        path: Path,
        project: Project,
        task: Task,
        left: Sequence[list[Callable[[], None]]],
        fillings: Sequence[Filling],
    ) -> None:
        users = self._runner.users_of(project)
        for work in users:
            if work.must_finish:
                work.resume()
            else:
                work.cancel()
        closing = self._runner.start(
            tr("Closing {task}", task=task.name),
            partial(_close, project, task, left, users, fillings),
            uses=project,
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


def _call_all(functions: Sequence[list[Callable[[], None]]]) -> None:
    """Call each of some functions once, whoever else does the same with them."""
    for some in functions:
        while some:
            some.pop()()


def _close(
    project: Project,
    task: Task,
    left: Sequence[list[Callable[[], None]]],
    users: Sequence[Work[Any]],
    fillings: Sequence[Filling],
    _progress: Progress,
) -> TaskTotals:
    """Wait until nothing uses a project any more, and close it; on a worker thread."""
    for work in users:
        work.wait()
    with project:  # which is let go whatever fails, or nobody could write it again
        with ExitStack() as ends:
            ends.callback(_call_all, left)
            for filling in fillings:
                ends.callback(filling.stop)
        return project.task_totals(task.id)
