"""The label schema: classes with colours, hot keys, parents, typed attributes and skeleton templates.

Labels, attributes and template points are referred to by id everywhere, so renaming one rewrites nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Literal, TypeAlias, get_args

from annotator.core.annotations import Foreign
from annotator.core.errors import InvalidValueError
from annotator.core.ids import new_id
from annotator.core.shapes import ANNOTATION_KINDS, AnnotationKind, AttributeValue
from annotator.core.spelling import composed
from annotator.core.values import (
    checked_foreign,
    checked_integer,
    checked_number,
    checked_text,
    finite_number,
)

# What a label can be used for: one kind of annotation, or any.
LabelKind: TypeAlias = AnnotationKind | Literal["any"]
LABEL_KINDS: tuple[LabelKind, ...] = ("any", *ANNOTATION_KINDS)
AttributeKind: TypeAlias = Literal["select", "radio", "checkbox", "number", "text"]
ATTRIBUTE_KINDS: tuple[AttributeKind, ...] = get_args(AttributeKind)

MAX_NAME_LENGTH: Final = 1000
# Control and line characters would break lists and most file formats, half characters every text file.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_COLOUR = re.compile(r"#[0-9a-f]{6}")

# Colours that stay apart on pictures and for colour-blind eyes: the eight of Okabe and Ito (2008) without
# black, lightened where needed, then tones between them.
PALETTE: Final = (
    "#f2c14e", "#4ec5c1", "#e4572e", "#b388eb", "#f46f74", "#56b4e9", "#9ac93c", "#d55e9c",
    "#0f9d74", "#f0e442", "#7d8cf0", "#c48a56", "#5ad1e8", "#e39b1f", "#a3d9a5", "#c9a0dc",
)  # fmt: skip


def checked_name(name: str, what: str) -> str:
    """Return a name without spaces at its ends; raise InvalidValueError where it cannot be one."""
    text = _own_text(name, f"The name of {what.lower()}").strip()
    if not text:
        raise InvalidValueError(f"{what} needs a name.")
    if len(text) > MAX_NAME_LENGTH:
        raise InvalidValueError(
            f"The name of {what.lower()} is longer than {MAX_NAME_LENGTH} characters."
        )
    if _CONTROL.search(text):
        raise InvalidValueError(
            f"The name {text[:40]!r} holds a line break or a control character."
        )
    return text


def checked_colour(colour: str) -> str:
    """Return a colour as `#rrggbb` in small letters; raise InvalidValueError for anything else."""
    text = _own_text(colour, "A colour").strip().lower()
    if not _COLOUR.fullmatch(text):
        raise InvalidValueError(f"A colour is written #rrggbb, not {colour[:20]!r}.")
    return text


@dataclass(frozen=True, slots=True)
class Attribute:
    """A typed extra that a label declares.

    values: the choices of a select or radio. number: within `minimum`..`maximum` in steps of `step`, each
    None where free. `default` is written as text for every kind, empty where there is none. A `mutable`
    attribute of a track may change from key frame to key frame.
    """

    name: str
    kind: AttributeKind = "text"
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    default: str = ""
    mutable: bool = False
    id: int = field(default_factory=new_id)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", checked_name(self.name, "An attribute"))
        what = f"attribute {self.name!r}"
        _set_id(self, f"The id of {what}")
        values = (checked_text(one, f"A value of {what}") for one in self.values)
        object.__setattr__(self, "values", tuple(values))
        object.__setattr__(self, "mutable", bool(self.mutable))
        checked_text(self.default, f"The default of {what}")
        if self.kind not in ATTRIBUTE_KINDS:
            raise InvalidValueError(
                f"Attribute {self.name!r} has the unknown kind {self.kind!r:.40}."
            )
        if self.kind in ("select", "radio"):
            self._check_choices()
        for name in ("minimum", "maximum", "step"):
            limit = getattr(self, name)
            if limit is not None:
                object.__setattr__(self, name, checked_number(limit, f"The {name} of {what}"))
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise InvalidValueError(f"The range of attribute {self.name!r} is empty.")
        if self.default:
            self.parse(self.default)

    def _check_choices(self) -> None:
        if not self.values:
            raise InvalidValueError(f"Attribute {self.name!r} has no values to choose from.")
        if len(set(self.values)) != len(self.values):
            raise InvalidValueError(f"Attribute {self.name!r} has the same value twice.")

    @property
    def default_value(self) -> AttributeValue:
        """The default as a value of the attribute's kind."""
        if self.kind in ("select", "radio") and not self.default:
            return self.values[0]
        if self.kind == "number" and not self.default:
            return self.minimum if self.minimum is not None else 0.0
        return self.parse(self.default)

    def fitting(self, value: AttributeValue) -> AttributeValue:
        """Return a value that another attribute had as one of this. Raises InvalidValueError as `parse` does."""
        if self.kind == "checkbox" and isinstance(value, bool):
            return value
        if self.kind == "number" and isinstance(value, float | int) and not isinstance(value, bool):
            return float(value)
        return self.parse(attribute_text(value))

    def parse(self, text: str) -> AttributeValue:
        """Turn text from a file or a field into a value.

        Raises InvalidValueError where it is none of the choices or not a finite number. A number outside the
        range is kept: `validation` reports it, nothing is changed silently.
        """
        if self.kind == "checkbox":
            word = text.strip().lower()
            if word in ("true", "1", "yes"):
                return True
            if word in ("false", "0", "no", ""):
                return False
            raise InvalidValueError(
                f"Attribute {self.name!r} is a check box, {text[:40]!r} is neither on nor off."
            )
        if self.kind == "number":
            number = finite_number(text)
            if number is None:
                raise InvalidValueError(
                    f"Attribute {self.name!r} is a number, {text[:40]!r} is not."
                )
            return number
        if self.kind in ("select", "radio") and text not in self.values:
            raise InvalidValueError(f"Attribute {self.name!r} has no value {text[:40]!r}.")
        return text


