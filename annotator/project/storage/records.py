"""How values become rows and rows become values."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar

import msgspec

from annotator.core.annotations import SOURCES, Annotation, Keyframe, Track
from annotator.core.geometry import FloatArray, boxes_of_rings
from annotator.core.labels import Attribute, Label, SkeletonTemplate, TemplatePoint
from annotator.core.shape_codec import decode_shape, encode_shape
from annotator.core.shapes import (
    ANNOTATION_KINDS,
    AnnotationKind,
    Attributes,
    AttributeValue,
    Polygon,
    Shape,
)
from annotator.project.errors import DamagedRowError
from annotator.project.organisation import Frame, Job, Media, MediaIdentity, MediaRoot, Task

Row: TypeAlias = tuple[Any, ...]

# Numbers in the database: never change one, only add at the end.
KIND_NUMBERS: Final[dict[AnnotationKind, int]] = {
    "rectangle": 0, "ellipse": 1, "polygon": 2, "polyline": 3, "points": 4, "cuboid": 5, "mask": 6,
    "skeleton": 7, "tag": 8,
}  # fmt: skip
SKELETON: Final = KIND_NUMBERS["skeleton"]
KINDS: Final = {number: kind for kind, number in KIND_NUMBERS.items()}
SOURCE_NUMBERS: Final = {"manual": 0, "model": 1, "imported": 2, "interpolated": 3}
OCCLUDED: Final = 1
OUTSIDE: Final = 2
_NO_BOX: Final = (None, None, None, None)

assert set(KIND_NUMBERS) == set(ANNOTATION_KINDS)
assert set(SOURCE_NUMBERS) == set(SOURCES)
_SOURCES: Final = tuple(SOURCE_NUMBERS)

T = TypeVar("T")
P = ParamSpec("P")

_json = msgspec.json.Encoder()
_attributes_decoder = msgspec.json.Decoder(dict[int, bool | float | str])
_foreign_decoder = msgspec.json.Decoder(dict[str, Any])


def _decoded(decoder: msgspec.json.Decoder[T], text: str, what: str) -> T:
    """Return a value from its JSON. Raises ValueError where the database was damaged."""
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, TypeError) as error:
        raise ValueError(f"its {what} cannot be read ({error})") from None


def stored(what: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a function that makes a value of a row raise DamagedRowError where the row is damaged.

    Whoever wrote over the file left texts for numbers, or numbers that mean nothing.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def value_of(*arguments: P.args, **options: P.kwargs) -> T:
            try:
                return function(*arguments, **options)
            except DamagedRowError:
                raise
            except (TypeError, ValueError, LookupError) as error:
                raise DamagedRowError(what, _reason(error)) from error

        return value_of

    return decorate


def _reason(error: Exception) -> str:
    """What is wrong with a row, to stand inside a sentence."""
    if isinstance(error, LookupError):
        return "a number in it means nothing"
    text = str(error).removesuffix(".")
    return text[:1].lower() + text[1:]


def attributes_text(attributes: Attributes) -> str | None:
    """Return attributes as JSON, None for none."""
    return _json.encode(attributes).decode() if attributes else None


def attributes_of(text: str | None) -> dict[int, AttributeValue]:
    """Return attributes from their JSON."""
    return _decoded(_attributes_decoder, text, "attributes") if text else {}


def _foreign_text(foreign: Mapping[str, Any]) -> str | None:
    return _json.encode(foreign).decode() if foreign else None


def _foreign_of(text: str | None) -> dict[str, Any]:
    return _decoded(_foreign_decoder, text, "values of a format") if text else {}


# Annotations and key frames ------------------------------------------------------------------------


def boxes_of(annotations: Sequence[Annotation]) -> list[Sequence[float | None]]:
    """Return the box of each annotation, four None for a tag; the many simple polygons at once."""
    boxes: list[Sequence[float | None]] = [_NO_BOX] * len(annotations)
    rings: list[FloatArray] = []
    places: list[int] = []
    for place, annotation in enumerate(annotations):
        shape = annotation.shape
        if isinstance(shape, Polygon) and shape.is_simple_ring:
            rings.append(shape.parts[0].outer)
            places.append(place)
        elif shape is not None:
            boxes[place] = shape.box
    for place, box in zip(places, boxes_of_rings(rings).tolist(), strict=True):
        boxes[place] = box
    return boxes


def shape_row(annotation: Annotation, box: Sequence[float | None], rev: int) -> Row:
    """Return the `shape` row of an annotation with its box."""
    return (
        annotation.id, rev, annotation.frame, annotation.label, None,
        KIND_NUMBERS[annotation.kind], OCCLUDED if annotation.occluded else 0,
        annotation.z_order, annotation.group, SOURCE_NUMBERS[annotation.source], annotation.score,
        *box, attributes_text(annotation.attributes),
    )  # fmt: skip


def keyframe_row(keyframe: Keyframe, track_id: int, row_id: int, rev: int) -> Row:
    """Return the `shape` row of a track's key frame."""
    flags = (OCCLUDED if keyframe.occluded else 0) | (OUTSIDE if keyframe.outside else 0)
    return (
        row_id, rev, keyframe.frame, None, track_id, KIND_NUMBERS[keyframe.shape.kind], flags,
        keyframe.z_order, 0, SOURCE_NUMBERS[keyframe.source], keyframe.score,
        *keyframe.shape.box, attributes_text(keyframe.attributes),
    )  # fmt: skip


