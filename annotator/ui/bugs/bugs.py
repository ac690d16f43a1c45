"""Hears of errors that nobody expected, on any thread: logs them, tells the user, and lets the program go on."""

import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from annotator import messages
from annotator.core.errors import AnnotatorError, Cancelled
from annotator.messages import Answer
from annotator.translation import tr
from annotator.ui.gui_calls import GuiCalls
from annotator.whole_errors import forget_running

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from annotator.ui.bugs.bug_dialog import BugDialog

_log = logging.getLogger(__name__)


class BugTeller:
    """Takes the place of `sys.excepthook` and `threading.excepthook` once it is installed."""

    def __init__(
        self, window: "QWidget", log_folder: Path, quit_program: Callable[[], object]
    ) -> None:
        self._window = window
        self._log_folder = log_folder
        self._quit = quit_program
        self._calls = GuiCalls(window)
        self._shown: BugDialog | None = None

    def install(self) -> None:
        """Hear of everything from now on."""
        sys.excepthook = self.hear
        threading.excepthook = self._hear_of_thread

    def hear(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log an error and tell the user; for any thread. What was merely refused is told as a message."""
        forget_running(error)
        if isinstance(error, AnnotatorError):
            _log.info("Refused", exc_info=(kind, error, trace))
            if not isinstance(error, Cancelled):
                messages.error(str(error))
            return
        sys.__excepthook__(kind, error, trace)
        if not issubclass(kind, Exception):
            return  # Ctrl+C in the terminal, and the like
        _log.error("Unexpected error", exc_info=(kind, error, trace))
        self._calls.now_or_posted(lambda: self.tell(error))

    def tell(self, error: BaseException) -> None:
        """Show the dialog, or count in the one that is open."""
        if self._shown is not None:
            self._shown.again()
            return
        from annotator.report import report_text

        kind = f"{type(error).__name__}: {error}"
        title = tr("Something went wrong inside the program: {error}", error=kind[:300])
        self._show(title, report_text(error, "", self._log_folder))

    def tell_of_crash(self, crash: str) -> None:
        """Say that the last run ended by a crash, as a message with the report at hand."""

        def show() -> None:
            from annotator.report import report_text

            title = tr("The program ended by a crash the last time")
            self._show(title, report_text(None, crash, self._log_folder))

        messages.warning(
            tr("The program ended by a crash the last time. What you had done is stored."),
            Answer(tr("Show report"), show),
        )

    def _show(self, title: str, report: str) -> None:
        from annotator.ui.bugs.bug_dialog import BugDialog

        self._shown = dialog = BugDialog(self._window, title, report, self._log_folder, self._quit)
        dialog.finished.connect(self._closed)
        dialog.show()

    def _closed(self, _result: int) -> None:
        self._shown = None

    def _hear_of_thread(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            self.hear(told.exc_type, told.exc_value, told.exc_traceback)
