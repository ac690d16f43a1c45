"""Another task of the same project is shown: what belongs to the project stays as it is."""

from pathlib import Path

from PySide6.QtCore import Qt

from annotator.project.creating import create_task
from annotator.ui.history.snapshots_window import SnapshotsWindow
from tests.conftest import MakePicture
from tests.ui import test_export as exporting
from tests.ui import test_import_window as importing
from tests.ui.driver import Driver
from tests.ui.test_opening import interrupt_an_import, press_answer
from tests.ui.test_tasks import choose, shown


def test_an_import_goes_on(driver: Driver, two_tasks: Path, tmp_path: Path):
    driver.open(two_tasks)
    task = driver.work.session.task
    window = importing.open_window(driver)
    boxes = [(f"a{1 + n % 4}.png", "dog") for n in range(20_000)]
    importing.look(driver, window, importing.coco(tmp_path / "set.json", boxes))
    importing.press(driver, window.next)
    driver.wait(lambda: driver.project.task_totals(task.id).annotations > 0)
    choose(driver, "night")
    assert shown(driver) == "night"
    assert window.isVisible()
    driver.wait(window.next.isVisible, timeout=30_000)
    assert driver.project.task_totals(task.id).annotations == 20_000
    assert driver.project.interrupted_steps() == []
    window.reject()


def test_an_export_goes_on(driver: Driver, two_tasks: Path, tmp_path: Path):
    driver.open(two_tasks)
    driver.create_label("cat")
    driver.draw_box((10, 10), (60, 60))
    window = exporting.open_window(driver)
    window.choice.folder.setText(str(tmp_path / "out"))
    exporting.check(driver, window, "coco_instances")
    exporting.press(driver, window.next)
    assert window.work is not None
    window.work.pause()  # so that it is not quicker than the hand
    choose(driver, "night")
    assert window.isVisible()
    assert window.work is not None
    with driver.qtbot.waitSignal(window.exported, timeout=15_000):
        window.work.resume()
    assert list((tmp_path / "out").rglob("*.json"))
    window.reject()


def test_what_was_said_about_the_project_stays(
    driver: Driver, pictures: Path, tmp_path: Path, make_picture: MakePicture
):
    make_picture(tmp_path / "night" / "n.png", 80, 60)
    interrupt_an_import(pictures)
    create_task(pictures / ".annotator", [tmp_path / "night"]).project.close()
    driver.open(pictures)
    assert "was interrupted" in driver.message
    choose(driver, "night")
    assert "was interrupted" in driver.message
    press_answer(driver, "Keep it")
    driver.wait(lambda: driver.project.interrupted_steps() == [])


def test_windows_panels_and_the_next_label_stay(driver: Driver, two_tasks: Path):
    driver.open(two_tasks)
    driver.create_label("cat")
    dog = driver.create_label("dog")
    driver.work.labels.use(dog)
    driver.window.action_set["file.snapshots"].trigger()
    (snapshots,) = driver.window.findChildren(SnapshotsWindow)
    driver.wait(lambda: snapshots.isVisible() and not driver.work.runner.works)
    driver.window.action_set["view.panels"].trigger()
    assert not driver.work.labels_panel.isVisible()
    pages: list[bool] = []
    driver.work.session.opened.connect(lambda: pages.append(driver.window.start_page.isVisible()))
    choose(driver, "night")
    assert pages == [False]
    assert snapshots.isVisible()
    assert not driver.work.labels_panel.isVisible()
    following = driver.work.labels.next_label
    assert following is not None
    assert following.id == dog
    snapshots.close()


def test_leaving_the_project_lets_all_of_it_go(driver: Driver, two_tasks: Path):
    driver.open(two_tasks)
    driver.create_label("cat")
    driver.work.labels.use(driver.create_label("dog"))
    choose(driver, "night")
    driver.window.action_set["frame.remove"].trigger()
    assert "was removed from the task" in driver.message
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    assert driver.message == ""
    driver.open(two_tasks)
    following = driver.work.labels.next_label
    assert following is not None
    assert following.name == "cat"
