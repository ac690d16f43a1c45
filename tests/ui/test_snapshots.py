"""Snapshots, backups and interrupted imports in the window, by keys and mouse."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton

from annotator.project.copies.backups import list_backups, make_backup
from annotator.project.copies.snapshots import list_snapshots
from annotator.project.project import FILE_NAME
from annotator.ui.history import snapshots_feature
from annotator.ui.history.snapshots_window import BACKUPS, SNAPSHOTS, SnapshotsWindow
from annotator.ui.widgets.name_dialog import NameDialog
from tests.project.dumps import check_file
from tests.ui.driver import Driver


def window(driver: Driver) -> SnapshotsWindow:
    """The window of snapshots, once it has read what there is."""
    driver.wait(lambda: bool(driver.window.findChildren(SnapshotsWindow)))
    (found,) = driver.window.findChildren(SnapshotsWindow)
    driver.wait(lambda: not found.is_busy)
    return found


def answer(driver: Driver, title: str) -> None:
    """Press an answer of the message bar."""
    found = driver.window.message_bar.findChildren(QPushButton)
    button = [one for one in found if one.text() == title][-1]
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def press(driver: Driver, button: QPushButton) -> None:
    driver.wait(button.isEnabled)
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def drawn(opened: Driver) -> Driver:
    """One box on the first picture."""
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    return opened


def test_ctrl_s_saves_a_snapshot_that_can_be_renamed_while_work_goes_on(drawn: Driver):
    drawn.ctrl(Qt.Key.Key_S)
    drawn.wait(lambda: drawn.message.startswith("Saved the snapshot “20"))
    (saved,) = list_snapshots(drawn.project.folder)
    assert saved.name in drawn.message
    assert saved.counts["annotations"] == 1
    answer(drawn, "Rename…")
    (dialog,) = drawn.window.findChildren(NameDialog)
    assert not dialog.isModal()
    drawn.draw_box((100, 100), (150, 150))  # beside the open window
    assert len(drawn.boxes()) == 2
    field = dialog.findChild(QLineEdit)
    field.setFocus()
    field.selectAll()
    drawn.qtbot.keyClicks(field, "one box")
    drawn.qtbot.keyClick(field, Qt.Key.Key_Return)
    drawn.wait(lambda: [one.name for one in list_snapshots(drawn.project.folder)] == ["one box"])


def test_a_name_that_is_taken_is_told(drawn: Driver):
    for _ in range(2):
        count = len(list_snapshots(drawn.project.folder))
        drawn.ctrl(Qt.Key.Key_S)
        drawn.wait(lambda count=count: len(list_snapshots(drawn.project.folder)) == count + 1)
    first = list_snapshots(drawn.project.folder)[1]
    drawn.wait(lambda: "(2)" in drawn.message)
    answer(drawn, "Rename…")
    (dialog,) = drawn.window.findChildren(NameDialog)
    dialog.field.setText(first.name)
    press(drawn, dialog.go)
    drawn.wait(lambda: "There is a snapshot" in drawn.message)


def test_the_list_compares_and_restores(drawn: Driver):
    drawn.ctrl(Qt.Key.Key_S)
    drawn.wait(lambda: "Saved the snapshot" in drawn.message)
    (box,) = drawn.boxes()
    drawn.draw_box((100, 100), (150, 150))
    drawn.key(Qt.Key.Key_F)
    drawn.wait_for_frame()
    drawn.draw_box((20, 20), (40, 40))
    drawn.window.action_set["file.snapshots"].trigger()
    shown = window(drawn)
    assert shown.tab == SNAPSHOTS
    (saved,) = list_snapshots(drawn.project.folder)
    assert shown.table.model().rowCount() == 1
    assert shown.table.model().index(0, 0).data() == saved.name
    assert shown.table.model().index(0, 2).data() == "1"
    press(drawn, shown.compare)
    drawn.wait(lambda: "annotations 2 added" in shown.state.text())
    assert saved.name in shown.state.text()
    press(drawn, shown.restore)
    drawn.wait(lambda: "Restored “" in drawn.message)
    assert drawn.boxes("a1.png") == [box]
    assert drawn.boxes("a2.png") == []
    assert drawn.drawn_ids() == set()
    assert [one.reason for one in list_backups(drawn.project.folder)] == ["before-restore"]
    answer(drawn, "Undo")
    drawn.wait(lambda: len(drawn.boxes("a1.png")) == 2)
    assert len(drawn.boxes("a2.png")) == 1
    check_file(drawn.project.path)


def test_what_is_compared_stays_when_the_list_is_read_anew(drawn: Driver):
    drawn.ctrl(Qt.Key.Key_S)
    drawn.wait(lambda: "Saved the snapshot" in drawn.message)
    drawn.draw_box((200, 40), (260, 120))
    drawn.window.action_set["file.snapshots"].trigger()
    found = window(drawn)
    drawn.wait(found.compare.isEnabled)
    found.compare.setFocus()
    drawn.qtbot.keyClick(found.compare, Qt.Key.Key_Space)
    assert found.table.hasFocus()
    # As when the backup of the day is made meanwhile.
    found.fill()
    drawn.wait(lambda: found.state.text().startswith("Since") and not found.is_busy)
    assert "annotations 1 added" in found.state.text()
    found.fill()
    drawn.wait(lambda: not found.is_busy)
    assert "annotations 1 added" in found.state.text()
    press(drawn, found.delete)
    found.fill()
    drawn.wait(lambda: not found.is_busy)
    assert found.delete.text() == "Delete for good"
    found.reject()


def test_a_snapshot_is_deleted_at_the_second_word(drawn: Driver):
    drawn.window.action_set["file.snapshots"].trigger()
    shown = window(drawn)
    assert "listed here" in shown.empty.text()
    assert shown.empty.isVisible()
    press(drawn, shown.new)
    drawn.wait(lambda: shown.table.model().rowCount() == 1)
    drawn.wait(shown.delete.isEnabled)
    drawn.qtbot.keyClick(shown.table, Qt.Key.Key_Delete)
    assert "gone for good" in shown.state.text()
    assert len(list_snapshots(drawn.project.folder)) == 1
    assert shown.delete.text() == "Delete for good"
    press(drawn, shown.delete)
    drawn.wait(lambda: list_snapshots(drawn.project.folder) == [])
    drawn.wait(shown.empty.isVisible)
    drawn.qtbot.keyClick(shown, Qt.Key.Key_Escape)
    drawn.wait(lambda: not drawn.window.findChildren(SnapshotsWindow))


def test_a_damaged_snapshot_is_shown_as_such(drawn: Driver):
    drawn.ctrl(Qt.Key.Key_S)
    drawn.wait(lambda: "Saved the snapshot" in drawn.message)
    (saved,) = list_snapshots(drawn.project.folder)
    saved.path.write_bytes(b"no archive")
    drawn.window.action_set["file.snapshots"].trigger()
    shown = window(drawn)
    assert "(damaged)" in shown.table.model().index(0, 0).data()
    assert "is damaged" in shown.state.text()
    assert not shown.restore.isEnabled()
    assert shown.delete.isEnabled()


def test_a_backup_is_made_and_gone_back_to(drawn: Driver):
    drawn.window.action_set["file.back_up"].trigger()
    drawn.wait(lambda: "Saved a backup in" in drawn.message)
    drawn.key(Qt.Key.Key_Delete, to=drawn.work.canvas)
    drawn.work.canvas.setFocus()
    drawn.ctrl(Qt.Key.Key_A)
    drawn.key(Qt.Key.Key_Delete)
    assert drawn.boxes() == []
    drawn.window.action_set["file.restore"].trigger()
    shown = window(drawn)
    assert shown.tab == BACKUPS
    assert shown.table.model().index(0, 1).data() == "on request"
    press(drawn, shown.restore)
    drawn.wait(lambda: "Restored “" in drawn.message)
    assert len(drawn.boxes()) == 1


def test_a_file_of_another_project_is_refused_in_a_sentence(
    drawn: Driver, tmp_path: Path, make_picture
):
    from annotator.project.folder import open_folder

    make_picture(tmp_path / "other" / "b.png", 30, 30)
    with open_folder(tmp_path / "other").project as other:
        backup = make_backup(other.folder)
    drawn.window.action_set["file.restore"].trigger()
    shown = window(drawn)
    press(drawn, shown.other)
    (dialog,) = shown.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(backup.path))
    drawn.wait(lambda: "of another project" in drawn.message)
    assert len(drawn.boxes()) == 1


def test_a_restored_task_that_is_gone_is_left(drawn: Driver):
    """The project is opened anew where the shown task came after the snapshot."""
    drawn.window.action_set["file.back_up"].trigger()
    drawn.wait(lambda: "Saved a backup in" in drawn.message)
    first = drawn.work.session.task
    from annotator.project.organisation import Frame, Task

    other = Task("second")
    with drawn.project.edit("Second task") as edit:
        edit.put_task(other)
        edit.put_frame(Frame(other.id, 0, "x.png"))
    session = drawn.work.session
    session._task = other
    drawn.window.action_set["file.restore"].trigger()
    shown = window(drawn)
    press(drawn, shown.restore)
    drawn.wait(lambda: session.is_open and session.task.id == first.id)
    drawn.wait_for_frame()
    assert len(drawn.boxes()) == 1


def test_the_daily_backup_is_made_some_time_after_the_opening(
    driver: Driver, pictures: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(snapshots_feature, "BACKUP_AFTER_MS", 0)
    driver.open(pictures)
    folder = driver.project.folder
    driver.wait(lambda: not driver.work.runner.works)
    # What has only pictures is made again by opening the folder.
    assert list_backups(folder) == []
    driver.create_label("person")
    driver.draw_box((10, 10), (60, 60))
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    driver.open(pictures)
    driver.wait(lambda: [one.reason for one in list_backups(folder)] == ["daily"])
    check_file(list_backups(folder)[0].path)


def _write_over(file: Path) -> None:
    file.write_bytes(b"nothing that could be read" * 1000)


def _spoil_task(file: Path) -> None:
    connection = apsw.Connection(str(file))
    connection.execute("UPDATE task SET definition = '{broken'")
    connection.close()


def _spoil_frames(file: Path) -> None:
    connection = apsw.Connection(str(file))
    connection.execute("UPDATE frame SET name = CAST(x'ff' AS TEXT)")
    connection.close()


@pytest.mark.parametrize("harm", [_write_over, _spoil_task, _spoil_frames])
def test_a_damaged_project_is_replaced_by_its_newest_backup(
    driver: Driver, pictures: Path, harm: Callable[[Path], None]
):
    driver.open(pictures)
    driver.create_label("person")
    driver.draw_box((10, 10), (60, 60))
    folder = driver.project.folder
    make_backup(folder)
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible() and not driver.work.runner.works)
    harm(folder / FILE_NAME)
    driver.window.open_path(str(pictures))
    driver.wait(lambda: "Its newest backup is of" in driver.message)
    answer(driver, "Restore it")
    driver.wait(lambda: driver.work.session.is_open)
    driver.wait_for_frame()
    assert len(driver.boxes()) == 1
    assert (folder / "backups").is_dir()
    check_file(folder / FILE_NAME)


# Interrupted -----------------------------------------------------------------------------------------------


_IMPORT_AND_DIE = """
import os, signal, sys
from pathlib import Path
from annotator.formats.builtin import FORMATS
from annotator.project.folder import open_project
from annotator.project.imports.source import ImportSource
from annotator.project.imports.importing import plan_import, run_import
project, path = open_project(Path(sys.argv[1])), Path(sys.argv[2])
seen = []
def count(_):
    seen.append(1)
    if len(seen) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
