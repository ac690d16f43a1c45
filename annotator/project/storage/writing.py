"""The statements that write values. Each gives the rows it changes the number of the transaction.

A row that is already as it should be is left alone, so that putting a value twice is no change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, TypeAlias

import apsw

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.errors import InvalidValueError
from annotator.core.ids import new_ids
from annotator.core.labels import Label
from annotator.project.errors import ProjectError
from annotator.project.organisation import Frame, Job, Media, MediaIdentity, MediaRoot, Task
from annotator.project.storage.changesets import LEAVE_PLACE
from annotator.project.storage.records import (
    Row,
    attributes_of,
    attributes_text,
    boxes_of,
    frame_row,
    geometry_row,
    job_row,
    keyframe_row,
    label_of,
    label_row,
    media_row,
    root_row,
    shape_row,
    task_row,
    track_row,
)
from annotator.project.storage.schema import COLUMNS
from annotator.project.storage.track_kinds import are_mixed

# An annotation or track, the label it has, and the one it gets.
Move: TypeAlias = tuple[int, int, int]


def _put(table: str) -> str:
    """An upsert that touches a row only where something besides `rev` differs."""
    columns = COLUMNS[table]
    rest = columns[2:]
    places = ", ".join("?" * len(columns))
    new = ", ".join(f"excluded.{column}" for column in rest)
    sets = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    old = ", ".join(f"{table}.{column}" for column in rest)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - own words
        f" ON CONFLICT (id) DO UPDATE SET {sets} WHERE ({old}) IS NOT ({new})"
    )


_PUT: Final = {table: _put(table) for table in COLUMNS}
_ADD: Final = {table: statement.partition(" ON CONFLICT")[0] for table, statement in _PUT.items()}
# Counting triggers cost half as much for rows that one statement adds.
_ROWS_AT_ONCE: Final = 50
_ADD_MANY: Final = {
    table: statement + (", " + statement.rpartition(" VALUES ")[2]) * (_ROWS_AT_ONCE - 1)
    for table, statement in _ADD.items()
}

PUT_IDENTITY: Final = (
    "INSERT INTO media_identity VALUES (?, ?, ?, ?) ON CONFLICT (media_id) DO UPDATE"
    " SET size = excluded.size, modified = excluded.modified, hash = excluded.hash"
)


def put_rows(table: str, db: apsw.Connection, rows: Sequence[Row], rev: int) -> None:
    """Write rows of a table as they were stored once, with the number of this transaction."""
    db.executemany(_PUT[table], [(row[0], rev, *row[2:]) for row in rows])


def delete_rows(table: str, db: apsw.Connection, row_ids: Sequence[int], _rev: int) -> None:
    """Delete rows of a table that nothing refers to any more by the end of the transaction."""
    statement = f"DELETE FROM {table} WHERE id = ?"  # noqa: S608 - own words
    db.executemany(statement, [(row_id,) for row_id in row_ids])


def put_labels(db: apsw.Connection, labels: Sequence[Label], rev: int) -> None:
    """Write labels; new ones come after all others."""
    places = dict(db.execute("SELECT id, position FROM label"))
    end = max(places.values(), default=-1) + 1
    rows = []
    for label in labels:
        if label.id not in places:
            places[label.id] = end
            end += 1
        rows.append(label_row(label, places[label.id], rev))
    db.executemany(_PUT["label"], rows)


def order_labels(db: apsw.Connection, orders: Sequence[tuple[int, ...]], rev: int) -> None:
    """Give labels the places of an order, the others after them; the last of several orders counts."""
    known = [row_id for (row_id,) in db.execute("SELECT id FROM label ORDER BY position, id")]
    ordered = [label_id for label_id in dict.fromkeys(orders[-1]) if label_id in set(known)]
    ordered += [label_id for label_id in known if label_id not in set(ordered)]
    db.executemany(
        "UPDATE label SET position = ?1, rev = ?2 WHERE id = ?3 AND position <> ?1",
        [(place, rev, label_id) for place, label_id in enumerate(ordered)],
    )


def delete_labels(db: apsw.Connection, label_ids: Sequence[int], rev: int) -> None:
    """Delete labels; what stands below one moves up to what stood above it."""
    stored = {row_id: label_of(row_id, text) for row_id, text in _definitions(db)}
    gone = set(label_ids)
    moved: list[Label] = []
    for label in stored.values():
        parent = label.parent
        while parent in gone:
            above = stored.get(parent)
            parent = above.parent if above is not None else None
        if parent != label.parent and label.id not in gone:
            moved.append(replace(label, parent=parent))
    put_labels(db, moved, rev)
    db.executemany("DELETE FROM label WHERE id = ?", [(label_id,) for label_id in label_ids])


def _definitions(db: apsw.Connection) -> list[tuple[int, str]]:
    return list(db.execute("SELECT id, definition FROM label"))


def put_tasks(db: apsw.Connection, tasks: Sequence[Task], rev: int) -> None:
    """Write tasks."""
    db.executemany(_PUT["task"], [task_row(task, rev) for task in tasks])


def put_jobs(db: apsw.Connection, jobs: Sequence[Job], rev: int) -> None:
    """Write jobs."""
    db.executemany(_PUT["job"], [job_row(job, rev) for job in jobs])


def put_roots(db: apsw.Connection, roots: Sequence[MediaRoot], rev: int) -> None:
    """Write folders of media."""
    db.executemany(_PUT["media_root"], [root_row(root, rev) for root in roots])


def put_media(db: apsw.Connection, media: Sequence[Media], rev: int) -> None:
    """Write media files."""
    db.executemany(_PUT["media"], [media_row(one, rev) for one in media])


def put_identities(db: apsw.Connection, identities: Sequence[MediaIdentity], _rev: int) -> None:
    """Write what is known of files; not recorded."""
    db.executemany(
        PUT_IDENTITY,
        [(one.media, one.size, one.modified, one.hash) for one in identities],
    )


def put_frames(db: apsw.Connection, frames: Sequence[Frame], rev: int) -> None:
    """Write frames."""
    db.executemany(_PUT["frame"], [frame_row(frame, rev) for frame in frames])


def move_frames(db: apsw.Connection, frames: Sequence[Frame], rev: int) -> None:
    """Write frames of which some may take the places of others, all that do so at once.

    No two frames may have one place even for a moment, so those that move leave theirs first.
    """
    db.executemany(
        f"{LEAVE_PLACE} AND (task_id, position) IS NOT (?, ?)",
        [(frame.id, frame.task, frame.position) for frame in frames],
    )
    put_frames(db, frames, rev)


def put_tracks(db: apsw.Connection, tracks: Sequence[tuple[Track, int]], rev: int) -> None:
    """Write tracks, each with the task it belongs to, without their key frames."""
    db.executemany(_PUT["track"], [track_row(track, task, rev) for track, task in tracks])


def delete_tracks(db: apsw.Connection, track_ids: Sequence[int], _rev: int) -> None:
    """Delete tracks. The many key frames they had are gone by then; those put since then go with them."""
    rows = [(track_id,) for track_id in track_ids]
    left = "SELECT id FROM shape WHERE track_id = ?"
    db.executemany(f"DELETE FROM geometry WHERE id IN ({left})", rows)  # noqa: S608 - own words
    db.executemany("DELETE FROM shape WHERE track_id = ?", rows)
    db.executemany("DELETE FROM track WHERE id = ?", rows)


def put_keyframes(db: apsw.Connection, keyframes: Sequence[tuple[int, Keyframe]], rev: int) -> None:
    """Write key frames, each with the track it belongs to. Raises InvalidValueError for one of another kind."""
    find = "SELECT id FROM shape WHERE track_id = ? AND frame_id = ?"
    fresh = iter(new_ids(len(keyframes)))
    shapes, geometries = [], []
    for track_id, keyframe in keyframes:
        found = db.execute(find, (track_id, keyframe.frame)).fetchone()
        row_id = next(fresh) if found is None else found[0]
        shapes.append(keyframe_row(keyframe, track_id, row_id, rev))
        geometries.append(geometry_row(row_id, rev, keyframe.shape, keyframe.foreign))
    db.executemany(_PUT["shape"], shapes)
    db.executemany(_PUT["geometry"], [row for row in geometries if row is not None])
    if are_mixed(db, [row[0] for row in shapes]):
        raise InvalidValueError(
            "The key frames of a track have shapes of one kind. Give all of them the same."
        )


def delete_keyframes(db: apsw.Connection, keys: Sequence[tuple[int, int]], rev: int) -> None:
    """Delete key frames by (track, frame)."""
    find = "SELECT id FROM shape WHERE track_id = ? AND frame_id = ?"
    found = [db.execute(find, key).fetchone() for key in keys]
    delete_shapes(db, [row[0] for row in found if row is not None], rev)


@dataclass(frozen=True, slots=True)
class AnnotationRows:
    """The rows of some annotations. bare: the ids, each in a tuple, of those without geometry."""

    shapes: Sequence[Row]
    geometries: Sequence[Row]
    bare: Sequence[Row]


def annotation_rows(annotations: Sequence[Annotation], rev: int) -> AnnotationRows:
    """Make the rows of annotations; needs no connection, so it can be done before the lock is taken."""
    boxes = boxes_of(annotations)
    shapes = [shape_row(a, box, rev) for a, box in zip(annotations, boxes, strict=True)]
    rows = [geometry_row(a.id, rev, a.shape, a.foreign) for a in annotations]
    return AnnotationRows(
        shapes,
        [row for row in rows if row is not None],
        [(a.id,) for a, row in zip(annotations, rows, strict=True) if row is None],
    )


def put_annotations(db: apsw.Connection, rows: AnnotationRows, _rev: int) -> None:
    """Write annotations with their geometry."""
    db.executemany(_PUT["shape"], rows.shapes)
    db.executemany(_PUT["geometry"], rows.geometries)
    db.executemany("DELETE FROM geometry WHERE id = ?", rows.bare)


def add_annotations(db: apsw.Connection, rows: AnnotationRows, _rev: int) -> None:
    """Write annotations that are all new."""
    _add_rows(db, "shape", rows.shapes)
    _add_rows(db, "geometry", rows.geometries)


def _add_rows(db: apsw.Connection, table: str, rows: Sequence[Row]) -> None:
    whole = len(rows) - len(rows) % _ROWS_AT_ONCE
    lots = [
        tuple(chain.from_iterable(rows[start : start + _ROWS_AT_ONCE]))
        for start in range(0, whole, _ROWS_AT_ONCE)
    ]
    db.executemany(_ADD_MANY[table], lots)
    db.executemany(_ADD[table], rows[whole:])


def delete_shapes(db: apsw.Connection, row_ids: Sequence[int], _rev: int) -> None:
    """Delete annotations and key frames by the id of their row."""
    rows = [(row_id,) for row_id in row_ids]
    db.executemany("DELETE FROM geometry WHERE id = ?", rows)
    db.executemany("DELETE FROM shape WHERE id = ?", rows)


def relabel_shapes(db: apsw.Connection, moves: Sequence[Move], rev: int) -> None:
    """Give annotations another label; attribute values go to the attributes of the same name."""
    _relabel(db, "shape", moves, rev)


def relabel_tracks(db: apsw.Connection, moves: Sequence[Move], rev: int) -> None:
    """Give tracks another label, and their key frames' values to the attributes of the same name."""
    _relabel(db, "track", moves, rev)


