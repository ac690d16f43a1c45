"""Values that are read once and kept until they change."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Values by key, for any thread.

    A value that was being read while `forget` was called is given to who asked, but not kept: it may be from
    before the change.
    """

    def __init__(self, read: Callable[[K], V]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._values: dict[K, V] = {}
        self._times_forgotten = 0

    def __getitem__(self, key: K) -> V:
        with self._lock:
            if key in self._values:
                return self._values[key]
            before = self._times_forgotten
        value = self._read(key)
        with self._lock:
            if self._times_forgotten == before:
                self._values[key] = value
        return value

    def forget(self) -> None:
        """Read everything anew from now on."""
        with self._lock:
            self._values = {}
            self._times_forgotten += 1
