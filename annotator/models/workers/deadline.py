"""A moment by which something has to be done, watched by a thread that is there all the time."""

import threading
import time
from collections.abc import Callable


class Deadline:
    """Calls `late`, on its own thread, when what was begun has not ended in time. To be closed.

    A timer for each would have to start a thread each time, and wait until that runs.
    """

    def __init__(self, late: Callable[[], None]) -> None:
        self._late = late
        self._condition = threading.Condition()
        self._due: float | None = None
        self._wakes_at: float | None = None
        self._is_closed = False
        threading.Thread(target=self._watch, name="deadline", daemon=True).start()

    def begin(self, seconds: float) -> None:
        """Something begins that may take so long."""
        with self._condition:
            self._due = time.monotonic() + seconds
            if self._wakes_at is None or self._due < self._wakes_at:
                self._condition.notify()

    def end(self) -> None:
        """It is done."""
        with self._condition:
            self._due = None

    def close(self) -> None:
        """Watch no more."""
        with self._condition:
            self._is_closed = True
            self._condition.notify()

    def _watch(self) -> None:
        while self._waits():
            self._late()

    def _waits(self) -> bool:
        """Wait until something is late; return False when nothing is watched any more."""
        with self._condition:
            while not self._is_closed:
                self._wakes_at = self._due
                left = None if self._due is None else self._due - time.monotonic()
                if left is not None and left <= 0:
                    self._due = None
                    return True
                self._condition.wait(left)
            return False
