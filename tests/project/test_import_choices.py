"""Imports as a person wants them: labels mapped and skipped, frames chosen, what was there replaced."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.errors import Cancelled
from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import Rectangle
from annotator.formats.dataset import DatasetHeader, DatasetItem, FrameItem, TrackItem
from annotator.formats.label_selection import LabelSelection, labels_without
from annotator.formats.memory import MemoryDataset
from annotator.project.errors import ProjectError
from annotator.project.imports.choices import (
    ImportChoices,
    labels_to_remember,
    remembered_labels,
)
from annotator.project.imports.importing import ImportReport, plan_import, run_import
from annotator.project.organisation import Frame, Job, Task
from annotator.project.project import Project

BOX = Rectangle((1, 2, 13, 14))
CAT, DOG, COW = Label("cat"), Label("dog"), Label("cow")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A task of three frames, the label cat, and a cat on the first two."""
    with Project.create(tmp_path / "p") as project:
        task = Task("pictures")
        frames = [Frame(task.id, place, f"{name}.jpg") for place, name in enumerate("abc")]
        with project.edit("Add") as edit:
            edit.put_label(Label("cat"))
            edit.put_task(task)
            edit.put_job(Job(task.id))
            edit.put_frame(*frames)
        label = project.labels.named("cat")
        assert label is not None
        with project.edit("Draw") as edit:
            edit.put(*(Annotation(frame.id, label.id, BOX) for frame in frames[:2]))
        yield project


def dataset(*items: DatasetItem) -> MemoryDataset:
    return MemoryDataset(DatasetHeader("made_up", LabelSchema((CAT, DOG, COW))), items)


def shown(name: str, *labels: Label) -> FrameItem:
    return FrameItem(name, annotations=tuple(Annotation(0, one.id, BOX) for one in labels))


def bring_in(project: Project, one: MemoryDataset, choices: ImportChoices) -> ImportReport:
    plan = plan_import(project, one, project.tasks()[0], choices=choices)
    report = run_import(project, plan)
    assert (report.annotations, report.replaced) == (plan.report.annotations, plan.report.replaced)
    return report


def on(project: Project, name: str) -> list[str]:
    """The names of the labels on a frame."""
    frame = project.frame_named(project.tasks()[0].id, name)
    assert frame is not None
    return sorted(project.labels[one.label].name for one in project.annotations(frame.id))


def test_labels_are_mapped_and_skipped(project):
    known = project.labels.named("cat")
    report = bring_in(
        project,
        dataset(shown("c.jpg", CAT, DOG, COW)),
        ImportChoices(labels={"dog": known.id, "cow": None}),
    )
    assert on(project, "c.jpg") == ["cat", "cat"]
    assert [label.name for label in project.labels] == ["cat"]
    assert (report.new_labels, dict(report.annotations), report.skipped) == (
        [],
        {"rectangle": 2},
        0,
    )


def test_what_is_skipped_is_counted_all_the_same(project):
    plan = plan_import(
        project,
        dataset(shown("c.jpg", CAT, DOG, COW, COW)),
        project.tasks()[0],
        choices=ImportChoices(labels={"cow": None}),
    )
    assert plan.dataset.counts == {CAT.id: 1, DOG.id: 1, COW.id: 2}
    assert plan.report.new_labels == ["dog"]
    assert plan.counts == {("", "c.jpg"): 2}


def test_a_label_that_is_gone_is_no_choice(project):
    bring_in(project, dataset(shown("c.jpg", DOG)), ImportChoices(labels={"dog": 12345}))
    assert on(project, "c.jpg") == ["dog"]


def test_frames_are_chosen_by_hand(project):
    frame = project.frame_named(project.tasks()[0].id, "c.jpg")
    choices = ImportChoices(frames={("", "other.jpg"): frame.id, ("", "a.jpg"): None})
    report = bring_in(project, dataset(shown("other.jpg", DOG), shown("a.jpg", DOG)), choices)
    assert on(project, "c.jpg") == ["dog"]
    assert on(project, "a.jpg") == ["cat"]
    (left,) = report.unmatched
    assert (left.name, left.reason) == ("a.jpg", "it is left out by choice")
    assert report.skipped == 1


def test_of_key_frames_that_would_stand_on_one_frame_the_first_is_taken(project):
    boxes = [Rectangle((place, 0, place + 9, 9)) for place in range(3)]
    track = Track(CAT.id, tuple(Keyframe(number, box) for number, box in enumerate(boxes)))
    one = dataset(TrackItem(track))
    (task,) = project.tasks()
    frames = list(project.frames(task.id))
    choices = ImportChoices(frames={0: frames[2].id, 1: frames[0].id, 2: frames[2].id})
    plan = plan_import(project, one, task, choices=choices)
    report = run_import(project, plan)
    assert (report.tracks, report.keyframes, report.skipped) == (1, 2, 1)
    assert (plan.report.tracks, plan.report.keyframes, plan.report.skipped) == (1, 2, 1)
    (problem,) = report.problems
    assert plan.report.problems == [problem]
    assert (problem.rule, problem.skipped) == ("same-frame", 0)
    assert "c.jpg is frame 0 and frame 2." in problem.text
    (there,) = project.tracks(task.id)
    assert {key.frame: key.shape for key in there.keyframes} == {
        frames[2].id: boxes[0],
        frames[0].id: boxes[1],
    }


