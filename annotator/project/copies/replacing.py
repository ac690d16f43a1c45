"""Putting a backup in the place of a project's file that is damaged or gone, and making a new project of one."""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import apsw

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.project import drives
from annotator.project.copies.backups import FOLDER, list_backups
from annotator.project.copies.copying import checked, copy_project_file
from annotator.project.copies.places import make_folder
from annotator.project.damaged_rows import ORGANISATION_ROWS, damaged_rows
from annotator.project.errors import (
    CannotOpenError,
    NewerVersionError,
    ProjectError,
    ReadOnlyError,
)
from annotator.project.folder import INSIDE, find_project
from annotator.project.media.filling import SET_UP
from annotator.project.moments import moment_now
from annotator.project.project import FILE_NAME, Project
from annotator.project.storage import reading, writer_row
from annotator.project.storage.database import Database, translated
from annotator.safe_io import real_path, unwritable


@dataclass(frozen=True, slots=True)
class Replaced:
    """A project's file that was replaced. kept: the files that were there, under their new names."""

    kept: tuple[Path, ...]


def home_of(path: Path) -> Path:
    """Return the project folder that a path means, also where only its backups are left.

    Raises ProjectError where there is neither.
    """
    known = find_project(path)
    if known is not None:
        return known
    for folder in (path, path / INSIDE, path.parent):
        if list_backups(folder):
            return folder
    raise ProjectError(
        f"There is neither a project nor a backup of one in {path}. Name its folder."
    )


def is_intact(folder: Path, progress: Progress = NO_PROGRESS) -> bool:
    """Whether the project in a folder can be opened and shown, and SQLite finds nothing wrong with its file.

    Labels, tasks, media and frames are read for that; annotations, of which there may be millions, are not: one that
    is damaged keeps nobody from restoring a backup as a step.
    """
    file = folder / FILE_NAME
    if _is_empty(file):
        return False
    try:
        database = Database(file, writable=False)
    except (CannotOpenError, NewerVersionError, ReadOnlyError):
        raise  # nothing that another file in its place would mend
    except ProjectError:
        return False
    try:
        with translated(file):
            return not checked(database.writer, progress) and _can_be_shown(
                database.writer, progress
            )
    except ProjectError:
        return False
    finally:
        database.close()


def _can_be_shown(db: apsw.Connection, progress: Progress) -> bool:
    reading.stored_labels(db)
    return not any(True for kind in ORGANISATION_ROWS for _ in damaged_rows(db, kind, progress))


def replace_project(folder: Path, backup: Path, progress: Progress = NO_PROGRESS) -> Replaced:
    """Put a copy of a backup in the place of a project's file; the history is that of the backup then.

    What was there is kept in the folder of backups, under the word `damaged`. Raises ProjectError where the backup
    is not intact, or somebody has the project open; nothing is changed then. Where the process is killed in
    between, the same call does what is left.
    """
    file = folder / FILE_NAME
    _check_not_open(file)
    fresh = folder / f"{FILE_NAME}.restored"
    copy_project_file(backup, fresh, progress)
    try:
        kept = _put_aside(folder)
        os.replace(fresh, file)
    except OSError as error:
        raise ProjectError(str(unwritable(file, error))) from error
    finally:
        fresh.unlink(missing_ok=True)
    return Replaced(kept)


def project_from_backup(backup: Path, folder: Path, progress: Progress = NO_PROGRESS) -> None:
    """Make a project of a backup in a folder that has none. Raises ProjectError."""
    drives.check_local(folder)
    file = folder / FILE_NAME
    if os.path.exists(file):
        raise ProjectError(f"{file} already exists. Choose another folder.")
    make_folder(folder)
    copy_project_file(backup, file, progress)
    home = backup.absolute().parent
    if home.name == FOLDER:
        _keep_media_found(folder, home.parent)


def _keep_media_found(folder: Path, former: Path) -> None:
    """Let folders of media that are named relative to the former place of a project be found from a new one."""
    with Project.open(folder) as project:
        roots = [root for root in project.media_roots() if not Path(root.path).is_absolute()]
        if project.is_writable and roots and real_path(folder) != real_path(former):
            with project.edit("Move the project", author=SET_UP) as edit:
                for root in roots:
                    there = real_path(former / root.path)
                    edit.put_root(replace(root, path=str(there)))


def _check_not_open(file: Path) -> None:
    """Raise ProjectError where a living process has the project open, as far as its damaged file tells."""
    if _is_empty(file):
        return
    try:
        connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
    except apsw.Error:
        return
    try:
        connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        writer = writer_row.current_writer(connection)
    except apsw.Error:
        return
    finally:
        connection.close()
    if writer is not None and writer.is_alive:
        raise ProjectError(f"The project is open in another process ({writer}). Close it there.")


def _is_empty(file: Path) -> bool:
    """Whether there is nothing to be opened. SQLite would delete the log that lies beside an empty file."""
    return not os.path.isfile(file) or not file.stat().st_size


def _put_aside(folder: Path) -> tuple[Path, ...]:
    """Keep the project's file and its log under other names, and take the log away.

    The log first: one that lay beside another file would be taken for that file's. The file itself stays in its
    place as well, until another one replaces it.
    """
    file = folder / FILE_NAME
    log = file.with_name(f"{file.name}-wal")
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    name = f"{moment_now()}-damaged.annotator"
    kept = []
    if os.path.isfile(file):
        _copy(file, place / name)
        kept.append(place / name)
    if os.path.isfile(log) and log.stat().st_size:
        os.replace(log, place / f"{name}-wal")
        kept.append(place / f"{name}-wal")
    # Whoever only reads a project leaves an empty log behind, and its index.
    for ending in ("-wal", "-shm"):
        file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)
    return tuple(kept)


def _copy(source: Path, target: Path) -> None:
    # A second name costs nothing; a drive without them needs a second copy.
    with suppress(OSError):
        os.link(source, target)
        return
    shutil.copyfile(source, target)
