"""The film strip of a task of 100 000 frames in the real window: scrolling, jumping, and how soon pictures are there.

The frames are many names of a few JPEG files, 1280 x 720 and 3840 x 2160 by turns (gradients with noise). A frame of
the screen is everything from a scroll to the end of the paint event by the clock, while thumbnails are read beside it
and arrive in between.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from annotator.ui.film_strip.strip import FilmStrip
from tests.benchmarks.window import Bench, Row, jpeg, row
from tests.gui_thread import WatchedApplication, watched

FRAMES = 100_000
# More names than this of one file are refused by some file systems.
NAMES = 10_000
STEPS = 400
SCREEN = 0.016


def run() -> list[Row]:
    """Measure; takes about a minute."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or WatchedApplication(["annotator"])
    assert isinstance(application, WatchedApplication), "start this in a process of its own"
    sys.setswitchinterval(0.001)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name, watched(application) as watch:
        folder = pictures(Path(name) / "pictures")
        with Bench(application, Path(name) / "recent.json") as bench:
            bench.open(folder)
            strip = bench.window.findChild(FilmStrip)
            assert isinstance(strip, FilmStrip)
            watch.longest = 0.0
            rows += scrolling(bench, strip)
            rows += arriving(bench, strip)
            slot = f"longest slot of all this, by the processor ({watch.longest_in})"
            rows.append(limited(slot, watch.longest, 0.050))
    return rows


def pictures(folder: Path) -> Path:
    """A folder with many names of some pictures."""
    folder.mkdir()
    for number in range(FRAMES):
        path = folder / f"picture {number}.jpg"
        first = folder / f"picture {number // NAMES * NAMES + number % 2}.jpg"
        if path == first:
            size = (1280, 720) if number % 2 else (3840, 2160)
            path.write_bytes(jpeg(*size, number % 7))
        else:
            os.link(first, path)
    return folder


def scrolling(bench: Bench, strip: FilmStrip) -> list[Row]:
    """Frames of the screen while the strip is scrolled at two speeds, and while its bar is dragged from end to end."""
    bar = strip.horizontalScrollBar()
    step = bar.singleStep()
    jump = bar.maximum() // STEPS
    return [
        *screens("scrolling slowly", bench, strip, range(0, STEPS * 20, 20)),
        *screens("scrolling two frames a step", bench, strip, range(0, STEPS * step * 2, step * 2)),
        *screens("dragging the bar over all frames", bench, strip, range(0, STEPS * jump, jump)),
    ]


def screens(what: str, bench: Bench, strip: FilmStrip, offsets: Iterable[int]) -> list[Row]:
    """Go through offsets, one in each frame of a screen."""
    taken: list[float] = []
    worked: list[float] = []
    bar = strip.horizontalScrollBar()
    for offset in offsets:
        began, busy = time.perf_counter(), time.thread_time()
        bar.setValue(offset)
        strip.viewport().repaint()
        seconds = time.perf_counter() - began
        taken.append(seconds)
        worked.append(time.thread_time() - busy)
        bench.settle(max(1, round(1000 * (SCREEN - seconds))))
    late, busiest = (statistics.quantiles(one, n=100)[98] for one in (taken, worked))
    return [
        limited(f"{what}: median", statistics.median(taken), SCREEN),
        limited(f"{what}: p99", late, SCREEN),
        limited(f"{what}: p99 by the processor", busiest, SCREEN),
    ]


def arriving(bench: Bench, strip: FilmStrip) -> list[Row]:
    """How soon all pictures in sight are there after a jump: read from their files, from the cache, from memory."""
    bar = strip.horizontalScrollBar()
    here, there = bar.maximum() // 3, bar.maximum() // 2
    seen = len(strip.seen)
    rows = []
    for what, offset, limit in (
        (f"{seen} thumbnails after a jump, from their files", here, ""),
        ("the same elsewhere", there, ""),
        ("the same again, from memory", here, "<= 20 ms"),
    ):
        seconds = filled(bench, strip, offset)
        rows.append(row(what, 1000 * seconds, "ms", limit, not limit or seconds <= 0.020))
    kept = strip.thumbnails.bytes / (1 << 20)
    rows.append(row("thumbnails in memory", kept, "MB", "<= 48 MB", kept <= 48))
    strip.thumbnails.forget()
    seconds = filled(bench, strip, there)
    rows.append(row("the same, from the cache", 1000 * seconds, "ms", "<= 50 ms", seconds <= 0.050))
    return rows


def filled(bench: Bench, strip: FilmStrip, offset: int) -> float:
    """Return the seconds until everything in sight is there."""
    bench.wait(lambda: strip.thumbnails.is_idle)
    began = time.perf_counter()
    strip.horizontalScrollBar().setValue(offset)
    bench.wait(lambda: all(is_there(strip, number) for number in strip.seen))
    return time.perf_counter() - began


def is_there(strip: FilmStrip, number: int) -> bool:
    card = strip.frames.card(number)
    return card is not None and strip.thumbnails.get(card.id) is not None


def limited(what: str, seconds: float, goal: float) -> Row:
    """A row in milliseconds."""
    return row(what, 1000 * seconds, "ms", f"<= {1000 * goal:.0f} ms", seconds <= goal)


if __name__ == "__main__":
    for line in run():
        sys.stdout.write(json.dumps(line) + "\n")
