"""Jobs cut in pieces and put together."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from annotator.project.errors import ProjectError
from annotator.project.organisation import Job
from annotator.project.tasks.job_ranges import (
    following,
    job_at,
    joined,
    put_joined,
    put_split,
    split_at,
    split_evenly,
)
from tests.project.many_frames import add_task_of


def ranges(jobs):
    return [(job.first, job.last) for job in jobs]


def test_a_job_is_split_at_a_frame_and_both_halves_keep_what_was_said_of_it(project):
    task, _ = add_task_of(project, 10)
    (job,) = project.jobs(task.id)
    job = replace(job, stage="validation", state="in progress", assignee="Ann")
    pieces = split_at(project.frame_table(task.id), job, 4)
    assert ranges(pieces) == [(0, 3), (4, None)]
    assert pieces[0].id == job.id != pieces[1].id
    assert {(one.stage, one.state, one.assignee) for one in pieces} == {
        ("validation", "in progress", "Ann")
    }


@pytest.mark.parametrize("position", [0, 10, 99, -1])
def test_a_job_cannot_be_split_before_its_first_frame_or_behind_it(project, position):
    task, _ = add_task_of(project, 10)
    (job,) = project.jobs(task.id)
    with pytest.raises(ProjectError, match="one half would have no frame"):
        split_at(project.frame_table(task.id), job, position)


def test_a_job_of_which_the_first_frames_are_removed_is_not_split_before_what_is_left(project):
    task, frames = add_task_of(project, 4)
    (job,) = project.jobs(task.id)
    with project.edit("Remove") as edit:
        edit.put_frame(*(replace(frame, removed=True) for frame in frames[:2]))
    with pytest.raises(ProjectError):
        split_at(project.frame_table(task.id), job, 2)
    assert ranges(split_at(project.frame_table(task.id), job, 3)) == [(0, 2), (3, None)]


def test_a_job_is_split_into_jobs_of_so_many_frames_and_removed_ones_do_not_count(project):
    task, frames = add_task_of(project, 10)
    (job,) = project.jobs(task.id)
    table = project.frame_table(task.id)
    assert ranges(split_evenly(table, job, 4)) == [(0, 3), (4, 7), (8, None)]
    assert ranges(split_evenly(table, job, 5)) == [(0, 4), (5, None)]
    with project.edit("Remove") as edit:
        edit.put_frame(replace(frames[1], removed=True))
    assert ranges(split_evenly(project.frame_table(task.id), job, 4)) == [(0, 4), (5, 8), (9, None)]


@pytest.mark.parametrize("frames", [0, -3, 10, 11])
def test_a_split_that_makes_no_second_job_is_refused(project, frames):
    task, _ = add_task_of(project, 10)
    (job,) = project.jobs(task.id)
    with pytest.raises(ProjectError, match="Choose a number between 1 and 9"):
        split_evenly(project.frame_table(task.id), job, frames)


def test_a_split_into_too_many_jobs_is_refused(project):
    task, _ = add_task_of(project, 2_002)
    (job,) = project.jobs(task.id)
    with pytest.raises(ProjectError, match="more than 2,000 jobs"):
        split_evenly(project.frame_table(task.id), job, 1)


def test_a_split_and_a_join_are_one_step_each(project):
    task, _ = add_task_of(project, 10)
    (job,) = project.jobs(task.id)
    put_split(project, job, split_evenly(project.frame_table(task.id), job, 3))
    jobs = project.jobs(task.id)
    assert ranges(jobs) == [(0, 2), (3, 5), (6, 8), (9, None)]
    put_joined(project, jobs[1], jobs[2])
    assert ranges(project.jobs(task.id)) == [(0, 2), (3, 8), (9, None)]
    project.undo()
    assert project.jobs(task.id) == jobs
    project.undo()
    assert project.jobs(task.id) == [job]
    project.redo()
    assert project.jobs(task.id) == jobs


def test_joined_jobs_stand_where_the_one_behind_stands():
    first = Job(1, 0, 4, stage="acceptance", state="completed")
    second = Job(1, 5, None, stage="annotation", state="completed", assignee="Ann")
    whole = joined(first, second)
    assert (whole.id, whole.first, whole.last) == (first.id, 0, None)
    assert (whole.stage, whole.state, whole.assignee) == ("annotation", "completed", "Ann")
    assert joined(replace(first, state="rejected"), second).state == "in progress"


def test_the_job_of_a_frame_and_the_one_after_it():
    jobs = [Job(1, 0, 4), Job(1, 4, 7), Job(1, 10)]
    assert [job_at(jobs, position) for position in (0, 4, 7, 8, 99)] == [
        jobs[0], jobs[1], jobs[1], None, jobs[2],
    ]  # fmt: skip
    assert following(jobs, jobs[0]) == jobs[1]
    assert following(jobs, jobs[2]) is None


@given(count=st.integers(2, 40), data=st.data())
@settings(max_examples=30)
def test_joining_what_was_split_gives_the_same_range(tmp_path_factory, count, data):
    from annotator.project.project import Project

    with Project.create(tmp_path_factory.mktemp("ranges") / "p") as project:
        task, _ = add_task_of(project, count)
        (job,) = project.jobs(task.id)
        table = project.frame_table(task.id)
        pieces = split_evenly(table, job, data.draw(st.integers(1, count - 1)))
        assert sum(len(table.ids[table.rows_of(piece)]) for piece in pieces) == count
        whole = pieces[0]
        for piece in pieces[1:]:
            whole = joined(whole, piece)
        assert whole == job
