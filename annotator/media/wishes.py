"""Reading what somebody looks at, while it may change at any moment."""

import os
import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_MOST_THREADS: Final = 3


class WishReader(Generic[K, V]):
    """Reads what is wished for on worker threads, in the order of the last list of wishes.

    A new list takes the place of the one before: what has not begun is dropped, what has begun is delivered. While
    it is held nothing begins. `deliver(key, value or what reading raised)` is called on a worker thread.
    """

    def __init__(
        self,
        read: Callable[[K], V],
        deliver: Callable[[K, V | BaseException], None],
        *,
        threads: int | None = None,
    ) -> None:
        self._read = read
        self._deliver = deliver
        # One processor is left to whoever scrolls.
        self._threads = threads or max(1, min(_MOST_THREADS, (os.cpu_count() or 1) - 1))
        self._executor = ThreadPoolExecutor(self._threads, thread_name_prefix="wish-reader")
        self._lock = threading.Lock()
        # The next one at the end.
        self._wishes: list[K] = []
        self._reading: set[K] = set()
        self._is_held = False
        self._is_closed = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being read or waits to be."""
        with self._lock:
            return not self._wishes and not self._reading

    def wish(self, keys: Sequence[K]) -> None:
        """Read these, the first one first, and nothing else that has not begun."""
        with self._lock:
            self._wishes = list(reversed(keys))
        self._start()

    def hold(self) -> None:
        """Begin nothing until `go_on`: something more important needs the processor."""
        with self._lock:
            self._is_held = True

    def go_on(self) -> None:
        """Begin again."""
        with self._lock:
            self._is_held = False
        self._start()

    def drop(self) -> None:
        """Forget all wishes and begin nothing any more; `close` waits for what is being read."""
        with self._lock:
            self._is_closed = True
            self._wishes.clear()

    def close(self) -> None:
        """Drop everything and wait for what is being read. Must not be called by `deliver`."""
        self.drop()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _start(self) -> None:
        started: list[tuple[K, Future[V]]] = []
        with self._lock:
            while len(self._reading) < self._threads and (key := self._next()) is not None:
                self._reading.add(key)
                started.append((key, self._executor.submit(self._read, key)))
        for key, future in started:
            future.add_done_callback(partial(self._finished, key))

    def _next(self) -> K | None:
        if self._is_held or self._is_closed:
            return None
        while self._wishes:
            key = self._wishes.pop()
            if key not in self._reading:
                return key
        return None

    def _finished(self, key: K, future: Future[V]) -> None:
        if future.cancelled():  # by close
            return
        error = future.exception()
        with self._lock:
            self._reading.remove(key)
        try:
            self._deliver(key, future.result() if error is None else error)
        finally:
            self._start()
