"""Suggestions: how long after a frame is shown they are there, and what the GUI thread feels of the model.

With the weights of the detector that the tests use, where they lie beside the checkout, and 200 pictures of 768 x 576.
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from annotator.media.opencv import cv2
from annotator.models.processors import worker_count
from annotator.models.providers import Detector, make_provider
from annotator.models.store import compiled_folder, user_store
from annotator.project.media.frame_pictures import model_pixels
from annotator.project.suggesting.choice import OFF
from annotator.settings import SUGGEST_TEXT, SUGGESTIONS_AHEAD
from annotator.ui.suggesting.feature import Suggesting
from annotator.ui.suggesting.looking import LEAST_SCORE
from tests.benchmarks.window import Bench, row
from tests.gui_thread import WatchedApplication

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT.parent / "shared" / "models" / "yolox-nano-coco"
PHOTOGRAPH = ROOT.parent / "shared" / "images" / "dog_bike_truck.jpg"
FRAMES = 200
SHOWN = 30
TICK_MS = 10
# A quick person looks at a frame for so long.
PAUSE_MS = 60

Row = dict[str, Any]


def run() -> list[Row]:
    """Measure; takes about half a minute."""
    if not WEIGHTS.is_dir():
        return []
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or WatchedApplication(["annotator"])
    assert isinstance(application, WatchedApplication), "start this in a process of its own"
    sys.setswitchinterval(0.001)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        os.environ["XDG_DATA_HOME"] = str(place / "data")
        os.environ["XDG_CACHE_HOME"] = str(place / "cache")
        model = installed(place)
        with Bench(application, place / "recent.json") as bench:
            return measured(bench, model, pictures(place / "pictures"))


def installed(place: Path) -> str:
    """Install the detector; return its id."""
    package = place / "package"
    shutil.copytree(WEIGHTS, package)
    for path in package.iterdir():
        path.chmod(0o644)
    shutil.copy(ROOT / "resources" / "models" / WEIGHTS.name / "model.toml", package)
    return user_store().install(package).id


def pictures(folder: Path) -> Path:
    """A folder with many pictures, no two the same."""
    folder.mkdir()
    photograph = cv2.imdecode(np.fromfile(PHOTOGRAPH, np.uint8), cv2.IMREAD_COLOR)
    assert photograph is not None
    for number in range(FRAMES):
        turned = np.ascontiguousarray(np.roll(photograph, 3 * number, axis=1))
        done, data = cv2.imencode(".jpg", turned)
        assert done
        data.tofile(folder / f"frame_{number:03}.jpg")
    return folder


def measured(bench: Bench, model: str, folder: Path) -> list[Row]:
    """All rows."""
    bench.work.shell.settings.set(SUGGEST_TEXT, False)
    bench.open(folder)
    bench.settle(1_000)
    feature = bench.work.shell.feature(Suggesting)
    idle = lateness(bench, lambda: bench.settle(2_000))
    detector = make_provider(user_store().load(model, cache=compiled_folder()))
    feature.use(model)
    bench.wait(lambda: bool(feature.offers.shown))
    bench.settle(500)
    bench.work.shell.settings.set(SUGGESTIONS_AHEAD, 0)
    bench.work.navigation.go_to_number(20)
    bench.settle(500)
    bare, first = [], []
    for _ in range(SHOWN):  # turn by turn, so that other work on the machine slows both
        bare.append(bare_latency(bench, detector))
        first.append(until_suggested(bench, feature))
    bench.work.shell.settings.set(SUGGESTIONS_AHEAD, SUGGESTIONS_AHEAD.default)
    bench.work.navigation.go_to_number(FRAMES // 2)
    bench.settle(500)
    there = sum(next_is_there(bench, feature) for _ in range(SHOWN))
    slots: list[float] = []
    with slots_timed(slots):
        late = lateness(bench, lambda: walk_through(bench, feature, slots))
    feature.use(OFF)
    bench.settle(500)
    plain = lateness(bench, lambda: walk_through(bench, None, []))
    shown, alone = (1000 * statistics.median(one[5:]) for one in (first, bare))
    p99, before = quantile(late), quantile(idle)
    return [
        row("one frame, model alone (bare latency), median", alone, "ms", "", True),
        row(
            f"frame shown to suggestions on the canvas, median: {shown / alone:.2f}x",
            shown,
            "ms",
            f"<= 1.5x: {1.5 * alone:.1f} ms",
            shown <= 1.5 * alone,
        ),
        row(
            f"next frames whose suggestions came with the picture, of {SHOWN}",
            there,
            "frames",
            f"{SHOWN}",
            there == SHOWN,
        ),
        row(f"timer of {TICK_MS} ms, late by, nothing runs, p99", before, "ms", "", True),
        row(
            f"timer of {TICK_MS} ms, late by, over {FRAMES} frames, p99",
            p99,
            "ms",
            "<= 10 ms",
            p99 <= 10.0,
        ),
        row("the same, at most", max(late), "ms", "<= 30 ms", max(late) <= 30.0),
        row(
            "slots of the GUI thread meanwhile, by the processor, p99",
            quantile(slots),
            "ms",
            "<= 10 ms",
            quantile(slots) <= 10.0,
        ),
        row("the same, at most", max(slots), "ms", "<= 30 ms", max(slots) <= 30.0),
        row("the same frames without a model, p99", quantile(plain), "ms", "", True),
        row("the same frames without a model, at most", max(plain), "ms", "", True),
        row("processes of the model", worker_count(), "", "", True),
    ]


def quantile(values: list[float]) -> float:
    """The 99th of 100."""
    return statistics.quantiles(values, n=100)[98]


def bare_latency(bench: Bench, detector: Detector) -> float:
    """Seconds that a model in this process takes for the shown picture, from its pixels to proposals.

    After a pause, as a person shows frames: one right after the other it is half as long, from the caches.
    """
    picture = bench.work.presenter.picture
    assert picture is not None
    bench.settle(150)
    began = time.perf_counter()
    detector.detect(model_pixels(picture), LEAST_SCORE)
    return time.perf_counter() - began


def until_suggested(bench: Bench, feature: Suggesting) -> float:
    """Go on; return seconds from the frame's being shown, decoded before, until its suggestions are on the canvas."""
    presenter, canvas = bench.work.presenter, bench.work.canvas
    shown: list[float] = []
    there: list[float] = []
    # Sleeps until it is told: a program that looks each millisecond takes time from the model.
    loop = QEventLoop()

    def look() -> None:
        if shown and canvas.stage.suggestions.all:
            there.append(time.perf_counter())
            loop.quit()

    remember = lambda _frame: shown.append(time.perf_counter())  # noqa: E731
    presenter.shown.connect(remember)
    feature.offers.changed.connect(look)
    bench.work.navigation.next()
    if not there:
        loop.exec()
    presenter.shown.disconnect(remember)
    feature.offers.changed.disconnect(look)
    bench.settle(250)
    return there[0] - shown[0]


