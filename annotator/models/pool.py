"""A model at work beside the window: frames are looked at on a few threads, the one that matters most first."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final, Generic, Protocol, TypeVar

from annotator.models.processors import worker_count


class PooledModel(Protocol):
    """A model that takes a while to start, and can be stopped in whatever it does."""

    def start(self) -> None:
        """Make it ready."""

    def kill(self) -> None:
        """Stop it at once; any thread may."""

    def close(self) -> None:
        """Give back what it holds; waits until it is stopped."""


M = TypeVar("M", bound=PooledModel)
A = TypeVar("A")


class ModelPool(Generic[M, A]):
    """Starts a model when it is first wanted, and has it look at frames.

    make: gives the model, not started; called once. look: asks it about a frame; None where there is nothing to tell.
    deliver: gets the id of the frame with the answer, or with what went wrong; None in place of the frame when the
    model itself cannot be started, after which nothing more is done. It must not call the pool. started: gets the model
    once it is. All of them run on the pool's threads.

    Each request carries its frame, and so does its answer. What is wanted anew takes the place of what waits; what has
    begun comes to its end. After `stop` nothing is delivered any more, however late an answer comes.
    """

    def __init__(
        self,
        make: Callable[[], M],
        look: Callable[[M, int], A | None],
        deliver: Callable[[int | None, A | BaseException], None],
        started: Callable[[M], None] = lambda _: None,
        workers: int | None = None,
    ) -> None:
        self._make = make
        self._look = look
        self._deliver = deliver
        self._tell_started = started
        self._workers: Final = workers or worker_count()
        self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="model")
        self._lock = threading.Lock()
        self._starting = threading.Lock()
        self._model: M | None = None
        self._is_ready = False
        self._waiting: list[int] = []
        self._running: set[int] = set()
        self._is_stopped = False

    def want(self, frames: Iterable[int]) -> None:
        """Have frames looked at, the first one first, in place of those that wait. Any thread may ask."""
        with self._lock:
            self._waiting = [one for one in dict.fromkeys(frames) if one not in self._running]
        self._start()

    def stop(self) -> Callable[[], None]:
        """Stop the model and deliver nothing any more; return what waits until all is given back."""
        with self._lock:
            self._is_stopped = True
            if self._model is not None:
                self._model.kill()
        return self._close

    def _close(self) -> None:
        self._threads.shutdown()
        if self._model is not None:
            self._model.close()

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
        with self._starting:
            model = self._model or self._started()
            if not self._is_ready:
                return None  # it could not be started, which is told already
        return self._look(model, frame)

    def _started(self) -> M:
        model = self._make()
        with self._lock:
            self._model = model
            if self._is_stopped:
                model.kill()
        model.start()
        self._is_ready = True
        self._tell_started(model)
        return model

    def _done(self, frame: int, future: "Future[A | None]") -> None:
        """Tell what came of it; on the thread that did it."""
        error = future.exception()
        answer = error if error is not None else future.result()
        is_unusable = not self._is_ready
        # With the lock: once `stop` has returned, nobody is told anything.
        with self._lock:
            self._running.discard(frame)
            if answer is not None and not self._is_stopped:
                self._deliver(None if is_unusable else frame, answer)
            self._is_stopped |= is_unusable
        self._start()
