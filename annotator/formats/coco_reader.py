"""Reading COCO instances: the file as a whole when it is opened, the geometry record by record."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from annotator.core.annotations import Annotation
from annotator.core.geometry import COORDINATE_LIMIT
from annotator.core.ids import new_ids
from annotator.core.labels import LabelSchema
from annotator.core.shapes import Rectangle
from annotator.formats.coco_files import CocoFile, find_files, read_sections
from annotator.formats.coco_labels import FORMAT_ID, LabelTable
from annotator.formats.coco_records import (
    KNOWN_KEYS,
    AttributeSurvey,
    Found,
    Record,
    RecordError,
    RecordId,
    Size,
    as_number,
    checksum,
    decode_segmentation,
    find_shape,
    read_attributes,
)
from annotator.formats.dataset import DatasetHeader, DatasetItem, FrameItem, Problem
from annotator.formats.registry import FormatError
from annotator.safe_io import InputError, Limits, printable, resolve_inside, safe_file_name

# Whatever `resolve_inside` could refuse; names without any of it need not be asked about one by one.
_DOUBTFUL: Final = re.compile(r"^[/\\]|(^|[/\\])\.\.([/\\]|$)|:|[^ -~]|.{200}|^\s*$")
_OWN_IMAGE_KEYS: Final = frozenset({"id", "file_name", "width", "height"})


@dataclass(frozen=True, slots=True)
class _Picture:
    name: str
    size: Size | None
    foreign: dict[str, Any]


@dataclass(slots=True)
class _Part:
    """One file: its pictures, and the places of their records in `records`."""

    file: CocoFile
    labels: dict[RecordId, int]
    pictures: list[_Picture]
    records: list[Record]
    places: dict[int, list[int]]
    """By the number of the picture."""
    unknown_keys: dict[int, dict[str, Any]]
    """By the place of the record."""
    problems: list[Problem] = field(default_factory=list)


class CocoDataset:
    """A COCO dataset of one or several files, opened for reading.

    Raises FormatError where no file of it can be read.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._problems: list[Problem] = []
        self._parts: list[_Part] = []
        table, survey = LabelTable(), AttributeSurvey()
        others: dict[str, Any] = {}
        for file in find_files(path):
            try:
                part, rest = _read_part(file, table, survey, limits)
            except FormatError as error:
                self._problems.append(Problem(file.name, str(error), "not-coco"))
            else:
                self._parts.append(part)
                others.setdefault(file.subset, rest)
        if not self._parts:
            reasons = "; ".join(problem.text.rstrip(".") for problem in self._problems[:3])
            raise FormatError(
                f"{path} is no COCO dataset of instances: {reasons or 'it holds no JSON file'}."
            )
        labels = table.schema(survey)
        self._attribute_ids = {
            label.id: {attribute.name: attribute.id for attribute in label.attributes}
            for label in labels
        }
        self._header = _header(path, self._parts, labels, others)

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
                annotations = self._annotations(part, number, frame, problems)
                yield FrameItem(
                    picture.name,
                    picture.size,
                    subset=part.file.subset,
                    annotations=tuple(annotations),
                    foreign={FORMAT_ID: picture.foreign},
                )
                yield from problems
                frame += 1

    def _annotations(
        self, part: _Part, number: int, frame: int, problems: list[Problem]
    ) -> Iterator[Annotation]:
        places = part.places.get(number, ())
        for place, identifier in zip(places, new_ids(len(places)), strict=True):
            try:
                yield self._annotation(part, place, number, frame, identifier, problems)
            except RecordError as error:
                problems.append(_problem(part, place, f"{error}; it is left out.", error.rule))

    def _annotation(
        self,
        part: _Part,
        place: int,
        number: int,
        frame: int,
        identifier: int,
        problems: list[Problem],
    ) -> Annotation:
        record = part.records[place]
        label = part.labels.get(record.category_id)
        if label is None:
            raise RecordError("unknown-category", f"there is no category {record.category_id!r}")
        found = _shape_of(record, part.pictures[number].size, self._limits)
        if found.left_out:
            problems.append(
                _problem(part, place, f"{found.left_out}.", "segmentation", skipped=False)
            )
        attributes = read_attributes(record.attributes, took_rotation=found.took_rotation)
        ids = self._attribute_ids[label]
        score = record.score
        if score is not None and not 0.0 <= score <= 1.0:
            text = f"its score {score} is not between 0 and 1; it is kept for COCO files only."
            problems.append(_problem(part, place, text, "score", skipped=False))
            score = None
        return Annotation(
            frame,
            label,
            found.shape,
            {ids[name]: value for name, value in attributes.values.items()},
            occluded=attributes.is_occluded,
            source="manual" if score is None else "model",
            score=score,
            foreign={
                FORMAT_ID: _foreign(
                    record, found, attributes.leftover, part.unknown_keys.get(place)
                )
            },
            id=identifier,
        )


