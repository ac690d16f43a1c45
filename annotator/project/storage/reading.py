"""Questions to the database: rows as values, through a connection that may be of any thread."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final
from unicodedata import normalize

import apsw
import numpy as np

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.columns import KIND_CODES, ShapeColumns
from annotator.core.labels import LabelSchema
from annotator.core.shape_codec import polygon_rings
from annotator.core.values import INTEGER_LIMIT
from annotator.project.organisation import (
    Frame,
    Job,
    Media,
    MediaIdentity,
    MediaRoot,
    Task,
    TaskTotals,
)
from annotator.project.storage.records import (
    ANNOTATION_SELECT,
    FRAME_SELECT,
    IDENTITY_SELECT,
    JOB_SELECT,
    KEYFRAME_SELECT,
    KIND_NUMBERS,
    KINDS,
    MEDIA_SELECT,
    ROOT_SELECT,
    TASK_SELECT,
    TRACK_SELECT,
    annotation_of,
    frame_of,
    identity_of,
    job_of,
    keyframe_of,
    label_of,
    media_of,
    root_of,
    stored,
    task_of,
    track_of,
)

# Frames or media read at once.
_PAGE: Final = 500


def _one(db: apsw.Connection, query: str, values: tuple[Any, ...] = ()) -> Any:
    return db.execute(query, values).fetchone()


def labels(db: apsw.Connection) -> LabelSchema:
    """Return the label schema. Raises InvalidValueError where the labels break its laws.

    `stored_labels` says so as of damage, where nobody is just changing them.
    """
    rows: Any = db.execute("SELECT id, definition FROM label ORDER BY position, id")
    return LabelSchema(tuple(label_of(row_id, text) for row_id, text in rows))


stored_labels: Final = stored("set of labels")(labels)


def tasks(db: apsw.Connection) -> list[Task]:
    """Return the tasks in the order they were made, without removed ones."""
    found = (task_of(row) for row in db.execute(f"{TASK_SELECT} ORDER BY id"))
    return [task for task in found if not task.removed]


def jobs(db: apsw.Connection, task: int) -> list[Job]:
    """Return the jobs of a task by their first frame."""
    rows = db.execute(f"{JOB_SELECT} WHERE task_id = ? ORDER BY first, id", (task,))
    return [job_of(row) for row in rows]


def task_totals(db: apsw.Connection, task: int) -> TaskTotals:
    """Return how much is in a task, the annotations from the counters."""
    frames = _one(
        db, "SELECT count(*), total(done) FROM frame WHERE task_id = ? AND removed = 0", (task,)
    )
    annotations = _one(
        db,
        "SELECT total(c.total) FROM frame f JOIN frame_count c ON c.frame_id = f.id"
        " WHERE f.task_id = ? AND f.removed = 0",
        (task,),
    )
    tracks = _one(db, "SELECT count(*) FROM track WHERE task_id = ?", (task,))
    return TaskTotals(frames[0], int(frames[1]), int(annotations[0]), tracks[0])


def media_roots(db: apsw.Connection) -> list[MediaRoot]:
    """Return the folders of media."""
    return [root_of(row) for row in db.execute(f"{ROOT_SELECT} ORDER BY id")]


def media(db: apsw.Connection, media_id: int) -> Media | None:
    """Return a media file, or None."""
    row = _one(db, f"{MEDIA_SELECT} WHERE id = ?", (media_id,))
    return None if row is None else media_of(row)


def media_paths(db: apsw.Connection, root: int) -> list[str]:
    """Return the paths of all media below a root."""
    rows: Any = db.execute("SELECT path FROM media WHERE root_id = ?", (root,))
    return [path for (path,) in rows]


def media_without_hash(db: apsw.Connection) -> Iterator[Media]:
    """Yield the media whose content was not read yet, those that come meanwhile too, a page at a time."""
    known = "SELECT 1 FROM media_identity WHERE media_id = media.id AND hash IS NOT NULL"
    query = f"{MEDIA_SELECT} WHERE id > ? AND NOT EXISTS ({known}) ORDER BY id LIMIT ?"
    after = -INTEGER_LIMIT
    while page := [media_of(row) for row in db.execute(query, (after, _PAGE)).fetchall()]:
        yield from page
        after = page[-1].id


def identity(db: apsw.Connection, media_id: int) -> MediaIdentity | None:
    """Return what is known of a media file, or None."""
    row = _one(db, f"{IDENTITY_SELECT} WHERE media_id = ?", (media_id,))
    return None if row is None else identity_of(row)


# Frames ------------------------------------------------------------------------------------------------


def frame(db: apsw.Connection, frame_id: int) -> Frame | None:
    """Return a frame, or None."""
    row = _one(db, f"{FRAME_SELECT} WHERE id = ?", (frame_id,))
    return None if row is None else frame_of(row)


def frames(
    db: apsw.Connection, task: int, *, after: int = -1, limit: int = -1, removed: bool = False
) -> Iterator[Frame]:
    """Yield the frames of a task in order, from the position behind `after`; removed ones on request.

    They are read a page at a time: a statement that is left unfinished would hold up the log.
    """
    while limit != 0:
        page = _PAGE if limit < 0 else min(limit, _PAGE)
        rows: Any = db.execute(
            f"{FRAME_SELECT} WHERE task_id = ? AND position > ? AND removed <= ?"
            " ORDER BY position LIMIT ?",
            (task, after, int(removed), page),
        ).fetchall()
        found = [frame_of(row) for row in rows]
        yield from found
        if len(found) < page:
            return
        after = found[-1].position
        limit = limit if limit < 0 else limit - page


def frame_beside(db: apsw.Connection, task: int, position: int, direction: int) -> Frame | None:
    """Return the next frame of a task in a direction (1 or -1), or None at the end."""
    compare, order = (">", "ASC") if direction > 0 else ("<", "DESC")
    row = _one(
        db,
        f"{FRAME_SELECT} WHERE task_id = ? AND position {compare} ? AND removed = 0"
        f" ORDER BY position {order} LIMIT 1",
        (task, position),
    )
    return None if row is None else frame_of(row)


def frame_number(db: apsw.Connection, task: int, position: int) -> int:
    """Return how many frames of a task that are not removed come before a position."""
    query = "SELECT count(*) FROM frame WHERE task_id = ? AND position < ? AND removed = 0"
    return int(_one(db, query, (task, position))[0])


def frame_at(db: apsw.Connection, task: int, number: int) -> Frame | None:
    """Return the frame of a task with a number, counted from 0 without removed ones, or None.

    It steps over all frames before it: where none is removed, number and position are the same, and `frames`
    finds it by its key.
    """
    row = _one(
        db,
        f"{FRAME_SELECT} WHERE task_id = ? AND removed = 0 ORDER BY position LIMIT 1 OFFSET ?",
        (task, number),
    )
    return None if row is None else frame_of(row)


def frame_named(db: apsw.Connection, task: int, name: str) -> Frame | None:
    """Return a frame of a task by its name, in whatever spelling, or None."""
    spellings = (name, normalize("NFC", name), normalize("NFD", name))
    query = f"{FRAME_SELECT} WHERE task_id = ? AND name IN (?, ?, ?) ORDER BY name <> ? LIMIT 1"
    row = _one(db, query, (task, *spellings, name))
    return None if row is None else frame_of(row)


def frame_count(db: apsw.Connection, task: int) -> int:
    """Return the number of frames of a task that are not removed."""
    # The index counts without looking at the frames; of those, the few removed ones are found in one pass.
    every = _one(db, "SELECT count(*) FROM frame WHERE task_id = ?", (task,))[0]
    query = "SELECT count(*) FROM frame NOT INDEXED WHERE removed = 1 AND task_id = ?"
    return int(every - _one(db, query, (task,))[0])


def last_position(db: apsw.Connection, task: int) -> int:
    """Return the highest position in a task, -1 where it has no frame."""
    return int(
        _one(db, "SELECT coalesce(max(position), -1) FROM frame WHERE task_id = ?", (task,))[0]
    )


def task_of_frame(db: apsw.Connection, frame_id: int) -> int | None:
    """Return the task of a frame."""
    row = _one(db, "SELECT task_id FROM frame WHERE id = ?", (frame_id,))
    return None if row is None else row[0]


def frame_of_shape(db: apsw.Connection, row_id: int) -> int | None:
    """Return the frame of an annotation."""
    row = _one(db, "SELECT frame_id FROM shape WHERE id = ?", (row_id,))
    return None if row is None else row[0]


def task_of_track(db: apsw.Connection, track_id: int) -> int | None:
    """Return the task of a track."""
    row = _one(db, "SELECT task_id FROM track WHERE id = ?", (track_id,))
    return None if row is None else row[0]


def places_of_frames(db: apsw.Connection, frame_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return the (task, position) of each of the frames that are stored."""
    query = "SELECT id, task_id, position FROM frame WHERE id IN (SELECT value FROM json_each(?))"
    rows: Any = db.execute(query, (json.dumps(list(frame_ids)),))
    return {row_id: (task, position) for row_id, task, position in rows}


