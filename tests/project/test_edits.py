"""What an edit does: the last word counts, every value comes back as it was, and everybody is told once."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.columns import ShapeColumns
from annotator.core.errors import Cancelled, InvalidValueError
from annotator.core.labels import Attribute, Label
from annotator.core.shapes import Rectangle
from annotator.project.errors import NothingToUndoError, ProjectError, UndoRefusedError
from annotator.project.organisation import Frame, Job, Media, MediaIdentity, MediaRoot, Task
from annotator.project.project import Project
from annotator.project.storage.changes import Change
from annotator.project.storage.edit import Edit
from annotator.project.storage.parts import PART_SIZE
from tests import strategies
from tests.project.change import change
from tests.project.dumps import check_file, dump, recorded
from tests.project.shapes import batches, new_project_with

BOX = Rectangle((1.0, 2.0, 3.0, 4.0))


@pytest.fixture
def task(project: Project) -> Task:
    return Task("task")


@pytest.fixture
def frames(project: Project, task: Task) -> list[Frame]:
    return [Frame(task.id, place, f"{place}.jpg") for place in range(3)]


@pytest.fixture
def labels(project: Project, task: Task, frames: list[Frame]) -> list[Label]:
    """Three labels in a project with a task and its frames."""
    made = [Label("car"), Label("bus"), Label("tree")]
    with project.edit("Set up", author="setup", task=task.id) as edit:
        edit.put_task(task)
        edit.put_frame(*frames)
        for label in made:
            edit.put_label(label)
    return made


# The last word -----------------------------------------------------------------------------------------


def test_the_last_word_on_an_annotation_counts(
    project: Project, frames: list[Frame], labels: list[Label]
) -> None:
    one, two, three = (Annotation(frames[0].id, labels[0].id, BOX) for _ in range(3))
    with project.edit("Words") as edit:
        edit.put(one, two)
        edit.put(replace(one, z_order=5))
        edit.delete(two.id)
        edit.delete(three.id)
        edit.put(three)
    assert project.annotations(frames[0].id) == [three, replace(one, z_order=5)]


def test_clearing_a_frame_takes_what_was_put_before_and_not_after(
    project: Project, frames: list[Frame], labels: list[Label]
) -> None:
    stored, moved, early, late = (Annotation(frames[0].id, labels[0].id, BOX) for _ in range(4))
    with project.edit("Draw") as edit:
        edit.put(stored, moved)
    with project.edit("Clear") as edit:
        edit.put(early, replace(moved, frame=frames[1].id))
        edit.clear_frame(frames[0].id)
        edit.put(late)
    assert project.annotations(frames[0].id) == [late]
    assert project.annotations(frames[1].id) == [replace(moved, frame=frames[1].id)]


def test_the_last_word_on_a_key_frame_counts(
    project: Project, task: Task, frames: list[Frame], labels: list[Label]
) -> None:
    first, second, third = (Keyframe(frame.id, BOX) for frame in frames)
    track = Track(labels[0].id, (first, second))
    with project.edit("Track") as edit:
        edit.put_keyframe(track.id, third)  # forgotten: the whole track comes after it
        edit.put_track(track, task.id)
        edit.delete_keyframe(track.id, second.frame)
        edit.put_keyframe(track.id, replace(third, outside=True))
    wanted = replace(track, keyframes=(first, replace(third, outside=True)))
    assert project.track(track.id) == wanted
    with project.edit("Delete") as edit:
        edit.put_keyframe(track.id, second)
        edit.delete_track(track.id)
    assert project.track(track.id) is None
    project.undo()
    assert project.track(track.id) == wanted


def test_putting_what_is_there_is_no_step(
    project: Project, frames: list[Frame], labels: list[Label]
) -> None:
    annotation = Annotation(frames[0].id, labels[0].id, BOX)
    with project.edit("Draw") as edit:
        edit.put(annotation)
    before = recorded(project.path), project.history()
    with project.edit("Again") as edit:
        edit.put(annotation)
        edit.put_label(labels[0])
        edit.put_frame(frames[0])
    with project.edit("Nothing"):
        pass
    assert (recorded(project.path), project.history()) == before


# Labels --------------------------------------------------------------------------------------------------


def test_a_label_merged_into_one_that_is_merged_too_ends_in_the_last(
    project: Project, task: Task, frames: list[Frame], labels: list[Label]
) -> None:
    car, bus, tree = labels
    annotation = Annotation(frames[0].id, car.id, BOX)
    track = Track(bus.id, (Keyframe(frames[0].id, BOX),))
    with project.edit("Draw") as edit:
        edit.put(annotation)
        edit.put_track(track, task.id)
    with project.edit("Merge") as edit:
        edit.delete_label(car.id, move_to=bus.id)
        edit.delete_label(bus.id, move_to=tree.id)
    assert [label.id for label in project.labels] == [tree.id]
    assert project.annotations(frames[0].id) == [replace(annotation, label=tree.id)]
    assert project.tracks(task.id) == [replace(track, label=tree.id)]


def test_a_label_merged_into_one_that_goes_with_its_annotations_takes_them_along(
    project: Project, frames: list[Frame], labels: list[Label]
) -> None:
    with project.edit("Draw") as edit:
        edit.put(Annotation(frames[0].id, labels[0].id, BOX))
    with project.edit("Merge") as edit:
        edit.delete_label(labels[0].id, move_to=labels[1].id)
        edit.delete_label(labels[1].id)
    assert project.annotations(frames[0].id) == []
    assert project.label_counts() == {}


def test_labels_cannot_be_merged_in_a_circle(project: Project, labels: list[Label]) -> None:
    car, bus = labels[0].id, labels[1].id

    def in_a_circle(edit: Edit) -> None:
        edit.delete_label(car, move_to=bus)
        edit.delete_label(bus, move_to=car)

    def into_nothing(edit: Edit) -> None:
        edit.put(Annotation(1, car, None))
        edit.delete_label(car, move_to=404)

    with pytest.raises(ProjectError, match="into itself"):
        change(project, "Merge", in_a_circle)
    with pytest.raises(ProjectError, match="does not exist"):
        change(project, "Merge", into_nothing)
    assert len(project.labels) == 3


@pytest.mark.parametrize("count", [3, 2 * PART_SIZE])
@pytest.mark.parametrize("is_merged", [False, True])
def test_a_label_takes_the_name_of_one_that_goes_however_much_that_has(
    project: Project, is_merged: bool, count: int
) -> None:
    _, frames, old = new_project_with(project, 1)
    made = [Annotation(frames[0].id, old.id, None) for _ in range(count)]
    change(project, "Add", lambda edit: edit.put(*made))
    before = recorded(project.path)
    new = Label(old.name, "#102030")

    def exchange(edit: Edit) -> None:
        edit.put_label(new)
        edit.delete_label(old.id, move_to=new.id if is_merged else None)

    change(project, "Exchange", exchange)
    assert list(project.labels) == [new]
    assert project.label_counts() == ({new.id: count} if is_merged else {})
    after = recorded(project.path)
    project.undo()
    assert recorded(project.path) == before
    project.redo()
    assert recorded(project.path) == after
    check_file(project.path)


def test_what_an_edit_gives_another_label_is_not_deleted_with_the_old_one(
    project: Project, task: Task, frames: list[Frame], labels: list[Label]
) -> None:
    car, bus, _ = labels
    kept, gone = (Annotation(frames[0].id, car.id, BOX) for _ in range(2))
    kept_track, gone_track = (Track(car.id, (Keyframe(frames[0].id, BOX),)) for _ in range(2))
    with project.edit("Draw") as edit:
        edit.put(kept, gone)
        edit.put_track(kept_track, task.id)
        edit.put_track(gone_track, task.id)
    new = Annotation(frames[0].id, car.id, BOX)
    with project.edit("Change") as edit:
        edit.put(replace(kept, label=bus.id), new)
        edit.put_track(replace(kept_track, label=bus.id), task.id)
        edit.put_keyframe(gone_track.id, Keyframe(frames[1].id, BOX))
        edit.delete_label(car.id)
    assert project.annotations(frames[0].id) == [replace(kept, label=bus.id)]
    assert project.tracks(task.id) == [replace(kept_track, label=bus.id)]


def test_merging_labels_keeps_values_under_attributes_of_the_same_name(
    project: Project, task: Task, frames: list[Frame], labels: list[Label]
) -> None:
    colour, size = Attribute("colour", mutable=True), Attribute("size")
    other = Attribute("colour", mutable=True)
    car = replace(labels[0], attributes=(colour, size))
    bus = replace(labels[1], attributes=(other,))
    annotation = Annotation(frames[0].id, car.id, BOX, {colour.id: "red", size.id: "big"})
    keyframe = Keyframe(frames[0].id, BOX, attributes={colour.id: "blue"})
    track = Track(car.id, (keyframe,), {size.id: "small"})
    with project.edit("Draw") as edit:
        edit.put_label(car)
        edit.put_label(bus)
        edit.put(annotation)
        edit.put_track(track, task.id)
    with project.edit("Merge") as edit:
        edit.delete_label(car.id, move_to=bus.id)
    assert project.annotations(frames[0].id)[0].attributes == {other.id: "red", size.id: "big"}
    moved = project.tracks(task.id)[0]
    assert moved.attributes == {size.id: "small"}
    assert moved.keyframes[0].attributes == {other.id: "blue"}


def test_merging_labels_does_not_touch_key_frames_whose_values_stay(
    project: Project, task: Task, frames: list[Frame], labels: list[Label]
) -> None:
    own = Attribute("own", mutable=True)
    car = replace(labels[0], attributes=(own,))
    track = Track(car.id, (Keyframe(frames[0].id, BOX, attributes={own.id: "a"}),))
    change(project, "Label", lambda edit: edit.put_label(car))
    change(project, "Track", lambda edit: edit.put_track(track, task.id))
    outside = replace(track.keyframes[0], outside=True)
    change(project, "Outside", lambda edit: edit.put_keyframe(track.id, outside))
    step = project.history(limit=1)[0].id
    change(project, "Merge", lambda edit: edit.delete_label(car.id, move_to=labels[1].id))
    project.undo(step)
    assert project.track(track.id) == replace(track, label=labels[1].id)


def test_ordering_some_labels_leaves_the_others_behind_them_in_order(
    project: Project, labels: list[Label]
) -> None:
    car, bus, tree = (label.id for label in labels)
    with project.edit("Order") as edit:
        edit.order_labels((tree, 404, tree))
    assert [label.id for label in project.labels] == [tree, car, bus]
    with project.edit("Order") as edit:
        edit.order_labels((bus, tree))
    assert [label.id for label in project.labels] == [bus, tree, car]


def test_an_edit_that_breaks_a_law_of_the_labels_changes_nothing(
    project: Project, labels: list[Label], frames: list[Frame]
) -> None:
    before = recorded(project.path)

    def add(edit: Edit) -> None:
        edit.put(Annotation(frames[0].id, labels[0].id, BOX))
        edit.put_label(Label("car"))

    with pytest.raises(InvalidValueError, match="two labels named"):
        change(project, "Add", add)
    assert recorded(project.path) == before
    assert [label.name for label in project.labels] == ["car", "bus", "tree"]


# Where a step belongs ------------------------------------------------------------------------------------


def test_each_edit_finds_its_task_and_frame(
    project: Project, task: Task, frames: list[Frame], labels: list[Label]
) -> None:
    annotation = Annotation(frames[1].id, labels[0].id, BOX)
    track = Track(labels[0].id, (Keyframe(frames[2].id, BOX),))
    job = Job(task.id)
    another = Task("another")
    place = (task.id, frames[1].id)
    for expected, operation in (
        (place, lambda edit: edit.put(annotation)),
        (place, lambda edit: edit.put(replace(annotation, z_order=1))),
        (place, lambda edit: edit.delete(7, annotation.id)),
        ((task.id, frames[2].id), lambda edit: edit.put_track(track, task.id)),
        (
            (task.id, frames[0].id),
            lambda edit: edit.put_keyframe(track.id, Keyframe(frames[0].id, BOX)),
        ),
        ((task.id, frames[0].id), lambda edit: edit.delete_keyframe(track.id, frames[0].id)),
        ((task.id, None), lambda edit: edit.delete_track(track.id)),
        ((task.id, frames[0].id), lambda edit: edit.put_frame(replace(frames[0], done=True))),
        ((task.id, None), lambda edit: edit.put_job(job)),
        ((None, None), lambda edit: edit.put_task(another)),
        (
            (another.id, 77),
            lambda edit: edit.put_frame(Frame(another.id, 0, "a", id=77)),
        ),
        ((None, None), lambda edit: edit.put_label(replace(labels[0], name="van"))),
        # A label that is added while drawing with it belongs to the project, not to the task.
        (
            (None, frames[1].id),
            lambda edit: [edit.put_label(Label("new", id=9)), edit.put(replace(annotation, label=9))],
        ),
    ):  # fmt: skip
        change(project, "Change", operation)
        step = project.history(limit=1)[0]
        assert (step.task, step.frame) == expected


# Edits of several transactions ----------------------------------------------------------------------------


def busy_with(project: Project) -> None:
    """Let somebody else make a step right after the next one."""

    def follow(_change: Change) -> None:
        project.changed.disconnect(follow)
        change(project, "Other", lambda edit: edit.put_label(Label("other")), author="other")

    project.changed.connect(follow)


@pytest.mark.parametrize("count", [1, 2 * PART_SIZE])
def test_an_edit_knows_its_own_step(project: Project, count: int) -> None:
    _, frames, label = new_project_with(project, 10)
    everything = [one for batch in batches(count, frames, label) for one in batch]
    busy_with(project)
    with project.edit("Mine") as edit:
        edit.put(*everything)
        assert edit.step is None
    (mine,) = [step for step in project.history() if step.title == "Mine"]
    assert edit.step == mine.id
    with project.edit("Nothing new") as edit:
        edit.put(*everything)
    assert edit.step is None


def test_a_large_edit_is_one_step(project: Project) -> None:
    (task,), frames, label = new_project_with(project, 10)
    everything = [one for batch in batches(3 * PART_SIZE + 7, frames, label) for one in batch]
    told: list[Change] = []
    project.changed.connect(told.append)
    with project.edit("Paste") as edit:
        edit.put(*everything)
    assert [step.title for step in project.history(limit=2)] == ["Paste", "Set up"]
    assert project.history(limit=1)[0].rows == len(everything)
    # The last one tells that the step is complete.
    assert [bool(one.annotations) for one in told] == [True] * 4 + [False]
    assert frozenset().union(*(one.annotations for one in told)) == {a.id for a in everything}
    project.undo(task=task.id, author="user")
    assert project.label_counts() == {}
    project.redo(task=task.id, author="user")
    assert project.label_counts() == {label.id: len(everything)}


def test_a_cancelled_edit_is_taken_back_and_not_offered_again(project: Project) -> None:
    (task,), frames, label = new_project_with(project, 10)
    with project.edit("Draw") as edit:
        edit.put(Annotation(frames[0].id, label.id, BOX))
    project.undo()
    before = recorded(project.path)
    everything = [one for batch in batches(4 * PART_SIZE, frames, label) for one in batch]
    progress = Progress(lambda report: progress.cancel() if report.done == 2 else None, interval=0)
    with pytest.raises(Cancelled), project.edit("Paste", progress=progress) as edit:
        edit.put(*everything)
    assert recorded(project.path) == before
    assert [(step.title, step.state) for step in project.history(limit=2)] == [
        ("Paste", "dropped"),
        ("Draw", "undone"),
    ]
    # What was undone before can still be redone: nothing new was done after all.
    assert project.redo(task=task.id, author="user").title == "Draw"
    with pytest.raises(NothingToUndoError):
        project.redo()


def test_a_large_edit_that_fails_in_the_middle_is_taken_back(project: Project) -> None:
    _, frames, label = new_project_with(project, 10)
    before = recorded(project.path)
    everything = [one for batch in batches(3 * PART_SIZE, frames, label) for one in batch]
    everything[-1] = replace(everything[-1], frame=404)
    with pytest.raises(ProjectError, match="refers to something that is gone"):
        change(project, "Paste", lambda edit: edit.put(*everything))
    assert recorded(project.path) == before
    assert project.history(limit=1)[0].state == "dropped"
    check_file(project.path)


def test_a_title_is_one_line_of_bounded_length(project: Project) -> None:
    change(project, f"Add two\nlines\t{'x' * 10_000}y", lambda edit: edit.put_label(Label("a")))
    (step,) = project.history()
    assert step.title.startswith("Add two lines xxx")
    assert step.title.endswith("xxy")
    assert len(step.title) < 210
    for wrong in ("half \ud800", 7):
        with pytest.raises(InvalidValueError, match="title of a step"):
            change(project, wrong, lambda edit: edit.put_label(Label("b")))
        with pytest.raises(InvalidValueError, match="title of a step"):
            project.long_step(wrong, author="import").__enter__()
    assert project.history() == [step]
    change(project, "Go on", lambda edit: edit.put_label(Label("b")))


def test_an_edit_whose_block_raises_writes_nothing(project: Project, labels: list[Label]) -> None:
    before = recorded(project.path)

    def fail(edit: Edit) -> None:
        edit.delete_label(labels[0].id)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change(project, "Change", fail)
    assert recorded(project.path) == before


def test_deleting_a_label_with_very_many_annotations_and_tracks_is_one_step(
    project: Project,
) -> None:
    (task,), frames, label = new_project_with(project, 100)
    other = Label("bus")
    tracks = [
        Track(label.id, tuple(Keyframe(frame.id, BOX) for frame in frames[:30])) for _ in range(40)
    ]
    with project.edit("Draw") as edit:
        edit.put_label(other)
        for batch in batches(1200, frames, label):
            edit.put(*batch)
        for track in tracks:
            edit.put_track(track, task.id)
    states = [recorded(project.path)]
    with project.edit("Merge") as edit:
        edit.delete_label(label.id, move_to=other.id)
    states.append(recorded(project.path))
    assert project.label_counts() == {other.id: 1200}
    assert {track.label for track in project.tracks(task.id)} == {other.id}
    project.undo()
    assert recorded(project.path) == states[0]
    project.redo()
    assert recorded(project.path) == states[1]
    project.undo()
    with project.edit("Delete") as edit:
        edit.delete_label(label.id)
    assert project.label_counts() == {}
    assert project.tracks(task.id) == []
    project.undo()
    assert recorded(project.path) == states[0]
    assert project.tracks(task.id) == tracks
    check_file(project.path)


# Values --------------------------------------------------------------------------------------------------


@given(
    annotations=strategies.annotation_lists(frames=(0, 1), with_foreign=True),
    tracks=st.lists(
        strategies.tracks(frames=range(3), max_keyframes=3, with_foreign=True),
        max_size=2,
        unique_by=lambda track: track.id,
    ),
)
def test_every_value_comes_back_as_it_was(annotations, tracks) -> None:
    project = _SHARED["project"]
    frames, task = _SHARED["frames"], _SHARED["task"]
    annotations = [replace(one, frame=frames[one.frame].id) for one in annotations]
    tracks = [
        replace(
            track,
            keyframes=tuple(replace(one, frame=frames[one.frame].id) for one in track.keyframes),
        )
        for track in tracks
    ]
    with project.edit("Put") as edit:
        edit.put(*annotations)
        for track in tracks:
            edit.put_track(track, task.id)
    for frame in frames[:2]:
        here = [one for one in annotations if one.frame == frame.id]
        assert project.annotations(frame.id) == sorted(here, key=lambda a: (a.z_order, a.id))
        assert project.annotation_count(frame.id) == len(here)
        for one in here:
            assert project.annotation(one.id) == one
            assert repr(project.annotation(one.id).attributes) == repr(one.attributes)
        _assert_same_columns(project.columns(frame.id), ShapeColumns.from_annotations(here))
    assert project.tracks(task.id) == sorted(tracks, key=lambda track: track.id)
    project.undo() if annotations or tracks else None
    assert project.label_counts() == {}
    assert project.tracks(task.id) == []


def _assert_same_columns(found: ShapeColumns, wanted: ShapeColumns) -> None:
    for name in ("ids", "labels", "groups", "kinds", "occluded", "z_orders", "points",
                 "point_of_ring", "ring_of_shape"):  # fmt: skip
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name), err_msg=name)
        assert getattr(found, name).dtype == getattr(wanted, name).dtype
    np.testing.assert_allclose(found.boxes, wanted.boxes, rtol=0, atol=1e-9)


_SHARED: dict = {}


@pytest.fixture(autouse=True, scope="module")
def _one_project_for_all_values(tmp_path_factory: pytest.TempPathFactory):
    project = Project.create(tmp_path_factory.mktemp("values") / "p")
    task = Task("task")
    frames = [Frame(task.id, place, f"{place}.jpg") for place in range(3)]
    with project.edit("Set up", author="setup") as edit:
        edit.put_task(task)
        edit.put_frame(*frames)
        edit.put_labels(strategies.SCHEMA)
    _SHARED.update(project=project, task=task, frames=frames)
    yield
    check_file(project.path)
    project.close()


def test_media_and_what_is_known_of_them(project: Project, task: Task, labels: list[Label]) -> None:
    root = MediaRoot("../pictures")
    media = Media(root.id, "a/ä.jpg")
    frame = Frame(task.id, 3, "a/ä.jpg", media.id, 0, "train", True, False, {"coco": {"id": 1}})
    identity = MediaIdentity(media.id, 10, 20)
    with project.edit("Add", author="setup") as edit:
        edit.put_root(root)
        edit.put_media(media, identity)
        edit.put_frame(frame)
    assert project.media_roots() == [root]
    assert project.media(media.id) == media
    assert project.identity(media.id) == identity
    assert project.frame(frame.id) == frame
    assert project.media_path(frame) == project.folder.resolve().parent / "pictures/a/ä.jpg"
    project.undo()
    assert project.frame(frame.id) is None
    assert project.media_roots() == []


# Being told --------------------------------------------------------------------------------------------------


def test_everybody_is_told_once_after_the_commit(
    project: Project, task: Task, frames: list[Frame], labels: list[Label]
) -> None:
    told: list[Change] = []
    annotation = Annotation(frames[0].id, labels[0].id, BOX)
    track = Track(labels[0].id, (Keyframe(frames[2].id, BOX),))

    def listen(change: Change) -> None:
        told.append(change)
        # It is there by the time others hear of it, and they may edit in turn.
        assert project.annotation(annotation.id) is not None

    with project.edit("Draw") as edit:
        edit.put(annotation)
    project.changed.connect(listen)

    def only() -> Change:
        (one,) = told
        told.clear()
        return one

    with project.edit("Move") as edit:
        edit.put(replace(annotation, frame=frames[1].id))
    told_of = only()
    assert (told_of.title, told_of.author, told_of.kind) == ("Move", "user", "edit")
    assert told_of.step == project.history(limit=1)[0].id
    assert told_of.annotations == {annotation.id}
    assert told_of.shown_frames == {frames[0].id, frames[1].id}
    with project.edit("Extra") as edit:  # the geometry's row alone
        edit.put(replace(annotation, frame=frames[1].id, foreign={"coco": {"a": 1}}))
    assert only().shown_frames == {frames[1].id}
    with project.edit("Track") as edit:
        edit.put_track(track, task.id)
    told_of = only()
    assert told_of.tracks == {track.id}
    assert told_of.shown_frames == {frames[2].id}
    with project.edit("Key frame") as edit:
        edit.put_keyframe(track.id, Keyframe(frames[0].id, BOX))
    told_of = only()
    assert (told_of.tracks, told_of.shown_frames) == ({track.id}, {frames[0].id})
    project.undo()
    told_of = only()
    assert (told_of.tracks, told_of.shown_frames, told_of.kind) == (
        {track.id},
        {frames[0].id},
        "undo",
    )
    project.redo()
    assert only().kind == "redo"
    with project.edit("Done") as edit:
        edit.put_frame(replace(frames[0], done=True))
        edit.put_label(replace(labels[1], name="van"))
        edit.put_job(Job(task.id, id=5))
        edit.put_task(replace(task, name="other"))
    told_of = only()
    assert (told_of.frames, told_of.labels) == ({frames[0].id}, {labels[1].id})
    assert (told_of.jobs, told_of.tasks) == ({5}, {task.id})
    with pytest.raises(ProjectError):
        change(project, "Broken", lambda edit: edit.put(Annotation(404, labels[0].id, BOX)))
    assert told == []


def test_what_is_given_up_while_somebody_looks_at_it_is_passed_over(project: Project) -> None:
    (task,), frames, label = new_project_with(project, 100)
    everything = [one for batch in batches(3 * PART_SIZE, frames, label) for one in batch]
    change(project, "Paste", lambda edit: edit.put(*everything))
    step = project.undo(task=task.id, author="user").id
    looked: list[str] = []

    def draw_something(_cursor: object, statement: str, _values: object) -> bool:
        if "FROM step_part WHERE rev" in statement and not looked:
            looked.append(statement)
            tag = Annotation(frames[0].id, label.id, None)
            change(project, "Tag", lambda edit: edit.put(tag))
        return True

    project.ask(lambda db: setattr(db, "exec_trace", draw_something))
    with pytest.raises(UndoRefusedError, match="undone or redone elsewhere"):
        project.redo(step)
    assert looked
    assert project.history(limit=1)[0].title == "Tag"
    check_file(project.path)


def test_who_is_in_the_way_is_looked_for_while_steps_are_given_up(project: Project) -> None:
    (task,), frames, label = new_project_with(project, 3)
    one = Annotation(frames[0].id, label.id, BOX)
    change(project, "Add", lambda edit: edit.put(one))
    change(project, "Move", lambda edit: edit.put(replace(one, z_order=1)), author="script")
    moved = project.history(limit=1)[0].id
    change(project, "Delete", lambda edit: edit.delete(one.id))
    change(project, "Tag", lambda edit: edit.put(Annotation(frames[1].id, label.id, None)))
    project.undo(task=task.id, author="user")
    looked: list[str] = []

    def look(_cursor: object, statement: str, _values: object) -> bool:
        if "FROM step_part WHERE step_id <>" in statement:
            looked.append("for who it was")
        elif "FROM step_part WHERE rev" in statement and len(looked) == 1:
            looked.append("at the newest")
            tag = Annotation(frames[2].id, label.id, None)
            change(project, "Other tag", lambda edit: edit.put(tag))
        return True

    project.ask(lambda db: setattr(db, "exec_trace", look))
    with pytest.raises(UndoRefusedError, match="the later step “Delete”"):
        project.undo(moved)
    assert looked == ["for who it was", "at the newest"]
    check_file(project.path)


def test_what_is_given_up_is_deleted_a_little_with_each_edit(project: Project) -> None:
    """The changes of a large step are many pages, which nobody should wait for."""
    (task,), frames, label = new_project_with(project, 100)
    everything = [one for batch in batches(9 * PART_SIZE, frames, label) for one in batch]
    change(project, "Paste", lambda edit: edit.put(*everything))
    step = project.undo(task=task.id, author="user").id

    def parts_left() -> int:
        return sum(1 for part in dump(project.path)["step_part"] if part[1] == step)

    left = [parts_left()]
    for number in range(4):
        tag = Annotation(frames[number].id, label.id, None)
        change(project, "Tag", lambda edit, tag=tag: edit.put(tag))
        left.append(parts_left())
    assert left == [9, 5, 1, 0, 0]
    assert next(one.state for one in project.history() if one.id == step) == "dropped"
    check_file(project.path)
