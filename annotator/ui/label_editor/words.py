"""What kinds of labels, attributes and values are called in the label editor."""

from collections.abc import Mapping

from annotator.core.label_draft import CHOICE_KINDS, AttributeDraft
from annotator.core.labels import AttributeKind, LabelKind
from annotator.project.labels.preview import LabelUse
from annotator.project.labels.rules import Misfit
from annotator.translation import tr, tr_n


def label_kinds() -> Mapping[LabelKind, str]:
    """Return the words for what a label is used for."""
    return {
        "any": tr("Any shape"),
        "rectangle": tr("Rectangle"),
        "ellipse": tr("Ellipse"),
        "polygon": tr("Polygon"),
        "polyline": tr("Polyline"),
        "points": tr("Points"),
        "cuboid": tr("Cuboid"),
        "mask": tr("Mask"),
        "skeleton": tr("Skeleton"),
        "tag": tr("Tag of the frame"),
    }


def attribute_kinds() -> Mapping[AttributeKind, str]:
    """Return the words for kinds of attributes."""
    return {
        "select": tr("One of a list"),
        "radio": tr("One of a few, all shown"),
        "checkbox": tr("Check box"),
        "number": tr("Number"),
        "text": tr("Text"),
    }


def misfits() -> Mapping[Misfit, str]:
    """Return the words for what happens to values that no longer fit."""
    return {
        "default": tr("get the default"),
        "remove": tr("are removed"),
        "keep": tr("stay, to be put right by hand"),
    }


def attribute_summary(one: AttributeDraft) -> str:
    """Return an attribute in one line."""
    name = one.name.strip() or tr("(no name)")
    what = attribute_kinds()[one.kind]
    if one.kind in CHOICE_KINDS and one.choices:
        what = ", ".join(choice.text for choice in one.choices[:12])
    elif one.kind == "number" and (one.minimum or one.maximum):
        what = f"{one.minimum} – {one.maximum}"
    return f"{name}: {what}"


def use_text(use: LabelUse) -> str:
    """Return how much has a label, as a clause: "3 objects and 1 track on 2 frames"."""
    parts = []
    if use.objects or not use.tracks:
        parts.append(tr_n("{count} object", "{count} objects", use.objects))
    if use.tracks:
        parts.append(tr_n("{count} track", "{count} tracks", use.tracks))
    return tr(
        "{things} on {frames}",
        things=tr(" and ").join(parts),
        frames=tr_n("{count} frame", "{count} frames", use.frames),
    )
