"""A lock that is given in the order it was asked for."""

import math
import threading
import time
from collections import deque
from types import TracebackType
from typing import Final

_RECENTLY: Final = 1.0


class FairLock:
    """A lock handed from holder to the one who has waited longest.

    With `threading.Lock` a thread that gives it up and takes it again at once, as an import does between its
    transactions, can starve one that waits.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False
        self._holder: int | None = None
        self._waited_at = -math.inf

    def acquire(self) -> None:
        """Wait for the lock. Raises RuntimeError where the calling thread holds it already."""
        me = threading.get_ident()
        with self._guard:
            if self._holder == me:
                raise RuntimeError("This thread holds the lock already.")
            if not self._held:
                self._held, self._holder = True, me
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
            self._waited_at = time.monotonic()
        try:
            turn.acquire()
        except BaseException:  # Ctrl+C on the main thread
            self._leave(turn)
            raise
        self._holder = me

    def _leave(self, turn: threading.Lock) -> None:
        """Give up waiting; a lock that was handed over in this very moment goes on to the next in line."""
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        self.release()

    def release(self) -> None:
        """Hand the lock to the next in line, or free it."""
        with self._guard:
            self._holder = None
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits."""
        return bool(self._waiting)

    @property
    def is_shared(self) -> bool:
        """Whether somebody had to wait within the last second, so that it should be held but briefly."""
        return time.monotonic() - self._waited_at < _RECENTLY

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()
