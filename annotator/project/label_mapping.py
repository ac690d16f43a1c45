"""From the labels of a dataset to those of a project, by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from annotator.core.errors import InvalidValueError
from annotator.core.labels import Attribute, Label, LabelSchema, TemplatePoint, attribute_text
from annotator.core.shapes import (
    Attributes,
    AttributeValue,
    Shape,
    Skeleton,
    SkeletonElement,
)


@dataclass(slots=True)
class LabelMapping:
    """Where each label, attribute and skeleton point of a dataset goes.

    put: labels to write: new ones, and known ones that gain attributes. refused: texts about values that do
    not fit the project's attribute, with how often each occurred.
    """

    put: list[Label] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    labels: dict[int, int] = field(default_factory=dict)
    attributes: dict[int, Attribute] = field(default_factory=dict)
    points: dict[int, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    def attributes_of(self, values: Attributes) -> dict[int, AttributeValue]:
        """Return attribute values under the project's attributes; what does not fit is noted and left out."""
        result: dict[int, AttributeValue] = {}
        for attribute_id, value in values.items():
            target = self.attributes.get(attribute_id)
            if target is None:
                continue
            try:
                result[target.id] = _fitting(target, value)
            except InvalidValueError as error:
                text = str(error)
                self.refused[text] = self.refused.get(text, 0) + 1
        return result

    def shape_of(self, shape: Shape) -> Shape:
        """Return a shape whose skeleton elements belong to the project's template points."""
        if not isinstance(shape, Skeleton):
            return shape
        return Skeleton(
            {
                self.points.get(point, point): SkeletonElement(
                    one.shape, one.occluded, one.outside, self.attributes_of(one.attributes)
                )
                for point, one in shape.elements.items()
            }
        )


def map_labels(known: LabelSchema, found: LabelSchema) -> LabelMapping:
    """Map the labels of a dataset to a project's: those of the same name are the same.

    A known label gains the attributes it lacks. A skeleton whose points differ from those of the known label
    becomes a label of its own, named after it with a number.
    """
    mapping = LabelMapping()
    taken = {label.name for label in known}
    for label in found:
        target = known.named(label.name)
        if target is not None and not _same_points(target, label):
            target = None
        if target is None:
            added = replace(label, name=_free_name(label.name, taken))
            taken.add(added.name)
            mapping.new.append(added.name)
            mapping.put.append(added)
            mapping.labels[label.id] = added.id
            _map_attributes(mapping, label.attributes, added.attributes)
            _map_points(mapping, label, added)
            continue
        mapping.labels[label.id] = target.id
        merged = _with_attributes(target, label)
        if merged != target:
            mapping.put.append(merged)
        _map_attributes(mapping, label.attributes, merged.attributes)
        _map_points(mapping, label, merged)
    mapping.put = [_with_parent(label, mapping.labels) for label in mapping.put]
    return mapping


def _fitting(target: Attribute, value: AttributeValue) -> AttributeValue:
    if target.kind == "checkbox" and isinstance(value, bool):
        return value
    if target.kind == "number" and isinstance(value, float | int) and not isinstance(value, bool):
        return float(value)
    return target.parse(attribute_text(value))


def _same_points(target: Label, label: Label) -> bool:
    if label.skeleton is None:
        return True
    if target.skeleton is None:
        return False
    return {p.name for p in target.skeleton.points} == {p.name for p in label.skeleton.points}


def _free_name(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"


def _with_attributes(target: Label, label: Label) -> Label:
    missing = [one for one in label.attributes if target.attribute_named(one.name) is None]
    return replace(target, attributes=(*target.attributes, *missing)) if missing else target


def _map_attributes(
    mapping: LabelMapping, found: tuple[Attribute, ...], known: tuple[Attribute, ...]
) -> None:
    by_name = {one.name: one for one in known}
    for one in found:
        if one.name in by_name:
            mapping.attributes[one.id] = by_name[one.name]


def _map_points(mapping: LabelMapping, found: Label, known: Label) -> None:
    if found.skeleton is None or known.skeleton is None:
        return
    for point in found.skeleton.points:
        target: TemplatePoint | None = known.skeleton.point_named(point.name)
        if target is not None:
            mapping.points[point.id] = target.id
            _map_attributes(mapping, point.attributes, target.attributes)


def _with_parent(label: Label, ids: Mapping[int, int]) -> Label:
    if label.parent is None:
        return label
    return replace(label, parent=ids.get(label.parent, label.parent))
