"""What becomes of each frame and annotation in COCO: planned once, for the loss report and for writing alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation, Foreign
from annotator.core.free_names import FreeNames
from annotator.core.ids import new_id
from annotator.core.labels import Attribute, Label, LabelSchema
from annotator.core.shapes import AttributeValue, Mask, Polygon, Rectangle, Shape
from annotator.formats.coco.files import file_name_of_subset, subset_of_file_name
from annotator.formats.coco.labels import FORMAT_ID
from annotator.formats.coco.parts import picture_name
from annotator.formats.coco.records import (
    AttributeSurvey,
    RecordError,
    Size,
    as_flag,
    as_number,
    checksum,
    find_shape,
    read_attributes,
)
from annotator.formats.coco.shapes import WrittenShape, write_shape
from annotator.formats.dataset import DatasetView, FrameItem, TrackedShape, WriteOptions
from annotator.formats.dry_run import Change, FramePlan, as_annotation
from annotator.formats.facts import frame_name
from annotator.formats.frame_paths import PathClaims, frame_names
from annotator.formats.label_colours import LabelColours
from annotator.formats.label_names import flat_names
from annotator.safe_io import DEFAULT_LIMITS, FileNames

Source: TypeAlias = Annotation | TrackedShape
TRACK_ATTRIBUTE: Final = "track_id"
_NO_LABEL: Final = "Its label does not exist."
_NO_SIZE: Final = "A mask covers the whole picture here, and the size of the picture is not known."


def own_foreign(foreign: Foreign) -> Mapping[str, Any]:
    """Return what this format left in the foreign values of something, whatever else stands there."""
    own = foreign.get(FORMAT_ID)
    return own if isinstance(own, Mapping) else {}


def said_of_shape(own: Mapping[str, Any], shape: Shape | None, key: str) -> Any:
    """Return what a file said of a shape, as long as the shape is the same, else None."""
    return own.get(key) if shape and own.get("of_shape") == checksum(shape) else None


@dataclass(slots=True)
class SubsetFile:
    """The file of a subset. name: in the folder `annotations`. subset: as it will be read back."""

    name: str
    subset: str
    names: FreeNames = field(default_factory=frame_names)


@dataclass(frozen=True, slots=True)
class PlannedRecord:
    """An annotation, or what a track shows as one, and the record for it.

    `written` is None where there is no record; why: a reason that holds for this annotation alone.
    """

    source: Source
    annotation: Annotation
    written: WrittenShape | None
    attributes: dict[str, Any]
    why: str = ""


@dataclass(frozen=True, slots=True)
class PlannedFrame:
    """A frame, the file its image goes to, and the name it has there."""

    source: FrameItem
    file: SubsetFile
    name: str
    records: tuple[PlannedRecord, ...]


class CocoPlan:
    """Goes through a view once and says what is to be written."""

    def __init__(self, view: DatasetView, options: WriteOptions) -> None:
        self._view = view
        self._with_pictures = bool(options.get("save_images"))
        self._names = flat_names(view.labels)
        self._track_attributes = {label.id: new_id() for label in view.labels}
        self.labels = LabelSchema(tuple(self._named(label) for label in view.labels))
        self._survey = AttributeSurvey()
        self._files: dict[str, SubsetFile] = {}
        self._file_names = FileNames()
        self._paths = PathClaims()
        self._tracks: dict[int, int] = {}

    def _named(self, label: Label) -> Label:
        """The label as it will be called, with every attribute that its annotations could have."""
        attributes = [Attribute(one.name, id=one.id) for one in label.attributes]
        if label.attribute_named(TRACK_ATTRIBUTE) is None:
            attributes.append(Attribute(TRACK_ATTRIBUTE, id=self._track_attributes[label.id]))
        return Label(self._names[label.id], attributes=tuple(attributes), id=label.id)

    def labels_read_back(self) -> LabelSchema:
        """Return the labels a reader finds, once all frames were turned into a `frame_plan`."""
        labels: list[Label] = []
        colours = LabelColours()
        for label in self.labels:
            kinds = self._survey.attributes(label.id)
            attributes = tuple(
                replace(one, kind=kinds[one.name]) for one in label.attributes if one.name in kinds
            )
            labels.append(replace(label, attributes=attributes, colour=colours.taken()))
        return LabelSchema(tuple(labels))

    def file_of(self, subset: str) -> SubsetFile:
        """Return the file for the frames of a subset."""
        if subset not in self._files:
            name = self._file_names.claim(file_name_of_subset(subset))
            self._files[subset] = SubsetFile(name, subset_of_file_name(name))
        return self._files[subset]

    def frames(self, progress: Progress, text: str) -> Iterator[PlannedFrame]:
        """Yield every frame of the view."""
        frames = self._view.frames("interpolated")
        for frame in progress.track(frames, text, self._view.frame_count):
            file = self.file_of(frame.subset)
            records = [self._record(one, one, frame.size) for one in frame.annotations]
            records += [self._of_track(one, frame) for one in frame.tracked]
            yield PlannedFrame(frame, file, self._name(frame, file), tuple(records))

    def _name(self, frame: FrameItem, file: SubsetFile) -> str:
        name = frame_name(frame.name, frame.number)
        if self._with_pictures:
            return self._paths.claim(file.subset or "default", name)
        return file.names.claim(picture_name(name))

    def _of_track(self, shown: TrackedShape, frame: FrameItem) -> PlannedRecord:
        annotation = as_annotation(shown, frame.number or 0)
        label = self.labels.get(annotation.label)
        attribute = label.attribute_named(TRACK_ATTRIBUTE) if label else None
        if attribute:
            number = self._tracks.setdefault(shown.track.id, len(self._tracks) + 1)
            annotation = annotation.with_attribute(attribute.id, number)
        return self._record(shown, annotation, frame.size)

    def _record(self, source: Source, annotation: Annotation, size: Size | None) -> PlannedRecord:
        label, shape = self.labels.get(annotation.label), annotation.shape
        if label is None:
            return PlannedRecord(source, annotation, None, {}, _NO_LABEL)
        written = write_shape(shape, size)
        if written is None:
            why = _NO_SIZE if isinstance(shape, Mask) else ""
            return PlannedRecord(source, annotation, None, {}, why)
        if box := _box_of_file(annotation):
            written = replace(written, bbox=box)
        attributes = _attributes(annotation, label, written)
        return PlannedRecord(source, annotation, written, attributes, written.why)

    def frame_plan(self, planned: PlannedFrame) -> FramePlan:
        """Return what reading the planned records gives."""
        changes = tuple(self._change(one, planned.source.size) for one in planned.records)
        outputs = tuple(change.output for change in changes if change.output)
        output = FrameItem(
            planned.name, planned.source.size, subset=planned.file.subset, annotations=outputs
        )
        return FramePlan(planned.source, output, changes)

    def _change(self, planned: PlannedRecord, size: Size | None) -> Change:
        written, annotation = planned.written, planned.annotation
        if written is None:
            return Change(planned.source, None, planned.why)
        rotation = planned.attributes.get("rotation")
        try:
            found = find_shape(
                written.bbox, written.segmentation, rotation, size, DEFAULT_LIMITS.picture_pixels
            )
        except RecordError as error:
            return Change(planned.source, None, f"It cannot be read back: {error}.")
        attributes = read_attributes(planned.attributes, took_rotation=found.took_rotation)
        ids = {one.name: one.id for one in self.labels[annotation.label].attributes}
        for name, value in attributes.values.items():
            self._survey.note(annotation.label, name, value)
        output = Annotation(
            annotation.frame,
            annotation.label,
            found.shape,
            {ids[name]: value for name, value in attributes.values.items()},
            occluded=attributes.is_occluded,
            source="manual" if annotation.score is None else "model",
            score=annotation.score,
            id=annotation.id,
        )
        return Change(planned.source, output, planned.why)


def _box_of_file(annotation: Annotation) -> list[float] | None:
    """Return the box that a file gave with the shape, which may differ from the box around it."""
    box = said_of_shape(own_foreign(annotation.foreign), annotation.shape, "bbox")
    if not isinstance(box, list) or len(box) != 4:
        return None
    return box if all(as_number(value) is not None for value in box) else None


def _attributes(annotation: Annotation, label: Label, written: WrittenShape) -> dict[str, Any]:
    """Return the attributes of a record; the program's own come before a user's of the same name."""
    leftover = own_foreign(annotation.foreign).get("attributes")
    result: dict[str, Any] = dict(leftover) if isinstance(leftover, Mapping) else {}
    for attribute in label.attributes:
        value = annotation.attributes.get(attribute.id)
        if value is not None and not _would_be_misread(attribute.name, value, annotation.shape):
            result[attribute.name] = value
    if annotation.occluded:
        result["occluded"] = True
    if written.rotation is not None:
        result["rotation"] = written.rotation
    return result


def _would_be_misread(name: str, value: AttributeValue, shape: Shape | None) -> bool:
    """Whether a reader would take an attribute of the user for the one of the same name that programs write."""
    if name == "occluded":
        return as_flag(value) is not None
    if name == "rotation":
        is_turnable = isinstance(shape, Rectangle) or _has_four_corners(shape)
        return is_turnable and as_number(value) is not None
    return False


def _has_four_corners(shape: Shape | None) -> bool:
    return isinstance(shape, Polygon) and len(shape.parts) == 1 and len(shape.parts[0].outer) == 4
