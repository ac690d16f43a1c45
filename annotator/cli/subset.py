"""`annotator subset`: which frames are for training, and which for something else."""

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Annotated

import typer

from annotator.background.progress import Progress
from annotator.cli.choosing import choose_task
from annotator.cli.options import JsonOption, ProjectArgument, TaskOption
from annotator.cli.printing import number, print_json, print_lines, print_table
from annotator.cli.projects import changing
from annotator.cli.working import working
from annotator.core.spelling import composed, spelled_as
from annotator.project.errors import ProjectError
from annotator.project.folder import open_project
from annotator.project.frames.frame_selection import subset_names
from annotator.project.organisation import Task
from annotator.project.project import Project
from annotator.project.statistics import progress_document, subset_progress
from annotator.project.tasks.subsets import Share, SubsetPlan, plan_split, put_split, put_subset


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
        int, typer.Option("--seed", metavar="N", help="Another number gives another split.")
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
        with open_project(project, read_only=True) as opened:
            tasks = opened.tasks() if task is None else [choose_task(opened, task)]
            _print_subsets(opened, tasks, as_json=as_json)
        return
    shares = [] if split is None else _shares(split)
    if dry_run:
        with open_project(project, read_only=True) as opened, working() as progress:
            one = choose_task(opened, task)
            if split is None:
                plan = _by_hand(opened, one, put or "", frame or [], progress)
            else:
                shares = _as_spelled(opened, one, shares)
                plan = plan_split(
                    opened, one, shares, seed=seed, only_without=only_without, progress=progress
                )
            _print_plan(plan, as_json=as_json)
        return
    with changing(project) as opened, working() as progress:
        one = choose_task(opened, task)
        if split is None:
            plan = _by_hand(opened, one, put or "", frame or [], progress)
            for subset, frames in plan.frames.items():
                put_subset(opened, one, frames, subset, progress)
        else:
            shares = _as_spelled(opened, one, shares)
            plan = plan_split(
                opened, one, shares, seed=seed, only_without=only_without, progress=progress
            )
            put_split(opened, one, plan, progress)
        _print_subsets(opened, [one], as_json=as_json)


def _shares(text: str) -> list[Share]:
    shares = []
    for part in text.split(","):
        name, _, ratio = part.rpartition("=")
        try:
            shares.append(Share(name.strip(), float(ratio)))
        except ValueError:
            raise typer.BadParameter(
                f"{part.strip()!r} is not a name and a share, such as train=80",
                param_hint="--split",
            ) from None
    return shares


def _as_spelled(project: Project, task: Task, shares: Sequence[Share]) -> list[Share]:
    """The shares with the names of subsets as the task spells them."""
    known = subset_names(project, [task.id])
    return [replace(share, subset=spelled_as(share.subset, known)) for share in shares]


def _by_hand(
    project: Project, task: Task, subset: str, patterns: Sequence[str], progress: Progress
) -> SubsetPlan:
    """The frames that any of the patterns names."""
    subset = spelled_as(subset, subset_names(project, [task.id]))
    looked_for = [composed(pattern) for pattern in patterns]
    table = project.frame_table(task.id)
    named = [
        row
        for row, (_, name) in enumerate(
            progress.track(project.frame_names(task.id), "Reading names")
        )
        if any(fnmatchcase(composed(name), pattern) for pattern in looked_for)
    ]
    if not named:
        raise ProjectError(f"No frame is called {' or '.join(map(repr, patterns))}.")
    changed = int((~table.in_subsets([subset])[named]).sum())
    frames = table.ids[named].tolist()
    return SubsetPlan({subset: len(frames)}, {subset: frames}, changed, len(table) - len(frames))


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
