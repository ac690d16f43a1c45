"""Any mix of things opened at once or dropped, and annotations that lie beside pictures."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QPushButton

from annotator.project.folder import open_folder
from annotator.project.project import Project
from annotator.ui.importing.window import ImportWindow
from tests.cli.conftest import write_coco
from tests.conftest import MakePicture
from tests.ui.driver import Driver
from tests.unit.media import encoded


def drop(driver: Driver, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy = Qt.DropAction.CopyAction
    event = QDropEvent(
        QPointF(100, 100), copy, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    driver.window.dropEvent(event)
    assert event.isAccepted()


def answer(driver: Driver, title: str) -> None:
    """Press a button of the message that is shown, when it is there."""

    def found() -> QPushButton | None:
        buttons = driver.window.message_bar.findChildren(QPushButton)
        return next((one for one in buttons if one.text() == title and one.isVisible()), None)

    driver.wait(lambda: found() is not None)
    button = found()
    assert button is not None
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def trouble(driver: Driver) -> str:
    return driver.window.start_page.trouble.text()


def names(driver: Driver) -> list[str]:
    task = driver.work.session.task
    return [frame.name for frame in driver.project.frames(task.id)]


def wait_open(driver: Driver) -> None:
    driver.wait(lambda: driver.work.session.is_open and not driver.work.opener.is_busy)
    driver.wait_for_frame()


@pytest.fixture
def archive(tmp_path: Path, pictures: Path) -> Path:
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(pictures / "a1.png", "in/10.png")
        file.write(pictures / "a2.png", "in/9.png")
    return path


@pytest.fixture
def import_window(driver: Driver) -> Iterator[Callable[[], ImportWindow]]:
    """Waits for the window of imports, which is closed at the end."""

    def wait() -> ImportWindow:
        driver.wait(lambda: driver.window.findChild(ImportWindow) is not None)
        return driver.window.findChild(ImportWindow)

    yield wait
    for window in driver.window.findChildren(ImportWindow):
        window.close()


def test_an_archive_is_opened_from_its_members(driver: Driver, archive: Path):
    drop(driver, archive)
    wait_open(driver)
    assert names(driver) == ["in/9.png", "in/10.png"]
    driver.create_label("cat")
    driver.draw_box((10, 10), (60, 60))
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    drop(driver, archive)
    wait_open(driver)
    assert len(driver.boxes("in/9.png")) == 1


def test_pages_of_a_file_are_frames(driver: Driver, tmp_path: Path):
    pages = [np.full((50, 60 + page), 40 * page, np.uint8) for page in range(3)]
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "scan.tif").write_bytes(encoded.tiff_pages(pages))
    driver.open(tmp_path / "scans")
    assert names(driver) == ["scan_p1.tif", "scan_p2.tif", "scan_p3.tif"]
    driver.key(Qt.Key.Key_End, to=driver.work.canvas)
    driver.wait_for_frame()
    assert driver.work.canvas.sceneRect().width() >= 62


def test_several_pictures_are_a_project_of_their_own(driver: Driver, pictures: Path, archive: Path):
    drop(driver, pictures / "a1.png", pictures / "a3.png", archive)
    wait_open(driver)
    assert sorted(names(driver)) == ["a1.png", "a3.png", "in/10.png", "in/9.png"]
    assert not (pictures / ".annotator").exists()
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    recent = driver.window.start_page.list
    index = recent.entries.index(0)
    assert str(index.data()).startswith(f"{pictures.name}, ")
    recent.setCurrentIndex(index)
    driver.qtbot.keyClick(recent, Qt.Key.Key_Return)
    wait_open(driver)
    assert len(names(driver)) == 4


def test_pictures_dropped_on_a_project_become_a_task_if_wanted(
    driver: Driver, pictures: Path, archive: Path, make_picture: MakePicture, tmp_path: Path
):
    driver.open(pictures)
    folder = driver.project.folder
    make_picture(tmp_path / "x.png", 80, 60)
    drop(driver, archive, tmp_path / "x.png")
    driver.wait(lambda: "can become a task" in driver.message)
    assert driver.work.session.task.name == "pictures"
    answer(driver, "Add as a task")
    driver.wait(lambda: driver.work.session.is_open and driver.work.session.task.name != "pictures")
    driver.wait_for_frame()
    assert driver.project.folder == folder
    assert sorted(names(driver)) == ["in/10.png", "in/9.png", "x.png"]
    assert driver.project.tasks()[0].name == "pictures"


def test_pictures_dropped_on_a_project_are_opened_instead_if_wanted(
    driver: Driver, pictures: Path, archive: Path
):
    driver.open(pictures)
    folder = driver.project.folder
    drop(driver, archive)
    answer(driver, "Open instead")
    driver.wait(lambda: driver.work.session.is_open and driver.project.folder != folder)
    driver.wait_for_frame()
    assert names(driver) == ["in/9.png", "in/10.png"]


def test_a_project_among_other_things_is_opened(
    driver: Driver, pictures: Path, archive: Path, tmp_path: Path
):
    with Project.create(tmp_path / "empty"):
        pass
    open_folder(pictures).project.close()
    drop(driver, archive, pictures / ".annotator" / "project.annotator")
    wait_open(driver)
    assert driver.work.session.task.name == "pictures"
    assert "left alone" in driver.message


def test_annotations_dropped_on_the_start_page_say_what_to_do(driver: Driver, tmp_path: Path):
    drop(driver, write_coco(tmp_path / "coco.json"))
    driver.wait(lambda: "Open the pictures that they belong to" in trouble(driver))
    assert not driver.work.session.is_open


def test_what_is_nothing_of_all_is_said(driver: Driver, tmp_path: Path):
    (tmp_path / "notes.txt").write_text("x")
    drop(driver, tmp_path / "notes.txt", tmp_path / "none.png")
    driver.wait(lambda: "neither a picture" in trouble(driver))
    assert "does not exist" in trouble(driver)


def test_a_broken_archive_is_said(driver: Driver, archive: Path):
    archive.write_bytes(archive.read_bytes()[:-30])
    drop(driver, archive)
    driver.wait(lambda: "no complete archive" in trouble(driver))


def test_annotations_dropped_with_their_pictures_are_imported(
    driver: Driver, pictures: Path, tmp_path: Path, import_window: Callable[[], ImportWindow]
):
    coco = write_coco(tmp_path / "coco.json", names=("a1.png", "a2.png"))
    drop(driver, coco, pictures)
    wait_open(driver)
    window = import_window()
    # It is made piece by piece, and shown once it is whole.
    driver.wait(window.isVisible)


def test_annotations_in_the_folder_are_offered_once(
    driver: Driver, pictures: Path, import_window: Callable[[], ImportWindow]
):
    write_coco(pictures / "instances.json", names=("a1.png", "a2.png"))
    driver.open(pictures)
    driver.wait(lambda: "holds annotations of these pictures" in driver.message)
    answer(driver, "Import…")
    window = import_window()
    driver.wait(window.isVisible)


def test_annotations_in_the_folder_are_not_offered_where_there_are_some(
    driver: Driver, pictures: Path
):
    driver.open(pictures)
    driver.create_label("cat")
    driver.draw_box((10, 10), (60, 60))
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    write_coco(pictures / "instances.json", names=("a1.png", "a2.png"))
    driver.open(pictures)
    driver.wait(lambda: not driver.work.runner.works)
    driver.qtbot.wait(50)
    assert "annotations" not in driver.message


def test_the_dialog_for_files_takes_several(driver: Driver, pictures: Path):
    driver.key(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    dialog = driver.window.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.fileMode() == QFileDialog.FileMode.ExistingFiles
    assert "*.zip" in dialog.nameFilters()[0]
    dialog.filesSelected.emit([str(pictures / "a1.png"), str(pictures / "a2.png")])
    dialog.reject()
    wait_open(driver)
    assert names(driver) == ["a1.png", "a2.png"]
