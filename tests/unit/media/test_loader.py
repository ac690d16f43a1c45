import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import AnnotatorError
from annotator.media.buffers import BufferPool
from annotator.media.errors import MediaError
from annotator.media.loader import FrameLoader, travel_order
from annotator.media.picture import Picture
from annotator.media.source import PictureFile


class Reader:
    """Reads numbers as if they were frames: what was read and when, held back where a test wants that."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.most_at_once = 0
        self._at_once = 0
        self._held: dict[int, threading.Event] = {}
        self._lock = threading.Lock()

    def hold(self, key: int) -> threading.Event:
        """Let no read of `key` end before the event is set."""
        return self._held.setdefault(key, threading.Event())

    def __call__(self, key: int) -> str:
        with self._lock:
            self.begun.append(key)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        if key in self._held:
            assert self._held[key].wait(10)
        with self._lock:
            self._at_once -= 1
        if key % 10 == 7:
            raise MediaError(f"frame {key} is broken")
        return f"frame {key}"


class Screen:
    """Keeps what was delivered, and checks that no value comes under a wrong key."""

    def __init__(self) -> None:
        self.delivered: list[int] = []
        self.threads: list[str] = []
        self._changed = threading.Condition()

    def __call__(self, key: int, value: str | BaseException) -> None:
        with self._changed:
            assert str(value).startswith(f"frame {key}")
            assert isinstance(value, AnnotatorError) == (key % 10 == 7)
            self.delivered.append(key)
            self.threads.append(threading.current_thread().name)
            self._changed.notify_all()

    def wait_for(self, key: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: key in self.delivered, 10), (key, self.delivered)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def loader(reader: Reader, screen: Screen) -> Iterator[FrameLoader[int, str]]:
    loader = FrameLoader(reader, screen, lambda value: 10, budget=100)
    yield loader
    loader.close()


def wait_until(condition) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


@pytest.mark.parametrize(
    ("index", "previous", "count", "expected"),
    [
        (10, 9, 100, [11, 12, 13, 9]),
        (10, 11, 100, [9, 8, 7, 11]),
        (10, None, 100, [11, 12, 13, 9]),
        (10, 10, 100, [11, 12, 13, 9]),
        (0, None, 100, [1, 2, 3]),
        (99, 98, 100, [98]),
        (1, 2, 100, [0, 2]),
        (0, None, 1, []),
    ],
)
def test_neighbours_lie_in_the_direction_of_travel(index, previous, count, expected):
    assert travel_order(index, previous, count) == expected


def test_the_frame_asked_for_comes_and_its_neighbours_are_read_in_order(loader, reader, screen):
    loader.request(0, [1, 2, 3])
    screen.wait_for(0)
    wait_until(lambda: loader.cached_bytes == 40)
    assert reader.begun[0] == 0
    assert sorted(reader.begun) == [0, 1, 2, 3]
    assert screen.delivered == [0]


def test_neighbours_wait_for_the_frame_asked_for(loader, reader, screen):
    held = reader.hold(0)
    loader.request(0, [1, 2, 3])
    time.sleep(0.05)
    assert reader.begun == [0]
    held.set()
    wait_until(lambda: len(reader.begun) == 4)


def test_a_frame_that_was_read_ahead_is_there_at_once(loader, reader, screen):
    assert loader.request(0, [1]) is None
    wait_until(lambda: loader.cached_bytes == 20)
    assert loader.request(1) == "frame 1"
    assert screen.delivered == [0]
    assert reader.begun == [0, 1]


def test_neighbours_may_be_named_when_the_frame_has_been_shown(loader, reader, screen):
    loader.request(0)
    screen.wait_for(0)
    loader.read_ahead([1, 2, 0])
    wait_until(lambda: loader.cached_bytes == 30)
    assert reader.begun[0] == 0
    assert sorted(reader.begun) == [0, 1, 2]
    assert screen.delivered == [0]


def test_neighbours_named_early_wait_for_the_frame(loader, reader, screen):
    held = reader.hold(0)
    loader.request(0)
    loader.read_ahead([1, 2])
    time.sleep(0.05)
    assert reader.begun == [0]
    held.set()
    wait_until(lambda: loader.cached_bytes == 30)


@pytest.mark.parametrize("key", [7, 8])
def test_reading_ahead_reads_the_frame_itself_only_once(reader, screen, key):
    """Neither one that is broken nor one that is too large to be kept."""
    loader = FrameLoader(reader, screen, lambda value: 10, budget=9)
    loader.request(key)
    screen.wait_for(key)
    for _ in range(3):
        loader.read_ahead([])
    loader.close()
    assert reader.begun == [key]
    assert screen.delivered == [key]


def test_a_frame_being_read_ahead_is_not_read_twice(loader, reader, screen):
    held = reader.hold(1)
    loader.request(0, [1])
    wait_until(lambda: reader.begun == [0, 1])
    loader.request(1)
    held.set()
    screen.wait_for(1)
    assert reader.begun == [0, 1]
    assert screen.delivered == [0, 1]


def test_stale_requests_are_dropped(loader, reader, screen):
    first, second = reader.hold(1), reader.hold(2)
    loader.request(1)
    loader.request(2, [3, 4])
    wait_until(lambda: reader.begun == [1, 2])
    for key in (10, 20, 30, 40):
        loader.request(key, [key + 1, key + 2])
    first.set()
    second.set()
    screen.wait_for(40)
    wait_until(lambda: 42 in reader.begun)
    assert screen.delivered == [40]
    assert set(reader.begun) == {1, 2, 40, 41, 42}


def test_what_was_read_in_vain_is_kept(loader, reader, screen):
    held = reader.hold(1)
    loader.request(1)
    loader.request(2)
    screen.wait_for(2)
    held.set()
    wait_until(lambda: loader.cached_bytes == 20)
    assert loader.request(1) == "frame 1"
    assert screen.delivered == [2]
    assert reader.begun == [1, 2]


def test_a_broken_frame_is_delivered_as_its_error_and_read_anew_when_asked_again(
    loader, reader, screen
):
    loader.request(7, [17, 8])
    screen.wait_for(7)
    wait_until(lambda: 8 in reader.begun)
    loader.request(17)
    screen.wait_for(17)
    assert reader.begun.count(17) == 2
    assert screen.delivered == [7, 17]


def test_a_bug_in_reading_is_delivered_and_does_not_end_the_loading():
    delivered: list[object] = []
    done = threading.Event()

    def deliver(key: int, value: object) -> None:
        delivered.append(value)
        done.set()

    loader = FrameLoader(lambda key: 1 // key, deliver, lambda value: 1)
    loader.request(0)
    assert done.wait(10)
    done.clear()
    loader.request(1)
    assert done.wait(10)
    loader.close()
    assert isinstance(delivered[0], ZeroDivisionError)
    assert delivered[1] == 1


def test_a_changed_file_is_read_anew(loader, reader, screen):
    loader.request(1)
    wait_until(lambda: loader.cached_bytes == 10)
    assert loader.kept() == [(1, "frame 1")]
    loader.forget(1)
    assert loader.kept() == []
    loader.request(1)
    wait_until(lambda: screen.delivered == [1, 1])
    assert reader.begun == [1, 1]


def test_the_same_frame_can_be_asked_for_again(loader, reader, screen):
    loader.request(1)
    screen.wait_for(1)
    assert [loader.request(1), loader.request(1)] == ["frame 1", "frame 1"]
    assert screen.delivered == [1]
    assert reader.begun == [1]


@pytest.mark.parametrize(("budget", "read_ahead"), [(100, 4), (30, 2), (20, 1), (19, 0), (5, 0)])
def test_no_more_is_read_ahead_than_the_budget_holds_beside_the_frame(
    reader, screen, budget, read_ahead
):
    loader = FrameLoader(reader, screen, lambda value: 10, budget=budget)
    loader.request(0, [1, 2, 3, 4])
    screen.wait_for(0)
    wait_until(lambda: len(reader.begun) == 1 + read_ahead)
    loader.close()
    assert len(reader.begun) == 1 + read_ahead


def test_closing_waits_for_reads_and_delivers_nothing_more(reader, screen):
    loader = FrameLoader(reader, screen, lambda value: 10)
    held = reader.hold(1)
    loader.request(1, [2, 3])
    wait_until(lambda: reader.begun == [1])
    closing = threading.Thread(target=loader.close)
    closing.start()
    closing.join(0.05)
    assert closing.is_alive()
    held.set()
    closing.join(10)
    assert not closing.is_alive()
    assert loader.request(5) is None
    assert screen.delivered == []
    assert reader.begun == [1]
    assert not [
        thread for thread in threading.enumerate() if thread.name.startswith("frame-loader")
    ]


def test_a_delivery_may_ask_for_the_next_frame():
    shown: list[int] = []
    done = threading.Event()

    def deliver(key: int, value: int) -> None:
        shown.append(key)
        while key < 50:
            key += 1
            if loader.request(key, [key + 1, key + 2]) is None:
                return
            shown.append(key)
        done.set()

    loader = FrameLoader(lambda key: key, deliver, lambda value: 1, budget=10)
    loader.request(0, [1, 2])
    assert done.wait(10)
    loader.close()
    assert shown == list(range(51))


class TestRandomWalks:
    """People step, jump and hold keys down; whatever they do, the frame they stop at is shown."""

    @given(
        walk=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3)), min_size=1, max_size=30),
        budget=st.sampled_from([0, 10, 35, 80, 1000]),
        threads=st.integers(1, 4),
    )
    def test_the_last_frame_comes_and_no_value_under_a_wrong_key(self, walk, budget, threads):
        reader, screen = Reader(), Screen()
        loader = FrameLoader(reader, screen, lambda value: 10, budget=budget, threads=threads)
        previous = None
        for key, pause in walk:
            at_hand = loader.request(key, travel_order(key, previous, 41))
            if at_hand is not None:
                screen(key, at_hand)
            previous = key
            assert loader.cached_bytes <= budget
            if pause == 3:
                screen.wait_for(key)
            elif pause:
                time.sleep(0.0002)
        screen.wait_for(walk[-1][0])
        loader.close()
        asked = [key for key, _ in walk]
        assert set(screen.delivered) <= set(asked)
        assert all(screen.delivered.count(key) <= asked.count(key) for key in asked)
        assert reader.most_at_once <= threads

    def test_a_long_walk_while_frames_take_their_time(self):
        chance = random.Random(4)
        delivered: list[int] = []
        lock = threading.Lock()
        sizes = {key: chance.randint(1, 40) for key in range(200)}

        def read(key: int) -> int:
            time.sleep(sizes[key] / 40_000)
            return key

        def deliver(key: int, value: int) -> None:
            assert key == value
            with lock:
                delivered.append(key)

        loader = FrameLoader(read, deliver, lambda value: sizes[value], budget=150)
        key = 100
        for _ in range(1500):
            previous, key = key, min(199, max(0, key + chance.choice([1, 1, 1, -1, 60, -60])))
            at_hand = loader.request(key, travel_order(key, previous, 200))
            if at_hand is not None:
                deliver(key, at_hand)
            assert loader.cached_bytes <= 150
            if chance.random() < 0.2:
                time.sleep(0.001)
        wait_until(lambda: delivered and delivered[-1] == key)
        loader.close()
        assert len(delivered) > 100

    @given(requests=st.lists(st.integers(0, 20), max_size=10), pause=st.integers(0, 3))
    def test_closing_at_any_moment_ends(self, requests, pause):
        reader, screen = Reader(), Screen()
        loader = FrameLoader(reader, screen, lambda value: 10, budget=50)
        for key in requests:
            loader.request(key, travel_order(key, None, 21))
        time.sleep(pause / 10_000)
        loader.close()
        count = len(screen.delivered)
        loader.close()
        assert len(screen.delivered) == count


def test_real_pictures_through_recycled_memory(tmp_path: Path, make_picture):
    """Hold some pictures as a window does, step on, and see that what is held never changes."""
    for number in range(12):
        make_picture(tmp_path / f"{number}.png", 200, 150 + number % 2, seed=number)
    (tmp_path / "5.png").write_bytes(b"broken")
    expected = {
        number: PictureFile(tmp_path / f"{number}.png").read(0).pixels.copy()
        for number in range(12)
        if number != 5
    }
    pool = BufferPool(limit=1 << 20)
    arrived = threading.Condition()
    latest: dict[int, Picture | BaseException] = {}

    def read(number: int) -> Picture:
        return PictureFile(tmp_path / f"{number}.png", lend=pool.lend).read(0)

    def deliver(number: int, picture: Picture | BaseException) -> None:
        with arrived:
            latest[number] = picture
            arrived.notify_all()

    loader = FrameLoader(read, deliver, lambda picture: picture.pixels.nbytes, budget=600_000)
    chance = random.Random(1)
    held: list[tuple[int, Picture]] = []
    previous = None
    for _ in range(200):
        number = chance.randrange(12)
        latest.pop(number, None)
        at_hand = loader.request(number, travel_order(number, previous, 12))
        if at_hand is not None:
            deliver(number, at_hand)
        with arrived:
            assert arrived.wait_for(lambda number=number: number in latest, 10)
        picture = latest.pop(number)
        if isinstance(picture, Picture):
            held = [*held[-2:], (number, picture)]
        else:
            assert number == 5
            assert "5.png" in str(picture)
        assert all((picture.pixels == expected[number]).all() for number, picture in held)
        previous = number
    loader.close()
    assert pool.free_bytes > 0