def geometry_row(
    row_id: int, rev: int, shape: Shape | None, foreign: Mapping[str, Any]
) -> Row | None:
    """Return the `geometry` row of an annotation or key frame; None where there is nothing to keep."""
    if shape is None and not foreign:
        return None
    return row_id, rev, b"" if shape is None else encode_shape(shape), _foreign_text(foreign)


ANNOTATION_SELECT: Final = (
    "SELECT s.id, s.frame_id, s.label_id, s.kind, s.flags, s.z_order, s.group_id, s.source, s.score,"
    " s.attributes, g.data, g.extra FROM shape s LEFT JOIN geometry g ON g.id = s.id"
)


@stored("annotation")
def annotation_of(row: Row) -> Annotation:
    """Return the annotation of a row of ANNOTATION_SELECT."""
    row_id, frame, label, kind, flags, z_order, group, source, score, attributes, data, extra = row
    name = KINDS[kind]
    return Annotation(
        frame=frame,
        label=label,
        shape=None if name == "tag" else decode_shape(name, data),
        attributes=attributes_of(attributes),
        occluded=bool(flags & OCCLUDED),
        z_order=z_order,
        group=group,
        source=_SOURCES[source],  # type: ignore[arg-type]
        score=score,
        foreign=_foreign_of(extra),
        id=row_id,
    )


KEYFRAME_SELECT: Final = (
    "SELECT s.track_id, s.frame_id, s.kind, s.flags, s.z_order, s.source, s.score, s.attributes,"
    " g.data, g.extra FROM shape s JOIN geometry g ON g.id = s.id JOIN frame f ON f.id = s.frame_id"
)


@stored("key frame")
def keyframe_of(row: Row) -> Keyframe:
    """Return the key frame of a row of KEYFRAME_SELECT."""
    _track, frame, kind, flags, z_order, source, score, attributes, data, extra = row
    name = KINDS[kind]
    if name == "tag":
        raise ValueError("it has no shape")
    return Keyframe(
        frame=frame,
        shape=decode_shape(name, data),
        outside=bool(flags & OUTSIDE),
        occluded=bool(flags & OCCLUDED),
        z_order=z_order,
        attributes=attributes_of(attributes),
        source=_SOURCES[source],  # type: ignore[arg-type]
        score=score,
        foreign=_foreign_of(extra),
    )


def track_row(track: Track, task: int, rev: int) -> Row:
    """Return the `track` row of a track."""
    return (
        track.id, rev, task, track.label, track.group, track.source,
        attributes_text(track.attributes), _foreign_text(track.foreign),
    )  # fmt: skip


TRACK_SELECT: Final = "SELECT id, label_id, group_id, source, attributes, extra FROM track"


@stored("track")
def track_of(row: Row, keyframes: tuple[Keyframe, ...]) -> Track:
    """Return the track of a row of TRACK_SELECT with its key frames."""
    row_id, label, group, source, attributes, extra = row
    return Track(
        label, keyframes, attributes_of(attributes), group, source, _foreign_of(extra), row_id
    )


# Labels ------------------------------------------------------------------------------------------------


class _StoredLabel(msgspec.Struct, omit_defaults=True):
    name: str
    colour: str
    kind: str = "any"
    parent: int | None = None
    attributes: tuple[Attribute, ...] = ()
    hotkey: str = ""
    points: tuple[TemplatePoint, ...] = ()
    edges: tuple[tuple[int, int], ...] = ()
    foreign: dict[str, Any] = {}


