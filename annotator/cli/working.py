"""Long work on a terminal: a bar on stderr, and Ctrl+C stops it cleanly."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from annotator.background.progress import Progress, ProgressReport
from annotator.core.errors import Cancelled


class _InterruptibleProgress(Progress):
    """Progress that a signal handler may cancel.

    A handler runs between any two steps of the main thread, which may hold the lock that `cancel` needs.
    """

    is_interrupted = False

    def checkpoint(self) -> None:
        if self.is_interrupted:
            raise Cancelled
        super().checkpoint()


@contextmanager
def working(left: str = "nothing was changed") -> Iterator[Progress]:
    """Yield the Progress for the work of a command.

    It shows a bar where stderr is a terminal. The first Ctrl+C makes the work stop at its next report; the second one
    stops it at once. left: what is there of work that was stopped at a report, for the sentence that is raised as
    Cancelled.
    """
    with _bar() as listener:
        progress = _InterruptibleProgress(listener)
        try:
            with _interrupted_by_user(progress):
                yield progress
        except Cancelled:
            raise Cancelled(f"Stopped on request; {left}.") from None


@contextmanager
def _interrupted_by_user(progress: _InterruptibleProgress) -> Iterator[None]:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if progress.is_interrupted:
            raise KeyboardInterrupt
        progress.is_interrupted = True

    before = signal.getsignal(signal.SIGINT)
    # A shell that runs the command in the background has Ctrl+C ignored.
    if threading.current_thread() is not threading.main_thread() or before == signal.SIG_IGN:
        yield
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _bar() -> Iterator[Callable[[ProgressReport], None] | None]:
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}", markup=False),
    )
    with Bars(*columns, console=Console(file=sys.stderr), transient=True) as bars:
        task = bars.add_task("", total=None, left="")

        def show(report: ProgressReport) -> None:
            bars.update(
                task,
                description=report.text,
                completed=report.done,
                total=report.total,
                left=_time_left(report.seconds_left),
            )

        yield show


def _time_left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} left"
