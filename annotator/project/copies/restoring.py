"""Bringing a project back to a stored state of it, as one step of the history.

Only rows that differ are written, in transactions of bounded size like those of an import, so that others may
edit meanwhile and the restore can be undone. Rows keep their ids. After each transaction all can be read: parents
are written before their children and deleted after them.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import apsw

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.project.copies.backups import Backup, make_backup
from annotator.project.copies.difference import Difference, find_difference
from annotator.project.copies.snapshot_files import Snapshot, snapshot_in, unpacked
from annotator.project.copies.states import compared
from annotator.project.errors import ProjectError
from annotator.project.names import free_name
from annotator.project.project import Project
from annotator.project.storage.changesets import LEAVE_PLACE
from annotator.project.storage.memos import RestoreMemo
from annotator.project.storage.parts import SHARED_PART_SIZE, Part, Writing
from annotator.project.storage.records import Row, label_of, label_row
from annotator.project.storage.store import USER, LongStep
from annotator.project.storage.writing import delete_rows, delete_shapes, put_rows


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. step: its id, None where the project was in that state already.

    before: the backup of the project as it was; None where nothing was changed.
    """

    step: int | None
    difference: Difference
    before: Backup | None


def restore_snapshot(
    project: Project, snapshot: Snapshot, progress: Progress = NO_PROGRESS
) -> Restored:
    """Bring a project back to a snapshot of it; see `restore_state`."""
    with unpacked(project.folder, snapshot, progress) as state:
        title = f"Restore snapshot {snapshot.name}"
        return restore_state(project, state, title, snapshot.path, progress)


def restore_backup(project: Project, file: Path, progress: Progress = NO_PROGRESS) -> Restored:
    """Bring a project back to a backup of it; see `restore_state`. Its history goes on, the backup's is not used."""
    return restore_state(project, file, f"Restore {file.name}", file, progress)


def restore_state(
    project: Project,
    state: Path,
    title: str,
    source: Path,
    progress: Progress = NO_PROGRESS,
) -> Restored:
    """Bring a project back to a stored state, as one step of the user's. A backup is made before.

    source: the snapshot or backup that the state is of, from which an interrupted restore is resumed. Cancelling,
    and every error, takes back what was written. Raises ProjectError.
    """
    with compared(project.path, state) as db:
        difference = find_difference(db, progress)
        if not difference:
            return Restored(None, difference, None)
        _check_same_project(db, source)
        before = make_backup(project.folder, "before-restore", progress)
        memo = RestoreMemo(str(source.absolute()))
        with project.long_step(title, author=USER, memo=memo) as step:
            _Restore(step, db, difference, progress).run()
    return Restored(step.id, difference, before)


def resume_restore(
    project: Project, step_id: int, memo: RestoreMemo, progress: Progress = NO_PROGRESS
) -> None:
    """Go on with a restore that was interrupted. Raises ProjectError; the step stays interrupted then."""
    source = Path(memo.path)
    if not source.is_file():
        raise ProjectError(f"{source} is gone, so the restore cannot go on. Undo it, or keep it.")
    with (
        _state_of(project, source, progress) as state,
        compared(project.path, state) as db,
        project.resumed_step(step_id) as step,
    ):
        _Restore(step, db, find_difference(db, progress), progress).run()


@contextmanager
def _state_of(project: Project, source: Path, progress: Progress) -> Iterator[Path]:
    """Yield the state of a snapshot or backup as an SQLite file."""
    snapshot = snapshot_in(source)
    if snapshot is None:
        yield source
        return
    with unpacked(project.folder, snapshot, progress) as state:
        yield state


def _check_same_project(db: apsw.Connection, source: Path) -> None:
    """Raise ProjectError where the state is of a project that has no task in common with this one."""
    ours, theirs = (
        {row_id for (row_id,) in db.execute(f"SELECT id FROM {name}.task")}  # noqa: S608 - own words
        for name in ("main", "other")
    )
    if ours and theirs and not ours & theirs:
        raise ProjectError(
            f"{source.name} is of another project. `annotator restore {source.name} --to FOLDER` makes a"
            " project of it."
        )


# Writing ---------------------------------------------------------------------------------------------------


