"""Opening: folders, pictures, projects, what is wrong with them, and what is said of it."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QFrame, QLabel, QMenu

from annotator.keys.names import usual_on
from annotator.project.project import Project
from annotator.ui.start.recent_projects import (
    RecentProject,
    RecentProjects,
    recent_projects_path,
)
from annotator.ui.start.target import Target
from annotator.ui.widgets import deleting
from tests.conftest import MakePicture
from tests.ui.driver import Driver
from tests.ui.test_closing import counting_until


def trouble(driver: Driver) -> str:
    """What the start page says went wrong."""
    label = driver.window.start_page.trouble
    return label.text() if label.isVisible() else ""


def test_a_folder_is_opened_and_opened_again(driver: Driver, pictures: Path):
    driver.open(pictures)
    assert driver.frame_name == "a1.png"
    assert driver.work.session.frame_count == 4
    assert (pictures / ".annotator").is_dir()
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    driver.open(pictures)
    assert driver.work.session.frame_count == 4


def test_a_picture_opens_its_folder_at_that_frame(driver: Driver, pictures: Path):
    driver.open(pictures / "a3.png")
    assert driver.frame_name == "a3.png"
    assert driver.work.session.frame_count == 4


def test_a_project_is_opened_by_its_folder_or_file(driver: Driver, pictures: Path):
    driver.open(pictures)
    folder = driver.project.folder
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    driver.open(folder / "project.annotator")
    assert driver.project.folder == folder
    assert driver.frame_name == "a1.png"


def test_another_folder_takes_the_place_of_the_first(
    opened: Driver, tmp_path: Path, make_picture: MakePicture
):
    other = tmp_path / "other"
    make_picture(other / "b.png", 80, 60)
    first = opened.project.folder
    opened.window.open_path(str(other))
    opened.wait(lambda: opened.work.session.is_open and opened.frame_name == "b.png")
    opened.wait_for_frame()

    def is_let_go() -> bool:
        with Project.open(first) as project:
            return project.is_writable

    opened.wait(is_let_go)


def test_the_folder_that_is_open_stays_open(opened: Driver, pictures: Path):
    project = opened.project
    opened.window.open_path(str(pictures / "a2.png"))
    opened.wait(lambda: not opened.work.opener.is_busy and opened.frame_name == "a2.png")
    assert opened.project is project
    assert project.is_writable


def test_a_folder_without_pictures_is_told_on_the_start_page(driver: Driver, tmp_path: Path):
    empty = tmp_path / "empty"
    empty.mkdir()
    driver.window.open_path(str(empty))
    driver.wait(lambda: bool(trouble(driver)))
    assert trouble(driver).startswith(f"There are no pictures in {empty}.")
    assert not driver.work.session.is_open


@pytest.mark.parametrize("name", ["missing", "notes.txt"])
def test_what_is_nothing_to_open_is_told(driver: Driver, tmp_path: Path, name: str):
    (tmp_path / "notes.txt").write_text("hello")
    driver.window.open_path(str(tmp_path / name))
    driver.wait(lambda: bool(trouble(driver)))
    assert name in trouble(driver)
    assert driver.message == "", "it is told once"


def test_what_cannot_be_opened_leaves_what_is_open(opened: Driver, tmp_path: Path):
    opened.window.open_path(str(tmp_path / "missing"))
    opened.wait(lambda: "does not exist" in opened.message)
    assert opened.frame_name == "a1.png"
    assert opened.work.session.is_open


def test_a_damaged_project_is_told(driver: Driver, pictures: Path):
    (pictures / ".annotator").mkdir()
    (pictures / ".annotator" / "project.annotator").write_bytes(b"this is no database" * 100)
    driver.window.open_path(str(pictures))
    driver.wait(lambda: bool(trouble(driver)))
    assert not driver.work.session.is_open


def test_a_project_that_another_process_holds_can_be_looked_at(driver: Driver, pictures: Path):
    code = (
        "import sys; from pathlib import Path; from annotator.project.folder import open_folder;"
        "opened = open_folder(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read();"
        "opened.project.close()"
    )
    command = [sys.executable, "-c", code, str(pictures)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        driver.open(pictures)
        assert not driver.work.session.is_writable
        assert "can only be looked at" in driver.message
        actions = driver.window.action_set
        assert actions is not None
        for name in ("edit.undo", "edit.delete", "tool.rectangle", "label.choose", "label.1"):
            assert not actions[name].isEnabled(), name
        for name in ("frame.next", "view.fit", "file.export"):
            assert actions[name].isEnabled(), name
        assert driver.work.status.saved.text == "Read only"
        driver.key(Qt.Key.Key_F, to=driver.work.canvas)
        driver.wait_for_frame()
        assert driver.frame_name == "a2.png"
        assert other.stdin is not None
        other.stdin.close()


def test_an_interrupted_step_can_be_undone_or_kept(driver: Driver, pictures: Path):
    for answer, left in (("Undo it", 0), ("Keep it", 3)):
        interrupt_an_import(pictures)
        driver.open(pictures)
        assert "was interrupted" in driver.message
        press_answer(driver, answer)
        driver.wait(lambda: driver.project.interrupted_steps() == [])
        assert len(driver.stored("a1.png")) == left
        driver.ctrl(Qt.Key.Key_W)
        driver.wait(lambda: driver.window.start_page.isVisible())


def interrupt_an_import(pictures: Path) -> None:
    """Leave a step open, as a crash does."""
    code = """
