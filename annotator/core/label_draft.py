"""Labels while somebody edits them: the same fields, of which none is checked yet.

A person passes through names that are empty and limits that are no numbers. A draft holds what was typed; `label`
makes the checked value of it, or says what is wrong.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from annotator.core.errors import InvalidValueError
from annotator.core.ids import new_id
from annotator.core.labels import (
    PALETTE,
    Attribute,
    AttributeKind,
    Label,
    LabelKind,
    SkeletonTemplate,
    TemplatePoint,
    attribute_text,
)
from annotator.core.values import finite_number

CHOICE_KINDS: Final = ("select", "radio")


@dataclass(frozen=True, slots=True)
class ChoiceDraft:
    """One value of a select or radio.

    origin: the stored value it was made of, None for a new one. merged: stored values of other attributes, each with
    the id of its attribute, that have become this one with the labels that were merged.
    """

    text: str
    origin: str | None = None
    merged: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AttributeDraft:
    """An attribute as typed; the limits of a number are texts, empty where free.

    Choices and limits stay while another kind is chosen, so that changing one's mind loses nothing.
    """

    name: str = ""
    kind: AttributeKind = "select"
    choices: tuple[ChoiceDraft, ...] = ()
    minimum: str = ""
    maximum: str = ""
    step: str = ""
    default: str = ""
    mutable: bool = False
    id: int = field(default_factory=new_id)

    @classmethod
    def of(cls, attribute: Attribute) -> "AttributeDraft":
        """Return the draft of an attribute."""
        return cls(
            attribute.name,
            attribute.kind,
            tuple(ChoiceDraft(value, value) for value in attribute.values),
            _limit_text(attribute.minimum),
            _limit_text(attribute.maximum),
            _limit_text(attribute.step),
            attribute.default,
            attribute.mutable,
            attribute.id,
        )

    def attribute(self) -> Attribute:
        """Return the attribute. Raises InvalidValueError where it cannot be one."""
        values = self._values() if self.kind in CHOICE_KINDS else ()
        low = high = step = None
        if self.kind == "number":
            low = self._limit("lowest value", self.minimum)
            high = self._limit("highest value", self.maximum)
            step = self._limit("step", self.step)
        return Attribute(
            self.name, self.kind, values, low, high, step, self.default, self.mutable, self.id
        )

    def _values(self) -> tuple[str, ...]:
        values = tuple(choice.text for choice in self.choices)
        if not all(value.strip() for value in values):
            raise InvalidValueError(f"Attribute {self.name!r} has an empty value.")
        if values and self.default and self.default not in values:
            raise InvalidValueError(
                f"The default {self.default[:40]!r} is none of the values of attribute {self.name!r}."
            )
        return values

    def _limit(self, what: str, text: str) -> float | None:
        if not text.strip():
            return None
        limit = finite_number(text)
        if limit is None:
            raise InvalidValueError(
                f"The {what} of attribute {self.name!r} is a number, {text[:40]!r} is not."
            )
        return limit

    @property
    def shown_default(self) -> str:
        """The default as it acts: what is left empty is the first choice, "off", or the lowest number."""
        if self.default or self.kind == "text":
            return self.default
        if self.kind in CHOICE_KINDS:
            return self.choices[0].text if self.choices else ""
        return "false" if self.kind == "checkbox" else self.minimum.strip() or "0"

    def stored_as(self, choice: ChoiceDraft) -> tuple[tuple[int, str], ...]:
        """Return the stored values, each with the id of its attribute, that a choice of this attribute stands for."""
        own = () if choice.origin is None else ((self.id, choice.origin),)
        return (*own, *choice.merged)


def _limit_text(limit: float | None) -> str:
    return "" if limit is None else attribute_text(limit)


@dataclass(frozen=True, slots=True)
class PointDraft:
    """A point of a skeleton template as typed; its place in percent of the template's box."""

    name: str
    x: float = 50.0
    y: float = 50.0
    kind: LabelKind = "points"
    colour: str = PALETTE[0]
    attributes: tuple[AttributeDraft, ...] = ()
    id: int = field(default_factory=new_id)

    @classmethod
    def of(cls, point: TemplatePoint) -> "PointDraft":
        """Return the draft of a template point."""
        attributes = tuple(map(AttributeDraft.of, point.attributes))
        return cls(point.name, point.x, point.y, point.kind, point.colour, attributes, point.id)

    def point(self) -> TemplatePoint:
        """Return the template point. Raises InvalidValueError where it cannot be one."""
        attributes = tuple(one.attribute() for one in self.attributes)
        return TemplatePoint(self.name, self.x, self.y, self.kind, self.colour, attributes, self.id)


