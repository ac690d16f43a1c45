import multiprocessing
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core import ids
from annotator.core.ids import made_at_ms, new_id, new_ids


@given(st.integers(0, 5000))
def test_ids_made_together_are_different_and_ascending(count):
    made = new_ids(count)
    assert len(made) == count
    assert made == sorted(set(made))


def test_no_ids_are_made_where_none_are_asked_for():
    assert new_ids(0) == new_ids(-1) == []


def test_each_id_is_larger_than_all_before():
    made = [identifier for _ in range(2000) for identifier in (new_id(), *new_ids(3))]
    assert made == sorted(set(made))


def test_ids_are_positive_and_fit_63_bits_for_decades():
    assert 0 < new_id() < 1 << 63
    until = (1 << 63) >> ids.TAIL_BITS  # milliseconds
    assert until / (1000 * 60 * 60 * 24 * 365.25) > 65


def test_an_id_tells_when_it_was_made():
    assert made_at_ms(0) == datetime(2020, 1, 1, tzinfo=UTC).timestamp() * 1000
    before = time.time_ns() // 1_000_000
    made = made_at_ms(new_id())
    # What was made in a row may run ahead of the clock by some milliseconds.
    assert before - 1 <= made <= time.time_ns() // 1_000_000 + 1000


def test_threads_never_make_the_same_id_and_each_sees_its_own_ascend():
    made = [[] for _ in range(8)]
    begin = threading.Barrier(len(made))

    def make(found):
        begin.wait()
        for _ in range(300):
            found.append(new_id())
            found.extend(new_ids(5))

    threads = [threading.Thread(target=make, args=(found,)) for found in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found == sorted(found) for found in made)
    everything = [identifier for found in made for identifier in found]
    assert len(everything) == 8 * 300 * 6
    assert len(set(everything)) == len(everything)


def test_ids_ascend_when_the_clock_is_set_back(monkeypatch):
    before = new_id()
    now = time.time_ns()
    monkeypatch.setattr(ids.time, "time_ns", lambda: now - 3_600_000_000_000)
    assert new_id() > before


def test_ids_are_positive_under_a_clock_before_2020(monkeypatch):
    monkeypatch.setattr(ids, "_last", 0)
    monkeypatch.setattr(ids.time, "time_ns", lambda: 0)
    first, second = new_ids(2)
    assert 0 < first < second


def test_a_million_ids_run_ahead_of_the_clock_by_a_second(monkeypatch):
    monkeypatch.setattr(ids, "_last", 0)
    made = new_ids(1_000_000)
    assert made_at_ms(made[-1]) - made_at_ms(made[0]) in range(970, 985)


def test_processes_that_make_many_ids_at_the_same_instant_do_not_meet():
    """They draw 12 bits each: three processes may draw the same twice, but not three times running."""
    code = (
        "import time; from annotator.core import ids; ids.time.time_ns = lambda: 2 * 10**18;"
        "print(*ids.new_ids(3000))"
    )

    def clashes():
        processes = [
            subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
            for _ in range(3)
        ]
        made = [process.communicate()[0].split() for process in processes]
        assert [len(found) for found in made] == [3000] * 3
        return len({identifier for found in made for identifier in found}) < 9000

    assert not all(clashes() for _ in range(3))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_does_not_make_the_ids_of_its_parent(monkeypatch):
    now = time.time_ns() + 10**13
    monkeypatch.setattr(ids, "_last", 0)
    monkeypatch.setattr(ids.time, "time_ns", lambda: now)
    last = new_id()
    context = multiprocessing.get_context("fork")
    lanes = set()
    for _ in range(3):
        receiver, sender = context.Pipe(duplex=False)
        with ids._lock:  # held by the parent while it forks
            child = context.Process(target=lambda end: end.send(new_ids(50)), args=(sender,))
            child.start()
        made = receiver.recv()
        child.join()
        assert made == sorted(set(made))
        assert made[0] > last
        assert made_at_ms(made[0]) == made_at_ms(last) + 1
        lanes.add(made[0] & ~ids._COUNT_MASK)
    assert len(lanes) > 1


def test_single_ids_of_the_same_instant_differ_by_chance(monkeypatch):
    now = time.time_ns()
    monkeypatch.setattr(ids.time, "time_ns", lambda: now)
    made = set()
    for _ in range(30):
        monkeypatch.setattr(ids, "_last", 0)
        made.add(new_id())
    assert len(made) > 20
    assert {made_at_ms(identifier) for identifier in made} == {now // 1_000_000}


def test_new_ids_are_larger_than_one_that_a_clock_ahead_of_ours_made(monkeypatch):
    monkeypatch.setattr(ids, "_last", ids._last)
    met = new_id() + (3_600_000 << ids.TAIL_BITS)  # an hour ahead
    ids.begin_after(met)
    assert met < new_id() < met + (10 << ids.TAIL_BITS)


@pytest.mark.parametrize("met", [1, 1 << 62, (1 << 63) - 1])
def test_ids_from_long_ago_or_from_beyond_reason_change_nothing(monkeypatch, met):
    monkeypatch.setattr(ids, "_last", ids._last)
    before = new_id()
    ids.begin_after(met)
    assert before < new_id() < before + (10_000 << ids.TAIL_BITS)
