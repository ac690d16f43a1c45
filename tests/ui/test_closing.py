"""Closing at any moment: nothing acknowledged is lost, and the project is let go."""

import threading
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation
from annotator.core.shapes import Rectangle
from annotator.project.errors import ProjectError
from annotator.project.folder import open_folder
from annotator.project.media.filling import Filling
from annotator.project.project import Project
from annotator.settings import THEME, Settings, settings_path
from annotator.ui.shown.document import LARGE_EDIT
from tests.ui.driver import Driver


def counting_until(may_end: threading.Event) -> Callable[[Progress], str]:
    """Work that can be cancelled at each of its reports."""

    def count(progress: Progress) -> str:
        number = 0
        while not may_end.wait(0.01):
            number += 1
            progress.report(number)
        return "whole"

    return count


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
    opened.draw_box((10, 10), (60, 60))
    opened.key(Qt.Key.Key_P, to=opened.work.canvas)
    opened.click((60, 60))
    opened.click((90, 60))
    assert opened.work.canvas.is_busy
    folder = opened.project.folder
    opened.close()
    with Project.open(folder) as project:
        assert project.is_writable
        frame = next(project.frames(project.tasks()[0].id))
        # What was finished is there, and nothing of what was not.
        assert [one.kind for one in project.annotations(frame.id)] == ["rectangle"]


@pytest.mark.parametrize("when", ["at once", "when its project is there"])
def test_closing_while_a_folder_is_opened(driver: Driver, pictures: Path, when: str):
    driver.window.open_path(str(pictures))
    if when != "at once":
        (opening,) = driver.work.runner.works
        opening.result(15)  # the window has not heard of it yet
    driver.close()
    assert not driver.work.session.is_open
    place = pictures / ".annotator"
    assert place.is_dir() or when == "at once"
    # Nobody holds it, or the half of it, any more.
    found = open_folder(pictures)
    with found.project as project:
        assert project.is_writable
        assert project.frame_count(found.task.id) == 4


def test_closing_before_everything_is_loaded(qtbot, qapp, gui_watch, pictures: Path):
    driver = Driver(qtbot, qapp, Settings(), show=False)
    driver.window.show()
    driver.window.open_path(str(pictures))
    driver.close()
    # What was still being imported finds nobody to give it to.
    qtbot.wait(600)


def test_closing_while_work_goes_on(opened: Driver):
    began = threading.Event()

    def work(progress):
        for number in range(10_000_000):
            progress.report(number, None, "counting")
            began.set()

    opened.work.runner.start("Counting", work, uses=None)
    assert began.wait(10)
    opened.wait(lambda: opened.work.status.work_state.isVisible())
    opened.close()


def test_changed_settings_are_written(opened: Driver):
    opened.settings.set(THEME, "light")
    opened.close()
    assert Settings.load(settings_path()).get(THEME) == "light"


def test_work_that_uses_no_project_goes_on_when_one_is_closed(opened: Driver):
    may_end = threading.Event()
    work = opened.work.runner.start("Downloading", counting_until(may_end), uses=None)
    opened.ctrl(Qt.Key.Key_W)
    opened.wait(lambda: opened.work.runner.works == (work,))
    may_end.set()
    assert work.result(15) == "whole"


def test_a_project_is_let_go_also_where_its_closing_fails(opened: Driver, pictures: Path):
    def full() -> Generator[int, None, None]:
        try:
            yield 1
        finally:
            raise ProjectError("There is no room on the disk.")

    filling = Filling(opened.work.session.task, full(), 2)
    opened.work.switch.stopping_at_close()(filling)
    opened.ctrl(Qt.Key.Key_W)
    opened.wait(lambda: opened.message == "There is no room on the disk.")
    opened.open(pictures)
    assert opened.project.is_writable


MANY = LARGE_EDIT + 200


@pytest.fixture
def crowded(opened: Driver) -> Driver:
    """A frame with so many boxes that a change of all of them is made beside the window."""
    label, frame = opened.create_label("person"), opened.work.session.frame
    assert frame is not None
    boxes = (Rectangle((n % 300, 1, n % 300 + 5, 9)) for n in range(MANY))
    with opened.project.edit("Many") as edit:
        edit.put(*(Annotation(frame.id, label, box) for box in boxes))
    opened.wait_for_frame()
    return opened


@pytest.mark.parametrize("when", ["before it begins", "in the middle"])
def test_a_change_of_many_objects_is_made_though_the_project_is_left(crowded: Driver, when: str):
    work, folder = crowded.work, crowded.project.folder
    may_begin, begun, may_go_on = threading.Event(), threading.Event(), threading.Event()

    def occluded(one: Annotation) -> Annotation:
        begun.set()
        assert may_go_on.wait(15)
        return replace(one, occluded=True)

    if when == "before it begins":
        for _ in range(2):  # as many as there are threads
            work.runner.start("Downloading", counting_until(may_begin), uses=None)
    ids = [one.id for one in crowded.stored()]
    assert work.document.change(ids, "Occlude", occluded)
    if when == "in the middle":
        assert begun.wait(15)
    (changing,) = work.runner.users_of(crowded.project)
    changing.pause()  # as a person may have done in the list of works
    crowded.ctrl(Qt.Key.Key_W)
    assert crowded.window.start_page.isVisible()
    may_begin.set()
    may_go_on.set()
    crowded.wait(lambda: not work.runner.works)
    with Project.open(folder) as project:
        frame = next(project.frames(project.tasks()[0].id))
        assert sum(one.occluded for one in project.annotations(frame.id)) == MANY


def test_undoing_a_large_step_is_done_though_the_project_is_left(crowded: Driver):
    may_begin, folder = threading.Event(), crowded.project.folder
    for _ in range(2):
        crowded.work.runner.start("Downloading", counting_until(may_begin), uses=None)
    crowded.ctrl(Qt.Key.Key_Z)
    crowded.ctrl(Qt.Key.Key_W)
    may_begin.set()
    crowded.wait(lambda: not crowded.work.runner.works)
    with Project.open(folder) as project:
        assert project.task_totals(project.tasks()[0].id).annotations == 0
