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


class Model:
    """Writes down what becomes of it. refused: why it cannot be started."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.acts: list[str] = []

    def start(self) -> None:
        self.acts.append("start")
        if self.refused:
            raise ModelError(self.refused)

    def kill(self) -> None:
        self.acts.append("kill")

    def close(self) -> None:
        self.acts.append("close")


@pytest.fixture
def pools():
    """Make pools that are stopped at the end: `pools(model, look, told)`."""
    made = []

    def make(
        model: Model, look: Callable, told: Told, workers: int = 1, started: Callable = id
    ) -> ModelPool:
        made.append(ModelPool(lambda: model, look, told, started, workers))
        return made[-1]

    yield make
    for pool in made:
        pool.stop()()


def test_the_model_is_started_once_and_only_when_it_is_wanted(pools):
    model, told, started = Model(), Told(), []
    pool = pools(model, lambda one, frame: (one, frame), told, 2, started.append)
    assert model.acts == []
    pool.want([1, 2, 3])
    answers = told.wait(3)
    assert sorted(answers) == [(n, (model, n)) for n in (1, 2, 3)]
    assert (model.acts, started) == (["start"], [model])
    wait = pool.stop()
    assert model.acts == ["start", "kill"]
    wait()
    assert model.acts == ["start", "kill", "close"]


def test_what_is_wanted_anew_comes_before_what_waited(pools):
    begun, go = threading.Event(), threading.Event()

    def look(_model: Model, frame: int) -> int:
        begun.set()
        assert go.wait(10)
        return frame

    told = Told()
    pool = pools(Model(), look, told)
    pool.want([1, 2, 3])
    assert begun.wait(10)
    pool.want([7, 1, 8])
    go.set()
    told.wait(3)
    # 1 had begun and came to its end; 2 and 3 were wanted no more; 1 is not looked at twice.
    assert [frame for frame, _ in told.answers] == [1, 7, 8]


def test_nothing_is_told_after_the_end_however_late_it_comes(pools):
    begun, go = threading.Event(), threading.Event()

    def look(_model: Model, frame: int) -> int:
        begun.set()
        assert go.wait(10)
        return frame

    told = Told()
    pool = pools(Model(), look, told)
    pool.want([1, 2])
    assert begun.wait(10)
    wait = pool.stop()
    go.set()
    wait()
    pool.want([3])
    assert told.answers == []


def test_a_model_that_is_still_started_when_all_ends_is_stopped(pools):
    begun, go = threading.Event(), threading.Event()

    class Slow(Model):
        def start(self) -> None:
            super().start()
            begun.set()
            assert go.wait(10)

        def kill(self) -> None:
            super().kill()
            go.set()

    model, told = Slow(), Told()
    pool = pools(model, lambda _, frame: frame, told)
    pool.want([1])
    assert begun.wait(10)
    pool.stop()()
    assert model.acts == ["start", "kill", "close"]
    assert told.answers == []


def test_a_frame_that_fails_is_told_and_the_next_one_is_looked_at(pools):
    def look(_model: Model, frame: int) -> int:
        if frame == 1:
            raise ModelError("It cannot see this.")
        return frame

    told = Told()
    pools(Model(), look, told).want([1, 2])
    (first, error), second = told.wait(2)
    assert first == 1
    assert str(error) == "It cannot see this."
    assert second == (2, 2)


def test_a_model_that_cannot_be_started_is_told_once(pools):
    model, told = Model("Its file is damaged."), Told()
    pool = pools(model, lambda _, frame: frame, told, 2)
    pool.want([1, 2])
    ((frame, error),) = told.wait(1)
    assert frame is None
    assert str(error) == "Its file is damaged."
    pool.stop()()
    pool.want([3])
    assert len(told.answers) == 1
    assert model.acts == ["start", "kill", "close"]


def test_what_has_nothing_to_tell_tells_nothing(pools):
    told = Told()
    pool = pools(Model(), lambda _, frame: frame if frame == 2 else None, told)
    pool.want([1, 2])
    assert told.wait(1) == [(2, 2)]
