"""The names of frames: of the few that a list shows, or of all of a task in order."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

import apsw

# Read at once, so that other threads come to their turn in between.
_PAGE: Final = 4_000


def names_of(db: apsw.Connection, frame_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of frames by their ids; those that are gone are left out."""
    query = "SELECT id, name FROM frame WHERE id IN (SELECT value FROM json_each(?))"
    rows: Any = db.execute(query, (json.dumps([int(one) for one in frame_ids]),))
    return dict(rows)


def names_in_order(db: apsw.Connection, task: int) -> Iterator[tuple[int, str]]:
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
