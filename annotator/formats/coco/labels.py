"""The categories of COCO files as labels: by table, never by position; ids and names may be anything."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from annotator.core.ids import new_id
from annotator.core.labels import Attribute, Label, LabelSchema
from annotator.formats.coco.files import CocoFile, Unreadable
from annotator.formats.coco.records import (
    AttributeSurvey,
    RecordId,
    as_id,
    is_storable_id,
    storable,
)
from annotator.formats.dataset import Problem
from annotator.formats.label_colours import LabelColours
from annotator.formats.label_names import LabelNames
from annotator.safe_io import printable

FORMAT_ID: Final = "coco_instances"


@dataclass(frozen=True, slots=True)
class _Category:
    id: RecordId
    name: str
    keys: dict[str, Any]


class LabelTable:
    """The labels of a dataset of several files; what has the same name in several files is one label."""

    def __init__(self) -> None:
        self._names = LabelNames()
        # By the name in the files, and a number for those that have the same name in one file.
        self._labels: dict[tuple[str, int], Label] = {}
        self._ids: dict[int, dict[str, RecordId]] = {}
        self._keys: dict[int, dict[str, Any]] = {}

    def add(
        self,
        categories: list[Any],
        used: Collection[RecordId],
        file: CocoFile,
        problems: list[Problem],
    ) -> dict[RecordId, int]:
        """Take in the categories of a file; return its label ids by category id. used: ids with annotations."""
        result: dict[RecordId, int] = {}
        for name, same in _by_name(_usable(categories, file.name, problems)).items():
            kept = [one for one in same if one.id in used] or same[:1]
            problems += (_left_out(file.name, one) for one in same if one not in kept)
            problems += (_apart(file.name, one) for one in kept[1:])
            for number, one in enumerate(kept):
                result[one.id] = self._label(name, number, one, file.subset)
        return result

    def schema(self, survey: AttributeSurvey) -> LabelSchema:
        """Return all labels, in the order of the files, with the attributes their annotations have."""
        labels: list[Label] = []
        colours = LabelColours()
        for label in self._labels.values():
            attributes = tuple(
                Attribute(name, kind) for name, kind in survey.attributes(label.id).items()
            )
            own = {"ids": self._ids[label.id], "keys": self._keys[label.id]}
            foreign = {FORMAT_ID: own}
            labels.append(
                replace(label, attributes=attributes, colour=colours.taken(), foreign=foreign)
            )
        return LabelSchema(tuple(labels))

    def _label(self, name: str, number: int, category: _Category, subset: str) -> int:
        """Return the id of the label of a category, whose own id may be another one in each file."""
        key = name, number
        if key not in self._labels:
            label = Label(self._names.claim(name, f"category {category.id}"), id=new_id())
            self._labels[key] = label
            self._keys[label.id] = category.keys
        label_id = self._labels[key].id
        ids = self._ids.setdefault(label_id, {})
        if is_storable_id(category.id):
            ids.setdefault(subset, category.id)
        return label_id


def _usable(categories: list[Any], file: str, problems: list[Problem]) -> Iterator[_Category]:
    seen: set[RecordId] = set()
    for place, category in enumerate(categories, 1):
        if isinstance(category, Unreadable):
            text = f"category number {place}: {category.reason}; it is left out."
            problems.append(Problem(file, text, "type"))
            continue
        identifier = as_id(category.get("id")) if isinstance(category, dict) else None
        if identifier is None:
            text = f"category number {place} has no id; it is left out."
            problems.append(Problem(file, text, "category"))
        elif identifier in seen:
            text = f"there are several categories with the id {identifier!r}; the first one counts."
            problems.append(Problem(file, text, "duplicate-id"))
        else:
            seen.add(identifier)
            keys = {key: value for key, value in category.items() if key not in ("id", "name")}
            yield _Category(identifier, _name(category, identifier), storable(keys))


def _name(category: dict[str, Any], identifier: RecordId) -> str:
    name = category.get("name")
    return f"category {identifier}" if name is None else str(name)


def _by_name(categories: Iterator[_Category]) -> dict[str, list[_Category]]:
    result: defaultdict[str, list[_Category]] = defaultdict(list)
    for category in categories:
        result[category.name].append(category)
    return result


def _left_out(file: str, category: _Category) -> Problem:
    # Some programs write a placeholder with the name of its only child before the others.
    text = (
        f"category {category.id!r} has no annotations and shares the name {printable(category.name)} with another "
        "one; it is left out."
    )
    return Problem(file, text, "duplicate-category")


def _apart(file: str, category: _Category) -> Problem:
    text = (
        f"category {category.id!r} shares the name {printable(category.name)} with another one; it becomes a label "
        "with a number behind the name."
    )
    return Problem(file, text, "duplicate-category", skipped=0)
