"""Labels from CVAT's description of them.

What cannot be taken as it stands is told to a `Complain` and replaced by the next best.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from annotator.core.errors import AnnotatorError, InvalidValueError
from annotator.core.labels import (
    Attribute,
    Label,
    LabelKind,
    LabelSchema,
    SkeletonTemplate,
    TemplatePoint,
    checked_colour,
    checked_name,
)
from annotator.core.shapes import AttributeValue
from annotator.core.values import finite_number
from annotator.formats.cvat.raw import (
    RawAttribute,
    RawLabel,
    input_type_of_word,
    kind_of_word,
    limits_from_values,
)
from annotator.formats.cvat.svg import Drawing, drawing_from_svg, drawing_without_svg
from annotator.formats.label_colours import LabelColours


class Complain(Protocol):
    """Told of what is wrong with labels. then: what a reader does about it, where it goes on."""

    def __call__(self, rule: str, text: str, line: int | None, then: str = "") -> None:
        """Take one sentence, and another one."""
        ...


def schema_from_raw(raw_labels: Iterable[RawLabel], complain: Complain) -> LabelSchema:
    """Make labels from what a file says of them."""
    labels: dict[str, Label] = {}
    colours = LabelColours()
    for raw in raw_labels:
        label = _label(raw, colours.next(), complain)
        if label is None:
            continue
        if label.name in labels:
            text = f"There are two labels named {label.name!r}."
            complain("duplicate-label", text, raw.line, "The first one counts.")
            continue
        labels[label.name] = label
        colours.note(label.colour)
    return LabelSchema(tuple(labels.values()))


def _label(raw: RawLabel, free_colour: str, complain: Complain) -> Label | None:
    try:
        name = checked_name(raw.name, "A label")
    except InvalidValueError as error:
        complain("bad-name", str(error), raw.line, "The label was left out.")
        return None
    kind = _kind(raw, complain)
    colour = _colour(raw, free_colour, complain)
    attributes = _attributes(raw, complain)
    skeleton = None
    if kind == "skeleton" or raw.sublabels:
        skeleton = _skeleton(raw, colour, complain)
        kind = "any" if skeleton is None else "skeleton"
    return Label(name, colour, kind, attributes=attributes, skeleton=skeleton)


def _kind(raw: RawLabel, complain: Complain) -> LabelKind:
    kind = kind_of_word(raw.kind.strip() or "any")
    if kind is not None:
        return kind
    text = f"Label {raw.name!r} is for the unknown kind of shape {raw.kind[:40]!r}."
    complain("bad-label-type", text, raw.line, "It was read as any.")
    return "any"


def _colour(raw: RawLabel, free_colour: str, complain: Complain) -> str:
    if not raw.colour.strip():
        return free_colour
    try:
        return checked_colour(raw.colour)
    except InvalidValueError as error:
        text = f"Label {raw.name!r}: {error}"
        complain("bad-colour", text, raw.line, "It was given another one.")
        return free_colour


def _skeleton(raw: RawLabel, colour: str, complain: Complain) -> SkeletonTemplate | None:
    sublabels = _sublabels(raw, complain)
    if not sublabels:
        text = f"Skeleton {raw.name!r} has no points."
        complain("empty-skeleton", text, raw.line, "Its label was read as one for any shape.")
        return None
    drawing = _drawing(raw, sublabels, complain)
    points = {
        name: TemplatePoint(
            name,
            *drawing.places[name],
            kind=_kind(sublabel, complain) if sublabel.kind.strip() else "points",
            colour=_colour(sublabel, colour, complain),
            attributes=_attributes(sublabel, complain),
        )
        for name, sublabel in sublabels.items()
    }
    edges = tuple(
        (points[a].id, points[b].id) for a, b in drawing.edges if a in points and b in points
    )
    return SkeletonTemplate(tuple(points.values()), edges)


def _sublabels(raw: RawLabel, complain: Complain) -> dict[str, RawLabel]:
    sublabels: dict[str, RawLabel] = {}
    for sublabel in raw.sublabels:
        try:
            name = checked_name(sublabel.name, "A skeleton point")
        except InvalidValueError as error:
            complain("bad-name", str(error), sublabel.line, "The point was left out.")
            continue
        if name in sublabels:
            text = f"Skeleton {raw.name!r} has two points named {name!r}."
            complain("duplicate-label", text, sublabel.line, "The first one counts.")
            continue
        sublabels[name] = sublabel
    return sublabels


def _drawing(raw: RawLabel, sublabels: dict[str, RawLabel], complain: Complain) -> Drawing:
    """The drawing of a skeleton, with a place for every point."""
    drawing = drawing_without_svg(list(sublabels))
    if not raw.svg.strip():
        return drawing
    try:
        found = drawing_from_svg(raw.svg)
    except AnnotatorError as error:
        text = f"The drawing of skeleton {raw.name!r} cannot be used. {error}"
        complain("bad-drawing", text, raw.line, "The points were put in a row of their own.")
        return drawing
    return replace(found, places={**drawing.places, **found.places})


def _attributes(raw: RawLabel, complain: Complain) -> tuple[Attribute, ...]:
    attributes: dict[str, Attribute] = {}
    for one in raw.attributes:
        try:
            attribute = _attribute(one, raw.name, complain)
        except InvalidValueError as error:
            text = f"Label {raw.name!r}: {error}"
            complain("bad-attribute", text, one.line or raw.line, "The attribute was left out.")
            continue
        if attribute.name in attributes:
            text = f"Label {raw.name!r} has two attributes named {attribute.name!r}."
            complain("duplicate-attribute", text, one.line or raw.line, "The first one counts.")
            continue
        attributes[attribute.name] = attribute
    return tuple(attributes.values())


def _attribute(raw: RawAttribute, label: str, complain: Complain) -> Attribute:
    kind = input_type_of_word(raw.input_type)
    reason = "" if kind else f"it has the unknown input type {raw.input_type[:40]!r}"
    attribute = Attribute(raw.name, "text", mutable=raw.is_mutable)
    try:
        if kind in ("select", "radio"):
            choices = tuple(dict.fromkeys(v for value in raw.values if (v := value.strip())))
            attribute = replace(attribute, kind=kind, values=choices)
        elif kind == "number":
            low, high, step = map(_limit, limits_from_values(raw.values))
            attribute = replace(attribute, kind=kind, minimum=low, maximum=high, step=step)
        elif kind is not None:
            attribute = replace(attribute, kind=kind)
    except InvalidValueError as error:
        reason = str(error).rstrip(".")
        attribute = replace(attribute, kind="number" if kind == "number" else "text")
    if reason:
        text = f"Attribute {raw.name!r} of label {label!r} cannot be as it stands: {reason}."
        complain("bad-attribute", text, raw.line, f"It was read as {attribute.kind}.")
    return _with_default(attribute, raw, label, complain)


def _with_default(
    attribute: Attribute, raw: RawAttribute, label: str, complain: Complain
) -> Attribute:
    choice = raw.default if attribute.kind == "text" else raw.default.strip()
    if not choice:
        return attribute
    try:
        attribute.parse(choice)
        return replace(attribute, default=choice)
    except InvalidValueError as error:
        text = f"The default of attribute {raw.name!r} of label {label!r} cannot be: {error}"
        complain("bad-default", text, raw.line, "It was left out.")
        return attribute


def _limit(text: str) -> float | None:
    if not text:
        return None
    value = finite_number(text)
    if value is None:
        raise InvalidValueError(f"The limit {text[:40]!r} is not a number.")
    return value


def value_from_text(attribute: Attribute, text: str) -> AttributeValue:
    """Return the value a file gives to an attribute; as text where it is none, for the user to put right."""
    for candidate in (text, text.strip()):
        try:
            return attribute.parse(candidate)
        except InvalidValueError:
            continue
    return text
