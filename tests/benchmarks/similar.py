"""Find similar: from an example to its look-alikes, on pictures of several sizes."""

import sys
import threading
import time
from typing import Any, Final

import numpy as np

from annotator.core.geometry import rotated
from annotator.core.shapes import Polygon
from annotator.demo.brush import Brush, Pixels
from annotator.demo.scenes import tray
from annotator.media.opencv import cv2
from annotator.models.similar import Example, SimilarFinder

ROUNDS: Final = 3
ARROW: Final = np.array(
    [(-40, -7), (10, -7), (10, -20), (42, 0), (10, 20), (10, 7), (-40, 7)], float
)


def run() -> list[dict[str, Any]]:
    """Return the rows of the benchmark."""
    # As the program sets it; see `app.py`.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.001)
    try:
        scene = tray("tray.png", seed=1)
        rows = []
        for label, what, goal in (
            ("sweet", "round objects", 0.5),
            ("nut", "hexagonal objects in all turns", 0.5),
        ):
            shape = next(seen.shape for seen in scene.objects if seen.label == label)
            rows += _timed(f"{what}, 960 x 640", Example(shape, scene.pixels), goal)
        pixels, ring = _arrows()
        rows += _timed(
            "arrows in all turns, 3840 x 2160", Example(Polygon.from_ring(ring), pixels), 1.0
        )
        return rows
    finally:
        sys.setswitchinterval(interval)


def _timed(what: str, example: Example, goal: float) -> list[dict[str, Any]]:
    """The best of some rounds, and how late another thread was meanwhile beside how late it is while nothing runs."""
    clock, processor, found = [], [], 0
    with _Ticker() as idle:
        time.sleep(1.0)
    with _Ticker() as ticker:
        for _ in range(ROUNDS):
            began, used = time.perf_counter(), time.process_time()
            # With the learning of the example, which looks at its picture; a person waits for both.
            finder = SimilarFinder([example])
            found = len(finder.detect(example.pixels))
            clock.append(time.perf_counter() - began)
            processor.append(time.process_time() - used)
    free, late = 1000 * idle.late_p99, 1000 * ticker.late_p99
    return [
        {"what": f"{what}: {found} found, by the processor", "value": min(processor), "unit": "s", "limit": None,
         "ratio": None, "goal": f"<= {goal:g} s", "ok": min(processor) <= goal},
        {"what": "  the same by the clock", "value": min(clock), "unit": "s", "limit": None, "ratio": None,
         "goal": None, "ok": None},
        {"what": "  another thread waits for its turn, p99", "value": late, "unit": "ms",
         "limit": f"{free:.2g} ms, while nothing runs", "ratio": None, "goal": "<= 20 ms more",
         "ok": late <= free + 20},
    ]  # fmt: skip


class _Ticker:
    """A thread that wants to run each 5 ms and keeps how late it was, as the thread of the window would be."""

    def __enter__(self) -> "_Ticker":
        self._end = threading.Event()
        self._late: list[float] = []
        self._thread = threading.Thread(target=self._tick)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _tick(self) -> None:
        while not self._end.is_set():
            due = time.perf_counter() + 0.005
            time.sleep(0.005)
            self._late.append(time.perf_counter() - due)

    @property
    def late_p99(self) -> float:
        return float(np.quantile(self._late, 0.99))


def _arrows() -> tuple[Pixels, np.ndarray]:
    """Return a 4K picture with arrows in rows, and the ring of one."""
    brush = Brush(1920, 1080, (170, 175, 180))
    brush.grain(4, 5, stretch=8)
    rings = [
        rotated(ARROW, 37.0 * number, (0, 0))
        + np.array([100 + 150 * (number % 12), 90 + 130 * (number // 12)])
        for number in range(84)
    ]
    for ring in rings:
        brush.polygon(ring.tolist(), (50, 60, 190))
    large = cv2.resize(brush.finished(), (3840, 2160), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8), 2 * rings[0]
