"""`annotator import`: a dataset into a project."""

from pathlib import Path
from typing import Annotated, Any

import typer

from annotator.cli.choosing import choose_format, choose_task
from annotator.cli.exit_codes import SKIPPED
from annotator.cli.options import JsonOption, ProjectArgument, TaskOption
from annotator.cli.paths import readable_path
from annotator.cli.printing import number, print_json, print_lines
from annotator.cli.projects import changing
from annotator.cli.reports import counted, print_left_out, print_list, print_problems
from annotator.cli.working import working
from annotator.project.imports.importing import ImportReport, plan_import, run_import
from annotator.project.imports.sizes import open_for_import
from annotator.project.imports.source import ImportSource


def run(
    project: ProjectArgument,
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="The dataset: a file or folder.",
            show_default=False,
            parser=readable_path,
        ),
    ],
    format_id: Annotated[
        str | None,
        typer.Option("--format", metavar="ID", help="The format; else it is recognised."),
    ] = None,
    task: TaskOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read a dataset into a task, as one step; ends with 3 where something of it was left out."""
    with changing(project) as opened, working() as progress:
        chosen = choose_task(opened, task)
        one = choose_format(path, format_id, "--format")
        dataset = open_for_import(opened, one, path, chosen, progress)
        plan = plan_import(opened, dataset, chosen, progress)
        source = ImportSource(path, one.id)
        report = run_import(opened, plan, progress=progress, source=source)
    if as_json:
        print_json(import_document(report))
    else:
        show_import(report)
    if not report.is_complete:
        raise typer.Exit(SKIPPED)


def import_document(report: ImportReport) -> dict[str, Any]:
    """Return what an import did as a JSON object."""
    return {
        "format": report.format,
        "task": report.task,
        "step": report.step,
        "matched": report.frames,
        "annotations": dict(report.annotations),
        "tracks": report.tracks,
        "keyframes": report.keyframes,
        "skipped": report.left_out,
        "unmatched": [{"name": one.name, "reason": one.reason} for one in report.unmatched],
        "new_labels": report.new_labels,
        "problems": [str(problem) for problem in report.problems],
    }


def show_import(report: ImportReport) -> None:
    """Print what an import did."""
    print_lines(
        f"Imported {report.format} into {report.task!r} as step {report.step}: "
        f"{counted(report.annotations)} on {number(report.frames, 'image')}, "
        f"{number(report.tracks, 'track')} with {number(report.keyframes, 'key frame')}."
    )
    if report.new_labels:
        print_lines(f"New labels: {', '.join(report.new_labels)}")
    print_left_out(report.left_out, report.skipped)
    print_list(
        "Frames that are not in the task:",
        [f"{one.name}: {one.reason}" for one in report.unmatched],
    )
    print_problems(report.problems)
