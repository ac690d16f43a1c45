"""Tasks are renamed and removed, frames are taken out of them; all of it can be undone."""

from dataclasses import replace
from pathlib import Path

import pytest

from annotator.core.annotations import Annotation
from annotator.core.errors import AnnotatorError
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.project.creating import create_task
from annotator.project.errors import ProjectError
from annotator.project.project import Project
from annotator.project.tasks.editing import remove_frame, remove_task, rename_task


@pytest.fixture
def project(tmp_path: Path, make_picture):
    for name in ("day/1.png", "day/2.png", "night/1.png"):
        make_picture(tmp_path / name, 40, 30)
    create_task(tmp_path / "project", [tmp_path / "day"]).project.close()
    with create_task(tmp_path / "project", [tmp_path / "night"]).project as project:
        yield project


def names(project: Project) -> list[str]:
    return [task.name for task in project.tasks()]


def test_rename(project: Project):
    day, _ = project.tasks()
    assert rename_task(project, day, "  Tag 猫 ").name == "Tag 猫"
    assert names(project) == ["Tag 猫", "night"]
    project.undo()
    assert names(project) == ["day", "night"]
    steps = len(project.history())
    assert rename_task(project, day, "day") == day
    assert len(project.history()) == steps


@pytest.mark.parametrize(
    ("name", "reason"),
    [(" ", "needs a name"), ("night", "already"), ("two\nlines", "line break")],
)
def test_names_that_are_refused(project: Project, name: str, reason: str):
    with pytest.raises(AnnotatorError, match=reason):
        rename_task(project, project.tasks()[0], name)
    assert names(project) == ["day", "night"]


def test_a_removed_task_comes_back_whole(project: Project):
    day, night = project.tasks()
    frame = next(project.frames(day.id))
    with project.edit("Draw") as edit:
        label = Label("cat", "#ff0000")
        edit.put_label(label)
        edit.put(Annotation(frame.id, label.id, Rectangle((1, 2, 3, 4))))
    remove_task(project, day)
    assert names(project) == ["night"]
    with pytest.raises(ProjectError, match="only task"):
        remove_task(project, night)
    with Project.open(project.folder, read_only=True) as again:
        assert names(again) == ["night"]
    project.undo()
    assert names(project) == ["day", "night"]
    assert project.tasks()[0] == day
    assert len(project.annotations(frame.id)) == 1
    assert project.frame_count(day.id) == 2


def test_the_name_of_a_removed_task_is_free(project: Project):
    day, night = project.tasks()
    remove_task(project, day)
    assert rename_task(project, night, "day").name == "day"


def test_a_removed_frame_keeps_its_place_and_its_file(project: Project):
    day, _ = project.tasks()
    first, second = project.frames(day.id)
    step = remove_frame(project, first)
    assert [frame.name for frame in project.frames(day.id)] == ["2.png"]
    path = project.media_path(first)
    assert path is not None
    assert path.is_file()
    remove_frame(project, second)
    assert project.frame_count(day.id) == 0
    project.undo(step)
    assert [frame.name for frame in project.frames(day.id)] == ["1.png"]


def test_removing_what_was_removed_is_no_step(project: Project):
    day, _ = project.tasks()
    first, _ = project.frames(day.id)
    assert remove_frame(project, first) is not None
    with project.edit("Other work") as edit:
        edit.put_label(Label("other"))
    assert remove_frame(project, first) is None


def test_what_somebody_else_changed_meanwhile_stays(project: Project):
    day, night = project.tasks()
    first, _ = project.frames(day.id)
    with project.edit("Import", author="import") as edit:
        edit.set_done([first.id], done=True)
        for task in (day, night):
            edit.put_task(replace(task, frame_start=7, foreign={"coco_instances": {"info": 1}}))
    day_step = remove_frame(project, first)
    rename_task(project, night, "evening")
    assert (project.undo(day_step).title, project.frame(first.id).done) == ("Remove 1.png", True)
    remove_task(project, day)
    (there,) = project.tasks()
    assert (there.name, there.frame_start) == ("evening", 7)
    project.undo()
    assert all(task.foreign for task in project.tasks())
    assert [task.frame_start for task in project.tasks()] == [7, 7]


def test_removing_a_task_tells_its_own_step(project: Project):
    day, _ = project.tasks()

    def follow(_change: object) -> None:
        project.changed.disconnect(follow)
        with project.edit("Other work") as edit:
            edit.put_label(Label("other"))

    project.changed.connect(follow)
    step = remove_task(project, day)
    assert project.history(limit=1)[0].title == "Other work"
    assert project.undo(step).title == "Remove day"
    assert remove_task(project, day) is not None
    assert remove_task(project, day) is None
