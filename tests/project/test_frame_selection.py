"""A view of some frames: chosen by their marks, jobs, annotations and subsets."""

from dataclasses import replace
from unicodedata import normalize

import pytest

from annotator.core.annotations import Keyframe, Track
from annotator.core.interpolation import interpolate_track
from annotator.core.shapes import Rectangle
from annotator.project.errors import ProjectError
from annotator.project.frames.frame_selection import EVERYTHING, FrameSelection
from annotator.project.tasks.job_ranges import put_split, split_at
from annotator.project.tasks.subsets import chosen_subsets, subset_names
from annotator.project.view import ProjectView
from tests.project.many_frames import add_label, add_task_of, annotate

BOX = Rectangle((1, 2, 3, 4))


@pytest.fixture
def task(project):
    """Eight frames: 1 and 5 have boxes, 0 to 5 are done, 0 to 3 are a completed job, 4 and up in subset val."""
    task, frames = add_task_of(project, 8)
    label = add_label(project)
    annotate(project, [frames[1], frames[5]], label)
    with project.edit("Mark") as edit:
        edit.set_done([frame.id for frame in frames[:6]], True)
        edit.set_subset([frame.id for frame in frames[4:]], "val")
    (job,) = project.jobs(task.id)
    first, second = split_at(project.frame_table(task.id), job, 4)
    put_split(project, job, [replace(first, state="completed"), second])
    return task


def numbers(project, selection):
    return [item.number for item in ProjectView(project, selection=selection).frames()]


@pytest.mark.parametrize(
    ("selection", "chosen", "words"),
    [
        (EVERYTHING, [0, 1, 2, 3, 4, 5, 6, 7], "all"),
        (FrameSelection(only_done=True), [0, 1, 2, 3, 4, 5], "marked as done"),
        (FrameSelection(only_completed=True), [0, 1, 2, 3], "in completed jobs"),
        (FrameSelection(only_labelled=True), [1, 5], "with annotations"),
        (FrameSelection(subsets=frozenset({"val"})), [4, 5, 6, 7], "in subset val"),
        (FrameSelection(subsets=frozenset({""})), [0, 1, 2, 3], "in subset (none)"),
        (FrameSelection(True, False, True, frozenset({"val"})), [5],
         "marked as done, with annotations, in subset val"),
        (FrameSelection(subsets=frozenset({"none"})), [], "in subset none"),
        (FrameSelection(frames=frozenset()), [], "that were picked"),
    ],
)  # fmt: skip
def test_a_view_has_the_frames_that_meet_all_conditions(project, task, selection, chosen, words):
    view = ProjectView(project, [task], selection)
    assert numbers(project, selection) == chosen
    assert view.frame_count == len(chosen)
    assert (view.choice.frames, view.choice.of, view.choice.left_out) == (
        len(chosen), 8, 8 - len(chosen),
    )  # fmt: skip
    assert view.choice.selection == str(selection) == words


def test_frames_that_a_filter_found_are_a_selection(project, task):
    ids = frozenset(frame.id for frame in project.frames(task.id) if frame.position in (2, 6))
    assert numbers(project, FrameSelection(frames=ids)) == [2, 6]


def test_the_frames_of_many_pages_come_in_order(project):
    _task, frames = add_task_of(project, 1_600)
    with project.edit("Mark") as edit:
        edit.set_done([frame.id for frame in frames[::3]], True)
    assert numbers(project, FrameSelection(only_done=True)) == list(range(0, 1_600, 3))


def test_frames_of_several_tasks_keep_the_numbers_they_have_without_a_selection(project, task):
    _second, frames = add_task_of(project, 3, "more")
    with project.edit("Mark") as edit:
        edit.set_done([frames[2].id], True)
    assert numbers(project, FrameSelection(only_done=True)) == [0, 1, 2, 3, 4, 5, 10]


# Tracks ----------------------------------------------------------------------------------------------------


@pytest.fixture
def track(project, task):
    """Moves from frame 0 to frame 7."""
    frames = list(project.frames(task.id))
    label = project.labels.named("car")
    ends = (Keyframe(frames[0].id, BOX), Keyframe(frames[7].id, Rectangle((71, 2, 73, 4))))
    track = Track(label.id, ends)
    with project.edit("Track") as edit:
        edit.put_track(track, task.id)
    return track


def test_a_track_alone_makes_a_frame_labelled(project, task, track):
    assert numbers(project, FrameSelection(only_labelled=True)) == [0, 1, 2, 3, 4, 5, 6, 7]


def test_what_a_track_shows_on_the_chosen_frames_is_what_it_shows_without_a_selection(
    project, task, track
):
    selection = FrameSelection(subsets=frozenset({"val"}))
    whole = {one.number: one.tracked for one in ProjectView(project).frames("interpolated")}
    chosen = {
        one.number: one.tracked
        for one in ProjectView(project, selection=selection).frames("interpolated")
    }
    assert sorted(chosen) == [4, 5, 6, 7]
    for number, (tracked,) in chosen.items():
        assert tracked.keyframe.shape == whole[number][0].keyframe.shape
    (item,) = ProjectView(project, selection=selection).tracks()
    assert [keyframe.frame for keyframe in item.track.keyframes] == [4, 7]
    assert item.subset == "val"


def test_a_track_goes_on_from_a_key_frame_on_a_frame_that_was_removed(project, task, track):
    frames = list(project.frames(task.id))
    with project.edit("Remove") as edit:
        edit.put_frame(replace(frames[0], removed=True))
    (item,) = ProjectView(project).tracks()
    shown = interpolate_track(item.track, 3)
    assert item.track.keyframes[0].frame == 1
    assert shown is not None
    assert shown.shape.xyxy[0] == pytest.approx(1 + 3 * 10)


# Subsets ---------------------------------------------------------------------------------------------------


def test_the_subsets_that_frames_are_in(project, task):
    assert subset_names(project, [task.id]) == ["val"]
    assert chosen_subsets(project, [task.id], ["val", ""]) == {"val", ""}
    with pytest.raises(
        ProjectError, match=r"No frame is in subset 'train'\. The subsets are: 'val'"
    ):
        chosen_subsets(project, [task.id], ["train"])


def test_a_subset_is_found_in_either_spelling(project, task):
    frame = next(project.frames(task.id))
    with project.edit("Put") as edit:
        edit.set_subset([frame.id], normalize("NFD", "Prüfung"))
    found = chosen_subsets(project, [task.id], [normalize("NFC", "Prüfung")])
    assert found == {normalize("NFD", "Prüfung")}
