"""`annotator backup`: a whole copy of a project, its history included."""

from pathlib import Path
from typing import Annotated, Any

import typer

from annotator.cli.options import JsonOption, ProjectArgument
from annotator.cli.paths import any_path
from annotator.cli.printing import print_json, print_lines, print_table
from annotator.cli.working import working
from annotator.project.copies.backups import Backup, back_up_to, list_backups, make_backup
from annotator.project.copies.replacing import home_of
from annotator.project.moments import moment_of, moment_text


def run(
    project: ProjectArgument,
    out: Annotated[
        Path | None,
        typer.Argument(
            metavar="[OUT]",
            help="A new file, or a folder; by default the project's own folder of backups.",
            show_default=False,
            parser=any_path,
        ),
    ] = None,
    as_list: Annotated[
        bool, typer.Option("--list", help="List the project's own backups.", show_default=False)
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Copy the project, without its pictures; a window may have it open meanwhile."""
    folder = home_of(project)
    if as_list:
        if out is not None:
            raise typer.BadParameter("a backup is made or listed; do one after the other")
        _print_list(list_backups(folder), as_json=as_json)
        return
    with working() as progress:
        path = (
            back_up_to(folder, out, progress)
            if out is not None
            else make_backup(folder, progress=progress).path
        )
    size = path.stat().st_size
    if as_json:
        print_json({"backup": str(path), "bytes": size})
    else:
        print_lines(f"Saved: {path} ({size:,} bytes)")


def _print_list(found: list[Backup], *, as_json: bool) -> None:
    if as_json:
        print_json({"backups": [_document(one) for one in found]})
        return
    print_table(
        ("name", "made", "why", "bytes"),
        (
            (
                one.name,
                moment_text(one.made_at_ms),
                one.reason,
                one.size,
            )
            for one in found
        ),
    )


def _document(one: Backup) -> dict[str, Any]:
    return {
        "name": one.name,
        "made": moment_of(one.made_at_ms).isoformat(timespec="milliseconds"),
        "why": one.reason,
        "bytes": one.size,
        "path": str(one.path),
    }
