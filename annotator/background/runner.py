"""Named pieces of work on threads of their own, and their state for whoever shows it."""

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from enum import Enum
from itertools import count
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeAlias, TypeVar

from annotator.background.progress import Progress, ProgressReport
from annotator.core.errors import Cancelled

T = TypeVar("T")
_numbers: Final = count(1)


class WorkState(Enum):
    """waiting -> running <-> paused -> done, failed or cancelled; waiting work can be cancelled too."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing follows."""
        return self in (WorkState.DONE, WorkState.FAILED, WorkState.CANCELLED)


class Work(Generic[T]):
    """One piece of work: its name, how far it is, how it ended.

    number: no other work of this process has it. uses: what must not be closed before it has ended, such as a project;
    None where there is nothing. must_finish: whoever closes that lets it come to its end. tells_itself: whoever started
    it tells a person of its error, so that nobody else has to.
    """

    def __init__(
        self,
        name: str,
        function: Callable[[Progress], T],
        listener: "Listener",
        *,
        uses: object | None,
        must_finish: bool = False,
        tells_itself: bool = False,
    ) -> None:
        self.number = next(_numbers)
        self.name = name
        self.uses = uses
        self.must_finish = must_finish
        self.tells_itself = tells_itself
        self.report = ProgressReport("", 0, None, None)
        self._listener = listener
        self._function = function
        self._progress = Progress(self._reported)
        self._future: Future[T] = Future()

    @property
    def state(self) -> WorkState:
        """Where it stands now."""
        if self._future.done():
            return self._ending()
        if not self._future.running():
            return WorkState.WAITING
        return WorkState.PAUSED if self._progress.is_paused else WorkState.RUNNING

    @property
    def error(self) -> BaseException | None:
        """What made it fail; None unless the state is FAILED. Anything but an AnnotatorError is a bug."""
        return self._future.exception() if self.state is WorkState.FAILED else None

    def result(self, timeout: float | None = None) -> T:
        """Wait for the end, and return what the function returned or raise what it raised.

        Raises Cancelled if it was cancelled, and TimeoutError after `timeout` seconds.
        """
        try:
            return self._future.result(timeout)
        except CancelledError:
            raise Cancelled from None

    def wait(self) -> None:
        """Wait for the end, however it is."""
        ended = threading.Event()
        self.when_done(lambda _: ended.set())
        ended.wait()

    def cancel(self) -> None:
        """Ask it to stop at its next report; work that waits for a thread never begins."""
        self._progress.cancel()
        self._future.cancel()

    def pause(self) -> None:
        """Ask it to wait at its next report."""
        self._progress.pause()
        self._listener(self)

    def resume(self) -> None:
        """Let it go on."""
        self._progress.resume()
        self._listener(self)

    def when_done(self, listener: "Listener") -> None:
        """Call `listener` with this work once it has ended, at once if it has already."""
        self._future.add_done_callback(lambda _: listener(self))

    def submit(self, executor: ThreadPoolExecutor) -> None:
        """Queue it; the runner calls this once."""
        self._future = executor.submit(self._run)

    def _run(self) -> T:
        self._listener(self)
        return self._function(self._progress)

    def _reported(self, report: ProgressReport) -> None:
        self.report = report
        self._listener(self)

    def _ending(self) -> WorkState:
        if self._future.cancelled():
            return WorkState.CANCELLED
        error = self._future.exception()
        if error is None:
            return WorkState.DONE
        return WorkState.CANCELLED if isinstance(error, Cancelled) else WorkState.FAILED


Listener: TypeAlias = Callable[[Work[Any]], None]


class BackgroundRunner:
    """Runs work on a few threads and tells its listeners about every change of state and progress.

    Listeners are called on the thread where the change happens, a worker thread as a rule, so a window passes
    the call on through one queued signal.
    """

    def __init__(self, threads: int = 2) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="background")
        self._lock = threading.Lock()
        self._listeners: tuple[Listener, ...] = ()
        self._works: tuple[Work[Any], ...] = ()

    @property
    def works(self) -> tuple[Work[Any], ...]:
        """All work that has not ended, in the order in which it was started."""
        return self._works

    def users_of(self, thing: object) -> tuple[Work[Any], ...]:
        """Return the work that has not ended and uses something."""
        return tuple(work for work in self._works if work.uses is thing)

    def start(
        self,
        name: str,
        function: Callable[[Progress], T],
        *,
        uses: object | None,
        must_finish: bool = False,
        tells_itself: bool = False,
    ) -> Work[T]:
        """Run `function` as soon as a thread is free; see `Work`. Raises RuntimeError after `close`."""
        work = Work(
            name,
            function,
            self._changed,
            uses=uses,
            must_finish=must_finish,
            tells_itself=tells_itself,
        )
        with self._lock:  # what the work announces first waits for this lock, see _changed
            work.submit(self._executor)
            self._works = (*self._works, work)
        work.when_done(self._changed)
        return work

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each work that changes; the returned function ends that."""
        with self._lock:
            self._listeners = (*self._listeners, listener)
        return lambda: self._unsubscribe(listener)

    def close(self) -> None:
        """Cancel all work and wait until the threads are free."""
        for work in self._works:
            work.cancel()
        self._executor.shutdown(wait=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _changed(self, work: Work[Any]) -> None:
        with self._lock:
            if work.state.is_final:
                self._works = tuple(other for other in self._works if other is not work)
        for listener in self._listeners:
            listener(work)

    def _unsubscribe(self, listener: Listener) -> None:
        with self._lock:
            self._listeners = tuple(other for other in self._listeners if other is not listener)
