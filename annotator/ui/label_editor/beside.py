"""What the label editor lets worker threads do: one piece of work for each purpose, the newest counts."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner, Work, WorkState
from annotator.core.errors import AnnotatorError
from annotator.project.project import Project
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.widgets.said_below import error_text

T = TypeVar("T")


class Beside(QObject):
    """Starts work that uses a project, and tells of it on the GUI thread.

    Signals: `changed()` when work begins or ends; `progressed(done, total or 0)`; `failed(sentence)`; `stopped()` when
    work was cancelled on request.
    """

    changed = Signal()
    progressed = Signal(int, int)
    failed = Signal(str)
    stopped = Signal()

    def __init__(
        self, project: Project, runner: BackgroundRunner, calls: GuiCalls, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._runner = runner
        self._calls = calls
        self._works: dict[str, Work[Any]] = {}
        self._is_closed = False
        self._stop_listening = runner.subscribe(self._hear)

    def start(
        self, purpose: str, title: str, ask: Callable[[Progress], T], then: Callable[[T], None]
    ) -> None:
        """Do something in place of what was begun for the same purpose, and give `then` what it returns.

        Nothing is begun once this is closed: a timer of the window may still ask for it.
        """
        if self._is_closed:
            return
        self.forget(purpose)
        work = self._runner.start(title, ask, uses=self._project, tells_itself=True)
        self._works[purpose] = work
        self.changed.emit()
        work.when_done(lambda _: self._calls.post(partial(self._ended, purpose, work, then)))

    def runs(self, *purposes: str) -> bool:
        """Whether something is done for any of some purposes."""
        return any(purpose in self._works for purpose in purposes)

    def cancel(self, purpose: str) -> None:
        """Ask work to stop; `stopped` tells when it has."""
        if purpose in self._works:
            self._works[purpose].cancel()

    def forget(self, purpose: str) -> None:
        """Stop work whose end nobody waits for any more."""
        work = self._works.pop(purpose, None)
        if work is not None:
            work.cancel()

    def close(self) -> None:
        """Stop everything, for good."""
        self._is_closed = True
        for purpose in list(self._works):
            self.forget(purpose)
        self._stop_listening()

    def _ended(self, purpose: str, work: Work[Any], then: Callable[[Any], None]) -> None:
        if self._works.get(purpose) is not work:
            return
        del self._works[purpose]
        self.changed.emit()
        if work.state is WorkState.CANCELLED:
            self.stopped.emit()
        elif work.state is WorkState.DONE:
            then(work.result())
        elif isinstance(work.error, AnnotatorError):  # a bug is raised by whoever watches all work
            self.failed.emit(error_text(work.error))

    def _hear(self, work: Work[Any]) -> None:
        """Called on the thread of the work."""
        if work in self._works.values():
            self._calls.post(partial(self._tell, work))

    def _tell(self, work: Work[Any]) -> None:
        if work in self._works.values():
            self.progressed.emit(work.report.done, work.report.total or 0)
