"""Somebody is told, once, that what was begun takes too long."""

import threading
from collections.abc import Iterator

import pytest

from annotator.models.workers.deadline import Deadline

LONG = 60.0
SHORT = 0.02


class Told:
    """Counts how often it was told."""

    def __init__(self) -> None:
        self.count = 0
        self.again = threading.Semaphore(0)

    def late(self) -> None:
        self.count += 1
        self.again.release()

    def is_told(self, seconds: float = 10.0) -> bool:
        return self.again.acquire(timeout=seconds)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def deadline(told: Told) -> Iterator[Deadline]:
    made = Deadline(told.late)
    yield made
    made.close()


def test_what_takes_too_long_is_told_once(told: Told, deadline: Deadline):
    deadline.begin(SHORT)
    assert told.is_told()
    assert not told.is_told(5 * SHORT)


def test_what_ends_in_time_is_not_told(told: Told, deadline: Deadline):
    for _ in range(100):
        deadline.begin(SHORT)
        deadline.end()
    assert not told.is_told(5 * SHORT)


def test_a_shorter_time_counts_at_once_though_a_longer_one_was_waited_for(
    told: Told, deadline: Deadline
):
    deadline.begin(LONG)
    deadline.end()
    deadline.begin(SHORT)
    assert told.is_told()


def test_it_can_be_late_again(told: Told, deadline: Deadline):
    for _ in range(3):
        deadline.begin(SHORT)
        assert told.is_told()
        deadline.end()


def test_once_it_is_closed_nothing_is_told(told: Told):
    deadline = Deadline(told.late)
    deadline.begin(5 * SHORT)
    deadline.close()
    assert not told.is_told(20 * SHORT)
    assert told.count == 0
