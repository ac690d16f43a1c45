"""Loading frames ahead of the person who steps through them."""

import threading
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final, Generic, TypeVar

from annotator.media.cache import ByteBudgetCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_BUDGET: Final = 512 << 20


def travel_order(
    index: int, previous: int | None, count: int, *, ahead: int = 3, behind: int = 1
) -> list[int]:
    """Return the neighbours of `index` among `count` frames, the likeliest next one first.

    Most lie ahead in the direction of travel from `previous`; without a previous frame that is forwards.
    """
    step = -1 if previous is not None and index < previous else 1
    offsets = [*range(1, ahead + 1), *range(-1, -behind - 1, -1)]
    return [index + step * offset for offset in offsets if 0 <= index + step * offset < count]


class FrameLoader(Generic[K, V]):
    """Reads frames on worker threads: the one asked for first, then its neighbours.

    A new request makes the older ones stale: what has not begun is dropped, what has begun is kept in the cache
    but not delivered. `deliver(key, value)` is called, on a worker's thread, exactly once for each request of a
    frame that is not in the cache and that is not overtaken by another one. A request can be made while an older
    delivery is on its way, so the receiver compares the key with the one it waits for.

    kept: called on a worker's thread with each frame that was read ahead and is in the cache now.

    What reading raised is delivered in place of a frame: an AnnotatorError to be shown there, anything else, a
    bug, to be raised again by the receiver.
    """

    def __init__(
        self,
        read: Callable[[K], V],
        deliver: Callable[[K, V | BaseException], None],
        size_of: Callable[[V], int],
        *,
        budget: int = _BUDGET,
        threads: int = 2,
        kept: Callable[[K], None] | None = None,
    ) -> None:
        self._read = read
        self._kept = kept
        self._deliver = deliver
        self._size_of = size_of
        self._threads = threads
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="frame-loader")
        self._lock = threading.Lock()
        self._cache: ByteBudgetCache[K, V] = ByteBudgetCache(budget)
        self._asked: K | None = None
        self._is_waiting = False
        # The bytes of the frame asked for, once it is there.
        self._shown_size = 0
        self._neighbours: list[K] = []
        self._reading: set[K] = set()
        self._is_closed = False

    @property
    def cached_bytes(self) -> int:
        """What the kept frames take."""
        return self._cache.bytes

    def peek(self, key: K) -> V | None:
        """Return a frame if it is in the cache, for whoever looks at what is there without asking for more."""
        with self._lock:
            return self._cache.peek(key)

    def request(self, key: K, neighbours: Iterable[K] = ()) -> V | None:
        """Ask for a frame, and return it if it is in the cache; else it is delivered.

        neighbours: are read once it is there, as by `read_ahead`.
        """
        with self._lock:
            value = self._cache.get(key)
            self._asked, self._is_waiting = key, value is None
            self._shown_size = 0 if value is None else self._size_of(value)
            self._neighbours = []
        self.read_ahead(neighbours)
        return value

    def read_ahead(self, neighbours: Iterable[K]) -> None:
        """Read neighbours of the frame that was asked for last, once that is there; the likeliest first."""
        others = list(neighbours)
        with self._lock:
            self._neighbours = [other for other in others if other != self._asked]
            self._keep_to_budget()
        self._start_reading()

    def kept(self) -> list[tuple[K, V]]:
        """Return the frames in the cache."""
        with self._lock:
            return self._cache.items()

    def forget(self, key: K) -> None:
        """Read a frame anew when it is asked for next, because its file has changed."""
        with self._lock:
            self._cache.forget(key)

    def close(self) -> None:
        """Wait for what is being read and deliver nothing more. Must not be called by `deliver`."""
        with self._lock:
            self._is_closed = True
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._cache.clear()

    def _start_reading(self) -> None:
        started = []
        with self._lock:
            while len(self._reading) < self._threads and (key := self._take_next()) is not None:
                self._reading.add(key)
                started.append((key, self._executor.submit(self._read, key)))
        for key, future in started:
            future.add_done_callback(partial(self._finished, key))

    def _take_next(self) -> K | None:
        """Choose what is read next: neighbours wait until the asked-for frame is there, and are tried once."""
        if self._is_closed or self._asked is None:
            return None
        if self._is_waiting:
            return None if self._asked in self._reading else self._asked
        while self._neighbours:
            key = self._neighbours.pop(0)
            if key not in self._reading and key not in self._cache:
                return key
        return None

    def _finished(self, key: K, future: Future[V]) -> None:
        if future.cancelled():  # by close
            return
        error = future.exception()
        with self._lock:
            self._reading.remove(key)
            is_awaited = self._is_waiting and key == self._asked and not self._is_closed
            self._is_waiting &= not is_awaited
            if error is None:
                size = self._size_of(future.result())
                self._cache.put(key, future.result(), size)
                if is_awaited:
                    self._shown_size = size
                    self._keep_to_budget()
        try:
            if is_awaited:
                self._deliver(key, future.result() if error is None else error)
            elif error is None and self._kept is not None:
                self._kept(key)
        finally:
            self._start_reading()

    def _keep_to_budget(self) -> None:
        """Drop neighbours that would push each other, or the frame that is shown, out of the cache."""
        if self._shown_size:
            del self._neighbours[max(0, self._cache.budget // self._shown_size - 1) :]
