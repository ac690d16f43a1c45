"""CVAT's description of labels, as it stands in the meta part of its XML and in its label files, and ours.

Both files say the same in different words; they meet here in `RawLabel`, which holds text that nobody has
checked. What cannot be taken as it stands is told to a `Complain` and replaced by the next best.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from annotator.core.errors import AnnotatorError, InvalidValueError
from annotator.core.labels import (
    ATTRIBUTE_KINDS,
    LABEL_KINDS,
    Attribute,
    AttributeKind,
    Label,
    LabelKind,
    LabelSchema,
    SkeletonTemplate,
    TemplatePoint,
    attribute_text,
    checked_colour,
    checked_name,
    next_colour,
)
from annotator.core.shapes import AttributeValue
from annotator.formats.cvat_svg import drawing_from_svg, drawing_without_svg, svg_from_template
from annotator.formats.cvat_xml import legal_text
from annotator.formats.label_names import LabelNames, flat_names

# (rule, sentence, line or None)
Complain: TypeAlias = Callable[[str, str, int | None], None]

_TRUE: Final = ("true", "1", "yes")


@dataclass(frozen=True, slots=True)
class RawAttribute:
    """An attribute of a label as written. values: the choices, or lowest, highest and step of a number."""

    name: str
    input_type: str = "text"
    is_mutable: bool = False
    values: tuple[str, ...] = ()
    default: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class RawLabel:
    """A label as written; `sublabels` are the points of a skeleton, `svg` is its drawing."""

    name: str
    colour: str = ""
    kind: str = ""
    attributes: tuple[RawAttribute, ...] = ()
    sublabels: tuple["RawLabel", ...] = ()
    svg: str = ""
    id: str = ""
    line: int | None = None


def is_true(text: str) -> bool:
    """Return whether a word of CVAT's says yes."""
    return text.strip().lower() in _TRUE


def values_from_text(text: str, input_type: str) -> tuple[str, ...]:
    """Split the values of an attribute: one to a line, or between spaces as other programs write choices."""
    if "\n" in text or input_type not in ("select", "radio"):
        return tuple(text.split("\n"))
    return tuple(text.split())


def text_from_values(values: Sequence[str]) -> str:
    """Write values one to a line. A single choice that holds spaces keeps a line end, or it would be split."""
    text = "\n".join(values)
    return f"{text}\n" if len(values) == 1 and len(text.split()) > 1 else text


def schema_from_raw(raw_labels: Iterable[RawLabel], complain: Complain) -> LabelSchema:
    """Make labels from what a file says of them."""
    labels: dict[str, Label] = {}
    for raw in raw_labels:
        label = _label(raw, [one.colour for one in labels.values()], complain)
        if label is None:
            continue
        if label.name in labels:
            complain("duplicate-label", f"There are two labels named {label.name!r}.", raw.line)
            continue
        labels[label.name] = label
    return LabelSchema(tuple(labels.values()))


def _label(raw: RawLabel, used_colours: list[str], complain: Complain) -> Label | None:
    try:
        name = checked_name(raw.name, "A label")
    except InvalidValueError as error:
        complain("bad-name", str(error), raw.line)
        return None
    kind = _kind(raw, complain)
    colour = _colour(raw, used_colours, complain)
    attributes = _attributes(raw, complain)
    skeleton = None
    if kind == "skeleton" or raw.sublabels:
        skeleton = _skeleton(raw, colour, complain)
        kind = "any" if skeleton is None else "skeleton"
    return Label(name, colour, kind, attributes=attributes, skeleton=skeleton)


def _kind(raw: RawLabel, complain: Complain) -> LabelKind:
    word = raw.kind.strip().lower()
    # The documentation of CVAT calls rectangles so, the program does not.
    word = "rectangle" if word == "bbox" else word or "any"
    for kind in LABEL_KINDS:
        if kind == word:
            return kind
    text = f"Label {raw.name!r} is for the unknown kind of shape {raw.kind[:40]!r}; it was read as any."
    complain("bad-label-type", text, raw.line)
    return "any"


def _colour(raw: RawLabel, used_colours: list[str], complain: Complain) -> str:
    if raw.colour.strip():
        try:
            return checked_colour(raw.colour)
        except InvalidValueError as error:
            complain(
                "bad-colour", f"Label {raw.name!r}: {error} It was given another one.", raw.line
            )
    return next_colour(used_colours)


def _skeleton(raw: RawLabel, colour: str, complain: Complain) -> SkeletonTemplate | None:
    sublabels: dict[str, RawLabel] = {}
    for sublabel in raw.sublabels:
        try:
            name = checked_name(sublabel.name, "A skeleton point")
        except InvalidValueError as error:
            complain("bad-name", str(error), sublabel.line)
            continue
        if name in sublabels:
            text = f"Skeleton {raw.name!r} has two points named {name!r}."
            complain("duplicate-label", text, sublabel.line)
            continue
        sublabels[name] = sublabel
    if not sublabels:
        complain("empty-skeleton", f"Skeleton {raw.name!r} has no points.", raw.line)
        return None
    drawing = drawing_without_svg(list(sublabels))
    if raw.svg.strip():
        name_of_id = {one.id: name for name, one in sublabels.items() if one.id}
        try:
            found = drawing_from_svg(raw.svg, name_of_id)
            drawing = replace(found, places={**drawing.places, **found.places})
        except AnnotatorError as error:
            text = f"The drawing of skeleton {raw.name!r} was left out. {error}"
            complain("bad-drawing", text, raw.line)
    points = {
        name: TemplatePoint(
            name,
            *drawing.places[name],
            kind=_kind(sublabel, complain) if sublabel.kind.strip() else "points",
            colour=_colour(sublabel, [], complain) if sublabel.colour.strip() else colour,
            attributes=_attributes(sublabel, complain),
        )
        for name, sublabel in sublabels.items()
    }
    edges = tuple(
        (points[a].id, points[b].id) for a, b in drawing.edges if a in points and b in points
    )
    return SkeletonTemplate(tuple(points.values()), edges)