def next_is_there(bench: Bench, feature: Suggesting) -> bool:
    """Go to the next frame as a person does; return whether its suggestions came in the same moment."""
    seen: list[bool] = []
    look = lambda _frame: seen.append(bool(bench.work.canvas.stage.suggestions.all))  # noqa: E731
    bench.settle(250)
    bench.work.presenter.shown.connect(look)
    bench.work.navigation.next()
    bench.wait(lambda: bool(seen))
    bench.work.presenter.shown.disconnect(look)
    return seen[0]


def walk_through(bench: Bench, feature: Suggesting | None, slots: list[float]) -> None:
    """Show all frames one after the other, each until its suggestions are there, where there is a model.

    slots: gets how many milliseconds of the processor each step takes.
    """
    bench.work.navigation.first()
    bench.settle(100)
    for _ in range(FRAMES - 1):
        began = time.thread_time()
        bench.work.navigation.next()
        slots.append(1000 * (time.thread_time() - began))
        bench.wait(lambda: is_there(bench, feature))
        bench.settle(PAUSE_MS)


def is_there(bench: Bench, feature: Suggesting | None) -> bool:
    """Whether the frame is shown, and its suggestions are, where there is a model."""
    waits = bench.work.presenter.is_waiting
    return not waits and (feature is None or bool(feature.offers.shown))


class Slots:
    """What `WatchedApplication` tells of each slot of the GUI thread: how long it took by the processor."""

    in_slot = False

    def __init__(self, taken: list[float]) -> None:
        self.taken = taken

    def ended(self, _receiver: object, _kind: object, seconds: float) -> None:
        self.taken.append(1000 * seconds)


@contextmanager
def slots_timed(taken: list[float]) -> Iterator[None]:
    """Collect the milliseconds of all slots that do anything worth mentioning."""
    application = QApplication.instance()
    assert isinstance(application, WatchedApplication)
    found: list[float] = []
    application.watch = Slots(found)  # type: ignore[assignment]
    try:
        yield
    finally:
        application.watch = None
        taken += [one for one in found if one > 0.1]


def lateness(bench: Bench, act: Any) -> list[float]:
    """How many milliseconds a precise timer was late each time while something was done."""
    late: list[float] = []
    due = time.perf_counter() + TICK_MS / 1000

    def tick() -> None:
        nonlocal due
        now = time.perf_counter()
        late.append(max(0.0, 1000 * (now - due)))
        due = now + TICK_MS / 1000

    timer = QTimer(bench.work.canvas)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(TICK_MS)
    due = time.perf_counter() + TICK_MS / 1000
    act()
    timer.stop()
    return late
