"""`annotator job`: the jobs of a project, and what a person says of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.choosing import choose_task
from annotator.cli.numbers import whole_number
from annotator.cli.options import JsonOption, ProjectArgument, TaskOption
from annotator.cli.printing import print_json, print_table
from annotator.cli.projects import changing
from annotator.cli.reading import reading
from annotator.project.errors import ProjectError
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
        typer.Option(
            "--job",
            metavar="N",
            parser=whole_number(1),
            help="The job, where the task has several.",
        ),
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
        typer.Option(
            "--split-every",
            metavar="N",
            parser=whole_number(1),
            help="Split it into jobs of N frames.",
        ),
    ] = None,
    join: Annotated[
        bool, typer.Option("--join", help="Join it with the job after it.", show_default=False)
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the jobs, or change one: what is said of it, or which frames it has. One step each time."""
    said = _Said(_stage(stage), _state(state), assignee)
    acts = said.is_anything + (at is not None) + (every is not None) + join
    if acts > 1:
        raise typer.BadParameter(
            "a job is split, joined, or given a stage, state and assignee; do one after the other"
        )
    if not acts:
        _list(project, task, as_json=as_json)
        return
    with changing(project) as opened:
        one = choose_task(opened, task)
        wanted = _chosen_job(opened.jobs(one.id), job)
        if at is not None:
            _split_at(opened, one, wanted, at)
        elif every is not None:
            _split_evenly(opened, one, wanted, every)
        elif join:
            _join(opened, one, wanted)
        else:
            _say(opened, one, wanted, said)
        _print_jobs(opened, [one], as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a person says of a job; None where nothing is said. assignee: empty for nobody."""

    stage: Stage | None
    state: JobState | None
    assignee: str | None

    @property
    def is_anything(self) -> bool:
        return any(value is not None for value in (self.stage, self.state, self.assignee))


def _list(path: Path, task: str | None, *, as_json: bool) -> None:
    with reading(path) as project:
        tasks = project.tasks() if task is None else [choose_task(project, task)]
        _print_jobs(project, tasks, as_json=as_json)


def _split_at(project: Project, task: Task, job: Job, frame: str) -> None:
    position = _position(project, task, frame)
    put_split(project, job, split_at(project.frame_table(task.id), job, position))


def _split_evenly(project: Project, task: Task, job: Job, frames: int) -> None:
    put_split(project, job, split_evenly(project.frame_table(task.id), job, frames))


def _join(project: Project, task: Task, job: Job) -> None:
    second = following(project.jobs(task.id), job)
    if second is None:
        raise ProjectError("There is no job after this one to join it with.")
    put_joined(project, job, second)


def _say(project: Project, task: Task, job: Job, said: _Said) -> None:
    changed = replace(
        job,
        stage=said.stage or job.stage,
        state=said.state or job.state,
        assignee=job.assignee if said.assignee is None else said.assignee,
    )
    with project.edit("Change a job", task=task.id) as edit:
        edit.put_job(changed)


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