_label_decoder = msgspec.json.Decoder(_StoredLabel)


def label_row(label: Label, position: int, rev: int) -> Row:
    """Return the `label` row of a label."""
    template = label.skeleton
    stored = _StoredLabel(
        label.name, label.colour, label.kind, label.parent, label.attributes, label.hotkey,
        template.points if template else (), template.edges if template else (),
        dict(label.foreign),
    )  # fmt: skip
    return label.id, rev, position, _json.encode(stored).decode()


@stored("label")
def label_of(label_id: int, definition: str) -> Label:
    """Return the label of a row."""
    stored = _decoded(_label_decoder, definition, "definition")
    template = SkeletonTemplate(stored.points, stored.edges) if stored.points else None
    return Label(
        stored.name, stored.colour, stored.kind, stored.parent, stored.attributes,  # type: ignore[arg-type]
        stored.hotkey, template, stored.foreign, label_id,
    )  # fmt: skip


# Organisation --------------------------------------------------------------------------------------------


class _StoredTask(msgspec.Struct, omit_defaults=True):
    frame_start: int = 0
    frame_step: int = 1
    foreign: dict[str, Any] = {}
    selected: bool = False
    removed: bool = False


_task_decoder = msgspec.json.Decoder(_StoredTask)


TASK_SELECT: Final = "SELECT id, name, definition FROM task"


def task_row(task: Task, rev: int) -> Row:
    """Return the `task` row of a task."""
    stored = _StoredTask(
        task.frame_start, task.frame_step, dict(task.foreign), task.selected, task.removed
    )
    return task.id, rev, task.name, _json.encode(stored).decode()


@stored("task")
def task_of(row: Row) -> Task:
    """Return the task of a row of TASK_SELECT."""
    stored = _decoded(_task_decoder, row[2], "definition")
    return Task(
        row[1], stored.frame_start, stored.frame_step, stored.foreign, row[0], stored.selected,
        stored.removed,
    )  # fmt: skip


JOB_SELECT: Final = "SELECT id, task_id, first, last, stage, state, assignee FROM job"


def job_row(job: Job, rev: int) -> Row:
    """Return the `job` row of a job."""
    return job.id, rev, job.task, job.first, job.last, job.stage, job.state, job.assignee


@stored("job")
def job_of(row: Row) -> Job:
    """Return the job of a row of JOB_SELECT."""
    row_id, task, first, last, stage, state, assignee = row
    return Job(task, first, last, stage, state, assignee, row_id)


ROOT_SELECT: Final = "SELECT id, path FROM media_root"


def root_row(root: MediaRoot, rev: int) -> Row:
    """Return the `media_root` row of a root."""
    return root.id, rev, root.path


@stored("folder of media")
def root_of(row: Row) -> MediaRoot:
    """Return the folder of media of a row of ROOT_SELECT."""
    return MediaRoot(row[1], row[0])


MEDIA_SELECT: Final = "SELECT id, root_id, path FROM media"


def media_row(media: Media, rev: int) -> Row:
    """Return the `media` row of a media file."""
    return media.id, rev, media.root, media.path


@stored("media file")
def media_of(row: Row) -> Media:
    """Return the media file of a row of MEDIA_SELECT."""
    return Media(row[1], row[2], row[0])


IDENTITY_SELECT: Final = "SELECT media_id, size, modified, hash FROM media_identity"


@stored("media identity")
def identity_of(row: Row) -> MediaIdentity:
    """Return what is known of a media file of a row of IDENTITY_SELECT."""
    return MediaIdentity(*row)


FRAME_SELECT: Final = (
    "SELECT id, task_id, position, media_id, source_index, name, subset, done, removed, extra"
    " FROM frame"
)


def frame_row(frame: Frame, rev: int) -> Row:
    """Return the `frame` row of a frame."""
    return (
        frame.id, rev, frame.task, frame.position, frame.media, frame.source_index, frame.name,
        frame.subset, int(frame.done), int(frame.removed), _foreign_text(frame.foreign),
    )  # fmt: skip


@stored("frame")
def frame_of(row: Row) -> Frame:
    """Return the frame of a row of FRAME_SELECT."""
    row_id, task, position, media, source_index, name, subset, done, removed, extra = row
    if done not in (0, 1) or removed not in (0, 1):
        raise ValueError("a mark is neither 0 nor 1")
    return Frame(
        task, position, name, media, source_index, subset, done == 1, removed == 1,
        _foreign_of(extra), row_id,
    )  # fmt: skip
