"""What the selected annotations have in common: one value, or that they differ. No Qt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

import numpy as np

from annotator.core.annotation_columns import AnnotationColumns
from annotator.core.annotations import SOURCES, Source
from annotator.core.columns import IntArray
from annotator.core.labels import Attribute, Label, LabelSchema
from annotator.core.shapes import ANNOTATION_KINDS, AnnotationKind, AttributeValue


class _Mixed(Enum):
    MIXED = "(mixed)"


Mixed: TypeAlias = _Mixed
MIXED: Final = _Mixed.MIXED


@dataclass(frozen=True, slots=True)
class AttributeFact:
    """An attribute that all labels of the selection declare alike. value: None where none of them has one."""

    attribute: Attribute
    value: AttributeValue | Mixed | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What N annotations have in common. numbers: which ones of the frame they are, by age."""

    ids: tuple[int, ...]
    numbers: tuple[int, ...]
    labels: tuple[Label, ...]
    kind: AnnotationKind | Mixed
    attributes: tuple[AttributeFact, ...]
    occluded: bool | Mixed
    z_order: int | Mixed
    group: int | Mixed
    source: Source | Mixed
    score: float | Mixed | None

    @property
    def label(self) -> Label | Mixed | None:
        """The label of all; None where it is gone."""
        if len(self.labels) > 1:
            return MIXED
        return self.labels[0] if self.labels else None


def facts_of(columns: AnnotationColumns, rows: IntArray, labels: LabelSchema) -> Facts:
    """Return what some rows (N,), N >= 1, have in common."""
    label_ids = np.unique(columns.labels[rows]).tolist()
    known = tuple(one for one in map(labels.get, label_ids) if one is not None)
    kinds = np.unique(columns.kinds[rows]).tolist()
    sources = np.unique(columns.sources[rows]).tolist()
    return Facts(
        ids=tuple(columns.ids[rows].tolist()),
        numbers=tuple((rows + 1).tolist()),
        labels=known if len(known) == len(label_ids) else (),
        kind=ANNOTATION_KINDS[kinds[0]] if len(kinds) == 1 else MIXED,
        attributes=_attributes(columns, rows, known) if len(known) == len(label_ids) else (),
        occluded=_one(columns.occluded[rows]),
        z_order=_one(columns.z_orders[rows]),
        group=_one(columns.groups[rows]),
        source=SOURCES[sources[0]] if len(sources) == 1 else MIXED,
        score=_score(columns, rows),
    )


def shared_attributes(labels: Sequence[Label]) -> tuple[Attribute, ...]:
    """Return the attributes that all labels declare with the same name, kind and values, as the first has them."""
    if not labels:
        return ()
    first, *others = labels
    return tuple(
        one
        for one in first.attributes
        if all(_is_alike(one, other.attribute_named(one.name)) for other in others)
    )


def _is_alike(one: Attribute, other: Attribute | None) -> bool:
    return other is not None and (one.kind, one.values) == (other.kind, other.values)


def _one(values: Any) -> Any:
    """Return the value that all have, as Python's own, or MIXED."""
    first = values[0]
    return first.item() if bool((values == first).all()) else MIXED


def _score(columns: AnnotationColumns, rows: IntArray) -> float | Mixed | None:
    scores = columns.scores[rows]
    if np.isnan(scores).all():
        return None
    score: float | Mixed = _one(scores)
    return score


def _attributes(
    columns: AnnotationColumns, rows: IntArray, labels: Sequence[Label]
) -> tuple[AttributeFact, ...]:
    """Return the attributes that rows of some labels share, each with the value that all have."""
    shared = shared_attributes(labels)
    if not shared:
        return ()
    # Each label with each of its different attributes once, however many annotations have them.
    count = len(columns.attributes)
    ids = np.array([label.id for label in labels], dtype=np.int64)
    order = np.argsort(ids)
    places = order[np.searchsorted(ids[order], columns.labels[rows])]
    pairs = np.unique(places * count + columns.attribute_rows[rows]).tolist()

    def values(name: str) -> Iterable[AttributeValue | None]:
        own = [label.attribute_named(name) for label in labels]
        for pair in pairs:
            attribute = own[pair // count]
            yield None if attribute is None else columns.attributes[pair % count].get(attribute.id)

    return tuple(AttributeFact(one, _common(values(one.name))) for one in shared)


def _common(values: Iterable[AttributeValue | None]) -> AttributeValue | Mixed | None:
    found = iter(values)
    first = next(found)
    # True is no 1.0 here.
    same = all(type(value) is type(first) and value == first for value in found)
    return first if same else MIXED
