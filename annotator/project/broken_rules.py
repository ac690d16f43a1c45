"""Which annotations and tracks of a project break rules, found while its rows are read one by one."""

from array import array
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import apsw
import numpy as np

from annotator.core.labels import Label, LabelSchema
from annotator.core.validation import (
    RULES,
    Breach,
    Rule,
    Size,
    check_annotation,
    check_keyframe,
    check_track,
)
from annotator.project.damaged_rows import Kind, kind_of
from annotator.project.findings import Finding
from annotator.project.storage.records import (
    ANNOTATION_SELECT,
    TRACK_SELECT,
    Row,
    annotation_of,
    keyframe_of,
    stored,
    track_of,
)

# The first ones of each rule that are named.
_MOST_NAMED: Final = 10
# Before every frame: what a track holds beside its key frames.
_WHOLE_TRACK: Final = -1

_TEXTS: Final[dict[Rule, tuple[str, str]]] = {
    "kind": (
        "Not of a kind that the label allows",
        "Give them another label, or allow the kind in the label editor.",
    ),
    "unknown-attribute": (
        "With a value of an attribute that the label does not have",
        "Nothing is lost and nothing needs to be done: the value is kept, but not shown.",
    ),
    "wrong-value": (
        "With a value that the attribute does not allow",
        "Choose another value in the panel Properties, or allow this one in the label editor.",
    ),
    "out-of-range": (
        "With a number outside the range of the attribute",
        "Correct the number in the panel Properties, or widen the range in the label editor.",
    ),
    "unknown-element": (
        "With a point that the skeleton of the label does not have",
        "Nothing is lost: the points are kept; delete annotations in which they are a mistake.",
    ),
    "element-kind": (
        "With a point of a kind that the skeleton of the label does not allow",
        "Allow the kind in the label editor where it is meant; else delete them.",
    ),
    "no-area": (
        "Without an area",
        "Delete them or draw them again; many programs refuse such shapes.",
    ),
    "beyond-picture": (
        "Beyond the edge of the picture",
        "Nothing needs to be done where that is meant; where it is not, draw them inside.",
    ),
}


class _Place(NamedTuple):
    """Where a rule is broken first by one annotation or track. frame: None for the whole track."""

    position: int
    frame: int | None
    label: str
    text: str


@dataclass(slots=True)
class _Broken:
    """What breaks one rule. tracks: a track is in it as often as it breaks the rule; eight bytes each time."""

    annotations: int = 0
    tracks: "array[int]" = field(default_factory=lambda: array("q"))
    first_annotations: list[_Place] = field(default_factory=list)
    first_tracks: dict[int, _Place] = field(default_factory=dict)


