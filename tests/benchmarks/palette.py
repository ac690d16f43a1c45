"""The command palette: from a key stroke to the painted answer, for commands and among a hundred thousand files."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.ui.palette.frames import FoundFrames
from annotator.ui.palette.palette import Palette
from annotator.ui.window.command_feature import CommandFeature
from tests.benchmarks.window import Bench, jpeg, row
from tests.gui_thread import WatchedApplication

FRAMES = 100_000
# File systems allow so many names of one file.
NAMES_OF_ONE = 50_000
COMMANDS = ("zoom to selection", "next frame", "prj", "export", "lbl", "theme dark")
FILES = ("frame_0", "099999", "f77", "cam3/frame", "jpg", "zzz")
GOAL_MS = 10.0

Row = dict[str, Any]


def run() -> list[Row]:
    """Measure; takes about a quarter of a minute."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or WatchedApplication(["annotator"])
    assert isinstance(application, WatchedApplication), "start this in a process of its own"
    sys.setswitchinterval(0.001)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        os.environ["XDG_DATA_HOME"] = str(place / "data")
        with Bench(application, place / "recent.json") as bench:
            return measured(bench, folder_of(place / "many"))


def measured(bench: Bench, folder: Path) -> list[Row]:
    """All rows."""
    bench.open(folder)
    bench.wait(lambda: bench.work.session.frame_count == FRAMES)
    bench.settle(2_000)
    feature = bench.work.shell.feature(CommandFeature)
    began = time.perf_counter()
    bench.window.action_set["help.commands"].trigger()
    palette = feature.palette.palette
    palette.repaint()
    first = time.perf_counter() - began
    commands = strokes(palette, COMMANDS, lambda: True)
    palette.field.clear()
    began = time.perf_counter()
    palette.field.setText("/")
    bench.wait(lambda: isinstance(palette.rows.rows, FoundFrames))
    reading = time.perf_counter() - began
    files = strokes(palette, FILES, lambda: answered(palette), before="/")
    worked = [worker for _, worker in files]
    return [
        row("palette, opened first, to paint", 1000 * first, "ms", "<= 100 ms", first <= 0.1),
        said("palette, command, key stroke to paint", [clock for clock, _ in commands]),
        row(
            f"palette, names of {FRAMES} frames read once, beside",
            1000 * reading,
            "ms",
            "<= 1000 ms",
            reading <= 1.0,
        ),
        said(f"palette, file of {FRAMES}, key stroke to paint", [clock for clock, _ in files]),
        said(f"palette, file of {FRAMES}, GUI thread by the processor", worked),
    ]


def said(what: str, seconds: list[float]) -> Row:
    """The median of many strokes; the slowest in the name."""
    middle = 1000 * statistics.median(seconds)
    name = f"{what} (median; slowest {1000 * max(seconds):.1f} ms)"
    return row(name, middle, "ms", f"<= {GOAL_MS:g} ms", middle <= GOAL_MS)


def strokes(
    palette: Palette, texts: tuple[str, ...], is_answered: Callable[[], bool], before: str = ""
) -> list[tuple[float, float]]:
    """Type texts letter by letter; return seconds by the clock and of the GUI thread for each letter."""
    taken = []
    application = QApplication.instance()
    assert application is not None
    for text in texts:
        palette.field.setText(before)
        while not is_answered():
            wait_for_events(application)
        for letter in text:
            shown = palette.rows.rows
            began, worked = time.perf_counter(), time.thread_time()
            QTest.keyClicks(palette.field, letter)
            while palette.rows.rows is shown or not is_answered():
                wait_for_events(application)
            palette.list.viewport().repaint()
            taken.append((time.perf_counter() - began, time.thread_time() - worked))
    return taken


def wait_for_events(application: QCoreApplication) -> None:
    """Sleep until there is something to do, so that the search has a processor."""
    application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def answered(palette: Palette) -> bool:
    """Whether the answer that is shown came from the names."""
    return isinstance(palette.rows.rows, FoundFrames)


def folder_of(folder: Path) -> Path:
    """A folder with many names of two pictures."""
    for number in range(FRAMES):
        path = folder / f"cam{number % 7}" / f"frame_{number:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        first = folder / "cam0" / "frame_000000.jpg"
        if number // NAMES_OF_ONE:
            first = folder / f"cam{NAMES_OF_ONE % 7}" / f"frame_{NAMES_OF_ONE:06d}.jpg"
        if path == first:
            path.write_bytes(jpeg(320, 240, number))
        else:
            os.link(first, path)
    return folder
