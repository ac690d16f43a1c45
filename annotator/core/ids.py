"""Identifiers that are unique without asking anybody.

An id is a positive 63-bit integer: 41 bits of milliseconds since 2020-01-01 UTC, 12 bits that each process
draws for itself, and a count of 10 bits that begins anywhere. Ids sort by the time they were made, so rows
made together lie together in the database, and two copies of one project that were edited apart merge without
clashes: two processes that fill whole milliseconds with ids, as imports do, meet only where they drew the same
12 bits; single ids of the same millisecond meet once in four million.
"""

import os
import threading
import time
from typing import Final

TAIL_BITS: Final = 22
_COUNT_BITS: Final = 10
_COUNT_MASK: Final = (1 << _COUNT_BITS) - 1
_EPOCH_MS: Final = 1_577_836_800_000  # 2020-01-01T00:00:00Z

_lock = threading.Lock()
# The milliseconds and the count of the last id made.
_last = 0


def _chance(bits: int) -> int:
    """A random number from the system; a generator of our own would go on the same in a forked process."""
    return int.from_bytes(os.urandom(2), "little") & ((1 << bits) - 1)


_lane = _chance(TAIL_BITS - _COUNT_BITS) << _COUNT_BITS


def new_id() -> int:
    """Return an id that is larger than every id this process made before."""
    return new_ids(1)[0]


def new_ids(count: int) -> list[int]:
    """Return `count` ids in ascending order, all larger than those made before."""
    global _last
    if count <= 0:
        return []
    with _lock:
        now = time.time_ns() // 1_000_000 - _EPOCH_MS
        # More than fit a millisecond run ahead of the clock; a clock that was set back is waited for.
        first = max(now << _COUNT_BITS | _chance(_COUNT_BITS), _last + 1)
        _last = first + count - 1
        lane = _lane
    return [
        (number >> _COUNT_BITS) << TAIL_BITS | lane | (number & _COUNT_MASK)
        for number in range(first, first + count)
    ]


def begin_after(identifier: int) -> None:
    """Make every id from now on larger than one that was met: the clock may have been set back since.

    An id from beyond the year 2054 is passed over; no clock that was only somewhat wrong has made it.
    """
    global _last
    if identifier < 1 << 62:
        with _lock:
            _last = max(_last, (identifier >> TAIL_BITS) << _COUNT_BITS | _COUNT_MASK)


def made_at_ms(identifier: int) -> int:
    """Return when an id was made, in milliseconds since 1970-01-01 UTC."""
    return (identifier >> TAIL_BITS) + _EPOCH_MS


def _begin_in_forked_process() -> None:
    """Part from the parent: a lane of its own, from the next millisecond on, and a lock nobody holds."""
    global _lane, _last, _lock
    _lock = threading.Lock()
    _lane = _chance(TAIL_BITS - _COUNT_BITS) << _COUNT_BITS
    _last |= _COUNT_MASK


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_in_forked_process)
