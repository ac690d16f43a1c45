"""From the start of the process to the first painted start page, next to a bare QMainWindow in the same run.

Both are processes of their own, started in turns; each prints the moment at the end of its first paint event. The
home is new and empty, so there is no list of recent projects for one row, and a full one for the other. On a machine
that others use too the time by the processor says more than the time by the clock.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROUNDS = 15
GOAL = 2.0

MARK = """
    os.write(1, f"{time.time_ns()} {time.process_time_ns()}".encode())
    os._exit(0)
"""

BARE = (
    """
import os, sys, time
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
  def paintEvent(self, event):
    super().paintEvent(event)"""
    + MARK
    + """
application = QApplication([])
window = Window()
window.resize(1280, 800)
window.show()
application.exec()
"""
)

OURS = (
    """
import os, sys, time
sys.argv = ["annotator"]
from annotator.__main__ import main
def hook(page):
  paint = page.paintEvent
  def painted(self, event):
    paint(self, event)"""
    + MARK
    + """
  page.paintEvent = painted
# The class is met when it is made: importing it here would be earlier than the program does.
import builtins
build = builtins.__build_class__
def building(function, name, *bases, **options):
  made = build(function, name, *bases, **options)
  if name == "StartPage":
    hook(made)
  return made
builtins.__build_class__ = building
main()
"""
)

Row = dict[str, Any]
Times = tuple[float, float]


def run() -> list[Row]:
    """Measure; takes about 15 seconds for each display."""
    rows = measure("offscreen", {"QT_QPA_PLATFORM": "offscreen"})
    if shutil.which("Xvfb"):
        with display() as name:
            rows += measure("X11", {"QT_QPA_PLATFORM": "xcb", "DISPLAY": name})
    return rows


def measure(display_name: str, variables: dict[str, str]) -> list[Row]:
    """The rows for one display."""
    bare: list[Times] = []
    rows = []
    with tempfile.TemporaryDirectory() as home:
        environment = new_home(Path(home), variables)
        for state in ("first run", "12 recent"):
            if state == "12 recent":
                fill_recent(Path(home))
            ours: list[Times] = []
            for _ in range(ROUNDS):
                bare.append(times(BARE, environment))
                ours.append(times(OURS, environment))
            what = f"start to first paint, {state}, {display_name}"
            rows += [
                row(f"{what}, {by}", quick(ours, at), quick(bare, at))
                for at, by in enumerate(("by the clock", "by the processor"))
            ]
    return rows


def quick(measured: list[Times], at: int) -> float:
    """The lower quartile: what others do on the machine only ever makes a start slower."""
    return statistics.quantiles([each[at] for each in measured], n=4)[0]


def times(code: str, environment: dict[str, str]) -> Times:
    """Start a process; return the time until it has painted and what it used of the processor, in ms."""
    began = time.time_ns()
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        check=True,
        timeout=60,
    )
    painted, used = map(int, result.stdout.split())
    return (painted - began) / 1e6, used / 1e6


def row(what: str, value: float, floor: float) -> Row:
    """One line of the table; the limit is the bare window."""
    return {
        "what": what,
        "value": round(value, 1),
        "unit": "ms",
        "limit": round(floor, 1),
        "ratio": round(value / floor, 2),
        "goal": f"<= {GOAL:g}x",
        "ok": value <= GOAL * floor,
    }


def new_home(home: Path, variables: dict[str, str]) -> dict[str, str]:
    """The environment of a user who starts the program for the first time.

    Modules are compiled once, as with every installation, even where this shell says that Python shall not keep them.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("XDG_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    places = {"HOME": home, "XDG_RUNTIME_DIR": runtime, "PYTHONPYCACHEPREFIX": home / "compiled"}
    return {**kept, **{name: str(place) for name, place in places.items()}, **variables}


def fill_recent(home: Path) -> None:
    """Twelve projects in the list."""
    entries = [
        {
            "path": f"/home/somebody/pictures/set {number}",
            "name": f"set {number}",
            "frames": 1000 * number,
            "annotations": 12_345 * number,
            "opened_ms": 1_700_000_000_000 + number,
        }
        for number in range(12)
    ]
    path = home / ".local/share/annotator/recent.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(entries))


@contextmanager
def display() -> Iterator[str]:
    """An X server without a screen."""
    reader, writer = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writer),
        "-screen",
        "0",
        "1600x1000x24",
        "-nolisten",
        "tcp",
        "-noreset",  # see the fixture x_display
    ]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        try:
            yield f":{number}"
        finally:
            server.terminate()


if __name__ == "__main__":
    for line in run():
        sys.stdout.write(json.dumps(line) + "\n")
