"""Identifiers that are unique without asking anybody.

An id is a positive 63-bit integer: milliseconds since 2020-01-01 UTC in the upper 41 bits, 22 random bits
below. Ids sort by the time they were made, so rows made together lie together in the database, and two
copies of one project that were edited apart merge without clashes.
"""

import os
import threading
import time
from typing import Final

TAIL_BITS: Final = 22
_EPOCH_MS: Final = 1_577_836_800_000  # 2020-01-01T00:00:00Z
# Ids made within one millisecond follow each other at random distances, so that two processes that
# make many at the same instant are still unlikely to meet.
_STEP_BITS: Final = 10

_lock = threading.Lock()
_last = 0


def new_id() -> int:
    """Return an id that is larger than every id this process made before."""
    return new_ids(1)[0]


def new_ids(count: int) -> list[int]:
    """Return `count` ids in ascending order, all larger than those made before."""
    global _last
    if count <= 0:
        return []
    # From the system: a generator of our own would repeat itself in a forked process.
    chance = os.urandom(4 + 2 * count)
    # The lower half of the range, so that what follows within the millisecond has room.
    start = int.from_bytes(chance[:4], "little") >> (32 - TAIL_BITS + 1)
    ids: list[int] = []
    with _lock:
        now = (time.time_ns() // 1_000_000 - _EPOCH_MS) << TAIL_BITS
        value = max(now | start, _last)
        for step in memoryview(chance[4:]).cast("H"):
            value += 1 + (step >> (16 - _STEP_BITS))
            ids.append(value)
        _last = value
    return ids


def made_at_ms(identifier: int) -> int:
    """Return when an id was made, in milliseconds since 1970-01-01 UTC."""
    return (identifier >> TAIL_BITS) + _EPOCH_MS
