"""A day at the window: what was opened and closed leaves nothing behind, and is counted here, not weighed."""

import gc
import os
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLayout, QLayoutItem, QWidget
from pytestqt.qtbot import QtBot

from annotator.project.project import Project
from annotator.settings import Settings, settings_path
from annotator.ui.widgets.parts import column, row
from tests.gui_thread import GuiWatch
from tests.ui.driver import TIMEOUT, Driver

DESCRIPTORS = Path("/proc/self/fd")
# Windows and dialogs that are gone once they are closed.
CLOSED = (
    "file.import", "file.export", "file.snapshots", "file.restore", "file.new_task", "file.rename_task",
    "frame.put_subset", "frame.split_subsets", "labels.edit", "help.keys", "help.manual", "models.window",
)  # fmt: skip
# What is made once, or a few times, does not grow in each of them.
ROUNDS = 4
PATIENCE = 1.0


def settle(application: QApplication) -> None:
    """Let go what nobody holds."""
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def is_gone(thing: weakref.ref[Any], application: QApplication) -> bool:
    """A thread may hold it for a moment, until it has gone on to the next thing."""
    settle(application)
    return thing() is None


def counts(driver: Driver, application: QApplication) -> Counter[str]:
    """What there is: widgets and other parts of the window by their kinds, threads, open files."""
    found = Counter(type(one).__name__ for one in application.allWidgets())
    found["parts of the window"] = len(driver.window.findChildren(QObject))
    found["threads"] = threading.active_count()
    if DESCRIPTORS.is_dir():
        found["descriptors"] = len(os.listdir(DESCRIPTORS))
    return found


def what_stays(driver: Driver, application: QApplication, before: Counter[str]) -> Counter[str]:
    """What there is once that is no more than before, or after a while: threads that are ending do not stay."""
    end = time.monotonic() + PATIENCE
    while True:
        settle(application)
        found = counts(driver, application)
        if found <= before or time.monotonic() > end:
            return found
        driver.qtbot.wait(20)


def open_and_close(driver: Driver, command: str) -> None:
    """Open a window by its command and close what has come, as somebody does who changes their mind."""
    before = seen_windows()
    driver.window.action_set[command].trigger()
    driver.wait(lambda: bool(seen_windows() - before))
    for window in seen_windows() - before:
        window.close()
    driver.wait(lambda: seen_windows() == before)


def seen_windows() -> set[QWidget]:
    return {one for one in QApplication.topLevelWidgets() if one.isVisible()}


def work_a_while(driver: Driver, folder: Path, theme: str) -> None:
    """A project from its opening to its closing."""
    driver.open(folder)
    if not len(driver.project.labels):
        driver.create_label("car")
    driver.draw_box((50, 50), (120, 130))
    driver.key(Qt.Key.Key_Escape)
    for _ in range(2):
        driver.key(Qt.Key.Key_F, to=driver.work.canvas)
        driver.wait_for_frame()
    driver.draw_polygon([(20, 20), (100, 30), (60, 120)])
    driver.window.action_set["edit.undo"].trigger()
    driver.window.action_set[f"view.theme_{theme}"].trigger()
    for dock in driver.work.docks.ids * 2:
        driver.window.action_set[f"view.dock_{dock}"].trigger()
    driver.window.action_set["file.close"].trigger()
    driver.wait(lambda: not driver.work.session.is_open and not driver.work.runner.works)


def grown(
    driver: Driver, application: QApplication, once: Callable[[int], None]
) -> dict[str, list[int]]:
    """What there was more of after each of some rounds."""
    told: list[Counter[str]] = []
    for number in range(ROUNDS):
        once(number)
        told.append(what_stays(driver, application, told[-1] if told else Counter[str]()))
    rows = {kind: [one[kind] for one in told] for kind in told[-1]}
    return {kind: row for kind, row in rows.items() if all(a < b for a, b in pairwise(row[1:]))}


def test_projects_that_were_closed_leave_nothing(
    driver: Driver, pictures: Path, two_tasks: Path, qapp: QApplication
):
    def once(number: int) -> None:
        work_a_while(driver, (pictures, two_tasks)[number % 2], ("light", "dark")[number % 2])

    assert grown(driver, qapp, once) == {}


def test_a_project_that_was_closed_is_gone(driver: Driver, pictures: Path, qapp: QApplication):
    def used() -> weakref.ref[Project]:
        driver.open(pictures)
        driver.draw_box((50, 50), (120, 130))
        project = weakref.ref(driver.project)
        driver.window.action_set["file.close"].trigger()
        driver.wait(lambda: not driver.work.session.is_open and not driver.work.runner.works)
        return project

    project = used()
    driver.wait(lambda: is_gone(project, qapp))


def test_windows_that_were_closed_leave_nothing(opened: Driver, qapp: QApplication):
    def once(_number: int) -> None:
        for command in CLOSED:
            open_and_close(opened, command)

    assert grown(opened, qapp, once) == {}


def test_a_window_that_was_closed_is_gone_with_all_it_was_made_of(
    qtbot: QtBot, qapp: QApplication, gui_watch: GuiWatch, pictures: Path
):
    def used() -> list[weakref.ref[QObject]]:
        driver = Driver(qtbot, qapp, Settings.load(settings_path()))
        driver.open(pictures)
        driver.draw_box((50, 50), (120, 130))
        driver.close()
        parts = (driver.window, driver.theme, driver.work, driver.work.canvas, driver.work.session)
        return [weakref.ref(one) for one in parts]

    threads = threading.active_count()
    tops = set(qapp.topLevelWidgets())
    refs = used()
    qtbot.waitUntil(lambda: all(is_gone(one, qapp) for one in refs), timeout=TIMEOUT)
    assert set(qapp.topLevelWidgets()) == tops
    assert threading.active_count() <= threads


def items_of_layouts() -> list[QLayoutItem]:
    """What PySide has made of items of layouts: in place of something else, once their widgets are gone."""
    alive = shiboken6.getAllValidWrappers()
    return [one for one in alive if isinstance(one, QLayoutItem) and not isinstance(one, QLayout)]


def test_no_item_of_a_layout_outlives_its_widget(driver: Driver, pictures: Path):
    driver.open(pictures)
    driver.create_label("car")
    assert items_of_layouts() == []
    for command in (*CLOSED, "file.settings"):
        driver.window.action_set[command].trigger()
        driver.wait(lambda: bool(seen_windows() - {driver.window}))
        driver.qtbot.wait(50)
        assert items_of_layouts() == [], command
        for window in seen_windows() - {driver.window}:
            window.close()
        driver.wait(lambda: seen_windows() == {driver.window})


def test_a_filled_layout_in_a_filled_layout_leaves_no_items(qtbot: QtBot):
    widget = QWidget()
    qtbot.addWidget(widget)
    whole, middle, inner = column(widget), row(), column()
    for layout in (inner, middle):
        layout.addWidget(QLabel("a"))
        layout.addStretch(1)
    middle.addLayout(inner)
    whole.addLayout(middle, 1)
    assert items_of_layouts() == []
    assert (whole.count(), middle.count(), inner.count()) == (1, 3, 2)
    assert whole.stretch(0) == 1
