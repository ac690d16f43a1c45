"""`annotator export`: a project as a dataset."""

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.choosing import choose_task, known_format
from annotator.cli.options import JsonOption, ProjectArgument, SaveImagesOption, StrictOption
from annotator.cli.paths import any_path
from annotator.cli.reading import reading
from annotator.cli.sources import ProjectDataset, summary_of
from annotator.cli.working import working
from annotator.cli.writing import tell_written, write_view
from annotator.project.errors import ProjectError
from annotator.project.frames.frame_selection import Choice, FrameSelection
from annotator.project.tasks.subsets import chosen_subsets
from annotator.project.view import ProjectView


def run(
    project: ProjectArgument,
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help="The folder to write, new or empty.",
            show_default=False,
            parser=any_path,
        ),
    ],
    format_id: Annotated[
        str,
        typer.Option("--format", metavar="ID", help="See `annotator formats`.", show_default=False),
    ],
    save_images: SaveImagesOption = False,
    task: Annotated[
        str | None,
        typer.Option("--task", metavar="NAME", help="This task alone; else all of them."),
    ] = None,
    only_done: Annotated[
        bool, typer.Option("--only-done", help="Only frames marked as done.", show_default=False)
    ] = False,
    only_completed: Annotated[
        bool,
        typer.Option("--only-completed", help="Only frames of completed jobs.", show_default=False),
    ] = False,
    only_labelled: Annotated[
        bool,
        typer.Option("--only-labelled", help="Only frames with annotations.", show_default=False),
    ] = False,
    subset: Annotated[
        list[str] | None,
        typer.Option(
            "--subset",
            metavar="NAME",
            help="Only frames of this subset; may be given several times, and '' for frames without one.",
            show_default=False,
        ),
    ] = None,
    strict: StrictOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write a dataset, whole or not at all, and say what the format could not hold.

    Frames that are left out by choice are no loss.
    """
    one = known_format(format_id, "--format")
    with reading(project) as opened, working() as progress:
        tasks = opened.tasks() if task is None else [choose_task(opened, task)]
        ids = [each.id for each in tasks]
        subsets = chosen_subsets(opened, ids, subset) if subset else None
        selection = FrameSelection(only_done, only_completed, only_labelled, subsets)
        dataset = ProjectDataset(ProjectView(opened, tasks, selection))
        choice = _choice_of(dataset.view, selection)
        losses = write_view(
            dataset.view, one, out, progress, save_images=save_images, strict=strict
        )
        summary = summary_of(dataset, progress)
    tell_written(summary, losses, one, out, as_json=as_json, choice=choice)


def _choice_of(view: ProjectView, selection: FrameSelection) -> Choice | None:
    """Which frames are chosen, None where all are. Raises ProjectError where none is."""
    choice = None if selection.is_everything else view.choice
    if choice is not None and choice.of and not choice.frames:
        raise ProjectError(
            f"None of the {choice.of:,} frames is chosen ({choice.selection}), so nothing was written."
        )
    return choice
