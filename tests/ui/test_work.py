"""Background work in the status bar and its list: seen, paused, stopped; bugs are told with a report."""

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from annotator.background.progress import Progress
from annotator.background.runner import WorkState
from annotator.core.errors import AnnotatorError, Cancelled
from annotator.ui.bugs.bug_dialog import BugDialog
from annotator.ui.bugs.bugs import BugTeller
from annotator.ui.work.work_list import WorkList
from tests.ui.driver import Driver
from tests.ui.test_dropping import answer
from tests.ui.test_opening import interrupt_an_import


class Counting:
    """Work that counts as far as it is let."""

    def __init__(self) -> None:
        self.may_go_on = threading.Semaphore(0)
        self.count = 0

    def __call__(self, progress: Progress) -> None:
        for number in range(100):
            progress.report(number, 100, "Counting")
            self.may_go_on.acquire()
            self.count = number + 1


@pytest.fixture
def counting(opened: Driver):
    work = Counting()
    yield work
    for _ in range(200):
        work.may_go_on.release()


def list_of(driver: Driver) -> WorkList:
    found = driver.window.findChild(WorkList)
    assert found is not None
    return found


def button(works: WorkList, name: str) -> QToolButton:
    return next(
        one
        for one in works.findChildren(QToolButton)
        if one.accessibleName() == f"{name}: Counting to a hundred" and one.isVisible()
    )


class _Showings(QObject):
    """Counts how often a widget is shown."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Show
        return False


def test_work_that_ends_soon_does_not_blink_in_the_status_bar(opened: Driver):
    opened.wait(lambda: not opened.work.runner.works)
    showings = _Showings()
    opened.work.status.work_state.installEventFilter(showings)
    is_known = threading.Event()
    opened.work.watch.changed.connect(is_known.set)
    opened.work.runner.start("A moment", lambda _: is_known.wait(15), uses=None)
    opened.wait(lambda: bool(opened.work.watch.ended))
    QTest.qWait(400)
    assert showings.count == 0


def test_work_is_paused_gone_on_with_and_stopped_from_the_list(opened: Driver, counting: Counting):
    work = opened.work.runner.start("Counting to a hundred", counting, uses=None)
    state = opened.work.status.work_state
    opened.wait(state.isVisible)
    opened.qtbot.mouseClick(state, Qt.MouseButton.LeftButton)
    works = list_of(opened)
    assert works.isVisible()
    opened.qtbot.mouseClick(button(works, "Pause"), Qt.MouseButton.LeftButton)
    assert work.state is WorkState.PAUSED
    counting.may_go_on.release()
    counting.may_go_on.release()
    opened.wait(lambda: counting.count == 1)
    opened.wait(lambda: any(b.toolTip() == "Go on" for b in works.findChildren(QToolButton)))
    assert counting.count == 1
    opened.qtbot.mouseClick(button(works, "Go on"), Qt.MouseButton.LeftButton)
    opened.wait(lambda: counting.count == 2)
    opened.qtbot.mouseClick(button(works, "Stop"), Qt.MouseButton.LeftButton)
    counting.may_go_on.release()
    opened.wait(lambda: work.state is WorkState.CANCELLED)
    opened.wait(lambda: not state.isVisible())
    opened.key(Qt.Key.Key_Escape, to=works)
    assert not works.isVisible()


def test_the_list_grows_upwards(opened: Driver, counting: Counting):
    """Its lower edge stays above the status bar, also while work is begun."""
    opened.work._actions["tools.works"].trigger()
    works = list_of(opened)
    before = works.geometry()
    begun = [opened.work.runner.start(f"Work {n}", counting, uses=None) for n in range(3)]
    opened.wait(
        lambda: len([one for one in works.findChildren(QToolButton) if one.isVisible()]) >= 6
    )
    assert works.height() > before.height()
    assert works.geometry().bottomRight() == before.bottomRight()
    for work in begun:
        work.cancel()
        counting.may_go_on.release()
    opened.wait(lambda: not opened.work.runner.works)
    assert works.geometry().bottomRight() == before.bottomRight()
    works.hide()


def test_the_command_opens_an_empty_list_with_a_sentence(opened: Driver):
    opened.wait(lambda: not opened.work.runner.works)
    opened.work._actions["tools.works"].trigger()
    works = list_of(opened)
    assert works.isVisible()
    works.hide()


def test_work_that_fails_says_why_and_is_listed_as_failed(opened: Driver):
    def fail(_progress: Progress) -> None:
        raise AnnotatorError("The disk said no. Try another one.")

    opened.work.runner.start("Trying", fail, uses=None)
    opened.wait(lambda: opened.message == "The disk said no. Try another one.")
    assert [work.state for work in opened.work.status.watch.ended][-1] is WorkState.FAILED


@pytest.fixture
def teller(driver: Driver, tmp_path, monkeypatch):
    quits = []
    monkeypatch.setattr(sys, "__excepthook__", lambda *_: None)
    hooks = sys.excepthook, threading.excepthook
    made = BugTeller(driver.window, tmp_path, lambda: quits.append(1))
    made.install()
    yield made
    sys.excepthook, threading.excepthook = hooks


def dialog_of(driver: Driver) -> BugDialog:
    driver.wait(lambda: driver.window.findChild(BugDialog) is not None)
    return driver.window.findChild(BugDialog)


def test_a_bug_is_told_once_and_its_report_can_be_copied(opened: Driver, teller, caplog):
    try:
        raise KeyError("odd")
    except KeyError as error:
        for _ in range(3):
            teller.hear(type(error), error, error.__traceback__)
    dialog = dialog_of(opened)
    assert len(opened.window.findChildren(BugDialog)) == 1
    assert "3 times" in dialog._text.text()
    opened.qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert "KeyError: 'odd'" in QGuiApplication.clipboard().text()
    assert "Annotator" in QGuiApplication.clipboard().text()
    opened.qtbot.mouseClick(dialog.go_on, Qt.MouseButton.LeftButton)
    # The work goes on.
    opened.create_label("car")
    assert opened.project.labels.named("car") is not None


def test_an_act_that_is_refused_is_no_bug(driver: Driver, pictures: Path, teller: BugTeller):
    interrupt_an_import(pictures)
    driver.open(pictures)
    (step,) = driver.project.interrupted_steps()
    driver.work.undo.undo_step(step)
    answer(driver, "Keep it")
    driver.wait(lambda: "nothing to keep" in driver.message)
    assert driver.window.findChild(BugDialog) is None


def test_what_is_refused_on_a_thread_is_no_bug_either(opened: Driver, teller: BugTeller):
    def refuse(error: AnnotatorError) -> None:
        raise error

    for error in (AnnotatorError("The disk said no."), Cancelled()):
        thread = threading.Thread(target=refuse, args=(error,))
        thread.start()
        thread.join()
    opened.wait(lambda: opened.message == "The disk said no.")
    assert opened.window.findChild(BugDialog) is None


def test_a_bug_on_a_thread_is_told_too(opened: Driver, teller, caplog):
    def fail() -> None:
        raise RuntimeError("on a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "RuntimeError: on a thread" in dialog_of(opened).details.toPlainText()


def test_a_crash_of_the_last_run_is_a_message(opened: Driver, teller):
    teller.tell_of_crash("Fatal Python error: Segmentation fault")
    assert "crash" in opened.message
    assert "stored" in opened.message
