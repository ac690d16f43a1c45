"""Thumbnails on the disk: one file in the cache of a project, which can be deleted at any time.

A database of blobs, since 100 000 small files would take long to make, to copy and to delete, and a packed file of
our own would need an index and a way to drop the old ones. It is not brought to the disk after each commit: what a
power cut takes is made again.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import apsw

from annotator.media.identity import FileIdentity
from annotator.project.project import CACHE

log = logging.getLogger(__name__)

T = TypeVar("T")

FILE_NAME: Final = "thumbnails.sqlite"
# About 50 000 small thumbnails.
LIMIT: Final = 512 << 20

# "AnTh" in ASCII.
_APPLICATION_ID: Final = 0x416E5468
_VERSION: Final = 1
_TABLE: Final = """
CREATE TABLE thumbnail (
    id INTEGER PRIMARY KEY, media INTEGER NOT NULL, place INTEGER NOT NULL, width INTEGER NOT NULL,
    size INTEGER NOT NULL, modified INTEGER NOT NULL, used INTEGER NOT NULL, data BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX thumbnail_by_media ON thumbnail (media, place, width);
CREATE INDEX thumbnail_by_use ON thumbnail (used);
"""
# No thumbnail has so many bytes.
_LARGEST: Final = 4 << 20
# Of a full file, this share of the thumbnails is dropped, so that it does not happen with every new one.
_DROPPED: Final = 8
# Between two looks at how large the file is.
_PUTS: Final = 64
_BUSY_MS: Final = 200

# The file is not what it was written as: it is made anew.
_DAMAGE: Final = (
    apsw.CorruptError, apsw.NotADBError, apsw.FormatError, apsw.SchemaChangeError, apsw.SQLError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ThumbnailKey:
    """Which picture, and how large: a media file, the page or member of it, the width of the kept size."""

    media: int
    place: int
    width: int


class ThumbnailStore:
    """The thumbnails of one project, for any thread. Nothing is opened before it is first asked.

    A damaged file is deleted and made anew; where nothing can be kept (a full disk, a folder that cannot be written),
    nothing is, silently, since a cache is no reason to stop anybody.
    """

    def __init__(self, project_folder: Path, *, limit: int = LIMIT) -> None:
        self.path = project_folder / CACHE / FILE_NAME
        self._limit = limit
        self._lock = threading.Lock()
        self._connection: apsw.Connection | None = None
        self._is_off = False
        # Of this opening: thumbnails of older ones are dropped first.
        self._opening = 0
        self._puts = 0

    def get(self, key: ThumbnailKey, identity: FileIdentity | None) -> bytes | None:
        """Return a thumbnail of the file as it is now, or None. identity: None for whatever the file was."""
        with self._lock:
            return self._tried(lambda db: self._get(db, key, identity))

    def put(self, key: ThumbnailKey, identity: FileIdentity, data: bytes) -> None:
        """Keep a thumbnail, in place of an older one."""
        with self._lock:
            self._tried(lambda db: self._put(db, key, identity, data))

    def close(self) -> None:
        """Close the file; nothing is kept any more."""
        with self._lock:
            self._is_off = True
            self._let_go()

    def _get(
        self, db: apsw.Connection, key: ThumbnailKey, identity: FileIdentity | None
    ) -> bytes | None:
        row: Any = db.execute(
            "SELECT id, size, modified, used, data FROM thumbnail"
            " WHERE media = ? AND place = ? AND width = ?",
            (key.media, key.place, key.width),
        ).fetchone()
        if row is None or (identity and (identity.size, identity.mtime_ns) != (row[1], row[2])):
            return None
        if row[3] != self._opening:
            db.execute("UPDATE thumbnail SET used = ? WHERE id = ?", (self._opening, row[0]))
        data: bytes = row[4]
        return data

    def _put(
        self, db: apsw.Connection, key: ThumbnailKey, identity: FileIdentity, data: bytes
    ) -> None:
        if self._puts % _PUTS == 0 and _used_bytes(db) + len(data) > self._limit:
            _drop_oldest(db)
        self._puts += 1
        db.execute(
            "INSERT INTO thumbnail (media, place, width, size, modified, used, data)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (media, place, width) DO UPDATE"
            " SET size = excluded.size, modified = excluded.modified, used = excluded.used,"
            " data = excluded.data",
            (
                key.media, key.place, key.width, identity.size, identity.mtime_ns, self._opening,
                data,
            ),
        )  # fmt: skip

    def _tried(self, ask: Callable[[apsw.Connection], T]) -> T | None:
        """Ask the database; after damage ask a new one."""
        for is_last in (False, True):
            if self._is_off:
                return None
            try:
                return ask(self._opened())
            except (apsw.BusyError, apsw.LockedError):
                return None  # another process is at it
            except _DAMAGE as error:
                log.info("%s is made anew: %s", self.path, error)
                self._is_off = is_last or not self._deleted()
            except (apsw.Error, OSError) as error:
                log.info("no thumbnails are kept in %s: %s", self.path, error)
                self._is_off = True
        self._let_go()
        return None

    def _opened(self) -> apsw.Connection:
        if self._connection is None:
            self.path.parent.mkdir(exist_ok=True)
            connection = apsw.Connection(str(self.path))
            try:
                self._opening = _set_up(connection)
            except apsw.Error:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _deleted(self) -> bool:
        """Delete the file; return whether it is gone."""
        self._let_go()
        try:
            for ending in ("", "-wal", "-shm"):
                self.path.with_name(FILE_NAME + ending).unlink(missing_ok=True)
        except OSError as error:
            log.info("%s cannot be deleted: %s", self.path, error)
            return False
        return True

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close()
        except apsw.Error as error:
            log.info("closing %s: %s", self.path, error)


def _set_up(connection: apsw.Connection) -> int:
    """Make the tables, or check that they are ours; return the number of this opening."""
    connection.set_busy_timeout(_BUSY_MS)
    # The file may have come with a project from anywhere.
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.limit(apsw.SQLITE_LIMIT_LENGTH, _LARGEST)
    connection.transaction_mode = "IMMEDIATE"
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", 0)
    with connection:
        if not _schema(connection):
            connection.pragma("application_id", _APPLICATION_ID)
            connection.pragma("user_version", _VERSION)
            connection.execute(_TABLE)
    of_file = (connection.pragma("application_id"), connection.pragma("user_version"))
    if of_file != (_APPLICATION_ID, _VERSION) or _schema(connection) != _expected_schema():
        raise apsw.FormatError("it has other tables")
    newest: Any = connection.execute("SELECT coalesce(max(used), 0) FROM thumbnail").fetchone()
    return int(newest[0]) + 1


def _schema(connection: apsw.Connection) -> list[Any]:
    query = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"
    return connection.execute(query).fetchall()


@cache
def _expected_schema() -> list[Any]:
    connection = apsw.Connection(":memory:")
    connection.execute(_TABLE)
    return _schema(connection)


def _used_bytes(db: apsw.Connection) -> int:
    """How much of the file is in use; what was dropped is used again."""
    pages, free = db.pragma("page_count"), db.pragma("freelist_count")
    return int((pages - free) * db.pragma("page_size"))


def _drop_oldest(db: apsw.Connection) -> None:
    """Drop those that nobody has looked at for the longest time."""
    db.execute(
        "DELETE FROM thumbnail WHERE id IN (SELECT id FROM thumbnail ORDER BY used, id"
        " LIMIT (SELECT max(1, count(*) / ?) FROM thumbnail))",
        (_DROPPED,),
    )
