"""How the processor's cores are shared out among the models at work."""

import os
from typing import Final

# Each is a process with the model in its memory.
_MOST_WORKERS: Final = 4


def worker_count() -> int:
    """Return how many frames are looked at at once: one core is left to whoever watches."""
    return max(1, min(_MOST_WORKERS, _cores() - 1))


def threads_of_each() -> int:
    """Return on how many threads each of them computes: on more, those that wait take the time of those that work."""
    return max(1, (_cores() - 1) // worker_count())


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
