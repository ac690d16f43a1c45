"""Writing COCO instances: one file for each subset, in the layout that other programs look for."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from annotator.background.progress import Progress
from annotator.core.labels import LabelSchema
from annotator.formats.coco.ids import IdRange
from annotator.formats.coco.plan import (
    CocoPlan,
    PlannedFrame,
    PlannedRecord,
    own_foreign,
    said_of_shape,
)
from annotator.formats.coco.records import RecordId, Size
from annotator.formats.coco.shapes import area_of
from annotator.formats.dataset import DatasetView, WriteOptions
from annotator.formats.dry_run import dry_run
from annotator.formats.losses import LossReport
from annotator.formats.picture_files import copy_picture, mention_missing_pictures
from annotator.formats.registry import FormatError
from annotator.safe_io import write_whole

_MOST_FILES: Final = 200
_LISTS: Final = frozenset({"images", "annotations", "categories"})

_REASONS: Final = {
    "polyline": "COCO instances has no lines.",
    "points": "COCO instances has no points.",
    "cuboid": "COCO instances has no cuboids.",
    "skeleton": "COCO instances has no skeletons.",
    "tag": "COCO instances has no tags.",
    "rectangle": "A width added to an edge differs in the last digits.",
    "attribute": "Its name means something else in COCO files, or its value cannot be written.",
    "occluded": "An attribute of this name is taken for the mark.",
    "rotation": "The angle of an ellipse is in the points of the polygon that stands for it.",
    "z-order": "COCO has no order of drawing.",
    "group": "COCO has no groups.",
    "source": "COCO does not say who made an annotation; one with a score counts as made by a model.",
    "track": "COCO has no tracks: each becomes one shape on each frame, with its number as an attribute.",
    "key frame": "COCO has no key frames: each frame gets a shape of its own.",
    "frame": "Names are made fit for files, with a number where two would be the same.",
    "subset": "The subset is named by the file, so that its name must be fit for one.",
    "label": "Categories stand side by side; equal names are written with those above them.",
    "label colour": "COCO has no colours; a reader chooses them anew.",
    "label kind": "COCO does not say what kind of shapes a label is for.",
    "label parent": "Categories stand side by side; the label above is named as the supercategory.",
    "label attribute": "COCO does not declare attributes; a reader finds those that have values.",
    "hot key": "COCO has no keys.",
    "skeleton template": "COCO instances has no skeletons.",
}


class CocoWriter:
    """Writes a view as COCO instances. Option `save_images`: copies the pictures as well."""

    def losses(self, view: DatasetView, options: WriteOptions, progress: Progress) -> LossReport:
        """Say what `write` would lose, without writing."""
        plan = CocoPlan(view, options)
        report = dry_run(
            view,
            plan.labels,
            map(plan.frame_plan, plan.frames(progress, "Checking")),
            _REASONS,
            labels_read_back=plan.labels_read_back,
        )
        if options.get("save_images"):
            mention_missing_pictures(report, view)
        return report

    def write(
        self, view: DatasetView, folder: Path, options: WriteOptions, progress: Progress
    ) -> None:
        """Write into an empty folder: `annotations/instances_<subset>.json` and `images/<subset>/`."""
        (folder / "annotations").mkdir()
        (folder / "images").mkdir()
        plan = CocoPlan(view, options)
        with ExitStack() as stack:
            files = _Files(view, plan, folder / "annotations", stack)
            for planned in plan.frames(progress, "Writing"):
                files.of(planned.source.subset).add(planned)
                picture = view.picture(planned.source) if options.get("save_images") else None
                if picture is not None:
                    subset = planned.file.subset or "default"
                    copy_picture(picture, folder / "images" / subset / planned.name)
            files.finish()


class _Files:
    """The files being written, by subset; all labels stand in each, with the ids they had there."""

    def __init__(self, view: DatasetView, plan: CocoPlan, folder: Path, stack: ExitStack) -> None:
        self._view, self._plan, self._folder, self._stack = view, plan, folder, stack
        self._files: dict[str, _File] = {}
        self._image_ids: dict[str, IdRange] = {}
        self._annotation_ids: dict[str, IdRange] = {}
        for frame in view.frames():
            images = self._image_ids.setdefault(frame.subset, IdRange())
            images.note(own_foreign(frame.foreign).get("id"))
            annotations = self._annotation_ids.setdefault(frame.subset, IdRange(1))
            for annotation in frame.annotations:
                annotations.note(own_foreign(annotation.foreign).get("id"))

    def of(self, subset: str) -> "_File":
        if subset not in self._files:
            self._files[subset] = self._opened(subset)
        return self._files[subset]

    def _opened(self, subset: str) -> "_File":
        if len(self._files) == _MOST_FILES:
            raise FormatError(
                f"COCO has one file for each subset, and there are more than {_MOST_FILES}; use fewer."
            )
        path = self._folder / self._plan.file_of(subset).name
        category_ids = _category_ids(self._view.labels, subset)
        return _File(
            self._stack.enter_context(write_whole(path)),
            self._top(subset, category_ids),
            category_ids,
            self._image_ids.get(subset, IdRange()),
            self._annotation_ids.get(subset, IdRange(1)),
        )

    def _top(self, subset: str, category_ids: Mapping[int, RecordId]) -> dict[str, Any]:
        files = own_foreign(self._view.foreign).get("files")
        known = files.get(subset) if isinstance(files, Mapping) else None
        if not isinstance(known, Mapping):
            known = {"info": {"description": self._view.name}, "licenses": []}
        top = {key: value for key, value in known.items() if key not in _LISTS}
        categories = _categories(self._view.labels, self._plan.labels, category_ids)
        return {**top, "categories": categories}

    def finish(self) -> None:
        """Complete the files; a dataset without frames has one all the same, for its labels."""
        if not self._files:
            self.of("")
        for file in self._files.values():
            file.finish()


class _File:
    """One file: annotations go out as they come, the images follow at the end."""

    def __init__(
        self,
        stream: BinaryIO,
        top: dict[str, Any],
        category_ids: dict[int, RecordId],
        image_ids: IdRange,
        annotation_ids: IdRange,
    ) -> None:
        self._stream = stream
        self._category_ids = category_ids
        self._image_ids, self._annotation_ids = image_ids, annotation_ids
        self._images: list[bytes] = []
        self._separator = b"\n"
        stream.write(msgspec.json.encode(top).removesuffix(b"}") + b',\n"annotations":[')

    def add(self, planned: PlannedFrame) -> None:
        frame = planned.source
        own = own_foreign(frame.foreign)
        image_id = self._image_ids.take(own.get("id"))
        image: dict[str, Any] = {"id": image_id, "file_name": planned.name}
        if frame.size is not None:
            image["width"], image["height"] = frame.size
        self._images.append(msgspec.json.encode({**image, **_unknown_keys(own, image)}))
        for record in planned.records:
            if record.written is not None:
                self._stream.write(self._separator)
                self._stream.write(msgspec.json.encode(self._record(record, image_id, frame.size)))
                self._separator = b",\n"

    def _record(
        self, planned: PlannedRecord, image_id: RecordId, size: Size | None
    ) -> dict[str, Any]:
        written, annotation = planned.written, planned.annotation
        assert written is not None
        assert annotation.shape is not None
        own = own_foreign(annotation.foreign)
        area = said_of_shape(own, annotation.shape, "area")
        record: dict[str, Any] = {
            "id": self._annotation_ids.take(own.get("id")),
            "image_id": image_id,
            "category_id": self._category_ids[annotation.label],
            "bbox": written.bbox,
            "segmentation": written.segmentation,
            "area": area_of(written, size) if area is None else area,
            "iscrowd": 1 if own.get("iscrowd") in (1, True) else 0,
        }
        score = own.get("score") if annotation.score is None else annotation.score
        if isinstance(score, int | float):
            record["score"] = score
        if planned.attributes:
            record["attributes"] = planned.attributes
        return {**record, **_unknown_keys(own, record)}

    def finish(self) -> None:
        self._stream.write(b'],\n"images":[\n' + b",\n".join(self._images) + b"]}\n")


def _unknown_keys(own: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    keys = own.get("keys")
    if not isinstance(keys, Mapping):
        return {}
    return {key: value for key, value in keys.items() if key not in known}


def _category_ids(labels: LabelSchema, subset: str) -> dict[int, RecordId]:
    """Return the category ids of one file by label ids: those it had in that file, or else in any."""
    ids = IdRange()
    here, elsewhere = {}, {}
    for label in labels:
        known = own_foreign(label.foreign).get("ids")
        known = known if isinstance(known, Mapping) else {}
        here[label.id] = known.get(subset)
        elsewhere[label.id] = next(iter(known.values()), None)
    for wanted in (*here.values(), *elsewhere.values()):
        ids.note(wanted)
    taken = {label_id: ids.take(one) for label_id, one in here.items() if one is not None}
    rest = [label.id for label in labels if label.id not in taken]
    return taken | {label_id: ids.take(elsewhere[label_id]) for label_id in rest}


def _categories(
    labels: LabelSchema, written: LabelSchema, ids: Mapping[int, RecordId]
) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = []
    for label in labels:
        category: dict[str, Any] = {"id": ids[label.id], "name": written[label.id].name}
        own = own_foreign(label.foreign)
        if not own:
            above = None if label.parent is None else written[label.parent]
            category["supercategory"] = above.name if above else ""
        result.append({**category, **_unknown_keys(own, category)})
    return result
