import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.background.progress import NO_PROGRESS, Progress, ProgressReport
from annotator.core.errors import Cancelled


class Clock:
    """Stands in for time.monotonic, so that the tests of intervals do not wait."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr("annotator.background.progress.time.monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_items_come_through_unchanged_and_the_end_is_reported():
    reports: list[ProgressReport] = []
    assert list(Progress(reports.append).track("abc", "Reading")) == ["a", "b", "c"]
    assert [(report.done, report.total, report.text) for report in (reports[0], reports[-1])] == [
        (0, 3, "Reading"),
        (3, 3, "Reading"),
    ]


def test_the_length_of_a_stream_is_not_known_before_its_end():
    reports: list[ProgressReport] = []
    assert len(list(Progress(reports.append, interval=0).track(iter("abc"), "Reading"))) == 3
    assert [(report.done, report.total) for report in reports] == [
        (0, None),
        (1, None),
        (2, None),
        (3, 3),
    ]


def test_the_listener_is_not_called_for_every_item(clock: Clock):
    reports: list[ProgressReport] = []
    for _ in Progress(reports.append, interval=0.1).track(range(10_000), "Counting"):
        clock.now += 0.001
    assert 95 <= len(reports) <= 105
    assert reports[-1].done == 10_000


def test_the_time_left_goes_by_the_pace_so_far(clock: Clock):
    reports: list[ProgressReport] = []
    progress = Progress(reports.append, interval=0)
    progress.report(0, 10)
    clock.now += 2
    progress.report(1, 10)
    clock.now += 2
    progress.report(4, 10)
    assert [report.seconds_left for report in reports] == [
        None,
        pytest.approx(18),
        pytest.approx(6),
    ]


def test_a_second_run_of_numbers_has_an_estimate_of_its_own(clock: Clock):
    reports: list[ProgressReport] = []
    progress = Progress(reports.append, interval=0)
    for text, seconds in (("slow", 10), ("fast", 1)):
        for _ in progress.track(range(4), text):
            clock.now += seconds
    left = {report.text: report.seconds_left for report in reports if report.done == 2}
    assert left == {"slow": pytest.approx(20), "fast": pytest.approx(2)}


def test_the_time_of_a_pause_does_not_count(clock: Clock):
    reports: list[ProgressReport] = []
    progress = Progress(reports.append, interval=0)
    progress.report(0, 4)
    clock.now += 1
    progress.pause()
    clock.now += 1000
    progress.resume()
    clock.now += 1
    progress.report(2, 4)
    assert reports[-1].seconds_left == pytest.approx(2)


def test_cancelled_work_stops_at_its_next_item():
    progress = Progress()
    seen = []
    with pytest.raises(Cancelled):  # noqa: PT012 - the loop is what stops
        for number in progress.track(range(100), "Counting"):
            seen.append(number)
            if number == 3:
                progress.cancel()
    assert seen == [0, 1, 2, 3]
    assert progress.is_cancelled


def test_work_cancelled_at_its_last_item_does_not_end_as_done():
    progress = Progress()
    with pytest.raises(Cancelled):  # noqa: PT012 - the loop is what stops
        for _ in progress.track([1], "Counting"):
            progress.cancel()


def test_paused_work_waits_and_goes_on():
    progress = Progress()
    seen: list[int] = []
    progress.pause()
    worker = threading.Thread(target=lambda: seen.extend(progress.track(range(3), "Counting")))
    worker.start()
    worker.join(0.05)
    assert worker.is_alive()
    assert seen == []
    progress.resume()
    worker.join(5)
    assert seen == [0, 1, 2]


def test_cancelling_ends_a_pause():
    progress = Progress()
    outcome: list[str] = []

    def work() -> None:
        try:
            progress.checkpoint()
        except Cancelled:
            outcome.append("cancelled")

    progress.pause()
    worker = threading.Thread(target=work)
    worker.start()
    progress.cancel()
    worker.join(5)
    assert outcome == ["cancelled"]
    progress.pause()  # work that was cancelled is never held up again
    assert not progress.is_paused


@given(st.lists(st.sampled_from(["pause", "resume", "cancel"]), max_size=12))
def test_no_order_of_commands_leaves_cancelled_work_waiting(commands):
    progress = Progress()
    for command in commands:
        getattr(progress, command)()
    if "cancel" in commands:
        assert not progress.is_paused
        with pytest.raises(Cancelled):
            progress.checkpoint()


def test_reports_from_several_threads():
    reports: list[ProgressReport] = []
    progress = Progress(reports.append, interval=0)
    workers = [
        threading.Thread(target=lambda: [progress.report(number, 500) for number in range(501)])
        for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(10)
    assert len(reports) == 4 * 501
    assert all(report.seconds_left is None or report.seconds_left >= 0 for report in reports)


def test_nobody_can_stop_those_who_share_no_progress():
    assert list(NO_PROGRESS.track([1, 2], "Counting")) == [1, 2]
    for command in (NO_PROGRESS.cancel, NO_PROGRESS.pause):
        with pytest.raises(TypeError, match="shared"):
            command()
