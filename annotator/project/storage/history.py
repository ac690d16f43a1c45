"""Steps: what the user undoes, and the table that remembers them.

A step is an ordered group of transactions, each kept as the changeset that SQLite's session extension recorded
(compressed). Its state:

==========  =======================================================================================
open        being made; after a crash the user keeps it or undoes it
complete    done
undoing     being taken back transaction by transaction; finished when the project is opened again
undone      taken back, can be redone
redoing     being done again; finished when the project is opened again
dropped     taken back, and given up: something new was done instead, or it had failed
==========  =======================================================================================
"""

import zlib
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import apsw

from annotator.core.ids import new_id
from annotator.project.errors import SEE_DOCTOR, ProjectError
from annotator.project.storage.additions import Added
from annotator.project.storage.schema import RECORDED_SINCE

StepState: TypeAlias = Literal["open", "complete", "undoing", "undone", "redoing", "dropped"]

_SELECT: Final = (
    "SELECT id, made_at, title, author, task_id, frame_id, state, undone_at, schema_version,"
    " (SELECT total(rows) FROM step_part WHERE step_id = step.id) FROM step"
)
# The words of the partial index over the few steps that are not simply done.
_UNUSUAL: Final = "state <> 'complete'"
_CHANGESET: Final = 0
_ADDED: Final = 1
# Transactions of given up steps that are deleted at a time, so that nobody waits long.
_SWEPT_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the history.

    made_at_ms: since 1970 UTC. author: "user" for what a person did by hand, else who did it. task: None where
    it touched the whole project. frame: where it was done, so that undo can go there. rows: how many
    database rows it holds, 0 once dropped.
    """

    id: int
    made_at_ms: int
    title: str
    author: str
    task: int | None
    frame: int | None
    state: StepState
    undone_at: int | None
    schema_version: int
    rows: int

    @property
    def is_sealed(self) -> bool:
        """Whether it was recorded under another layout of the tables, so that it can no longer be undone."""
        return self.schema_version < RECORDED_SINCE


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One transaction of a step. rev: its number, which the rows it wrote carry.

    added: what it added where that is all it did, and it was never taken back; there is no changeset then.
    """

    rev: int
    changes: bytes
    added: Added | None = None


def steps(db: apsw.Connection, *, before: int | None = None, limit: int = 200) -> list[Step]:
    """Return steps, newest first, those older than `before` where it is given."""
    rows = db.execute(
        f"{_SELECT} WHERE id < ? ORDER BY id DESC LIMIT ?",
        (before if before is not None else 1 << 62, limit),
    )
    return [_step(row) for row in rows]


def step(db: apsw.Connection, step_id: int) -> Step | None:
    """Return one step, or None."""
    row = db.execute(f"{_SELECT} WHERE id = ?", (step_id,)).fetchone()
    return None if row is None else _step(row)


def steps_in_state(db: apsw.Connection, *states: StepState) -> list[Step]:
    """Return the steps in some states other than complete, newest first."""
    places = ", ".join("?" * len(states))
    query = f"{_SELECT} WHERE state IN ({places}) AND {_UNUSUAL} ORDER BY id DESC"
    rows = db.execute(query, states)
    return [_step(row) for row in rows]


def state_of(db: apsw.Connection, step_id: int) -> StepState | None:
    """Return the state of a step, or None where there is no such step."""
    row: Any = db.execute("SELECT state FROM step WHERE id = ?", (step_id,)).fetchone()
    return None if row is None else row[0]


def newest_done(db: apsw.Connection, task: int | None, author: str | None) -> Step | None:
    """Return the newest step that is done, wholly or in part, of a task and an author where they are given."""
    where, values = _of(task, author)
    query = f"{_SELECT} WHERE state IN ('complete', 'undoing', 'redoing'){where} ORDER BY id DESC"
    row = db.execute(f"{query} LIMIT 1", values).fetchone()
    return None if row is None else _step(row)


def newest_undone(db: apsw.Connection, task: int | None, author: str | None) -> Step | None:
    """Return the step that was undone last, wholly or in part, of a task and an author where they are given."""
    where, values = _of(task, author)
    query = (
        f"{_SELECT} WHERE state IN ('undone', 'undoing', 'redoing') AND {_UNUSUAL}{where}"
        " ORDER BY undone_at DESC"
    )
    row = db.execute(f"{query} LIMIT 1", values).fetchone()
    return None if row is None else _step(row)


def _of(task: int | None, author: str | None) -> tuple[str, list[int | str]]:
    """The condition for steps of a task and an author, spelled so that an index can be used."""
    where = ""
    values: list[int | str] = []
    if task is not None:
        where += " AND task_id = ?"
        values.append(task)
    if author is not None:
        where += " AND author = ?"
        values.append(author)
    return where, values


def newest_number(db: apsw.Connection) -> int:
    """Return the highest number of a step, of a transaction or of an undo; 0 where there is none."""
    row: Any = db.execute(
        "SELECT max(coalesce((SELECT max(id) FROM step), 0),"
        " coalesce((SELECT max(rev) FROM step_part), 0),"
        " coalesce((SELECT max(undone_at) FROM step WHERE state <> 'complete'), 0))"
    ).fetchone()
    return int(row[0])


def add_step(db: apsw.Connection, one: Step) -> None:
    """Write the row of a new step."""
    db.execute(
        "INSERT INTO step VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            one.id, one.made_at_ms, one.title, one.author, one.task, one.frame, one.state,
            one.undone_at, one.schema_version,
        ),
    )  # fmt: skip


def set_state(db: apsw.Connection, step_id: int, state: StepState) -> None:
    """Change the state of a step, noting when it was undone, or last touched by an undo or redo."""
    undone_at = None if state in ("open", "complete") else new_id()
    db.execute("UPDATE step SET state = ?, undone_at = ? WHERE id = ?", (state, undone_at, step_id))