def _attributes(raw: RawLabel, complain: Complain) -> tuple[Attribute, ...]:
    attributes: dict[str, Attribute] = {}
    for one in raw.attributes:
        try:
            attribute = _attribute(one, raw.name, complain)
        except InvalidValueError as error:
            complain("bad-attribute", f"Label {raw.name!r}: {error}", one.line or raw.line)
            continue
        if attribute.name in attributes:
            text = f"Label {raw.name!r} has two attributes named {attribute.name!r}."
            complain("duplicate-attribute", text, one.line or raw.line)
            continue
        attributes[attribute.name] = attribute
    return tuple(attributes.values())


def _attribute(raw: RawAttribute, label: str, complain: Complain) -> Attribute:
    word = raw.input_type.strip().lower()
    kind: AttributeKind | None = next((kind for kind in ATTRIBUTE_KINDS if kind == word), None)
    reason = "" if kind else f"it has the unknown input type {raw.input_type[:40]!r}"
    attribute = Attribute(raw.name, "text", mutable=raw.is_mutable)
    try:
        if kind in ("select", "radio"):
            choices = tuple(dict.fromkeys(v for value in raw.values if (v := value.strip())))
            attribute = replace(attribute, kind=kind, values=choices)
        elif kind == "number":
            low, high, step = _limits(raw.values)
            attribute = replace(attribute, kind=kind, minimum=low, maximum=high, step=step)
        elif kind is not None:
            attribute = replace(attribute, kind=kind)
    except InvalidValueError as error:
        reason = str(error).rstrip(".")
        attribute = replace(attribute, kind="number" if kind == "number" else "text")
    if reason:
        text = f"Attribute {raw.name!r} of label {label!r} was read as {attribute.kind}: {reason}."
        complain("bad-attribute", text, raw.line)
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
        text = f"The default of attribute {raw.name!r} of label {label!r} was left out: {error}"
        complain("bad-default", text, raw.line)
        return attribute


def _limits(values: Sequence[str]) -> tuple[float | None, float | None, float | None]:
    """Lowest, highest and step; an empty line leaves one free."""
    texts = [value.strip() for value in values]
    if len(texts) != 3:
        texts = [text for text in texts if text]
    numbers = [_limit(text) for text in texts[:3]]
    low, high, step = (*numbers, None, None, None)[:3]
    return low, high, step


def _limit(text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
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


def written_names(schema: LabelSchema) -> dict[int, str]:
    """Return a name for each label, by label id, that XML can hold and no other label has."""
    flat = flat_names(schema)
    return dict(zip(flat, _unique(flat.values()), strict=True))


def _unique(names: Iterable[str]) -> list[str]:
    taken = LabelNames()
    return [taken.claim(legal_text(name), "_") for name in names]


def raw_from_label(label: Label, name: str) -> RawLabel:
    """Describe a label in CVAT's words under a name."""
    raw = RawLabel(name, label.colour, label.kind, raw_from_attributes(label.attributes))
    if label.skeleton is None:
        return raw
    names = _unique(point.name for point in label.skeleton.points)
    sublabels = tuple(
        RawLabel(point_name, point.colour, point.kind, raw_from_attributes(point.attributes))
        for point, point_name in zip(label.skeleton.points, names, strict=True)
    )
    return replace(raw, sublabels=sublabels, svg=svg_from_template(label.skeleton, names))


def raw_from_attributes(attributes: Sequence[Attribute]) -> tuple[RawAttribute, ...]:
    """Describe attributes in CVAT's words."""
    names = _unique(attribute.name for attribute in attributes)
    return tuple(map(_raw_from_attribute, attributes, names))


def _raw_from_attribute(attribute: Attribute, name: str) -> RawAttribute:
    kind, default = attribute.kind, legal_text(attribute.default)
    values: tuple[str, ...] = ()
    if kind in ("select", "radio"):
        values = tuple(dict.fromkeys(v for value in attribute.values if (v := choice_text(value))))
        default = choice_text(default)
        # Choices of nothing but spaces cannot be told apart in a list.
        kind = kind if values else "text"
    elif kind == "checkbox":
        values = ("false",)
    elif kind == "number":
        limits = (attribute.minimum, attribute.maximum, attribute.step)
        if any(limit is not None for limit in limits):
            values = tuple("" if limit is None else attribute_text(limit) for limit in limits)
    return RawAttribute(name, kind, attribute.mutable, values, default)


def choice_text(value: str) -> str:
    """Return a value of a select or radio as CVAT's files can hold it: on one line, without spaces around."""
    return legal_text(" ".join(value.split("\n"))).strip()
