"""A copy of a project's file, made at one moment while others write it.

SQLite's online backup copies page by page inside one reading transaction. Under the write-ahead log that keeps
nobody from writing, and what is written meanwhile is not in the copy; the project's lock is never taken.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import apsw

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import Cancelled
from annotator.project.errors import DiskFullError, ProjectError
from annotator.project.storage.database import Database, translated
from annotator.safe_io import InputError, unreadable, whole_path

# 8 MiB at a time: a few milliseconds, after which it can be cancelled.
_PAGES: Final = 2_000
_MIB: Final = 1 << 20
# Left free on the disk, so that the work which goes on is not refused because of a copy.
_RESERVE: Final = 64 * _MIB
# Steps of SQLite's machine between two looks at whether the user has had enough.
_LOOK: Final = 100_000


def copy_project_file(
    source: Path, target: Path, progress: Progress = NO_PROGRESS, *, vfs: str = ""
) -> None:
    """Copy a project's file, which others may have open, to `target`, wholly or not at all.

    The copy is a project file of its own, closed and checked: one that is found damaged is thrown away, and
    ProjectError raised. vfs: of the target, for tests of full disks.
    """
    database = Database(source, writable=False)
    try:
        with translated(source):
            size: int = database.writer.pragma("page_count") * database.writer.pragma("page_size")
        check_room(target.parent, size)
        with being_made(target) as unfinished:
            _copy(database.writer, unfinished, progress, vfs)
            _finish(source, unfinished, progress, vfs)
    finally:
        database.close()


def check_room(folder: Path, size: int) -> None:
    """Raise DiskFullError unless a disk has room for a file of some bytes, and for work to go on."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise ProjectError(str(unreadable(folder, error))) from error
    if free < size + _RESERVE:
        raise DiskFullError(
            f"The disk that holds {folder} has {free // _MIB} MB free, and {(size + _RESERVE) // _MIB} MB"
            " are needed. Nothing was changed; free some space and do it again."
        )


@contextmanager
def being_made(target: Path) -> Iterator[Path]:
    """Yield where to make a database that becomes `target` at the end. Raises DiskFullError, ProjectError."""
    try:
        with whole_path(target) as unfinished, translated(target):
            try:
                yield unfinished
            finally:
                for ending in ("-wal", "-shm", "-journal"):
                    unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)
    except DiskFullError:
        raise DiskFullError(
            f"The disk that holds {target.parent} is full, so {target.name} could not be made. Nothing was"
            " changed; free some space and do it again."
        ) from None
    except InputError as error:
        raise ProjectError(str(error)) from error


def _copy(source: apsw.Connection, unfinished: Path, progress: Progress, vfs: str) -> None:
    target = apsw.Connection(str(unfinished), vfs=vfs or None)
    try:
        # It is brought to the disk once, at the end, and thrown away where that does not come.
        target.pragma("journal_mode", "off")
        target.pragma("synchronous", 0)
        # With a transaction of our own every step sees the same moment, so that no step has to begin anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM meta").fetchone()
        with target.backup("main", source, "main") as backup:
            while not backup.done:
                backup.step(_PAGES)
                done = backup.page_count - backup.remaining
                progress.report(done, backup.page_count, "Copying the project")
    finally:
        if source.in_transaction:
            source.execute("ROLLBACK")
        target.close()


def _finish(source: Path, unfinished: Path, progress: Progress, vfs: str) -> None:
    """Make the copy one file that nobody has open, and see that it is intact."""
    copy = apsw.Connection(str(unfinished), vfs=vfs or None)
    try:
        copy.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        copy.pragma("synchronous", 0)
        copy.pragma("journal_mode", "delete")
        copy.execute("DELETE FROM writer")
        found = checked(copy, progress)
    finally:
        copy.close()
    if found:
        raise ProjectError(
            f"{source} is damaged: {found} No copy was made, and older ones were left alone."
            " `annotator doctor` tells more."
        )


def checked(connection: apsw.Connection, progress: Progress = NO_PROGRESS) -> str:
    """Return what SQLite's quick check finds wrong first, "" where a database is intact. May be cancelled."""
    progress.report(0, None, "Checking the copy")
    connection.set_progress_handler(lambda: progress.is_cancelled, _LOOK)
    try:
        row: Any = connection.execute("PRAGMA quick_check(1)").fetchone()
    except apsw.InterruptError:
        raise Cancelled from None
    finally:
        connection.set_progress_handler(None)
    text = " ".join(row[0].replace("*", "").split())
    return "" if text == "ok" else f"{text}."
