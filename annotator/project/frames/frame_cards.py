"""What a strip of frames shows of each: read a page at a time, for what is seen."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import apsw
import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]

# Read at once, so that other threads come to their turn in between.
_PAGE: Final = 10_000
_SELECT: Final = (
    "SELECT f.id, f.position, f.name, f.subset, f.done,"
    " (SELECT coalesce(sum(c.total), 0) FROM frame_count c WHERE c.frame_id = f.id) FROM frame f"
)
_OF_IDS: Final = "WHERE f.id IN (SELECT value FROM json_each(?)) AND f.removed = 0"


@dataclass(frozen=True, slots=True)
class FrameCard:
    """A frame in short. count: its annotations; those of tracks are not among them."""

    id: int
    position: int
    name: str
    subset: str
    done: bool
    count: int


def read_cards(db: apsw.Connection, task: int, first: int, limit: int) -> list[FrameCard]:
    """Return the frames of a task from a position on, in order, without removed ones."""
    rows: Any = db.execute(
        f"{_SELECT} WHERE f.task_id = ? AND f.position >= ? AND f.removed = 0"
        " ORDER BY f.position LIMIT ?",
        (task, first, limit),
    )
    return [_card(row) for row in rows]


def read_cards_of(db: apsw.Connection, frame_ids: Iterable[int]) -> list[FrameCard]:
    """Return frames by their ids; those that are removed or gone are left out."""
    rows: Any = db.execute(f"{_SELECT} {_OF_IDS}", (json.dumps(list(frame_ids)),))
    return [_card(row) for row in rows]


def read_positions(db: apsw.Connection, task: int) -> Positions:
    """Return the positions of the frames of a task that are not removed, in order."""
    pages: list[Positions] = []
    after = -1
    while True:
        rows: list[Any] = db.execute(
            "SELECT position FROM frame WHERE task_id = ? AND position > ? AND removed = 0"
            " ORDER BY position LIMIT ?",
            (task, after, _PAGE),
        ).fetchall()
        pages.append(np.array(rows, dtype=np.int64).reshape(-1))
        if len(rows) < _PAGE:
            return np.concatenate(pages)
        after = rows[-1][0]


def read_ids(db: apsw.Connection, task: int, positions: Positions) -> list[int]:
    """Return the ids of the frames of a task at some positions, in order; removed ones are left out."""
    ids: list[int] = []
    for first, last in _runs(positions):
        rows: Any = db.execute(
            "SELECT id FROM frame WHERE task_id = ? AND position BETWEEN ? AND ? AND removed = 0"
            " ORDER BY position",
            (task, first, last),
        )
        ids += [row_id for (row_id,) in rows]
    return ids


def _runs(positions: Positions) -> list[tuple[int, int]]:
    """The first and last of each stretch of positions without a gap, none longer than a page."""
    ordered = np.unique(positions)
    if not len(ordered):
        return []
    places = np.arange(len(ordered))
    is_first = np.concatenate(([True], np.diff(ordered) > 1)) | (places % _PAGE == 0)
    firsts = np.flatnonzero(is_first)
    lasts = np.concatenate((firsts[1:] - 1, [len(ordered) - 1]))
    return list(zip(ordered[firsts].tolist(), ordered[lasts].tolist(), strict=True))


def _card(row: Any) -> FrameCard:
    return FrameCard(row[0], row[1], row[2], row[3], bool(row[4]), row[5])
