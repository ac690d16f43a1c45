"""Puts the window together and runs it.

Before the first paint only QtWidgets and a few small modules of our own are imported; what a project needs (numpy,
the store, the canvas) comes right after it, on a thread.
"""

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING

from annotator.whole_errors import with_whole_errors

if TYPE_CHECKING:
    from types import TracebackType

    from PySide6.QtCore import QMessageLogContext, QtMsgType
    from PySide6.QtWidgets import QApplication

    from annotator.settings import Settings
    from annotator.ui.start.recent_projects import RecentProjects
    from annotator.ui.window.main_window import MainWindow

# The interpreter gives each thread at most this long while another waits: with the default of 5 ms a background
# thread would make the window stutter.
_SWITCH_INTERVAL = 0.001


@with_whole_errors
def run(path: str | None, *, is_safe: bool = False) -> int:
    """Show the window, with a folder, a picture or a project where `path` names one; return the exit code.

    is_safe: with the settings, keys and panels of a first start, and without plugins; what the user has chosen stays
    as it is on the disk.
    """
    # Before Qt: from then on each import takes longer, because PySide6 looks through the source of every module.
    from annotator.settings import Settings, settings_path
    from annotator.ui.start.recent_projects import RecentProjects, recent_projects_path

    settings = Settings() if is_safe else Settings.load(settings_path())
    recent = RecentProjects(recent_projects_path())
    try:
        application = _application()
    except ImportError as error:
        return _say_what_is_missing(str(error))
    sys.setswitchinterval(_SWITCH_INTERVAL)
    # Ctrl+C in a terminal ends the program at once; everything acknowledged is in the project by then.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    window = _window(application, settings, recent)
    faults = _Faults(window, is_safe=is_safe)
    window.ready.connect(faults.listen)
    window.show()
    if path is not None:
        window.open_path(path)
    code = application.exec()
    _end_log()
    if window.is_stuck:
        # A thread that waits for a disk would keep the interpreter from ending.
        os._exit(code)
    return code


def _application() -> "QApplication":
    """Begin with Qt, which ends the process where it finds no screen.

    Raises ImportError where libraries are missing.
    """
    from PySide6.QtCore import qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    last_word = _LastWord()  # there is no other way to have it
    qInstallMessageHandler(last_word)
    application = QApplication(sys.argv[:1])
    qInstallMessageHandler(None)
    last_word.pass_on()
    application.setApplicationName("annotator")
    application.setApplicationDisplayName("Annotator")
    # The window goes at once; the program ends when everything is on the disk.
    application.setQuitOnLastWindowClosed(False)
    return application


def _window(
    application: "QApplication", settings: "Settings", recent: "RecentProjects"
) -> "MainWindow":
    """Make the window with its start page; the rest is loaded once that is painted."""
    from annotator.ui.language import speak
    from annotator.ui.look.theme import Theme
    from annotator.ui.window.main_window import MainWindow

    speak(settings, application)
    window = MainWindow(Theme(application, settings), settings, recent)
    # The collector looks through everything there is, on whatever thread it starts: what is loaded by now stays.
    window.ready.connect(gc.freeze)
    window.ended.connect(application.quit)
    return window


class _Faults:
    """Begins the log and hears of bugs once everything is loaded, because that takes some time to load.

    A bug before that is told as well: a start page whose buttons do nothing would say nothing.
    """

    def __init__(self, window: "MainWindow", *, is_safe: bool) -> None:
        self._window = window
        self._is_safe = is_safe
        self._is_listening = False
        sys.excepthook = self._hear_early

    def listen(self) -> None:
        """Begin, if that was not done yet."""
        if self._is_listening:
            return
        self._is_listening = True
        from annotator import logs, messages
        from annotator.translation import tr
        from annotator.ui.bugs.bugs import BugTeller

        folder = logs.log_folder()
        crash = logs.start_logging(folder)
        teller = BugTeller(self._window, folder, self._window.close)
        teller.install()
        if crash:
            teller.tell_of_crash(crash)
        if self._is_safe:
            messages.info(
                tr(
                    "Safe mode: settings, keys and panels are those of a first start, and no plugin is loaded."
                ),
                messages.Answer(tr("All right"), lambda: None),
            )

    def _hear_early(
        self, kind: type[BaseException], error: BaseException, trace: "TracebackType | None"
    ) -> None:
        self.listen()
        sys.excepthook(kind, error, trace)


def _end_log() -> None:
    logs = sys.modules.get("annotator.logs")
    if logs is not None:
        logs.stop_logging()


class _LastWord:
    """Hears what Qt says while it looks for a screen: where it is about to abort, one sentence takes the place of all.

    It is installed only until the application stands; then what was heard is passed on.
    """

    def __init__(self) -> None:
        self._heard: list[str] = []

    def __call__(self, kind: "QtMsgType", context: "QMessageLogContext", text: str | None) -> None:
        from PySide6.QtCore import QtMsgType

        if kind is not QtMsgType.QtFatalMsg:
            self._heard.append(f"{text}\n")
            return
        # Before its last words Qt gives the reason: which display it could not reach, which plugin it did not find.
        code = _say_what_is_missing(" ".join([*self._heard, text or ""]))
        sys.stderr.flush()
        os._exit(code)

    def pass_on(self) -> None:
        """Say what was heard."""
        sys.stderr.writelines(self._heard)


def _say_what_is_missing(reason: str) -> int:
    from annotator import machine

    packages = machine.missing_packages((*machine.WINDOW, *machine.X11))
    trouble = machine.screen_problem(os.environ)
    if packages:
        text = f"System libraries are missing for the window: {machine.apt_line(packages)}"
    elif trouble is not None:
        text = trouble
    else:
        text = f"The window cannot be shown: {' '.join(reason.split())}"
    sys.stderr.write(f"{text}\n")
    return 1
