"""Closing at any moment: nothing acknowledged is lost, and the project is let go."""

from pathlib import Path

from PySide6.QtCore import Qt

from annotator.project.project import Project
from annotator.settings import THEME, Settings, settings_path
from tests.ui.driver import Driver


def test_everything_is_there_after_closing(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    opened.draw_polygon([(60, 60), (200, 80), (180, 200)])
    boxes, outlines, folder = opened.boxes(), opened.outlines(), opened.project.folder
    opened.close()
    with Project.open(folder) as project:
        assert project.is_writable  # nobody holds it any more
        task = project.tasks()[0]
        frame = next(project.frames(task.id))
        kinds = [one.kind for one in project.annotations(frame.id)]
    assert sorted(kinds) == ["polygon", "rectangle"]
    assert len(boxes) == len(outlines) == 1


def test_closing_in_the_middle_of_a_drawing(opened: Driver):
    opened.create_label("person")
    opened.key(Qt.Key.Key_P, to=opened.work.canvas)
    opened.click((60, 60))
    opened.click((90, 60))
    opened.close()


def test_closing_while_a_folder_is_opened(driver: Driver, pictures: Path):
    driver.window.open_path(str(pictures))
    driver.close()
    project = pictures / ".annotator"
    if (project / "project.annotator").exists():
        with Project.open(project) as found:
            assert found.is_writable


def test_closing_before_everything_is_loaded(qtbot, qapp, gui_watch, pictures: Path):
    driver = Driver(qtbot, qapp, Settings(), show=False)
    driver.window.show()
    driver.window.open_path(str(pictures))
    driver.close()
    # What was still being imported finds nobody to give it to.
    qtbot.wait(600)


def test_closing_while_work_goes_on(opened: Driver):
    import threading

    began = threading.Event()

    def work(progress):
        for number in range(10_000_000):
            progress.report(number, None, "counting")
            began.set()

    opened.work.runner.start("Counting", work)
    assert began.wait(10)
    opened.wait(lambda: opened.work.status.work_state.isVisible())
    opened.close()


def test_changed_settings_are_written(opened: Driver):
    opened.settings.set(THEME, "light")
    opened.close()
    assert Settings.load(settings_path()).get(THEME) == "light"
