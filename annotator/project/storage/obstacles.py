"""What is in the way of undoing or redoing a step, and which other step put it there.

Only reads, and needs no lock once nobody else may touch what the plan names. Rows are compared by the number
of the transaction that wrote them last.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, Final

import apsw

from annotator.core.errors import InvalidValueError
from annotator.core.labels import Label, LabelSchema
from annotator.project.errors import UndoRefusedError
from annotator.project.storage import history
from annotator.project.storage.additions import Added
from annotator.project.storage.history import Step, StoredPart
from annotator.project.storage.records import label_of
from annotator.project.storage.reverting import (
    PLACES,
    RevertPlan,
    ids_coming,
    ids_going,
    place_taken,
)
from annotator.project.storage.row_changes import (
    CHILDREN,
    PARENTS,
    REV,
    RowChange,
    Values,
    row_changes,
)
from annotator.project.storage.track_kinds import keyframes_coming

# How many of some annotations are as a transaction left them, how many geometries are, and how many there are.
_COUNT_ADDED: Final = """
    WITH added (id) AS MATERIALIZED (SELECT value FROM json_each(?1))
    SELECT (SELECT count(*) FROM added JOIN shape USING (id) WHERE rev = ?2),
           (SELECT count(*) FROM added JOIN geometry USING (id) WHERE rev = ?2),
           (SELECT count(*) FROM added JOIN geometry USING (id))
"""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a step cannot be reverted.

    step: who is in the way, None where it cannot be told. is_undone: it was undone and would have to be
    redone first; else it would have to be undone. law: the law of the labels that would be broken.
    """

    step: Step | None
    is_undone: bool = False
    law: str = ""


def refusal(plan: RevertPlan, obstacle: Obstacle | None) -> UndoRefusedError:
    """Return the error that names the step in the way."""
    undoing = plan.direction == "undo"
    begin = f"“{plan.step.title}” cannot be {'undone' if undoing else 'redone'}:"
    other = obstacle.step if obstacle is not None else None
    if obstacle is not None and obstacle.law:
        begin = f"{begin} {obstacle.law}"
        if other is None:
            return UndoRefusedError(f"{begin} Change the labels so that it can be.")
        what = "Redo" if obstacle.is_undone else "Undo"
        return UndoRefusedError(f"{begin} {what} {_named(other, plan)} first.", (other.id,))
    if other is None or obstacle is None:
        if undoing:
            return UndoRefusedError(
                f"{begin} something that was done since then depends on it. Undo that first."
            )
        return UndoRefusedError(
            f"{begin} what it changes is no longer as it was. Make the change anew."
        )
    if obstacle.is_undone:
        return UndoRefusedError(
            f"{begin} it builds on the step “{other.title}”, which was undone. Redo that one first.",
            (other.id,),
        )
    return UndoRefusedError(
        f"{begin} {_named(other, plan)} changed the same things. Undo that one first.",
        (other.id,),
    )


def _named(other: Step, plan: RevertPlan) -> str:
    is_later = other.id > plan.step.id and other.state != "undone"
    return f"the {'later ' if is_later else ''}step “{other.title}”"


def find_obstacle(db: apsw.Connection, plan: RevertPlan) -> Obstacle | None:
    """Return the first thing in the way of a step, or None where it can be reverted as a whole."""
    return _Search(db, plan).run()


