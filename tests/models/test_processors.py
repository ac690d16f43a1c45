"""The cores are shared out: one for the person, no more processes than their memory allows, none for nothing."""

import pytest

from annotator.models import processors


@pytest.mark.parametrize(
    ("cores", "workers", "threads"),
    [
        (1, 1, 1),
        (2, 1, 1),
        (3, 2, 1),
        (4, 3, 1),
        (5, 4, 1),
        (8, 4, 1),
        (9, 4, 2),
        (16, 4, 3),
        (64, 4, 15),
    ],
)
def test_cores_are_shared_out(
    cores: int, workers: int, threads: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(processors, "_cores", lambda: cores)
    assert processors.worker_count() == workers
    assert processors.threads_of_each() == threads


@pytest.mark.parametrize("cores", range(1, 130))
def test_the_person_keeps_a_core(cores: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(processors, "_cores", lambda: cores)
    used = processors.worker_count() * processors.threads_of_each()
    assert used <= max(1, cores - 1)
