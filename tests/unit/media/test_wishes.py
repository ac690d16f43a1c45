import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Queue

import pytest

from annotator.media.wishes import WishReader

TIMEOUT = 10


class Desk:
    """Reads one thing at a time, each when it is let."""

    def __init__(self) -> None:
        self.begun: Queue[int] = Queue()
        self.done: Queue[tuple[int, object]] = Queue()
        self._let = threading.Semaphore(0)

    def read(self, key: int) -> int:
        self.begun.put(key)
        assert self._let.acquire(timeout=TIMEOUT)
        if key < 0:
            raise OSError(key)
        return 10 * key

    def deliver(self, key: int, value: object) -> None:
        self.done.put((key, value))

    def let(self, count: int = 1) -> None:
        self._let.release(count)


@contextmanager
def reading(threads: int = 1) -> Iterator[tuple[WishReader[int, int], Desk]]:
    desk = Desk()
    reader: WishReader[int, int] = WishReader(desk.read, desk.deliver, threads=threads)
    try:
        yield reader, desk
    finally:
        desk.let(100)
        reader.close()


def test_wishes_are_read_in_order() -> None:
    with reading() as (reader, desk):
        reader.wish([3, 1, 2])
        desk.let(3)

        done = [desk.done.get(timeout=TIMEOUT) for _ in range(3)]

    assert done == [(3, 30), (1, 10), (2, 20)]


def test_a_new_list_takes_the_place_of_what_has_not_begun() -> None:
    with reading() as (reader, desk):
        reader.wish([1, 2, 3, 4])
        assert desk.begun.get(timeout=TIMEOUT) == 1
        reader.wish([7, 8])
        desk.let(3)
        done = [desk.done.get(timeout=TIMEOUT)[0] for _ in range(3)]

        assert done == [1, 7, 8]
        assert reader.is_idle or desk.begun.qsize() == 2
        assert desk.done.empty()


def test_what_is_being_read_is_not_read_twice() -> None:
    with reading(threads=2) as (reader, desk):
        reader.wish([1])
        assert desk.begun.get(timeout=TIMEOUT) == 1
        reader.wish([1, 2])
        assert desk.begun.get(timeout=TIMEOUT) == 2
        desk.let(2)
        done = sorted(desk.done.get(timeout=TIMEOUT)[0] for _ in range(2))

        assert done == [1, 2]
        assert desk.begun.empty()


def test_nothing_begins_while_it_is_held() -> None:
    with reading() as (reader, desk):
        reader.hold()
        reader.wish([1, 2])
        assert desk.begun.empty()
        assert not reader.is_idle

        reader.go_on()
        desk.let(2)

        assert [desk.done.get(timeout=TIMEOUT)[0] for _ in range(2)] == [1, 2]


def test_what_reading_raises_is_delivered_and_the_rest_is_read() -> None:
    with reading() as (reader, desk):
        reader.wish([-1, 5])
        desk.let(2)
        key, error = desk.done.get(timeout=TIMEOUT)

        assert key == -1
        assert isinstance(error, OSError)
        assert desk.done.get(timeout=TIMEOUT) == (5, 50)


@pytest.mark.parametrize("end", [WishReader.drop, WishReader.close])
def test_after_the_end_nothing_begins(end: Callable[[WishReader[int, int]], None]) -> None:
    with reading() as (reader, desk):
        end(reader)
        reader.wish([1])
        reader.go_on()

        assert desk.begun.empty()


def test_closing_waits_for_what_is_being_read() -> None:
    with reading() as (reader, desk):
        reader.wish([1, 2])
        assert desk.begun.get(timeout=TIMEOUT) == 1
        desk.let()
        reader.close()

        assert desk.done.get_nowait() == (1, 10)
        assert desk.begun.empty()
