import threading
import time

import pytest

from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner, Work, WorkState
from annotator.core.errors import AnnotatorError, Cancelled


def endless(progress: Progress) -> None:
    while True:
        progress.checkpoint()
        time.sleep(0.001)


def wait_for(work: Work, state: WorkState) -> None:
    end = time.monotonic() + 5
    while work.state is not state:
        assert time.monotonic() < end, work.state
        time.sleep(0.001)


def test_the_result_of_work():
    with BackgroundRunner() as runner:
        work = runner.start(
            "Sum", lambda progress: sum(progress.track(range(100), "Adding")), uses=None
        )
        assert work.result(5) == 4950
        assert work.name == "Sum"
        assert work.state is WorkState.DONE
        assert work.error is None


def test_listeners_hear_of_the_beginning_the_progress_and_the_end():
    heard: list[tuple[WorkState, int]] = []
    with BackgroundRunner() as runner:
        runner.subscribe(lambda work: heard.append((work.state, work.report.done)))
        runner.start(
            "Count", lambda progress: list(progress.track(range(5), "Counting")), uses=None
        ).result(5)
    assert heard == [
        (WorkState.RUNNING, 0),
        (WorkState.RUNNING, 0),
        (WorkState.RUNNING, 5),
        (WorkState.DONE, 5),
    ]


def test_whoever_unsubscribed_hears_nothing():
    heard: list[Work] = []
    with BackgroundRunner() as runner:
        unsubscribe = runner.subscribe(heard.append)
        unsubscribe()
        runner.start("Count", lambda progress: 1, uses=None).result(5)
    assert heard == []


@pytest.mark.parametrize("error", [AnnotatorError("The disk is full."), ZeroDivisionError("a bug")])
def test_failed_work_says_why(error):
    def fail(progress: Progress) -> None:
        raise error

    with BackgroundRunner() as runner:
        work = runner.start("Fail", fail, uses=None)
        with pytest.raises(type(error)):
            work.result(5)
        assert work.state is WorkState.FAILED
        assert work.error is error


def test_running_work_is_paused_resumed_and_cancelled():
    states: list[WorkState] = []
    with BackgroundRunner() as runner:
        runner.subscribe(lambda work: states.append(work.state))
        began = threading.Event()
        unsubscribe = runner.subscribe(lambda work: began.set())
        work = runner.start("Wait", endless, uses=None)
        assert began.wait(5)
        unsubscribe()
        work.pause()
        assert work.state is WorkState.PAUSED
        work.resume()
        assert work.state is WorkState.RUNNING
        work.pause()
        work.cancel()
        with pytest.raises(Cancelled):
            work.result(5)
        assert work.state is WorkState.CANCELLED
        assert work.error is None
    assert states == [
        WorkState.RUNNING,
        WorkState.PAUSED,
        WorkState.RUNNING,
        WorkState.PAUSED,
        WorkState.CANCELLED,
    ]


def test_work_without_a_thread_waits_and_never_begins_once_cancelled():
    began = threading.Event()
    with BackgroundRunner(threads=1) as runner:
        first = runner.start("First", endless, uses=None)
        wait_for(first, WorkState.RUNNING)
        second = runner.start("Second", lambda progress: began.set(), uses=None)
        assert second.state is WorkState.WAITING
        assert runner.works == (first, second)
        second.cancel()
        assert second.state is WorkState.CANCELLED
        assert runner.works == (first,)
        with pytest.raises(Cancelled):
            second.result(5)
    assert not began.is_set()


def test_work_is_found_by_what_it_uses():
    thing, other = object(), object()
    with BackgroundRunner(threads=1) as runner:
        first = runner.start("First", endless, uses=thing)
        second = runner.start("Second", endless, uses=thing, must_finish=True)
        runner.start("Third", endless, uses=other)
        runner.start("Fourth", endless, uses=None)
        assert runner.users_of(thing) == (first, second)
        assert [work.must_finish for work in runner.users_of(thing)] == [False, True]
        second.cancel()
        assert runner.users_of(thing) == (first,)
    assert runner.users_of(thing) == ()


def test_the_end_is_told_also_to_those_who_come_late():
    heard: list[WorkState] = []
    with BackgroundRunner() as runner:
        work = runner.start("Count", lambda progress: 1, uses=None)
        work.result(5)
        work.when_done(lambda done: heard.append(done.state))
    assert heard == [WorkState.DONE]


def test_closing_cancels_all_work_and_waits():
    runner = BackgroundRunner(threads=2)
    works = [runner.start(str(number), endless, uses=None) for number in range(5)]
    works[0].pause()
    runner.close()
    assert {work.state for work in works} == {WorkState.CANCELLED}
    assert runner.works == ()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("background")]
    with pytest.raises(RuntimeError):
        runner.start("Late", endless, uses=None)


def test_much_short_work_is_all_told_of_and_forgotten():
    ended: list[str] = []
    with BackgroundRunner(threads=4) as runner:
        runner.subscribe(lambda work: ended.append(work.name) if work.state.is_final else None)
        works = [
            runner.start(str(number), lambda progress: None, uses=None) for number in range(500)
        ]
        for work in works:
            work.result(5)
    assert sorted(ended, key=int) == [str(number) for number in range(500)]
    assert runner.works == ()
