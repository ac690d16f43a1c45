"""Labels as a text to be edited: CVAT's label JSON, with the keys `parent` and `hotkey` that CVAT passes over.

Labels and attributes carry ids, as in CVAT, so that a label whose name was changed stays the same label.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from annotator.core.label_draft import CHOICE_KINDS, AttributeDraft, LabelDraft, PointDraft
from annotator.core.labels import SkeletonTemplate, TemplatePoint
from annotator.formats.cvat.svg import svg_from_template
from annotator.formats.cvat.xml import legal_text
from annotator.formats.label_names import LabelNames

_LINE: Final = 100


def text_from_labels(labels: Iterable[LabelDraft], *, ids: bool = True) -> str:
    """Write labels. ids: for editing; a file for others goes without."""
    every = tuple(labels)
    names: dict[str, int] = {}
    for label in every:
        names[label.name.strip()] = names.get(label.name.strip(), 0) + 1
    by_id = {label.id: label for label in every}

    def parent_of(label: LabelDraft) -> str | int | None:
        above = None if label.parent is None else by_id.get(label.parent)
        if above is None:
            return label.parent
        # A name that several labels have does not tell which of them is meant.
        return above.name if names[above.name.strip()] == 1 else above.id

    return _pretty([_label_entry(label, parent_of(label), ids=ids) for label in every]) + "\n"


def _label_entry(label: LabelDraft, parent: str | int | None, *, ids: bool) -> dict[str, Any]:
    entry: dict[str, Any] = _head(label, ids=ids)
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
    return svg_from_template(SkeletonTemplate(points, label.edges), svg_names(label.points))


def svg_names(points: Sequence[PointDraft]) -> list[str]:
    """Return names for points that XML can hold and no two have."""
    taken = LabelNames()
    return [taken.claim(legal_text(point.name), "_") for point in points]


def _pretty(value: Any, indent: str = "") -> str:
    """JSON with a value to a line, but short lists on one."""
    flat = json.dumps(value, ensure_ascii=False)
    has_parts = isinstance(value, list) and any(isinstance(one, dict) for one in value)
    if not value or isinstance(value, str | int | float) or value is None:
        return flat
    if isinstance(value, list) and not has_parts and len(indent) + len(flat) <= _LINE:
        return flat
    deeper = indent + "  "
    if isinstance(value, dict):
        inside = [
            f"{json.dumps(key, ensure_ascii=False)}: {_pretty(one, deeper)}"
            for key, one in value.items()
        ]
    else:
        inside = [_pretty(one, deeper) for one in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    lines = f",\n{deeper}".join(inside)
    return f"{opening}\n{deeper}{lines}\n{indent}{closing}"