def _relabel(db: apsw.Connection, table: str, moves: Sequence[Move], rev: int) -> None:
    labels = {row_id: label_of(row_id, text) for row_id, text in _definitions(db)}
    select = f"SELECT attributes FROM {table} WHERE id = ? AND label_id = ?"  # noqa: S608 - own words
    change = f"UPDATE {table} SET label_id = ?, attributes = ?, rev = ? WHERE id = ?"  # noqa: S608
    for row_id, source, target in moves:
        row = db.execute(select, (row_id, source)).fetchone()
        if row is None:
            continue
        if target not in labels:
            raise ProjectError(
                f"The label to merge {labels[source].name!r} into does not exist. Choose another one."
            )
        ids = _same_named(labels[source], labels[target])
        db.execute(change, (target, _translated(row[0], ids), rev, row_id))
        if table == "track":
            _translate_keyframes(db, row_id, ids, rev)


def _translate_keyframes(db: apsw.Connection, track_id: int, ids: dict[int, int], rev: int) -> None:
    held = db.execute(
        "SELECT id, attributes FROM shape WHERE track_id = ? AND attributes IS NOT NULL",
        (track_id,),
    )
    moved = ((row_id, text, _translated(text, ids)) for row_id, text in list(held))
    db.executemany(
        "UPDATE shape SET attributes = ?, rev = ? WHERE id = ?",
        [(new, rev, row_id) for row_id, old, new in moved if new != old],
    )


def _same_named(old: Label, new: Label) -> dict[int, int]:
    pairs = ((one, new.attribute_named(one.name)) for one in old.attributes)
    return {one.id: other.id for one, other in pairs if other is not None}


def _translated(text: str | None, ids: dict[int, int]) -> str | None:
    # A value without a place in the new label stays under its old id: nothing is thrown away silently.
    return attributes_text({ids.get(key, key): value for key, value in attributes_of(text).items()})