def meta(db: apsw.Connection, key: str) -> str | None:
    """Return a value that is kept beside the history, or None."""
    row: Any = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else row[0]


# Annotations -------------------------------------------------------------------------------------------


def annotations(db: apsw.Connection, frame_id: int) -> list[Annotation]:
    """Return the annotations of a frame in drawing order; key frames of tracks are not among them."""
    rows = db.execute(
        f"{ANNOTATION_SELECT} WHERE s.frame_id = ? AND s.label_id IS NOT NULL"
        " ORDER BY s.z_order, s.id",
        (frame_id,),
    )
    return [annotation_of(row) for row in rows]


def annotation(db: apsw.Connection, annotation_id: int) -> Annotation | None:
    """Return an annotation, or None."""
    row = _one(
        db, f"{ANNOTATION_SELECT} WHERE s.id = ? AND s.label_id IS NOT NULL", (annotation_id,)
    )
    return None if row is None else annotation_of(row)


def annotation_count(db: apsw.Connection, frame_id: int) -> int:
    """Return the number of annotations of a frame."""
    return int(
        _one(db, "SELECT coalesce(sum(total), 0) FROM frame_count WHERE frame_id = ?", (frame_id,))[
            0
        ]
    )


def highest_group(db: apsw.Connection) -> int:
    """Return the highest group number, 0 where there is no group. Reads every annotation."""
    query = (
        "SELECT max(coalesce((SELECT max(group_id) FROM shape), 0),"
        " coalesce((SELECT max(group_id) FROM track), 0))"
    )
    return int(_one(db, query)[0])


