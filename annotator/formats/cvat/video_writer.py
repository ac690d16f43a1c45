"""Writes tracks as CVAT does: every frame on which an object is seen, those between key frames interpolated."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from annotator.background.progress import Progress
from annotator.core.annotations import Foreign, Track
from annotator.core.labels import Attribute, Label, attribute_text
from annotator.core.shapes import Attributes, Skeleton
from annotator.formats.cvat.elements import kept, kept_attributes, word_of_source
from annotator.formats.cvat.holding import Holding, track_id
from annotator.formats.cvat.losses import compared
from annotator.formats.cvat.meta_text import write_meta
from annotator.formats.cvat.shapes import TAGS, geometry_text
from annotator.formats.cvat.states import State, states
from annotator.formats.cvat.xml import escaped, quoted
from annotator.formats.dataset import DatasetView, WriteOptions
from annotator.formats.facts import frame_name
from annotator.formats.losses import LossReport
from annotator.formats.picture_files import copy_picture, mention_missing_pictures
from annotator.formats.registry import Writer
from annotator.safe_io import write_whole

FILE_NAME: Final = "annotations.xml"


class CvatVideoWriter:
    """Writes a view. Option `save_images`: copies the pictures of the frames, if they have some, to `images/`."""

    def losses(self, view: DatasetView, options: WriteOptions, progress: Progress) -> LossReport:
        """Compare the view with what will be read back."""
        report = compared(view, Holding(view, progress), progress)
        if options.get("save_images"):
            mention_missing_pictures(report, view)
        return report

    def write(
        self, view: DatasetView, folder: Path, options: WriteOptions, progress: Progress
    ) -> None:
        """Write `annotations.xml` into an empty folder. Raises FormatError or InputError."""
        holding = Holding(view, progress)
        subset = _common(holding.subsets)
        with write_whole(folder / FILE_NAME) as file:
            _write_head(file, view, holding, subset)
            tracks = _TrackWriter(file, holding, is_subset_told=bool(subset))
            for item, written in progress.track(holding.of_tracks(), "Writing tracks"):
                for track in written:
                    tracks.write(track, item.subset)
            frames = progress.track(holding.of_frames(), "Writing shapes", view.frame_count)
            for frame in frames:
                for _, written_tracks in frame.tracks:
                    for track in written_tracks:
                        tracks.write(track, frame.source.subset)
                picture = view.picture(frame.source) if options.get("save_images") else None
                if picture is not None:
                    kind = PurePosixPath(frame.source.name or picture.path.name).suffix.lower()
                    name = frame_name("", frame.number) + kind
                    copy_picture(picture, folder / "images" / name)
            file.write(b"</annotations>\n")


writer: Writer = CvatVideoWriter()


def _common(subsets: set[str]) -> str:
    """The subset of the whole task, where all objects have the same."""
    return next(iter(subsets)) if len(subsets) == 1 else ""


def _write_head(file: BinaryIO, view: DatasetView, holding: Holding, subset: str) -> None:
    found = kept(view.foreign)
    meta = write_meta(
        name=view.name,
        labels=holding.labels.raw,
        subset=subset,
        frame_count=holding.frame_count,
        frames=holding.frames,
        video=view.video,
        fields=found.get("fields", ()) if found.get("kind") == "task" else (),
        dumped=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f+00:00}",
    )
    head = '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n'
    file.write((head + meta).encode())


class _TrackWriter:
    """Writes tracks one after the other; those that came from a file keep their numbers."""

    def __init__(self, file: BinaryIO, holding: Holding, *, is_subset_told: bool) -> None:
        self._file = file
        self._frames = holding.shown_frames
        self._labels = holding.labels.schema
        self._is_subset_told = is_subset_told
        self._waiting: Counter[int] = Counter(holding.track_ids)
        self._free = (number for number in count() if number not in self._waiting)
        self._used: set[int] = set()

    def write(self, track: Track, subset: str) -> None:
        """Write a track."""
        label = self._labels[track.label]
        lines = [self._opening(track, label, subset)]
        for state in states(track, self._frames):
            lines += _shape_lines(state, track, label)
        lines.append("  </track>\n")
        self._file.write("".join(lines).encode())

    def _opening(self, track: Track, label: Label, subset: str) -> str:
        parts = [
            f'<track id="{self._number(track)}" label={quoted(label.name)}'
            f" source={quoted(word_of_source(track.source, track.foreign))}"
        ]
        if subset and not self._is_subset_told:
            parts.append(f"subset={quoted(subset)}")
        if track.group:
            parts.append(f'group_id="{track.group}"')
        parts += _extra(track.foreign, of_track=True)
        return f"  {' '.join(parts)}>\n"

    def _number(self, track: Track) -> int:
        number = track_id(track)
        if number is None or number in self._used or number not in self._waiting:
            return next(self._free)
        self._used.add(number)
        return number


def _extra(foreign: Foreign, *, of_track: bool) -> Iterator[str]:
    for name, text in kept_attributes(foreign, of_track=of_track).items():
        yield f"{name}={quoted(text)}"


def _shape_lines(state: State, track: Track, label: Label) -> Iterator[str]:
    keyframe, shape = state.keyframe, state.keyframe.shape
    tag = TAGS[shape.kind]
    parts = [f'<{tag} frame="{keyframe.frame}" keyframe="{state.is_key:d}"']
    if not isinstance(shape, Skeleton):
        parts.append(f'outside="{keyframe.outside:d}" occluded="{keyframe.occluded:d}"')
        parts.append(geometry_text(shape))
    else:
        # CVAT says this of the elements alone; here it is what they cannot say.
        parts += ['outside="1"'] * (keyframe.outside and not shape.elements)
        parts += ['occluded="1"'] * keyframe.occluded
    parts.append(f'z_order="{keyframe.z_order}"')
    if state.is_key:
        parts += _extra(keyframe.foreign, of_track=False)
    yield f"    {' '.join(parts)}>\n"
    if isinstance(shape, Skeleton):
        yield from _element_lines(shape, state, label)
    values = {**track.attributes, **keyframe.attributes}
    yield from _attribute_lines(label.attributes, values, "      ")
    yield f"    </{tag}>\n"


def _element_lines(shape: Skeleton, state: State, label: Label) -> Iterator[str]:
    assert label.skeleton is not None
    for point in label.skeleton.points:
        element = shape.elements.get(point.id)
        if element is None:
            continue
        tag = TAGS[element.shape.kind]
        yield (
            f'      <{tag} label={quoted(point.name)} keyframe="{point.id in state.keyed:d}"'
            f' outside="{element.outside:d}" occluded="{element.occluded:d}" {geometry_text(element.shape)}>\n'
        )
        yield from _attribute_lines(point.attributes, element.attributes, "        ")
        yield f"      </{tag}>\n"


def _attribute_lines(
    declared: tuple[Attribute, ...], values: Attributes, indent: str
) -> Iterator[str]:
    for attribute in declared:
        value = values.get(attribute.id)
        if value is not None:
            text = escaped(attribute_text(value))
            yield f"{indent}<attribute name={quoted(attribute.name)}>{text}</attribute>\n"
