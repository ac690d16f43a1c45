"""`annotator job`: the jobs of a project, and what a person says of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from annotator.cli.choosing import choose_task
from annotator.cli.options import JsonOption, ProjectArgument, TaskOption
from annotator.cli.printing import print_json, print_table
from annotator.cli.projects import changing
from annotator.project.errors import ProjectError
from annotator.project.folder import open_project
from annotator.project.organisation import JOB_STATES, STAGES, Job, JobState, Stage, Task
from annotator.project.project import Project
from annotator.project.statistics import job_statistics
from annotator.project.tasks.job_ranges import (
    following,
    put_joined,
    put_split,
    split_at,
    split_evenly,
)


def run(
    project: ProjectArgument,
    task: TaskOption = None,
    job: Annotated[
        int | None,
        typer.Option("--job", metavar="N", min=1, help="The job, where the task has several."),
    ] = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="STAGE", help=f"{', '.join(STAGES)}.")
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help=f"{', '.join(JOB_STATES)}.")
    ] = None,
    assignee: Annotated[
        str | None,
        typer.Option("--assignee", metavar="NAME", help="Who works on it; '' for nobody."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--split-at",
            metavar="FRAME",
            help="Split it before this frame: its place from 0 as listed, removed frames counted, or its name.",
        ),
    ] = None,
    every: Annotated[
        int | None,
        typer.Option("--split-every", metavar="N", min=1, help="Split it into jobs of N frames."),
    ] = None,
    join: Annotated[
        bool, typer.Option("--join", help="Join it with the job after it.", show_default=False)
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the jobs, or change one: what is said of it, or which frames it has. One step each time."""
    chosen_stage, chosen_state = _stage(stage), _state(state)
    says = any(value is not None for value in (stage, state, assignee))
    acts = says + (at is not None) + (every is not None) + join
    if acts > 1:
        raise typer.BadParameter(
            "a job is split, joined, or given a stage, state and assignee; do one after the other"
        )
    if not acts:
        with open_project(project, read_only=True) as opened:
            tasks = opened.tasks() if task is None else [choose_task(opened, task)]
            _print_jobs(opened, tasks, as_json=as_json)
        return
    with changing(project) as opened:
        one = choose_task(opened, task)
        jobs = opened.jobs(one.id)
        wanted = _chosen_job(jobs, job)
        if at is not None:
            pieces = split_at(opened.frame_table(one.id), wanted, _position(opened, one, at))
            put_split(opened, wanted, pieces)
        elif every is not None:
            pieces = split_evenly(opened.frame_table(one.id), wanted, every)
            put_split(opened, wanted, pieces)
        elif join:
            second = following(jobs, wanted)
            if second is None:
                raise ProjectError("There is no job after this one to join it with.")
            put_joined(opened, wanted, second)
        else:
            with opened.edit("Change a job", task=one.id) as edit:
                edit.put_job(
                    replace(
                        wanted,
                        stage=chosen_stage or wanted.stage,
                        state=chosen_state or wanted.state,
                        assignee=wanted.assignee if assignee is None else assignee,
                    )
                )
        _print_jobs(opened, [one], as_json=as_json)


def _stage(text: str | None) -> Stage | None:
    for stage in STAGES:
        if stage == text:
            return stage
    if text is None:
        return None
    raise typer.BadParameter(f"{text!r} is none of: {', '.join(STAGES)}", param_hint="--stage")


def _state(text: str | None) -> JobState | None:
    for state in JOB_STATES:
        if state == text:
            return state
    if text is None:
        return None
    raise typer.BadParameter(f"{text!r} is none of: {', '.join(JOB_STATES)}", param_hint="--state")


def _chosen_job(jobs: Sequence[Job], number: int | None) -> Job:
    if not jobs:
        raise ProjectError("The task has no job.")
    if number is None and len(jobs) > 1:
        raise typer.BadParameter(
            f"the task has {len(jobs)} jobs; say which one, from 1", param_hint="--job"
        )
    if number is not None and number > len(jobs):
        raise typer.BadParameter(
            f"there is no job {number}; the task has {len(jobs)}", param_hint="--job"
        )
    return jobs[(number or 1) - 1]


def _position(project: Project, task: Task, frame: str) -> int:
    """The position of a frame given by its place or its name. Raises ProjectError where it is not there."""
    if frame.isdecimal():
        position = int(frame)
        if any(one.position == position and one.removed for one in project.all_frames(task.id)):
            raise ProjectError(f"Frame {position} was removed from the task. Name another one.")
        return position
    found = project.frame_named(task.id, frame)
    if found is None:
        raise ProjectError(f"No frame of the task is called {frame!r}.")
    return found.position


def _print_jobs(project: Project, tasks: Sequence[Task], *, as_json: bool) -> None:
    found = [
        job for task in tasks for job in job_statistics(project, task, project.frame_table(task.id))
    ]
    if as_json:
        print_json({"jobs": [one.as_json() for one in found]})
        return
    print_table(
        ("task", "job", "frames", "stage", "state", "assignee", "done", "with annotations", "of"),
        (
            (
                one.task,
                one.number,
                one.range_text,
                one.job.stage,
                one.job.state,
                one.job.assignee,
                one.progress.done,
                one.progress.labelled,
                one.progress.frames,
            )
            for one in found
        ),
    )
