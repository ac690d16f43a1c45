"""From the labels of a dataset to those of a project, by name."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from annotator.core.errors import InvalidValueError
from annotator.core.labels import (
    PALETTE,
    Attribute,
    Label,
    LabelSchema,
    SkeletonTemplate,
    TemplatePoint,
    next_colour,
)
from annotator.core.shapes import (
    Attributes,
    AttributeValue,
    Shape,
    Skeleton,
    SkeletonElement,
)
from annotator.core.spelling import composed
from annotator.formats.label_names import flat_names
from annotator.project.names import free_name


@dataclass(slots=True)
class Refusals:
    """Attribute values that the project's attribute cannot have: how many of each attribute, and one as example."""

    count: Counter[int] = field(default_factory=Counter)
    example: dict[int, str] = field(default_factory=dict)

    def note(self, attribute: Attribute, reason: str) -> None:
        """Note that one value of an attribute was left out."""
        self.count[attribute.id] += 1
        self.example.setdefault(attribute.id, reason)

    def texts(self) -> list[str]:
        """Return a sentence for each attribute."""
        return [
            f"{self.example[attribute]} It is left out (values of this attribute: {count})."
            for attribute, count in self.count.items()
        ]


@dataclass(slots=True)
class LabelMapping:
    """Where each label, attribute and skeleton point of a dataset goes.

    put: labels to write, by id: new ones, and known ones that gain something. new: the names of the new ones. labels:
    ids in the project by ids in the dataset; attributes and points likewise. loosened: the attributes of known labels,
    by id, that may not change along a track yet, and may once `put` is written.
    """

    put: dict[int, Label] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)
    labels: dict[int, int] = field(default_factory=dict)
    attributes: dict[int, Attribute] = field(default_factory=dict)
    points: dict[int, int] = field(default_factory=dict)
    loosened: set[int] = field(default_factory=set)

    @property
    def mutable(self) -> set[int]:
        """The project's attributes, by id, that may change along a track."""
        return {one.id for one in self.attributes.values() if one.mutable}

    def values_of(self, values: Attributes, refusals: Refusals) -> dict[int, AttributeValue]:
        """Return values under the project's attributes; what does not fit there is noted and left out."""
        result: dict[int, AttributeValue] = {}
        for attribute_id, value in values.items():
            target = self.attributes[attribute_id]
            try:
                result[target.id] = target.fitting(value)
            except InvalidValueError as error:
                refusals.note(target, str(error))
        return result

    def shape_of(self, shape: Shape, refusals: Refusals) -> Shape:
        """Return a shape whose skeleton elements belong to the project's template points."""
        if not isinstance(shape, Skeleton):
            return shape
        return Skeleton(
            {
                self.points[point]: SkeletonElement(
                    one.shape, one.occluded, one.outside, self.values_of(one.attributes, refusals)
                )
                for point, one in shape.elements.items()
            }
        )


def map_labels(
    known: LabelSchema, found: LabelSchema, targets: Mapping[int, int] | None = None
) -> LabelMapping:
    """Map the labels of a dataset to a project's. targets: those that are known, by id, before names are asked.

    Labels of the same name below the same label are the same; so is a label that a format without hierarchy
    wrote under the name of another one, and a label whose name is the only one of its kind on both sides. A
    known label gains the attributes it lacks, and the foreign values of formats that it has none of. A
    skeleton whose points differ from those of the known label becomes a label of its own, named after it with a number.
    """
    mapper = _Mapper(known, found, targets or {})
    for label in found:
        mapper.place(label)
    return mapper.mapping


def merged_labels(known: LabelSchema, found: LabelSchema) -> LabelSchema:
    """Return the labels of a project together with those it lacks."""
    labels = {label.id: label for label in known}
    labels.update(map_labels(known, found).put)
    return LabelSchema(tuple(labels.values()))