class _Search:
    def __init__(self, db: apsw.Connection, plan: RevertPlan) -> None:
        self._db = db
        self._plan = plan
        self._backwards = plan.direction == "undo"
        # Rows that a later transaction of the step changed or deleted, as they are once that is taken back.
        self._brought: dict[tuple[str, int], Values] = {}
        # The numbers of the transactions that were looked at; a row that names one is gone by then, or brought.
        self._passed: set[int] = set()
        # How many children each row that goes loses on the way, by (table and column of the child, its id).
        self._leaving: Counter[tuple[str, str, int]] = Counter()
        # The kind of the key frames that come, by their track.
        self._kinds: dict[int, int] = {}

    def run(self) -> Obstacle | None:
        labels = _stored_labels(self._db) if self._plan.touches_labels else {}
        for part in self._parts():
            if part.added is not None:
                found = self._check_added(part.rev, part.added)
            else:
                changes = list(row_changes(part.changes, self._plan.direction))
                found = self._check_rows(changes) or self._check_labels(labels, changes)
            if found is not None:
                return found
            self._passed.add(part.rev)
        return self._check_parents() or self._check_children() or self._check_kinds()

    def _parts(self) -> Iterator[StoredPart]:
        return history.parts(
            self._db,
            self._plan.step.id,
            reverted=not self._backwards,
            backwards=self._backwards,
        )

    # Rows -------------------------------------------------------------------------------------------

    def _check_rows(self, changes: Sequence[RowChange]) -> Obstacle | None:
        ids: dict[str, list[int]] = defaultdict(list)
        for change in changes:
            ids[change.table].append(change.id)
        revs = {table: _revs_of(self._db, table, row_ids) for table, row_ids in ids.items()}
        for change in changes:
            found = self._check_row(change, revs[change.table].get(change.id))
            found = found or self._check_place(change)
            if found is not None:
                return found
            self._count_children(change)
        self._note_kinds(changes)
        return self._check_geometries(changes)

    def _check_geometries(self, changes: Sequence[RowChange]) -> Obstacle | None:
        """Check that no annotation goes and leaves a geometry behind that somebody gave it later."""
        bereft = ids_going(changes, "shape") - ids_going(changes, "geometry")
        if not bereft:
            return None
        for row_id, rev in _revs_of(self._db, "geometry", bereft).items():
            goes_before = row_id in self._plan.rows["geometry"]
            if not goes_before and self._on_the_way("geometry", row_id, rev) is not None:
                return self._obstacle_of_rev(rev)
        return None

    def _check_row(self, change: RowChange, stored: int | None) -> Obstacle | None:
        table, row_id, now, then = change
        own = self._plan.own
        wanted: int | None = None if now is None else now[REV]
        if self._backwards:
            stored = self._on_the_way(table, row_id, stored)
            brought = self._brought.pop((table, row_id), None)
            if then is not None and then[REV] in own:
                self._brought[table, row_id] = _overlaid(brought, then)
        elif wanted in own or (wanted is None and row_id in self._plan.rows[table]):
            # An earlier transaction of the step writes it so, or takes it away.
            return None
        if stored == wanted:
            return None
        if wanted is not None and not self._backwards:
            before = history.step_of_rev(self._db, wanted)
            if before is not None and before.state == "undone":
                return Obstacle(before, is_undone=True)
        if stored is not None:
            return self._obstacle_of_rev(stored)
        between = self._rev_between(table, row_id)
        if between is not None:
            return self._obstacle_of_rev(between)
        return self._obstacle_of_missing(table, {row_id})

    def _on_the_way(self, table: str, row_id: int, stored: int | None) -> int | None:
        """Return the number a row has once the transactions looked at so far are taken back, None if it is gone."""
        brought = self._brought.get((table, row_id))
        if brought is not None:
            rev: int = brought[REV]
            return rev
        return None if stored in self._passed else stored

    def _check_added(self, rev: int, added: Added) -> Obstacle | None:
        """Check annotations of which only the ids are known; their values are those that are stored."""
        if not self._brought and self._is_untouched(rev, added):
            return None
        rows: Any = self._db.execute(
            "SELECT id, rev, frame_id, label_id, track_id FROM shape"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(added.ids)),),
        )
        stored: dict[int, Values] = {row[0]: row for row in rows}
        changes = []
        for row_id in added.ids:
            now = _overlaid(stored.get(row_id, (None,) * 5), self._brought.get(("shape", row_id)))
            changes.append(RowChange("shape", row_id, (row_id, rev, *now[2:5]), None))
        revs = _revs_of(self._db, "geometry", added.ids)
        geometries = {
            row_id
            for row_id in added.ids
            if self._on_the_way("geometry", row_id, revs.get(row_id)) is not None
        }
        changes += [RowChange("geometry", row_id, (row_id, rev), None) for row_id in geometries]
        found = self._check_rows(changes)
        if found is None and len(geometries) < added.geometries:
            return self._obstacle_of_missing("geometry", set(added.ids) - geometries)
        return found

    def _is_untouched(self, rev: int, added: Added) -> bool:
        """Return whether all annotations that were added are as they were, counting what they refer to."""
        ids = json.dumps(list(added.ids))
        totals: Any = self._db.execute(_COUNT_ADDED, (ids, rev)).fetchone()
        if totals != (len(added.ids), added.geometries, added.geometries):
            return False
        for _, column, parent in PARENTS["shape"]:
            if self._plan.going[parent]:
                found: Any = self._db.execute(
                    f"SELECT {column}, count(*) FROM shape"  # noqa: S608 - own words
                    " WHERE id IN (SELECT value FROM json_each(?)) GROUP BY 1",
                    (ids,),
                )
                self._leaving.update({("shape", column, row_id): count for row_id, count in found})
        return True

    def _check_place(self, change: RowChange) -> Obstacle | None:
        place = place_taken(self._db, change)
        if place is None:
            return None
        table, first, second = place
        (one, _), (other, _) = PLACES[table]
        row: Any = self._db.execute(
            f"SELECT id, rev FROM {table} WHERE {one} = ? AND {other} = ?",  # noqa: S608 - own words
            (first, second),
        ).fetchone()
        if row is None or row[0] == change.id:
            return None
        moves = row[1] in self._plan.own if self._backwards else row[0] in self._plan.rows[table]
        return None if moves else self._obstacle_of_rev(row[1])

    # References -------------------------------------------------------------------------------------

    def _check_parents(self) -> Obstacle | None:
        for table, row_ids in self._plan.needed.items():
            missing = row_ids - _revs_of(self._db, table, row_ids).keys()
            if missing and table == "shape":
                for part in self._parts():
                    changes = row_changes(part.changes, self._plan.direction)
                    missing -= ids_coming(changes, "shape")
            if missing:
                return self._obstacle_of_missing(table, missing)
        return None

    def _count_children(self, change: RowChange) -> None:
        for at, column, parent in PARENTS[change.table]:
            goes = self._plan.going[parent]
            if not goes:
                continue
            if change.now is not None and change.now[at] in goes:
                self._leaving[change.table, column, change.now[at]] += 1
            if change.then is not None and change.then[at] in goes:
                self._leaving[change.table, column, change.then[at]] -= 1

    def _check_children(self) -> Obstacle | None:
        for table, row_ids in self._plan.going.items():
            for child, column in CHILDREN[table]:
                count = f"SELECT count(*) FROM {child} WHERE {column} = ?"  # noqa: S608 - own words
                for row_id in row_ids:
                    row: Any = self._db.execute(count, (row_id,)).fetchone()
                    if row[0] > self._leaving[child, column, row_id]:
                        return self._obstacle_of_child(child, column, row_id)
        return None

    # Tracks -----------------------------------------------------------------------------------------

    def _note_kinds(self, changes: Sequence[RowChange]) -> None:
        for row_id, track, kind in keyframes_coming(changes):
            track_id = _track_of(self._db, row_id) if track is apsw.no_change else track
            if track_id is not None:
                self._kinds[track_id] = kind

    def _check_kinds(self) -> Obstacle | None:
        """Check that no key frame comes to a track that somebody has given shapes of another kind."""
        query = "SELECT id, rev FROM shape WHERE track_id = ? AND kind <> ? ORDER BY rev DESC"
        for wanted in self._kinds.items():
            rows: Any = self._db.execute(query, wanted).fetchall()
            for row_id, rev in rows:
                if rev not in self._plan.own and row_id not in self._plan.rows["shape"]:
                    return self._obstacle_of_rev(rev)
        return None

    # Labels -----------------------------------------------------------------------------------------

    def _check_labels(
        self, labels: dict[int, tuple[int, str]], changes: Iterable[RowChange]
    ) -> Obstacle | None:
        """Apply what a transaction does to the labels and check that their laws hold afterwards."""
        touched = False
        for table, row_id, _, then in changes:
            if table != "label":
                continue
            touched = True
            if then is None:
                labels.pop(row_id, None)
                continue
            place, text = labels.get(row_id, (0, ""))
            labels[row_id] = (
                place if then[2] is apsw.no_change else then[2],
                text if then[3] is apsw.no_change else then[3],
            )
        if not touched:
            return None
        ordered = sorted(labels.items(), key=lambda item: (item[1][0], item[0]))
        found = [label_of(row_id, text) for row_id, (_, text) in ordered]
        try:
            LabelSchema(tuple(found))
        except InvalidValueError as error:
            return self._obstacle_of_law(found, str(error))
        return None

    def _obstacle_of_law(self, labels: list[Label], law: str) -> Obstacle:
        known = {label.id for label in labels}
        for label in labels:
            if label.parent is None or label.parent in known:
                continue
            if label.parent in self._plan.going["label"]:
                (rev,) = _revs_of(self._db, "label", [label.id]).values()
                return replace(self._obstacle_of_rev(rev), law=law)
            return replace(self._obstacle_of_missing("label", {label.parent}), law=law)
        revs = _revs_of(self._db, "label", _clashing(labels))
        for rev in sorted(revs.values(), reverse=True):
            step = history.step_of_rev(self._db, rev)
            if step is not None and step.id > self._plan.step.id:
                return Obstacle(step, law=law)
        return Obstacle(None, law=law)

    def _rev_between(self, table: str, row_id: int) -> int | None:
        """Return the number of somebody who wrote a row between two transactions of the step, or None."""
        found: int | None = None
        for part in self._parts():
            # Who wrote it before the first of them is in nobody's way.
            if found is not None and part.added is not None and row_id in part.added.ids:
                return found
            for change in row_changes(part.changes, self._plan.direction):
                if (change.table, change.id) != (table, row_id):
                    continue
                if found is not None:
                    return found
                then = change.then
                if then is not None and then[REV] not in self._plan.own:
                    found = then[REV]
        return None

    # Who it was -------------------------------------------------------------------------------------

    def _obstacle_of_rev(self, rev: int) -> Obstacle:
        step = history.step_of_rev(self._db, rev)
        return Obstacle(None if step is None or step.id == self._plan.step.id else step)

    def _obstacle_of_missing(self, table: str, row_ids: Set[int]) -> Obstacle:
        step = history.step_that_removed(self._db, table, row_ids, besides=self._plan.step.id)
        return Obstacle(step, is_undone=step is not None and step.state == "undone")

    def _obstacle_of_child(self, child: str, column: str, row_id: int) -> Obstacle:
        """Name the step of the newest row that refers to one that would go and is not the step's own."""
        own: set[int] = set()
        for part in self._parts():
            if part.added is not None:
                own.update(part.added.ids if child == "shape" else ())
            else:
                changes = row_changes(part.changes, self._plan.direction)
                own |= {change.id for change in changes if change.table == child}
        row: Any = self._db.execute(
            f"SELECT rev FROM {child} WHERE {column} = ?"  # noqa: S608 - own words
            " AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY rev DESC LIMIT 1",
            (row_id, json.dumps(list(own))),
        ).fetchone()
        return Obstacle(None) if row is None else self._obstacle_of_rev(row[0])