class _Restore:
    """Writes the rows of a stored state into a step. db: reads the project as `main`, the state as `other`."""

    def __init__(
        self, step: LongStep, db: apsw.Connection, difference: Difference, progress: Progress
    ) -> None:
        self._step = step
        self._db = db
        self._rows = difference.rows
        self._progress = progress
        self._total = difference.total
        self._done = 0

    def run(self) -> None:
        """Write everything."""
        self._put_labels()
        for table in ("task", "media_root", "media"):
            self._put(table)
        self._make_room_for_frames()
        for table in ("frame", "track", "job"):
            self._put(table)
        self._write(delete_shapes, self._rows["shape"].added)
        self._put_shapes()
        self._put("rejection")
        self._delete("rejection")
        for table in ("track", "job", "frame", "media", "media_root", "task"):
            self._delete(table)
        self._delete("label", at_once=True)

    def _put(self, table: str) -> None:
        """Write the rows of a table that are changed or missing."""
        for ids in _pieces(self._to_put(table)):
            self._write(partial(put_rows, table), self._stored(table, ids))

    def _delete(self, table: str, *, at_once: bool = False) -> None:
        self._write(partial(delete_rows, table), self._rows[table].added, at_once=at_once)

    def _put_shapes(self) -> None:
        """Write annotations and key frames, each with its geometry or without one."""
        for ids in _pieces(self._to_put("shape")):
            geometries = self._stored("geometry", ids)
            bare = sorted(set(ids) - {row[0] for row in geometries})
            work: list[tuple[Writing, Sequence[Any]]] = [
                (partial(put_rows, "shape"), self._stored("shape", ids)),
                (partial(put_rows, "geometry"), geometries),
                (partial(delete_rows, "geometry"), bare),
            ]
            self._write_part(Part(work, len(ids)))

    def _make_room_for_frames(self) -> None:
        """Let frames that move exchange their places, and those that go have other ones where theirs are needed.

        No two frames may have one place even for a moment, so all that do so do it in one transaction.
        """
        moving = self._ids(_MOVING_FRAMES)
        behind: Any = self._db.execute(_BEHIND_ALL_FRAMES).fetchone()
        going = [(row_id, behind[0] + n) for n, row_id in enumerate(self._ids(_FRAMES_IN_THE_WAY))]
        if moving or going:
            work: list[tuple[Writing, Sequence[Any]]] = [
                (_leave_places, moving),
                (_move_frames, going),
                (partial(put_rows, "frame"), self._stored("frame", moving)),
            ]
            self._write_part(Part(work, len(moving) + len(going)))

    def _put_labels(self) -> None:
        """Write labels, all at once because of the laws that hold between them.

        Those that go stay until nothing refers to them, under other names where theirs are wanted.
        """
        rows = self._stored("label", self._to_put("label"))
        every: list[Any] = self._db.execute("SELECT id, definition FROM other.label").fetchall()
        names = {label_of(*row).name for row in every}
        for label_id in self._rows["label"].added:
            one: Any = self._db.execute(_LABEL, (label_id,)).fetchone()
            label = label_of(label_id, one[1])
            if label.name in names:
                other = replace(label, name=free_name(label.name, names))
                names.add(other.name)
                rows.append(label_row(other, one[0], 0))
        self._write(partial(put_rows, "label"), rows, at_once=True)

    # Reading and writing ----------------------------------------------------------------------------

    def _to_put(self, table: str) -> list[int]:
        found = self._rows[table]
        return sorted(found.changed + found.deleted)

    def _stored(self, table: str, ids: Sequence[int]) -> list[Row]:
        """Return rows of the stored state by their ids."""
        query = (
            f"SELECT * FROM other.{table} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"  # noqa: S608
        )
        return self._db.execute(query, (json.dumps(list(ids)),)).fetchall()

    def _ids(self, query: str) -> list[int]:
        return [row_id for (row_id,) in self._db.execute(query)]

    def _write(self, write: Writing, values: Sequence[Any], *, at_once: bool = False) -> None:
        for piece in [values] if at_once and values else _pieces(values):
            self._write_part(Part([(write, piece)], len(piece)))

    def _write_part(self, part: Part) -> None:
        self._progress.report(self._done, self._total, "Restoring")
        self._step.write(part)
        self._done = min(self._done + part.size, self._total)


_LABEL: Final = "SELECT position, definition FROM main.label WHERE id = ?"
_MOVING_FRAMES: Final = (
    "SELECT a.id FROM main.frame AS a JOIN other.frame AS b ON b.id = a.id"
    " WHERE (a.task_id, a.position) IS NOT (b.task_id, b.position)"
)
_BEHIND_ALL_FRAMES: Final = (
    "SELECT 1 + max(coalesce((SELECT max(position) FROM main.frame), 0),"
    " coalesce((SELECT max(position) FROM other.frame), 0))"
)
_FRAMES_IN_THE_WAY: Final = (
    "SELECT a.id FROM main.frame AS a"
    " JOIN other.frame AS b ON b.task_id = a.task_id AND b.position = a.position"
    " WHERE a.id NOT IN (SELECT id FROM other.frame)"
)


def _leave_places(db: apsw.Connection, frame_ids: Sequence[int], _rev: int) -> None:
    """Take frames from their places for the moment; they are given others in the same transaction."""
    db.executemany(LEAVE_PLACE, [(frame_id,) for frame_id in frame_ids])


def _move_frames(db: apsw.Connection, moves: Sequence[tuple[int, int]], rev: int) -> None:
    """Give frames, by id, other positions."""
    rows = [(position, rev, frame_id) for frame_id, position in moves]
    db.executemany("UPDATE frame SET position = ?, rev = ? WHERE id = ?", rows)


def _pieces(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield values in pieces of which each holds the lock for about 3 ms."""
    for start in range(0, len(values), SHARED_PART_SIZE):
        yield values[start : start + SHARED_PART_SIZE]
