"""A model at work beside the window: frames are looked at on a few threads, the one that matters most first."""

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final, Generic, TypeVar

M = TypeVar("M")
A = TypeVar("A")


def worker_count() -> int:
    """Return on how many threads models look at frames: one core is left to whoever watches."""
    return max(1, (os.cpu_count() or 1) - 1)


class ModelPool(Generic[M, A]):
    """Loads a model when it is first wanted, and has it look at frames.

    load: gives the model; called once. look: asks it about a frame; None where there is nothing to tell. deliver: gets
    the id of the frame with the answer, or with what went wrong; None in place of the frame when the model itself
    cannot be loaded, after which nothing more is done. It must not call the pool. All three run on the pool's threads.

    Each request carries its frame, and so does its answer. What is wanted anew takes the place of what waits; what has
    begun comes to its end. After `stop` nothing is delivered any more, however late an answer comes.
    """

    def __init__(
        self,
        load: Callable[[], M],
        look: Callable[[M, int], A | None],
        deliver: Callable[[int | None, A | BaseException], None],
        workers: int | None = None,
    ) -> None:
        self._load = load
        self._look = look
        self._deliver = deliver
        self._workers: Final = workers or worker_count()
        self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="model")
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._model: M | None = None
        self._waiting: list[int] = []
        self._running: set[int] = set()
        self._is_stopped = False

    def want(self, frames: Iterable[int]) -> None:
        """Have frames looked at, the first one first, in place of those that wait. Any thread may ask."""
        with self._lock:
            self._waiting = [one for one in dict.fromkeys(frames) if one not in self._running]
        self._start()

    def stop(self) -> Callable[[], None]:
        """Deliver nothing any more; return what waits until no thread of the pool is at work."""
        with self._lock:
            self._is_stopped = True
        return self._threads.shutdown

    def _start(self) -> None:
        started = []
        with self._lock:
            while self._waiting and len(self._running) < self._workers and not self._is_stopped:
                frame = self._waiting.pop(0)
                self._running.add(frame)
                started.append((frame, self._threads.submit(self._answer, frame)))
        for frame, future in started:
            future.add_done_callback(partial(self._done, frame))

    def _answer(self, frame: int) -> A | None:
        with self._loading:
            if self._model is None:
                self._model = self._load()
        return self._look(self._model, frame)

    def _done(self, frame: int, future: "Future[A | None]") -> None:
        """Tell what came of it; on the thread that did it."""
        error = future.exception()
        answer = error if error is not None else future.result()
        is_unloaded = self._model is None
        # With the lock: once `stop` has returned, nobody is told anything.
        with self._lock:
            self._running.discard(frame)
            if answer is not None and not self._is_stopped:
                self._deliver(None if is_unloaded else frame, answer)
            self._is_stopped |= is_unloaded
        self._start()
