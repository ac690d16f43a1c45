"""The windows of imports and exports know the tasks as they are: one that was removed is not chosen any more."""

from pathlib import Path

from PySide6.QtCore import Qt

from annotator.project.organisation import Task
from annotator.project.tasks.editing import remove_task, rename_task
from tests.ui import test_export as exporting
from tests.ui import test_import_window as importing
from tests.ui.driver import Driver
from tests.ui.test_tasks import shown

GONE = "pictures was removed from the project; choose another task."


def task_named(driver: Driver, name: str) -> Task:
    return next(one for one in driver.project.tasks() if one.name == name)


def remove(driver: Driver, name: str) -> int:
    """Remove a task and wait until the window knows; return the step."""
    step = remove_task(driver.project, task_named(driver, name))
    assert step is not None
    driver.wait(lambda: shown(driver) != name)
    return step


def test_an_import_asks_for_another_task(driver: Driver, two_tasks: Path, tmp_path: Path):
    driver.open(two_tasks)
    window = importing.open_window(driver)
    path = importing.coco(tmp_path / "set.json", [("a1.png", "dog"), ("n0.png", "dog")])
    importing.look(driver, window, path)
    assert window.next.isEnabled()
    step = remove(driver, "pictures")
    assert (window.step, window.state.whole) == (0, GONE)
    assert not window.next.isEnabled()
    assert window.source.task.currentIndex() == -1
    driver.project.undo(step)
    driver.wait(window.next.isEnabled)
    assert (window.source.task.currentText(), window.state.whole) == ("pictures", "")
    remove_task(driver.project, task_named(driver, "pictures"))
    driver.wait(lambda: not window.next.isEnabled())
    window.source.task.setCurrentIndex(window.source.task.findText("night"))
    assert window.state.whole == ""
    importing.press(driver, window.next)
    driver.wait(lambda: window.step == 1)
    importing.settle(driver, window)
    importing.bring_in(driver, window)
    assert driver.project.task_totals(task_named(driver, "night").id).annotations == 1
    window.reject()


def test_an_export_asks_for_another_task(driver: Driver, two_tasks: Path, tmp_path: Path):
    driver.open(two_tasks)
    driver.create_label("cat")
    driver.draw_box((10, 10), (60, 60))
    window = exporting.open_window(driver)
    window.choice.folder.setText(str(tmp_path / "out"))
    exporting.check(driver, window, "coco_instances")
    assert window.next.isEnabled()
    step = remove(driver, "pictures")
    assert (window.step, window.state.whole) == (0, GONE)
    assert not window.next.isEnabled()
    window.choice.frames.only_done.click()  # what else is chosen has nothing to count
    assert window.state.whole == GONE
    driver.project.undo(step)
    driver.wait(lambda: window.choice.frames.task.currentText() == "pictures")
    window.choice.frames.only_done.click()
    driver.wait(lambda: window.next.isEnabled() and not window.is_busy)
    assert window.state.whole == ""
    exporting.export(driver, window, tmp_path / "out", "coco_instances")
    window.reject()


def test_all_tasks_are_those_that_are_left(driver: Driver, two_tasks: Path, tmp_path: Path):
    driver.open(two_tasks)
    window = exporting.open_window(driver)
    box = window.choice.frames.task
    box.setCurrentIndex(box.findText("All tasks"))
    driver.wait(lambda: window.next.isEnabled() and not window.is_busy)
    window.choice.folder.setText(str(tmp_path / "out"))
    exporting.check(driver, window, "coco_instances")
    remove_task(driver.project, task_named(driver, "night"))
    driver.wait(lambda: window.step == 0)
    driver.wait(lambda: window.next.isEnabled() and not window.is_busy)
    assert [one.name for one in window.choice.frames.tasks] == ["pictures"]
    window.reject()


def test_a_name_follows(driver: Driver, two_tasks: Path):
    driver.open(two_tasks)
    window = importing.open_window(driver)
    rename_task(driver.project, task_named(driver, "night"), "dusk")
    box = window.source.task
    driver.wait(lambda: box.findText("dusk") >= 0)
    assert (box.currentText(), box.findText("night")) == ("pictures", -1)
    window.reject()


def test_labels_that_are_left_out_stay_so(driver: Driver, two_tasks: Path):
    driver.open(two_tasks)
    for name in ("cat", "dog"):
        driver.create_label(name)
    window = exporting.open_window(driver)
    labels = window.choice.labels
    labels.setData(labels.index(0, 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    labels.setData(labels.index(1, 1), "wolf")

    def listed() -> list[tuple[str, str, bool]]:
        driver.wait(lambda: window.next.isEnabled() and not window.is_busy)
        ticked = Qt.ItemDataRole.CheckStateRole
        return [
            (
                labels.index(row, 0).data(),
                labels.index(row, 1).data(),
                labels.index(row, 0).data(ticked) == Qt.CheckState.Checked,
            )
            for row in range(labels.rowCount())
        ]

    chosen = [("cat", "cat", False), ("dog", "wolf", True)]
    window.choice.frames.task.setCurrentIndex(window.choice.frames.task.findText("night"))
    assert listed() == chosen
    driver.create_label("cow")
    driver.wait(lambda: labels.rowCount() == 3)
    assert listed() == [*chosen, ("cow", "cow", True)]
    exporting.check(driver, window, "coco_instances")
    cow = driver.project.labels.named("cow")
    assert cow is not None
    with driver.project.edit("Delete") as edit:
        edit.delete_label(cow.id)
    exporting.press(driver, window.back)
    driver.wait(lambda: labels.rowCount() == 2)
    assert listed() == chosen
    window.reject()
