"""How long work says how far it is, and where it is paused and stopped."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass
from typing import Final, TypeVar

from annotator.core.errors import Cancelled

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """How far a piece of work is."""

    text: str
    done: int
    total: int | None
    """None where the end is not known."""
    seconds_left: float | None
    """An estimate; None until there is something to go by."""


class Progress:
    """The hand a piece of work is held by: it reports here, and others pause and cancel it here.

    `report` and `track` are called by the work, `cancel`, `pause` and `resume` by anybody, all from any thread.
    The listener is called on the thread that reports, at most once per `interval` seconds, and for the
    beginning and the end of each run of numbers.
    """

    def __init__(
        self, listener: Callable[[ProgressReport], None] | None = None, *, interval: float = 0.1
    ) -> None:
        self._listener = listener
        self._interval = interval
        self._lock = threading.Lock()
        self._may_run = threading.Event()
        self._may_run.set()
        self._cancelled = False
        self._paused_at = 0.0
        self._clock = _Clock()
        self._next_call = 0.0

    def report(self, done: int, total: int | None = None, text: str = "") -> None:
        """Say that `done` of `total` steps are done. Waits while paused; raises Cancelled once cancelled.

        A number below the one before begins a new run, with an estimate of its own.
        """
        self.checkpoint()
        if self._listener is None:
            return
        now = time.monotonic()
        with self._lock:
            begins = self._clock.advance(done, now)
            if not begins and done != total and now < self._next_call:
                return
            self._next_call = now + self._interval
            seconds_left = self._clock.seconds_left(done, total, now)
        self._listener(ProgressReport(text, done, total, seconds_left))

    def track(self, items: Iterable[T], text: str, total: int | None = None) -> Iterator[T]:
        """Yield the items, reporting and giving way to pause and cancel before each and after the last."""
        if total is None and isinstance(items, Sized):
            total = len(items)
        done = 0
        for done, item in enumerate(items):
            self.report(done, total, text)
            yield item
            done += 1
        self.report(done, done, text)

    def checkpoint(self) -> None:
        """Wait while paused; raise Cancelled once cancelled."""
        self._may_run.wait()
        if self._cancelled:
            raise Cancelled

    def cancel(self) -> None:
        """Ask the work to stop; it does at its next report, also if it is paused."""
        with self._lock:
            self._cancelled = True
            self._may_run.set()

    def pause(self) -> None:
        """Ask the work to wait at its next report."""
        with self._lock:
            if not self._cancelled and self._may_run.is_set():
                self._may_run.clear()
                self._paused_at = time.monotonic()

    def resume(self) -> None:
        """Let paused work go on."""
        with self._lock:
            if not self._may_run.is_set():
                self._may_run.set()
                self._clock.leave_out(time.monotonic() - self._paused_at)

    @property
    def is_cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    @property
    def is_paused(self) -> bool:
        """Whether the work waits, or will wait at its next report."""
        return not self._may_run.is_set()


class _Clock:
    """Estimates the time left from the mean pace since the run of numbers began."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._first = 0
        self._last = 0

    def advance(self, done: int, now: float) -> bool:
        """Take note of a number; True if it begins a new run."""
        begins = self._began is None or done < self._last
        if begins:
            self._began, self._first = now, done
        self._last = done
        return begins

    def leave_out(self, seconds: float) -> None:
        if self._began is not None:
            self._began += seconds

    def seconds_left(self, done: int, total: int | None, now: float) -> float | None:
        if total is None or self._began is None or done <= self._first:
            return None
        return (now - self._began) / (done - self._first) * max(0, total - done)


class _NoProgress(Progress):
    """Shared by all who do not care; one of them must not stop the others."""

    def cancel(self) -> None:
        raise TypeError("NO_PROGRESS is shared and cannot be cancelled; make a Progress")

    def pause(self) -> None:
        raise TypeError("NO_PROGRESS is shared and cannot be paused; make a Progress")


NO_PROGRESS: Final[Progress] = _NoProgress()
