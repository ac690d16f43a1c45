"""`annotator restore`: goes back to a backup, or makes a project of one."""

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.options import JsonOption
from annotator.cli.paths import any_path, readable_path
from annotator.cli.printing import print_json, print_lines
from annotator.cli.projects import changing
from annotator.cli.snapshot import tell_restored
from annotator.cli.working import working
from annotator.project.copies.backups import backup_named
from annotator.project.copies.replacing import (
    home_of,
    is_intact,
    project_from_backup,
    replace_project,
)
from annotator.project.copies.restoring import restore_backup
from annotator.project.errors import ProjectError


def run(
    project: Annotated[
        Path,
        typer.Argument(
            metavar="PROJECT",
            help="The folder of the project, or with --to the file of a backup.",
            show_default=False,
            parser=readable_path,
        ),
    ],
    backup: Annotated[
        str,
        typer.Argument(
            metavar="[BACKUP]",
            help="A name that `annotator backup --list` gives, or a file; by default the newest.",
            show_default=False,
        ),
    ] = "",
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="FOLDER", parser=any_path, help="Make a new project there instead."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the project back to a backup, as one step that can be undone; the state before is kept.

    A project that is damaged or gone is replaced by the backup, its history included.
    """
    if to is not None:
        _make_project(project, backup, to, as_json=as_json)
        return
    folder = home_of(project)
    chosen = backup_named(folder, backup)
    with working() as progress:
        if not is_intact(folder, progress):
            replaced = replace_project(folder, chosen, progress)
            kept = [str(path) for path in replaced.kept]
            if as_json:
                print_json({"restored": str(chosen), "step": None, "replaced": True, "kept": kept})
            else:
                print_lines(f"Restored: {chosen.name}, with its history")
                print_lines(*(f"What was there is kept in {path}" for path in kept))
            return
    with changing(folder) as opened, working() as progress:
        done = restore_backup(opened, chosen, progress)
    tell_restored(chosen.name, done, as_json=as_json)


def _make_project(source: Path, name: str, folder: Path, *, as_json: bool) -> None:
    if source.is_file():
        if name:
            raise typer.BadParameter("with --to, name a project and a backup, or the file alone")
        backup = source
    else:
        backup = backup_named(home_of(source), name)
    if not backup.is_file():
        raise ProjectError(f"{backup} does not exist. Name the file of a backup.")
    with working() as progress:
        project_from_backup(backup, folder, progress)
    if as_json:
        print_json({"project": str(folder), "backup": str(backup)})
    else:
        print_lines(f"Made the project {folder} of {backup.name}")
