"""Frames as columns: read whole, kept up to date change by change, and asked."""

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given, settings

from annotator.core.annotations import Keyframe, Track
from annotator.core.interpolation import interpolate_track
from annotator.core.shapes import Rectangle
from annotator.project.frames.frame_progress import (
    FrameProgress,
    newly_done,
    progress_of,
    progress_of_jobs,
)
from annotator.project.frames.frame_table import FrameTable
from annotator.project.organisation import Frame, Job
from annotator.project.project import Project
from annotator.project.storage.changes import Change
from tests.project.many_frames import add_label, add_task_of, annotate

BOX = Rectangle((1, 2, 3, 4))


def columns(table: FrameTable):
    names = [table.subset_names[place] for place in table.subsets]
    return [
        table.ids.tolist(), table.positions.tolist(), table.done.tolist(), table.counts.tolist(),
        table.tracked.tolist(), names,
    ]  # fmt: skip


def test_a_table_says_what_is_stored(project):
    task, frames = add_task_of(project, 5)
    label = add_label(project)
    annotate(project, [frames[1], frames[1], frames[3]], label)
    with project.edit("Mark") as edit:
        edit.set_done([frames[0].id, frames[3].id], True)
        edit.set_subset([frames[4].id], "val")
        edit.put_frame(replace(frames[2], removed=True))
    table = project.frame_table(task.id)
    assert columns(table) == [
        [frames[place].id for place in (0, 1, 3, 4)],
        [0, 1, 3, 4],
        [True, False, True, False],
        [0, 2, 1, 0],
        [False] * 4,
        ["", "", "", "val"],
    ]
    assert table.labelled.tolist() == [False, True, True, False]
    assert [table.row_at(position) for position in (0, 2, 3, 9)] == [0, None, 2, None]


def test_a_table_of_no_frames_is_empty(project):
    task, _ = add_task_of(project, 0)
    table = project.frame_table(task.id)
    assert len(table) == 0
    assert table.row_beside(0, 1, table.done) is None
    assert progress_of(table) == FrameProgress(0, 0, 0)
    assert not progress_of(table).is_done


@pytest.mark.parametrize(
    ("position", "direction", "found"),
    [(0, 1, 2), (2, 1, 5), (5, 1, None), (5, -1, 2), (2, -1, None), (9, -1, 5)],
)
def test_the_nearest_wanted_frame_in_a_direction(project, position, direction, found):
    task, frames = add_task_of(project, 7)
    with project.edit("Mark") as edit:
        edit.set_done([frames[2].id, frames[5].id], True)
    table = project.frame_table(task.id)
    assert table.row_beside(position, direction, table.done) == found


def test_a_track_is_shown_from_each_key_frame_to_the_next_unless_that_one_is_outside(project):
    task, frames = add_task_of(project, 8)
    label = add_label(project)
    track = Track(
        label.id,
        (
            Keyframe(frames[1].id, BOX),
            Keyframe(frames[3].id, BOX, outside=True),
            Keyframe(frames[6].id, BOX),
        ),
    )
    with project.edit("Track") as edit:
        edit.put_track(track, task.id)
    table = project.frame_table(task.id)
    assert table.tracked.tolist() == [False, True, True, False, False, False, True, True]
    place = {frame.id: frame.position for frame in frames}
    shown = [interpolate_track(track, frame.id, place.__getitem__) for frame in frames]
    assert table.tracked.tolist() == [one is not None and not one.outside for one in shown]


def test_a_table_is_read_in_steps_of_which_the_last_one_has_it(project):
    task, frames = add_task_of(project, 4_500)
    label = add_label(project)
    with project.edit("Track") as edit:
        for frame in frames[10:13]:
            edit.put_track(Track(label.id, (Keyframe(frame.id, BOX),)), task.id)
    *before, table = project.frame_table_steps(task.id)
    assert before == [None] * 3
    assert columns(table) == columns(project.frame_table(task.id))
    assert table.tracked.tolist() == [False] * 10 + [True] * 4_490


def test_a_table_of_many_pages_is_whole(project):
    task, frames = add_task_of(project, 9_001)
    assert project.frame_table(task.id).ids.tolist() == [frame.id for frame in frames]


# Kept up to date -------------------------------------------------------------------------------------------


class Kept:
    """A table that follows the changes of a project."""

    def __init__(self, project: Project, task: int) -> None:
        self.project = project
        self.table = project.frame_table(task)
        project.changed.connect(self.hear)

    def hear(self, change: Change) -> None:
        self.table = self.project.updated_frame_table(
            self.table, change.frames | change.shown_frames, tracks=bool(change.tracks)
        )


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["done", "open", "subset", "draw", "erase", "remove", "restore", "track", "undo"]),
        st.integers(0, 59),
    ),
    max_size=12,
)  # fmt: skip


@given(acts=ACTS)
# The only frame that a track is on goes and comes back.
@example(acts=[("track", 59), ("remove", 59), ("restore", 59)])
@settings(max_examples=40)
def test_a_table_kept_up_to_date_is_the_one_read_anew(tmp_path_factory, acts):
    with Project.create(tmp_path_factory.mktemp("kept") / "p") as project:
        task, frames = add_task_of(project, 60)
        label = add_label(project)
        kept = Kept(project, task.id)
        for act, place in acts:
            do(project, act, project.frame(frames[place].id), label)
            assert columns(kept.table) == columns(project.frame_table(task.id))