def _overlaid(values: Values | None, newer: Values | None) -> Values:
    """Return a row with the columns that are known of its state after a change."""
    if newer is None or values is None:
        return newer or values or ()
    return tuple(
        old if new is apsw.no_change else new for old, new in zip(values, newer, strict=False)
    )


def _revs_of(db: apsw.Connection, table: str, row_ids: Iterable[int]) -> dict[int, int]:
    """Return the number of each of the rows that exist, by their id."""
    rows: Any = db.execute(
        f"SELECT id, rev FROM {table} WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608
        (json.dumps(list(row_ids)),),
    )
    return dict(rows)


def _track_of(db: apsw.Connection, row_id: int) -> int | None:
    row: Any = db.execute("SELECT track_id FROM shape WHERE id = ?", (row_id,)).fetchone()
    return None if row is None else row[0]


def _clashing(labels: list[Label]) -> list[int]:
    """Return the labels that have the name of another one, or else those that stand above themselves."""
    names = Counter((label.parent, label.name) for label in labels)
    same = [label.id for label in labels if names[label.parent, label.name] > 1]
    if same:
        return same
    above = {label.id: label.parent for label in labels}
    circling = []
    for label in labels:
        parent, passed = label.parent, set[int]()
        while parent is not None and parent not in passed:
            passed.add(parent)
            parent = above.get(parent)
        if label.id in passed:
            circling.append(label.id)
    return circling


def _stored_labels(db: apsw.Connection) -> dict[int, tuple[int, str]]:
    rows: Any = db.execute("SELECT id, position, definition FROM label")
    return {row_id: (place, text) for row_id, place, text in rows}