def label_counts(db: apsw.Connection) -> dict[int, int]:
    """Return the number of annotations of each label; tracks are not counted."""
    rows: Any = db.execute("SELECT label_id, total FROM label_count WHERE total > 0")
    return dict(rows)


@stored("annotation")
def columns(db: apsw.Connection, frame_id: int) -> ShapeColumns:
    """Return the annotations of a frame as columns, straight from the stored geometry.

    Polygons of one ring, which are many, are joined from their blobs; other kinds go through their values.
    """
    rows: list[Any] = db.execute(
        "SELECT s.id, s.label_id, s.group_id, s.kind, s.flags & 1, s.z_order, s.x0, s.y0, s.x1, s.y1,"
        " g.data FROM shape s JOIN geometry g ON g.id = s.id"
        " WHERE s.frame_id = ? AND s.label_id IS NOT NULL AND s.kind <> ? ORDER BY s.z_order, s.id",
        (frame_id, KIND_NUMBERS["tag"]),
    ).fetchall()
    if not rows:
        return ShapeColumns.from_annotations(())
    ids, label_ids, groups, kinds, occluded, z_orders, x0, y0, x1, y1, blobs = zip(
        *rows, strict=True
    )
    points, lengths, rings = _outlines(db, ids, kinds, blobs)
    return ShapeColumns(
        ids=np.array(ids, dtype=np.int64),
        labels=np.array(label_ids, dtype=np.int64),
        groups=np.array(groups, dtype=np.int64),
        kinds=np.array([_CODES[kind] for kind in kinds], dtype=np.uint8),
        occluded=np.array(occluded, dtype=bool),
        z_orders=np.array(z_orders, dtype=np.int32),
        boxes=np.column_stack((x0, y0, x1, y1)).astype(np.float64),
        points=np.frombuffer(points, dtype="<f8").reshape(-1, 2),
        point_of_ring=np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))),
        ring_of_shape=np.concatenate(([0], np.cumsum(rings, dtype=np.int64))),
    )


