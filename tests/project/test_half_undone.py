"""A disk that is full in the middle of a long undo or redo: it goes back, or stays guarded until it is finished."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from annotator.core.annotations import Annotation
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.project.errors import DiskFullError, ReadOnlyError, UndoRefusedError
from annotator.project.organisation import Frame, Task
from annotator.project.project import Project
from annotator.project.storage.changes import Change
from tests.project.change import change
from tests.project.dumps import check_file, dump, recorded
from tests.project.file_systems import QuotaDisk
from tests.project.shapes import batches, import_into, new_project_with

BOX = Rectangle((1.0, 2.0, 3.0, 4.0))
COUNT = 2600


class Scene:
    """A project on a disk that fills up, with an import of six transactions."""

    def __init__(self, folder: Path) -> None:
        Project.create(folder).close()
        self.folder = folder
        self.disk = QuotaDisk(f"quota for {folder}")
        self.project = Project.open(folder, vfs=self.disk.name)
        tasks, self.frames, self.label = new_project_with(self.project, 20)
        self.task: Task = tasks[0]
        self.other = Label("other")
        change(self.project, "Add", lambda edit: edit.put_label(self.other))
        self.before = recorded(self.project.path)
        self.step = import_into(self.project, COUNT, self.frames, self.label)
        self.after = recorded(self.project.path)
        self.project.changed.connect(self._fill_up)
        self._parts_left = 0

    def fill_up_after(self, parts: int, *, frees_after: int = 0) -> None:
        """Let the disk be full after some transactions of an undo or redo."""
        self._parts_left = parts
        self.disk.frees_after = frees_after

    def _fill_up(self, told: Change) -> None:
        if told.kind != "edit" and self._parts_left:
            self._parts_left -= 1
            self.disk.is_full = self._parts_left == 0

    def state(self) -> str:
        return next(one.state for one in self.project.history() if one.id == self.step)

    def reopen(self) -> None:
        self.project.close()
        self.project = Project.open(self.folder, vfs=self.disk.name)


@pytest.fixture
def scene(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Scene]:
    made = Scene(tmp_path / "p")
    yield made
    made.disk.is_full = False
    made.project.close()
    check_file(made.project.path)


@pytest.mark.parametrize("parts", [1, 3, 5])
def test_an_undo_that_fails_in_the_middle_goes_back(scene: Scene, parts: int) -> None:
    scene.fill_up_after(parts, frees_after=1)
    with pytest.raises(DiskFullError):
        scene.project.undo(scene.step)
    assert scene.disk.refused == 1
    assert scene.state() == "complete"
    assert recorded(scene.project.path) == scene.after
    # Nothing is guarded any more, and it can be undone now that there is room.
    one = scene.project.annotations(scene.frames[0].id)[0]
    change(scene.project, "Change", lambda edit: edit.put(replace(one, z_order=1)))
    scene.project.undo()
    scene.project.undo(scene.step)
    assert recorded(scene.project.path) == scene.before


@pytest.mark.parametrize("parts", [1, 5])
def test_a_redo_that_fails_in_the_middle_goes_back(scene: Scene, parts: int) -> None:
    scene.project.undo(scene.step)
    scene.fill_up_after(parts, frees_after=1)
    with pytest.raises(DiskFullError):
        scene.project.redo(scene.step)
    assert scene.state() == "undone"
    assert recorded(scene.project.path) == scene.before
    scene.project.redo(scene.step)
    assert recorded(scene.project.path) == scene.after


@pytest.mark.parametrize("how", ["undo", "redo", "reopen"])
@pytest.mark.parametrize("direction", ["undo", "redo"])
def test_without_room_for_the_way_back_it_stays_guarded_until_there_is(
    scene: Scene, direction: str, how: str
) -> None:
    project = scene.project
    if direction == "redo":
        project.undo(scene.step)
    scene.fill_up_after(3)
    with pytest.raises(DiskFullError):
        getattr(project, direction)(scene.step)
    assert scene.state() == f"{direction}ing"
    half = project.label_counts()[scene.label.id]
    assert 0 < half < COUNT
    # No room to finish it either.
    before = dump(project.path)
    with pytest.raises(DiskFullError):
        project.undo()
    with pytest.raises(DiskFullError):
        project.redo()
    assert dump(project.path) == before
    scene.disk.is_full = False
    _only_what_is_in_the_way_is_refused(scene)
    # It is offered for both directions, and does not have to be named.
    assert project.next_undo(author="import").id == scene.step
    assert project.next_redo(author="import").id == scene.step
    if how == "reopen":
        scene.reopen()
        assert scene.state() == ("undone" if direction == "undo" else "complete")
    else:
        assert getattr(project, how)(author="import").id == scene.step
        assert scene.state() == ("undone" if how == "undo" else "complete")
    wanted = COUNT if scene.state() == "complete" else 0
    counts = scene.project.label_counts()
    assert counts.pop(scene.label.id, 0) == wanted
    assert counts == {scene.other.id: 1}
    # Nothing is guarded any more.
    tag = Annotation(scene.frames[0].id, scene.label.id, None)
    change(scene.project, "Tag", lambda edit: edit.put(tag))


def _only_what_is_in_the_way_is_refused(scene: Scene) -> None:
    project = scene.project
    far = Annotation(scene.frames[0].id, scene.other.id, BOX)
    change(project, "Far", lambda edit: edit.put(far))
    left = next(
        one for frame in scene.frames for one in project.annotations(frame.id) if one != far
    )
    with pytest.raises(UndoRefusedError, match="just being undone or redone"):
        change(project, "Near", lambda edit: edit.put(replace(left, z_order=1)))
    with pytest.raises(UndoRefusedError, match="just being undone or redone"):
        change(project, "Delete", lambda edit: edit.delete_label(scene.label.id))
    # One long step at a time.
    more = [one for batch in batches(1100, scene.frames, scene.other) for one in batch]
    change(project, "Paste", lambda edit: edit.put(*more))
    with pytest.raises(UndoRefusedError, match="“Import” is undone or redone in part"):
        project.undo(author="user")
    change(project, "Clear", lambda edit: edit.delete(*(one.id for one in more)))


def test_an_import_that_fills_the_disk_is_given_up_where_there_is_room_for_that(
    scene: Scene,
) -> None:
    def fail(frames: list[Frame]) -> None:
        with scene.project.long_step("Second", author="import") as step:
            for number, batch in enumerate(batches(3000, frames, scene.label)):
                if number == 4:
                    scene.disk.is_full, scene.disk.frees_after = True, 1
                with step.edit(fresh=True) as edit:
                    edit.put(*batch)

    with pytest.raises(DiskFullError):
        fail(scene.frames)
    assert recorded(scene.project.path) == scene.after
    assert scene.project.interrupted_steps() == []
    assert scene.project.history(limit=1)[0].state == "dropped"


def test_a_project_on_a_full_disk_opens_for_reading_and_says_why(scene: Scene) -> None:
    scene.project.close()
    scene.disk.is_full = True
    project = Project.open(scene.folder, vfs=scene.disk.name)
    assert project.read_only_reason.startswith(f"The disk that holds {project.path} is full.")
    assert project.label_counts() == {scene.label.id: COUNT}
    with pytest.raises(ReadOnlyError):
        project.undo()
    scene.disk.is_full = False
    with Project.open(scene.folder, vfs=scene.disk.name) as again:
        assert again.is_writable
    project.close()