def test_a_choice_of_another_task_or_of_no_frame_is_none(project):
    plan = plan_import(
        project,
        dataset(shown("a.jpg", DOG)),
        project.tasks()[0],
        choices=ImportChoices(frames={("", "a.jpg"): 99, ("", "nothing.jpg"): 98}),
    )
    assert plan.matching.rules == {("", "a.jpg"): "path"}
    assert plan.report.unmatched == []


def test_where_nothing_fits_a_person_may_still_choose(project):
    one = dataset(shown("x.jpg", DOG))
    task = project.tasks()[0]
    with pytest.raises(ProjectError):
        plan_import(project, one, task)
    plan = plan_import(project, one, task, must_fit=False)
    (left,) = plan.report.unmatched
    frame = project.frame_named(task.id, "b.jpg")
    bring_in(project, one, ImportChoices(frames={left.key: frame.id}))
    assert on(project, "b.jpg") == ["cat", "dog"]


def test_what_was_on_the_frames_is_replaced_and_comes_back(project):
    report = bring_in(
        project, dataset(shown("a.jpg", DOG), shown("c.jpg", COW)), ImportChoices(replace=True)
    )
    assert [on(project, name) for name in ("a.jpg", "b.jpg", "c.jpg")] == [
        ["dog"],
        ["cat"],
        ["cow"],
    ]
    assert report.replaced == 1
    project.undo()
    assert [on(project, name) for name in ("a.jpg", "b.jpg", "c.jpg")] == [["cat"], ["cat"], []]


def test_tracks_on_the_replaced_frames_alone_go(project):
    task = project.tasks()[0]
    a, b, c = project.frames(task.id)
    label = project.labels.named("cat").id
    short = Track(label, (Keyframe(a.id, BOX), Keyframe(b.id, BOX)))
    long = Track(label, (Keyframe(a.id, BOX), Keyframe(c.id, BOX)))
    with project.edit("Track") as edit:
        edit.put_track(short, task.id)
        edit.put_track(long, task.id)
    new = Track(DOG.id, (Keyframe(0, BOX), Keyframe(1, BOX)))
    report = bring_in(project, dataset(TrackItem(new)), ImportChoices(replace=True))
    assert report.replaced == 3  # two cats and the short track
    labels = [project.labels[track.label].name for track in project.tracks(task.id)]
    assert labels == ["cat", "dog"]
    assert long.id in {track.id for track in project.tracks(task.id)}


def test_a_stopped_import_is_kept_for_a_person_to_decide(project):
    stopper = Progress(lambda report: stopper.cancel() if report.text == "Importing" else None)
    plan = plan_import(project, dataset(shown("c.jpg", DOG)), project.tasks()[0])
    with pytest.raises(Cancelled):
        run_import(project, plan, progress=stopper, keep_on_error=True)
    (step,) = project.interrupted_steps()
    project.keep_step(step.id)
    assert [label.name for label in project.labels] == ["cat", "dog", "cow"]
    project.undo(step.id)
    assert [label.name for label in project.labels] == ["cat"]


def test_labels_above_what_is_taken_stay():
    animal = Label("animal")
    below = Label("cat", parent=animal.id)
    other = Label("dog", parent=animal.id)
    labels = LabelSchema((animal, below, other))
    assert list(labels_without(labels, {animal.id, other.id})) == [animal, below]
    assert list(labels_without(labels, {below.id, other.id, animal.id})) == []


def test_tracks_of_skipped_labels_are_counted_and_not_taken():
    one = dataset(TrackItem(Track(DOG.id, (Keyframe(0, BOX),))), shown("a.jpg", CAT))
    selection = LabelSelection(one, {DOG.id})
    assert [type(item) for item in selection.items()] == [FrameItem]
    assert selection.counts == {DOG.id: 1, CAT.id: 1}


def test_choices_of_labels_are_remembered_and_nonsense_is_not():
    kept = labels_to_remember({"a": 1, "b": None}, {"a": 2, "c": 3})
    assert kept == {"b": None, "a": 2, "c": 3}
    assert remembered_labels(kept) == kept
    assert remembered_labels({"a": "x", "b": True, "c": 4}) == {"c": 4}
    assert remembered_labels([1]) == {}
    many = labels_to_remember({str(n): n for n in range(1_000)}, {"new": 1})
    assert len(many) == 1_000
    assert "new" in many
    assert "0" not in many
