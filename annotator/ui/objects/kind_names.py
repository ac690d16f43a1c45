"""The kinds of annotations in the person's language."""

from annotator.core.labels import LabelKind
from annotator.translation import tr


def kind_name(kind: LabelKind) -> str:
    """Return the name of a kind, in small letters."""
    return {
        "rectangle": tr("rectangle"),
        "ellipse": tr("ellipse"),
        "polygon": tr("polygon"),
        "polyline": tr("polyline"),
        "points": tr("points"),
        "cuboid": tr("cuboid"),
        "mask": tr("mask"),
        "skeleton": tr("skeleton"),
        "tag": tr("tag"),
        "any": tr("any"),
    }[kind]