import os, sys
from pathlib import Path
from annotator.core.annotations import Annotation
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.project.folder import open_folder
opened = open_folder(Path(sys.argv[1]))
project = opened.project
label = Label(f"person {os.getpid()}")
with project.edit("label", author="test") as edit:
    edit.put_label(label)
frame = next(project.frames(opened.task.id))
step = project.long_step("Import boxes", author="import")
with step as made:
    with made.edit(fresh=True) as edit:
        edit.put(*(Annotation(frame.id, label.id, Rectangle((i, i, i + 5, i + 5))) for i in range(3)))
    os._exit(9)
"""
    result = subprocess.run([sys.executable, "-c", code, str(pictures)], check=False)
    assert result.returncode == 9


def press_answer(driver: Driver, title: str) -> None:
    from PySide6.QtWidgets import QPushButton

    buttons = driver.window.message_bar.findChildren(QPushButton)
    button = next(each for each in buttons if each.text() == title)
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_new_pictures_are_offered_and_gone_ones_told(
    driver: Driver, pictures: Path, make_picture: MakePicture
):
    driver.open(pictures)
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    (pictures / "a4.png").unlink()
    make_picture(pictures / "b1.png", 80, 60)
    driver.open(pictures)
    driver.wait(lambda: "1 picture is not in" in driver.message)
    driver.window.message_bar.close_current()
    driver.wait(lambda: "1 new picture lies in" in driver.message)
    press_answer(driver, "Add to the task")
    driver.wait(lambda: driver.work.session.frame_count == 5)
    driver.key(Qt.Key.Key_End, to=driver.work.canvas)
    driver.wait_for_frame()
    assert driver.frame_name == "b1.png"


def test_opening_can_be_stopped(driver: Driver, pictures: Path):
    driver.window.open_path(str(pictures))
    driver.window.start_page.stop_wanted.emit()
    driver.wait(lambda: not driver.work.opener.is_busy and not driver.work.runner.works)
    assert not driver.work.session.is_open
    driver.open(pictures)  # and nothing of it is in the way
    assert driver.work.session.is_writable


def test_a_folder_dropped_on_the_window_is_opened(driver: Driver, pictures: Path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(pictures))])
    drop = QDropEvent(
        QPointF(100, 100),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    driver.window.dropEvent(drop)
    driver.wait(lambda: driver.work.session.is_open)
    driver.wait_for_frame()
    assert driver.frame_name == "a1.png"


def test_the_button_opens_a_dialog_for_a_folder(driver: Driver, pictures: Path):
    driver.ctrl(Qt.Key.Key_O)
    dialog = driver.window.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.fileMode() == QFileDialog.FileMode.Directory
    dialog.fileSelected.emit(str(pictures))
    dialog.reject()
    driver.wait(lambda: driver.work.session.is_open)
    driver.wait_for_frame()


def test_recent_projects_are_kept_with_their_counts(driver: Driver, pictures: Path):
    driver.open(pictures)
    driver.create_label("person")
    driver.draw_box((10, 10), (60, 60))
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    listed = driver.window.start_page.list.entries
    driver.wait(lambda: "4 pictures · 1 object" in str(listed.index(0).data()))
    driver.close()
    (entry,) = json.loads(Path(recent_projects_path()).read_text())
    assert entry["path"] == str(pictures)
    assert (entry["name"], entry["frames"], entry["annotations"]) == ("pictures", 4, 1)


def test_a_recent_project_is_opened_by_a_click_and_marked_where_it_is_missing(
    driver: Driver, pictures: Path
):
    driver.open(pictures)
    driver.ctrl(Qt.Key.Key_W)
    page = driver.window.start_page
    driver.wait(page.isVisible)
    row = page.list.visualRect(page.list.entries.index(0))
    driver.qtbot.mouseClick(
        page.list.viewport(), Qt.MouseButton.LeftButton, pos=row.center() - QPoint(0, 5)
    )
    driver.wait(lambda: driver.work.session.is_open)
    driver.wait_for_frame()
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(page.isVisible)
    os.rename(pictures, pictures.with_name("elsewhere"))
    driver.window.opening.mark_missing()
    driver.wait(lambda: "Missing" in str(page.list.entries.index(0).data()))
    page.list.setFocus()
    page.list.setCurrentIndex(page.list.entries.index(0))
    driver.key(Qt.Key.Key_Delete)
    assert page.list.entries.rowCount() == 0


@pytest.mark.parametrize(("system", "left"), [("darwin", 0), ("linux", 1)])
def test_backspace_takes_off_the_list_on_macos(
    driver: Driver, pictures: Path, monkeypatch: pytest.MonkeyPatch, system: str, left: int
):
    """There the key is called delete."""
    keys = frozenset(deleting._KEYS[name] for name in usual_on(("Del",), system))
    monkeypatch.setattr(deleting, "_DELETING", keys)
    driver.open(pictures)
    driver.ctrl(Qt.Key.Key_W)
    page = driver.window.start_page
    driver.wait(page.isVisible)
    page.list.setFocus()
    page.list.setCurrentIndex(page.list.entries.index(0))
    driver.key(Qt.Key.Key_Backspace)
    assert page.list.entries.rowCount() == left


def test_a_recent_project_is_taken_off_the_list_by_its_menu(driver: Driver, pictures: Path):
    driver.open(pictures)
    driver.ctrl(Qt.Key.Key_W)
    page = driver.window.start_page
    driver.wait(page.isVisible)
    recent = page.list
    place = recent.visualRect(recent.entries.index(0)).center()
    for reason in (QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard):
        recent.setCurrentIndex(recent.entries.index(0))
        asked = QContextMenuEvent(reason, place, recent.viewport().mapToGlobal(place))
        QApplication.sendEvent(recent.viewport(), asked)
        (menu,) = recent.findChildren(QMenu)
        assert [action.text() for action in menu.actions()] == ["Open", "Take off the list"]
        if reason == QContextMenuEvent.Reason.Mouse:
            menu.close()
            driver.wait(lambda: not recent.findChildren(QMenu))
    driver.qtbot.keyClick(menu, Qt.Key.Key_Up)
    driver.qtbot.keyClick(menu, Qt.Key.Key_Return)
    driver.wait(lambda: recent.entries.rowCount() == 0)


def test_the_large_buttons_name_the_keys_that_do_the_same(driver: Driver):
    page, actions = driver.window.start_page, driver.window.action_set
    (folder,) = (one for one in page.findChildren(Target) if one.accessibleName() == "Open folder")
    assert folder.toolTip() == "Open folder (Ctrl+O)"
    actions.set_keys({"file.open_folder": ("Ctrl+Alt+F",)})
    assert folder.toolTip() == "Open folder (Ctrl+Alt+F)"
    assert "Ctrl+Alt+F" in [label.text() for label in folder.findChildren(QLabel)]
    actions.set_keys({"file.open_folder": ()})
    assert folder.toolTip() == "Open folder"


def test_the_list_of_projects_is_as_tall_as_its_rows_or_what_stands_beside_it(
    driver: Driver, pictures: Path
):
    page = driver.window.start_page
    (card,) = (one for one in page.findChildren(QFrame) if one.objectName() == "card")

    def foot() -> int:
        return card.mapTo(page, card.rect().bottomLeft()).y()

    beside = max(one.mapTo(page, one.rect().bottomLeft()).y() for one in page.findChildren(Target))
    assert abs(foot() - beside) <= 1
    recent = RecentProjects(recent_projects_path())
    for count, room in ((3, False), (7, False), (40, True)):
        for number in range(count):
            recent.noted(RecentProject(f"/pictures/{number}", f"{number}"), 100)
        page.show_recent(recent)
        driver.qtbot.wait(20)
        bar = page.list.verticalScrollBar()
        assert (bar.maximum() > 0) is room, count
        assert (foot() > beside + 40) is (count > 3), count


def test_a_folder_named_at_the_start_is_opened_when_everything_is_loaded(
    qtbot, qapp, gui_watch, pictures: Path
):
    from annotator.settings import Settings

    driver = Driver(qtbot, qapp, Settings(), show=False)
    driver.window.show()
    driver.window.open_path(str(pictures))
    driver.wait(lambda: driver.window.workplace is not None and driver.work.session.is_open)
    driver.wait_for_frame()
    assert driver.frame_name == "a1.png"
    driver.close()


def test_the_contents_of_the_media_are_learned_in_the_background(
    driver: Driver, pictures: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("annotator.ui.shown.media_learning._DELAY", 0.0)
    driver.open(pictures)
    driver.wait(lambda: not list(driver.project.media_without_hash()))
    assert [step.author for step in driver.project.history()] == ["setup"]


def test_closing_does_not_wait_for_media_that_are_not_learned_yet(driver: Driver, pictures: Path):
    driver.open(pictures)
    folder = driver.project.folder
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible(), timeout=2_000)
    with Project.open(folder) as project:
        assert len(list(project.media_without_hash())) == 4


def test_who_thinks_better_of_opening_something_loses_no_work(
    opened: Driver, pictures: Path, tmp_path: Path, make_picture: MakePicture
):
    make_picture(tmp_path / "night" / "n.png", 80, 60)
    may_end = threading.Event()
    work = opened.work.runner.start("Export", counting_until(may_end), uses=opened.project)
    opened.window.open_path(str(tmp_path / "night"))
    opening = next(one for one in opened.work.runner.works if one is not work)
    opening.result(15)  # it stands, and the window has not heard of it yet
    opened.window.open_path(str(pictures))
    opened.wait(lambda: not opened.work.opener.is_busy and opened.work.runner.works == (work,))
    may_end.set()
    assert work.result(15) == "whole"
    assert opened.project.is_writable
    assert opened.work.session.task.name == "pictures"
    with Project.open(tmp_path / "night" / ".annotator") as other:
        assert other.is_writable  # it was let go
