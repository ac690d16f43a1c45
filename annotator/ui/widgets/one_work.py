"""What a window does beside the GUI thread: one thing at a time, and how it ends is told in that window alone."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner, Work, WorkState
from annotator.core.errors import AnnotatorError
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.widgets.said_below import error_text

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why work could not be done, as a sentence for the user. It is told in the window, not by the main one."""

    text: str


class Stopped:
    """That work was stopped, by a person or because what it used was closed."""


class OneWork(QObject):
    """Starts work in place of what goes on, until it is closed.

    uses: what the work uses, see `Work`. `progressed(ProgressReport)` tells how far it is, on the GUI thread.
    """

    progressed = Signal(object)

    def __init__(
        self,
        runner: BackgroundRunner,
        calls: GuiCalls,
        parent: QObject,
        *,
        uses: object | None,
    ) -> None:
        super().__init__(parent)
        self._runner, self._calls, self._uses = runner, calls, uses
        self._work: Work[Any] | None = None
        self._is_closed = False
        self._stop_listening = runner.subscribe(self._hear)

    @property
    def work(self) -> Work[Any] | None:
        """What goes on."""
        return self._work

    @property
    def is_busy(self) -> bool:
        """Whether something goes on."""
        return self._work is not None

    def start(
        self,
        name: str,
        function: Callable[[Progress], T],
        then: Callable[[T | Failure | Stopped], None],
    ) -> Work[T]:
        """Do something beside the GUI thread, in place of what goes on.

        then: called on the GUI thread with the result or how else it ended; not where this was closed or something
        else was started meanwhile.
        """
        self.drop()
        work = self._runner.start(name, function, uses=self._uses, tells_itself=True)
        self._work = work
        work.when_done(lambda _: self._calls.post(partial(self._ended, work, then)))
        return work

    def drop(self) -> None:
        """Stop what goes on, and hear no more of it."""
        work, self._work = self._work, None
        if work is not None:
            work.cancel()

    def close(self) -> None:
        """Stop what goes on, for good."""
        self._is_closed = True
        self.drop()
        self._stop_listening()

    def _ended(self, work: Work[T], then: Callable[[T | Failure | Stopped], None]) -> None:
        if work is not self._work or self._is_closed:
            return
        self._work = None
        error = work.error
        if work.state is WorkState.DONE:
            then(work.result())
        else:
            # A bug is raised by whoever watches all work.
            then(Failure(error_text(error)) if isinstance(error, AnnotatorError) else Stopped())

    def _hear(self, work: Work[Any]) -> None:
        """Called on the thread of the work."""
        if work is self._work:
            self._calls.post(partial(self._tell, work))

    def _tell(self, work: Work[Any]) -> None:
        if work is self._work and not self._is_closed:
            self.progressed.emit(work.report)