def do(project, act: str, frame: Frame, label) -> None:
    if act == "undo":
        if project.next_undo(author="user") is not None:
            project.undo(author="user")
        return
    if act == "draw":
        annotate(project, [frame], label, author="user")
        return
    with project.edit(act) as edit:
        match act:
            case "done" | "open":
                edit.set_done([frame.id], act == "done")
            case "subset":
                edit.set_subset([frame.id], f"s{frame.position % 3}")
            case "erase":
                edit.clear_frame(frame.id)
            case "remove" | "restore":
                edit.put_frame(replace(frame, removed=act == "remove"))
            case "track":
                edit.put_track(Track(label.id, (Keyframe(frame.id, BOX),)), frame.task)


def test_frames_that_were_added_are_in_an_updated_table(project):
    task, _ = add_task_of(project, 10)
    table = project.frame_table(task.id)
    new = Frame(task.id, 10, "late.png", subset="new")
    with project.edit("Add") as edit:
        edit.put_frame(new)
    table = project.updated_frame_table(table, {new.id})
    assert table.ids.tolist()[-1] == new.id
    assert table.in_subsets(["new"]).tolist() == [False] * 10 + [True]


# Marks -----------------------------------------------------------------------------------------------------


def test_marks_are_undone_and_change_nothing_else(project):
    _, frames = add_task_of(project, 3)
    with project.edit("Mark") as edit:
        edit.set_done([frame.id for frame in frames], True)
        edit.set_subset([frames[1].id], "val")
    assert project.frame(frames[1].id) == replace(frames[1], done=True, subset="val")
    project.undo()
    assert project.frame(frames[1].id) == frames[1]
    project.redo()
    assert project.frame(frames[2].id).done


def test_marking_what_is_marked_is_no_step(project):
    _, frames = add_task_of(project, 2)
    before = project.history()[0].id
    with project.edit("Mark") as edit:
        edit.set_done([frames[0].id], False)
        edit.set_subset([frames[0].id], "")
    assert project.history()[0].id == before


def test_a_mark_belongs_to_its_frame_and_task(project):
    task, frames = add_task_of(project, 2)
    with project.edit("Mark") as edit:
        edit.set_done([frames[1].id], True)
    step = project.history()[0]
    assert (step.task, step.frame) == (task.id, frames[1].id)


def test_marks_of_several_frames_belong_to_their_task_alone(project):
    task, frames = add_task_of(project, 3)
    for mark in (
        lambda edit: edit.set_done([one.id for one in frames], True),
        lambda edit: edit.set_subset([one.id for one in frames[1:]], "val"),
    ):
        with project.edit("Mark") as edit:
            mark(edit)
        step = project.history()[0]
        assert (step.task, step.frame) == (task.id, None)


def test_a_change_tells_frames_that_were_only_marked_from_those_that_came_or_went(project):
    task, frames = add_task_of(project, 4)
    heard: list[Change] = []
    project.changed.connect(heard.append)
    with project.edit("Mark") as edit:
        edit.set_done([frames[0].id], True)
        edit.set_subset([frames[1].id], "val")
    with project.edit("Remove") as edit:
        edit.set_done([frames[2].id], True)
        edit.put_frame(replace(frames[1], removed=True), Frame(task.id, 4, "new.png"))
    project.undo()
    marked, removed, undone = heard
    assert marked.frames == marked.marked == {frames[0].id, frames[1].id}
    assert removed.marked == undone.marked == {frames[2].id}
    assert len(removed.frames) == 3
    assert marked.joined(removed).marked == {frames[0].id, frames[2].id}


# Progress --------------------------------------------------------------------------------------------------


def test_progress_of_a_task_and_of_its_jobs(project):
    task, frames = add_task_of(project, 6)
    label = add_label(project)
    annotate(project, frames[:1], label)
    with project.edit("Mark") as edit:
        edit.set_done([frames[0].id, frames[1].id, frames[5].id], True)
    table = project.frame_table(task.id)
    first, second = Job(task.id, 0, 1), Job(task.id, 2)
    assert progress_of(table) == FrameProgress(6, 3, 1)
    assert progress_of(table, first) == FrameProgress(2, 2, 1)
    assert progress_of(table, second) == FrameProgress(4, 1, 0)
    assert progress_of(table, first).is_done
    beyond = Job(task.id, 9, 12)
    each = [progress_of(table, job) for job in (first, second, beyond)]
    assert progress_of_jobs(table, [first, second, beyond]) == each


def test_a_job_is_newly_done_once_its_last_frame_is_and_not_when_it_is_completed(project):
    task, frames = add_task_of(project, 4)
    jobs = [Job(task.id, 0, 1), Job(task.id, 2, state="completed"), Job(task.id, 7, 9)]
    before = project.frame_table(task.id)
    with project.edit("Mark") as edit:
        edit.set_done([frame.id for frame in frames], True)
    after = project.frame_table(task.id)
    assert newly_done(before, after, jobs) == jobs[:1]
    assert newly_done(after, after, jobs) == []


def test_the_rows_of_a_job_are_those_between_its_positions(project):
    task, frames = add_task_of(project, 6)
    with project.edit("Remove") as edit:
        edit.put_frame(replace(frames[2], removed=True))
    table = project.frame_table(task.id)
    assert table.positions[table.rows_of(Job(task.id, 1, 3))].tolist() == [1, 3]
    assert table.positions[table.rows_of(Job(task.id, 3))].tolist() == [3, 4, 5]
    assert np.size(table.positions[table.rows_of(Job(task.id, 9, 12))]) == 0
