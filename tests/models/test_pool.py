"""The pool: one load, the first frame first, nothing late, nothing after the end."""

import threading
from collections.abc import Callable

import pytest

from annotator.models.errors import ModelError
from annotator.models.pool import ModelPool


class Told:
    """Answers as they come, to be waited for."""

    def __init__(self) -> None:
        self.answers: list[tuple[int | None, object]] = []
        self._came = threading.Condition()

    def __call__(self, frame: int | None, answer: object) -> None:
        with self._came:
            self.answers.append((frame, answer))
            self._came.notify_all()

    def wait(self, count: int) -> list[tuple[int | None, object]]:
        with self._came:
            assert self._came.wait_for(lambda: len(self.answers) >= count, timeout=10)
            return list(self.answers)


@pytest.fixture
def pools():
    """Make pools that are stopped at the end."""
    made = []

    def make(load: Callable, look: Callable, told: Told, workers: int = 1) -> ModelPool:
        made.append(ModelPool(load, look, told, workers))
        return made[-1]

    yield make
    for pool in made:
        pool.stop()()


def test_the_model_is_loaded_once_and_only_when_it_is_wanted(pools):
    loads = []
    told = Told()
    pool = pools(lambda: loads.append(1) or "model", lambda model, frame: (model, frame), told, 2)
    assert loads == []
    pool.want([1, 2, 3])
    answers = told.wait(3)
    assert sorted(answers) == [(n, ("model", n)) for n in (1, 2, 3)]
    assert loads == [1]


def test_what_is_wanted_anew_comes_before_what_waited(pools):
    begun, go = threading.Event(), threading.Event()

    def look(_model: str, frame: int) -> int:
        begun.set()
        assert go.wait(10)
        return frame

    told = Told()
    pool = pools(lambda: "model", look, told)
    pool.want([1, 2, 3])
    assert begun.wait(10)
    pool.want([7, 1, 8])
    go.set()
    told.wait(3)
    # 1 had begun and came to its end; 2 and 3 were wanted no more; 1 is not looked at twice.
    assert [frame for frame, _ in told.answers] == [1, 7, 8]


def test_nothing_is_told_after_the_end_however_late_it_comes(pools):
    begun, go = threading.Event(), threading.Event()

    def look(_model: str, frame: int) -> int:
        begun.set()
        assert go.wait(10)
        return frame

    told = Told()
    pool = pools(lambda: "model", look, told)
    pool.want([1, 2])
    assert begun.wait(10)
    wait = pool.stop()
    go.set()
    wait()
    pool.want([3])
    assert told.answers == []


def test_a_frame_that_fails_is_told_and_the_next_one_is_looked_at(pools):
    def look(_model: str, frame: int) -> int:
        if frame == 1:
            raise ModelError("It cannot see this.")
        return frame

    told = Told()
    pools(lambda: "model", look, told).want([1, 2])
    (first, error), second = told.wait(2)
    assert first == 1
    assert str(error) == "It cannot see this."
    assert second == (2, 2)


def test_a_model_that_cannot_be_loaded_is_told_once(pools):
    told = Told()

    def load() -> str:
        raise ModelError("Its file is damaged.")

    pool = pools(load, lambda model, frame: frame, told)
    pool.want([1, 2])
    ((frame, error),) = told.wait(1)
    assert frame is None
    assert str(error) == "Its file is damaged."
    pool.stop()()
    pool.want([3])
    assert len(told.answers) == 1


def test_what_has_nothing_to_tell_tells_nothing(pools):
    told = Told()
    pool = pools(lambda: "model", lambda model, frame: frame if frame == 2 else None, told)
    pool.want([1, 2])
    assert told.wait(1) == [(2, 2)]
