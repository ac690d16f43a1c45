"""Opening a project's file for writing where that is possible, else for reading, with the reason."""

import os
from pathlib import Path

from annotator.core import ids
from annotator.project import drives
from annotator.project.closing import closed_on_error
from annotator.project.errors import (
    CannotOpenError,
    DiskFullError,
    ProjectError,
    ReadOnlyError,
)
from annotator.project.storage import history, writer_row
from annotator.project.storage.database import Database, not_writable, translated
from annotator.project.storage.transactions import Transactions


def open_database(path: Path, *, read_only: bool = False, vfs: str = "") -> Database:
    """Open a project's file; where it is open for reading only, it knows the reason.

    Raises ProjectError where it cannot be opened at all.
    """
    if not os.path.isfile(path):
        raise ProjectError(f"There is no project in {path.parent}. Open or create one.")
    drives.check_local(path.parent)
    database, reason = None, "It was opened for reading only. Open it again for changing."
    if not read_only:
        database, reason = _claimed(path, vfs)
    if database is None:
        database = Database(path, writable=False, vfs=vfs, read_only_reason=reason)
    # Closing the transactions takes the row of the writer away, too.
    with closed_on_error(Transactions(database)), translated(path):
        # A clock that was set back since must not make new steps look older than those that are there.
        ids.begin_after(history.newest_number(database.writer))
    return database


def _claimed(path: Path, vfs: str) -> tuple[Database | None, str]:
    """Open for writing and become the writer; None and the reason where that is not possible."""
    try:
        database = Database(path, writable=True, vfs=vfs)
    except CannotOpenError:
        return None, not_writable(path)
    except ReadOnlyError as error:
        return None, str(error)
    try:
        with closed_on_error(database), translated(path):
            other = writer_row.claim(database.writer)
    except (ReadOnlyError, DiskFullError) as error:
        return None, str(error)
    if other is None:
        return database, ""
    database.close()
    if other.is_this_process:
        return None, "It is open here already. Close it first, or change it where it is open."
    if other.is_here:
        return None, f"It is open in another process ({other}). Close it there to change it here."
    return None, (
        f"It was not closed on another machine ({other}). Close it there, or copy its folder and open the copy to"
        " change it here."
    )
