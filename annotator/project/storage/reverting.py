"""Undo and redo: applying changesets backwards and forwards, all or nothing.

A changeset is applied only where every row is as its step left it: each recorded row carries the number of the
transaction that wrote it last, so any later change shows as a conflict, and the whole is given up.

A step of one transaction is reverted in one. A step of many (an import) is reverted transaction by
transaction, so that nobody waits for the lock longer than for one of them. `RevertPlan` says what the whole
will touch: `obstacles` checks beforehand that nothing is in the way, and `RevertPlan.check` keeps others from
getting in the way until the end.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import apsw

from annotator.project.errors import UndoRefusedError
from annotator.project.storage import history
from annotator.project.storage.history import Step
from annotator.project.storage.row_changes import (
    PARENTS,
    REV,
    Direction,
    RowChange,
    Values,
    row_changes,
)
from annotator.project.storage.schema import RECORDED_TABLES

# A place that only one row can have: a key frame's (track, frame), a frame's (task, position).
Place: TypeAlias = tuple[str, int, int]
# The columns of a place, and where they stand in a changeset.
PLACES: Final = {
    "shape": (("track_id", 4), ("frame_id", 2)),
    "frame": (("task_id", 2), ("position", 3)),
}


def _none_of_each() -> dict[str, set[int]]:
    # All tables from the beginning: other threads look here while one goes through them.
    return {table: set() for table in RECORDED_TABLES}


@dataclass(slots=True)
class RevertPlan:
    """What undoing or redoing a step will touch; no other edit may come between.

    own: the numbers of its transactions; rows that carry one will change or go, or were just redone. rows: when
    redoing, the other rows that will change or go. going: rows that will be gone, to which others could refer.
    needed: rows that will be referred to. places: those that its rows will take. All by the name of the table.
    """

    step: Step
    direction: Direction
    own: Set[int]
    rows: dict[str, set[int]] = field(default_factory=_none_of_each)
    going: dict[str, set[int]] = field(default_factory=_none_of_each)
    needed: dict[str, set[int]] = field(default_factory=_none_of_each)
    places: set[Place] = field(default_factory=set)
    touches_labels: bool = False

    def check(self, db: apsw.Connection, changes: Iterable[RowChange]) -> None:
        """Raise UndoRefusedError where changes that are about to be committed get in the way."""
        for change in changes:
            if self._is_in_the_way(db, change):
                raise UndoRefusedError(
                    f"“{self.step.title}” is just being undone or redone. Wait until that is done."
                )

    def _is_in_the_way(self, db: apsw.Connection, change: RowChange) -> bool:
        table, row_id, old, new = change
        if table == "label" and self.touches_labels:
            return True
        if old is not None and old[REV] in self.own:
            return True
        if row_id in self.rows[table]:
            return True
        if table == "geometry" and self._touches_shape(db, row_id):
            return True
        if new is None:
            return row_id in self.needed[table]
        if any(new[at] in self.going[parent] for at, _, parent in PARENTS[table]):
            return True
        return place_taken(db, change) in self.places

    def _touches_shape(self, db: apsw.Connection, row_id: int) -> bool:
        """Whether a geometry belongs to an annotation that will change or go."""
        if row_id in self.rows["shape"]:
            return True
        row: Any = db.execute("SELECT rev FROM shape WHERE id = ?", (row_id,)).fetchone()
        return row is not None and row[0] in self.own


def plan_revert(db: apsw.Connection, one: Step, direction: Direction) -> RevertPlan:
    """Return what reverting a step, or what is left of it to be reverted, will touch."""
    plan = RevertPlan(one, direction, history.revs(db, one.id))
    backwards = direction == "undo"
    coming = _none_of_each()
    for part in history.parts(db, one.id, reverted=not backwards, backwards=backwards):
        changes = list(row_changes(part.changes, direction))
        for change in changes:
            _add_to_plan(plan, db, change, coming)
        # A geometry comes with its annotation as a rule.
        plan.needed["shape"] |= ids_coming(changes, "geometry") - ids_coming(changes, "shape")
    for table, row_ids in coming.items():
        plan.needed[table] -= row_ids
    return plan


def _add_to_plan(
    plan: RevertPlan, db: apsw.Connection, change: RowChange, coming: dict[str, set[int]]
) -> None:
    table, row_id, now, then = change
    if table == "label":
        plan.touches_labels = True
    if now is not None and plan.direction == "redo":
        plan.rows[table].add(row_id)
    has_children = table not in ("shape", "geometry", "job", "rejection")
    if then is None:
        if has_children:
            plan.going[table].add(row_id)
        return
    if now is None and has_children:
        coming[table].add(row_id)
    for at, _, parent in PARENTS[table]:
        if isinstance(then[at], int):
            plan.needed[parent].add(then[at])
    place = place_taken(db, change)
    if place is not None:
        plan.places.add(place)


def ids_coming(changes: Iterable[RowChange], table: str) -> set[int]:
    """Return the rows of a table that are not there now and will be."""
    return {
        change.id
        for change in changes
        if change.table == table and change.now is None and change.then is not None
    }


def ids_going(changes: Iterable[RowChange], table: str) -> set[int]:
    """Return the rows of a table that are there now and will not be."""
    return {
        change.id
        for change in changes
        if change.table == table and change.now is not None and change.then is None
    }


def place_taken(db: apsw.Connection, change: RowChange) -> Place | None:
    """Return the place that a row will have and does not have now, or None."""
    table, row_id, now, then = change
    columns = PLACES.get(table)
    if columns is None or then is None:
        return None
    (one, first), (other, second) = columns
    values: Values = (then[first], then[second])
    if now is not None:
        if values == (apsw.no_change, apsw.no_change):
            return None
        row: Any = db.execute(
            f"SELECT {one}, {other} FROM {table} WHERE id = ?",  # noqa: S608 - own words
            (row_id,),
        ).fetchone()
        if row is None:
            return None
        values = tuple(
            known if value is apsw.no_change else value
            for value, known in zip(values, row, strict=True)
        )
    if values[0] is None:
        return None
    return table, values[0], values[1]
