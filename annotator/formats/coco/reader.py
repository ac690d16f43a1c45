"""Reading COCO instances: the files as a whole when they are opened, the geometry record by record."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotator.core.annotations import Annotation, Foreign
from annotator.core.errors import AnnotatorError
from annotator.core.ids import new_ids
from annotator.core.labels import LabelSchema
from annotator.formats.coco.annotations import annotation_of, has_odd_score, shape_of
from annotator.formats.coco.doubles import objects_told_twice
from annotator.formats.coco.files import CocoFile, find_files
from annotator.formats.coco.labels import FORMAT_ID, LabelTable
from annotator.formats.coco.parts import Part, Picture, read_part
from annotator.formats.coco.records import AttributeSurvey, Found, RecordError, Size, storable
from annotator.formats.dataset import DatasetHeader, DatasetItem, FrameItem, Problem
from annotator.formats.keeping import why_not_kept
from annotator.formats.picture_files import find_picture, upright_size
from annotator.formats.registry import FormatError
from annotator.safe_io import Limits, printable, safe_file_name


class CocoDataset:
    """A COCO dataset of one or several files, opened for reading.

    Raises FormatError where no file of it can be read.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._problems: list[Problem] = []
        self._parts: list[Part] = []
        table, survey = LabelTable(), AttributeSurvey()
        files = find_files(path)
        others = self._read(files, table, survey)
        if not self._parts:
            # Beside files of instances, those for another task show the same objects. Alone, their boxes are it.
            others = self._read(files, table, survey, of_any_task=True)
        self._problems += objects_told_twice(self._parts)
        if not self._parts:
            reasons = "; ".join(str(problem).rstrip(".") for problem in self._problems[:3])
            raise FormatError(
                f"{path} is no COCO dataset of instances ({reasons or 'it holds no JSON file'})."
                " Choose another file or format."
            )
        labels = table.schema(survey)
        self._attribute_ids = {
            label.id: {attribute.name: attribute.id for attribute in label.attributes}
            for label in labels
        }
        self._header = _header(path, self._parts, labels, others)

    def _read(
        self,
        files: list[CocoFile],
        table: LabelTable,
        survey: AttributeSurvey,
        *,
        of_any_task: bool = False,
    ) -> dict[str, Any]:
        """Take in what files can be read; return the rest of what each says at its top, by subset."""
        self._problems = []
        others: dict[str, Any] = {}
        for file in files:
            try:
                part, rest = read_part(file, table, survey, self._limits, of_any_task=of_any_task)
            except FormatError as error:
                reason = str(error).removeprefix(file.name).lstrip(" :,")
                self._problems.append(Problem(file.name, f"not read: {reason}", "not-coco"))
            else:
                self._parts.append(part)
                others.setdefault(file.subset, _kept(part, storable(rest)))
        return others

    @property
    def header(self) -> DatasetHeader:
        """Labels, subsets, folders of pictures; info, licences and unknown keys of each file."""
        return self._header

    def items(self) -> Iterator[DatasetItem]:
        """Yield what is wrong with the files, then each picture with its annotations."""
        yield from self._problems
        frame = 0
        for part in self._parts:
            yield from part.problems
            for number, picture in enumerate(part.pictures):
                problems: list[Problem] = []
                size = picture.size or self._measured(part, picture, problems)
                annotations = self._annotations(part, number, frame, size, problems)
                yield FrameItem(
                    picture.name,
                    size,
                    subset=part.file.subset,
                    annotations=tuple(annotations),
                    foreign={FORMAT_ID: picture.foreign},
                )
                yield from problems
                frame += 1

    def _measured(self, part: Part, picture: Picture, problems: list[Problem]) -> Size | None:
        """Return the size of a picture that the file does not give, from the picture itself."""
        path = find_picture(self._header, FrameItem(picture.name, subset=part.file.subset))
        text = f"image {printable(picture.name)} has no usable width and height; it is read without a size."
        try:
            if path is not None:
                return upright_size(path)
        except AnnotatorError as error:
            text = f"{error} The image is read without a size."
        problems.append(Problem(part.file.name, text, "size", skipped=0))
        return None

    def _annotations(
        self,
        part: Part,
        number: int,
        frame: int,
        size: Size | None,
        problems: list[Problem],
    ) -> Iterator[Annotation]:
        places = part.places.get(number, ())
        for place, identifier in zip(places, new_ids(len(places)), strict=True):
            record = part.records[place]
            label = part.labels.get(record.category_id)
            if label is None:
                text = f"there is no category {record.category_id!r}; it is left out."
                problems.append(part.problem(place, text, "unknown-category"))
                continue
            try:
                found = shape_of(record, size, self._limits)
            except RecordError as error:
                problems.append(part.problem(place, f"{error}; it is left out.", error.rule))
                continue
            yield annotation_of(
                record,
                found,
                frame=frame,
                label=label,
                attribute_ids=self._attribute_ids[label],
                unknown_keys=part.unknown_keys.get(place),
                identifier=identifier,
            )
            if found.told or record.score is not None:
                problems += _changed(part, place, found)


def _kept(part: Part, rest: dict[str, Any]) -> dict[str, Any]:
    """Return what a file says at its top and the program can store; the rest is complained of."""
    kept: dict[str, Any] = {}
    for key, value in rest.items():
        foreign = _foreign_of_files({part.file.subset: {key: value}})
        if text := why_not_kept(key, foreign):
            part.complain(text, "not-kept")
        else:
            kept[key] = value
    return kept


def _foreign_of_files(others: dict[str, Any]) -> Foreign:
    """Return what is kept of a dataset. others: by subset."""
    return {FORMAT_ID: {"files": others}}


def _changed(part: Part, place: int, found: Found) -> Iterator[Problem]:
    """Yield what was read with a change."""
    record = part.records[place]
    if found.told:
        yield part.problem(place, f"{found.told}.", "segmentation", skipped=0)
    if has_odd_score(record):
        text = f"its score {record.score} is not between 0 and 1; it is kept for COCO files only."
        yield part.problem(place, text, "score", skipped=0)


def _header(
    path: Path, parts: list[Part], labels: LabelSchema, others: dict[str, Any]
) -> DatasetHeader:
    roots = dict.fromkeys(root for part in parts for root in _media_roots(part.file, path))
    return DatasetHeader(
        FORMAT_ID,
        labels,
        name=path.stem if os.path.isfile(path) else path.name,
        subsets=tuple(dict.fromkeys(part.file.subset for part in parts)),
        media_roots=tuple(root for root in roots if os.path.isdir(root)),
        foreign=_foreign_of_files(others),
    )


def _media_roots(file: CocoFile, path: Path) -> Iterator[Path]:
    """Yield where the pictures of a file may lie, the likeliest place first."""
    folder = file.path.parent
    if folder.name == "annotations":
        folder = folder.parent
    subset = file.subset or "default"
    if safe_file_name(subset) == subset:
        yield folder / "images" / subset
        yield folder / subset
    yield folder / "images"
    yield folder
    if os.path.isdir(path):
        yield path / "images"
        yield path
