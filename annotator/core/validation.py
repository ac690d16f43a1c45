"""Rules that annotations and tracks should keep, and what breaks them.

Nothing is changed for it: what breaks a rule is stored and shown, and the user decides. A value that is missing
breaks none, as an attribute may be left open; a label that does not exist is for the store to find.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Final, Literal, TypeAlias, get_args

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.geometry import ring_area
from annotator.core.labels import Attribute, Label, SkeletonTemplate, attribute_text
from annotator.core.shapes import (
    Attributes,
    AttributeValue,
    Cuboid,
    ElementShape,
    Shape,
    Skeleton,
)

Rule: TypeAlias = Literal[
    "kind", "unknown-attribute", "wrong-value", "out-of-range", "unknown-element", "element-kind",
    "no-area", "beyond-picture",
]  # fmt: skip
RULES: tuple[Rule, ...] = get_args(Rule)
# A broken rule, and a sentence that says how.
Breach: TypeAlias = tuple[Rule, str]
# (width, height) of the upright picture.
Size: TypeAlias = tuple[int, int]

# In square pixels: far less than any drawn shape has, more than rounding leaves of points on one line.
_LEAST_AREA: Final = 1e-6
# In pixels: formats with two decimals put what ends at the edge of the picture so far beside it.
_HAIR: Final = 0.01
_WITHOUT_AREA: Final = frozenset({"polyline", "points"})


def check_annotation(
    annotation: Annotation, label: Label, size: Size | None = None
) -> list[Breach]:
    """Return what breaks a rule in an annotation of a label. size: that of its picture, None where unknown."""
    shape = annotation.shape
    found: list[Breach] = []
    if not label.accepts(annotation.kind):
        found.append(("kind", f"The label is for {label.kind}, not for {annotation.kind}."))
    if annotation.attributes:
        found.extend(_check_attributes(label.attributes, annotation.attributes))
    if shape is not None:
        found.extend(_check_shape(shape, label, size))
    return found


def check_keyframe(keyframe: Keyframe, label: Label, size: Size | None = None) -> list[Breach]:
    """Return what breaks a rule in a key frame of a track with a label; where it is outside, it may lie anywhere."""
    shape = keyframe.shape
    found: list[Breach] = []
    if not label.accepts(shape.kind):
        found.append(("kind", f"The label is for {label.kind}, not for {shape.kind}."))
    if keyframe.attributes:
        found.extend(_check_attributes(label.attributes, keyframe.attributes))
    if not keyframe.outside:
        found.extend(_check_shape(shape, label, size))
    elif isinstance(shape, Skeleton):
        found.extend(_check_elements(shape, label.skeleton))
    return found


def check_track(track: Track, label: Label) -> list[Breach]:
    """Return what breaks a rule in what a track holds beside its key frames, which `check_keyframe` is for."""
    return list(_check_attributes(label.attributes, track.attributes))


def check_value(attribute: Attribute, value: AttributeValue) -> Iterator[Breach]:
    """Yield what is wrong with one value of an attribute."""
    if not _fits(attribute, value):
        yield "wrong-value", f"{attribute_text(value)[:40]!r} is no value of {attribute.name!r}."
    elif attribute.kind == "number":
        assert not isinstance(value, str)
        low, high = attribute.minimum, attribute.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            text = attribute_text(value)[:40]
            yield "out-of-range", f"{text} is outside the range of {attribute.name!r}."


def _fits(attribute: Attribute, value: AttributeValue) -> bool:
    match attribute.kind:
        case "select" | "radio":
            return isinstance(value, str) and value in attribute.values
        case "checkbox":
            return isinstance(value, bool)
        case "number":
            return _is_number(value)
        case "text":
            return isinstance(value, str)


def _is_number(value: AttributeValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf


def _check_attributes(declared: Iterable[Attribute], values: Attributes) -> Iterator[Breach]:
    by_id = {attribute.id: attribute for attribute in declared}
    for attribute_id, value in values.items():
        attribute = by_id.get(attribute_id)
        if attribute is None:
            text = attribute_text(value)[:40]
            yield "unknown-attribute", f"{text!r} is the value of no attribute of the label."
        else:
            yield from check_value(attribute, value)


def _check_shape(shape: Shape, label: Label, size: Size | None) -> Iterator[Breach]:
    if isinstance(shape, Skeleton):
        yield from _check_elements(shape, label.skeleton)
        shown = [element.shape for element in shape.elements.values() if not element.outside]
    else:
        shown = [shape]
    for one in shown:
        if one.kind not in _WITHOUT_AREA and not _has_area(one):
            yield "no-area", f"The {one.kind} has no area."
        if size is not None and _is_beyond(one, size):
            yield "beyond-picture", f"The {one.kind} reaches beyond the picture."


def _check_elements(shape: Skeleton, template: SkeletonTemplate | None) -> Iterator[Breach]:
    # A label without a template takes no skeleton at all, which is said of its kind.
    if template is None:
        return
    points = {point.id: point for point in template.points}
    for point_id, element in shape.elements.items():
        point = points.get(point_id)
        if point is None:
            yield "unknown-element", "It has a point that the skeleton of the label does not have."
            continue
        kind = element.shape.kind
        if point.kind not in ("any", kind):
            yield "element-kind", f"Point {point.name!r} is for {point.kind}, not for {kind}."
        if element.attributes:
            yield from _check_attributes(point.attributes, element.attributes)


def _has_area(shape: ElementShape) -> bool:
    if isinstance(shape, Cuboid):
        # Seen from its edge, a box may show one face only.
        return any(abs(ring_area(face)) >= _LEAST_AREA for face in shape.faces)
    return shape.area >= _LEAST_AREA


def _is_beyond(shape: ElementShape, size: Size) -> bool:
    x0, y0, x1, y1 = shape.box
    return x0 <= -_HAIR or y0 <= -_HAIR or x1 - size[0] >= _HAIR or y1 - size[1] >= _HAIR
