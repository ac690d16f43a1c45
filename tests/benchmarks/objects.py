"""The list of objects with 20 000 rows: scrolling, searching, sorting, marking; and the filter over 100 000 frames.

Every time is of the GUI thread by the processor, from the act to the painted result, but for the search over frames,
which is beside it and by the clock. Each object has attributes of its own, which is the most a search has to look at.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.core.annotations import Annotation
from annotator.core.labels import PALETTE, Attribute, Label
from annotator.core.query import parse_filter
from annotator.core.shapes import Rectangle
from annotator.project.organisation import Frame, Task
from annotator.project.project import Project
from annotator.settings import OBJECT_GROUPS, OBJECT_ORDER
from tests.benchmarks.window import Bench, Row, row
from tests.gui_thread import WatchedApplication
from tests.pictures import write_picture

ROWS = 20_000
SCROLLS = 200
TIMES = 9
FRAMES = 100_000
SHAPES = 5


def run() -> list[Row]:
    """Measure; takes about half a minute."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or WatchedApplication(["annotator"])
    assert isinstance(application, QApplication)
    sys.setswitchinterval(0.001)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        with Bench(application, place / "recent.json") as bench:  # type: ignore[arg-type]
            rows = listing(bench, place)
        return rows + searching(place)


def listing(bench: Bench, place: Path) -> list[Row]:
    """Everything that is done with the list of one full frame."""
    folder = place / "pictures"
    write_picture(folder / "1.png", 640, 480)
    bench.open(folder)
    fill(bench)
    bench.settle(1500)
    panel, canvas = bench.work.objects_panel, bench.work.canvas
    assert panel.rows.rowCount() == ROWS
    viewport = panel.list.viewport()
    bar = panel.list.verticalScrollBar()
    scrolls = []
    for number in range(SCROLLS):
        began = time.thread_time()
        bar.setValue((number * 997) % bar.maximum())
        viewport.repaint()
        scrolls.append(time.thread_time() - began)
    worst = statistics.quantiles(scrolls, n=100)[98]
    rows = [
        row(f"{ROWS} rows: scrolled to another place and painted, p99", 1000 * worst, "ms", "<= 16 ms", worst <= 0.016)
    ]  # fmt: skip

    def painted(act: Callable[[], object]) -> float:
        began = time.thread_time()
        act()
        viewport.repaint()
        return time.thread_time() - began

    settings = panel._settings
    rows += [
        _row("searched by a word", [painted(lambda t=text: _search(bench, t)) for text in _texts()]),
        _row("sorted by size", [painted(lambda o=one: settings.set(OBJECT_ORDER, o)) for one in ("size", "oldest")]),
        _row("grouped by label", [painted(lambda o=on: settings.set(OBJECT_GROUPS, o)) for on in (True, False)]),
        _row("one object hidden, canvas included", [painted(lambda i=i: _hide(bench, i)) for i in range(TIMES)]),
        _row("one object marked as occluded", [painted(lambda i=i: _mark(bench, i)) for i in range(TIMES)]),
        _row(
            "a filter set, canvas included",
            [painted(lambda n=n: _filter(bench, f"area>{n} color~1")) for n in range(TIMES)],
        ),
    ]  # fmt: skip
    _filter(bench, "")
    bench.settle()
    chosen = []
    for _ in range(TIMES):
        canvas.select(())
        bench.settle()
        chosen.append(painted(canvas.select_all))
    rows.append(_row("all selected, properties shown", chosen))
    return rows


def _row(what: str, seconds: list[float]) -> Row:
    middle = statistics.median(seconds)
    return row(f"{ROWS} rows: {what}", 1000 * middle, "ms", "<= 50 ms", middle <= 0.05)


def _texts() -> list[str]:
    return ["label 3", "17", "speed", "polygon", "nothing", "99", "x", "label", ""]


def _search(bench: Bench, text: str) -> None:
    panel = bench.work.objects_panel
    panel.search.setText(text)
    panel._typing.stop()
    panel._arrange()


def _hide(bench: Bench, number: int) -> None:
    ids = bench.work.document.listing().ids[number : number + 1].tolist()
    bench.work.document.visibility.hide(ids, hidden=True)


def _mark(bench: Bench, number: int) -> None:
    ids = bench.work.document.listing().ids[number : number + 1].tolist()
    bench.work.document.change(ids, "Mark", lambda one: replace(one, occluded=True))


def _filter(bench: Bench, text: str) -> None:
    bench.work.document.visibility.set_filter(parse_filter(text))


def fill(bench: Bench) -> None:
    """Put many boxes on the frame, each with attributes of its own."""
    project, frame = bench.work.session.project, bench.work.session.frame
    assert frame is not None
    speed, colour = Attribute("speed", "number"), Attribute("color")
    labels = [
        Label(f"label {place}", shade, attributes=(replace(speed, id=2 * place + 1), replace(colour, id=2 * place + 2)))
        for place, shade in enumerate(PALETTE[:12])
    ]  # fmt: skip
    chance = np.random.default_rng(1)
    places = chance.random((ROWS, 2)) * (600, 440)
    sizes = chance.random((ROWS, 2)) * 30 + 2
    with project.edit("Labels", author="bench") as edit:
        for label in labels:
            edit.put_label(label)
    found = []
    for number, ((x, y), (width, height)) in enumerate(
        zip(places.tolist(), sizes.tolist(), strict=True)
    ):
        label = labels[number % len(labels)]
        values = {label.attributes[0].id: float(number), label.attributes[1].id: f"shade {number}"}
        found.append(
            Annotation(frame.id, label.id, Rectangle((x, y, x + width, y + height)), values)
        )
    with project.long_step("Fill", author="bench") as step, step.edit(fresh=True) as edit:
        edit.put(*found)
    bench.wait(lambda: bench.work.objects_panel.count == ROWS)
    QTest.keyClick(bench.work.canvas, Qt.Key.Key_Escape)


def searching(place: Path) -> list[Row]:
    """The search for the next frame that matches, over a task without a match before its last frame."""
    rows: list[Row] = []
    with Project.create(place / "large") as project:
        task, colour = Task("large"), Attribute("color")
        car, bus = Label("car", attributes=(colour,)), Label("bus")
        frames = [Frame(task.id, number, f"{number}.png") for number in range(FRAMES)]
        with project.edit("Frames") as edit:
            edit.put_label(car)
            edit.put_label(bus)
            edit.put_task(task)
            edit.put_frame(*frames)
        with project.long_step("Fill", author="bench") as step:
            for first in range(0, FRAMES, 5_000):
                with step.edit(fresh=True) as edit:
                    edit.put(
                        *(
                            Annotation(frame.id, car.id, Rectangle((0, 0, 10 + n, 20)), {colour.id: "red"})
                            for frame in frames[first : first + 5_000]
                            for n in range(SHAPES)
                        )
                    )  # fmt: skip
        with project.edit("Last") as edit:
            edit.put(Annotation(frames[-1].id, bus.id, Rectangle((0, 0, 1, 1))))
        for text in ("label:bus", "area<2", "color!=red", "bus"):
            began = time.perf_counter()
            project.next_matching_frame(frames[0], 1, parse_filter(text))
            seconds = time.perf_counter() - began
            what = (
                f"“{text}” looked for in {FRAMES} frames of {SHAPES} objects, beside the GUI thread"
            )
            rows.append(row(what, 1000 * seconds, "ms", "", True))
    return rows