class RuleCheck:
    """Reads the rows of annotations, key frames and tracks, and remembers how many break which rule.

    labels: None where they cannot be read; then nothing is checked. tasks: those that are not removed; what is
    removed is not checked, as nobody sees it. sizes: by media id, of the first picture of a file.
    """

    def __init__(
        self, labels: LabelSchema | None, tasks: Set[int], sizes: Mapping[int, Size]
    ) -> None:
        self._labels: Mapping[int, Label] = {label.id: label for label in labels or ()}
        self._tasks = tasks
        self._sizes = sizes
        self._broken = {rule: _Broken() for rule in RULES}

    @stored("annotation")
    def read_shape(self, row: Row) -> None:
        """Read a row of the first of `kinds_of`. Raises DamagedRowError, also where what it refers to is damaged."""
        track, track_label, task, removed, position, media, page, *box = row[:_VALUES]
        values = row[_VALUES:]
        if track is None:
            annotation = annotation_of(values)
            label = self._label(annotation.label, task, removed)
            if label is None:
                return
            size = None if page else self._size_beyond(media, box)
            if found := check_annotation(annotation, label, size):
                self._add_annotation(found, _Place(position, annotation.frame, label.name, ""))
            return
        _id, frame, _label, kind, flags, z_order, _group, *rest = values
        keyframe = keyframe_of((track, frame, kind, flags, z_order, *rest))
        label = self._label(track_label, task, removed)
        if label is None:
            return
        size = None if page else self._size_beyond(media, box)
        if found := check_keyframe(keyframe, label, size):
            self._add_track(track, found, _Place(position, keyframe.frame, label.name, ""))

    def read_track(self, row: Row) -> None:
        """Read a row of the second of `kinds_of`. Raises DamagedRowError."""
        *values, task = row
        track = track_of(tuple(values), ())
        label = self._label(track.label, task, 0)
        if label is not None and (found := check_track(track, label)):
            self._add_track(track.id, found, _Place(_WHOLE_TRACK, None, label.name, ""))

    def findings(self, db: apsw.Connection) -> Iterator[Finding]:
        """Yield a note for each rule that is broken."""
        for rule, broken in self._broken.items():
            tracks = len(np.unique(np.frombuffer(broken.tracks, dtype=np.int64)))
            if broken.annotations or tracks:
                what, advice = _TEXTS[rule]
                counts = [_counted(broken.annotations, "annotation"), _counted(tracks, "track")]
                items = list(_items(db, broken))[:_MOST_NAMED]
                more = (
                    f" The first {len(items)}:" if broken.annotations + tracks > len(items) else ""
                )
                text = f"{what}: {' and '.join(filter(None, counts))}.{more}"
                yield Finding("note", "rules", text, advice, items)

    def _size_beyond(self, media: int, box: list[float | None]) -> Size | None:
        """The size of a picture where it is known and a stored box is not within it: the quick test of most."""
        size = self._sizes.get(media)
        if size is None:
            return None
        x0, y0, x1, y1 = box
        if x0 is None or y0 is None or x1 is None or y1 is None:
            return size
        is_within = x0 >= 0 and y0 >= 0 and x1 <= size[0] and y1 <= size[1]
        return None if is_within else size

    def _label(self, label_id: int, task: int, removed: int) -> Label | None:
        """The label of what is to be checked; None where it has none or was removed."""
        return None if removed or task not in self._tasks else self._labels.get(label_id)

    def _add_annotation(self, found: list[Breach], place: _Place) -> None:
        for rule, text in _first_of_each(found).items():
            broken = self._broken[rule]
            broken.annotations += 1
            if len(broken.first_annotations) < _MOST_NAMED:
                broken.first_annotations.append(place._replace(text=text))

    def _add_track(self, track: int, found: list[Breach], place: _Place) -> None:
        for rule, text in _first_of_each(found).items():
            broken = self._broken[rule]
            broken.tracks.append(track)
            first = broken.first_tracks
            if track in first:
                # Key frames are read in the order in which they were made.
                first[track] = min(first[track], place._replace(text=text), key=_position)
            elif len(first) < _MOST_NAMED:
                first[track] = place._replace(text=text)


def _position(place: _Place) -> int:
    return place.position


def _first_of_each(found: list[Breach]) -> dict[Rule, str]:
    """The first sentence of each rule: what breaks one twice counts once."""
    return dict(reversed(found))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}" if count else ""


# What is found -----------------------------------------------------------------------------------------------


def _items(db: apsw.Connection, broken: _Broken) -> Iterator[str]:
    for place in broken.first_annotations:
        yield f"{_where(db, place.frame)}, {place.label}: {place.text}"
    for track, place in broken.first_tracks.items():
        frame = _first_frame(db, track) if place.frame is None else place.frame
        yield f"{_where(db, frame)}, track of {place.label}: {place.text}"


def _where(db: apsw.Connection, frame: int | None) -> str:
    query = "SELECT t.name, f.name FROM frame f JOIN task t ON t.id = f.task_id WHERE f.id = ?"
    row: Any = db.execute(query, (frame,)).fetchone()
    return "no frame" if row is None else f"{row[0]}, {row[1]}"


def _first_frame(db: apsw.Connection, track: int) -> int | None:
    query = (
        "SELECT f.id FROM shape s JOIN frame f ON f.id = s.frame_id"
        " WHERE s.track_id = ? ORDER BY f.position LIMIT 1"
    )
    row: Any = db.execute(query, (track,)).fetchone()
    return None if row is None else int(row[0])


# The rows that are read --------------------------------------------------------------------------------------

_BEFORE: Final = (
    "SELECT s.id, s.track_id, t.label_id, f.task_id, f.removed, f.position, f.media_id,"
    " f.source_index, s.x0, s.y0, s.x1, s.y1, s.id"
)
# How many of these come before the values of the annotation.
_VALUES: Final = 11
_SHAPE_QUERY: Final = (
    ANNOTATION_SELECT.replace("SELECT s.id", _BEFORE, 1)
    + " LEFT JOIN frame f ON f.id = s.frame_id LEFT JOIN track t ON t.id = s.track_id"
    " WHERE s.id > ? ORDER BY s.id LIMIT ?"
)
_TRACK_SELECT: Final = TRACK_SELECT.replace(" FROM", ", task_id FROM", 1)


def kinds_of(check: RuleCheck) -> tuple[Kind, Kind]:
    """Return the rows of annotations with key frames, and those of tracks, read by a check."""
    return (
        Kind("shape", "annotations", _SHAPE_QUERY, check.read_shape),
        kind_of("track", "tracks", _TRACK_SELECT, check.read_track),
    )
