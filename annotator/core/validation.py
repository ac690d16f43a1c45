"""Rules that annotations should keep, and the findings where they do not.

A finding never changes anything: values that break a rule are stored and shown, and the user decides.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from annotator.core.annotations import Annotation, Track
from annotator.core.geometry import Box
from annotator.core.labels import Attribute, Label, LabelSchema, attribute_text
from annotator.core.shapes import AnnotationKind, Attributes, AttributeValue, Shape, Skeleton

Rule: TypeAlias = Literal[
    "unknown-label", "kind-not-allowed", "unknown-attribute", "missing-attribute", "wrong-value",
    "out-of-range", "outside-image", "no-area", "unknown-element",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule of one annotation or track, with a sentence for the user."""

    rule: Rule
    annotation: int
    text: str


def check_annotation(
    annotation: Annotation, labels: LabelSchema, size: tuple[int, int] | None = None
) -> list[Finding]:
    """Return what is wrong with an annotation. size: (width, height) of its picture, where known."""
    return [
        Finding(rule, annotation.id, text)
        for rule, text in _check(
            annotation.label, annotation.kind, annotation.shape, annotation.attributes, labels, size
        )
    ]


def check_track(
    track: Track, labels: LabelSchema, size: tuple[int, int] | None = None
) -> list[Finding]:
    """Return what is wrong with a track; each key frame is checked with the attributes of both.

    Where it is outside, it may lie beyond the picture.
    """
    found: dict[tuple[Rule, str], Finding] = {}
    for keyframe in track.keyframes:
        attributes = {**track.attributes, **keyframe.attributes}
        shape = keyframe.shape
        bounds = None if keyframe.outside else size
        for rule, text in _check(track.label, shape.kind, shape, attributes, labels, bounds):
            found.setdefault((rule, text), Finding(rule, track.id, text))
    return list(found.values())


def _check(
    label_id: int,
    kind: AnnotationKind,
    shape: Shape | None,
    attributes: Attributes,
    labels: LabelSchema,
    size: tuple[int, int] | None,
) -> Iterator[tuple[Rule, str]]:
    label = labels.get(label_id)
    if label is None:
        yield "unknown-label", "Its label does not exist."
    else:
        if not label.accepts(kind):
            yield "kind-not-allowed", f"Label {label.name!r} is for {label.kind}, not for {kind}."
        yield from _check_attributes(label.attributes, attributes, "It")
        if isinstance(shape, Skeleton):
            yield from _check_elements(label, shape)
    if shape is not None:
        yield from _check_shape(shape, size)


def _check_attributes(
    declared: tuple[Attribute, ...], values: Attributes, owner: str
) -> Iterator[tuple[Rule, str]]:
    by_id = {attribute.id: attribute for attribute in declared}
    for attribute_id, value in values.items():
        attribute = by_id.get(attribute_id)
        if attribute is None:
            yield (
                "unknown-attribute",
                f"{owner} has a value for an attribute that its label does not have.",
            )
        else:
            yield from check_value(attribute, value)
    for attribute in declared:
        if attribute.id not in values:
            yield "missing-attribute", f"{owner} has no value for {attribute.name!r}."


def check_value(attribute: Attribute, value: AttributeValue) -> Iterator[tuple[Rule, str]]:
    """Yield what is wrong with one value of an attribute."""
    text = attribute_text(value)[:40]
    fits = {
        "checkbox": isinstance(value, bool),
        "number": _is_number(value),
        "select": isinstance(value, str) and value in attribute.values,
        "radio": isinstance(value, str) and value in attribute.values,
        "text": isinstance(value, str),
    }[attribute.kind]
    if not fits:
        yield "wrong-value", f"{text!r} is no value of {attribute.name!r}."
        return
    if attribute.kind != "number":
        return
    assert not isinstance(value, str)
    low, high = attribute.minimum, attribute.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        yield "out-of-range", f"{text} is outside the range of {attribute.name!r}."


def _is_number(value: AttributeValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf


def _check_elements(label: Label, shape: Skeleton) -> Iterator[tuple[Rule, str]]:
    if label.skeleton is None:
        return
    for point_id, element in shape.elements.items():
        point = label.skeleton.point(point_id)
        if point is None:
            yield "unknown-element", f"It has a point that skeleton {label.name!r} does not have."
            continue
        kind = element.shape.kind
        if point.kind not in ("any", kind):
            yield "kind-not-allowed", f"Point {point.name!r} is for {point.kind}, not for {kind}."
        yield from _check_attributes(point.attributes, element.attributes, f"Point {point.name!r}")


def _check_shape(shape: Shape, size: tuple[int, int] | None) -> Iterator[tuple[Rule, str]]:
    if shape.kind not in ("polyline", "points", "skeleton") and shape.area <= 0:
        yield "no-area", f"The {shape.kind} has no area."
    if size is not None and _beyond(shape.box, size):
        yield "outside-image", f"The {shape.kind} reaches beyond the picture."


def _beyond(box: Box, size: tuple[int, int]) -> bool:
    return box[0] < 0 or box[1] < 0 or box[2] > size[0] or box[3] > size[1]
