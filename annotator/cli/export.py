"""`annotator export`: a project as a dataset."""

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.choosing import choose_task, known_format
from annotator.cli.options import JsonOption, ProjectArgument, SaveImagesOption, StrictOption
from annotator.cli.sources import ProjectDataset, summary_of
from annotator.cli.working import working
from annotator.cli.writing import tell_written, write_view
from annotator.project.folder import open_project
from annotator.project.view import ProjectView


def run(
    project: ProjectArgument,
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help="The folder to write, new or empty.",
            show_default=False,
            readable=False,
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
    strict: StrictOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write a dataset, whole or not at all, and say what the format could not hold."""
    one = known_format(format_id, "--format")
    with open_project(project, read_only=True) as opened, working() as progress:
        tasks = None if task is None else [choose_task(opened, task)]
        dataset = ProjectDataset(ProjectView(opened, tasks))
        losses = write_view(
            dataset.view, one, out, progress, save_images=save_images, strict=strict
        )
        summary = summary_of(dataset, progress)
    tell_written(summary, losses, one, out, as_json=as_json)
