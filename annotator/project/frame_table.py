"""The frames of a task as columns: what lists, counts and the way from frame to frame are made from.

A hundred thousand frames are a few megabytes here, so that a question about all of them takes less than a
millisecond and needs no database. Names and sizes are not among the columns; they are read for what is shown.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import apsw
import numpy as np
from numpy.typing import NDArray

from annotator.project.organisation import Job

# Read at once, so that no statement stays open and other threads come to their turn in between.
_PAGE: Final = 4_000
# Of more changed frames than this share of a task, all are read again.
_MOST_CHANGED: Final = 0.25

Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]

_SELECT: Final = (
    "SELECT f.id, f.position, f.done, f.subset,"
    " (SELECT coalesce(sum(c.total), 0) FROM frame_count c WHERE c.frame_id = f.id) FROM frame f"
    " WHERE f.task_id = ? AND f.removed = 0"
)
_AFTER: Final = f"{_SELECT} AND f.position > ? ORDER BY f.position LIMIT ?"
_AMONG: Final = f"{_SELECT} AND f.id IN (SELECT value FROM json_each(?))"  # noqa: S608 - own words
# 2 is the flag of a key frame that is outside.
_KEYFRAMES: Final = (
    "SELECT s.track_id, f.position, s.flags & 2 FROM track t"
    " JOIN shape s ON s.track_id = t.id JOIN frame f ON f.id = s.frame_id"
    " WHERE t.task_id = ? ORDER BY s.track_id, f.position"
)


@dataclass(frozen=True, slots=True, eq=False)
class FrameTable:
    """The frames of a task that are not removed, one row each, in the order of the task.

    counts: annotations, without those of tracks. tracked: whether a track shows something. subsets: places in
    `subset_names`, of which the first one is the empty name. All columns have one length.
    """

    task: int
    ids: Integers
    positions: Integers
    done: Bools
    counts: Integers
    tracked: Bools
    subsets: Integers
    subset_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def labelled(self) -> Bools:
        """Which frames have annotations, those of tracks among them."""
        return (self.counts > 0) | self.tracked

    def row_at(self, position: int) -> int | None:
        """Return the row of the frame at a position, or None."""
        row = int(np.searchsorted(self.positions, position))
        found = row < len(self) and int(self.positions[row]) == position
        return row if found else None

    def rows_of(self, job: Job) -> slice:
        """Return the rows of the frames of a job."""
        first = int(np.searchsorted(self.positions, job.first))
        if job.last is None:
            return slice(first, len(self))
        return slice(first, int(np.searchsorted(self.positions, job.last, side="right")))

    def row_beside(self, position: int, direction: int, wanted: Bools) -> int | None:
        """Return the nearest wanted row after (1) or before (-1) a position, or None. wanted: one for each row."""
        if direction > 0:
            start = int(np.searchsorted(self.positions, position, side="right"))
            found = np.flatnonzero(wanted[start:])
            return start + int(found[0]) if len(found) else None
        end = int(np.searchsorted(self.positions, position))
        found = np.flatnonzero(wanted[:end])
        return int(found[-1]) if len(found) else None

    def in_subsets(self, names: Collection[str]) -> Bools:
        """Return which frames are in one of some subsets."""
        places = [place for place, name in enumerate(self.subset_names) if name in names]
        return np.isin(self.subsets, places)


def read_table(db: apsw.Connection, task: int) -> FrameTable:
    """Read the frames of a task."""
    pages: list[FrameTable] = []
    names: dict[str, int] = {"": 0}
    after = -1
    while True:
        rows: list[Any] = db.execute(_AFTER, (task, after, _PAGE)).fetchall()
        if rows:
            pages.append(_table(task, rows, names))
            after = int(rows[-1][1])
        if len(rows) < _PAGE:
            break
    whole = _joined(task, pages, names)
    return replace(whole, tracked=_tracked(db, task, whole.positions))


def updated_table(
    db: apsw.Connection, table: FrameTable, frames: Collection[int], *, tracks: bool
) -> FrameTable:
    """Return the table after some frames changed, were added or removed. tracks: whether tracks changed, too."""
    if len(frames) > _MOST_CHANGED * len(table):
        return read_table(db, table.task)
    names = {name: place for place, name in enumerate(table.subset_names)}
    changed = [_table(table.task, rows, names) for rows in _rows_of(db, table.task, frames)]
    kept = ~np.isin(table.ids, np.fromiter(frames, dtype=np.int64))
    whole = _joined(table.task, [_chosen(table, kept), *changed], names)
    whole = _chosen(whole, np.argsort(whole.positions, kind="stable"))
    if tracks or len(whole) != len(table) or table.tracked.any():
        return replace(whole, tracked=_tracked(db, table.task, whole.positions))
    return whole


def _rows_of(db: apsw.Connection, task: int, frames: Collection[int]) -> Iterator[list[Any]]:
    wanted = list(frames)
    for start in range(0, len(wanted), _PAGE):
        page = json.dumps(wanted[start : start + _PAGE])
        yield db.execute(_AMONG, (task, page)).fetchall()


def _table(task: int, rows: list[Any], names: dict[str, int]) -> FrameTable:
    """A table of rows of _SELECT. names: the places of subsets; new ones are added."""
    if not rows:
        return _joined(task, [], names)
    ids, positions, done, subsets, counts = zip(*rows, strict=True)
    return FrameTable(
        task,
        np.array(ids, dtype=np.int64),
        np.array(positions, dtype=np.int64),
        np.array(done, dtype=bool),
        np.array(counts, dtype=np.int64),
        np.zeros(len(rows), dtype=bool),
        np.array([names.setdefault(name, len(names)) for name in subsets], dtype=np.int64),
        tuple(names),
    )


def _joined(task: int, tables: list[FrameTable], names: dict[str, int]) -> FrameTable:
    none = np.zeros(0, dtype=np.int64)
    return FrameTable(
        task,
        np.concatenate([none, *(one.ids for one in tables)]),
        np.concatenate([none, *(one.positions for one in tables)]),
        np.concatenate([none.astype(bool), *(one.done for one in tables)]),
        np.concatenate([none, *(one.counts for one in tables)]),
        np.concatenate([none.astype(bool), *(one.tracked for one in tables)]),
        np.concatenate([none, *(one.subsets for one in tables)]),
        tuple(names),
    )


def _chosen(table: FrameTable, rows: Bools | NDArray[np.intp]) -> FrameTable:
    return replace(
        table,
        ids=table.ids[rows],
        positions=table.positions[rows],
        done=table.done[rows],
        counts=table.counts[rows],
        tracked=table.tracked[rows],
        subsets=table.subsets[rows],
    )


def _tracked(db: apsw.Connection, task: int, positions: Integers) -> Bools:
    """On which of the positions any track shows something.

    A key frame shows until the next one of its track, the last one to the end, unless it is outside.
    """
    rows: list[Any] = db.execute(_KEYFRAMES, (task,)).fetchall()
    if not rows:
        return np.zeros(len(positions), dtype=bool)
    tracks, places, outside = (
        np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)
    )
    starts = np.searchsorted(positions, places)
    ends = np.full(len(places), len(positions))
    goes_on = tracks[1:] == tracks[:-1]
    ends[:-1][goes_on] = starts[1:][goes_on]
    inside = outside == 0
    steps = np.zeros(len(positions) + 1, dtype=np.int64)
    np.add.at(steps, starts[inside], 1)
    np.add.at(steps, ends[inside], -1)
    return np.cumsum(steps[:-1]) > 0
