"""The frames of a task as columns: what lists, counts and the way from frame to frame are made from.

A hundred thousand frames are a few megabytes here, so that a question about all of them takes less than a
millisecond and needs no database. Names and sizes are not among the columns; they are read for what is shown.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import apsw
import numpy as np
from numpy.typing import NDArray

from annotator.project.organisation import Job

# Read at once, so that no statement stays open and other threads come to their turn in between.
_PAGE: Final = 2_000
_TRACKS: Final = 50
# Of more changed frames than this share of a task, all are read again.
_MOST_CHANGED: Final = 0.25

T = TypeVar("T")
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]

_COLUMNS: Final = (
    "SELECT f.id, f.position, f.done, f.subset,"
    " (SELECT coalesce(sum(c.total), 0) FROM frame_count c WHERE c.frame_id = f.id)"
)
_AFTER: Final = (
    f"{_COLUMNS} FROM frame f WHERE f.task_id = ? AND f.position > ? AND f.removed = 0"
    " ORDER BY f.position LIMIT ?"
)
# A cross join has the frames looked up by their ids; else the whole task is gone through.
_AMONG: Final = (
    f"{_COLUMNS} FROM json_each(?) j CROSS JOIN frame f ON f.id = j.value"
    " WHERE f.task_id = ? AND f.removed = 0"
)
# 2 is the flag of a key frame that is outside.
_KEYFRAMES: Final = (
    "SELECT s.track_id, f.position, s.flags & 2 FROM shape s JOIN frame f ON f.id = s.frame_id"
    " WHERE s.track_id IN (SELECT value FROM json_each(?)) ORDER BY s.track_id, f.position"
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
    tables = [table for table in table_steps(db, task) if table is not None]
    return tables[-1]


def table_steps(db: apsw.Connection, task: int) -> Iterator[FrameTable | None]:
    """Read the frames of a task in short steps, each of which yields None; the last one yields the table."""
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
        yield None
    whole = _joined(task, pages, names)
    shown = _Shown(whole.positions)
    for tracks in _pages(_tracks_of(db, task), _TRACKS):
        yield None
        shown.add(db, tracks)
    yield replace(whole, tracked=shown.frames)


def updated_table(
    db: apsw.Connection, table: FrameTable, frames: Collection[int], *, tracks: bool
) -> FrameTable:
    """Return the table after some frames changed, were added or removed. tracks: whether tracks changed, too."""
    if len(frames) > _MOST_CHANGED * len(table):
        return read_table(db, table.task)
    names = {name: place for place, name in enumerate(table.subset_names)}
    rows = [row for page in _pages(list(frames), _PAGE) for row in _rows_of(db, table.task, page)]
    changed = _table(table.task, rows, names)
    whole = _overwritten(table, changed) if len(rows) == len(frames) else None
    if whole is None:
        # A track that was on no frame any more may be on one that came back.
        whole, tracks = _merged(table, changed, frames, names), True
    if not tracks:
        return whole
    shown = _Shown(whole.positions)
    shown.add(db, _tracks_of(db, table.task))
    return replace(whole, tracked=shown.frames)


def _overwritten(table: FrameTable, changed: FrameTable) -> FrameTable | None:
    """The table with other marks and counts on frames that stay where they are; None where any does not."""
    if not len(table):
        return None
    rows = np.minimum(np.searchsorted(table.positions, changed.positions), len(table) - 1)
    if not np.array_equal(table.ids[rows], changed.ids):
        return None
    done, counts, subsets = table.done.copy(), table.counts.copy(), table.subsets.copy()
    done[rows], counts[rows], subsets[rows] = changed.done, changed.counts, changed.subsets
    positions = table.positions
    if not np.array_equal(positions[rows], changed.positions):
        return None
    return replace(
        table, done=done, counts=counts, subsets=subsets, subset_names=changed.subset_names
    )


def _merged(
    table: FrameTable, changed: FrameTable, frames: Collection[int], names: dict[str, int]
) -> FrameTable:
    kept = ~np.isin(table.ids, np.fromiter(frames, dtype=np.int64))
    whole = _joined(table.task, [_chosen(table, kept), changed], names)
    return _chosen(whole, np.argsort(whole.positions, kind="stable"))


def _pages(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _tracks_of(db: apsw.Connection, task: int) -> list[int]:
    rows: Any = db.execute("SELECT id FROM track WHERE task_id = ? ORDER BY id", (task,))
    return [row_id for (row_id,) in rows]


def _rows_of(db: apsw.Connection, task: int, frames: Sequence[int]) -> list[Any]:
    rows: list[Any] = db.execute(_AMONG, (json.dumps(frames), task)).fetchall()
    return rows


def _table(task: int, rows: list[Any], names: dict[str, int]) -> FrameTable:
    """A table of rows of _COLUMNS. names: the places of subsets; new ones are added."""
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


class _Shown:
    """On which frames any track shows something.

    A key frame shows until the next one of its track, the last one to the end, unless it is outside.
    """

    def __init__(self, positions: Integers) -> None:
        self._positions = positions
        # How many tracks more are shown from a row on than before it.
        self._steps = np.zeros(len(positions) + 1, dtype=np.int64)

    @property
    def frames(self) -> Bools:
        return np.cumsum(self._steps[:-1]) > 0

    def add(self, db: apsw.Connection, track_ids: Sequence[int]) -> None:
        rows: list[Any] = db.execute(_KEYFRAMES, (json.dumps(track_ids),)).fetchall()
        if not rows:
            return
        tracks, places, outside = (
            np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)
        )
        starts = np.searchsorted(self._positions, places)
        ends = np.full(len(places), len(self._positions))
        goes_on = tracks[1:] == tracks[:-1]
        ends[:-1][goes_on] = starts[1:][goes_on]
        inside = outside == 0
        np.add.at(self._steps, starts[inside], 1)
        np.add.at(self._steps, ends[inside], -1)
