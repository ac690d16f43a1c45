"""Ctrl+C during long work: first a polite stop, then a hard one."""

import signal
import threading

import pytest

from annotator.cli.working import working
from annotator.core.errors import Cancelled


def test_the_first_ctrl_c_stops_at_the_next_report_and_the_second_at_once():
    before = signal.getsignal(signal.SIGINT)
    with working() as progress:
        progress.report(1, 10)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Cancelled):
            progress.report(2, 10)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_stays_ignored_where_the_shell_says_so():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with working() as progress:
            signal.raise_signal(signal.SIGINT)
            progress.report(1, 10)
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_may_work_too():
    done: list[int] = []

    def work() -> None:
        with working() as progress:
            done.extend(progress.track([1, 2, 3], "Working"))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert done == [1, 2, 3]