project.changed.connect(count)
(task,) = project.tasks()
one = FORMATS.detect(path)
run_import(project, plan_import(project, one.read(path), task), source=ImportSource(path, one.id))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process (POSIX)")
def test_an_interrupted_import_is_resumed(driver: Driver, pictures: Path, tmp_path: Path):
    dataset = tmp_path / "coco.json"
    document = {
        "images": [
            {"id": n, "file_name": f"a{n}.png", "width": 400, "height": 300} for n in range(1, 5)
        ],
        "categories": [{"id": 1, "name": "car"}],
        "annotations": [
            {
                "id": n, "image_id": 1 + n % 4, "category_id": 1, "bbox": [n % 90, n // 90, 9, 9],
                "area": 81, "iscrowd": 0, "segmentation": [],
            }
            for n in range(1, 3_001)
        ],
    }  # fmt: skip
    dataset.write_text(json.dumps(document), encoding="utf-8")
    driver.open(pictures)
    folder = driver.project.folder
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    driver.wait(lambda: not driver.work.runner.works)
    command = [sys.executable, "-c", _IMPORT_AND_DIE, str(folder), str(dataset)]
    killed = subprocess.run(command, env=os.environ, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    driver.open(pictures)
    assert "was interrupted" in driver.message
    assert driver.boxes("a4.png") == []
    answer(driver, "Resume")
    driver.wait(lambda: "is complete: 3,000 annotations" in driver.message)
    assert {len(driver.boxes(f"a{n}.png")) for n in range(1, 5)} == {750}
    assert driver.project.interrupted_steps() == []
    answer(driver, "Undo")
    driver.wait(lambda: driver.boxes("a1.png") == [])
    check_file(folder / FILE_NAME)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process (POSIX)")
def test_what_cannot_be_resumed_is_offered_again(driver: Driver, pictures: Path, tmp_path: Path):
    dataset = tmp_path / "coco.json"
    document = {
        "images": [{"id": 1, "file_name": "a1.png", "width": 400, "height": 300}],
        "categories": [{"id": 1, "name": "car"}],
        "annotations": [
            {
                "id": n, "image_id": 1, "category_id": 1, "bbox": [n % 90, n // 90, 9, 9],
                "area": 81, "iscrowd": 0, "segmentation": [],
            }
            for n in range(1, 3_001)
        ],
    }  # fmt: skip
    dataset.write_text(json.dumps(document), encoding="utf-8")
    driver.open(pictures)
    folder = driver.project.folder
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    driver.wait(lambda: not driver.work.runner.works)
    command = [sys.executable, "-c", _IMPORT_AND_DIE, str(folder), str(dataset)]
    subprocess.run(command, env=os.environ, check=False, timeout=60)
    dataset.unlink()
    driver.open(pictures)
    answer(driver, "Resume")
    driver.wait(lambda: "was interrupted" in driver.message and not driver.work.runner.works)
    driver.window.message_bar.close_current()
    driver.wait(lambda: "is gone, so the import cannot go on" in driver.message)
    driver.window.message_bar.close_current()
    assert len(driver.project.interrupted_steps()) == 1