def add_part(
    db: apsw.Connection, step_id: int, rev: int, rows: int, content: bytes | Added
) -> None:
    """Keep a transaction: its changeset, or what it added."""
    form, packed = _packed(content)
    query = "INSERT INTO step_part VALUES (?, ?, ?, 0, ?, ?)"
    db.execute(query, (rev, step_id, rows, form, packed))


def keep_changes(db: apsw.Connection, rev: int, changes: bytes) -> None:
    """Keep the changeset of a transaction of which only the ids were kept so far."""
    query = "UPDATE step_part SET form = ?, changes = ? WHERE rev = ?"
    db.execute(query, (*_packed(changes), rev))


def _packed(content: bytes | Added) -> tuple[int, bytes]:
    if isinstance(content, Added):
        return _ADDED, content.packed()
    return _CHANGESET, zlib.compress(content, 1)


def mark_part(db: apsw.Connection, rev: int, *, reverted: bool) -> None:
    """Note that a transaction was taken back or done again."""
    db.execute("UPDATE step_part SET reverted = ? WHERE rev = ?", (int(reverted), rev))


def revs(db: apsw.Connection, step_id: int) -> set[int]:
    """Return the numbers of all transactions of a step."""
    rows: Any = db.execute("SELECT rev FROM step_part WHERE step_id = ?", (step_id,)).fetchall()
    return {rev for (rev,) in rows}


def parts(
    db: apsw.Connection, step_id: int, *, reverted: bool, backwards: bool
) -> Iterator[StoredPart]:
    """Yield the transactions of a step that are, or are not, taken back, oldest or newest first.

    Of a step that is given up meanwhile some are passed over.
    """
    order = "DESC" if backwards else "ASC"
    revs: list[Any] = db.execute(
        f"SELECT rev FROM step_part WHERE step_id = ? AND reverted = ? ORDER BY rev {order}",  # noqa: S608
        (step_id, int(reverted)),
    ).fetchall()
    for (rev,) in revs:
        # One at a time: all changesets of an import together may be large.
        found = part(db, rev)
        if found is not None:
            yield found


def part(db: apsw.Connection, rev: int) -> StoredPart | None:
    """Return the transaction with a number, None where its step was given up."""
    row: Any = db.execute("SELECT form, changes FROM step_part WHERE rev = ?", (rev,)).fetchone()
    if row is None:
        return None
    try:
        if row[0] == _ADDED:
            return StoredPart(rev, b"", Added.unpacked(row[1]))
        return StoredPart(rev, zlib.decompress(row[1]))
    except (zlib.error, ValueError) as error:
        raise ProjectError(
            f"The history in {db.filename} is damaged ({error}). Nothing was changed; restore the project"
            f" from a copy.{SEE_DOCTOR}"
        ) from error


def drop_undone(db: apsw.Connection, task: int | None, author: str) -> None:
    """Give up what an author has undone in a task: something new was done there.

    The changes of what was given up, now or before, are deleted a few at a time.
    """
    gone: list[Any] = db.execute(
        "SELECT id FROM step WHERE state = 'undone' AND state <> 'complete'"
        " AND author = ? AND task_id IS ?",
        (author, task),
    ).fetchall()
    for (step_id,) in gone:
        set_state(db, step_id, "dropped")
    _sweep(db)


def _sweep(db: apsw.Connection) -> None:
    """Delete some changes of dropped steps. `undone_at` tells which of them may still have some."""
    waiting: Any = db.execute(
        "SELECT id FROM step WHERE state = 'dropped' AND state <> 'complete' AND undone_at > 0"
        " LIMIT 1"
    ).fetchone()
    if waiting is None:
        return
    revs: list[Any] = db.execute(
        "SELECT rev FROM step_part WHERE step_id = ? LIMIT ?", (waiting[0], _SWEPT_AT_ONCE)
    ).fetchall()
    db.executemany("DELETE FROM step_part WHERE rev = ?", revs)
    if len(revs) < _SWEPT_AT_ONCE:
        db.execute("UPDATE step SET undone_at = NULL WHERE id = ?", waiting)


def step_of_rev(db: apsw.Connection, rev: int) -> Step | None:
    """Return the step whose transaction has a number."""
    row = db.execute("SELECT step_id FROM step_part WHERE rev = ?", (rev,)).fetchone()
    return None if row is None else step(db, row[0])


def step_that_removed(
    db: apsw.Connection, table: str, row_ids: Set[int], *, besides: int
) -> Step | None:
    """Return the step because of which one of some rows is gone, or None where it cannot be told.

    It deleted the row, or added it and was undone. Reads the newest changesets one by one, so it is for
    messages only.
    """
    found: list[Any] = db.execute(
        "SELECT rev, reverted FROM step_part WHERE step_id <> ? AND form = ? ORDER BY rev DESC LIMIT 500",
        (besides, _CHANGESET),
    ).fetchall()
    for rev, reverted in found:
        cause = apsw.SQLITE_INSERT if reverted else apsw.SQLITE_DELETE
        kept = part(db, rev)
        for change in apsw.Changeset.iter(b"" if kept is None else kept.changes):
            known = change.old if change.old is not None else change.new
            assert known is not None
            if change.opcode == cause and change.name == table and known[0] in row_ids:
                step = step_of_rev(db, rev)
                return None if step is None or step.state == "dropped" else step
    return None


def _step(row: tuple[Any, ...]) -> Step:
    step_id, made_at, title, author, task, frame, state, undone_at, version, rows = row
    return Step(
        step_id, made_at, title, author, task, frame, state, undone_at, version, int(rows or 0)
    )
