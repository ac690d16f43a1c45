"""Annotations made of suggestions: the labels they get, those that are made for them, and their attributes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from annotator.core.annotation_columns import AnnotationColumns
from annotator.core.annotations import Annotation
from annotator.core.errors import InvalidValueError
from annotator.core.labels import Attribute, Label, LabelSchema, next_colour
from annotator.core.query import Filter
from annotator.core.query_matching import mask
from annotator.core.shapes import AttributeValue, Polygon, Rectangle, Shape
from annotator.project.suggesting.keys import with_origin
from annotator.project.suggesting.model_labels import Alikes
from annotator.project.suggesting.rows import Suggestion


@dataclass(slots=True)
class AcceptedLabels:
    """The labels of a project while suggestions become annotations; new: those that are to be written first."""

    schema: LabelSchema
    new: dict[int, Label] = field(default_factory=dict)

    def annotation_of(self, one: Suggestion, shape: Shape | None = None) -> Annotation:
        """Return the annotation that a suggestion becomes; `shape`: as a person has reshaped it.

        Raises InvalidValueError where the model's name for it can be none of a label.
        """
        label = self._label_for(one)
        made = Annotation(
            one.frame,
            label.id,
            one.shape and fitting_shape(one.shape, label),
            _values(label, one.attributes),
            source="model",
            score=one.score,
        )
        made = with_origin(made, one.model, one.label, one.key)
        # What ties it to the suggestion is of the shape that was suggested, so that this counts as changed.
        return made if shape is None else replace(made, shape=fitting_shape(shape, label))

    def _label_for(self, one: Suggestion) -> Label:
        target = one.label if one.target is None else one.target
        label = self.schema.get(target) if isinstance(target, int) else None
        if label is None:
            name = target if isinstance(target, str) else one.label
            label = Alikes(self.schema).find(name)
            if label is None:
                label = Label(name, next_colour(known.colour for known in self.schema))
                self._put(label)
        return self._with_attributes(label, one.attributes)

    def _with_attributes(self, label: Label, wanted: Mapping[str, str]) -> Label:
        """Give a label the attributes it lacks, so that no text that was read is lost."""
        known = Alikes(label.attributes)
        missing = tuple(Attribute(name) for name in wanted if known.find(name) is None)
        if missing:
            label = replace(label, attributes=label.attributes + missing)
            self._put(label)
        return label

    def _put(self, label: Label) -> None:
        self.schema = self.schema.with_label(label)
        self.new[label.id] = label


def fitting_shape(shape: Shape, label: Label) -> Shape:
    """Return a shape as the kind of a label wants it, where a box can be a polygon or the other way round."""
    if label.kind == "polygon" and isinstance(shape, Rectangle):
        return Polygon.from_ring(shape.corners)
    if label.kind == "rectangle" and isinstance(shape, Polygon):
        return Rectangle(shape.box)
    return shape


def with_targets(
    suggestions: Iterable[Suggestion], shown: Mapping[str, int | str], schema: LabelSchema
) -> list[Suggestion]:
    """Return suggestions of a model with the labels they would get; those that would get none are left out.

    shown: by what the model calls it; see `ModelLabels.shown`. A label that is meant for other shapes is none.
    """
    named = (replace(one, target=shown[one.label]) for one in suggestions if one.label in shown)
    return [one for one in named if _fits(one, schema)]


def _fits(one: Suggestion, schema: LabelSchema) -> bool:
    label = schema.get(one.target) if isinstance(one.target, int) else None
    shape = one.shape
    return label is None or label.accepts(
        "tag" if shape is None else fitting_shape(shape, label).kind
    )


def _values(label: Label, texts: Mapping[str, str]) -> dict[int, AttributeValue]:
    """Return the values of a label's attributes: the defaults, and what a model says where it fits."""
    known = Alikes(label.attributes)
    values = label.defaults()
    for name, text in texts.items():
        attribute = known.find(name)
        if attribute is None:
            continue
        try:
            values[attribute.id] = attribute.parse(text)
        except InvalidValueError:
            continue  # it is none of the values that a person chose for it
    return values


def passing(
    suggestions: Sequence[Suggestion], wanted: Filter, schema: LabelSchema
) -> tuple[Suggestion, ...]:
    """Return those of some suggestions that pass a filter: as the annotations that they would become."""
    if not wanted:
        return tuple(suggestions)
    accepted = AcceptedLabels(schema)
    made = [accepted.annotation_of(one) for one in suggestions]
    columns = AnnotationColumns.from_annotations(made)
    passed = set(columns.ids[mask(wanted, columns, accepted.schema)].tolist())
    return tuple(
        one for one, annotation in zip(suggestions, made, strict=True) if annotation.id in passed
    )


def frames_of(suggestions: Iterable[Suggestion]) -> list[int]:
    """Return the frames of suggestions, each once."""
    return list(dict.fromkeys(one.frame for one in suggestions))
