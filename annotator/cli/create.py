"""`annotator create`: a task of media in a new or existing project."""

from pathlib import Path
from typing import Annotated

import typer

from annotator import messages
from annotator.cli.exit_codes import SKIPPED
from annotator.cli.options import JsonOption, ProjectArgument
from annotator.cli.paths import readable_path, readable_paths
from annotator.cli.printing import number, print_json, print_lines
from annotator.cli.working import working
from annotator.project.creating import create_task


def run(
    project: ProjectArgument,
    media: Annotated[
        list[Path],
        typer.Argument(
            metavar="MEDIA...",
            help="Folders, searched through, and single pictures. They are not copied.",
            show_default=False,
            readable=False,
            callback=readable_paths,
        ),
    ],
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="FILE",
            help="Labels: one name to a line, or CVAT's label JSON.",
            show_default=False,
            readable=False,
            callback=readable_path,
        ),
    ] = None,
    task: Annotated[
        str, typer.Option("--task", metavar="NAME", help="The name of the task; else the media's.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Make a task of these media, in a new project or in one that is there."""
    schema = None
    if labels is not None:
        from annotator.formats.cvat.labels import read_labels

        schema = read_labels(labels)
    with working() as progress:
        created = create_task(project, media, name=task, labels=schema, progress=progress)
    with created.project as opened:
        frames = opened.frame_count(created.task.id)
        folder = str(opened.folder)
    for problem in created.problems:
        messages.warning(problem)
    if as_json:
        print_json(
            {
                "project": folder,
                "created": created.is_new,
                "task": created.task.name,
                "frames": frames,
                "problems": list(created.problems),
            }
        )
    else:
        where = "A new project" if created.is_new else "The project"
        print_lines(
            f"{where} in {folder} has the new task {created.task.name!r} of {number(frames, 'frame')}."
        )
    if created.problems:
        raise typer.Exit(SKIPPED)
