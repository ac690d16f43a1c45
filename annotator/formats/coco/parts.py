"""One COCO file in memory: its pictures and its records, whose geometry is not decoded yet."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from annotator.core.geometry import COORDINATE_LIMIT
from annotator.formats.coco.annotations import shape_of
from annotator.formats.coco.decoding import (
    ReadRecord,
    plain_records,
    read_one_by_one,
    settle_category_ids,
)
from annotator.formats.coco.doubled_keys import doubled_elsewhere, doubled_in_annotations
from annotator.formats.coco.files import (
    CocoFile,
    Sections,
    Unreadable,
    has_key_points,
    other_task_with_shapes,
    read_sections,
    refuse_other_tasks,
)
from annotator.formats.coco.labels import LabelTable
from annotator.formats.coco.records import (
    AttributeSurvey,
    Record,
    RecordError,
    RecordId,
    Size,
    as_id,
    as_number,
    is_storable_id,
    read_attributes,
    storable,
)
from annotator.formats.dataset import Problem
from annotator.safe_io import InputError, Limits, printable, resolve_inside

# Whatever `resolve_inside` could refuse; names without any of it need not be asked about one by one.
_DOUBTFUL: Final = re.compile(r"^[/\\]|(^|[/\\])\.\.([/\\]|$)|:|[^ -~]|.{200}|^\s*$")
_DIGITS: Final = re.compile(r"\s*[0-9]{1,9}\s*", re.ASCII)
_OWN_IMAGE_KEYS: Final = frozenset({"id", "file_name", "width", "height"})


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the file; foreign: its id and what else it says."""

    name: str
    size: Size | None
    foreign: dict[str, Any]


@dataclass(slots=True)
class Part:
    """One file: its pictures, and the places of their records in `records`."""

    file: CocoFile
    labels: dict[RecordId, int]
    pictures: list[Picture]
    records: list[Record]
    places: dict[int, list[int]]
    """By the number of the picture."""
    unknown_keys: dict[int, dict[str, Any]]
    """By the place of the record."""
    problems: list[Problem] = field(default_factory=list)

    def problem(self, place: int, text: str, rule: str, *, skipped: int = 1) -> Problem:
        """Return a problem of the record at a place."""
        record = self.records[place]
        name = f"number {place + 1}" if record.id is None else repr(record.id)
        return Problem(self.file.name, f"annotation {name}: {text}", rule, skipped=skipped)

    def take(self, read: Iterable[ReadRecord]) -> list[Record]:
        """Return the records that could be read; what is wrong with them is added to the problems."""
        records: list[Record] = []
        for number, one in enumerate(read, 1):
            for text, skipped in one.told:
                self.complain(f"annotation number {number}{text}", "type", skipped=skipped)
            if one.record is not None:
                if one.unknown_keys:
                    self.unknown_keys[len(records)] = one.unknown_keys
                records.append(one.record)
        return records

    def complain(self, text: str, rule: str, *, skipped: int = 1) -> None:
        """Add a problem of the file."""
        self.problems.append(Problem(self.file.name, text, rule, skipped=skipped))


def read_part(
    file: CocoFile,
    table: LabelTable,
    survey: AttributeSurvey,
    limits: Limits,
    *,
    of_any_task: bool = False,
) -> tuple[Part, dict[str, Any]]:
    """Read a file; return it with the keys of its top that are not the three lists.

    Its labels go into `table`, and what attributes they have into `survey`. of_any_task: read the boxes and
    polygons of a file for another task too. Raises FormatError.
    """
    sections = read_sections(file, limits)
    part = Part(file, {}, [], [], {}, {})
    records = plain = plain_records(sections.annotations)
    if records is None or has_key_points(sections):
        _check_task(part, sections, of_any_task)
    if records is None:
        records = part.take(read_one_by_one(sections.annotations))
    part.records = records
    for text in (*doubled_elsewhere(sections), *doubled_in_annotations(sections, plain)):
        part.complain(text, "duplicate-key", skipped=0)
    used = settle_category_ids(records, sections.categories)
    part.labels = table.add(sections.categories, used, file, part.problems)
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
        return shape_of(record, None, limits).took_rotation
    except RecordError:
        return False


