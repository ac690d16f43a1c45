"""The rows of a changeset: what each of them is before it is applied and after."""

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import apsw

from annotator.project.storage.schema import RECORDED_TABLES, REFERENCES

Direction: TypeAlias = Literal["undo", "redo"]
Values: TypeAlias = tuple[Any, ...]

# The place of `rev` in every recorded table.
REV: Final = 1

# Columns of each table in the order of the changeset, to find references in it.
_COLUMN_AT: Final = {
    ("job", "task_id"): 2, ("media", "root_id"): 2, ("frame", "task_id"): 2, ("frame", "media_id"): 4,
    ("track", "task_id"): 2, ("track", "label_id"): 3, ("shape", "frame_id"): 2,
    ("shape", "label_id"): 3, ("shape", "track_id"): 4,
}  # fmt: skip

# For each table, where its rows refer to which other. A geometry goes with its shape and is left out.
PARENTS: Final = {
    table: tuple(
        (_COLUMN_AT[child, column], column, parent)
        for child, column, parent in REFERENCES
        if child == table and child != "geometry"
    )
    for table in RECORDED_TABLES
}
CHILDREN: Final = {
    table: tuple(
        (child, column)
        for child, column, parent in REFERENCES
        if parent == table and child != "geometry"
    )
    for table in RECORDED_TABLES
}


class RowChange(NamedTuple):
    """One row of a changeset. now, then: its values before and after, None where there is no row.

    Where a row is changed, both hold only the columns that differ; the others are `apsw.no_change`.
    """

    table: str
    id: int
    now: Values | None
    then: Values | None


def row_changes(changes: bytes, direction: Direction) -> Iterator[RowChange]:
    """Yield the rows of a changeset that is about to be applied forwards (redo) or backwards (undo)."""
    backwards = direction == "undo"
    for change in apsw.Changeset.iter(changes):
        old, new = change.old, change.new
        known: Any = old if old is not None else new
        if backwards:
            yield RowChange(change.name, known[0], new, old)
        else:
            yield RowChange(change.name, known[0], old, new)


def going(changes: bytes, direction: Direction) -> bytes:
    """Return the changeset that does what a stored one did, or takes it back."""
    return changes if direction == "redo" else apsw.Changeset.invert(changes)
