"""Connections to a project's database: how they are opened, and what their errors mean to the user."""

import logging
import os
import threading
import time
import weakref
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final

import apsw

from annotator.project.errors import (
    SEE_DOCTOR,
    CannotOpenError,
    ClosedError,
    DamagedRowError,
    DiskFullError,
    NewerVersionError,
    ProjectError,
    ReadOnlyError,
)
from annotator.project.storage.schema import (
    APPLICATION_ID,
    CREATE_ALL,
    CREATE_VERSION,
    SCHEMA_VERSION,
    STAND_INS,
    UPDATES,
)

log = logging.getLogger(__name__)

PAGE_CACHE_KIB: Final = 65_536
# Another process that only reads may hold a lock for a moment.
_BUSY_MS: Final = 5_000
# Seconds. What a thread does with a connection takes much less, but for a look at the whole of a large project.
_MOST_WAITED: Final = 2.0
_BETWEEN: Final = 0.002


class Database:
    """One project file: a connection for writing, and one for reading in each thread.

    The writing connection may be used by any thread that holds the project's lock. vfs: the name of another
    SQLite file system, for tests of slow and full disks. read_only_reason: why nothing may be changed, with what
    to do about it. Raises ProjectError where the file is not a project
    that can be opened so; it is not touched then.
    """

    def __init__(
        self, path: Path, *, writable: bool, vfs: str = "", read_only_reason: str = ""
    ) -> None:
        self.path = path
        self.writable = writable
        self.read_only_reason = read_only_reason
        self._vfs = vfs or None
        self._local = threading.local()
        self._readers: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()
        self._readers_lock = threading.Lock()
        self._immutable = False
        self._version = 0
        self._is_closed = False
        self._is_inherited = False
        self.writer = self._opened_first()

    def _opened_first(self) -> apsw.Connection:
        try:
            return self._open(write=self.writable)
        except (CannotOpenError, ReadOnlyError):
            # Reading needs an index of the log beside the file, which cannot be made in a folder that cannot
            # be written. Without a log there is nothing to index, nor a writer.
            if self.writable or _has_log(self.path):
                raise
        self._immutable = True
        return self._open(write=False)

    @property
    def reader(self) -> apsw.Connection:
        """The calling thread's connection for reading."""
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if self._is_closed:
            raise ClosedError
        if connection is None:
            connection = self._open(write=False)
            self._local.connection = connection
            self._remember(connection)
        return connection

    @property
    def checkpointer(self) -> apsw.Connection:
        """A connection of the calling thread's own that may copy the log into the database."""
        connection: apsw.Connection | None = getattr(self._local, "checkpointer", None)
        if connection is None:
            connection = self._open(write=True)
            self._local.checkpointer = connection
            self._remember(connection)
        return connection

    def _remember(self, connection: apsw.Connection) -> None:
        # Weakly: the connections of a thread that has ended close by themselves.
        with self._readers_lock:
            self._readers.add(connection)

    def _open(self, *, write: bool) -> apsw.Connection:
        flags = apsw.SQLITE_OPEN_READWRITE if write else apsw.SQLITE_OPEN_READONLY
        name = str(self.path)
        if not write and self._immutable:
            name = f"{self.path.absolute().as_uri()}?immutable=1"
            flags |= apsw.SQLITE_OPEN_URI
        with translated(self.path):
            connection = apsw.Connection(name, flags=flags, vfs=self._vfs, statementcachesize=200)
            try:
                self._set_up(connection, write=write)
            except BaseException:
                connection.close()
                raise
        return connection

    def _set_up(self, connection: apsw.Connection, *, write: bool) -> None:
        connection.set_busy_timeout(_BUSY_MS)
        # What a file says must not run: no functions with side effects from its triggers and views.
        connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        connection.pragma("cache_size", -PAGE_CACHE_KIB)
        connection.pragma("temp_store", 2)
        # Before anything is written, which setting the journal mode may do.
        if not self._version:
            self._version = check_version(connection, self.path)
        if not write:
            if self._version != SCHEMA_VERSION:
                connection.execute(STAND_INS[self._version])
            return
        if connection.readonly("main"):
            raise ReadOnlyError(not_writable(self.path))
        connection.transaction_mode = "IMMEDIATE"
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", 1)
        # The keeper checkpoints; a commit of the user's never has to.
        connection.wal_autocheckpoint(0)
        connection.pragma("foreign_keys", 1)
        if self._version != SCHEMA_VERSION:
            _update(connection)
            self._version = SCHEMA_VERSION

    def is_changed_elsewhere(self) -> bool:
        """Whether another connection may have written since the calling thread asked last, or it asks first."""
        version: int = self.reader.pragma("data_version")
        before: int | None = getattr(self._local, "seen_version", None)
        self._local.seen_version = version
        return version != before

    def connections(self) -> list[apsw.Connection]:
        """Return those that are open in this process."""
        with self._readers_lock:
            return [*self._readers, *([] if self._is_inherited else [self.writer])]

    def leave_to_parent(self) -> None:
        """Go on in a forked process: for reading only, by connections that are opened there."""
        self.writable = False
        self.read_only_reason = (
            "It is open in the process that this one was forked from. Change it there."
        )
        self._is_inherited = True
        self._local = threading.local()
        self._readers = weakref.WeakSet()
        self._readers_lock = threading.Lock()

    def close(self) -> None:
        """Close every connection; one that is in use on another thread as soon as it is not, within a while."""
        self._is_closed = True
        until = time.monotonic() + _MOST_WAITED
        for connection in self.connections():
            try:
                _close(connection, until)
            except apsw.Error as error:
                # The last one copies the log into the file. Where it cannot, the log stays, and nothing is lost.
                log.info("closing %s: %s", self.path, error)


