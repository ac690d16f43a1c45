import gc
import threading
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.media.buffers import BufferPool


def address(array) -> int:
    return array.__array_interface__["data"][0]


def test_memory_comes_back_and_is_lent_again():
    pool = BufferPool()
    first = pool.lend((100, 50, 4))
    assert first.shape == (100, 50, 4)
    assert first.flags.c_contiguous
    assert first.flags.writeable
    place = address(first)
    del first
    assert pool.free_bytes >= 20_000
    assert address(pool.lend((100, 50, 4))) == place


def test_memory_is_not_lent_again_while_any_view_is_alive():
    pool = BufferPool()
    lent = pool.lend((100, 50, 4))
    place = address(lent)
    view = lent[10:20, ::2].transpose(1, 0, 2)
    raw = memoryview(lent[50])
    del lent
    assert address(pool.lend((100, 50, 4))) != place
    del view
    other = pool.lend((100, 50, 4))
    assert address(other) != place
    del raw
    assert address(pool.lend((100, 50, 4))) == place


def test_pictures_of_nearly_the_same_size_share_memory():
    pool = BufferPool()
    lent = pool.lend((1000, 1000, 4))
    place = address(lent)
    del lent
    assert address(pool.lend((990, 1000, 4))) == place


def test_no_more_than_the_limit_is_kept():
    pool = BufferPool(limit=1_000_000)
    lent = [pool.lend((100, 1000, 4)) for _ in range(10)]
    del lent
    assert 400_000 <= pool.free_bytes <= 1_000_000


def test_the_pool_may_go_before_what_it_lent():
    pool = BufferPool()
    lent = pool.lend((10,))
    lent[:] = 7
    del pool
    gc.collect()
    assert (lent == 7).all()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9), st.integers(1, 60_000)), max_size=60))
def test_arrays_that_are_alive_never_overlap(steps):
    """Lend and drop in any order: what was written to each array that is alive stays."""
    pool = BufferPool(limit=200_000)
    alive: dict[int, np.ndarray] = {}
    for number, (takes, slot, length) in enumerate(steps):
        alive.pop(slot, None)
        if takes:
            alive[slot] = pool.lend((length,))
            alive[slot][:] = number % 251
            alive[slot].flags.writeable = False
            alive[slot] = alive[slot][: max(1, length // 2)]  # only a view is kept
        for array in alive.values():
            assert array.min() == array.max()
    spans = sorted((address(array), address(array) + array.nbytes) for array in alive.values())
    assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))


def test_many_threads_borrow_at_once():
    pool = BufferPool(limit=1 << 20)
    mixed: list[int] = []

    def borrow(value: int) -> None:
        for round_ in range(300):
            array = pool.lend((20_000 + round_ % 7,))
            array[:] = value
            if array.min() != array.max():
                mixed.append(value)

    workers = [threading.Thread(target=borrow, args=(value,)) for value in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert mixed == []
    assert 0 < pool.free_bytes <= 1 << 20
