"""`annotator info`: what is in a dataset or a project, in numbers."""

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.exit_codes import SKIPPED
from annotator.cli.options import JsonOption
from annotator.cli.paths import readable_path
from annotator.cli.printing import print_json
from annotator.cli.reports import print_summary
from annotator.cli.sources import opened_dataset, summary_of
from annotator.cli.working import working


def run(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SRC",
            help="A dataset (a file or folder), or a project.",
            show_default=False,
            parser=readable_path,
        ),
    ],
    format_id: Annotated[
        str | None,
        typer.Option("--format", metavar="ID", help="The format; else it is recognised."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Count what a dataset or a project holds; ends with 3 where records cannot be read."""
    with working() as progress, opened_dataset(source, format_id, "--format") as dataset:
        summary = summary_of(dataset, progress)
    if as_json:
        print_json(summary.as_json())
    else:
        print_summary(summary)
    if summary.skipped:
        raise typer.Exit(SKIPPED)
