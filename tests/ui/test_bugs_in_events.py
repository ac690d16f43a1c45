"""A bug in an event of Qt is told, whatever called the event; in a process of its own, because it may end it."""

import subprocess
import sys
from pathlib import Path

import pytest

# A C function raises each of these, and under Python 3.11 PySide6 cannot report what such a function leaves behind.
BUGS = ["[][0]", "numpy.array([]).min()"]

FAILS_IN_A_KEY_EVENT = """
import os, sys
import numpy
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from annotator import app
from annotator.canvas.view import CanvasView
from annotator.ui.bugs.bug_dialog import BugDialog

def fail(canvas, event):
    eval(sys.argv[1])

def shown(canvas, event):
    QTimer.singleShot(0, lambda: press(canvas))

# The override `event` calls, through Qt, the override `keyPressEvent`.
def press(canvas):
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F9, Qt.KeyboardModifier(0))
    QApplication.postEvent(canvas, key)
    look(canvas)

def look(canvas):
    dialog = canvas.window().findChild(BugDialog)
    if dialog is None:
        QTimer.singleShot(20, lambda: look(canvas))
    else:
        print(dialog.details.toPlainText(), flush=True)
        os._exit(0)

CanvasView.keyPressEvent = fail
CanvasView.showEvent = shown
app.run(sys.argv[2])
"""


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_in_a_key_event_of_the_canvas_is_told(bug: str, pictures: Path):
    done = subprocess.run(
        [sys.executable, "-c", FAILS_IN_A_KEY_EVENT, bug, str(pictures)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "in fail" in done.stdout
    # What makes the report possible is no part of it.
    assert "During handling" not in done.stdout + done.stderr
