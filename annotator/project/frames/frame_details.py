"""What lists show of single frames: read for the few that are seen, not for all."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import apsw

# Read at once, so that other threads come to their turn in between.
_PAGE: Final = 4_000


@dataclass(frozen=True, slots=True)
class FrameDetail:
    """The name of a frame, and the (width, height) of its picture as far as it is stored."""

    name: str
    size: tuple[int, int] | None


def read_details(db: apsw.Connection, frame_ids: Iterable[int]) -> dict[int, FrameDetail]:
    """Return what is known of frames, by id; those that are gone are left out."""
    query = (
        "SELECT f.id, f.name, s.width, s.height FROM frame f LEFT JOIN frame_size s"
        " ON s.frame_id = f.id WHERE f.id IN (SELECT value FROM json_each(?))"
    )
    rows: Any = db.execute(query, (json.dumps([int(one) for one in frame_ids]),))
    return {
        row_id: FrameDetail(name, None if width is None else (width, height))
        for row_id, name, width, height in rows
    }


def read_names(db: apsw.Connection, task: int) -> Iterator[tuple[int, str]]:
    """Yield (position, name) of the frames of a task that are not removed, in order."""
    after = -1
    while True:
        rows: list[Any] = db.execute(
            "SELECT position, name FROM frame WHERE task_id = ? AND position > ? AND removed = 0"
            " ORDER BY position LIMIT ?",
            (task, after, _PAGE),
        ).fetchall()
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]
