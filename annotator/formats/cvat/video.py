"""CVAT for video 1.1: one XML file whose `<track>` elements are objects through time.

Frame numbers are absolute: start frame + n * step of the task. The images dialect may stand in the same file.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from annotator.core.annotations import Annotation, Foreign
from annotator.formats.cvat.elements import FOREIGN, Findings, names_of
from annotator.formats.cvat.frames import ImageReader
from annotator.formats.cvat.meta import Field, Meta, known_subset
from annotator.formats.cvat.moments import MomentReader
from annotator.formats.cvat.schema import schema_from_raw
from annotator.formats.cvat.survey import TOP_TAGS, Survey, completed, is_cvat, survey_file
from annotator.formats.cvat.tracks import TrackReader
from annotator.formats.cvat.video_writer import writer as writer
from annotator.formats.dataset import (
    DatasetHeader,
    DatasetItem,
    FrameItem,
    ReadOptions,
    TrackItem,
    VideoDescription,
)
from annotator.formats.keeping import why_not_kept
from annotator.formats.openings import is_another_kind
from annotator.formats.registry import FormatError, Verdict
from annotator.formats.video_frames import frames_of_video
from annotator.safe_io import (
    DEFAULT_LIMITS,
    InputError,
    Limits,
    iterparse_xml,
    resolve_inside,
    unreadable,
)

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

SINGLE_FRAMES: Final = "single_frame_tracks_as_shapes"
_FILE: Final = "annotations.xml"
_SUFFIXES: Final = (".xml", ".xml.gz")


def detect(path: Path, limits: Limits = DEFAULT_LIMITS) -> Verdict:
    """Say whether a file, or the one XML file in a folder, holds tracks as CVAT writes them."""
    try:
        file, root = _file_of(path)
        if root is None and is_another_kind(path, _SUFFIXES, b"<"):
            return Verdict(False, f"{path.name} is no XML file")
        found = _tags_in(file, root, limits)
    except (FormatError, InputError) as error:
        return Verdict(False, str(error).rstrip("."))
    if "track" in found or found == {"meta"}:
        return Verdict(True, "it holds tracks as CVAT writes them")
    if "image" in found:
        return Verdict(False, "its XML holds images, not tracks")
    return Verdict(False, "its XML has no <annotations> with tracks")


def _tags_in(file: Path, root: Path | None, limits: Limits) -> set[str]:
    """Return which of `TOP_TAGS` an <annotations> document has, up to the first track."""
    found: set[str] = set()
    with closing(iterparse_xml(file, TOP_TAGS, limits, root=root)) as elements:
        for element in elements:
            if not is_cvat(element):
                break
            found.add(str(element.tag))
            # Both dialects may stand in one file: images before it say nothing.
            if element.tag == "track":
                break
    return found


def open_dataset(path: Path, options: ReadOptions, limits: Limits = DEFAULT_LIMITS) -> "CvatVideo":
    """Open a file, packed by gzip or not, or the folder it lies in. Raises FormatError or InputError."""
    try:
        file, root = _file_of(path)
    except FormatError as error:
        raise FormatError(f"{error} Choose another file or format.") from None
    return CvatVideo(file, root, limits, as_shapes=options.get(SINGLE_FRAMES) is True)


def _file_of(path: Path) -> tuple[Path, Path | None]:
    """Return the file to read, and the folder that it must not lead out of."""
    if not os.path.isdir(path):
        return path, None
    try:
        found = sorted(name for name in os.listdir(path) if name.lower().endswith(_SUFFIXES))
    except OSError as error:
        raise unreadable(path, error) from None
    if _FILE in found:
        found = [_FILE]
    if not found:
        raise FormatError(f"There is no XML file in {path}.")
    if len(found) > 1:
        raise FormatError(
            f"There are {len(found)} XML files in {path}, none of them named {_FILE}."
        )
    return resolve_inside(path, found[0]), path


class CvatVideo:
    """A CVAT XML file opened for reading. Making it looks over the whole file once, for the labels."""

    def __init__(self, path: Path, root: Path | None, limits: Limits, *, as_shapes: bool) -> None:
        self._path, self._root, self._limits = path, root, limits
        self._as_shapes = as_shapes
        findings = Findings(path.name)
        survey = survey_file(path, root, limits, findings.changed)
        self._meta = survey.meta
        declared = completed(survey.meta.labels, survey.labels, findings.changed)
        schema = schema_from_raw(declared, findings.changed)
        self._labels = names_of(schema)
        foreign = _foreign(survey.meta, findings)
        video = _video(survey)
        _tell_doubts(survey, video, findings)
        self._problems = findings.taken()
        self._header = DatasetHeader(
            FOREIGN,
            schema,
            survey.meta.name,
            tuple(dict.fromkeys((*survey.meta.subsets, *survey.subsets))),
            video,
            _picture_folders(path),
            foreign,
        )

    @property
    def header(self) -> DatasetHeader:
        """Labels, subsets and the video."""
        return self._header

    def items(self) -> Iterator[DatasetItem]:
        """Stream problems, tracks and frames in the order of the file."""
        yield from self._problems
        findings = Findings(self._path.name)
        moments = MomentReader(self._limits, findings)
        tracks = TrackReader(self._labels, self._meta.frames, moments, self._as_shapes)
        images = ImageReader(
            self._labels,
            self._limits,
            findings,
            self._meta.subset,
            in_video=self._header.video is not None,
        )
        top = None
        for element in iterparse_xml(self._path, TOP_TAGS, self._limits, root=self._root):
            top = element.getparent()
            _tell_unknown(element.itersiblings(preceding=True), findings)
            if element.tag == "track":
                yield from self._items_of_track(element, tracks)
            elif element.tag == "image":
                frame = images.read(element)
                if frame is not None:
                    yield frame
            yield from findings.taken()
        if top is not None:
            # What stood before the last element is gone from memory by now.
            _tell_unknown(top, findings)
        yield from findings.taken()

    def _items_of_track(self, element: "Element", reader: TrackReader) -> Iterator[DatasetItem]:
        subset = known_subset(element.get("subset") or "") or self._meta.subset
        for one in reader.read(element):
            if isinstance(one, Annotation):
                size = self._header.video.size if self._header.video else None
                yield FrameItem("", size, one.frame, subset, (one,))
            else:
                yield TrackItem(one, subset)


def _video(survey: Survey) -> VideoDescription | None:
    """Where tracks are there is a video, or pictures in a row; without meta its frames count from 0."""
    video = survey.meta.video
    if not survey.tracks:
        return None if survey.images else video
    if video is None:
        return VideoDescription(stop=survey.last_frame)
    return replace(video, stop=survey.last_frame) if video.stop is None else video


def _tell_doubts(survey: Survey, video: VideoDescription | None, findings: Findings) -> None:
    """Tell what a file says of the video that may not be as it is read."""
    count = 0 if video is None else video.frame_count or 0
    if video is not None and count and not frames_of_video(video):
        text = (
            f"The task has {count:,} frames by its size, which is not believed; only those that something is on are "
            "read."
        )
        findings.changed("bad-meta", text, None)
    if len(survey.tasks) > 1:
        text = (
            f"The tracks are of {len(survey.tasks)} tasks, whose frames may have the same numbers; they are read as "
            "those of one video. Where that is wrong, export one task at a time."
        )
        findings.changed("several-tasks", text, None)


def _picture_folders(file: Path) -> tuple[Path, ...]:
    folder = file.parent / "images"
    return (folder,) if os.path.isdir(folder) else ()


def _foreign(meta: Meta, findings: Findings) -> Foreign:
    """Return what is kept of the meta part; what cannot be is told."""
    fields: list[Field] = []
    for field in meta.fields:
        if text := why_not_kept(field[0], _foreign_of(meta, [field])):
            findings.skipped("not-kept", text, None)
        else:
            fields.append(field)
    return _foreign_of(meta, fields) if fields else {}


def _foreign_of(meta: Meta, fields: list[Field]) -> Foreign:
    return {FOREIGN: {"kind": meta.kind, "fields": fields}}


def _tell_unknown(elements: Iterable["Element"], findings: Findings) -> None:
    for element in elements:
        if element.tag not in TOP_TAGS and element.tag != "version":
            text = f"The file holds <{str(element.tag)[:40]}>, which the format does not know; it was left out."
            findings.skipped("unknown-element", text, element.sourceline)
