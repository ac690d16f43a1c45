"""What becomes of each frame and annotation in a detection dataset, for the loss report and for writing alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation
from annotator.core.geometry import Box, intersection_of_boxes
from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import Ellipse, Mask, Polygon, Rectangle, Shape, Skeleton
from annotator.formats.dataset import DatasetView, FrameItem, TrackedShape, WriteOptions
from annotator.formats.dry_run import Change, FramePlan, as_annotation
from annotator.formats.facts import frame_name
from annotator.formats.frame_paths import PathClaims
from annotator.formats.label_colours import LabelColours
from annotator.formats.label_names import flat_names
from annotator.formats.run_lengths import tight
from annotator.formats.yolo.config import FORMAT_ID
from annotator.formats.yolo.pictures import name_in_subset
from annotator.formats.yolo.places import label_path_of
from annotator.formats.yolo.reader import annotation_of
from annotator.formats.yolo.rows import Size, read_row, write_row

Source: TypeAlias = Annotation | TrackedShape
_NO_LABEL: Final = "Its label does not exist."
_NO_SIZE: Final = "Boxes are stored as parts of the picture, and its size is not known."
_NO_AREA: Final = "It has no area inside the picture."
_CLIPPED: Final = "It is cut off at the edge of the picture; training drops pictures with boxes that reach beyond."
_AROUND: Final = "The upright box around it is written."


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """An annotation and its row, None where there is none; why: what is special about this one."""

    source: Source
    row: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class PlannedFrame:
    """A frame, the path of its picture in the dataset, and the rows of its label file."""

    source: FrameItem
    subset: str
    path: str
    rows: tuple[PlannedRow, ...]


class YoloPlan:
    """Goes through a view once and says what is to be written."""

    def __init__(self, view: DatasetView, options: WriteOptions) -> None:
        self._view = view
        self._with_tracks = bool(options.get("track_ids"))
        self.classes = _classes(view.labels)
        self._ids = {number: label.id for number, label in enumerate(self.classes)}
        self._numbers = {label.id: number for number, label in enumerate(self.classes)}
        self._paths = PathClaims()
        self._tracks: dict[int, int] = {}

    def frames(self, progress: Progress, text: str) -> Iterator[PlannedFrame]:
        """Yield every frame of the view."""
        frames = self._view.frames("interpolated")
        for frame in progress.track(frames, text, self._view.frame_count):
            subset = split_of(frame.subset)
            folder = f"images/{subset}"
            name = frame_name(frame.name, frame.number)
            path = f"{folder}/{self._paths.claim(folder, name, label_path_of)}"
            rows = [self._row(one, one, frame.size) for one in frame.annotations]
            rows += [
                self._row(shown, as_annotation(shown, frame.number or 0), frame.size)
                for shown in frame.tracked
            ]
            yield PlannedFrame(frame, subset, path, tuple(rows))

    def frame_plan(self, planned: PlannedFrame) -> FramePlan:
        """Return what reading the planned rows gives."""
        source = planned.source
        changes = tuple(self._change(row, source) for row in planned.rows)
        name = name_in_subset(planned.path, planned.subset)
        outputs = tuple(change.output for change in changes if change.output)
        output = FrameItem(name, source.size, subset=planned.subset, annotations=outputs)
        return FramePlan(source, output, changes)

    def _change(self, planned: PlannedRow, frame: FrameItem) -> Change:
        if planned.row is None or frame.size is None:
            return Change(planned.source, None, planned.why)
        row = read_row(planned.row.split(), self._ids, frame.size)
        return Change(planned.source, annotation_of(row, frame.number or 0), planned.why)

    def _row(self, source: Source, annotation: Annotation, size: Size | None) -> PlannedRow:
        number = self._numbers.get(annotation.label)
        box = _box_of(annotation.shape)
        if number is None:
            return PlannedRow(source, None, _NO_LABEL)
        if box is None:
            return PlannedRow(source, None)
        if size is None:
            return PlannedRow(source, None, _NO_SIZE)
        visible = intersection_of_boxes(box, (0.0, 0.0, *size))
        row = write_row(number, visible, size, self._track_id(source)) if visible else None
        if row is None:
            return PlannedRow(source, None, _NO_AREA)
        return PlannedRow(source, row, _CLIPPED if visible != box else _AROUND)

    def _track_id(self, source: Source) -> int | None:
        if isinstance(source, TrackedShape):
            number = self._tracks.setdefault(source.track.id, len(self._tracks) + 1)
            return number if self._with_tracks else None
        own = source.foreign.get(FORMAT_ID)
        track_id = own.get("track_id") if isinstance(own, Mapping) else None
        return track_id if isinstance(track_id, int) and 0 <= track_id < 10**9 else None


def split_of(subset: str) -> str:
    """Return the one of train, val and test that a subset is written as."""
    word = subset.strip().lower()
    return next((split for split in ("val", "test") if word.startswith(split)), "train")


def _classes(labels: LabelSchema) -> tuple[Label, ...]:
    """Return the labels as they will be read back, in the order of their numbers.

    Labels that a file gave a number keep their order, and new ones follow, so that no number changes because a
    label was added or is not used.
    """
    names, colours = flat_names(labels), LabelColours()
    found: list[Label] = []
    for label in sorted(labels, key=_number_in_file):
        found.append(Label(names[label.id], colours.taken(), id=label.id))
    return tuple(found)


def _number_in_file(label: Label) -> tuple[bool, int]:
    own = label.foreign.get(FORMAT_ID)
    number = own.get("id") if isinstance(own, Mapping) else None
    return (False, number) if isinstance(number, int) else (True, 0)


def _box_of(shape: Shape | None) -> Box | None:
    """Return the upright box around a shape that covers an area, None for all others."""
    if isinstance(shape, Mask):
        return tight(shape).box
    if isinstance(shape, Rectangle | Ellipse | Polygon | Skeleton):
        return shape.box
    return None
