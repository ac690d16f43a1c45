"""Pictures that are missing, moved, or vanish while they are shown."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from annotator.project.creating import create_task
from annotator.ui.opening.locate_dialog import LocateDialog
from tests.conftest import MakePicture
from tests.ui.driver import Driver
from tests.ui.test_dropping import answer


@pytest.fixture
def project(pictures: Path, tmp_path: Path) -> Path:
    """A project of pictures that lie elsewhere."""
    create_task(tmp_path / "far" / "project", [pictures]).project.close()
    return tmp_path / "far" / "project"


def dialog_of(driver: Driver) -> LocateDialog:
    driver.wait(lambda: driver.window.findChild(LocateDialog) is not None)
    dialog = driver.window.findChild(LocateDialog)
    assert dialog is not None
    driver.wait(lambda: not dialog.bar.isVisible())
    return dialog


def test_moved_pictures_are_located(driver: Driver, project: Path, pictures: Path, tmp_path: Path):
    shutil.move(pictures, tmp_path / "new place")
    driver.open(project)
    driver.wait(lambda: "not where it was" in driver.message)
    answer(driver, "Locate…")
    dialog = dialog_of(driver)
    assert "4 pictures are not where they were" in dialog.state.text()
    assert not dialog.go.isEnabled()
    dialog.look_in([str(tmp_path / "new place")])
    driver.wait(lambda: not dialog.bar.isVisible())
    assert dialog.state.text() == "4 of 4 pictures found."
    assert dialog.table.item(0, 1).text() == str(tmp_path / "new place" / "a1.png")
    driver.qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    driver.wait(lambda: "found again" in driver.message)
    driver.wait_for_frame()
    frame = driver.work.session.frame
    assert frame is not None
    path = driver.project.media_path(frame)
    assert path == tmp_path / "new place" / "a1.png"
    # The frame that is shown has its picture at once.
    assert driver.work.canvas.sceneRect().width() >= 400
    driver.create_label("cat")
    driver.work.canvas.set_tool("rectangle")
    driver.drag((100, 100), (160, 160))
    assert len(driver.boxes()) == 1
    answer(driver, "Undo")
    driver.wait(lambda: driver.project.media_path(frame) == pictures / "a1.png")


def test_what_was_moved_within_the_folder_is_not_added_a_second_time(
    driver: Driver, pictures: Path, make_picture: MakePicture
):
    driver.open(pictures)
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    (pictures / "deep").mkdir()
    for name in ("a3.png", "a4.png"):
        (pictures / name).rename(pictures / "deep" / name)
    make_picture(pictures / "b1.png", 80, 60)
    driver.open(pictures)
    # What may be lost is said before what may be won.
    driver.wait(lambda: "2 pictures are not in" in driver.message)
    answer(driver, "Locate…")
    dialog = dialog_of(driver)
    dialog.look_in([str(pictures / "deep")])
    driver.wait(lambda: dialog.go.isEnabled())
    driver.qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    driver.wait(lambda: "found again" in driver.message)
    driver.window.message_bar.close_current()
    driver.wait(lambda: "3 new pictures lie in" in driver.message)
    answer(driver, "Add to the task")
    driver.wait(lambda: driver.work.session.frame_count == 5)
    driver.wait(lambda: not driver.work.runner.works)
    names = [frame.name for frame in driver.project.frames(driver.work.session.task.id)]
    assert names == ["a1.png", "a2.png", "a3.png", "a4.png", "b1.png"]
    driver.window.action_set["file.close"].trigger()
    driver.wait(lambda: driver.window.start_page.isVisible())
    driver.open(pictures)
    driver.wait(lambda: not driver.work.runner.works)
    assert driver.message == ""


def test_a_person_who_goes_through_missing_pictures_is_told_once(
    driver: Driver, project: Path, pictures: Path
):
    shutil.rmtree(pictures)
    driver.open(project)
    for _ in range(3):
        driver.wait(lambda: "not where it was" in driver.message)
        driver.key(Qt.Key.Key_F, to=driver.work.canvas)
        driver.wait_for_frame()
    driver.wait(lambda: "not where it was" in driver.message)
    driver.window.message_bar.close_current()
    assert driver.message == ""


def test_nothing_found_changes_nothing(
    driver: Driver, project: Path, pictures: Path, tmp_path: Path
):
    (pictures / "a1.png").unlink()
    driver.open(project)
    driver.window.action_set["file.locate"].trigger()
    dialog = dialog_of(driver)
    assert "1 picture is not where it was" in dialog.state.text()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a1.png").write_bytes(b"another")
    dialog.look_in([str(tmp_path / "other")])
    driver.wait(lambda: not dialog.bar.isVisible())
    assert dialog.state.text() == "0 of 1 picture found."
    assert "has the right name and other content" in dialog.detail.text()
    assert not dialog.go.isEnabled()
    steps = len(driver.project.history())
    dialog.reject()
    assert len(driver.project.history()) == steps


def test_nothing_is_missing(opened: Driver):
    opened.window.action_set["file.locate"].trigger()
    dialog = dialog_of(opened)
    assert dialog.state.text() == "Every picture of the project is where it should be."
    assert dialog.cancel.text() == "Close"
    assert not dialog.table.isVisible()
    dialog.reject()


def test_a_picture_that_vanishes_while_it_is_shown(opened: Driver, pictures: Path):
    driver = opened
    driver.create_label("cat")
    shutil.rmtree(pictures / ".annotator" / "cache", ignore_errors=True)
    for path in pictures.glob("*.png"):
        path.unlink()
    # What is shown can be worked on.
    driver.draw_box((10, 10), (60, 60))
    assert len(driver.boxes()) == 1
    driver.work.navigation.go_to_number(3)
    driver.wait_for_frame()
    driver.work.navigation.go_to_number(0)
    driver.wait_for_frame()
    assert len(driver.boxes()) == 1
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    driver.open(pictures)
    driver.wait(
        lambda: any(
            "4 pictures are not in" in one.text for one in driver.window.message_bar._waiting
        )
    )
