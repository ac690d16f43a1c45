"""What the GUI thread does while the user waits: watched in the tests of the window.

A slot is everything between the moment Qt hands an event to an object and the moment that is done, other events
sent on the way included. Its length is counted in CPU time of the GUI thread, so that a busy machine does not
make it longer; calls that wait without using the CPU are listed by name instead.

In a virtual machine that is not the whole truth: what its host takes away for others counts as CPU time, and of
the hundreds of thousands of slots of a whole run one or two meet such a moment. So a slot that is too long is
measured a second time, in a process of its own, where whatever is done once per process is done again as well; it
counts if it is too long there, too.
"""

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import apsw
import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from annotator.whole_errors import with_whole_errors

SLOT_SECONDS = 0.050
# SQLite takes about 50 of its steps in a microsecond.
STATEMENT_STEPS = 500_000

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
# Audit events of calls that wait for something outside the process.
WAITING = {
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "subprocess.Popen",
    "os.system",
    "shutil.copyfile",
    "shutil.copytree",
    "shutil.rmtree",
}


class WatchedApplication(QApplication):
    """A QApplication that times the slots of the GUI thread while something watches."""

    watch: "GuiWatch | None" = None

    # Without it a bug in an event would end the run, and not fail its test.
    @with_whole_errors
    def notify(self, receiver: QObject, event: QEvent) -> bool:
        watch = self.watch
        if watch is None or watch.in_slot:
            return super().notify(receiver, event)
        kind = event.type()
        watch.in_slot = True
        began = time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            watch.in_slot = False
            watch.ended(receiver, kind, time.thread_time() - began)


class GuiWatch:
    """Collects what the GUI thread should not have done."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.in_slot = False
        self.longest = 0.0
        self.longest_in = ""
        self.slow: list[str] = []
        self.waits: list[str] = []

    @property
    def faults(self) -> list[str]:
        """All that the GUI thread should not have done, each in a few words."""
        return self.slow + self.waits

    def ended(self, receiver: QObject, kind: QEvent.Type, seconds: float) -> None:
        """A slot has ended."""
        if seconds <= self.longest:
            return
        # Some events delete their receiver.
        own_name = receiver.objectName() if shiboken6.isValid(receiver) else ""
        name = f"{type(receiver).__name__} {own_name}".strip()
        self.longest, self.longest_in = seconds, f"{kind.name} for {name}"
        if seconds > SLOT_SECONDS:
            self.slow.append(f"{1000 * seconds:.0f} ms of CPU in {self.longest_in}")

    def audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Python is about to do something that it announces."""
        if not self.in_slot or threading.get_ident() != self.thread:
            return
        if event in WAITING or event == "time.sleep":
            self.waits.append(f"{event}{arguments}")
        elif event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            path = os.fsdecode(arguments[0])
            if path.lower().endswith(PICTURES):
                self.waits.append(f"reading the picture {path}")

    def statement_ended(self, trace: dict[str, Any]) -> None:
        """A statement of SQLite has ended. It is judged by its steps: its time depends on who else is busy."""
        steps = trace["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"]
        if self.in_slot and threading.get_ident() == self.thread and steps > STATEMENT_STEPS:
            self.waits.append(f"a statement of {steps} steps: {trace['sql']}")


_MEASURED_AGAIN: Final = "ANNOTATOR_TESTS_MEASURED_AGAIN"


def is_slow_again(test: pytest.Item, root: Path) -> bool:
    """Run a test in a process of its own; return whether it fails there, too."""
    if _MEASURED_AGAIN in os.environ:
        return True
    _, inside, name_inside = test.nodeid.partition("::")
    name = f"{test.path}{inside}{name_inside}"
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", name)
    environment = os.environ | {_MEASURED_AGAIN: "1"}
    again = subprocess.run(command, cwd=root, env=environment, capture_output=True, timeout=300)
    return again.returncode != 0


_watches: list[GuiWatch] = []
_is_hooked = False


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    for watch in _watches:
        watch.audited(event, arguments)


@contextmanager
def garbage_kept(application: QApplication) -> Iterator[None]:
    """Collect what a test leaves after it, where nothing of Qt is under way, and not at a chance moment in it.

    A collection inside a constructor of the next window would take the last one apart right there, which Qt
    does not survive; and it would count as a slow slot of a window that has nothing to do with it.
    """
    gc.disable()
    # What is there before the test stays: looking through all that was imported would take longer than the test.
    gc.freeze()
    try:
        yield
    finally:
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.enable()
        gc.collect()


@contextmanager
def watched(application: QApplication) -> Iterator[GuiWatch]:
    """Watch the GUI thread during the block."""
    global _is_hooked
    if not _is_hooked:
        sys.addaudithook(_audit)  # there is no way to take one away
        _is_hooked = True
    assert isinstance(application, WatchedApplication), "see the fixture qapp_cls"
    watch = GuiWatch()

    def trace_connection(connection: apsw.Connection) -> None:
        connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, watch.statement_ended)

    apsw.connection_hooks.append(trace_connection)
    sleep = time.sleep

    def watched_sleep(seconds: float) -> None:
        # Until Python 3.13 nothing announces it.
        watch.audited("time.sleep", (seconds,))
        sleep(seconds)

    _watches.append(watch)
    application.watch = watch
    time.sleep = watched_sleep
    try:
        yield watch
    finally:
        time.sleep = sleep
        application.watch = None
        _watches.remove(watch)
        apsw.connection_hooks.remove(trace_connection)
