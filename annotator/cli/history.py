"""`annotator history`: the steps of a project."""

from typing import Annotated

import typer

from annotator.cli.documents import made_at, step_document
from annotator.cli.options import JsonOption, ProjectArgument, storable
from annotator.cli.printing import print_json, print_table
from annotator.project.folder import open_project


def run(
    project: ProjectArgument,
    limit: Annotated[
        int,
        typer.Option(
            "--limit", min=1, callback=storable, metavar="N", help="How many, the newest first."
        ),
    ] = 200,
    as_json: JsonOption = False,
) -> None:
    """List the steps, newest first."""
    with open_project(project, read_only=True) as opened:
        steps = opened.history(limit=limit)
    if as_json:
        print_json({"steps": [step_document(step) for step in steps]})
        return
    print_table(
        ("step", "made", "state", "by", "rows", "what"),
        (
            (
                step.id,
                made_at(step).astimezone().strftime("%Y-%m-%d %H:%M:%S"),
                f"{step.state}, sealed" if step.is_sealed else step.state,
                step.author,
                step.rows,
                step.title,
            )
            for step in steps
        ),
    )
