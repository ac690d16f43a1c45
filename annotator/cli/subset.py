"""`annotator subset`: which frames are for training, and which for something else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Protocol

import typer

from annotator.background.progress import Progress
from annotator.cli.choosing import choose_task
from annotator.cli.numbers import whole_number
from annotator.cli.options import JsonOption, ProjectArgument, TaskOption
from annotator.cli.printing import number, print_json, print_lines, print_table
from annotator.cli.projects import changing
from annotator.cli.reading import reading
from annotator.cli.working import working
from annotator.core.spelling import composed, spelled_as
from annotator.core.values import finite_number
from annotator.project.errors import ProjectError
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.statistics import progress_document, subset_progress
from annotator.project.tasks.subsets import (
    Share,
    SubsetPlan,
    plan_split,
    put_split,
    put_subset,
    subset_names,
)


def run(
    project: ProjectArgument,
    task: TaskOption = None,
    split: Annotated[
        str | None,
        typer.Option(
            "--split", metavar="NAME=SHARE,...", help="Split the frames, such as train=80,val=20."
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            "--seed", metavar="N", parser=whole_number(), help="Another number gives another split."
        ),
    ] = 0,
    only_without: Annotated[
        bool,
        typer.Option(
            "--only-without",
            help="Split only the frames that are in no subset yet.",
            show_default=False,
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Say what would be done, and do nothing.", show_default=False
        ),
    ] = False,
    put: Annotated[
        str | None,
        typer.Option(
            "--put", metavar="NAME", help="Put the frames of --frame into this subset; '' for none."
        ),
    ] = None,
    frame: Annotated[
        list[str] | None,
        typer.Option(
            "--frame",
            metavar="PATTERN",
            help="Frames by name, such as 'night/*'; may be given several times.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the subsets of the frames, or put frames into subsets, as one step."""
    if split is not None and put is not None:
        raise typer.BadParameter("give either --split or --put")
    if (put is None) != (not frame):
        raise typer.BadParameter("--put and --frame belong together")
    if split is None and put is None:
        _list(project, task, as_json=as_json)
        return
    act: _Act = _ByHand(put or "", frame or [])
    if split is not None:
        act = _Split(_shares(split), seed, only_without)
    if dry_run:
        _try(project, task, act, as_json=as_json)
    else:
        _do(project, task, act, as_json=as_json)


class _Act(Protocol):
    """What can be done with the subsets of a task."""

    def plan(self, project: Project, task: Task, progress: Progress) -> SubsetPlan:
        """Say which frames go where."""

    def write(self, project: Project, task: Task, plan: SubsetPlan, progress: Progress) -> None:
        """Put them there, as one step."""


@dataclass(frozen=True, slots=True)
class _Split:
    """A split by ratio."""

    shares: Sequence[Share]
    seed: int
    only_without: bool

    def plan(self, project: Project, task: Task, progress: Progress) -> SubsetPlan:
        known = subset_names(project, [task.id])
        shares = [replace(share, subset=spelled_as(share.subset, known)) for share in self.shares]
        return plan_split(
            project,
            task,
            shares,
            seed=self.seed,
            only_without=self.only_without,
            progress=progress,
        )

    def write(self, project: Project, task: Task, plan: SubsetPlan, progress: Progress) -> None:
        put_split(project, task, plan, progress)


@dataclass(frozen=True, slots=True)
class _ByHand:
    """The frames that any of some patterns names."""

    subset: str
    patterns: Sequence[str]

    def plan(self, project: Project, task: Task, progress: Progress) -> SubsetPlan:
        subset = spelled_as(self.subset, subset_names(project, [task.id]))
        table = project.frame_table(task.id)
        rows = self._rows(project, task, progress)
        changed = int((~table.in_subsets([subset])[rows]).sum())
        frames = table.ids[rows].tolist()
        return SubsetPlan(
            {subset: len(frames)}, {subset: frames}, changed, len(table) - len(frames)
        )

    def _rows(self, project: Project, task: Task, progress: Progress) -> list[int]:
        patterns = [composed(pattern) for pattern in self.patterns]
        names = progress.track(project.frame_names(task.id), "Reading names")
        rows = [
            row
            for row, (_, name) in enumerate(names)
            if any(fnmatchcase(composed(name), pattern) for pattern in patterns)
        ]
        if not rows:
            raise ProjectError(f"No frame is called {' or '.join(map(repr, self.patterns))}.")
        return rows

    def write(self, project: Project, task: Task, plan: SubsetPlan, progress: Progress) -> None:
        for subset, frames in plan.frames.items():
            put_subset(project, task, frames, subset, progress)


def _list(path: Path, task: str | None, *, as_json: bool) -> None:
    with reading(path) as project:
        tasks = project.tasks() if task is None else [choose_task(project, task)]
        _print_subsets(project, tasks, as_json=as_json)


def _try(path: Path, task: str | None, act: _Act, *, as_json: bool) -> None:
    with reading(path) as project, working() as progress:
        plan = act.plan(project, choose_task(project, task), progress)
    _print_plan(plan, as_json=as_json)


def _do(path: Path, task: str | None, act: _Act, *, as_json: bool) -> None:
    with changing(path) as project, working() as progress:
        one = choose_task(project, task)
        act.write(project, one, act.plan(project, one, progress), progress)
        _print_subsets(project, [one], as_json=as_json)


def _shares(text: str) -> list[Share]:
    shares = []
    for part in text.split(","):
        name, _, ratio = part.rpartition("=")
        share = finite_number(ratio)
        if share is None:
            raise typer.BadParameter(
                f"{part.strip()!r} is not a name and a share, such as train=80",
                param_hint="--split",
            )
        shares.append(Share(name.strip(), share))
    return shares


def _print_plan(plan: SubsetPlan, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "subsets": [{"name": name, "frames": count} for name, count in plan.counts.items()],
                "changed": plan.changed,
                "kept": plan.kept,
            }
        )
        return
    print_table(("subset", "frames"), plan.counts.items())
    print_lines(
        "",
        f"{number(plan.changed, 'frame')} would get another subset,"
        f" {number(plan.kept, 'frame')} would be left alone. Nothing was changed.",
    )


def _print_subsets(project: Project, tasks: Sequence[Task], *, as_json: bool) -> None:
    tables = [project.frame_table(task.id) for task in tasks]
    found = subset_progress(tables)
    if as_json:
        subsets = [{"name": name} | progress_document(one) for name, one in found.items()]
        print_json({"subsets": subsets})
        return
    print_table(
        ("subset", "frames", "done", "with annotations"),
        ((name or "(none)", one.frames, one.done, one.labelled) for name, one in found.items()),
    )
