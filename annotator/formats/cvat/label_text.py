"""Labels as a text to be edited: CVAT's label JSON, with the keys `parent` and `hotkey` that CVAT passes over.

Labels and attributes carry ids, as in CVAT, so that a label whose name was changed stays the same label.
"""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from annotator.core.label_draft import CHOICE_KINDS, AttributeDraft, LabelDraft, PointDraft
from annotator.core.labels import SkeletonTemplate, TemplatePoint
from annotator.formats.cvat.raw import unique_names
from annotator.formats.cvat.svg import svg_from_template

_LINE: Final = 100
# `json.dumps` would make an encoder for every value.
_encoded: Final = json.JSONEncoder(ensure_ascii=False).encode


def text_from_labels(labels: Iterable[LabelDraft], *, ids: bool = True) -> str:
    """Write labels. ids: for editing; in a file for others only labels have one that their names do not tell."""
    every = tuple(labels)
    by_id = {label.id: label for label in every}
    count = Counter(label.name.strip() for label in every)

    def is_told_by_id(above: int) -> bool:
        # A name that several labels have does not tell which of them is meant.
        return above not in by_id or count[by_id[above].name.strip()] > 1

    parents = {label.parent for label in every if label.parent is not None}
    by_number = {above for above in parents if is_told_by_id(above)}
    entries = []
    for label in every:
        above = label.parent
        parent = above if above is None or above in by_number else by_id[above].name
        entries.append(_label_entry(label, parent, ids=ids, own_id=ids or label.id in by_number))
    return _pretty(entries) + "\n"


def _label_entry(
    label: LabelDraft, parent: str | int | None, *, ids: bool, own_id: bool
) -> dict[str, Any]:
    entry: dict[str, Any] = _head(label, ids=own_id)
    if parent is not None:
        entry["parent"] = parent
    if label.hotkey:
        entry["hotkey"] = label.hotkey
    entry["attributes"] = [_attribute_entry(one, ids=ids) for one in label.attributes]
    if label.kind == "skeleton":
        entry["sublabels"] = [
            _head(point, ids=ids)
            | {"attributes": [_attribute_entry(one, ids=ids) for one in point.attributes]}
            for point in label.points
        ]
        entry["svg"] = template_svg(label)
    return entry


def _head(one: LabelDraft | PointDraft, *, ids: bool) -> dict[str, Any]:
    identity = {"id": one.id} if ids else {}
    return {"name": one.name, **identity, "color": one.colour, "type": one.kind}


def _attribute_entry(one: AttributeDraft, *, ids: bool) -> dict[str, Any]:
    identity = {"id": one.id} if ids else {}
    return {
        "name": one.name,
        **identity,
        "input_type": one.kind,
        "mutable": one.mutable,
        "values": _values(one),
        "default_value": one.shown_default,
    }


def _values(one: AttributeDraft) -> list[str]:
    if one.kind in CHOICE_KINDS:
        return [choice.text for choice in one.choices]
    if one.kind == "checkbox":
        return ["false"]
    limits = [one.minimum.strip(), one.maximum.strip(), one.step.strip()]
    return limits if one.kind == "number" and any(limits) else []


def template_svg(label: LabelDraft) -> str:
    """Return the drawing of the points of a skeleton."""
    if not label.points:
        return ""
    points = tuple(
        TemplatePoint(f"p{place}", point.x, point.y, id=point.id)
        for place, point in enumerate(label.points)
    )
    names = unique_names(point.name for point in label.points)
    return svg_from_template(SkeletonTemplate(points, label.edges), names)


def _pretty(value: Any, indent: str = "") -> str:
    """JSON with a value to a line, but short lists on one."""
    if not value or not isinstance(value, dict | list):
        return _encoded(value)
    if isinstance(value, list) and not any(isinstance(one, dict) for one in value):
        flat = _encoded(value)
        if len(indent) + len(flat) <= _LINE:
            return flat
    deeper = indent + "  "
    if isinstance(value, dict):
        inside = [f"{_encoded(key)}: {_pretty(one, deeper)}" for key, one in value.items()]
    else:
        inside = [_pretty(one, deeper) for one in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    lines = f",\n{deeper}".join(inside)
    return f"{opening}\n{deeper}{lines}\n{indent}{closing}"
