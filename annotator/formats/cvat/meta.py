"""The `<meta>` part of CVAT's XML: a task, a job or a project, its labels, and which frames it has."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from annotator.formats.cvat.raw import RawAttribute, RawLabel, is_true, values_from_text
from annotator.formats.cvat.schema import Complain
from annotator.formats.dataset import VideoDescription

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MetaKind: TypeAlias = Literal["", "task", "job", "project"]
# (name, text or the fields inside), as JSON has it.
Field: TypeAlias = Sequence[Any]

LARGEST_FRAME: Final = 100_000_000
"""Beyond it a frame number is a mistake: more than 450 hours at 60 frames a second."""

_STEP: Final = re.compile(r"step\s*=\s*(\d{1,9})")
# What the meta part says of things the program knows itself; the other fields are kept as they stand.
KNOWN_FIELDS: Final = frozenset(
    {"name", "size", "mode", "subset", "subsets", "tasks", "start_frame", "stop_frame", "frame_filter",
     "labels", "original_size", "source", "flipped", "z_order"}
)  # fmt: skip
DEFAULT_SUBSET: Final = "default"


@dataclass(frozen=True, slots=True)
class FrameRange:
    """Which frame numbers a task has: start, start + step, ..., up to `stop`; None where the file does not say."""

    start: int = 0
    stop: int | None = None
    step: int = 1


@dataclass(frozen=True, slots=True)
class Meta:
    """What stands before the annotations. `kind` is empty where nothing does."""

    kind: MetaKind = ""
    name: str = ""
    labels: tuple[RawLabel, ...] = ()
    subset: str = ""
    subsets: tuple[str, ...] = ()
    frames: FrameRange = FrameRange()
    video: VideoDescription | None = None
    fields: tuple[Field, ...] = ()


def read_meta(meta: "Element", complain: Complain) -> Meta:
    """Read the meta part of a file."""
    for kind in ("task", "job", "project"):
        subject = meta.find(kind)
        if subject is not None:
            return _read_subject(meta, subject, kind, complain)
    return Meta()


def _read_subject(
    meta: "Element",
    subject: "Element",
    kind: Literal["task", "job", "project"],
    complain: Complain,
) -> Meta:
    tasks = subject.findall("tasks/task") if kind == "project" else [subject]
    frames, video = FrameRange(), None
    if len(tasks) == 1:
        frames = _frame_range(tasks[0], complain)
        video = _video(meta, tasks[0], frames)
    subsets = [known_subset(_text(task, "subset")) for task in tasks]
    declared = _text(subject, "subsets").split("\n") if kind == "project" else []
    names = [name for one in (*declared, *subsets) if (name := known_subset(one))]
    labels = subject.find("labels")
    return Meta(
        kind,
        _text(subject, "name"),
        () if labels is None else tuple(raw_labels_from(labels, complain)),
        subsets[0] if len(tasks) == 1 else "",
        tuple(dict.fromkeys(names)),
        frames,
        video,
        tuple(_field(element) for element in subject if element.tag not in KNOWN_FIELDS),
    )


def _text(element: "Element", path: str) -> str:
    return str(element.findtext(path) or "").strip()


def known_subset(name: str) -> str:
    """Return the name of a subset, empty for CVAT's word for none."""
    name = name.strip()
    return "" if name == DEFAULT_SUBSET else name


def _frame_range(task: "Element", complain: Complain) -> FrameRange:
    start = _whole(task, "start_frame", complain) or 0
    stop = _whole(task, "stop_frame", complain)
    size = _whole(task, "size", complain)
    if size == 0:
        stop = None
    step = 1
    frame_filter = _text(task, "frame_filter")
    if frame_filter:
        match = _STEP.fullmatch(frame_filter)
        if match and int(match[1]) > 0:
            step = int(match[1])
        else:
            text = (
                f"The frame filter {frame_filter[:40]!r} was not understood; every frame was taken."
            )
            complain("bad-meta", text, task.sourceline)
    if size:
        # The stop frame of CVAT need not be on the grid of the step; the number of frames is exact.
        stop = start + (size - 1) * step
    if stop is None or stop < start:
        return FrameRange(start, None, step)
    return FrameRange(start, start + (stop - start) // step * step, step)


def _whole(task: "Element", path: str, complain: Complain) -> int | None:
    text = _text(task, path)
    if not text:
        return None
    if text.isdecimal() and len(text) < 12 and int(text) <= LARGEST_FRAME:
        return int(text)
    complain(
        "bad-meta", f"<{path}> is {text[:40]!r}, which cannot be; it was left out.", task.sourceline
    )
    return None


def _video(meta: "Element", task: "Element", frames: FrameRange) -> VideoDescription:
    # Jobs have the size beside them, old files the name of the video.
    size = next(
        (
            found
            for path in ("original_size", "../original_size")
            if (found := _size(task.find(path)))
        ),
        None,
    )
    name = _text(task, "source") or _text(meta, "source")
    count = None if frames.stop is None else (frames.stop - frames.start) // frames.step + 1
    return VideoDescription(name, count, frames.start, frames.stop, frames.step, size)


def _size(element: "Element | None") -> tuple[int, int] | None:
    if element is None:
        return None
    width, height = _text(element, "width"), _text(element, "height")
    if not (width.isdecimal() and height.isdecimal() and max(len(width), len(height)) < 8):
        return None
    return (int(width), int(height)) if int(width) and int(height) else None


def raw_labels_from(labels: "Element", complain: Complain) -> Iterator[RawLabel]:
    """Yield the labels of a file, each with those that name it as their parent."""
    found = [(_raw_label(one), _text(one, "parent")) for one in labels.iterfind("label")]
    tops = {label.name: label for label, parent in found if not parent}
    below: dict[str, list[RawLabel]] = {}
    for label, parent in found:
        if parent and parent in tops:
            below.setdefault(parent, []).append(label)
        elif parent:
            text = f"Label {label.name!r} stands below {parent!r}, which does not exist; it was read as one at the top."
            complain("no-parent", text, label.line)
    for label, parent in found:
        if not parent or parent not in tops:
            # Only the first label of a name has the points; the second is complained of.
            yield _with_sublabels(label, below.pop(label.name, []))


def _with_sublabels(label: RawLabel, sublabels: list[RawLabel]) -> RawLabel:
    return RawLabel(
        label.name,
        label.colour,
        label.kind,
        label.attributes,
        tuple(sublabels),
        label.svg,
        label.line,
    )


def _raw_label(label: "Element") -> RawLabel:
    return RawLabel(
        _text(label, "name"),
        _text(label, "color"),
        _text(label, "type"),
        tuple(_raw_attribute(one) for one in label.iterfind("attributes/attribute")),
        svg=_text(label, "svg"),
        line=label.sourceline,
    )


def _raw_attribute(attribute: "Element") -> RawAttribute:
    kind = _text(attribute, "input_type") or "text"
    return RawAttribute(
        _text(attribute, "name"),
        kind,
        is_true(_text(attribute, "mutable")),
        values_from_text(attribute.findtext("values") or "", kind),
        attribute.findtext("default_value") or "",
        attribute.sourceline,
    )


def _field(element: "Element") -> Field:
    """What the program has no place for, to be written back."""
    if len(element):
        return [element.tag, [_field(inner) for inner in element]]
    return [element.tag, element.text or ""]
