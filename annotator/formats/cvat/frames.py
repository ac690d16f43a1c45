"""The `<image>` element of CVAT's XML: one picture and the shapes and tags on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annotator.core.annotations import GROUP_LIMIT, Annotation
from annotator.core.errors import InvalidValueError
from annotator.core.shapes import ElementShape, Shape, Skeleton, SkeletonElement
from annotator.formats.cvat.elements import (
    Findings,
    NamesOfLabel,
    flag,
    foreign_of_object,
    left_out,
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
from annotator.safe_io import Limits, printable

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


@dataclass(frozen=True, slots=True)
class ImageReader:
    """Reads the images of one file.

    subset: of all of them, where the file says so once. in_video: whether their numbers are those of the frames of a
    video, of which there is one each; the images of several tasks may have the same.
    """

    labels: Mapping[str, NamesOfLabel]
    limits: Limits
    findings: Findings
    subset: str = ""
    in_video: bool = False
    _names: dict[int, str] = field(default_factory=dict)

    def read(self, image: "Element") -> FrameItem | None:
        """Return the picture with what is on it, or None where it cannot be told which one it is."""
        name = (image.get("name") or "").replace("\\", "/")
        subset = known_subset(image.get("subset") or "") or self.subset
        try:
            number = self._number(image, "/".join(filter(None, (subset, name))) if name else "")
        except InvalidValueError as error:
            shapes = sum(child.tag in SHAPE_TAGS or child.tag == "tag" for child in image)
            self.findings.skipped(
                "bad-frame", f"{error} It was left out.", image.sourceline, max(1, shapes)
            )
            return None
        annotations = (self._annotation(child, number or 0) for child in image)
        return FrameItem(
            name,
            _size(image),
            number,
            subset,
            tuple(one for one in annotations if one is not None),
        )

    def _number(self, image: "Element", name: str) -> int | None:
        """Return the frame number of an image, None where only its name tells which one it is.

        name: with the subset in front.
        """
        try:
            number = whole(image, "id", limit=LARGEST_FRAME + 1)
            if number < 0:
                raise InvalidValueError(f"The image has the number {number}, which cannot be.")
        except InvalidValueError as error:
            if not name:
                raise
            if "id" in image.attrib:
                self._tell_by_name("bad-frame", str(error), image)
            return None
        first = self._names.setdefault(number, name) if self.in_video and name else name
        if first == name:
            return number
        text = f"Image {printable(name)} has the id {number}, as {printable(first)} has."
        self._tell_by_name("same-number", text, image)
        return None

    def _tell_by_name(self, rule: str, text: str, image: "Element") -> None:
        self.findings.changed(rule, text, image.sourceline, "It is known by its name.")

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
                values_of(texts_of(element, self.findings), names.attributes),
                flag(element, "occluded"),
                whole(element, "z_order", 0),
                whole(element, "group_id", 0, GROUP_LIMIT),
                source_of(element),
                foreign=foreign_of_object(element),
            )
        except InvalidValueError as error:
            # Of a skeleton each element may have been told already.
            count = 0 if self.findings.skipped_so_far > told else 1
            text = f"{error} {left_out(element)}"
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
                text = f"{error} {left_out(child)}"
                self.findings.skipped("bad-shape", text, child.sourceline)
                continue
            elements[point.point.id] = SkeletonElement(
                shape,
                flag(child, "occluded"),
                flag(child, "outside"),
                values_of(texts_of(child, self.findings), point.attributes),
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
