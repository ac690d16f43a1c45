"""Another task of the same project is shown: what belongs to the project stays as it is."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from annotator.core.query import parse_filter
from annotator.project.creating import create_task
from annotator.ui.filtering.feature import FilterControl
from annotator.ui.frames.feature import FramesFeature
from annotator.ui.history.snapshots_window import SnapshotsWindow
from tests.conftest import MakePicture
from tests.ui import test_export as exporting
from tests.ui import test_import_window as importing
from tests.ui.driver import Driver
from tests.ui.test_dropping import answer, drop
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


def test_an_export_goes_on(
    driver: Driver, two_tasks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    driver.open(two_tasks)
    driver.create_label("cat")
    driver.draw_box((10, 10), (60, 60))
    window = exporting.open_window(driver)
    window.choice.folder.setText(str(tmp_path / "out"))
    exporting.check(driver, window, "coco_instances")
    runner = driver.work.runner
    start = runner.start

    def start_paused(*given: Any, **options: Any) -> Any:
        work = start(*given, **options)
        work.pause()  # so that it is not quicker than the hand
        return work

    monkeypatch.setattr(runner, "start", start_paused)
    exporting.press(driver, window.next)
    assert window.work is not None
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


def test_what_is_locked_and_the_filter_stay(driver: Driver, two_tasks: Path):
    driver.open(two_tasks)
    driver.create_label("cat")
    driver.draw_box((10, 10), (60, 60))
    driver.draw_box((100, 100), (160, 160))
    locked, hidden = (one.id for one in driver.stored())
    visibility = driver.work.document.visibility
    visibility.lock((locked,), locked=True)
    visibility.hide((hidden,), hidden=True)
    visibility.set_filter(parse_filter("label:cat"))
    choose(driver, "night")
    assert str(visibility.filter) == "label:cat"
    assert "cat" in driver.work.shell.feature(FilterControl).chip.text()
    choose(driver, "pictures")
    cat = driver.project.labels.named("cat")
    assert cat is not None
    assert visibility.locked_ids() == {locked}
    assert visibility.is_hidden(hidden, cat.id)
    # Another project is looked at with fresh eyes.
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    driver.open(two_tasks)
    assert not visibility.filter
    assert "cat" not in driver.work.shell.feature(FilterControl).chip.text()
    assert visibility.locked_ids() == frozenset()
    assert not visibility.is_hidden(hidden, cat.id)


def test_leaving_the_project_lets_all_of_it_go(driver: Driver, two_tasks: Path):
    driver.open(two_tasks)
    driver.create_label("cat")
    driver.work.labels.use(driver.create_label("dog"))
    driver.work.objects_panel.search.setText("dog")
    choose(driver, "night")
    assert driver.work.objects_panel.search.text() == "dog"
    driver.window.action_set["frame.remove"].trigger()
    assert "was removed from the task" in driver.message
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    assert driver.message == ""
    driver.open(two_tasks)
    following = driver.work.labels.next_label
    assert following is not None
    assert following.name == "cat"
    assert driver.work.objects_panel.search.text() == ""


def begin_drawing(driver: Driver) -> None:
    driver.create_label("cat")
    driver.key(Qt.Key.Key_P, to=driver.work.canvas)
    for point in ((20, 20), (100, 20), (100, 100)):
        driver.click(point)


@pytest.mark.parametrize(
    "way",
    [
        "the next frame", "another task", "removing the frame", "removing the task",
        "closing the project", "another picture",
    ],
)  # fmt: skip
def test_a_drawing_in_progress_is_not_dropped(
    driver: Driver, two_tasks: Path, pictures: Path, way: str
):
    driver.open(two_tasks)
    begin_drawing(driver)
    if way == "the next frame":
        driver.key(Qt.Key.Key_F, to=driver.work.canvas)
    elif way == "another task":
        choose(driver, "night")
    elif way == "removing the frame":
        driver.key(Qt.Key.Key_Delete, Qt.KeyboardModifier.AltModifier, to=driver.work.canvas)
    elif way == "removing the task":
        driver.window.action_set["file.remove_task"].trigger()
    elif way == "closing the project":
        driver.ctrl(Qt.Key.Key_W)
    else:
        drop(driver, pictures / "a2.png")
        driver.wait(lambda: bool(driver.message) and not driver.work.opener.is_busy)
    assert "Finish the drawing first" in driver.message
    assert not driver.window.start_page.is_opening
    assert (shown(driver), driver.frame_name) == ("pictures", "a1.png")
    driver.key(Qt.Key.Key_Return, to=driver.work.canvas)
    assert len(driver.outlines()) == 1


def test_a_project_that_was_opened_waits_for_the_drawing(
    driver: Driver, two_tasks: Path, tmp_path: Path, make_picture: MakePicture
):
    other = tmp_path / "other"
    make_picture(other / "o1.png", 80, 60)
    driver.open(two_tasks)
    begin_drawing(driver)
    driver.window.open_path(str(other))
    driver.wait(lambda: "Finish the drawing first" in driver.message)
    assert (shown(driver), driver.frame_name) == ("pictures", "a1.png")
    answer(driver, "Open")
    driver.wait(lambda: "Finish the drawing first" in driver.message)
    assert (shown(driver), driver.frame_name) == ("pictures", "a1.png")
    driver.key(Qt.Key.Key_Return, to=driver.work.canvas)
    assert len(driver.outlines()) == 1
    answer(driver, "Open")
    driver.wait(lambda: shown(driver) == "other")
    driver.wait_for_frame()
    assert driver.frame_name == "o1.png"


def test_a_task_that_was_added_waits_for_the_drawing(
    driver: Driver, pictures: Path, tmp_path: Path, make_picture: MakePicture
):
    night = [tmp_path / "night" / name for name in ("n1.png", "n2.png")]
    for path in night:
        make_picture(path, 80, 60)
    driver.open(pictures)
    begin_drawing(driver)
    drop(driver, *night)
    driver.wait(lambda: "can become a task" in driver.message)
    answer(driver, "Add as a task")
    driver.wait(lambda: "is a task of the project now" in driver.message)
    assert (shown(driver), driver.frame_name) == ("pictures", "a1.png")
    driver.key(Qt.Key.Key_Return, to=driver.work.canvas)
    assert len(driver.outlines()) == 1
    answer(driver, "Show it")
    driver.wait_for_frame()
    assert driver.frame_name == "n1.png"


def test_a_removed_frame_comes_back_beside_a_drawing(driver: Driver, two_tasks: Path):
    driver.open(two_tasks)
    driver.window.action_set["frame.remove"].trigger()
    driver.wait_for_frame()
    begin_drawing(driver)
    answer(driver, "Undo")
    driver.wait(lambda: driver.work.session.frame_count == 4)
    assert driver.frame_name == "a2.png"
    driver.key(Qt.Key.Key_Return, to=driver.work.canvas)
    assert len(driver.outlines()) == 1


def test_the_way_on_is_that_of_the_shown_task(driver: Driver, two_tasks: Path):
    """A message that offers the first open frame stays while another task is shown."""
    driver.open(two_tasks)
    driver.wait(lambda: driver.work.shell.feature(FramesFeature).watch.table is not None)
    driver.key(Qt.Key.Key_End, to=driver.work.canvas)
    driver.wait_for_frame()
    driver.window.action_set["frame.next_open"].trigger()
    assert "Every frame after this one is done" in driver.message
    choose(driver, "night")
    driver.key(Qt.Key.Key_End, to=driver.work.canvas)
    driver.wait_for_frame()
    assert driver.frame_name == "n1.png"
    answer(driver, "Go to the first one")
    driver.wait_for_frame()
    assert driver.frame_name == "n0.png"


def test_an_assignee_that_is_typed_belongs_to_the_task_that_is_left(
    driver: Driver, two_tasks: Path
):
    driver.open(two_tasks)
    task = driver.work.session.task
    jobs = driver.work.shell.feature(FramesFeature).jobs
    driver.work.shell.docks.raise_dock("task_jobs")
    driver.wait(lambda: jobs.rows.rowCount() == 1)
    jobs.assignee.setFocus()
    driver.qtbot.keyClicks(jobs.assignee, "Ann")
    choose(driver, "night")
    assert jobs.assignee.text() == ""
    assert [job.assignee for job in driver.project.jobs(task.id)] == ["Ann"]
    assert [job.assignee for job in driver.project.jobs(driver.work.session.task.id)] == [""]


def test_frames_that_were_chosen_are_not_chosen_in_another_task(driver: Driver, two_tasks: Path):
    driver.open(two_tasks)
    panel = driver.work.shell.feature(FramesFeature).panel
    driver.work.shell.docks.raise_dock("frames")
    driver.wait(lambda: panel.rows.rowCount() == 4)
    panel.list.selectAll()
    choose(driver, "night")
    driver.wait(lambda: panel.rows.rowCount() == 2)
    assert len(panel.chosen) == 1
    driver.work.navigation.next()
    driver.wait_for_frame()
    # The list follows the shown frame, unless several are chosen.
    assert panel.list.currentIndex().row() == 1