@dataclass(frozen=True, slots=True)
class LabelDraft:
    """A label as typed. points and edges: of its skeleton template, kept while another kind is chosen."""

    name: str = ""
    colour: str = PALETTE[0]
    kind: LabelKind = "any"
    parent: int | None = None
    attributes: tuple[AttributeDraft, ...] = ()
    hotkey: str = ""
    points: tuple[PointDraft, ...] = ()
    edges: tuple[tuple[int, int], ...] = ()
    foreign: Mapping[str, Any] = field(default_factory=dict)
    id: int = field(default_factory=new_id)

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def of(cls, label: Label) -> "LabelDraft":
        """Return the draft of a label."""
        template = label.skeleton
        return cls(
            label.name,
            label.colour,
            label.kind,
            label.parent,
            tuple(map(AttributeDraft.of, label.attributes)),
            label.hotkey,
            () if template is None else tuple(map(PointDraft.of, template.points)),
            () if template is None else template.edges,
            label.foreign,
            label.id,
        )

    def label(self) -> Label:
        """Return the label. Raises InvalidValueError where it cannot be one."""
        template = None
        if self.kind == "skeleton":
            points = tuple(one.point() for one in self.points)
            template = SkeletonTemplate(points, self.edges)
        attributes = tuple(one.attribute() for one in self.attributes)
        return Label(
            self.name, self.colour, self.kind, self.parent, attributes, self.hotkey, template,
            self.foreign, self.id,
        )  # fmt: skip

    def with_attribute(self, attribute: AttributeDraft) -> "LabelDraft":
        """Return the label with an attribute replaced, or added at the end."""
        if any(one.id == attribute.id for one in self.attributes):
            changed = tuple(attribute if one.id == attribute.id else one for one in self.attributes)
            return replace(self, attributes=changed)
        return replace(self, attributes=(*self.attributes, attribute))

    def attribute(self, attribute_id: int) -> AttributeDraft | None:
        """Return the attribute with an id, or None."""
        return next((one for one in self.attributes if one.id == attribute_id), None)


def all_attributes(label: LabelDraft) -> Iterator[AttributeDraft]:
    """Yield the attributes of a label, and those of the points of its skeleton."""
    yield from label.attributes
    for point in label.points:
        yield from point.attributes


def with_origins(new: LabelDraft, old: LabelDraft) -> LabelDraft:
    """Return a label whose values remember what those of an older draft of it were stored as."""
    choices = {one.id: one.choices for one in all_attributes(old)}
    return replace(
        new,
        attributes=_remembering(new.attributes, choices),
        points=tuple(
            replace(point, attributes=_remembering(point.attributes, choices))
            for point in new.points
        ),
    )


def _remembering(
    attributes: tuple[AttributeDraft, ...], choices: Mapping[int, tuple[ChoiceDraft, ...]]
) -> tuple[AttributeDraft, ...]:
    return tuple(
        replace(one, choices=choices_like([c.text for c in one.choices], choices.get(one.id, ())))
        for one in attributes
    )


def choices_like(texts: Iterable[str], old: Iterable[ChoiceDraft]) -> tuple[ChoiceDraft, ...]:
    """Return choices with some texts; one that was there before remembers what it was stored as."""
    known = {choice.text: choice for choice in old}
    return tuple(known.get(text) or ChoiceDraft(text) for text in texts)