def _shape_of(record: Record, size: Size | None, limits: Limits) -> Found:
    try:
        segmentation = decode_segmentation(record.segmentation)
    except msgspec.ValidationError as error:
        raise RecordError("segmentation", f"its segmentation is not understood: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RecordError("segmentation", "its segmentation cannot be read") from None
    rotation = record.attributes.get("rotation") if record.attributes else None
    return find_shape(record.bbox, segmentation, rotation, size, limits.picture_pixels)


def _foreign(
    record: Record, found: Found, leftover: dict[str, Any], unknown: dict[str, Any] | None
) -> dict[str, Any]:
    """What a record says beyond the annotation; what it says about the shape holds while the shape stays as it is."""
    shape, bbox = found.shape, record.bbox
    result: dict[str, Any] = {} if record.id is None else {"id": record.id}
    if isinstance(shape, Rectangle) and not shape.rotation:
        assert bbox is not None
        x0, y0, x1, y1 = shape.xyxy
        says_more = bbox != [x0, y0, x1 - x0, y1 - y0] or (
            record.area is not None and record.area != bbox[2] * bbox[3]
        )
    else:
        says_more = bool(bbox) or record.area is not None
    if says_more:
        result["of_shape"] = checksum(shape)
        if bbox:
            result["bbox"] = bbox
        if record.area is not None:
            result["area"] = record.area
    if record.iscrowd:
        result["iscrowd"] = record.iscrowd
    if record.score is not None and not 0.0 <= record.score <= 1.0:
        result["score"] = record.score
    if leftover:
        result["attributes"] = leftover
    if unknown:
        result["keys"] = unknown
    return result


def _problem(part: _Part, place: int, text: str, rule: str, *, skipped: bool = True) -> Problem:
    record = part.records[place]
    name = f"number {place + 1}" if record.id is None else repr(record.id)
    return Problem(part.file.name, f"annotation {name}: {text}", rule, skipped=skipped)


def _read_part(
    file: CocoFile, table: LabelTable, survey: AttributeSurvey, limits: Limits
) -> tuple[_Part, dict[str, Any]]:
    sections = read_sections(file, limits)
    part = _Part(file, {}, [], [], {}, {})
    part.records, part.unknown_keys = _read_records(sections.annotations, file.name, part.problems)
    part.labels = table.add(
        sections.categories,
        {record.category_id for record in part.records},
        file,
        part.problems,
    )
    numbers = _read_pictures(sections.images, part)
    part.places = _places(part, numbers)
    for record in part.records:
        label = part.labels.get(record.category_id)
        if record.attributes and label is not None:
            took = "rotation" in record.attributes and _takes_rotation(record, limits)
            for name, value in read_attributes(
                record.attributes, took_rotation=took
            ).values.items():
                survey.note(label, name, value)
    return part, sections.others


def _takes_rotation(record: Record, limits: Limits) -> bool:
    try:
        return _shape_of(record, None, limits).took_rotation
    except RecordError:
        return False


def _read_records(
    raw: msgspec.Raw, file: str, problems: list[Problem]
) -> tuple[list[Record], dict[int, dict[str, Any]]]:
    """Decode the annotations; return them with the unknown keys by place."""
    try:
        return msgspec.json.decode(raw, type=list[Record]), {}
    except msgspec.ValidationError:
        return _read_one_by_one(msgspec.json.decode(raw, type=list[msgspec.Raw]), file, problems)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise FormatError(f"{file}: its annotations cannot be read.") from None


def _read_one_by_one(
    raws: list[msgspec.Raw], file: str, problems: list[Problem]
) -> tuple[list[Record], dict[int, dict[str, Any]]]:
    records: list[Record] = []
    unknown_keys: dict[int, dict[str, Any]] = {}
    for number, raw in enumerate(raws, 1):
        try:
            record, unknown = _read_record(raw)
        except msgspec.ValidationError as error:
            text = f"annotation number {number} is not understood: {error}; it is left out."
            problems.append(Problem(file, text, "type"))
        except (msgspec.DecodeError, UnicodeDecodeError):
            text = f"annotation number {number} cannot be read; it is left out."
            problems.append(Problem(file, text, "syntax"))
        else:
            if unknown:
                unknown_keys[len(records)] = unknown
            records.append(record)
    return records, unknown_keys


def _read_record(raw: msgspec.Raw) -> tuple[Record, dict[str, Any]]:
    keys = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    unknown = {key: value for key, value in keys.items() if key not in KNOWN_KEYS}
    known = {key: value for key, value in keys.items() if key in KNOWN_KEYS}
    record = msgspec.json.decode(msgspec.json.encode(known), type=Record)
    return record, {key: msgspec.json.decode(value) for key, value in unknown.items()}


def _read_pictures(images: list[Any], part: _Part) -> dict[RecordId, int]:
    """Take in the pictures of a file; return their numbers by their ids in the file."""
    numbers: dict[RecordId, int] = {}
    names: set[str] = set()
    for place, image in enumerate(images, 1):
        identifier = image.get("id") if isinstance(image, dict) else None
        name = image.get("file_name") if isinstance(image, dict) else None
        if not isinstance(identifier, int | str) or not isinstance(name, str) or not name.strip():
            _complain(
                part, f"image number {place} has no id or no file name; it is left out.", "image"
            )
        elif identifier in numbers:
            text = f"there are several images with the id {identifier!r}; the first one counts."
            _complain(part, text, "duplicate-id")
        else:
            numbers[identifier] = len(part.pictures)
            picture = _picture(image, part)
            if picture.name in names:
                text = f"several images are called {printable(name)}; they count as one."
                _complain(part, text, "duplicate-name", skipped=False)
            names.add(picture.name)
            part.pictures.append(picture)
    return numbers


def _picture(image: dict[str, Any], part: _Part) -> _Picture:
    name = picture_name(image["file_name"])
    if _DOUBTFUL.search(name) and (reason := _refusal(name, part.file.path.parent)):
        text = f"{reason} Its picture counts as missing."
        _complain(part, text, "path", skipped=False)
    size = _size(image)
    if size is None:
        text = f"image {printable(name)} has no usable width and height."
        _complain(part, text, "size", skipped=False)
    rest = {key: value for key, value in image.items() if key not in _OWN_IMAGE_KEYS}
    foreign = {"id": image["id"]} | ({"keys": rest} if rest else {})
    return _Picture(name, size, foreign)


def picture_name(file_name: str) -> str:
    """Return the name of a frame for the file name of an image: with `/`, whatever program wrote it."""
    return file_name.replace("\\", "/")


def _size(image: dict[str, Any]) -> Size | None:
    width, height = _side(image.get("width")), _side(image.get("height"))
    return None if width is None or height is None else (width, height)


def _side(value: object) -> int | None:
    number = as_number(value)
    if number is None or not 1 <= number <= COORDINATE_LIMIT or number != int(number):
        return None
    return int(number)


def _refusal(name: str, root: Path) -> str | None:
    try:
        resolve_inside(root, name)
    except InputError as error:
        return str(error)
    return None


def _places(part: _Part, numbers: dict[RecordId, int]) -> dict[int, list[int]]:
    """Return the places of the records of each picture; those of no picture and doubtful ids are complained of."""
    by_text = {str(identifier): number for identifier, number in numbers.items()}
    places: defaultdict[int, list[int]] = defaultdict(list)
    seen: set[RecordId] = set()
    for place, record in enumerate(part.records):
        number = numbers.get(record.image_id)
        if number is None:
            # Some programs write ids as numbers here and as texts there.
            number = by_text.get(str(record.image_id))
        if number is None:
            text = f"there is no image {record.image_id!r}; it is left out."
            part.problems.append(_problem(part, place, text, "unknown-image"))
            continue
        places[number].append(place)
        if record.id is not None:
            if record.id in seen:
                text = "another one has the same id; they get different ones when they are written."
                part.problems.append(_problem(part, place, text, "duplicate-id", skipped=False))
            seen.add(record.id)
    return places


def _complain(part: _Part, text: str, rule: str, *, skipped: bool = True) -> None:
    part.problems.append(Problem(part.file.name, text, rule, skipped=skipped))


def _header(
    path: Path, parts: list[_Part], labels: LabelSchema, others: dict[str, Any]
) -> DatasetHeader:
    roots = dict.fromkeys(root for part in parts for root in _media_roots(part.file, path))
    return DatasetHeader(
        FORMAT_ID,
        labels,
        name=path.stem if path.is_file() else path.name,
        subsets=tuple(dict.fromkeys(part.file.subset for part in parts)),
        media_roots=tuple(root for root in roots if root.is_dir()),
        foreign={FORMAT_ID: {"files": others}},
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
    if path.is_dir():
        yield path / "images"
        yield path
