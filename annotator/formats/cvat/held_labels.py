"""The labels of a view as CVAT's XML will hold them, and where each of their ids went."""

from collections.abc import Iterable, Iterator, Mapping

from annotator.core.labels import Attribute, Label, LabelSchema, attribute_text
from annotator.core.shapes import Attributes, AttributeValue
from annotator.formats.cvat.meta_text import labels_as_read
from annotator.formats.cvat.raw import RawLabel, choice_text, raw_from_label, written_names
from annotator.formats.cvat.schema import value_from_text
from annotator.formats.cvat.xml import legal_text


class HeldLabels:
    """The labels of a view as they will be read back, and where each of its ids went."""

    def __init__(self, labels: LabelSchema) -> None:
        names = written_names(labels)
        self.raw: tuple[RawLabel, ...] = tuple(
            raw_from_label(label, names[label.id]) for label in labels
        )
        self.schema = labels_as_read(self.raw)
        self._labels: dict[int, Label] = {}
        self._attributes: dict[int, dict[int, Attribute]] = {}
        self._points: dict[int, dict[int, int]] = {}
        for label, raw in zip(labels, self.raw, strict=True):
            found = self.schema.named(raw.name)
            if found is not None:
                self._labels[label.id] = found
                self._attributes[label.id] = _counterparts(label.attributes, raw, found.attributes)
                self._match_points(label, raw, found)

    def _match_points(self, label: Label, raw: RawLabel, found: Label) -> None:
        self._points[label.id] = {}
        if label.skeleton is None or found.skeleton is None:
            return
        for point, raw_point in zip(label.skeleton.points, raw.sublabels, strict=True):
            other = found.skeleton.point_named(raw_point.name)
            if other is not None:
                self._points[label.id][point.id] = other.id
                self._attributes[point.id] = _counterparts(
                    point.attributes, raw_point, other.attributes
                )

    def label(self, label_id: int) -> Label | None:
        """Return what becomes of a label."""
        return self._labels.get(label_id)

    def points(self, label_id: int) -> Mapping[int, int]:
        """Return the ids that the points of a label's skeleton will have, by their ids now."""
        return self._points[label_id]

    def values(self, owner: int, values: Attributes) -> Iterator[tuple[Attribute, AttributeValue]]:
        """Yield the values that will be read back. owner: the label or the skeleton point they belong to."""
        attributes = self._attributes.get(owner, {})
        for attribute_id, value in values.items():
            attribute = attributes.get(attribute_id)
            if attribute is not None:
                yield attribute, _value_as_read(attribute, attribute_text(value))


def _value_as_read(attribute: Attribute, text: str) -> AttributeValue:
    is_choice = attribute.kind in ("select", "radio")
    return value_from_text(attribute, choice_text(text) if is_choice else legal_text(text))


def _counterparts(
    attributes: Iterable[Attribute], raw: RawLabel, found: Iterable[Attribute]
) -> dict[int, Attribute]:
    by_name = {attribute.name: attribute for attribute in found}
    pairs = zip(attributes, raw.attributes, strict=True)
    return {one.id: by_name[other.name] for one, other in pairs if other.name in by_name}
