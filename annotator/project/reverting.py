"""Undo and redo: applying changesets backwards and forwards, all or nothing.

A changeset is applied only where every row is as its step left it: each recorded row carries the number of the
transaction that wrote it last, so any later change shows as a conflict, and the whole is given up.

A step of one transaction is reverted in one. A step of many (an import) is reverted transaction by
transaction, so that nobody waits for the lock longer than for one of them. Before the first, it is checked
that nothing is in the way; from the check to the end, `Claims` keep others from getting in the way.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import apsw

from annotator.project import history
from annotator.project.errors import UndoRefusedError
from annotator.project.history import Step, StoredPart
from annotator.project.schema import RECORDED_TABLES, REFERENCES

Direction: TypeAlias = Literal["undo", "redo"]
Key: TypeAlias = tuple[str, int]

_PARENT_COLUMNS: Final = {
    table: [ref for ref in REFERENCES if ref[0] == table] for table in RECORDED_TABLES
}
_CHILD_COLUMNS: Final = {
    table: [ref for ref in REFERENCES if ref[2] == table] for table in RECORDED_TABLES
}

# Columns of each table in the order of the changeset, to find references in it.
_COLUMN_AT: Final = {
    ("job", "task_id"): 2, ("media", "root_id"): 2, ("frame", "task_id"): 2, ("frame", "media_id"): 4,
    ("track", "task_id"): 2, ("track", "label_id"): 3, ("shape", "frame_id"): 2,
    ("shape", "label_id"): 3, ("shape", "track_id"): 4, ("geometry", "id"): 0,
}  # fmt: skip


def apply_part(db: apsw.Connection, part: StoredPart, direction: Direction) -> None:
    """Apply one changeset inside the caller's transaction. Raises Conflict where a row is in the way."""
    changes = part.changes if direction == "redo" else apsw.Changeset.invert(part.changes)
    conflicts: list[Key | None] = []

    def refuse(reason: int, change: apsw.TableChange) -> int:
        known = change.old if change.old is not None else change.new
        if reason == apsw.SQLITE_CHANGESET_FOREIGN_KEY or known is None:
            conflicts.append(None)
        else:
            assert isinstance(known[0], int)
            conflicts.append((change.name, known[0]))
        return apsw.SQLITE_CHANGESET_ABORT

    try:
        apsw.Changeset.apply(
            changes, db, conflict=refuse, flags=apsw.SQLITE_CHANGESETAPPLY_FKNOACTION
        )
    except (apsw.AbortError, apsw.ConstraintError):
        raise Conflict(conflicts[0] if conflicts else None) from None


class Conflict(Exception):  # noqa: N818 - never leaves the package
    """A row is not as the step left it. key: the row, None where something refers to what would go."""

    def __init__(self, key: Key | None) -> None:
        super().__init__(key)
        self.key = key


def refusal(
    db: apsw.Connection, one: Step, direction: Direction, conflict: Conflict
) -> UndoRefusedError:
    """Return the error that names the later step in the way."""
    later = _step_in_the_way(db, one, conflict.key)
    verb = "undone" if direction == "undo" else "redone"
    if later is None or later.id == one.id:
        return UndoRefusedError(
            f"“{one.title}” cannot be {verb}: something changed since then depends on it."
        )
    return UndoRefusedError(
        f"“{one.title}” cannot be {verb}: the later step “{later.title}” changed the same things."
        " Undo that one first.",
        (later.id,),
    )


def _step_in_the_way(db: apsw.Connection, one: Step, key: Key | None) -> Step | None:
    if key is None:
        return _step_that_refers(db, one)
    table, row_id = key
    found = db.execute(f"SELECT rev FROM {table} WHERE id = ?", (row_id,)).fetchone()  # noqa: S608
    if found is not None:
        return history.step_of_rev(db, found[0])
    return history.last_step_touching(db, table, row_id, one.id)


def _step_that_refers(db: apsw.Connection, one: Step) -> Step | None:
    """Find who refers to a row that the step added, or who took away a row that it refers to."""
    own = {part.rev for part in history.parts(db, one.id, reverted=False, backwards=True)}
    for part in history.parts(db, one.id, reverted=False, backwards=True):
        for change in apsw.Changeset.iter(part.changes):
            if change.opcode != apsw.SQLITE_INSERT or change.new is None:
                continue
            row_id = change.new[0]
            for rev in _revs_of_children(db, change.name, row_id):
                if rev not in own:
                    return history.step_of_rev(db, rev)
    return None


def _revs_of_children(db: apsw.Connection, table: str, row_id: object) -> Iterable[int]:
    for child, column, _ in _CHILD_COLUMNS[table]:
        query = f"SELECT DISTINCT rev FROM {child} WHERE {column} = ?"  # noqa: S608 - own words
        for (rev,) in db.execute(query, (row_id,)):
            yield rev


