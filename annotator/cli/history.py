"""`annotator history`: the steps of a project."""

from typing import Annotated

import typer

from annotator.cli.documents import step_document
from annotator.cli.numbers import whole_number
from annotator.cli.options import JsonOption, ProjectArgument, storable
from annotator.cli.printing import print_json, print_table
from annotator.cli.reading import reading
from annotator.project.moments import moment_text


def run(
    project: ProjectArgument,
    limit: Annotated[
        int,
        typer.Option(
            "--limit",
            parser=whole_number(1),
            callback=storable,
            metavar="N",
            help="How many, the newest first.",
        ),
    ] = 200,
    as_json: JsonOption = False,
) -> None:
    """List the steps, newest first."""
    with reading(project) as opened:
        steps = opened.history(limit=limit)
    if as_json:
        print_json({"steps": [step_document(step) for step in steps]})
        return
    print_table(
        ("step", "made", "state", "by", "rows", "what"),
        (
            (
                step.id,
                moment_text(step.made_at_ms),
                f"{step.state}, sealed" if step.is_sealed else step.state,
                step.author,
                step.rows,
                step.title,
            )
            for step in steps
        ),
    )
