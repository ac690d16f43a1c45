"""Reading every row of a project as the program itself does, to find those that no value can be made of."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import apsw

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.project.errors import DamagedRowError
from annotator.project.storage.records import (
    FRAME_SELECT,
    IDENTITY_SELECT,
    JOB_SELECT,
    MEDIA_SELECT,
    ROOT_SELECT,
    TASK_SELECT,
    Row,
    frame_of,
    identity_of,
    job_of,
    media_of,
    root_of,
    task_of,
)

# Rows read at once, so that no reading transaction stays open and holds up the log of a window.
_PAGE: Final = 2_000
# Less than the id of any row that can be made.
BEFORE_ALL: Final = -(1 << 63)


class Kind(NamedTuple):
    """Rows of one table, and what the program itself reads them with.

    what: their name for the user. query: their ids, then what `read` takes, of those behind an id, up to a number.
    """

    table: str
    what: str
    query: str
    read: Callable[[Row], object]


def damaged_rows(
    db: apsw.Connection, kind: Kind, progress: Progress = NO_PROGRESS
) -> Iterator[tuple[int, str]]:
    """Yield the id of each row that cannot be read, and why not, to stand inside a sentence."""
    total = row_count(db, kind.table)
    after, seen = BEFORE_ALL, 0
    while page := _page(db, kind, after):
        for row in page:
            try:
                kind.read(row[1:])
            except DamagedRowError as error:
                yield row[0], error.reason
        after, seen = page[-1][0], seen + len(page)
        progress.report(seen, total, f"Reading {kind.what}")


def _page(db: apsw.Connection, kind: Kind, after: int) -> list[Any]:
    return db.execute(kind.query, (after, _PAGE)).fetchall()


def row_count(db: apsw.Connection, table: str) -> int:
    """Return the number of rows of a table of the project."""
    row: Any = db.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - own words
    return int(row[0])


def kind_of(
    table: str, what: str, select: str, read: Callable[[Row], object], key: str = "id"
) -> Kind:
    """Return the rows of a table whose `select` begins with their key."""
    query = select.replace(f"SELECT {key}", f"SELECT {key}, {key}", 1)
    return Kind(table, what, f"{query} WHERE {key} > ? ORDER BY {key} LIMIT ?", read)


ORGANISATION_ROWS: Final = (
    kind_of("task", "tasks", TASK_SELECT, task_of),
    kind_of("job", "jobs", JOB_SELECT, job_of),
    kind_of("media_root", "folders of media", ROOT_SELECT, root_of),
    kind_of("media", "media files", MEDIA_SELECT, media_of),
    kind_of("media_identity", "identities of media", IDENTITY_SELECT, identity_of, "media_id"),
    kind_of("frame", "frames", FRAME_SELECT, frame_of),
)
