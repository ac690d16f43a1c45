"""The lock is given in the order it was asked for, and nobody holds it for long."""

import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from annotator.core.annotations import Annotation
from annotator.core.labels import Label
from annotator.project.project import Project
from annotator.project.storage.changes import Change
from annotator.project.storage.fair_lock import FairLock
from annotator.project.storage.parts import PART_SIZE, SHARED_PART_SIZE
from tests.project.change import change
from tests.project.shapes import batches, import_into, new_project_with


def wait_until(condition) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.001)
    pytest.fail("it did not happen")


def test_the_lock_goes_to_who_has_waited_longest() -> None:
    lock = FairLock()
    order: list[int] = []

    def work(number: int) -> None:
        with lock:
            order.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    with lock:
        for place, thread in enumerate(threads):
            thread.start()
            wait_until(lambda place=place: len(lock._waiting) == place + 1)
        assert lock.is_wanted
    for thread in threads:
        thread.join()
    assert order == list(range(8))
    assert not lock.is_wanted
    with lock:  # free again
        pass


def test_a_thread_that_takes_the_lock_again_and_again_lets_others_in() -> None:
    lock = FairLock()
    stop = threading.Event()
    turns = [0]

    def hog() -> None:
        while not stop.is_set():
            with lock:
                turns[0] += 1

    thread = threading.Thread(target=hog)
    thread.start()
    try:
        for _ in range(300):
            wait_until(lambda: turns[0] > 0)
            before = turns[0]
            with lock:
                # It may have been inside when we came, and once more before we stood in line.
                assert turns[0] - before <= 10_000
                turns[0] = 0
    finally:
        stop.set()
        thread.join()


def test_taking_the_lock_twice_is_an_error_and_not_a_standstill() -> None:
    lock = FairLock()
    with lock, pytest.raises(RuntimeError, match="holds the lock already"):
        lock.acquire()
    with lock:
        pass


class AlarmError(Exception):
    pass


@pytest.mark.skipif(sys.platform == "win32", reason="needs an alarm signal")
@pytest.mark.parametrize("others", [0, 2])
def test_who_is_interrupted_while_waiting_leaves_the_line(others: int) -> None:
    """Ctrl+C in the terminal while another thread writes."""

    def interrupt(*_: object) -> None:
        raise AlarmError

    lock = FairLock()
    holding, leave, done = threading.Event(), threading.Event(), []

    def hold() -> None:
        with lock:
            holding.set()
            leave.wait(10)

    def work() -> None:
        with lock:
            done.append(1)

    threads = [threading.Thread(target=hold)]
    threads += [threading.Thread(target=work) for _ in range(others)]
    threads[0].start()
    holding.wait(10)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(AlarmError):
            lock.acquire()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert not lock.is_wanted
    for thread in threads[1:]:
        thread.start()
    leave.set()
    for thread in threads:
        thread.join(10)
    assert len(done) == others
    with lock:
        pass


class MeasuredLock(FairLock):
    """Notes for how long each holder worked: its own processor time, which others on the machine do not lengthen."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[float] = []

    def acquire(self) -> None:
        super().acquire()
        self._since = time.thread_time()

    def release(self) -> None:
        self.held.append(time.thread_time() - self._since)
        super().release()

    def longest(self) -> float:
        """The 99th of a hundred."""
        held, self.held = sorted(self.held), []
        return held[int(0.99 * (len(held) - 1))]


def test_an_import_makes_smaller_transactions_while_somebody_edits(project: Project) -> None:
    _, frames, label = new_project_with(project, 400)
    sizes: list[int] = []
    tag = Annotation(frames[0].id, label.id, None)
    stop = threading.Event()

    def edit_by_hand() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            change(project, "Edit", lambda edit: edit.put(replace(tag, z_order=number)))  # noqa: B023
            time.sleep(0.001)

    def note(told: Change) -> None:
        if told.author == "import" and told.annotations:
            sizes.append(len(told.annotations))

    project.changed.connect(note)
    import_into(project, 2000, frames, label)
    assert set(sizes) == {PART_SIZE}
    sizes.clear()
    thread = threading.Thread(target=edit_by_hand)
    thread.start()
    try:
        step = import_into(project, 20_000, frames, label)
    finally:
        stop.set()
        thread.join()
    assert SHARED_PART_SIZE in sizes
    assert sum(sizes) == 20_000
    assert max(sizes) <= PART_SIZE
    project.undo(step)


@pytest.mark.alone
def test_nobody_works_under_the_lock_for_more_than_10_ms(tmp_path: Path) -> None:
    rounds = [_longest_holds(tmp_path / str(number)) for number in range(3)]
    # Other work on the machine can only make it longer, so the best of three counts.
    best = {phase: min(one[phase] for one in rounds) for phase in rounds[0]}
    assert max(best.values()) <= 0.010, best


def _longest_holds(folder: Path) -> dict[str, float]:
    longest = {}
    with Project.create(folder) as project:
        lock = project._store.transactions.lock = MeasuredLock()
        _, frames, label = new_project_with(project, 2000)
        other = Label("bus")
        change(project, "Add", lambda edit: edit.put_label(other))
        lock.held.clear()
        step = import_into(project, 20_000, frames, label)
        longest["import"] = lock.longest()
        project.undo(step)
        longest["first undo"] = lock.longest()
        project.redo(step)
        longest["redo"] = lock.longest()
        project.undo(step)
        longest["second undo"] = lock.longest()
        everything = [one for batch in batches(10_000, frames, label) for one in batch]
        change(project, "Paste", lambda edit: edit.put(*everything))
        longest["paste"] = lock.longest()
        change(project, "Merge", lambda edit: edit.delete_label(label.id, move_to=other.id))
        longest["merge"] = lock.longest()
        project.undo()
        longest["undo of a merge"] = lock.longest()
        # Giving up the undone merge must not delete all its changes at once.
        change(project, "Change", lambda edit: edit.put_label(Label("tree")))
        longest["giving up"] = max(lock.held)
    return longest
