"""The `<track>` element of CVAT's video XML: one object through time.

CVAT writes every frame on which an object is seen, the interpolated ones with `keyframe="0"`. Those are not read:
they are made again. Where they say something else than interpolation gives, that is told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.core.annotations import GROUP_LIMIT, Annotation, Keyframe, Track
from annotator.core.errors import InvalidValueError
from annotator.formats.cvat.between import count_differing
from annotator.formats.cvat.elements import (
    Findings,
    NamesOfLabel,
    foreign_of_shape,
    foreign_of_track,
    joined,
    source_of,
    whole,
)
from annotator.formats.cvat.meta import FrameRange
from annotator.formats.cvat.moments import Line, MomentReader, count_key_frames
from annotator.formats.cvat.shapes import ELEMENT_TAGS
from annotator.formats.cvat.skeletons import SkeletonTrack
from annotator.formats.cvat.track_values import TrackValues, mutable_names

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


@dataclass(frozen=True, slots=True)
class TrackReader:
    """Reads the tracks of one file.

    shapes_from_single_frames: whether a track that is seen on one frame only, as CVAT writes a plain shape of a
    video, becomes a plain shape again. Masks always do: CVAT has no tracks of masks.
    """

    labels: Mapping[str, NamesOfLabel]
    frames: FrameRange
    moments: MomentReader
    shapes_from_single_frames: bool = False

    @property
    def _findings(self) -> Findings:
        return self.moments.findings

    def read(self, element: "Element") -> Iterator[Track | Annotation]:
        """Yield what a `<track>` element stands for: a track, or plain shapes, or nothing."""
        name = (element.get("label") or "").strip()
        names = self.labels.get(name)
        if names is None:
            text = f"The track has the label {name[:40]!r}, which cannot be; it was left out."
            count = max(1, count_key_frames(element))
            self._findings.skipped("unknown-label", text, element.sourceline, count)
            return
        told = self._findings.skipped_so_far
        track = self._track(element, names)
        self._tell_beyond(element, track.keyframes)
        if not track.keyframes:
            text = "The track has no key frame that can be read; it was left out."
            count = 0 if self._findings.skipped_so_far > told else 1
            self._findings.skipped("no-keyframes", text, element.sourceline, count)
        elif track.kind == "mask":
            yield from shapes_of_masks(track)
        elif self.shapes_from_single_frames and self._is_seen_once(track.keyframes):
            yield plain_shape(track, track.keyframes[0])
        else:
            yield track

    def _track(self, element: "Element", names: NamesOfLabel) -> Track:
        values = TrackValues(names.attributes)
        is_skeleton = any(child.tag in ("skeleton", "track") for child in element)
        read = self._skeletons if is_skeleton else self._shapes
        keyframes, differing = read(element, names, values)
        self._tell_differing(element, differing)
        self._tell_changing(element, values)
        return Track(
            names.label.id,
            tuple(keyframes),
            values.constant,
            self._group(element),
            source_of(element),
            foreign_of_track(element),
        )

    def _shapes(
        self, element: "Element", names: NamesOfLabel, values: TrackValues
    ) -> tuple[list[Keyframe], int]:
        """The key frames of shapes that are no skeletons, and how many between them differ."""
        line = Line()
        for child in element:
            if child.tag in ELEMENT_TAGS:
                self.moments.add_with_frame(line, child)
            else:
                self.moments.refuse(child)
        self._keep_one_kind(line)
        keyframes = [
            Keyframe(
                frame,
                shape,
                moment.outside,
                moment.occluded,
                moment.z_order,
                values.taken(moment.texts),
                source_of(element),
                foreign=foreign_of_shape(moment.element),
            )
            for frame, (moment, shape) in sorted(line.keys.items())
        ]
        if keyframes and keyframes[0].shape.kind == "mask":
            # As plain shapes they are seen on their own frames only.
            return keyframes, len(line.between)
        return keyframes, count_differing(line, mutable_names(names.attributes))

    def _skeletons(
        self, element: "Element", names: NamesOfLabel, values: TrackValues
    ) -> tuple[list[Keyframe], int]:
        skeletons = SkeletonTrack(names, self.moments)
        for child in element:
            skeletons.add(child)
        return skeletons.keyframes(values, source_of(element)), skeletons.count_differing()

    def _keep_one_kind(self, line: Line) -> None:
        keys = sorted(line.keys.items())
        for frame, (moment, shape) in keys:
            first = keys[0][1][1]
            if shape.kind != first.kind:
                text = f"A shape of kind {shape.kind} stands in the track of a {first.kind}; it was left out."
                self._findings.skipped("bad-shape", text, moment.element.sourceline)
                del line.keys[frame]

    def _group(self, element: "Element") -> int:
        try:
            return whole(element, "group_id", 0, GROUP_LIMIT)
        except InvalidValueError as error:
            self._findings.changed("bad-group", f"{error} It was left out.", element.sourceline)
            return 0

    def _is_seen_once(self, keyframes: tuple[Keyframe, ...]) -> bool:
        first, following = keyframes[0], keyframes[0].frame + self.frames.step
        if first.outside:
            return False
        if len(keyframes) == 1:
            # CVAT leaves out the end where it would be on the last frame or beyond.
            return self.frames.stop is not None and following >= self.frames.stop
        return len(keyframes) == 2 and keyframes[1].outside and keyframes[1].frame == following

    def _tell_differing(self, element: "Element", count: int) -> None:
        if count:
            text = (
                f"Shapes between key frames that are not what the key frames give there: {count}. "
                "They were left out, as CVAT does; set key frames where they matter."
            )
            self._findings.skipped("not-interpolated", text, element.sourceline, count)

    def _tell_beyond(self, element: "Element", keyframes: tuple[Keyframe, ...]) -> None:
        stop = self.frames.stop
        beyond = [one.frame for one in keyframes if not one.outside]
        beyond = [] if stop is None else [frame for frame in beyond if frame > stop]
        if beyond:
            text = (
                f"Key frames beyond frame {stop}, where the task ends by its size: {len(beyond)}, the first on frame "
                f"{beyond[0]}. They were read; correct the size if they belong to the task."
            )
            self._findings.changed("beyond-the-end", text, element.sourceline)

    def _tell_changing(self, element: "Element", values: TrackValues) -> None:
        if values.changing:
            names = ", ".join(map(repr, sorted(values.changing)))
            text = f"The value of {names} changes, which its label does not allow; the last one was taken."
            self._findings.changed("changing-attribute", text, element.sourceline)


def shapes_of_masks(track: Track) -> Iterator[Annotation]:
    """Yield the plain shapes that a track of masks stands for."""
    return (plain_shape(track, one) for one in track.keyframes if not one.outside)


def plain_shape(track: Track, keyframe: Keyframe) -> Annotation:
    """Return what a key frame of a track shows as an annotation of its own."""
    return Annotation(
        keyframe.frame,
        track.label,
        keyframe.shape,
        {**track.attributes, **keyframe.attributes},
        keyframe.occluded,
        keyframe.z_order,
        track.group,
        track.source,
        foreign=joined(track.foreign, keyframe.foreign),
    )
