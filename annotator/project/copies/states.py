"""A stored state of a project: the recorded tables, without history and counters, in an SQLite file.

Snapshots hold one, compressed; a backup has the same tables. They are compared with a project by attaching one
to the other, under the name `other`.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import apsw

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import InvalidValueError
from annotator.project.copies.copying import checked
from annotator.project.errors import NewerVersionError, ProjectError
from annotator.project.storage import reading
from annotator.project.storage.database import Database, translated
from annotator.project.storage.schema import RECORDED_TABLES, SCHEMA_VERSION, TABLES_OF_VERSION

# "AnnS" in ASCII; a project has another one.
STATE_ID: Final = 0x416E6E53
# Rows copied between two reports.
_ROWS: Final = 20_000
_CACHE_KIB: Final = 16_384


def write_state(source: Path, target: Path, progress: Progress = NO_PROGRESS) -> None:
    """Copy the recorded tables of a project's file, as they are at one moment, into a new file.

    Nobody who edits the project waits. The caller gives it a place where it may stay unfinished, on the project's disk.
    """
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
    with translated(source), closing(apsw.Connection(str(target), flags=flags)) as state:
        state.pragma("journal_mode", "off")
        state.pragma("synchronous", 0)
        state.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        state.execute("; ".join(_tables(SCHEMA_VERSION).values()))
        state.pragma("application_id", STATE_ID)
        state.pragma("user_version", SCHEMA_VERSION)
        _attach(state, f"{source.absolute().as_uri()}?mode=ro")
        with state:  # one moment of the project for all tables
            version = state.pragma("user_version", schema="other")
            tables = tuple(_tables(version))
            total = sum(_count(state, table) for table in tables)
            done = 0
            for table in tables:
                done = _copy_table(state, table, progress, done, total)


def _copy_table(
    state: apsw.Connection, table: str, progress: Progress, done: int, total: int
) -> int:
    after: Any = -(1 << 63)
    while True:
        progress.report(done, total, "Copying the annotations")
        # Both names are this program's own words.
        state.execute(
            f"INSERT INTO main.{table} SELECT * FROM other.{table} WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608
            (after, _ROWS),
        )
        if not state.changes():
            return done
        done += state.changes()
        row: Any = state.execute(f"SELECT max(id) FROM main.{table}").fetchone()  # noqa: S608
        after = row[0]


def _count(state: apsw.Connection, table: str) -> int:
    row: Any = state.execute(f"SELECT count(*) FROM other.{table}").fetchone()  # noqa: S608 - own words
    return int(row[0])


@contextmanager
def compared(project: Path, other: Path) -> Iterator[apsw.Connection]:
    """Yield a connection that reads a project as `main` and a stored state, or another project, as `other`.

    Raises ProjectError where the other file is none of these, or its labels cannot be read.
    """
    _check_other(other)
    database = Database(project, writable=False)
    try:
        # The connection of the class is read-only, and so is what is attached to it.
        with translated(other):
            _attach(database.writer, str(other))
        with translated(project):
            yield database.writer
    finally:
        database.close()


def _attach(connection: apsw.Connection, name: str) -> None:
    connection.execute("ATTACH ? AS other", (name,))
    connection.pragma("cache_size", -_CACHE_KIB, schema="other")


def _check_other(path: Path) -> None:
    """Raise ProjectError unless a file is a stored state or a project that this program can read."""
    with translated(path):
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
            if connection.pragma("application_id") == STATE_ID:
                _check_state(connection, path)
                _check_labels(connection, path)
                return
        finally:
            connection.close()
    database = Database(path, writable=False)  # checks that it is a project
    try:
        with translated(path):
            _check_labels(database.writer, path)
    finally:
        database.close()


def _check_state(connection: apsw.Connection, path: Path) -> None:
    version = connection.pragma("user_version")
    if version > SCHEMA_VERSION:
        raise NewerVersionError(
            f"{path.name} was made by a newer version of the program. Update the program to use it."
        )
    found = {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_schema") if sql}
    if version < 1 or found != set(_tables(version).values()):
        raise ProjectError(
            f"{path.name} holds other tables than a snapshot has. It was changed by another program."
        )


def _check_labels(connection: apsw.Connection, path: Path) -> None:
    found = checked(connection)
    if found:
        raise ProjectError(f"{path.name} is damaged: {found} Choose another one.")
    try:
        reading.labels(connection)
    except InvalidValueError as error:
        raise ProjectError(f"The labels in {path.name} cannot be read: {error}") from error


@cache
def _tables(version: int) -> dict[str, str]:
    """The statements that make the recorded tables of a version, as SQLite keeps them, by the names of the tables.

    No indexes, triggers or other tables.
    """
    connection = apsw.Connection(":memory:")
    connection.execute(TABLES_OF_VERSION[version])
    statements = dict(
        connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
    )
    connection.close()
    return {table: statements[table] for table in RECORDED_TABLES if table in statements}
