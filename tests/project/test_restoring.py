"""A restore brings every row back, whatever was done since; undoing it brings every row forth again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import rule, run_state_machine_as_test

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.errors import Cancelled
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.project.copies.backups import list_backups, make_backup
from annotator.project.copies.difference import compare
from annotator.project.copies.restoring import restore_backup, restore_snapshot
from annotator.project.copies.snapshot_files import Snapshot, unpacked
from annotator.project.copies.snapshots import take_snapshot
from annotator.project.errors import ProjectError
from annotator.project.organisation import Frame, Job, Media, MediaRoot, Task
from annotator.project.project import Project
from tests.project.dumps import Dump, check_file, recorded
from tests.project.machine import PHASES, ProjectMachine
from tests.project.shapes import import_into, new_project_with

BOX = Rectangle((1, 2, 30, 40))


def content(path: Path) -> Dump:
    """What the recorded tables hold, but for the numbers of transactions."""
    return {
        table: sorted(((row[0], *row[2:]) for row in rows), key=repr)
        for table, rows in recorded(path).items()
    }


class Restoring(ProjectMachine):
    """Random edits with snapshots in between, all of which are restored at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.snapshots: list[tuple[Snapshot, Dump]] = []

    @rule()
    def snapshot(self) -> None:
        if len(self.snapshots) < 4:
            name = f"s{len(self.snapshots)}"
            made = take_snapshot(self.path.parent, name)
            self.snapshots.append((made, content(self.path)))

    def teardown(self) -> None:
        for snapshot, stored in [*self.snapshots, *reversed(self.snapshots)]:
            before = recorded(self.path)
            with unpacked(self.path.parent, snapshot) as state:
                difference = compare(self.path, state)
            assert bool(difference) == (content(self.path) != stored)
            done = restore_snapshot(self.project, snapshot)
            assert content(self.path) == stored
            assert (done.step is None) == (not difference)
            check_file(self.path)
            if done.step is not None:
                self.project.undo(done.step)
                assert recorded(self.path) == before
                self.project.redo(done.step)
                assert content(self.path) == stored
                check_file(self.path)
        super().teardown()


@pytest.mark.slow
def test_random_edits_are_restored() -> None:
    run_state_machine_as_test(
        Restoring, settings=settings(max_examples=20, stateful_step_count=25, phases=PHASES)
    )


@pytest.fixture
def filled(project: Project) -> Project:
    """A project with a task of five frames, a label, three boxes and a track."""
    (task,), frames, label = new_project_with(project, 5)
    track = Track(label.id, (Keyframe(frames[0].id, BOX), Keyframe(frames[3].id, BOX)))
    with project.edit("Draw") as edit:
        edit.put(*(Annotation(frame.id, label.id, BOX) for frame in frames[:3]))
        edit.put_track(track, task.id)
    return project


def frames_of(project: Project) -> list[Frame]:
    return list(project.frames(project.tasks()[0].id))


def test_all_that_can_be_added_goes_again(filled: Project):
    snapshot = take_snapshot(filled.folder, "before")
    stored = content(filled.path)
    task, root = Task("second"), MediaRoot("/pictures")
    media = Media(root.id, "b.jpg")
    first = frames_of(filled)[0]
    other = Label("tree")
    with filled.edit("Add everything") as edit:
        edit.put_label(other)
        edit.put_task(task)
        edit.put_job(Job(task.id))
        edit.put_root(root)
        edit.put_media(media)
        edit.put_frame(Frame(task.id, 0, "b.jpg", media.id))
        edit.put(Annotation(first.id, other.id, BOX))
        edit.put_track(Track(other.id, (Keyframe(first.id, BOX),)), task.id)
    before = recorded(filled.path)
    done = restore_snapshot(filled, snapshot)
    assert content(filled.path) == stored
    check_file(filled.path)
    counts = done.difference.counts
    assert {kind: one for kind, one in counts.items() if any(one)} == {
        "annotations": (1, 0, 0),
        "tracks": (1, 0, 0),
        "labels": (1, 0, 0),
        "frames": (1, 0, 0),
        "tasks": (1, 0, 0),
        "jobs": (1, 0, 0),
        "media": (2, 0, 0),
    }
    step = filled.history(limit=1)[0]
    assert (step.id, step.title, step.task) == (done.step, "Restore snapshot before", None)
    assert filled.next_undo() == step
    filled.undo(done.step)
    assert recorded(filled.path) == before


