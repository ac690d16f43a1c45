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


def kinds_name(kind: str) -> str:
    """Return what several annotations of a kind are called; what is no kind is called as it is."""
    return {
        "rectangle": tr("rectangles"),
        "polygon": tr("polygons"),
        "mask": tr("masks"),
        "skeleton": tr("skeletons"),
        "polyline": tr("polylines"),
        "points": tr("points"),
        "ellipse": tr("ellipses"),
        "cuboid": tr("cuboids"),
        "tag": tr("tags"),
    }.get(kind, kind)
