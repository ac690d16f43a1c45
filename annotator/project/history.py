"""Steps: what the user undoes, and the table that remembers them.

A step is an ordered group of transactions, each kept as the changeset that SQLite's session extension recorded
(compressed). Its state:

==========  =======================================================================================
open        being made; after a crash the user keeps it or undoes it
complete    done
undoing     being taken back transaction by transaction; finished when the project is opened again
undone      taken back, can be redone
redoing     being done again; finished when the project is opened again
dropped     taken back, and given up when something new was done
==========  =======================================================================================
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import apsw

from annotator.core.ids import new_id
from annotator.project.schema import SCHEMA_VERSION

StepState: TypeAlias = Literal["open", "complete", "undoing", "undone", "redoing", "dropped"]

_SELECT: Final = (
    "SELECT id, made_at, title, author, task_id, frame_id, state, undone_at, schema_version,"
    " (SELECT total(rows) FROM step_part WHERE step_id = step.id) FROM step"
)


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
        return self.schema_version != SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One transaction of a step. rev: its number, which the rows it wrote carry."""

    rev: int
    rows: int
    changes: bytes


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
    """Return the steps in some states, newest first."""
    places = ", ".join("?" * len(states))
    rows = db.execute(f"{_SELECT} WHERE state IN ({places}) ORDER BY id DESC", states)
    return [_step(row) for row in rows]


def newest_complete(db: apsw.Connection, task: int | None, author: str | None) -> Step | None:
    """Return the newest complete step, of a task and an author where they are given."""
    row = db.execute(
        f"{_SELECT} WHERE state = 'complete' AND (?1 IS NULL OR task_id = ?1)"
        " AND (?2 IS NULL OR author = ?2) ORDER BY id DESC LIMIT 1",
        (task, author),
    ).fetchone()
    return None if row is None else _step(row)


def newest_undone(db: apsw.Connection, task: int | None, author: str | None) -> Step | None:
    """Return the step that was undone last, of a task and an author where they are given."""
    row = db.execute(
        f"{_SELECT} WHERE state = 'undone' AND (?1 IS NULL OR task_id = ?1)"
        " AND (?2 IS NULL OR author = ?2) ORDER BY undone_at DESC LIMIT 1",
        (task, author),
    ).fetchone()
    return None if row is None else _step(row)


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
    """Change the state of a step, noting when it was undone."""
    undone_at = new_id() if state == "undone" else None
    db.execute("UPDATE step SET state = ?, undone_at = ? WHERE id = ?", (state, undone_at, step_id))


def add_part(db: apsw.Connection, step_id: int, rev: int, rows: int, changes: bytes) -> None:
    """Keep the changeset of a transaction."""
    # Run-length coding alone: nearly as small as level 1 on coordinates, in half the time.
    packer = zlib.compressobj(1, strategy=zlib.Z_RLE)
    packed = packer.compress(changes) + packer.flush()
    db.execute("INSERT INTO step_part VALUES (?, ?, ?, 0, ?)", (rev, step_id, rows, packed))


def mark_part(db: apsw.Connection, rev: int, *, reverted: bool) -> None:
    """Note that a transaction was taken back or done again."""
    db.execute("UPDATE step_part SET reverted = ? WHERE rev = ?", (int(reverted), rev))


def parts(
    db: apsw.Connection, step_id: int, *, reverted: bool, backwards: bool
) -> Iterator[StoredPart]:
    """Yield the transactions of a step that are, or are not, taken back, oldest or newest first."""
    order = "DESC" if backwards else "ASC"
    revs: list[Any] = db.execute(
        f"SELECT rev, rows FROM step_part WHERE step_id = ? AND reverted = ? ORDER BY rev {order}",  # noqa: S608
        (step_id, int(reverted)),
    ).fetchall()
    for rev, rows in revs:
        # One at a time: all changesets of an import together may be large.
        yield StoredPart(rev, rows, _changes(db, rev))


def _changes(db: apsw.Connection, rev: int) -> bytes:
    row: Any = db.execute("SELECT changes FROM step_part WHERE rev = ?", (rev,)).fetchone()
    return zlib.decompress(row[0])


def drop_undone(db: apsw.Connection, task: int | None, author: str) -> None:
    """Give up what an author has undone in a task: something new was done there."""
    gone: list[Any] = db.execute(
        "SELECT id FROM step WHERE state = 'undone' AND author = ? AND task_id IS ?", (author, task)
    ).fetchall()
    for (step_id,) in gone:
        db.execute("DELETE FROM step_part WHERE step_id = ?", (step_id,))
        set_state(db, step_id, "dropped")


def step_of_rev(db: apsw.Connection, rev: int) -> Step | None:
    """Return the step whose transaction has a number."""
    row = db.execute("SELECT step_id FROM step_part WHERE rev = ?", (rev,)).fetchone()
    return None if row is None else step(db, row[0])


def last_step_touching(db: apsw.Connection, table: str, row_id: int, after: int) -> Step | None:
    """Return the newest complete step made after a transaction number that holds a row, or None.

    Reads changesets one by one, so it is for messages about rows that are gone and name no transaction.
    """
    found: list[Any] = db.execute(
        "SELECT p.rev FROM step_part p JOIN step s ON s.id = p.step_id"
        " WHERE p.rev > ? AND p.reverted = 0 ORDER BY p.rev DESC LIMIT 500",
        (after,),
    ).fetchall()
    for (rev,) in found:
        for change in apsw.Changeset.iter(_changes(db, rev)):
            known = change.old if change.old is not None else change.new
            if change.name == table and known is not None and known[0] == row_id:
                return step_of_rev(db, rev)
    return None


def _step(row: tuple[Any, ...]) -> Step:
    step_id, made_at, title, author, task, frame, state, undone_at, version, rows = row
    return Step(
        step_id, made_at, title, author, task, frame, state, undone_at, version, int(rows or 0)
    )
