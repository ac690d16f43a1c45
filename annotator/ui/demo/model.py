"""The model for text suggests in the demo from the first minute on, where set-up has brought it."""

from PySide6.QtCore import QObject

from annotator.demo.record import read_record
from annotator.models.wheel_weights import DEFAULT_MODEL
from annotator.ui.suggesting.feature import Suggesting
from annotator.ui.window.shell import Shell

# As in the demo without a window: a nut looks a little like an O.
_THRESHOLD = 0.9


class DemoModel(QObject):
    """Chooses the model when a demo is opened in which nobody has chosen one, or none, yet."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._session = shell.session
        self._suggesting = shell.feature(Suggesting)
        self._is_waiting = False
        shell.session.opened.connect(self._opened)
        shell.session.closed.connect(self._closed)
        self._suggesting.models.changed.connect(self._models_read)

    def _opened(self) -> None:
        memory = self._suggesting.memory
        is_open_question = not memory.model and not memory.is_off
        if self._session.is_writable and is_open_question and read_record(self._session.project):
            self._is_waiting = True
            self._suggesting.models.read()

    def _closed(self) -> None:
        self._is_waiting = False

    def _models_read(self) -> None:
        if not self._is_waiting:
            return
        self._is_waiting = False
        memory = self._suggesting.memory
        if memory.model or memory.is_off:
            return
        if any(
            one.id == DEFAULT_MODEL and not one.problem for one in self._suggesting.models.models
        ):
            self._suggesting.use(DEFAULT_MODEL)
            memory.set_threshold(_THRESHOLD)


def add_to(shell: Shell) -> DemoModel:
    """Choose the model in a demo."""
    return DemoModel(shell)
