"""What a change of the labels means for stored annotations: one rule for each label they have.

A rule says where the annotations of a label go, and what happens to each stored value of an attribute. Values that
an attribute can no longer have are turned into its kind where that is possible; the rest is as the user says.
"""

import math
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from annotator.core.errors import InvalidValueError
from annotator.core.labels import (
    Attribute,
    Label,
    LabelSchema,
    SkeletonTemplate,
)
from annotator.core.schema_draft import SchemaDraft
from annotator.core.shapes import AttributeValue

# What happens to a value that does not fit: the default takes its place, it goes, or it stays to be put right.
Misfit: TypeAlias = Literal["default", "remove", "keep"]
# What became of one stored value.
Outcome: TypeAlias = Literal["same", "rewritten", "replaced", "removed", "kept", "outside"]


@dataclass(frozen=True, slots=True)
class LabelChange:
    """Labels as they are stored, and as they shall be.

    targets: for labels that are gone, the label that gets their annotations; the others' are deleted. joined: for
    attributes and skeleton points of these, those of the other label that take their values; else those of the same
    name do. renamed: by attribute id, values that got another text. misfit: what happens to values that no longer fit.
    """

    before: LabelSchema
    after: LabelSchema
    targets: Mapping[int, int] = field(default_factory=dict)
    joined: Mapping[int, int] = field(default_factory=dict)
    renamed: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    misfit: Misfit = "default"

    @classmethod
    def of(cls, draft: SchemaDraft, misfit: Misfit = "default") -> "LabelChange":
        """Return the change that a draft stands for. Raises InvalidValueError where it has errors."""
        ends = ((label.id, draft.target(label.id)) for label in draft.gone)
        targets = {old: new for old, new in ends if new is not None}
        return cls(draft.known, draft.schema(), targets, draft.joined, draft.renamed_values, misfit)

    def rules(self) -> Iterator["LabelRule"]:
        """Yield a rule for each label whose annotations are touched."""
        for label in self.before:
            target = self.after.get(self.targets.get(label.id, label.id))
            rule = self._rule(label, target)
            if rule.touches:
                yield rule

    def _rule(self, label: Label, target: Label | None) -> "LabelRule":
        if target is None:
            return LabelRule(label, None)
        by_name = target.id != label.id
        return LabelRule(
            label,
            target,
            self._attributes(label.attributes, target.attributes, by_name=by_name),
            self._elements(label.skeleton, target.skeleton, by_name=by_name),
        )

    def _attributes(
        self, old: tuple[Attribute, ...], new: tuple[Attribute, ...], *, by_name: bool
    ) -> dict[int, "AttributeRule"]:
        ids = {one.id: one for one in new}
        names = {one.name: one for one in new} if by_name else {}
        rules = (
            AttributeRule(
                one,
                ids.get(self._end(one.id, ids)) or names.get(one.name),
                self.renamed.get(one.id, {}),
                self.misfit,
            )
            for one in old
        )
        return {rule.old.id: rule for rule in rules if rule.touches}

    def _end(self, part: int, present: Container[int]) -> int:
        """Return which attribute or point has what is stored of one, after all labels were merged."""
        passed: set[int] = set()
        while part not in present and part in self.joined and part not in passed:
            passed.add(part)
            part = self.joined[part]
        return part

    def _elements(
        self, old: SkeletonTemplate | None, new: SkeletonTemplate | None, *, by_name: bool
    ) -> dict[int, "ElementRule"]:
        # Skeletons of a label that is for other shapes now stay as they are, to be put right one by one.
        if old is None or new is None:
            return {}
        rules: dict[int, ElementRule] = {}
        ids = {point.id for point in new.points}
        for point in old.points:
            same = new.point(self._end(point.id, ids)) or (
                new.point_named(point.name) if by_name else None
            )
            if same is None:
                rules[point.id] = ElementRule(None)
                continue
            attributes = self._attributes(point.attributes, same.attributes, by_name=by_name)
            if same.id != point.id or attributes:
                rules[point.id] = ElementRule(same.id, attributes)
        return rules


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """What happens to the stored values of an attribute; new: None where it is gone."""

    old: Attribute
    new: Attribute | None
    renamed: Mapping[str, str] = field(default_factory=dict)
    misfit: Misfit = "default"

    @property
    def touches(self) -> bool:
        """Whether any stored value could change, or its place."""
        old, new = self.old, self.new
        if new is None or self.renamed:
            return True
        is_narrower = new.kind in ("select", "radio") and not set(old.values) <= set(new.values)
        is_other = (old.id, old.kind, old.mutable) != (new.id, new.kind, new.mutable)
        return is_other or is_narrower or _has_tighter_limits(old, new)

    def value(self, value: AttributeValue) -> tuple[AttributeValue | None, Outcome]:
        """Return what takes the place of a value, None for nothing, and what that is."""
        new = self.new
        if new is None:
            return None, "removed"
        named = self.renamed.get(value, value) if isinstance(value, str) else value
        try:
            fitting = new.fitting(named)
        except InvalidValueError:
            return self._misfit(new, named)
        if new.kind == "number" and not _is_within(new, fitting):
            return (
                fitting,
                "outside",
            )  # as in a file that is read: it is kept, and told by the checks
        return fitting, "same" if _is_same(fitting, value) else "rewritten"

    def _misfit(
        self, new: Attribute, value: AttributeValue
    ) -> tuple[AttributeValue | None, Outcome]:
        if self.misfit == "keep":
            return value, "kept"
        if self.misfit == "remove":
            return None, "removed"
        return new.default_value, "replaced"


@dataclass(frozen=True, slots=True)
class ElementRule:
    """What happens to the elements of a skeleton point; point: which point they belong to then, None for none."""

    point: int | None
    attributes: Mapping[int, AttributeRule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LabelRule:
    """What happens to the annotations and tracks of a label. target: the label they have then, None: deleted.

    attributes: by the id of the old one, those of which a value could change. elements: by the id of the point.
    """

    source: Label
    target: Label | None
    attributes: Mapping[int, AttributeRule] = field(default_factory=dict)
    elements: Mapping[int, ElementRule] = field(default_factory=dict)

    @property
    def moves(self) -> bool:
        """Whether the annotations get another label, or none at all."""
        return self.target is None or self.target.id != self.source.id

    @property
    def touches(self) -> bool:
        """Whether anything stored could change."""
        return self.moves or bool(self.attributes or self.elements)

    @property
    def attribute_rules(self) -> Iterator[AttributeRule]:
        """All rules for attributes, those of skeleton points among them."""
        yield from self.attributes.values()
        for element in self.elements.values():
            yield from element.attributes.values()


def _has_tighter_limits(old: Attribute, new: Attribute) -> bool:
    """Whether a number that was within the limits may be outside of them now."""
    if new.kind != "number":
        return False
    low = -math.inf if old.minimum is None else old.minimum
    high = math.inf if old.maximum is None else old.maximum
    return not (_is_within(new, low) and _is_within(new, high))


def _is_within(attribute: Attribute, value: AttributeValue) -> bool:
    low, high = attribute.minimum, attribute.maximum
    number = float(value)
    return (low is None or number >= low) and (high is None or number <= high)


def _is_same(one: AttributeValue, other: AttributeValue) -> bool:
    """Whether two values are the same and of the same kind: true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other
