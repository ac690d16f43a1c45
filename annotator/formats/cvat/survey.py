"""What the shapes of a CVAT file refer to: its labels, attributes and skeleton points, declared or not.

A look over the whole file before its items are read. It finds the labels of files without a meta part, and those
that a meta part forgot: CVAT drops shapes of labels that it does not know, here such labels are added.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.formats.cvat.meta import LARGEST_FRAME, Meta, known_subset, read_meta
from annotator.formats.cvat.raw import RawAttribute, RawLabel
from annotator.formats.cvat.schema import Complain
from annotator.formats.cvat.shapes import SHAPE_TAGS
from annotator.formats.registry import FormatError
from annotator.safe_io import Limits, iterparse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

TOP_TAGS = ("meta", "track", "image")


@dataclass(slots=True)
class Used:
    """A label, or a skeleton point, that shapes refer to. attributes: name -> whether a track has it."""

    line: int | None
    attributes: dict[str, bool] = field(default_factory=dict)
    points: dict[str, "Used"] = field(default_factory=dict)

    def note_attributes(self, shape: "Element", in_track: bool) -> None:
        """Take note of the attributes that an element has values for."""
        for attribute in shape.iterfind("attribute"):
            name = attribute.get("name", "").strip()
            self.attributes[name] = self.attributes.get(name, False) or in_track


@dataclass(slots=True)
class Survey:
    """The meta part of a file, what its shapes use, and how many tracks and images it has.

    last_frame: the largest frame number of a shape, looked for only where the meta part does not say where the
    frames end. tasks: that tracks say they are of.
    """

    meta: Meta = field(default_factory=Meta)
    labels: dict[str, Used] = field(default_factory=dict)
    subsets: dict[str, None] = field(default_factory=dict)
    tracks: int = 0
    images: int = 0
    last_frame: int = 0
    tasks: set[str] = field(default_factory=set)


def _use(names: dict[str, Used], element: "Element") -> Used:
    name = (element.get("label") or "").strip()
    used = names.get(name)
    if used is None:
        used = names[name] = Used(element.sourceline)
    return used


def is_cvat(element: "Element") -> bool:
    """Return whether an element stands in a document of CVAT's."""
    return str(element.getroottree().getroot().tag) == "annotations"


def survey_file(path: Path, root: Path | None, limits: Limits, complain: Complain) -> Survey:
    """Look over a file.

    Raises InputError where it cannot be read to its end, and FormatError where nothing in it is CVAT's.
    """
    survey = Survey()
    found = False
    for element in iterparse_xml(path, TOP_TAGS, limits, root=root):
        found = is_cvat(element)
        if not found:
            break
        if element.tag == "meta":
            survey.meta = read_meta(element, complain)
            continue
        if subset := known_subset(element.get("subset") or ""):
            survey.subsets[subset] = None
        if element.tag == "track":
            survey.tracks += 1
            survey.tasks.add(element.get("task_id") or "")
            _note_track(survey.labels, element)
            if survey.meta.frames.stop is None:
                survey.last_frame = max(survey.last_frame, _last_frame(element))
        else:
            survey.images += 1
            _note_image(survey.labels, element)
    if not found:
        raise FormatError(
            f"{path} is no CVAT file: it has no <annotations> with tracks or images. Choose another file or format."
        )
    return survey


def _last_frame(track: "Element") -> int:
    texts = (shape.get("frame", "") for shape in track.iter())
    frames = (int(text) for text in texts if text.isdecimal() and len(text) < 12)
    return max((frame for frame in frames if frame <= LARGEST_FRAME), default=0)


def _note_track(labels: dict[str, Used], track: "Element") -> None:
    used = _use(labels, track)
    for child in track:
        if child.tag == "track":
            point = _use(used.points, child)
            for shape in child:
                point.note_attributes(shape, True)
        elif len(child):
            _note_shape(used, child, in_track=True)


def _note_image(labels: dict[str, Used], image: "Element") -> None:
    for shape in image:
        if shape.tag in SHAPE_TAGS or shape.tag == "tag":
            _note_shape(_use(labels, shape), shape, in_track=False)


def _note_shape(used: Used, shape: "Element", *, in_track: bool) -> None:
    used.note_attributes(shape, in_track)
    if shape.tag == "skeleton":
        for element in shape:
            if element.tag != "attribute":
                _use(used.points, element).note_attributes(element, in_track)


def completed(
    declared: Sequence[RawLabel], used: dict[str, Used], complain: Complain
) -> Iterator[RawLabel]:
    """Yield the declared labels with what is used and missing, then the labels that are used and missing.

    Where no label is declared nothing is missing: such files leave all of it to the reader.
    """
    waiting = dict(used)
    for label in declared:
        name = label.name.strip()
        yield _completed_label(label, waiting.pop(name), complain) if name in waiting else label
    for name, use in waiting.items():
        if not name:
            # Its shapes are told one by one.
            continue
        if declared:
            text = f"The file uses label {name!r} but does not declare it; it was added."
            complain("undeclared-label", text, use.line)
        kind = "skeleton" if use.points else ""
        bare = RawLabel(name, kind=kind, line=use.line)
        yield _completed_label(bare, use, _nobody)


def _nobody(rule: str, text: str, line: int | None, then: str = "") -> None:
    """Take complaints that would only repeat another one."""


def _completed_label(label: RawLabel, used: Used, complain: Complain) -> RawLabel:
    known = {attribute.name.strip() for attribute in label.attributes}
    attributes = [*label.attributes]
    for name, is_mutable in used.attributes.items():
        if name not in known:
            text = (
                f"Attribute {name!r} of label {label.name!r} is not declared; it was added as text."
            )
            # Of one without a name it is told that it cannot be.
            if name:
                complain("undeclared-attribute", text, used.line)
            # A value that may change from frame to frame loses nothing; one for the whole track would.
            attributes.append(RawAttribute(name, is_mutable=is_mutable, line=used.line))
    kind = label.kind
    if used.points and kind != "skeleton":
        text = (
            f"Label {label.name!r} is not declared as a skeleton, but used as one; it was made one."
        )
        complain("undeclared-skeleton", text, used.line)
        kind = "skeleton"
    sublabels = list(_completed_points(label, used.points, complain))
    return replace(label, kind=kind, attributes=tuple(attributes), sublabels=tuple(sublabels))


def _completed_points(
    label: RawLabel, used: dict[str, Used], complain: Complain
) -> Iterable[RawLabel]:
    waiting = dict(used)
    for point in label.sublabels:
        name = point.name.strip()
        yield _completed_label(point, waiting.pop(name), complain) if name in waiting else point
    for name, use in waiting.items():
        text = f"Point {name!r} of skeleton {label.name!r} is not declared; it was added."
        complain("undeclared-point", text, use.line)
        yield _completed_label(RawLabel(name, kind="points", line=use.line), use, _nobody)
