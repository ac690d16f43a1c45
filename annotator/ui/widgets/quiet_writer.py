"""Small files of the user (settings, recent projects) written beside the GUI thread."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from PySide6.QtCore import QObject

from annotator import messages
from annotator.core.errors import AnnotatorError
from annotator.translation import tr
from annotator.ui.timers import single_shot

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Save: TypeAlias = Callable[[], None]

# Changes that follow each other quickly, as from a slider, are written once.
_QUIET_MS: Final = 400


class QuietWriter(QObject):
    """Calls `save` functions on a thread of its own, once after a row of requests."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Save] = []
        self._executor: ThreadPoolExecutor | None = None
        self._timer = single_shot(self, _QUIET_MS, self._write)

    def request(self, save: Save) -> None:
        """Call `save` soon."""
        if save not in self._waiting:
            self._waiting.append(save)
        self._timer.start()

    def close(self) -> None:
        """Write what waits and wait for it."""
        self._timer.stop()
        self._write()
        if self._executor is not None:
            self._executor.shutdown(wait=True)
            self._executor = None

    def _write(self) -> None:
        if self._waiting and self._executor is None:
            from concurrent.futures import ThreadPoolExecutor

            self._executor = ThreadPoolExecutor(1, thread_name_prefix="quiet-writer")
        while self._waiting:
            assert self._executor is not None
            self._executor.submit(_saved, self._waiting.pop(0)).add_done_callback(_tell_bug)


def _saved(save: Save) -> None:
    try:
        save()
    except AnnotatorError as error:
        messages.warning(str(error))
    except OSError as error:
        messages.warning(
            tr("{path} could not be written: {reason}.", path=error.filename, reason=error.strerror)
        )


def _tell_bug(saving: "Future[None]") -> None:
    """Hand on what no sentence was written for: the executor would keep it to itself."""
    error = saving.exception()
    if error is not None:
        thread = threading.current_thread()
        threading.excepthook(
            threading.ExceptHookArgs((type(error), error, error.__traceback__, thread))
        )
