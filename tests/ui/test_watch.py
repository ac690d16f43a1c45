"""The watch over the GUI thread sees what it is there for, and nothing else."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import apsw
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import ROOT, MakePicture
from tests.gui_thread import GuiWatch, watched


def faults_of(qapp: QApplication, qtbot: QtBot, slot) -> list[str]:
    """What the watch says of a slot."""
    with watched(qapp) as watch:
        done: list[int] = []
        QTimer.singleShot(0, lambda: (slot(), done.append(1)))
        qtbot.waitUntil(lambda: bool(done), timeout=10_000)
    return watch.faults


def busy(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_a_slot_that_keeps_the_processor_is_seen(qapp, qtbot):
    (fault,) = faults_of(qapp, qtbot, lambda: busy(0.080))
    assert "ms of CPU in" in fault


def test_a_slot_that_keeps_it_shortly_is_not(qapp, qtbot):
    assert faults_of(qapp, qtbot, lambda: busy(0.010)) == []


@pytest.mark.parametrize("seconds", [0.0, 0.001])
def test_sleep_is_seen_however_short(qapp, qtbot, seconds):
    # Python 3.13 announces it twice.
    assert set(faults_of(qapp, qtbot, lambda: time.sleep(seconds))) == {f"time.sleep({seconds},)"}


def test_a_picture_that_is_read_is_seen(qapp, qtbot, tmp_path: Path, make_picture: MakePicture):
    path = tmp_path / "a.png"
    make_picture(path, 8, 8)
    (fault,) = faults_of(qapp, qtbot, path.read_bytes)
    assert fault == f"reading the picture {path}"


def test_a_long_statement_is_seen(qapp, qtbot):
    def count() -> None:
        apsw.Connection(":memory:").execute(
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 60000)"
            " SELECT count(*) FROM c"
        ).fetchall()

    (fault,) = (each for each in faults_of(qapp, qtbot, count) if "CPU" not in each)
    assert fault.startswith("a statement of")


def test_other_threads_may_do_all_that(qapp, qtbot):
    def elsewhere() -> None:
        thread = threading.Thread(target=lambda: time.sleep(0.01))
        thread.start()
        thread.join()

    assert faults_of(qapp, qtbot, elsewhere) == []


def test_so_may_the_test_itself(gui_watch: GuiWatch):
    time.sleep(0.001)
    assert gui_watch.faults == []


CONFTEST = """
from tests.conftest import _homes, home, pytest_terminal_summary, qapp_cls
from tests.ui.conftest import gui_watch
"""
SLOW_AT_FIRST = """
import os
from PySide6.QtCore import QTimer
from tests.ui.test_watch import busy

def test_slow(home, qapp, qtbot, gui_watch):
    done = []
    QTimer.singleShot(0, lambda: (busy({seconds}), done.append(1)))
    qtbot.waitUntil(lambda: bool(done))
"""


@pytest.mark.parametrize("is_slow_again", [True, False])
def test_what_is_slow_is_measured_again_in_a_process_of_its_own(
    tmp_path: Path, is_slow_again: bool
):
    again = 0.080 if is_slow_again else 0
    seconds = f"{again} if 'ANNOTATOR_TESTS_MEASURED_AGAIN' in os.environ else 0.080"
    file = tmp_path / "test_made.py"
    file.write_text(SLOW_AT_FIRST.format(seconds=seconds), encoding="utf-8")
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", str(file))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    environment["PYTHONPATH"] = str(ROOT)
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ("measured again, quick then" in run.stdout) == (not is_slow_again), run.stdout
    assert run.returncode == int(is_slow_again), run.stdout