_CODES = {number: KIND_CODES[kind] for number, kind in KINDS.items()}


def _outlines(
    db: apsw.Connection, ids: Iterable[int], kinds: Iterable[int], blobs: Iterable[bytes]
) -> tuple[bytes, list[int], list[int]]:
    """Return the points of all outlines, the length of each ring, and the number of rings of each shape."""
    polygon = KIND_NUMBERS["polygon"]
    pieces: list[bytes] = []
    lengths: list[int] = []
    rings: list[int] = []
    for row_id, kind, blob in zip(ids, kinds, blobs, strict=True):
        if kind == polygon:
            words, start = polygon_rings(blob)
            pieces.append(blob[start:])
            lengths += [word // 2 for word in words]
            rings.append(len(words))
            continue
        value = annotation(db, row_id)
        # Gone since the rows were read: an empty outline keeps the columns in step.
        single = ShapeColumns.from_annotations(() if value is None else (value,))
        pieces.append(single.points.tobytes())
        lengths += np.diff(single.point_of_ring).tolist()
        rings.append(len(single.point_of_ring) - 1)
    return b"".join(pieces), lengths, rings


# Tracks --------------------------------------------------------------------------------------------------


def tracks(db: apsw.Connection, task: int) -> list[Track]:
    """Return the tracks of a task with their key frames in order."""
    keyframes: dict[int, list[Keyframe]] = defaultdict(list)
    rows: Any = db.execute(
        f"{KEYFRAME_SELECT} JOIN track t ON t.id = s.track_id WHERE t.task_id = ?"
        " ORDER BY s.track_id, f.position",
        (task,),
    )
    for row in rows:
        keyframes[row[0]].append(keyframe_of(row))
    found: Any = db.execute(f"{TRACK_SELECT} WHERE task_id = ? ORDER BY id", (task,))
    return [track_of(row, tuple(keyframes[row[0]])) for row in found]


def track(db: apsw.Connection, track_id: int) -> Track | None:
    """Return a track with its key frames in order, or None."""
    row = _one(db, f"{TRACK_SELECT} WHERE id = ?", (track_id,))
    if row is None:
        return None
    rows: Any = db.execute(
        f"{KEYFRAME_SELECT} WHERE s.track_id = ? ORDER BY f.position", (track_id,)
    )
    return track_of(row, tuple(keyframe_of(one) for one in rows))


def kinds_of_keyframes(
    db: apsw.Connection, track_id: int, frame_id: int | None = None
) -> dict[tuple[int, int], int]:
    """Return the number of the kind of each key frame of a track, or of the one on a frame, by (track, frame)."""
    query, values = "SELECT frame_id, kind FROM shape WHERE track_id = ?", [track_id]
    if frame_id is not None:
        query += " AND frame_id = ?"
        values.append(frame_id)
    rows: Any = db.execute(query, values)
    return {(track_id, frame): kind for frame, kind in rows}


def part_count(db: apsw.Connection, step: int, *, reverted: bool) -> int:
    """Return how many transactions of a step are, or are not, taken back."""
    query = "SELECT count(*) FROM step_part WHERE step_id = ? AND reverted = ?"
    return int(_one(db, query, (step, int(reverted)))[0])
