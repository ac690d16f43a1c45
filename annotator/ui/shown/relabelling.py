"""Annotations given another label."""

from dataclasses import replace

from annotator.core.annotations import Annotation
from annotator.core.errors import InvalidValueError
from annotator.core.labels import Label, attribute_text
from annotator.core.shapes import AttributeValue


def relabelled(annotation: Annotation, old: Label | None, new: Label) -> Annotation:
    """Return the annotation with another label; attributes that both labels know by name keep their values."""
    return replace(annotation, label=new.id, attributes=_carried(annotation, old, new))


def _carried(annotation: Annotation, old: Label | None, new: Label) -> dict[int, AttributeValue]:
    values = new.defaults()
    for attribute_id, value in annotation.attributes.items():
        before = None if old is None else old.attribute(attribute_id)
        after = None if before is None else new.attribute_named(before.name)
        if after is None:
            continue
        try:
            values[after.id] = after.parse(attribute_text(value))
        except InvalidValueError:
            continue  # not one of the other label's values: its default stays
    return values
