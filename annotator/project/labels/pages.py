"""The annotations and tracks of a label, a page at a time."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import apsw

from annotator.project.project import Project
from annotator.project.storage.records import SKELETON

# Rows that are read at once.
READ_PAGE: Final = 5_000
_OF_SKELETONS: Final = f"LEFT JOIN geometry g ON g.id = s.id AND s.kind = {SKELETON}"


def annotation_pages(
    project: Project, label_id: int, size: int, *, with_skeletons: bool = False
) -> Iterator[list[tuple[int, str | None, bytes | None]]]:
    """Yield pages of (id, attributes, geometry) of a label's annotations by id; geometry of skeletons on request.

    Each page is asked for by itself, so that no reading holds up the log.
    """
    after: int | None = None
    while True:
        page = project.ask(
            partial(_annotations, label=label_id, after=after, size=size, whole=with_skeletons)
        )
        if not page:
            return
        yield page
        after = page[-1][0]


def _annotations(
    db: apsw.Connection, *, label: int, after: int | None, size: int, whole: bool
) -> list[tuple[int, str | None, bytes | None]]:
    data, join = ("g.data", _OF_SKELETONS) if whole else ("NULL", "")
    begin = "" if after is None else "AND s.id > :after"
    rows: Any = db.execute(
        f"SELECT s.id, s.attributes, {data} FROM shape s {join}"  # noqa: S608 - own words
        f" WHERE s.label_id = :label {begin} ORDER BY s.id LIMIT :size",
        {"label": label, "after": after, "size": size},
    ).fetchall()
    return rows  # type: ignore[no-any-return]


def track_ids(project: Project, label_id: int) -> list[int]:
    """Return the ids of the tracks of a label."""

    def ask(db: apsw.Connection) -> list[int]:
        rows: Any = db.execute("SELECT id FROM track WHERE label_id = ? ORDER BY id", (label_id,))
        return [row_id for (row_id,) in rows]

    return project.ask(ask)


def keyframe_ids(project: Project, track_id: int) -> list[int]:
    """Return the ids of the key frames of a track, in their order."""

    def ask(db: apsw.Connection) -> list[int]:
        rows: Any = db.execute("SELECT id FROM shape WHERE track_id = ? ORDER BY id", (track_id,))
        return [row_id for (row_id,) in rows]

    return project.ask(ask)


def keyframe_values(
    project: Project, track_id: int, *, with_skeletons: bool = False
) -> list[tuple[str | None, bytes | None]]:
    """Return (attributes, geometry) of the key frames of a track; geometry of skeletons on request."""
    data, join = ("g.data", _OF_SKELETONS) if with_skeletons else ("NULL", "")

    def ask(db: apsw.Connection) -> list[tuple[str | None, bytes | None]]:
        rows: Any = db.execute(
            f"SELECT s.attributes, {data} FROM shape s {join} WHERE s.track_id = ?",  # noqa: S608 - own words
            (track_id,),
        )
        return list(rows)

    return project.ask(ask)
