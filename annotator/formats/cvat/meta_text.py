"""Writes the `<meta>` part of CVAT's XML."""

from collections.abc import Iterator, Sequence
from typing import Any

from annotator.core.labels import LabelSchema
from annotator.formats.cvat.meta import (
    DEFAULT_SUBSET,
    KNOWN_FIELDS,
    Field,
    FrameRange,
    raw_labels_from,
)
from annotator.formats.cvat.raw import RawLabel, text_from_values
from annotator.formats.cvat.schema import schema_from_raw
from annotator.formats.cvat.xml import escaped, is_attribute_name
from annotator.formats.dataset import VideoDescription
from annotator.safe_io import parse_xml


def write_meta(
    *,
    name: str,
    labels: Sequence[RawLabel],
    subset: str,
    frame_count: int,
    frames: FrameRange,
    video: VideoDescription | None,
    fields: Sequence[Field],
    dumped: str,
) -> str:
    """Return the meta part of a task, indented by two spaces. fields: those that were kept from a task."""
    kept = {name: content for name, content in _checked_fields(fields) if name not in KNOWN_FIELDS}
    step = f"step={frames.step}" if frames.step != 1 else ""
    task: list[Field] = [
        *_kept(kept, "id"),
        ("name", name),
        ("size", str(frame_count)),
        ("mode", "annotation" if video is None else "interpolation"),
        *_kept(kept, "overlap", "bugtracker", "created", "updated"),
        ("subset", subset or DEFAULT_SUBSET),
        ("start_frame", str(frames.start)),
        ("stop_frame", str(frames.start if frames.stop is None else frames.stop)),
        ("frame_filter", step),
        *_kept(kept, "segments", "owner", "assignee"),
        *_kept(kept, *kept),
        ("labels", list(_label_fields(labels))),
    ]
    if video is not None and video.size is not None:
        width, height = video.size
        task.append(("original_size", (("width", str(width)), ("height", str(height)))))
    if video is not None and video.name:
        task.append(("source", video.name))
    return "".join(_lines(("meta", (("task", task), ("dumped", dumped))), "  "))


def labels_as_read(labels: Sequence[RawLabel]) -> LabelSchema:
    """Return the labels that will be read from a file they are written to."""
    text = "".join(_lines(("labels", list(_label_fields(labels))), ""))

    def overhear(rule: str, text: str, line: int | None, then: str = "") -> None:
        """Whoever reads the file will be told."""

    return schema_from_raw(raw_labels_from(parse_xml(text), overhear), overhear)


def _kept(kept: dict[str, Any], *names: str) -> list[Field]:
    """Take fields out of those that were kept, in the order CVAT has them."""
    return [(name, kept.pop(name)) for name in names if name in kept]


def _checked_fields(fields: object) -> Iterator[Field]:
    """Yield the fields that can be written: what was kept passes through a project, where it can change."""
    if not isinstance(fields, list | tuple):
        return
    for field in fields:
        match field:
            case [str(name), str(text)] if is_attribute_name(name):
                yield name, text
            case [str(name), list() | tuple() as inner] if is_attribute_name(name):
                yield name, list(_checked_fields(inner))


def _label_fields(labels: Sequence[RawLabel]) -> Iterator[Field]:
    for label in labels:
        yield "label", _fields_of_label(label)
        for sublabel in label.sublabels:
            yield "label", (*_fields_of_label(sublabel), ("parent", label.name))


def _fields_of_label(label: RawLabel) -> tuple[Field, ...]:
    attributes = [
        (
            "attribute",
            (
                ("name", one.name),
                ("mutable", str(one.is_mutable)),
                ("input_type", one.input_type),
                ("default_value", one.default),
                ("values", text_from_values(one.values)),
            ),
        )
        for one in label.attributes
    ]
    fields = (
        ("name", label.name),
        ("color", label.colour),
        ("type", label.kind),
        ("attributes", attributes),
    )
    return (*fields, ("svg", label.svg)) if label.svg else fields


def _lines(field: Field, indent: str) -> Iterator[str]:
    name, content = field
    if isinstance(content, str):
        yield f"{indent}<{name}>{escaped(content)}</{name}>\n"
    else:
        yield f"{indent}<{name}>\n"
        for inner in content:
            yield from _lines(inner, indent + "  ")
        yield f"{indent}</{name}>\n"
