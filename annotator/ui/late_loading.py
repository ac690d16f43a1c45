"""What is not needed for the first paint: imported on a thread, made piece by piece on the GUI thread."""

import importlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType

from PySide6.QtCore import QObject, QTimer

from annotator.ui.gui_calls import GuiCalls


def import_beside(name: str, calls: GuiCalls, then: Callable[[ModuleType], None]) -> None:
    """Import a module on a thread and call `then` with it on the GUI thread.

    What the import raises is raised there, too: without it the program is of no use.
    """

    def run() -> None:
        try:
            module = importlib.import_module(name)
        except BaseException as error:  # noqa: BLE001 - passed on, not handled
            calls.post(partial(_raise, error))
        else:
            calls.post(lambda: then(module))

    threading.Thread(target=run, name="late-loading", daemon=True).start()


def make_piecewise(owner: QObject, pieces: Iterator[None], done: Callable[[], None]) -> None:
    """Take one step of `pieces` at a time, with the user's events in between, then call `done`."""

    def step() -> None:
        for _ in pieces:
            QTimer.singleShot(0, owner, step)
            return
        done()

    step()


def _raise(error: BaseException) -> None:
    raise error