def _close(connection: apsw.Connection, until: float) -> None:
    """Close a connection as soon as no other thread is using it.

    Raises apsw.ThreadingViolationError where that takes longer than until a time of the monotonic clock.
    """
    while True:
        try:
            connection.close()
        except apsw.ThreadingViolationError:
            if time.monotonic() > until:
                raise
            time.sleep(_BETWEEN)
        else:
            return


def create_database(path: Path, vfs: str = "") -> None:
    """Make an empty project file, wholly or not at all.

    Raises ProjectError where there is one already or it cannot be written.
    """
    if os.path.exists(path):
        raise ProjectError(f"{path} already exists. Open it, or choose another folder.")
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        try:
            with translated(path):
                _create(unfinished, vfs)
        except (CannotOpenError, PermissionError):
            raise ReadOnlyError(
                f"{path.parent} cannot be written. Choose another place for the project."
            ) from None
        try:
            # Unlike a move, this fails where another process was quicker.
            os.link(unfinished, path)
        except FileExistsError:
            raise ProjectError(
                f"{path} already exists. Open it, or choose another folder."
            ) from None
        except OSError:
            unfinished.rename(path)  # on a drive without hard links
    finally:
        with suppress(PermissionError):  # nothing was made in a folder that cannot be entered
            for ending in ("", "-wal", "-shm", "-journal"):
                unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)


def _create(path: Path, vfs: str) -> None:
    path.unlink(missing_ok=True)
    connection = apsw.Connection(str(path), vfs=vfs or None)
    try:
        with connection:
            connection.execute(CREATE_ALL)
            connection.pragma("application_id", APPLICATION_ID)
            connection.pragma("user_version", SCHEMA_VERSION)
        connection.pragma("journal_mode", "wal")
    finally:
        connection.close()


def _update(connection: apsw.Connection) -> None:
    """Bring an older project to this version, wholly or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been quicker.
        version = connection.pragma("user_version")
        while version < SCHEMA_VERSION:
            connection.execute(UPDATES[version])
            version += 1
        connection.pragma("user_version", version)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def check_version(connection: apsw.Connection, path: Path) -> int:
    """Return the version of a project's file.

    Raises ProjectError unless it is one that this program can read, with just its tables.
    """
    with translated(path):
        application = connection.pragma("application_id")
        version = connection.pragma("user_version")
        if application != APPLICATION_ID:
            raise ProjectError(f"{path} is not a project of this program. Choose another file.")
        if version > SCHEMA_VERSION:
            raise NewerVersionError(
                f"{path} was written by a newer version of the program (project version {version},"
                f" this program reads up to {SCHEMA_VERSION}). Update the program to open it."
            )
        if version < 1 or _objects(connection) != _expected_objects(version):
            raise ProjectError(
                f"The tables of {path} are not those of a project. It was changed by another program;"
                " restore it from a copy."
            )
        return int(version)


def _objects(connection: apsw.Connection) -> frozenset[tuple[str, str, str]]:
    # Indexes the program makes later for filtered attributes are named filter_...
    return frozenset(
        connection.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
            " AND NOT (type = 'index' AND name LIKE 'filter\\_%' ESCAPE '\\')"
        )
    )


@cache
def _expected_objects(version: int) -> frozenset[tuple[str, str, str]]:
    connection = apsw.Connection(":memory:")
    connection.execute(CREATE_VERSION[version])
    return _objects(connection)


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return os.path.exists(log) and log.stat().st_size > 0


class translated:  # noqa: N801 - used as a statement: with translated(path)
    """Turn SQLite's errors that a user can do something about into sentences."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, apsw.Error | UnicodeDecodeError | DamagedRowError):
            sentence = _sentence(error, self._path)
            if sentence is not None:
                raise sentence from error


def _sentence(
    error: apsw.Error | UnicodeDecodeError | DamagedRowError, path: Path
) -> ProjectError | None:
    match error:
        case DamagedRowError():
            return ProjectError(f"{path} is damaged. {error} Restore it from a copy.{SEE_DOCTOR}")
        case apsw.ConnectionClosedError() | apsw.CursorClosedError():
            return ClosedError()
        case apsw.FullError():
            return DiskFullError(
                f"The disk that holds {path} is full. Nothing of this change was stored;"
                " free some space and do it again."
            )
        case apsw.ReadOnlyError() | apsw.PermissionsError():
            return ReadOnlyError(not_writable(path))
        case apsw.CantOpenError():
            return CannotOpenError(
                f"{path} cannot be opened. It may be missing, or its folder cannot be read or written;"
                " look at both and try again."
            )
        case apsw.NotADBError() | apsw.CorruptError() | UnicodeDecodeError():
            return ProjectError(f"{path} is damaged: {error}. Restore it from a copy.{SEE_DOCTOR}")
        case apsw.IOError():
            return ProjectError(
                f"The disk that holds {path} reports an error ({error})."
                " Nothing of this change was stored; check the disk and try again."
            )
        case apsw.BusyError() | apsw.LockedError():
            return ProjectError(
                f"{path} is in use by another program. Close that program and try again."
            )
    return None


def not_writable(path: Path) -> str:
    """Return the sentence for a project that can only be read."""
    return f"{path} cannot be written. Allow writing to its folder, or copy it elsewhere."