def test_labels_that_took_the_names_of_others(filled: Project):
    """Two labels that exchanged their names, and one made anew under the name of one that is gone."""
    with filled.edit("More labels") as edit:
        edit.put_label(Label("a"))
        edit.put_label(Label("b"))
    snapshot = take_snapshot(filled.folder)
    stored = content(filled.path)
    a, b = filled.labels.named("a"), filled.labels.named("b")
    assert a is not None
    assert b is not None
    with filled.edit("Exchange") as edit:
        edit.put_label(replace(a, name="b"))
        edit.put_label(replace(b, name="a"))
    car = filled.labels.named("car")
    assert car is not None
    fresh = Label("van")
    with filled.edit("New") as edit:
        edit.put_label(fresh)
        edit.delete_label(car.id, move_to=fresh.id)
    with filled.edit("Rename") as edit:
        edit.put_label(replace(filled.labels[fresh.id], name="car"))
    read: list[list[str]] = []
    filled.changed.connect(lambda _: read.append([label.name for label in filled.labels]))
    restore_snapshot(filled, snapshot)
    assert content(filled.path) == stored
    # Whoever looked in between saw labels that can be.
    assert all(len(set(names)) == len(names) for names in read)
    check_file(filled.path)


def test_frames_that_moved_and_one_that_stands_in_their_way(filled: Project):
    snapshot = take_snapshot(filled.folder)
    stored = content(filled.path)
    frames = frames_of(filled)
    new = Frame(frames[0].task, 0, "new.jpg")
    with filled.edit("Insert at the front") as edit:
        edit.put_frame(new, *(replace(one, position=one.position + 1) for one in frames))
    shape = filled.annotations(frames[0].id)[0]
    with filled.edit("Onto the new one") as edit:
        edit.put(replace(shape, frame=new.id))
    before = recorded(filled.path)
    done = restore_snapshot(filled, snapshot)
    assert content(filled.path) == stored
    assert done.difference.counts["frames"] == (1, 5, 0)
    assert done.step is not None
    filled.undo(done.step)
    assert recorded(filled.path) == before


def test_a_change_that_was_taken_back_by_hand_is_none(filled: Project):
    snapshot = take_snapshot(filled.folder)
    one = filled.annotations(frames_of(filled)[0].id)[0]
    for occluded in (True, False):
        with filled.edit("Occlude") as edit:
            edit.put(replace(one, occluded=occluded))
    done = restore_snapshot(filled, snapshot)
    assert (done.step, done.before) == (None, None)
    assert not done.difference
    assert list_backups(filled.folder) == []


def test_the_state_before_is_kept_as_a_backup(filled: Project):
    backup = make_backup(filled.folder)
    with filled.edit("Clear") as edit:
        edit.clear_frame(frames_of(filled)[0].id)
    cleared = content(filled.path)
    done = restore_backup(filled, backup.path)
    assert done.before is not None
    assert done.before.reason == "before-restore"
    assert content(done.before.path) == cleared
    assert content(filled.path) == content(backup.path)
    restore_backup(filled, done.before.path)
    assert content(filled.path) == cleared


def test_a_restore_of_many_rows_can_be_cancelled(filled: Project):
    snapshot = take_snapshot(filled.folder)
    frames = frames_of(filled)
    import_into(filled, 4_000, frames, filled.labels.labels[0])
    before = recorded(filled.path)
    progress = Progress()

    def stop(_change: Any) -> None:
        progress.cancel()

    filled.changed.connect(stop)
    with pytest.raises(Cancelled):
        restore_snapshot(filled, snapshot, progress)
    filled.changed.disconnect(stop)
    assert recorded(filled.path) == before
    assert filled.interrupted_steps() == []
    restore_snapshot(filled, snapshot)
    assert sum(filled.annotation_count(frame.id) for frame in frames) == 3


def test_a_backup_of_another_project_is_refused(filled: Project, tmp_path: Path):
    with Project.create(tmp_path / "other") as other:
        new_project_with(other, 2)
        backup = make_backup(other.folder)
    before = recorded(filled.path)
    with pytest.raises(ProjectError, match="of another project"):
        restore_backup(filled, backup.path)
    assert recorded(filled.path) == before
    assert list_backups(filled.folder) == []
