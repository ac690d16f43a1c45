"""Tasks in the window: shown, added, renamed, removed; frames removed; a range of pictures."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMenu

from annotator.ui.tasks.new_task_dialog import NewTaskDialog
from annotator.ui.widgets.empty_note import EmptyNote
from annotator.ui.widgets.name_dialog import NameDialog
from tests.ui.driver import Driver
from tests.ui.test_dropping import answer, names


def open_menu(driver: Driver) -> QMenu:
    """Open the list under the name of the task, with the mouse."""
    button = driver.work.top_bar.project
    menu = button.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    return menu


def choose(driver: Driver, title: str) -> None:
    action = next(one for one in open_menu(driver).actions() if one.text() == title)
    action.trigger()
    driver.wait_for_frame()


def shown(driver: Driver) -> str:
    return driver.work.session.task.name


def test_tasks_are_switched_under_the_name(driver: Driver, two_tasks: Path):
    driver.open(two_tasks)
    driver.create_label("cat")
    driver.draw_box((10, 10), (60, 60))
    titles = [action.text() for action in open_menu(driver).actions() if action.isCheckable()]
    assert titles == ["pictures", "night"]
    checked = [one.text() for one in open_menu(driver).actions() if one.isChecked()]
    assert checked == ["pictures"]
    choose(driver, "night")
    assert (shown(driver), driver.frame_name) == ("night", "n0.png")
    assert driver.work.session.frame_count == 2
    assert driver.drawn_ids() == set()
    driver.draw_box((20, 20), (70, 90))
    assert len(driver.boxes()) == 1
    choose(driver, "pictures")
    assert driver.frame_name == "a1.png"
    assert len(driver.drawn_ids()) == 1
    driver.ctrl(Qt.Key.Key_Z)
    assert driver.boxes() == []
    # What was done in the other task is still there.
    choose(driver, "night")
    assert len(driver.boxes()) == 1


def test_the_list_opens_by_a_click_and_by_keys(driver: Driver, two_tasks: Path):
    driver.open(two_tasks)
    button = driver.work.top_bar.project
    assert "pictures" in button.accessibleName()
    button.setFocus()
    menu = button.menu()
    opened: list[bool] = []

    def leave() -> None:
        opened.append(menu.isVisible())
        driver.qtbot.keyClick(menu, Qt.Key.Key_Escape)

    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, menu, leave)
    QTimer.singleShot(200, menu, leave)
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    driver.wait(lambda: any(opened))


def test_rename(driver: Driver, two_tasks: Path):
    driver.open(two_tasks)
    driver.work.top_bar.project.menu().aboutToShow.emit()
    driver.window.action_set["file.rename_task"].trigger()
    dialog = driver.window.findChild(NameDialog)
    assert dialog is not None
    driver.qtbot.keyClicks(dialog.field, "night")
    driver.qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert "already" in dialog.trouble.text()
    dialog.field.setText("<b>Tag</b> & 猫")
    driver.qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    driver.wait(lambda: shown(driver) == "<b>Tag</b> & 猫")
    driver.wait(lambda: driver.work.top_bar.project.text() == "<b>Tag</b> && 猫")
    driver.window.action_set["edit.undo"].trigger()
    driver.wait(lambda: shown(driver) == "pictures")


def test_a_task_is_removed_and_comes_back(driver: Driver, two_tasks: Path):
    driver.open(two_tasks)
    driver.window.action_set["file.remove_task"].trigger()
    driver.wait_for_frame()
    assert (shown(driver), driver.frame_name) == ("night", "n0.png")
    assert "pictures was removed" in driver.message
    driver.window.action_set["file.remove_task"].trigger()
    assert "only task" in driver.message
    driver.window.message_bar.close_current()
    answer(driver, "Undo")
    driver.wait_for_frame()
    assert (shown(driver), driver.frame_name) == ("pictures", "a1.png")


def test_a_task_that_goes_elsewhere_is_left(driver: Driver, two_tasks: Path):
    """Its making is undone from the history."""
    driver.open(two_tasks)
    choose(driver, "night")
    driver.project.undo(author="setup")
    driver.wait(lambda: driver.work.session.is_open and shown(driver) == "pictures")
    driver.wait_for_frame()
    assert driver.frame_name == "a1.png"


def test_a_frame_is_removed_and_comes_back(opened: Driver, pictures: Path):
    driver = opened
    driver.create_label("cat")
    driver.draw_box((10, 10), (60, 60))
    driver.key(Qt.Key.Key_Delete, Qt.KeyboardModifier.AltModifier, to=driver.work.canvas)
    driver.wait_for_frame()
    assert (driver.frame_name, driver.work.session.frame_count) == ("a2.png", 3)
    assert "a1.png was removed from the task" in driver.message
    assert (pictures / "a1.png").is_file()
    answer(driver, "Undo")
    driver.wait_for_frame()
    assert (driver.frame_name, driver.work.session.frame_count) == ("a1.png", 4)
    assert len(driver.boxes()) == 1


def test_every_frame_can_be_removed_and_undone(opened: Driver):
    driver = opened
    remove = driver.window.action_set["frame.remove"]
    for _ in range(4):
        remove.trigger()
        driver.wait_for_frame()
    assert driver.work.session.frame is None
    assert not remove.isEnabled()
    for _ in range(4):
        driver.window.action_set["edit.undo"].trigger()
        driver.wait_for_frame()
    assert driver.work.session.frame_count == 4
    assert driver.frame_name


def task_dialog(driver: Driver) -> NewTaskDialog:
    driver.window.action_set["file.new_task"].trigger()
    dialog = driver.window.findChild(NewTaskDialog)
    assert dialog is not None
    return dialog


def test_a_task_of_a_range_is_made_in_the_window(driver: Driver, two_tasks: Path, pictures: Path):
    driver.open(two_tasks)
    dialog = task_dialog(driver)
    assert not dialog.go.isEnabled()
    note = dialog.list.findChild(EmptyNote)
    assert "Add a folder" in note.text()
    assert note.isVisible()
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(pictures))])
    place, held = QPointF(40, 40), Qt.KeyboardModifier.NoModifier
    drop = QDropEvent(place, Qt.DropAction.CopyAction, dropped, Qt.MouseButton.LeftButton, held)
    dialog.dropEvent(drop)
    assert not note.isVisible()
    driver.wait(lambda: dialog.state.text() == "4 of 4 pictures")
    assert dialog.name.placeholderText() == "pictures (2)"
    assert (dialog.first.value(), dialog.last.text()) == (1, "the last"), "frames count from 1"
    dialog.first.setValue(2)
    dialog.last.setValue(4)
    dialog.step.setValue(2)
    assert dialog.state.text() == "2 of 4 pictures"
    dialog.last.setValue(1)
    assert "ends before" in dialog.state.text()
    assert not dialog.go.isEnabled()
    dialog.last.setValue(4)
    dialog.first.setValue(10)
    dialog.last.setValue(10)
    assert "leaves no picture" in dialog.state.text()
    dialog.first.setValue(2)
    dialog.last.setValue(4)
    driver.qtbot.keyClicks(dialog.name, "night")
    assert "already" in dialog.state.text()
    driver.qtbot.keyClicks(dialog.name, " 2")
    driver.qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.work.session.is_open and shown(driver) == "night 2")
    driver.wait_for_frame()
    assert names(driver) == ["a2.png", "a4.png"]
    assert driver.project.tasks()[-1].selected


def test_a_task_is_made_where_nothing_is_open(driver: Driver, pictures: Path):
    dialog = task_dialog(driver)
    dialog.add([str(pictures)])
    driver.wait(lambda: dialog.state.text() == "4 of 4 pictures")
    dialog.order.setCurrentIndex(2)
    assert dialog.seed.isVisible()
    dialog.last.setValue(2)
    driver.qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.work.session.is_open)
    driver.wait_for_frame()
    assert driver.work.session.frame_count == 2
    assert driver.project.folder == pictures / ".annotator"
    assert "new picture" not in driver.message


def test_places_without_pictures_are_said(driver: Driver, tmp_path: Path):
    dialog = task_dialog(driver)
    (tmp_path / "empty").mkdir()
    dialog.add([str(tmp_path / "empty")])
    driver.wait(lambda: "No pictures were found" in dialog.state.text())
    assert not dialog.go.isEnabled()
    dialog.list.setCurrentRow(0)
    driver.qtbot.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    assert dialog.list.count() == 0
    dialog.reject()