@dataclass(slots=True)
class Claims:
    """What a long undo or redo is about to touch, so that no edit comes between.

    revs: rows carrying one of these numbers must not change, and nothing new may refer to them. rows: rows
    that must not change for another reason: they are about to be changed again, or to be referred to.
    """

    step: Step
    revs: frozenset[int] = frozenset()
    rows: set[Key] = field(default_factory=set)

    def check(self, db: apsw.Connection, changes: bytes) -> None:
        """Raise UndoRefusedError where a changeset that is about to be committed gets in the way."""
        for change in apsw.Changeset.iter(changes):
            old, new = change.old, change.new
            known = old if old is not None else new
            assert known is not None
            key = (change.name, known[0])
            if (old is not None and old[1] in self.revs) or key in self.rows:
                raise self._refusal()
            if new is None:
                continue
            for table, column, parent in _PARENT_COLUMNS[change.name]:
                value = new[_COLUMN_AT[table, column]]
                if isinstance(value, int) and self._rev(db, parent, value) in self.revs:
                    raise self._refusal()

    @staticmethod
    def _rev(db: apsw.Connection, table: str, row_id: int) -> int | None:
        found = db.execute(f"SELECT rev FROM {table} WHERE id = ?", (row_id,)).fetchone()  # noqa: S608
        return None if found is None else found[0]

    def _refusal(self) -> UndoRefusedError:
        return UndoRefusedError(
            f"“{self.step.title}” is just being undone or redone. Wait until that is done."
        )


def plan_claims(db: apsw.Connection, one: Step, direction: Direction) -> Claims:
    """Return what must not change while a step of many transactions is reverted."""
    backwards = direction == "undo"
    revs: set[int] = set()
    rows: set[Key] = set()
    for part in history.parts(db, one.id, reverted=not backwards, backwards=backwards):
        revs.add(part.rev)
        for change in apsw.Changeset.iter(part.changes):
            comes = change.old if backwards else change.new
            if comes is None:
                continue
            goes = change.new if backwards else change.old
            if goes is not None and not backwards:
                row_id = goes[0]
                assert isinstance(row_id, int)
                rows.add((change.name, row_id))
            for table, column, parent in _PARENT_COLUMNS[change.name]:
                value = comes[_COLUMN_AT[table, column]]
                if isinstance(value, int) and table != "geometry":
                    rows.add((parent, value))
    return Claims(one, frozenset(revs) if backwards else frozenset(), rows)


def check_nothing_in_the_way(db: apsw.Connection, one: Step, direction: Direction) -> None:
    """Raise Conflict where a row is not as the step left it, or something else refers to what would go.

    Reads only, and needs no lock once the claims stand.
    """
    backwards = direction == "undo"
    own: set[int] = set()
    gone: dict[str, set[int]] = defaultdict(set)
    for part in history.parts(db, one.id, reverted=not backwards, backwards=backwards):
        own.add(part.rev)
    for part in history.parts(db, one.id, reverted=not backwards, backwards=backwards):
        for change in apsw.Changeset.iter(part.changes):
            _check_row(db, change, gone, backwards=backwards)
    if backwards:
        _check_references(db, one, own)


def _check_row(
    db: apsw.Connection,
    change: apsw.TableChange,
    gone: dict[str, set[int]],
    *,
    backwards: bool,
) -> None:
    """Check one row; `gone` collects rows that an earlier part on the way brings to another state."""
    now = change.new if backwards else change.old
    known = change.old if change.old is not None else change.new
    assert known is not None
    row_id = known[0]
    assert isinstance(row_id, int)
    passed = gone[change.name]
    if row_id in passed:
        return
    found = db.execute(
        f"SELECT rev FROM {change.name} WHERE id = ?",  # noqa: S608 - a recorded table
        (row_id,),
    ).fetchone()
    expected = None if now is None else now[1]
    if (None if found is None else found[0]) != expected:
        raise Conflict((change.name, row_id))
    # Going back, the transaction that added a row is the last one on the way that knows it.
    if change.opcode != apsw.SQLITE_INSERT or not backwards:
        passed.add(row_id)


def _check_references(db: apsw.Connection, one: Step, own: set[int]) -> None:
    for part in history.parts(db, one.id, reverted=False, backwards=True):
        for change in apsw.Changeset.iter(part.changes):
            if change.opcode != apsw.SQLITE_INSERT or change.name in ("geometry", "job"):
                continue
            if change.name == "shape":  # only its geometry refers to it, which nobody writes alone
                continue
            assert change.new is not None
            for rev in _revs_of_children(db, change.name, change.new[0]):
                if rev not in own:
                    raise Conflict(None)
