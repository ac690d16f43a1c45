"""The first minute: the start page of a fresh profile, the demo, and its tour, by mouse and keys."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget

from annotator.demo.place import demo_place
from annotator.demo.record import read_record
from annotator.models.wheel_weights import DEFAULT_MODEL
from annotator.project.suggesting.choice import OFF
from annotator.settings import Settings, settings_path
from annotator.ui.demo.feature import Tour
from annotator.ui.demo.tour_steps import STEPS, TourState, state_from_json
from annotator.ui.suggesting.feature import Suggesting
from tests.ui.driver import Driver
from tests.ui.test_export import export, open_window


def targets(driver: Driver) -> list[str]:
    """The targets of the start page from top to bottom."""
    page = driver.window.start_page
    buttons = [one for one in page.findChildren(QPushButton) if one.objectName() == "target"]
    return [one.accessibleName() for one in sorted(buttons, key=lambda one: one.y())]


def tour(driver: Driver) -> Tour:
    return driver.work.shell.feature(Tour)


def ticked(driver: Driver) -> set[str]:
    return set(tour(driver).state.done)


def button(driver: Driver, name: str) -> QPushButton:
    card = tour(driver).card
    assert card is not None
    (found,) = (one for one in card.findChildren(QPushButton) if one.text() == name)
    return found


def press(driver: Driver, name: str) -> None:
    driver.qtbot.mouseClick(button(driver, name), Qt.MouseButton.LeftButton)


def on_screen(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint()), widget.size())


def close_tour(driver: Driver) -> None:
    card = tour(driver).card
    assert card is not None
    (cross,) = card.findChildren(QToolButton)
    driver.qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)


def test_the_first_run_begins_with_the_demo(driver: Driver):
    page = driver.window.start_page
    assert targets(driver) == ["Try the demo", "Open folder", "Open files", "Open project"]
    assert page._greeting.text().startswith("Welcome.")
    assert page.focusWidget() is page.demo
    order = []
    widget = page.demo
    for _ in range(4):
        order.append(widget.accessibleName())
        widget = widget.nextInFocusChain()
    assert order == targets(driver)


def test_once_there_are_projects_the_demo_comes_last(opened: Driver):
    opened.ctrl(Qt.Key.Key_W)
    opened.wait(lambda: opened.window.start_page.isVisible())
    assert targets(opened) == ["Open folder", "Open files", "Open project", "Try the demo"]
    assert not opened.window.start_page._greeting.text().startswith("Welcome.")


def test_the_demo_is_made_when_it_is_asked_for_and_opened_again(driver: Driver):
    driver.key(Qt.Key.Key_Space, to=driver.window.start_page.demo)
    driver.wait(lambda: driver.work.session.is_open and not driver.work.opener.is_busy)
    driver.wait_for_frame()
    assert driver.project.folder == demo_place().project
    assert driver.frame_name == "tray_1.png"
    assert driver.work.session.frame_count == 19
    assert len(driver.stored()) == 34
    assert driver.window.windowTitle() == "tray_1.png — Demo"
    driver.wait(lambda: tour(driver).is_on)
    driver.draw_box((10, 10), (40, 40))
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    entries = driver.window.start_page.list.entries
    assert entries.rowCount() == 1
    assert entries.index(0).data().startswith("Demo, ")
    driver.window.action_set["file.open_demo"].trigger()
    driver.wait(lambda: driver.work.session.is_open and not driver.work.opener.is_busy)
    driver.wait_for_frame()
    assert len(driver.stored()) == 35


def test_making_it_is_stopped_and_leaves_nothing(driver: Driver):
    driver.window.action_set["file.open_demo"].trigger()
    driver.wait(lambda: driver.work.opener.is_busy)
    driver.wait(lambda: "Drawing" in driver.window.start_page._work.text())
    driver.window.start_page.stop_wanted.emit()
    driver.wait(lambda: not driver.work.opener.is_busy)
    assert not demo_place().is_there
    assert not list(demo_place().folder.rglob("*.png"))
    assert driver.window.start_page.isVisible()


@pytest.fixture
def at_demo(driver: Driver, demo) -> Driver:
    """The window with a demo open."""
    driver.open(demo.project)
    driver.wait(lambda: tour(driver).is_on)
    return driver


def test_the_steps_tick_themselves(at_demo: Driver, tmp_path: Path):
    driver = at_demo
    assert tour(driver).state.current == "box"
    assert "Press B" in tour(driver).card.hint
    driver.window.action_set.set_keys({"tool.rectangle": ("W",)})
    assert "Press W" in tour(driver).card.hint
    driver.window.action_set.set_keys({"tool.rectangle": ("B",)})
    driver.key(Qt.Key.Key_2, to=driver.work.canvas)
    driver.draw_box((10, 60), (40, 90))
    driver.wait(lambda: ticked(driver) == {"box"})
    assert tour(driver).state.current == "label"
    driver.key(Qt.Key.Key_S, to=driver.work.canvas)
    driver.click((11, 75))
    driver.key(Qt.Key.Key_7, to=driver.work.canvas)
    driver.wait(lambda: ticked(driver) == {"box", "label"})
    mistake = read_record(driver.project).mistakes[0]
    (wrong,) = (one for one in driver.stored() if one.shape.box == mistake.box)
    driver.work.canvas.select([wrong.id])
    driver.key(Qt.Key.Key_2, to=driver.work.canvas)
    driver.wait(lambda: ticked(driver) == {"box", "label", "mistake"})
    export(driver, open_window(driver), tmp_path / "out", "coco_instances")
    driver.wait(lambda: ticked(driver) == set(STEPS))
    assert tour(driver).state.current is None
    press(driver, "Close")
    assert not tour(driver).is_on


def test_steps_are_skipped_and_done_in_any_order(at_demo: Driver):
    driver = at_demo
    press(driver, "Skip")
    assert tour(driver).state.current == "label"
    driver.draw_box((10, 60), (40, 90))
    driver.wait(lambda: ticked(driver) == {"box"})
    assert tour(driver).state.current == "label"


def test_what_others_do_and_undoing_tick_nothing(at_demo: Driver):
    driver = at_demo
    with driver.project.edit("A script", author="script") as edit:
        frame = driver.work.session.frame
        edit.clear_frame(frame.id)
    driver.wait(lambda: not driver.drawn_ids())
    assert ticked(driver) == set()


def test_it_is_closed_for_good(at_demo: Driver, demo):
    driver = at_demo
    press(driver, "Skip")
    close_tour(driver)
    assert not tour(driver).is_on
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    driver.open(demo.project)
    driver.wait(lambda: not tour(driver)._soon.isActive())
    assert not tour(driver).is_on


def test_where_it_was_left_it_goes_on(at_demo: Driver, demo):
    driver = at_demo
    press(driver, "Skip")
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    assert not tour(driver).is_on
    driver.open(demo.project)
    driver.wait(lambda: tour(driver).is_on)
    assert tour(driver).state == TourState(skipped=frozenset({"box"}))


def test_text_is_suggested_with_nothing_more_to_do(shipped_models, at_demo: Driver):
    driver = at_demo
    suggesting = driver.work.shell.feature(Suggesting)
    driver.wait(lambda: suggesting.memory.model == DEFAULT_MODEL)
    task = driver.work.session.task.id
    driver.work.session.go_to(driver.project.frame_named(task, "sign_1.png"))
    driver.wait(lambda: len(suggesting.offers.shown) == 2, timeout=30_000)
    assert {one.attributes["text"] for one in suggesting.offers.shown} == {
        "CITY PARK",
        "Open 6 am to 10 pm",
    }
    driver.wait(suggesting.bar.isVisible)
    card, bar = tour(driver).card, suggesting.bar
    driver.wait(lambda: not on_screen(card).intersects(on_screen(bar)))


def test_who_wants_no_model_is_not_given_one(at_demo: Driver, demo):
    driver = at_demo
    suggesting = driver.work.shell.feature(Suggesting)
    suggesting.use(OFF)
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    driver.open(demo.project)
    driver.wait(lambda: tour(driver).is_on)
    assert suggesting.memory.is_off


def test_other_projects_have_no_tour(opened: Driver):
    assert not tour(opened).is_on


def test_the_card_covers_a_corner_and_takes_no_keys(at_demo: Driver):
    driver = at_demo
    card, canvas = tour(driver).card, driver.work.canvas
    assert canvas.hasFocus()
    assert card.height() < 110
    assert card.geometry().bottomLeft().x() == 12
    assert card.geometry().bottom() == canvas.height() - 13
    driver.window.resize(900, 600)
    driver.wait(lambda: card.geometry().bottom() == canvas.height() - 13)
    for one in card.findChildren(QPushButton):
        assert one.text()
    for one in card.findChildren(QToolButton):
        assert one.accessibleName()


@pytest.mark.parametrize(
    "value", [None, 7, [], {"done": 3}, {"done": ["nothing", 4], "closed": "yes"}]
)
def test_a_state_that_is_damaged_is_the_beginning(value):
    assert state_from_json(value) == TourState()


def test_a_state_is_kept_as_it_is():
    state = TourState().with_done("label").without_current().closed()
    assert state.current == "mistake"
    assert state_from_json(state.as_json()) == state
    assert state.with_done("box").skipped == frozenset()


def test_the_page_is_the_same_without_a_workplace(qtbot, qapp: QApplication):
    """Before anything is loaded, the demo is there already."""
    driver = Driver(qtbot, qapp, Settings.load(settings_path()), show=False)
    assert driver.window.start_page.demo.isEnabled()
    driver.close()
