"""`annotator snapshot`: named states of a project, to compare with and to go back to."""

from pathlib import Path
from typing import Annotated, Any

import typer

from annotator.cli.documents import change_documents
from annotator.cli.options import JsonOption, ProjectArgument
from annotator.cli.printing import number, print_json, print_lines, print_table
from annotator.cli.projects import changing
from annotator.cli.reports import print_changes
from annotator.cli.working import working
from annotator.project.copies.difference import compare
from annotator.project.copies.restoring import Restored, restore_snapshot
from annotator.project.copies.snapshot_files import Snapshot, unpacked
from annotator.project.copies.snapshots import (
    delete_snapshot,
    list_snapshots,
    snapshot_named,
    take_snapshot,
)
from annotator.project.errors import ProjectError
from annotator.project.folder import find_project
from annotator.project.moments import moment_of, moment_text
from annotator.project.project import FILE_NAME


def run(
    project: ProjectArgument,
    name: Annotated[
        str,
        typer.Argument(
            metavar="[NAME]", help="Of a new snapshot; by default the date.", show_default=False
        ),
    ] = "",
    as_list: Annotated[
        bool, typer.Option("--list", help="List the snapshots.", show_default=False)
    ] = False,
    compared: Annotated[
        str | None,
        typer.Option("--compare", metavar="NAME", help="Say what was done since a snapshot."),
    ] = None,
    restored: Annotated[
        str | None,
        typer.Option("--restore", metavar="NAME", help="Go back to a snapshot, as one step."),
    ] = None,
    deleted: Annotated[
        str | None, typer.Option("--delete", metavar="NAME", help="Delete a snapshot.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Store the labels, frames and annotations as they are now, or do something with what was stored.

    A restore keeps the state before as a backup and can be undone.
    """
    acts = (name != "") + as_list + sum(one is not None for one in (compared, restored, deleted))
    if acts > 1:
        raise typer.BadParameter(
            "a snapshot is made, listed, compared, restored or deleted; do one after the other"
        )
    folder = _folder(project)
    if as_list:
        _print_list(list_snapshots(folder), as_json=as_json)
    elif compared is not None:
        _compare(folder, snapshot_named(folder, compared), as_json=as_json)
    elif restored is not None:
        _restore(project, snapshot_named(folder, restored), as_json=as_json)
    elif deleted is not None:
        one = snapshot_named(folder, deleted)
        delete_snapshot(one)
        _tell("deleted", f"Deleted: {one.name}", one, as_json=as_json)
    else:
        with working() as progress:
            one = take_snapshot(folder, name, progress)
        _tell("snapshot", f"Saved: {one.name} ({_in_short(one)})", one, as_json=as_json)


def _folder(path: Path) -> Path:
    folder = find_project(path)
    if folder is None:
        raise ProjectError(f"There is no project in {path}. Create one, or open its folder.")
    return folder


def _compare(folder: Path, one: Snapshot, *, as_json: bool) -> None:
    with working() as progress, unpacked(folder, one, progress) as state:
        difference = compare(folder / FILE_NAME, state, progress)
    if as_json:
        changes = change_documents(difference)
        print_json({"snapshot": _document(one), "changes": changes})
    else:
        print_changes(f"Since {one.name}:", difference)


def _restore(project: Path, one: Snapshot, *, as_json: bool) -> None:
    with changing(project) as opened, working() as progress:
        done = restore_snapshot(opened, one, progress)
    tell_restored(one.name, done, as_json=as_json)


def tell_restored(name: str, done: Restored, *, as_json: bool) -> None:
    """Print what a restore from a snapshot or backup did."""
    if as_json:
        before = None if done.before is None else str(done.before.path)
        changes = change_documents(done.difference)
        print_json({"restored": name, "step": done.step, "before": before, "changes": changes})
    elif done.step is None:
        print_lines(f"Nothing to do: the project is as in {name}.")
    else:
        print_lines(f"Restored: {name} (step {done.step})")
        print_changes("What had been done since, and is taken back:", done.difference)
        if done.before is not None:
            print_lines("", f"The state before is kept in {done.before.path}")


def _tell(key: str, text: str, one: Snapshot, *, as_json: bool) -> None:
    if as_json:
        print_json({key: _document(one)})
    else:
        print_lines(text)


def _in_short(one: Snapshot) -> str:
    annotations = number(one.counts.get("annotations", 0), "annotation")
    return f"{annotations}, {one.size:,} bytes"


def _document(one: Snapshot) -> dict[str, Any]:
    return {
        "name": one.name,
        "id": one.id,
        "made": moment_of(one.made_at_ms).isoformat(timespec="milliseconds"),
        "bytes": one.size,
        "path": str(one.path),
        "counts": dict(one.counts),
        "damage": one.damage or None,
    }


def _print_list(found: list[Snapshot], *, as_json: bool) -> None:
    if as_json:
        print_json({"snapshots": [_document(one) for one in found]})
        return
    print_table(
        ("name", "made", "annotations", "tracks", "frames", "bytes"),
        (
            (
                f"{one.name} (damaged)" if one.damage else one.name,
                moment_text(one.made_at_ms),
                *(one.counts.get(kind, 0) for kind in ("annotations", "tracks", "frames")),
                one.size,
            )
            for one in found
        ),
    )
