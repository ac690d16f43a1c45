"""The panels around the canvas: moved, floated, hidden, remembered by workspace, and never lost."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QPushButton

from annotator.settings import THEME, settings_path
from annotator.ui.shell.window_memory import WindowMemory
from tests.ui.driver import Driver


def visible(driver: Driver) -> set[str]:
    docks = driver.work.docks
    return {name for name in docks.ids if not docks[name].isHidden()}


def reopen(driver: Driver) -> None:
    path = driver.work.switch.path
    assert path is not None
    driver.work.switch.close()
    driver.wait(lambda: not driver.work.session.is_open)
    driver.open(path)


def test_on_the_start_page_there_is_no_panel(driver: Driver):
    assert visible(driver) == set()


def test_a_panel_that_is_hidden_or_moved_is_so_the_next_time(opened: Driver):
    docks = opened.work.docks
    opened.window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks["labels"])
    opened.work._actions["view.dock_objects"].trigger()
    opened.work._actions["view.dock_history"].trigger()
    before = visible(opened)
    assert "objects" not in before
    assert "history" in before
    reopen(opened)
    assert visible(opened) == before
    area = opened.window.dockWidgetArea(docks["labels"])
    assert area == Qt.DockWidgetArea.LeftDockWidgetArea


def test_each_workspace_has_its_own_arrangement(opened: Driver):
    docks = opened.work.docks
    opened.work._actions["view.dock_objects"].trigger()
    annotate = visible(opened)
    button = next(one for one in opened.window.findChildren(QPushButton) if one.text() == "Review")
    opened.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert docks.workspace.id == "review"
    assert {"objects", "history"} <= visible(opened)
    opened.work._actions["workspace.annotate"].trigger()
    assert visible(opened) == annotate
    assert button.isChecked() is False


def test_all_panels_go_and_come_back_where_they_were(opened: Driver):
    before = visible(opened)
    opened.ctrl(Qt.Key.Key_Backslash)
    assert visible(opened) == set()
    opened.ctrl(Qt.Key.Key_Backslash)
    assert visible(opened) == before


def test_panels_hidden_at_closing_are_not_lost(opened: Driver):
    before = visible(opened)
    opened.ctrl(Qt.Key.Key_Backslash)
    reopen(opened)
    assert visible(opened) == before
    assert opened.work._actions["view.panels"].isChecked()


def test_reset_arranges_the_workspace_as_at_first(opened: Driver):
    docks = opened.work.docks
    before = visible(opened)
    docks["objects"].setFloating(True)
    docks["labels"].hide()
    opened.work._actions["view.reset_layout"].trigger()
    assert visible(opened) == before
    assert not docks["objects"].isFloating()


@pytest.mark.parametrize(
    "kept", [QByteArray(b"nonsense"), "a text", QByteArray(b"\x00\x00\x00\xff" * 40)]
)
def test_an_arrangement_that_makes_no_sense_is_left_out(opened: Driver, kept):
    before = visible(opened)
    path = opened.work.switch.path
    opened.work.switch.close()
    opened.wait(lambda: not opened.work.session.is_open)
    WindowMemory(settings_path()).keep("layout/annotate", kept)
    opened.open(path)
    assert visible(opened) == before


def test_an_arrangement_of_another_version_is_left_out(opened: Driver):
    before = visible(opened)
    path = opened.work.switch.path
    opened.work._actions["view.dock_history"].trigger()
    other = opened.window.saveState(999)
    opened.work.switch.close()
    opened.wait(lambda: not opened.work.session.is_open)
    WindowMemory(settings_path()).keep("layout/annotate", other)
    opened.open(path)
    assert visible(opened) == before


def test_a_small_screen_has_room_for_the_picture(opened: Driver):
    opened.window.resize(1024, 700)
    opened.wait(lambda: opened.window.width() == 1024)
    assert opened.work.canvas.width() >= 500
    assert opened.work.canvas.height() >= 350
    opened.qtbot.wait(50)
    assert opened.window.minimumSizeHint().height() <= 700
    status = opened.window.statusBar()
    assert status.geometry().bottom() < 700  # nothing is pushed out of the window
    assert opened.work.docks["film_strip"].geometry().bottom() <= status.geometry().top()


@pytest.mark.parametrize(("width", "height"), [(1024, 700), (1440, 900)])
def test_list_and_properties_share_the_side(
    driver: Driver, pictures: Path, width: int, height: int
):
    driver.window.resize(width, height)
    driver.wait(lambda: driver.window.size() == QSize(width, height))
    driver.open(pictures)
    docks = driver.work.docks
    driver.wait(lambda: docks["properties"].height() >= 300)
    assert docks["objects"].height() >= 200  # the field for finding and a few rows
    first = [docks[name].height() for name in ("objects", "properties")]
    driver.window.resizeDocks([docks["properties"]], [200], Qt.Orientation.Vertical)
    driver.wait(lambda: docks["properties"].height() < first[1])
    driver.work._actions["view.reset_layout"].trigger()
    driver.wait(lambda: [docks[name].height() for name in ("objects", "properties")] == first)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_panel_that_floats_has_an_edge(opened: Driver, theme: str):
    """It would have none against a desktop of the same colour."""
    opened.settings.set(THEME, theme)
    dock = opened.work.docks["objects"]
    dock.setFloating(True)
    opened.wait(lambda: dock.isVisible() and dock.isWindow())
    picture = dock.grab().toImage()
    right, bottom = picture.width() - 1, picture.height() - 1
    middle, half = right // 2, bottom // 2
    edge = {
        picture.pixelColor(*at).name()
        for at in ((0, half), (right, half), (middle, 0), (middle, bottom))
    }
    assert edge == {opened.theme.colours.line.lower()}
    inner = {
        picture.pixelColor(*at).name() for at in ((1, bottom - 1), (right - 1, bottom - 1), (1, 1))
    }
    assert edge.isdisjoint(inner)
    dock.setFloating(False)
    opened.wait(lambda: not dock.isWindow())
    assert dock.widget().x() == 0  # no edge between other panels