def attribute_text(value: AttributeValue) -> str:
    """Write an attribute value as text: `true` or `false`, numbers in their shortest form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


@dataclass(frozen=True, slots=True)
class TemplatePoint:
    """A named point of a skeleton: where the template shows it, in percent (0..100) of the template's box.

    `kind` is the kind of shape its elements have, a point as a rule.
    """

    name: str
    x: float = 50.0
    y: float = 50.0
    kind: LabelKind = "points"
    colour: str = PALETTE[0]
    attributes: tuple[Attribute, ...] = ()
    id: int = field(default_factory=new_id)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", checked_name(self.name, "A skeleton point"))
        object.__setattr__(self, "colour", checked_colour(self.colour))
        object.__setattr__(self, "attributes", tuple(self.attributes))
        if self.kind not in LABEL_KINDS:
            raise InvalidValueError(
                f"Skeleton point {self.name!r} has the unknown kind {self.kind!r:.40}."
            )
        _check_attributes(self.attributes, f"Skeleton point {self.name!r}")
        what = f"The place of skeleton point {self.name!r}"
        object.__setattr__(self, "x", checked_number(self.x, what))
        object.__setattr__(self, "y", checked_number(self.y, what))
        _set_id(self, f"The id of skeleton point {self.name!r}")


@dataclass(frozen=True, slots=True)
class SkeletonTemplate:
    """The points of a skeleton in their order, and the edges between them as pairs of point ids."""

    points: tuple[TemplatePoint, ...]
    edges: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", tuple(self.points))
        object.__setattr__(self, "edges", tuple((int(a), int(b)) for a, b in self.edges))
        if not self.points:
            raise InvalidValueError("A skeleton needs at least one point.")
        names = [point.name for point in self.points]
        if len(set(names)) != len(names):
            raise InvalidValueError("Two points of a skeleton have the same name.")
        known = {point.id for point in self.points}
        if len(known) != len(self.points):
            raise InvalidValueError("Two points of a skeleton have the same id.")
        if any(a not in known or b not in known or a == b for a, b in self.edges):
            raise InvalidValueError("An edge of a skeleton does not join two of its points.")

    def point(self, point_id: int) -> TemplatePoint | None:
        """Return the point with an id, or None."""
        return next((point for point in self.points if point.id == point_id), None)

    def point_named(self, name: str) -> TemplatePoint | None:
        """Return the point with a name, or None."""
        return next((point for point in self.points if point.name == name), None)


@dataclass(frozen=True, slots=True)
class Label:
    """A class of objects.

    parent: the id of the label above it, or None. hotkey: a key sequence in Qt's portable text, or empty.
    skeleton: the template, for labels of kind "skeleton" only.
    """

    name: str
    colour: str = PALETTE[0]
    kind: LabelKind = "any"
    parent: int | None = None
    attributes: tuple[Attribute, ...] = ()
    hotkey: str = ""
    skeleton: SkeletonTemplate | None = None
    foreign: Foreign = field(default_factory=dict)
    id: int = field(default_factory=new_id)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", checked_name(self.name, "A label"))
        object.__setattr__(self, "colour", checked_colour(self.colour))
        object.__setattr__(self, "attributes", tuple(self.attributes))
        if self.kind not in LABEL_KINDS:
            raise InvalidValueError(f"Label {self.name!r} has the unknown kind {self.kind!r:.40}.")
        object.__setattr__(self, "foreign", checked_foreign(self.foreign))
        _set_id(self, f"The id of label {self.name!r}")
        if self.parent is not None:
            parent = checked_integer(self.parent, f"The parent of label {self.name!r}")
            object.__setattr__(self, "parent", parent)
        checked_text(self.hotkey, f"The hot key of label {self.name!r}")
        _check_attributes(self.attributes, f"Label {self.name!r}")
        if (self.skeleton is not None) != (self.kind == "skeleton"):
            raise InvalidValueError(
                f"Label {self.name!r}: a skeleton template goes with kind skeleton only."
            )

    def __hash__(self) -> int:
        return hash(self.id)

    def accepts(self, kind: AnnotationKind) -> bool:
        """Return whether annotations of a kind may have this label; a skeleton needs a label with a template."""
        return self.kind == kind or (self.kind == "any" and kind != "skeleton")

    def attribute(self, attribute_id: int) -> Attribute | None:
        """Return the attribute with an id, or None."""
        return next((a for a in self.attributes if a.id == attribute_id), None)

    def attribute_named(self, name: str) -> Attribute | None:
        """Return the attribute with a name, or None."""
        return next((a for a in self.attributes if a.name == name), None)

    def defaults(self) -> dict[int, AttributeValue]:
        """Return the default value of every attribute, by attribute id."""
        return {attribute.id: attribute.default_value for attribute in self.attributes}


@dataclass(frozen=True)
class LabelSchema:
    """The labels of a project in the order the user gave them.

    Iterating yields labels; indexing, `get` and `in` go by the label's id.

    Laws: ids are unique; names are unique among labels with the same parent; parents exist and never form a
    circle. Raises InvalidValueError where one is broken.
    """

    labels: tuple[Label, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))
        if len(self._by_id) != len(self.labels):
            raise InvalidValueError("Two labels have the same id.")
        seen: set[tuple[int | None, str]] = set()
        sound: set[int] = set()
        for label in self.labels:
            key = (label.parent, label.name)
            if key in seen:
                raise InvalidValueError(f"There are two labels named {label.name!r}.")
            seen.add(key)
            self._check_parents(label, sound)

    def _check_parents(self, label: Label, sound: set[int]) -> None:
        """Check what stands above a label, as far as that is not known to be sound; it is known afterwards."""
        passed = {label.id}
        parent = label.parent
        while parent is not None and parent not in sound:
            above = self._by_id.get(parent)
            if above is None:
                raise InvalidValueError(f"The label above {label.name!r} does not exist.")
            if parent in passed:
                raise InvalidValueError(f"Label {label.name!r} stands above itself.")
            passed.add(parent)
            parent = above.parent
        sound |= passed

    @cached_property
    def _by_id(self) -> Mapping[int, Label]:
        return {label.id: label for label in self.labels}

    @cached_property
    def _by_name(self) -> Mapping[str, Label]:
        # The first of a name wins, and a label at the top before one below another.
        ordered = sorted(self.labels, key=lambda label: label.parent is not None)
        by_name = {composed(label.name): label for label in reversed(ordered)}
        # Where there are two spellings of a name, each means itself.
        return by_name | {label.name: label for label in reversed(ordered)}

    def __iter__(self) -> Iterator[Label]:
        return iter(self.labels)

    def __len__(self) -> int:
        return len(self.labels)

    def __contains__(self, label_id: object) -> bool:
        return label_id in self._by_id

    def __getitem__(self, label_id: int) -> Label:
        return self._by_id[label_id]

    def get(self, label_id: int) -> Label | None:
        """Return the label with an id, or None."""
        return self._by_id.get(label_id)

    def named(self, name: str) -> Label | None:
        """Return the label with a name, or None; one at the top comes before one below another label."""
        return self._by_name.get(name) or self._by_name.get(composed(name))

    def children(self, label_id: int) -> tuple[Label, ...]:
        """Return the labels directly below a label."""
        return tuple(label for label in self.labels if label.parent == label_id)

    def with_label(self, label: Label) -> "LabelSchema":
        """Return the schema with one label replaced, or added at the end.

        Raises InvalidValueError where that breaks a law.
        """
        if label.id in self:
            return LabelSchema(tuple(label if old.id == label.id else old for old in self.labels))
        return LabelSchema((*self.labels, label))

    def without(self, label_id: int) -> "LabelSchema":
        """Return the schema without a label; its children move up to its parent.

        Raises InvalidValueError where a child's name is taken there.
        """
        gone = self[label_id]
        return LabelSchema(
            tuple(
                replace(label, parent=gone.parent) if label.parent == label_id else label
                for label in self.labels
                if label.id != label_id
            )
        )


def _own_text(text: str, what: str) -> str:
    # Half characters are looked for with the control characters.
    if not isinstance(text, str):
        raise InvalidValueError(f"{what} is a text, not {type(text).__name__}.")
    return str(text)


def _set_id(value: Attribute | TemplatePoint | Label, what: str) -> None:
    object.__setattr__(value, "id", checked_integer(value.id, what))


def _check_attributes(attributes: tuple[Attribute, ...], owner: str) -> None:
    if len({attribute.name for attribute in attributes}) != len(attributes):
        raise InvalidValueError(f"{owner} has two attributes of the same name.")
    if len({attribute.id for attribute in attributes}) != len(attributes):
        raise InvalidValueError(f"{owner} has two attributes with the same id.")


def next_colour(used: Iterable[str]) -> str:
    """Return the palette's first colour that is used least."""
    counts = dict.fromkeys(PALETTE, 0)
    for colour in used:
        if colour in counts:
            counts[colour] += 1
    return min(PALETTE, key=lambda colour: counts[colour])
