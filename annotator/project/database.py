"""Connections to a project's database: how they are opened, and what their errors mean to the user."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from annotator.project.errors import NewerVersionError, ProjectError, ReadOnlyError
from annotator.project.schema import APPLICATION_ID, CREATE_ALL, SCHEMA_VERSION

PAGE_CACHE_KIB: Final = 65_536
# Another process that only reads may hold a lock for a moment.
_BUSY_MS: Final = 5_000


class Database:
    """One project file: a connection for writing, and one for reading in each thread.

    The writing connection may be used by any thread that holds the project's lock. vfs: the name of another
    SQLite file system, for tests of slow and full disks.
    """

    def __init__(self, path: Path, *, writable: bool, vfs: str = "") -> None:
        self.path = path
        self.writable = writable
        self._vfs = vfs or None
        self._local = threading.local()
        self._readers: list[apsw.Connection] = []
        self._readers_lock = threading.Lock()
        self._immutable = not writable and not _has_log(path)
        self.writer = self._open(write=writable)

    @property
    def reader(self) -> apsw.Connection:
        """The calling thread's connection for reading."""
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._open(write=False)
            self._local.connection = connection
            with self._readers_lock:
                self._readers.append(connection)
        return connection

    @property
    def checkpointer(self) -> apsw.Connection:
        """A connection of the calling thread's own that may copy the log into the database."""
        connection: apsw.Connection | None = getattr(self._local, "checkpointer", None)
        if connection is None:
            connection = self._open(write=True)
            self._local.checkpointer = connection
            with self._readers_lock:
                self._readers.append(connection)
        return connection

    def _open(self, *, write: bool) -> apsw.Connection:
        flags = apsw.SQLITE_OPEN_READWRITE if write else apsw.SQLITE_OPEN_READONLY
        name = str(self.path)
        if not write and self._immutable:
            name = f"{self.path.absolute().as_uri()}?immutable=1"
            flags |= apsw.SQLITE_OPEN_URI
        with translated(self.path):
            connection = apsw.Connection(name, flags=flags, vfs=self._vfs, statementcachesize=200)
            connection.set_busy_timeout(_BUSY_MS)
            # What a file says must not run: no functions with side effects from its triggers and views.
            connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
            connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
            connection.pragma("cache_size", -PAGE_CACHE_KIB)
            connection.pragma("temp_store", 2)
            if write:
                connection.pragma("journal_mode", "wal")
                connection.pragma("synchronous", 1)
                # The keeper checkpoints; a commit of the user's never has to.
                connection.wal_autocheckpoint(0)
                connection.pragma("foreign_keys", 1)
        return connection

    def close(self) -> None:
        """Close every connection."""
        with self._readers_lock:
            readers, self._readers = self._readers, []
        for connection in readers:
            connection.close()
        self.writer.close()


def create_database(path: Path, vfs: str = "") -> None:
    """Make an empty project file. Raises ProjectError where it exists or cannot be written."""
    if path.exists():
        raise ProjectError(f"{path} already exists. Open it, or choose another folder.")
    with translated(path):
        connection = apsw.Connection(str(path), vfs=vfs or None)
        try:
            connection.pragma("journal_mode", "wal")
            with connection:
                connection.execute(CREATE_ALL)
                connection.pragma("application_id", APPLICATION_ID)
                connection.pragma("user_version", SCHEMA_VERSION)
        finally:
            connection.close()


def check_version(connection: apsw.Connection, path: Path) -> None:
    """Raise unless the file is a project of a version this program can read, with just its tables."""
    with translated(path):
        application = connection.pragma("application_id")
        version = connection.pragma("user_version")
        if application != APPLICATION_ID:
            raise ProjectError(f"{path} is not a project of this program.")
        if version > SCHEMA_VERSION:
            raise NewerVersionError(
                f"{path} was written by a newer version of the program (project version {version},"
                f" this program reads up to {SCHEMA_VERSION}). Update the program to open it."
            )
        if version < 1 or _objects(connection) != _expected_objects():
            raise ProjectError(
                f"The tables of {path} are not those of a project. It was changed by another program;"
                " restore it from a copy."
            )


def _objects(connection: apsw.Connection) -> set[tuple[str, str, str]]:
    # Indexes the program makes later for filtered attributes are named filter_...
    return set(
        connection.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
            " AND NOT (type = 'index' AND name LIKE 'filter\\_%' ESCAPE '\\')"
        )
    )


def _expected_objects() -> set[tuple[str, str, str]]:
    connection = apsw.Connection(":memory:")
    connection.execute(CREATE_ALL)
    return _objects(connection)


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors that a user can do something about into sentences."""
    try:
        yield
    except apsw.FullError as error:
        raise ProjectError(
            f"The disk that holds {path} is full. Nothing of this change was stored;"
            " free some space and do it again."
        ) from error
    except (apsw.ReadOnlyError, apsw.PermissionsError) as error:
        raise ReadOnlyError(
            f"{path} cannot be written. Allow writing to its folder, or copy it elsewhere."
        ) from error
    except apsw.CantOpenError as error:
        raise ProjectError(
            f"{path} cannot be opened. It may be missing, or the folder may not be readable."
        ) from error
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise ProjectError(
            f"{path} is damaged: {error}. Restore it from a copy; `annotator doctor` tells more."
        ) from error
    except apsw.IOError as error:
        raise ProjectError(
            f"The disk that holds {path} reports an error ({error}). Nothing of this change was stored."
        ) from error
    except apsw.BusyError as error:
        raise ProjectError(
            f"{path} is in use by another program. Close that program and try again."
        ) from error