def _check_task(part: Part, sections: Sections, of_any_task: bool) -> None:
    name = part.file.name
    if not of_any_task:
        refuse_other_tasks(sections, name)
    elif task := other_task_with_shapes(sections, name):
        text = f"it holds COCO {task}; its boxes and polygons are read, the rest is kept for COCO files only."
        part.complain(text, "other-task", skipped=0)


def _read_pictures(images: list[Any], part: Part) -> dict[RecordId, int]:
    """Take in the pictures of a file; return their numbers by their ids in the file."""
    numbers: dict[RecordId, int] = {}
    names: set[str] = set()
    for place, image in enumerate(images, 1):
        if isinstance(image, Unreadable):
            part.complain(f"image number {place}: {image.reason}; it is left out.", "type")
            continue
        identifier = as_id(image.get("id")) if isinstance(image, dict) else None
        name = image.get("file_name") if isinstance(image, dict) else None
        if identifier is None or not isinstance(name, str) or not name.strip():
            text = f"image number {place} has no id or no file name; it is left out."
            part.complain(text, "image")
        elif identifier in numbers:
            text = f"there are several images with the id {identifier!r}; the first one counts."
            part.complain(text, "duplicate-id")
        else:
            numbers[identifier] = len(part.pictures)
            picture = _picture(image, identifier, part)
            if picture.name in names:
                text = f"several images are called {printable(name)}; they count as one."
                part.complain(text, "duplicate-name", skipped=0)
            names.add(picture.name)
            part.pictures.append(picture)
    return numbers


def _picture(image: dict[str, Any], identifier: RecordId, part: Part) -> Picture:
    name = picture_name(image["file_name"])
    if _DOUBTFUL.search(name) and (reason := _refusal(name, part.file.path.parent)):
        text = f"{reason} Its picture counts as missing."
        part.complain(text, "path", skipped=0)
    rest = {key: value for key, value in image.items() if key not in _OWN_IMAGE_KEYS}
    foreign: dict[str, Any] = {"id": identifier} if is_storable_id(identifier) else {}
    if rest:
        foreign["keys"] = storable(rest)
    return Picture(name, _size(image), foreign)


def picture_name(file_name: str) -> str:
    """Return the name of a frame for the file name of an image: with `/`, whatever program wrote it."""
    return file_name.replace("\\", "/")


def _size(image: dict[str, Any]) -> Size | None:
    width, height = _side(image.get("width")), _side(image.get("height"))
    return None if width is None or height is None else (width, height)


def _side(value: object) -> int | None:
    is_digits = isinstance(value, str) and _DIGITS.fullmatch(value) is not None
    number = float(str(value)) if is_digits else as_number(value)
    if number is None or not 1 <= number <= COORDINATE_LIMIT or number != int(number):
        return None
    return int(number)


def _refusal(name: str, root: Path) -> str | None:
    try:
        resolve_inside(root, name)
    except InputError as error:
        return str(error)
    return None


def _places(part: Part, numbers: dict[RecordId, int]) -> dict[int, list[int]]:
    """Return the places of the records of each picture; those of no picture and doubtful ids are complained of."""
    by_text = {str(identifier): number for identifier, number in numbers.items()}
    places: defaultdict[int, list[int]] = defaultdict(list)
    for place, record in enumerate(part.records):
        number = numbers.get(record.image_id)
        if number is None:
            # Some programs write ids as numbers here and as texts there.
            number = by_text.get(str(record.image_id))
        if number is None:
            text = f"there is no image {record.image_id!r}; it is left out."
            part.problems.append(part.problem(place, text, "unknown-image"))
        else:
            places[number].append(place)
    part.problems += _doubled_ids(part)
    return places


def _doubled_ids(part: Part) -> Iterator[Problem]:
    if len({record.id for record in part.records}) == len(part.records):
        return
    seen: set[RecordId | None] = {None}
    for place, record in enumerate(part.records):
        if record.id is not None and record.id in seen:
            text = "another one has the same id; they get different ones when they are written."
            yield part.problem(place, text, "duplicate-id", skipped=0)
        seen.add(record.id)
