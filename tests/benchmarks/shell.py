"""The shell around the picture: the memory the program takes after its start, and how long another theme takes.

Memory is that of a process of its own in a new home, some time after everything is loaded, as Linux counts it: what
is resident, and what is left of that where libraries shared with other processes count by their share.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from PySide6.QtWidgets import QApplication

from annotator.commands import COMMANDS
from tests.benchmarks.start import new_home
from tests.benchmarks.window import Bench, fill, many_pictures, row
from tests.gui_thread import WatchedApplication

MEMORY_GOAL = 160.0
THEME_GOAL = 0.200
PICTURES = 100
SHAPES = 1_000
SWITCHES = 10

Row = dict[str, Any]

PROGRAM: Final = """
import os, sys
from PySide6.QtCore import QTimer
from annotator.ui.window.main_window import MainWindow
wants_project = len(sys.argv) > 1

def say():
  with open("/proc/self/smaps_rollup") as file:
    sizes = {line.split()[0]: int(line.split()[1]) for line in file.readlines()[1:]}
  os.write(1, f"{sizes['Rss:']} {sizes['Pss:']}".encode())
  os._exit(0)

def look(window):
  work = window.workplace
  is_there = work is not None and (work.session.is_open or not wants_project)
  if is_there and not work.runner.works and not work.presenter.is_waiting:
    QTimer.singleShot(2000, say)
  else:
    QTimer.singleShot(100, lambda: look(window))

make = MainWindow.__init__
def made(window, *arguments):
  make(window, *arguments)
  window.ready.connect(lambda: look(window))
MainWindow.__init__ = made
from annotator.__main__ import main
main()
"""


def run() -> list[Row]:
    """Measure; takes about half a minute."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        rows = memory(place) if Path("/proc/self/smaps_rollup").exists() else []
        return rows + themes(place)


# Memory ------------------------------------------------------------------------------------------------


def memory(place: Path) -> list[Row]:
    """With the start page, and with a project of photographs."""
    home = place / "home"
    home.mkdir()
    environment = new_home(home, {})
    start, start_share = megabytes([], environment)
    folder = many_pictures(place / "pictures", PICTURES, 1280, 720)
    project, project_share = megabytes([str(folder)], environment)
    what = f"{PICTURES} pictures of 1280 x 720 open"
    return [
        row(
            "memory after the start, resident", start, "MB", f"<= {MEMORY_GOAL:g} MB", start <= MEMORY_GOAL
        ),
        row("the same, shared libraries by their share", start_share, "MB", "", True),
        row(f"memory with {what}, resident", project, "MB", "", True),
        row("the same, shared libraries by their share", project_share, "MB", "", True),
    ]  # fmt: skip


def megabytes(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Start the program; return what it takes, resident and by its share."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=environment,
        capture_output=True,
        check=True,
        timeout=60,
    )
    resident, share = (int(one) / 1024 for one in done.stdout.split())
    return resident, share


# Themes ------------------------------------------------------------------------------------------------


def themes(place: Path) -> list[Row]:
    """From the command to the painted window, over a frame of many shapes with every panel there is."""
    application = QApplication.instance() or WatchedApplication(["annotator"])
    assert isinstance(application, WatchedApplication), "start this in a process of its own"
    sys.setswitchinterval(0.001)
    folder = many_pictures(place / "shown", PICTURES, 1280, 720)
    with Bench(application, place / "recent.json") as bench:
        bench.open(folder)
        fill(bench, 0, SHAPES)
        bench.settle(1500)
        for command in COMMANDS:
            action = bench.window.action_set[command.id]
            if command.id.startswith("view.dock_") and not action.isChecked():
                action.trigger()
        bench.settle(1500)
        switches = [switch(bench, ("light", "dark")[at % 2]) for at in range(SWITCHES)]
    clock, processor = (statistics.median(column) for column in zip(*switches, strict=True))
    goal = f"<= {1000 * THEME_GOAL:g} ms"
    what = f"another theme, {SHAPES} shapes and every panel, until painted"
    return [
        row(f"{what}, by the clock", 1000 * clock, "ms", goal, clock <= THEME_GOAL),
        row(f"{what}, GUI thread", 1000 * processor, "ms", goal, processor <= THEME_GOAL),
    ]


def switch(bench: Bench, theme: str) -> tuple[float, float]:
    """Choose a theme; return the seconds until all is painted, by the clock and by the GUI thread."""
    bench.settle(500)
    began, worked = time.perf_counter(), time.thread_time()
    bench.window.action_set[f"view.theme_{theme}"].trigger()
    bench.painted.after(began)
    # What else has to be painted is so by now or comes before the next turn of the event loop ends.
    bench.settle(0)
    return time.perf_counter() - began, time.thread_time() - worked


if __name__ == "__main__":
    for line in run():
        sys.stdout.write(json.dumps(line) + "\n")