class _Mapper:
    def __init__(self, known: LabelSchema, found: LabelSchema, targets: Mapping[int, int]) -> None:
        self.mapping = LabelMapping()
        self._targets = targets
        self._found = found
        self._known = known
        self._by_place = {(label.parent, label.name): label for label in known}
        self._by_spelling = _only_ones(known)
        self._spelled_once = _only_ones(found)
        self._by_flat_name = {name: known[one] for one, name in flat_names(known).items()}
        self._known_names = Counter(label.name for label in known)
        self._found_names = Counter(label.name for label in found)
        self._taken_colours = {label.colour for label in known}

    def place(self, label: Label) -> None:
        """Find or make the label of the project for one of the dataset, those above it first."""
        if label.id in self.mapping.labels:
            return
        parent = None
        if label.parent is not None:
            self.place(self._found[label.parent])
            parent = self.mapping.labels[label.parent]
        target = self._known_as(label, parent)
        if target is None or not _same_points(target, label):
            self._add(label, parent)
        else:
            self._join(label, target)

    def _known_as(self, label: Label, parent: int | None) -> Label | None:
        if label.id in self._targets:
            return self._known[self._targets[label.id]]
        there = self._by_place.get((parent, label.name))
        if there is None and self._spelled_once.get((label.parent, composed(label.name))) is label:
            there = self._by_spelling.get((parent, composed(label.name)))
        if there is None and label.parent is None:
            there = self._by_flat_name.get(label.name)
        if (
            there is None
            and self._known_names[label.name] == 1
            and self._found_names[label.name] == 1
        ):
            there = self._known.named(label.name)
        return there

    def _add(self, label: Label, parent: int | None) -> None:
        taken = {name for above, name in self._by_place if above == parent}
        added = replace(
            label, name=free_name(label.name, taken), parent=parent, colour=self._colour(label)
        )
        self._by_place[parent, added.name] = added
        self.mapping.new.append(added.name)
        self._map(label, added)

    def _colour(self, label: Label) -> str:
        """The colour of a new label: another one where it is of our palette and a known label has it.

        Most formats have no colours; their readers begin with the palette's first, as the project did.
        """
        if label.colour not in PALETTE or label.colour not in self._taken_colours:
            return label.colour
        used = [one.colour for labels in (self._known, self._found) for one in labels]
        given = [one.colour for one in self.mapping.put.values()]
        colour = next_colour([*used, *given])
        self._taken_colours.add(colour)
        return colour

    def _join(self, label: Label, target: Label) -> None:
        # Another label of the dataset may have been joined to it before.
        earlier = self.mapping.put.get(target.id, target)
        merged = replace(
            earlier,
            attributes=_joined(earlier.attributes, label.attributes),
            skeleton=_joined_points(earlier.skeleton, label.skeleton),
            # What a format knows of the label already stays as it is.
            foreign={**label.foreign, **earlier.foreign},
        )
        mutable = {one.id for one in merged.attributes if one.mutable}
        self.mapping.loosened |= {
            one.id for one in target.attributes if one.id in mutable and not one.mutable
        }
        self._map(label, merged, changed=merged != target)

    def _map(self, label: Label, target: Label, *, changed: bool = True) -> None:
        mapping = self.mapping
        mapping.labels[label.id] = target.id
        if changed:
            mapping.put[target.id] = target
        self._map_attributes(label.attributes, target.attributes)
        if label.skeleton is None or target.skeleton is None:
            return
        for point in label.skeleton.points:
            same = _named(target.skeleton, point)
            mapping.points[point.id] = same.id
            self._map_attributes(point.attributes, same.attributes)

    def _map_attributes(self, found: tuple[Attribute, ...], known: tuple[Attribute, ...]) -> None:
        by_name = {one.name: one for one in known}
        for one in found:
            self.mapping.attributes[one.id] = by_name[one.name]


def _only_ones(labels: LabelSchema) -> dict[tuple[int | None, str], Label]:
    """The labels by what they are below and their composed name, without those that are several by that."""
    places = Counter((label.parent, composed(label.name)) for label in labels)
    return {
        place: label
        for label in labels
        if places[place := (label.parent, composed(label.name))] == 1
    }


def _same_points(target: Label, label: Label) -> bool:
    if label.skeleton is None:
        return True
    if target.skeleton is None:
        return False
    return {p.name for p in target.skeleton.points} == {p.name for p in label.skeleton.points}


def _joined(known: tuple[Attribute, ...], found: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """The known attributes, mutable where one of the two is, and behind them those that were missing."""
    by_name = {one.name: one for one in found}
    kept = tuple(
        replace(one, mutable=True) if one.name in by_name and by_name[one.name].mutable else one
        for one in known
    )
    names = {one.name for one in known}
    return (*kept, *(one for one in found if one.name not in names))


def _joined_points(
    known: SkeletonTemplate | None, found: SkeletonTemplate | None
) -> SkeletonTemplate | None:
    """The known template, its points with the attributes they lacked."""
    if known is None or found is None:
        return known
    points = tuple(
        replace(point, attributes=_joined(point.attributes, _named(found, point).attributes))
        for point in known.points
    )
    return replace(known, points=points)


def _named(template: SkeletonTemplate, point: TemplatePoint) -> TemplatePoint:
    """The point of the same name in a template that has the same points."""
    same = template.point_named(point.name)
    assert same is not None
    return same
