"""Named snapshots: compressed copies of labels, tasks, frames and annotations, as they were at one moment.

Each is a file in `snapshots/`, named after the moment in UTC; see `snapshot_files.py`.
"""

import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Final

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import InvalidValueError
from annotator.project.copies.copying import check_room
from annotator.project.copies.places import make_folder, sweep_unfinished
from annotator.project.copies.scratch import scratch_folder
from annotator.project.copies.snapshot_files import (
    ENDING,
    STATE,
    Snapshot,
    SnapshotInfo,
    checked_name,
    count_state,
    looked_at,
    name_file,
    pack,
)
from annotator.project.copies.states import write_state
from annotator.project.errors import ProjectError
from annotator.project.moments import moment_name
from annotator.project.names import free_name
from annotator.project.project import FILE_NAME
from annotator.safe_io import InputError, printable, write_whole

FOLDER: Final = "snapshots"


# Looking ---------------------------------------------------------------------------------------------------


def list_snapshots(folder: Path) -> list[Snapshot]:
    """Return the snapshots of the project in a folder, newest first, damaged ones among them."""
    place = folder / FOLDER
    try:
        paths = [path for path in place.glob(f"[!.]*{ENDING}") if path.is_file()]
        found = [looked_at(path) for path in paths]
    except OSError as error:
        raise ProjectError(f"{place} cannot be read: {error.strerror}.") from error
    return sorted(found, key=lambda one: (one.made_at_ms, one.id), reverse=True)


def snapshot_named(folder: Path, name: str) -> Snapshot:
    """Return the snapshot of a name. Raises ProjectError where there is none."""
    known = list_snapshots(folder)
    for one in known:
        if name in (one.name, one.id):
            return one
    names = ", ".join(printable(one.name) for one in known[:5])
    there = f"There are: {names}." if known else "There is none."
    raise ProjectError(f"The project has no snapshot {printable(name)}. {there}")


# Making and changing ---------------------------------------------------------------------------------------


def take_snapshot(folder: Path, name: str = "", progress: Progress = NO_PROGRESS) -> Snapshot:
    """Store a snapshot of the project in a folder as it is at this moment; nobody who edits it waits.

    name: by default the date and time here, with a number behind it where there is such a snapshot. Raises
    ProjectError, also where the name is taken or no name.
    """
    source, place = folder / FILE_NAME, folder / FOLDER
    if not source.is_file():
        raise ProjectError(f"There is no project in {folder}. Open or create one.")
    taken = {one.name for one in list_snapshots(folder)}
    title = _usable_name(name, taken) if name else free_name(_date_name(), taken)
    make_folder(place)
    sweep_unfinished(place)
    check_room(place, _size_with_log(source))
    now_ms = time.time_ns() // 1_000_000
    while (target := place / f"{moment_name(now_ms)}{ENDING}").exists():
        now_ms += 1
    with scratch_folder(folder) as scratch:
        state = scratch / STATE
        write_state(source, state, progress)
        counts = count_state(state)
        try:
            with write_whole(target) as stream:
                pack(stream, state, SnapshotInfo(title, now_ms, counts), progress)
        except InputError as error:
            raise ProjectError(f"The snapshot was not saved. {error}") from error
    return Snapshot(target, title, now_ms, target.stat().st_size, counts)


def rename_snapshot(folder: Path, snapshot: Snapshot, name: str) -> Snapshot:
    """Give a snapshot another name. Raises ProjectError where that is taken or no name."""
    taken = {one.name for one in list_snapshots(folder) if one.id != snapshot.id}
    title = _usable_name(name, taken)
    try:
        with write_whole(name_file(snapshot.path)) as stream:
            stream.write(title.encode())
    except InputError as error:
        raise ProjectError(f"The snapshot keeps its name. {error}") from error
    return replace(snapshot, name=title)


def delete_snapshot(snapshot: Snapshot) -> None:
    """Delete a snapshot for good; one that is gone already needs nothing."""
    try:
        snapshot.path.unlink(missing_ok=True)
        name_file(snapshot.path).unlink(missing_ok=True)
    except OSError as error:
        raise ProjectError(f"{snapshot.path} cannot be deleted: {error.strerror}.") from error


def _date_name() -> str:
    return time.strftime("%Y-%m-%d %H:%M")


def _usable_name(name: str, taken: Collection[str]) -> str:
    """Return a name that a person gave, without spaces around it."""
    try:
        title = checked_name(name)
    except InvalidValueError as error:
        raise ProjectError(str(error)) from error
    if title in taken:
        raise ProjectError(
            f"There is a snapshot {printable(title)} already. Give this one another name."
        )
    return title


def _size_with_log(source: Path) -> int:
    log = source.with_name(f"{source.name}-wal")
    return sum(path.stat().st_size for path in (source, log) if path.exists())
