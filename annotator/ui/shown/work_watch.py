"""What goes on in the background, told on the GUI thread."""

from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from annotator import messages
from annotator.background.runner import BackgroundRunner, Work, WorkState
from annotator.core.errors import AnnotatorError
from annotator.ui.gui_calls import GuiCalls

_MOST_ENDED: Final = 5


@dataclass(frozen=True, slots=True)
class EndedWork:
    """What is told of work that has ended. The work itself holds what it was done with: a whole project, perhaps."""

    number: int
    name: str
    state: WorkState


class WorkWatch(QObject):
    """Listens to a runner.

    `changed()` is emitted when work begins, gets on, or ends, several reports at once. Work that failed is told
    as a message, unless whoever started it does; work that failed by a bug raises it here, as if it had happened on
    this thread.
    """

    changed = Signal()

    def __init__(self, runner: BackgroundRunner, calls: GuiCalls, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._calls = calls
        self._is_posted = False
        self._ended: deque[EndedWork] = deque(maxlen=_MOST_ENDED)
        self._stop = runner.subscribe(self._hear)

    @property
    def works(self) -> tuple[Work[Any], ...]:
        """All work that has not ended, the oldest first."""
        return self._runner.works

    @property
    def ended(self) -> tuple[EndedWork, ...]:
        """The work that ended last, the oldest first."""
        return tuple(self._ended)

    def _hear(self, work: Work[Any]) -> None:
        """Called on the thread of the work."""
        state = work.state
        if state.is_final:
            ended = EndedWork(work.number, work.name, state)
            if ended not in self._ended:
                self._ended.append(ended)
        if state is WorkState.FAILED:
            self._calls.post(partial(self._failed, work))
        if not self._is_posted:
            self._is_posted = True
            self._calls.post(self._tell)

    def _tell(self) -> None:
        self._is_posted = False
        self.changed.emit()

    def _failed(self, work: Work[Any]) -> None:
        error = work.error
        if isinstance(error, AnnotatorError):
            if not work.tells_itself:
                messages.error(str(error))
        elif error is not None:
            raise error
