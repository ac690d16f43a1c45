"""What the process of a model does to itself: it ends before it harms others."""

import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from annotator.models.workers.resident_memory import resident_bytes

OVER_MEMORY: Final = 71
OVER_TIME: Final = 72
"""Exit codes; see `Watch`."""

_PAUSE: Final = 0.05
# The program stops a model in time; this is for one whose program is gone.
_GRACE: Final = 3.0


def let_others_live() -> None:
    """Have the system end this process before all others where memory runs out."""
    if sys.platform == "linux":
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")


class Watch:
    """Ends this process when it takes too much memory, or far too long; only while it is at work."""

    def __init__(self, seconds: float, memory: int) -> None:
        self._seconds = seconds
        self._memory = memory
        self._is_working = threading.Event()
        self._due = 0.0
        threading.Thread(target=self._watch, name="watch", daemon=True).start()

    def begin(self) -> None:
        """Work begins."""
        self._due = time.monotonic() + self._seconds + _GRACE
        self._is_working.set()

    def end(self) -> None:
        """It has ended."""
        self._is_working.clear()

    def _watch(self) -> None:
        while self._is_working.wait():
            if resident_bytes() > self._memory:
                os._exit(OVER_MEMORY)
            if time.monotonic() > self._due:
                os._exit(OVER_TIME)
            time.sleep(_PAUSE)
