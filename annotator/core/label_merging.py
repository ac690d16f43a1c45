"""One label made of two, both as drafts."""

from dataclasses import replace

from annotator.core.errors import InvalidValueError
from annotator.core.label_draft import (
    CHOICE_KINDS,
    AttributeDraft,
    ChoiceDraft,
    LabelDraft,
    PointDraft,
)


def merged_label(target: LabelDraft, source: LabelDraft, *, take_over: bool) -> LabelDraft:
    """Return a label that takes the annotations of another one.

    take_over: it also gets the attributes, and the values of attributes, that it lacks. Raises InvalidValueError
    where a skeleton would have to become another.
    """
    _check_same_points(source, target)
    points = {point.name: point for point in source.points}
    return replace(
        target,
        attributes=_joined(target.attributes, source.attributes, take_over=take_over),
        points=tuple(
            _joined_point(point, points.get(point.name), take_over=take_over)
            for point in target.points
        ),
    )


def joined_parts(target: LabelDraft, source: LabelDraft) -> dict[int, int]:
    """Return the attributes and skeleton points of a label that go to those of the same name of another, by id."""
    points = {point.name: point for point in target.points}
    pairs: list[tuple[LabelDraft | PointDraft, LabelDraft | PointDraft]] = [(target, source)]
    joined: dict[int, int] = {}
    for point in source.points:
        same = points.get(point.name)
        if same is not None:
            joined[point.id] = same.id
            pairs.append((same, point))
    for one, other in pairs:
        named = {attribute.name.strip(): attribute.id for attribute in one.attributes}
        for attribute in other.attributes:
            name = attribute.name.strip()
            if name in named:
                joined[attribute.id] = named[name]
    return joined


def _check_same_points(source: LabelDraft, target: LabelDraft) -> None:
    if source.kind != "skeleton" and target.kind != "skeleton":
        return
    if source.kind != target.kind or _point_names(source) != _point_names(target):
        raise InvalidValueError(
            f"{source.name!r} and {target.name!r} do not have the same skeleton points, so they cannot be"
            " merged."
        )


def _point_names(label: LabelDraft) -> set[str]:
    return {point.name for point in label.points}


def _joined_point(point: PointDraft, other: PointDraft | None, *, take_over: bool) -> PointDraft:
    if other is None:
        return point
    attributes = _joined(point.attributes, other.attributes, take_over=take_over)
    return replace(point, attributes=attributes)


def _joined(
    kept: tuple[AttributeDraft, ...], others: tuple[AttributeDraft, ...], *, take_over: bool
) -> tuple[AttributeDraft, ...]:
    """The attributes of two labels, matched by name; each keeps its id, and with it the stored values."""
    named = {one.name.strip(): one for one in others}
    joined = [
        _with_choices_of(one, named.pop(one.name.strip(), None), take_over=take_over)
        for one in kept
    ]
    return (*joined, *named.values()) if take_over else tuple(joined)


def _with_choices_of(
    one: AttributeDraft, other: AttributeDraft | None, *, take_over: bool
) -> AttributeDraft:
    """An attribute whose choices stand for the stored values of another one's choices of the same text, too."""
    if other is None or one.kind not in CHOICE_KINDS or other.kind not in CHOICE_KINDS:
        return one
    stored = {choice.text: other.stored_as(choice) for choice in other.choices}
    choices = [
        replace(choice, merged=(*choice.merged, *stored.pop(choice.text, ())))
        for choice in one.choices
    ]
    if take_over:
        choices += [ChoiceDraft(text, merged=values) for text, values in stored.items()]
    return replace(one, choices=tuple(choices))
