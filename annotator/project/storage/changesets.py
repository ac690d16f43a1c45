"""Applying changesets, wholly or not at all."""

from collections.abc import Sequence
from typing import Final

import apsw

from annotator.project.storage.row_changes import REV, RowChange, row_changes
from annotator.project.storage.schema import COLUMNS

# Takes a frame from its place to one below zero, where no frame belongs, so that others may have it.
LEAVE_PLACE: Final = "UPDATE frame SET position = -1 - position WHERE id = ?"
_COLUMNS: Final = COLUMNS["frame"]
_TASK: Final = _COLUMNS.index("task_id")
_POSITION: Final = _COLUMNS.index("position")


class Conflict(Exception):  # noqa: N818 - never leaves the package
    """A changeset does not fit the rows as they are now."""


def apply_changes(db: apsw.Connection, changes: bytes) -> None:
    """Apply a changeset inside the caller's transaction. Raises Conflict where something is in the way.

    SQLite applies row by row. Frames that exchange their places would be in each other's way, and of frames that
    all move on by one it would try almost all again for each that fits, so where frames move it leaves them to us.
    They come first: it gives up where something still refers to nothing once it is through, as what lies on a frame
    would that is not there yet. What the frames themselves refer to may well come after them.
    """
    frames = _frames_where_some_move(changes)
    try:
        _leave(db, frames)
        _arrive(db, frames)
        apsw.Changeset.apply(
            changes,
            db,
            filter=(lambda table: table != "frame") if frames else None,
            conflict=_give_up,
            flags=apsw.SQLITE_CHANGESETAPPLY_FKNOACTION,
        )
    except (apsw.AbortError, apsw.ConstraintError):
        raise Conflict from None


def _give_up(_reason: int, _change: apsw.TableChange) -> int:
    return apsw.SQLITE_CHANGESET_ABORT


def _frames_where_some_move(changes: bytes) -> list[RowChange]:
    """Return all changes of frames where one of them gets another place; else none."""
    if b"frame\0" not in changes:  # how a changeset names the table
        return []
    frames = [change for change in row_changes(changes, "redo") if change.table == "frame"]
    return frames if any(map(_moves, frames)) else []


def _moves(change: RowChange) -> bool:
    now, then = change.now, change.then
    if now is None or then is None:
        return False
    return then[_TASK] is not apsw.no_change or then[_POSITION] is not apsw.no_change


def _leave(db: apsw.Connection, frames: Sequence[RowChange]) -> None:
    for frame in frames:
        if _moves(frame):
            db.execute(LEAVE_PLACE, (frame.id,))
        elif frame.now is not None and frame.then is None:
            db.execute("DELETE FROM frame WHERE id = ? AND rev = ?", (frame.id, frame.now[REV]))
            _check_done(db)


def _arrive(db: apsw.Connection, frames: Sequence[RowChange]) -> None:
    places = ", ".join("?" * len(_COLUMNS))
    for frame in frames:
        if frame.then is None:
            continue
        if frame.now is None:
            db.execute(f"INSERT INTO frame VALUES ({places})", frame.then)  # noqa: S608 - own words
        else:
            _change(db, frame.id, frame.now[REV], frame.then, moves=_moves(frame))


def _change(
    db: apsw.Connection, frame_id: int, rev: int, then: Sequence[object], *, moves: bool
) -> None:
    known = [
        (column, value)
        for column, value in zip(_COLUMNS, then, strict=True)
        if value is not apsw.no_change
    ]
    sets = [f"{column} = ?" for column, _ in known]
    if moves and then[_POSITION] is apsw.no_change:  # the same number in another task
        sets.append("position = -1 - position")
    statement = f"UPDATE frame SET {', '.join(sets)} WHERE id = ? AND rev = ?"  # noqa: S608
    db.execute(statement, (*(value for _, value in known), frame_id, rev))
    _check_done(db)


def _check_done(db: apsw.Connection) -> None:
    """Raise Conflict where the row is not as its step left it."""
    if db.changes() != 1:
        raise Conflict
