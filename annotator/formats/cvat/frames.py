"""The `<image>` element of CVAT's XML: one picture and the shapes and tags on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.core.annotations import GROUP_LIMIT, Annotation
from annotator.core.errors import InvalidValueError
from annotator.core.shapes import ElementShape, Shape, Skeleton, SkeletonElement
from annotator.formats.cvat.elements import (
    Findings,
    NamesOfLabel,
    flag,
    foreign_of_object,
    source_of,
    texts_of,
    values_of,
    whole,
)
from annotator.formats.cvat.meta import LARGEST_FRAME, known_subset
from annotator.formats.cvat.shapes import (
    ELEMENT_TAGS,
    SHAPE_TAGS,
    mask_of,
    numbers_of,
    shape_of,
)
from annotator.formats.dataset import FrameItem
from annotator.safe_io import Limits

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


@dataclass(frozen=True, slots=True)
class ImageReader:
    """Reads the images of one file. subset: of all of them, where the file says so once."""

    labels: Mapping[str, NamesOfLabel]
    limits: Limits
    findings: Findings
    subset: str = ""

    def read(self, image: "Element") -> FrameItem | None:
        """Return the picture with what is on it, or None where it cannot be told which one it is."""
        try:
            number = whole(image, "id", limit=LARGEST_FRAME + 1)
            if number < 0:
                raise InvalidValueError(f"The image has the number {number}, which cannot be.")
        except InvalidValueError as error:
            shapes = sum(child.tag in SHAPE_TAGS or child.tag == "tag" for child in image)
            self.findings.skipped(
                "bad-frame", f"{error} It was left out.", image.sourceline, max(1, shapes)
            )
            return None
        annotations = (self._annotation(child, number) for child in image)
        return FrameItem(
            (image.get("name") or "").replace("\\", "/"),
            _size(image),
            number,
            known_subset(image.get("subset") or "") or self.subset,
            tuple(one for one in annotations if one is not None),
        )

    def _annotation(self, element: "Element", frame: int) -> Annotation | None:
        if element.tag not in SHAPE_TAGS and element.tag != "tag":
            text = f"An image holds <{str(element.tag)[:40]}>, which is no shape; it was left out."
            self.findings.skipped("unknown-element", text, element.sourceline)
            return None
        names = self.labels.get((element.get("label") or "").strip())
        if names is None:
            label = (element.get("label") or "")[:40]
            text = f"A {element.tag} has the label {label!r}, which cannot be; it was left out."
            self.findings.skipped("unknown-label", text, element.sourceline)
            return None
        told = self.findings.skipped_so_far
        try:
            return Annotation(
                frame,
                names.label.id,
                self._shape(element, names),
                values_of(texts_of(element), names.attributes),
                flag(element, "occluded"),
                whole(element, "z_order", 0),
                whole(element, "group_id", 0, GROUP_LIMIT),
                source_of(element),
                foreign=foreign_of_object(element),
            )
        except InvalidValueError as error:
            # Of a skeleton each element may have been told already.
            count = 0 if self.findings.skipped_so_far > told else 1
            text = f"{error} The {element.tag} was left out."
            self.findings.skipped("bad-shape", text, element.sourceline, count)
            return None

    def _shape(self, element: "Element", names: NamesOfLabel) -> Shape | None:
        if element.tag == "tag":
            return None
        if element.tag == "skeleton":
            return self._skeleton(element, names)
        return self._plain(element)

    def _plain(self, element: "Element") -> ElementShape:
        if element.tag == "mask":
            return mask_of(element, self.limits)
        return shape_of(element.tag, numbers_of(element))

    def _skeleton(self, skeleton: "Element", names: NamesOfLabel) -> Skeleton:
        elements: dict[int, SkeletonElement] = {}
        for child in skeleton:
            if child.tag == "attribute":
                continue
            point = names.points.get((child.get("label") or "").strip())
            if child.tag not in ELEMENT_TAGS or point is None:
                tag = str(child.tag)[:40]
                text = f"Skeleton {names.label.name!r} holds a <{tag}> that is no point of it; it was left out."
                self.findings.skipped("unknown-element", text, child.sourceline)
                continue
            try:
                shape = self._plain(child)
            except InvalidValueError as error:
                text = f"{error} The {child.tag} was left out."
                self.findings.skipped("bad-shape", text, child.sourceline)
                continue
            elements[point.point.id] = SkeletonElement(
                shape,
                flag(child, "occluded"),
                flag(child, "outside"),
                values_of(texts_of(child), point.attributes),
            )
        if not elements:
            raise InvalidValueError(f"Skeleton {names.label.name!r} has no point that can be read.")
        return Skeleton(elements)


def _size(image: "Element") -> tuple[int, int] | None:
    try:
        size = whole(image, "width"), whole(image, "height")
    except InvalidValueError:
        return None
    return size if min(size) > 0 else None
