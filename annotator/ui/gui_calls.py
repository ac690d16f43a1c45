"""Calls from other threads, made on the GUI thread by one queued signal."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, Qt, QThread, Signal

Call: TypeAlias = Callable[[], None]

# Calls that wait are made in slots of this length, with the user's events in between.
_SLOT_SECONDS: Final = 0.008


class GuiCalls(QObject):
    """Brings calls to the thread this object lives on, in the order in which they were posted."""

    _posted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: deque[Call] = deque()
        self._is_posted = False
        self._is_stopped = False
        self._posted.connect(self._make, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Call) -> None:
        """Make a call soon; for any thread."""
        with self._lock:
            if self._is_stopped:
                return
            self._waiting.append(call)
            if self._is_posted:
                return
            self._is_posted = True
            # With the lock, so that this object is not deleted between the question and the signal.
            self._posted.emit()

    def stop(self) -> None:
        """Make no call any more: what they speak to is about to go."""
        with self._lock:
            self._is_stopped = True
            self._waiting.clear()

    def now_or_posted(self, call: Call) -> None:
        """Make a call at once where this is the GUI thread, else soon."""
        if QThread.currentThread() is self.thread():
            call()
        else:
            self.post(call)

    def _make(self) -> None:
        end = time.monotonic() + _SLOT_SECONDS
        while True:
            with self._lock:
                if not self._waiting:
                    self._is_posted = False
                    return
                call = self._waiting.popleft()
            try:
                call()
            except BaseException:
                # A bug of its own: the others are not to wait for the next post.
                self._posted.emit()
                raise
            if time.monotonic() >= end:
                self._posted.emit()
                return
