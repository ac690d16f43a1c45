"""CVAT's description of labels, as text that nobody has checked, and its words for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from annotator.core.labels import (
    ATTRIBUTE_KINDS,
    LABEL_KINDS,
    Attribute,
    AttributeKind,
    Label,
    LabelKind,
    LabelSchema,
    attribute_text,
)
from annotator.formats.cvat.svg import svg_from_template
from annotator.formats.cvat.xml import legal_text
from annotator.formats.label_names import LabelNames, flat_names

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
    line: int | None = None


def is_true(text: str) -> bool:
    """Return whether a word of CVAT's says yes."""
    return text.strip().lower() in _TRUE


def values_from_text(text: str, input_type: str) -> tuple[str, ...]:
    """Split the values of an attribute: one to a line, or between spaces as other programs write choices."""
    if "\n" in text or input_type not in ("select", "radio"):
        return tuple(text.split("\n"))
    return tuple(text.split())


def kind_of_word(word: str) -> LabelKind | None:
    """Return the kind of label that a word of CVAT's means, None where it means none."""
    word = word.strip().lower()
    # The documentation of CVAT calls rectangles so, the program does not.
    word = "rectangle" if word == "bbox" else word
    return next((kind for kind in LABEL_KINDS if kind == word), None)


def input_type_of_word(word: str) -> AttributeKind | None:
    """Return the kind of attribute that an input type of CVAT's is, None where it is none."""
    word = word.strip().lower()
    return next((kind for kind in ATTRIBUTE_KINDS if kind == word), None)


def limits_from_values(values: Sequence[str]) -> tuple[str, str, str]:
    """Return lowest, highest and step of a number; an empty one among three leaves that free."""
    texts = [value.strip() for value in values]
    if len(texts) != 3:
        texts = [text for text in texts if text]
    low, high, step = (*texts[:3], "", "", "")[:3]
    return low, high, step


def text_from_values(values: Sequence[str]) -> str:
    """Write values one to a line. A single choice that holds spaces keeps a line end, or it would be split."""
    text = "\n".join(values)
    return f"{text}\n" if len(values) == 1 and len(text.split()) > 1 else text


def written_names(schema: LabelSchema) -> dict[int, str]:
    """Return a name for each label, by label id, that XML can hold and no other label has."""
    flat = flat_names(schema)
    return dict(zip(flat, unique_names(flat.values()), strict=True))


def unique_names(names: Iterable[str]) -> list[str]:
    """Return a name for each, that XML can hold and no other one has."""
    taken = LabelNames()
    return [taken.claim(legal_text(name), "_") for name in names]


def raw_from_label(label: Label, name: str) -> RawLabel:
    """Describe a label in CVAT's words under a name."""
    raw = RawLabel(name, label.colour, label.kind, raw_from_attributes(label.attributes))
    if label.skeleton is None:
        return raw
    names = unique_names(point.name for point in label.skeleton.points)
    sublabels = tuple(
        RawLabel(point_name, point.colour, point.kind, raw_from_attributes(point.attributes))
        for point, point_name in zip(label.skeleton.points, names, strict=True)
    )
    return replace(raw, sublabels=sublabels, svg=svg_from_template(label.skeleton, names))


def raw_from_attributes(attributes: Sequence[Attribute]) -> tuple[RawAttribute, ...]:
    """Describe attributes in CVAT's words."""
    names = unique_names(attribute.name for attribute in attributes)
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
