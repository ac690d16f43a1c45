"""The mistakes that are in the demo on purpose, and whether a person has mended them."""

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

import msgspec

from annotator.core.annotations import Annotation
from annotator.core.geometry import Box, box_iou
from annotator.core.labels import LabelSchema

MistakeKind: TypeAlias = Literal["wrong label", "beside", "duplicate", "missing"]

# From this share of two boxes on, an annotation is that of the object: a box drawn by hand reaches it.
_SAME: Final = 0.6


class Mistake(msgspec.Struct, frozen=True):
    """One mistake: the frame by its name, and what would be right, the name of a label and a box.

    A `wrong label` has the right box; `beside` is a box that misses its object; a `duplicate` is there twice; a
    `missing` object is not annotated at all.
    """

    kind: MistakeKind
    frame: str
    label: str
    box: Box

    def is_mended(self, annotations: Iterable[Annotation], labels: LabelSchema) -> bool:
        """Whether the object has one annotation, and that the right label. annotations: those of the frame."""
        label = labels.named(self.label)
        found = [
            one
            for one in annotations
            if one.shape is not None and box_iou(one.shape.box, self.box) >= _SAME
        ]
        return label is not None and [one.label for one in found] == [label.id]
