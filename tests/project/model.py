"""A project in plain dictionaries: what the store must do, without SQL.

The model keeps rows, as the store does, because undo is decided row by row: a step can be undone while every
row is as that step left it, and while nothing else refers to what would go.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.errors import InvalidValueError
from annotator.core.labels import Label, LabelSchema
from annotator.core.shape_codec import encode_shape
from annotator.project.organisation import Frame, Job, Task
from annotator.project.project import Project

Key = tuple[str, int]
Rows = dict[Key, "Row"]


@dataclass(frozen=True)
class Row:
    """One row. rev: the number of the step that wrote it. content: what tells rows apart. value: as values."""

    rev: int
    content: Any
    value: Any = field(compare=False, default=None)


@dataclass
class ModelStep:
    number: int
    title: str
    author: str
    task: int | None
    changes: dict[Key, tuple[Row | None, Row | None]]
    state: str = "complete"
    undone_at: int = 0
    # Its transactions make rows that later ones take away or change again, so that going back needs what those
    # refer to.
    has_passing_rows: bool = False

    @property
    def keys(self) -> set[Key]:
        return set(self.changes)


class RefusedByModelError(Exception):
    """The model says that a step cannot be undone or redone, or an edit not be made."""


class Model:
    def __init__(self) -> None:
        self.rows: Rows = {}
        self.steps: list[ModelStep] = []
        self._clock = count(1)
        self._row_ids = count(1)

    # Editing ----------------------------------------------------------------------------------------

    def edit(
        self,
        title: str,
        author: str,
        task: int | None,
        change: Callable[["Draft"], None],
        *,
        always: bool = False,
    ) -> ModelStep | None:
        """Make an edit; None where nothing changes, unless `always`. Raises where the store must refuse it."""
        draft = Draft(dict(self.rows), self._row_ids)
        change(draft)
        number = next(self._clock)
        changes: dict[Key, tuple[Row | None, Row | None]] = {}
        for key in self.rows.keys() | draft.rows.keys():
            before, after = self.rows.get(key), draft.rows.get(key)
            if before is not None and after is not None and before.content == after.content:
                continue
            if after is not None:
                after = replace(after, rev=number)
            changes[key] = (before, after)
        if not changes and not always:
            return None
        rows = _changed(self.rows, changes)
        check_laws(rows)
        self.rows = rows
        step = ModelStep(number, title, author, task, changes)
        if author == "user":
            for other in self.steps:
                if other.state == "undone" and other.task == task and other.author == author:
                    other.state = "dropped"
        self.steps.append(step)
        return step

    # Undo and redo ----------------------------------------------------------------------------------

    def newest_done(self, task: int | None, author: str | None) -> ModelStep | None:
        found = [step for step in self.steps if step.state == "complete"]
        return max(_of(found, task, author), key=lambda step: step.number, default=None)

    def newest_undone(self, task: int | None, author: str | None) -> ModelStep | None:
        found = [step for step in self.steps if step.state == "undone"]
        return max(_of(found, task, author), key=lambda step: step.undone_at, default=None)

    def undo(self, step: ModelStep) -> None:
        self._revert(step, {key: (after, before) for key, (before, after) in step.changes.items()})
        step.state, step.undone_at = "undone", next(self._clock)

    def redo(self, step: ModelStep) -> None:
        self._revert(step, step.changes)
        step.state = "complete"

    def _revert(self, step: ModelStep, changes: dict[Key, tuple[Row | None, Row | None]]) -> None:
        for key, (now, _) in changes.items():
            found = self.rows.get(key)
            if (found and found.rev) != (now and now.rev):
                raise RefusedByModelError
        rows = _changed(self.rows, changes)
        check_laws(rows)
        self.rows = rows

    def in_the_way(self, step: ModelStep, direction: str) -> dict[str, str]:
        """Titles of steps that have to do with the same rows, each with what would have to be done to it first.

        Live steps would have to be undone, undone ones to be redone; nothing can be done about dropped ones.
        """
        related = self._related(step)
        found = {}
        for other in self.steps:
            if other is step or not related & other.keys:
                continue
            if other.state == "undone":
                found[other.title] = "Redo"
            elif other.state == "complete":
                found[other.title] = "Undo"
            elif other.state == "dropped":
                found[other.title] = ""
        return found

    def _related(self, step: ModelStep) -> set[Key]:
        """The rows of a step, those they refer to or that refer to them, on their tracks, and in their places."""
        related = set(step.keys)
        seen: list[tuple[Key, Row]] = list(self.rows.items())
        for other in self.steps:
            for key, pair in other.changes.items():
                seen += [(key, row) for row in pair if row is not None]
        own = [(key, row) for key, row in seen if key in step.keys]
        for key, row in own:
            related |= set(_parents(key, row))
        places = {_place(key, row) for key, row in own} - {None}
        tracks = {_track(key, row) for key, row in own} - {None}
        for key, row in seen:
            if step.keys & set(_parents(key, row)) or _place(key, row) in places:
                related.add(key)
            if _track(key, row) in tracks:
                related.add(key)
            if key[0] == "label" and any(table == "label" for table, _ in step.keys):
                related.add(key)
        return related

    # Values -----------------------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """Everything that a project shows, comparable with `project_values`."""
        return {
            "labels": self._labels(),
            "tasks": sorted(self._of("task"), key=lambda task: task.id),
            "jobs": sorted(self._of("job"), key=lambda job: job.id),
            "frames": sorted(self._of("frame"), key=lambda frame: (frame.task, frame.position)),
            "annotations": sorted(self._annotations(), key=lambda one: (one.frame, one.id)),
            "tracks": sorted(self._tracks(), key=lambda track: track.id),
        }

    def _of(self, table: str) -> list[Any]:
        return [row.value for (name, _), row in self.rows.items() if name == table]

    def _labels(self) -> list[Label]:
        return list(schema_of(self.rows))

    def _annotations(self) -> Iterator[Annotation]:
        for (table, row_id), row in self.rows.items():
            if table == "shape" and row.value["track"] is None:
                yield replace(row.value["bare"], **self._geometry(row_id))

    def _tracks(self) -> Iterator[Track]:
        positions = {frame.id: frame.position for frame in self._of("frame")}
        for track in self._of("track"):
            keyframes = [
                replace(row.value["bare"], **self._geometry(row_id))
                for (table, row_id), row in self.rows.items()
                if table == "shape" and row.value["track"] == track.id
            ]
            keyframes.sort(key=lambda keyframe: positions[keyframe.frame])
            yield replace(track, keyframes=tuple(keyframes))

    def _geometry(self, row_id: int) -> dict[str, Any]:
        row = self.rows.get(("geometry", row_id))
        return {"shape": None, "foreign": {}} if row is None else row.value


class Draft:
    """The rows of an edit that is being made."""

    def __init__(self, rows: Rows, row_ids: Iterator[int]) -> None:
        self.rows = rows
        self._row_ids = row_ids

    def put(self, *annotations: Annotation) -> None:
        for annotation in annotations:
            self._put_shape(annotation.id, annotation, annotation.label, None)

    def delete(self, *annotation_ids: int) -> None:
        for annotation_id in annotation_ids:
            self.rows.pop(("geometry", annotation_id), None)
            self.rows.pop(("shape", annotation_id), None)

    def clear_frame(self, frame_id: int) -> None:
        for row_id, row in list(self._shapes()):
            if row.value["track"] is None and row.value["bare"].frame == frame_id:
                self.delete(row_id)

    def put_track(self, track: Track, task: int) -> None:
        content = (
            task, track.label, track.group, track.source, _plain(track.attributes), repr(track.foreign),
        )  # fmt: skip
        self.rows["track", track.id] = Row(0, content, replace(track, keyframes=()))
        kept = {keyframe.frame for keyframe in track.keyframes}
        for row_id, row in list(self._shapes()):
            if row.value["track"] == track.id and row.value["bare"].frame not in kept:
                self.delete(row_id)
        for keyframe in track.keyframes:
            self.put_keyframe(track.id, keyframe)

    def delete_track(self, track_id: int) -> None:
        for row_id, row in list(self._shapes()):
            if row.value["track"] == track_id:
                self.delete(row_id)
        self.rows.pop(("track", track_id), None)

    def put_keyframe(self, track_id: int, keyframe: Keyframe) -> None:
        row_id = self._keyframe_row(track_id, keyframe.frame)
        # Ids of the model's own, below zero: the store draws others.
        self._put_shape(
            -next(self._row_ids) if row_id is None else row_id, keyframe, None, track_id
        )

    def delete_keyframe(self, track_id: int, frame_id: int) -> None:
        row_id = self._keyframe_row(track_id, frame_id)
        if row_id is not None:
            self.delete(row_id)

    def put_label(self, label: Label) -> None:
        known = self.rows.get(("label", label.id))
        places = [row.content[0] for (table, _), row in self.rows.items() if table == "label"]
        place = known.content[0] if known is not None else max(places, default=-1) + 1
        self.rows["label", label.id] = Row(0, (place, repr(label)), label)

    def order_labels(self, label_ids: list[int]) -> None:
        known = [label.id for label in schema_of(self.rows)]
        for place, label_id in enumerate(
            label_ids + [one for one in known if one not in label_ids]
        ):
            label = self.rows["label", label_id].value
            self.rows["label", label_id] = Row(0, (place, repr(label)), label)

    def delete_label(self, label_id: int, *, move_to: int | None = None) -> None:
        for row_id, row in list(self._shapes()):
            if row.value["track"] is None and row.value["bare"].label == label_id:
                if move_to is None:
                    self.delete(row_id)
                else:
                    self._relabel_shape(row_id, row, label_id, move_to)
        for (table, track_id), row in list(self.rows.items()):
            if table == "track" and row.value.label == label_id:
                if move_to is None:
                    self.delete_track(track_id)
                else:
                    self._relabel_track(track_id, row, label_id, move_to)
        gone = self.rows.pop(("label", label_id)).value
        for (table, other), row in list(self.rows.items()):
            if table == "label" and row.value.parent == label_id:
                label = replace(row.value, parent=gone.parent)
                self.rows["label", other] = Row(0, (row.content[0], repr(label)), label)

    def put_task(self, task: Task) -> None:
        self.rows["task", task.id] = Row(0, repr(task), task)

    def put_job(self, job: Job) -> None:
        self.rows["job", job.id] = Row(0, repr(job), job)

    def put_frame(self, frame: Frame) -> None:
        self.rows["frame", frame.id] = Row(0, repr(frame), frame)

    def _shapes(self) -> Iterator[tuple[int, Row]]:
        return ((key[1], row) for key, row in self.rows.items() if key[0] == "shape")

    def _keyframe_row(self, track_id: int, frame_id: int) -> int | None:
        for row_id, row in self._shapes():
            if row.value["track"] == track_id and row.value["bare"].frame == frame_id:
                return row_id
        return None

    def _put_shape(
        self, row_id: int, one: Annotation | Keyframe, label: int | None, track: int | None
    ) -> None:
        outside = isinstance(one, Keyframe) and one.outside
        group = one.group if isinstance(one, Annotation) else 0
        content = (
            one.frame, label, track, None if one.shape is None else one.shape.kind, one.occluded,
            outside, one.z_order, group, one.source, one.score,
            None if one.shape is None else one.shape.box, _plain(one.attributes),
        )  # fmt: skip
        self.rows["shape", row_id] = Row(0, content, {"bare": one, "track": track})
        if one.shape is None and not one.foreign:
            self.rows.pop(("geometry", row_id), None)
            return
        value = {"shape": one.shape, "foreign": one.foreign}
        blob = b"" if one.shape is None else encode_shape(one.shape)
        self.rows["geometry", row_id] = Row(0, (blob, repr(one.foreign)), value)

    def _relabel_shape(self, row_id: int, row: Row, source: int, target: int) -> None:
        bare = row.value["bare"]
        moved = replace(
            bare, label=target, attributes=self._renamed(bare.attributes, source, target)
        )
        content = (row.content[0], target, *row.content[2:-1], _plain(moved.attributes))
        self.rows["shape", row_id] = Row(0, content, {"bare": moved, "track": None})

    def _relabel_track(self, track_id: int, row: Row, source: int, target: int) -> None:
        track = row.value
        attributes = self._renamed(track.attributes, source, target)
        content = (row.content[0], target, *row.content[2:4], _plain(attributes), row.content[5])
        value = replace(track, label=target, attributes=attributes)
        self.rows["track", track_id] = Row(0, content, value)
        for row_id, shape in list(self._shapes()):
            bare = shape.value["bare"]
            if shape.value["track"] == track_id and bare.attributes:
                moved = replace(bare, attributes=self._renamed(bare.attributes, source, target))
                content = (*shape.content[:-1], _plain(moved.attributes))
                self.rows["shape", row_id] = Row(0, content, {"bare": moved, "track": track_id})

    def _renamed(self, attributes: dict[int, Any], source: int, target: int) -> dict[int, Any]:
        old, new = self.rows["label", source].value, self.rows["label", target].value
        result = {}
        for attribute_id, value in attributes.items():
            known = old.attribute(attribute_id)
            other = None if known is None else new.attribute_named(known.name)
            result[attribute_id if other is None else other.id] = value
        return result


def _of(steps: list[ModelStep], task: int | None, author: str | None) -> list[ModelStep]:
    return [
        step
        for step in steps
        if (task is None or step.task == task) and (author is None or step.author == author)
    ]


def _changed(rows: Rows, changes: dict[Key, tuple[Row | None, Row | None]]) -> Rows:
    rows = dict(rows)
    for key, (_, after) in changes.items():
        if after is None:
            rows.pop(key, None)
        else:
            rows[key] = after
    return rows


def _plain(attributes: Any) -> tuple[tuple[int, str], ...]:
    # True and 1.0 are equal in Python and different values here.
    return tuple((key, repr(value)) for key, value in attributes.items())


def _parents(key: Key, row: Row) -> list[Key]:
    match key[0]:
        case "shape":
            frame, label, track = row.content[:3]
            found = [("frame", frame), ("label", label), ("track", track)]
        case "track":
            found = [("task", row.content[0]), ("label", row.content[1])]
        case "geometry":
            found = [("shape", key[1])]
        case "frame" | "job":
            found = [("task", row.value.task)]
        case _:
            found = []
    return [parent for parent in found if parent[1] is not None]


def _place(key: Key, row: Row) -> tuple[Any, ...] | None:
    if key[0] == "shape" and row.content[2] is not None:
        return "key frame", row.content[2], row.content[0]
    if key[0] == "frame":
        return "frame", row.value.task, row.value.position
    return None


def _track(key: Key, row: Row) -> int | None:
    """The track of a key frame."""
    return row.content[2] if key[0] == "shape" else None


def schema_of(rows: Rows) -> LabelSchema:
    found = [row for (table, _), row in rows.items() if table == "label"]
    found.sort(key=lambda row: (row.content[0], row.value.id))
    return LabelSchema(tuple(row.value for row in found))


def check_laws(rows: Rows) -> None:
    """Raise RefusedByModelError for broken references, two rows in one place, mixed tracks, or wrong labels."""
    places: set[Any] = set()
    kinds: dict[int, str] = {}
    for key, row in rows.items():
        track = _track(key, row)
        if track is not None and kinds.setdefault(track, row.content[3]) != row.content[3]:
            raise RefusedByModelError
        if any(parent not in rows for parent in _parents(key, row)):
            raise RefusedByModelError
        place = _place(key, row)
        if place is not None and place in places:
            raise RefusedByModelError
        places.add(place)
    try:
        schema_of(rows)
    except InvalidValueError:
        raise RefusedByModelError from None


def project_values(project: Project) -> dict[str, Any]:
    """Everything that a project shows, read through its public methods."""
    tasks = project.tasks()
    frames = [frame for task in tasks for frame in project.all_frames(task.id)]
    annotations = [one for frame in frames for one in project.annotations(frame.id)]
    return {
        "labels": list(project.labels),
        "tasks": tasks,
        "jobs": sorted(
            (job for task in tasks for job in project.jobs(task.id)), key=lambda j: j.id
        ),
        "frames": sorted(frames, key=lambda frame: (frame.task, frame.position)),
        "annotations": sorted(annotations, key=lambda one: (one.frame, one.id)),
        "tracks": sorted(
            (track for task in tasks for track in project.tracks(task.id)), key=lambda t: t.id
        ),
    }
