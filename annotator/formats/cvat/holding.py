"""What a file of CVAT for video will hold of a view: for every object the tracks that stand for it.

The writer writes these tracks, and the loss report compares what is read back of them with the view: the two
cannot differ.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.shapes import (
    Attributes,
    AttributeValue,
    Shape,
    Skeleton,
    SkeletonElement,
)
from annotator.formats.cvat.elements import kept, source_of_word, word_of_source
from annotator.formats.cvat.held_labels import HeldLabels
from annotator.formats.cvat.meta import LARGEST_FRAME, FrameRange
from annotator.formats.cvat.outside import told_by_elements
from annotator.formats.cvat.shapes import as_read, without_holes
from annotator.formats.cvat.splitting import split_by_parts
from annotator.formats.cvat.states import states
from annotator.formats.cvat.tracks import shapes_of_masks
from annotator.formats.dataset import DatasetView, FrameItem, TrackItem


def read_back(track: Track) -> Iterator[Track | Annotation]:
    """Yield what a reader makes of a track that was written.

    Numbers are rounded, the source of the track is that of all its key frames, masks become plain shapes.
    """
    source = source_of_word(word_of_source(track.source, track.foreign))
    keyframes = tuple(
        replace(one, shape=_shape_as_read(one.shape), source=source) for one in track.keyframes
    )
    track = replace(track, keyframes=keyframes, source=source)
    if track.kind == "mask":
        yield from shapes_of_masks(track)
    else:
        yield track


def _shape_as_read(shape: Shape) -> Shape:
    if not isinstance(shape, Skeleton):
        return as_read(shape)
    return Skeleton(
        {
            point: replace(element, shape=as_read(element.shape))
            for point, element in shape.elements.items()
        }
    )


@dataclass(frozen=True, slots=True)
class HeldFrame:
    """A frame of the view, its number in the file, and the tracks that are written for each annotation on it."""

    source: FrameItem
    number: int
    tracks: tuple[tuple[Annotation, tuple[Track, ...]], ...]


class Holding:
    """Plans a file. Looks over the view once for what has to be known before the first track."""

    def __init__(self, view: DatasetView, progress: Progress) -> None:
        self._view = view
        self.labels = HeldLabels(view.labels)
        self.subsets: set[str] = set()
        self.track_ids: Counter[int] = Counter()
        self._groups: set[int] = set()
        numbers = [
            self._note_frame(frame, place)
            for place, frame in enumerate(
                progress.track(view.frames(), "Looking", view.frame_count)
            )
        ]
        for item in view.tracks():
            self._note_track(item)
        # Two pictures of different subsets may have one number; in a video that would be one frame.
        self._by_place = len(set(numbers)) < len(numbers)
        self._numbers = range(len(numbers)) if self._by_place else sorted(numbers)
        self.frames = _frame_range(view, self._numbers)
        self._shown = _on_grid(self._numbers, self.frames)

    def _note_frame(self, frame: FrameItem, place: int) -> int:
        for annotation in frame.annotations:
            self._groups.add(annotation.group)
        if any(annotation.shape is not None for annotation in frame.annotations):
            self.subsets.add(frame.subset)
        return place if frame.number is None else frame.number

    def _note_track(self, item: TrackItem) -> None:
        self._groups.add(item.track.group)
        self.subsets.add(item.subset)
        if (number := track_id(item.track)) is not None:
            self.track_ids[number] += 1

    @property
    def frame_count(self) -> int:
        """How many frames the file says there are."""
        if self.frames.stop is None:
            return 0
        return (self.frames.stop - self.frames.start) // self.frames.step + 1

    @property
    def shown_frames(self) -> Sequence[int]:
        """The frames of the view that the file knows, ascending."""
        return self._shown

    def of_tracks(self) -> Iterator[tuple[TrackItem, Iterator[Track]]]:
        """Yield every track of the view with the tracks that are written for it."""
        groups = _unused(self._groups)
        for item in self._view.tracks():
            yield item, self._of_track(item.track, groups)

    def of_frames(self) -> Iterator[HeldFrame]:
        """Yield every frame of the view with the tracks that are written for what is on it."""
        # Tracks and shapes that are split come to different numbers, whichever is asked for first.
        groups = _unused(self._groups, even=True)
        for place, frame in enumerate(self._view.frames()):
            number = place if self._by_place or frame.number is None else frame.number
            tracks = (
                (one, tuple(self._of_annotation(one, number, groups))) for one in frame.annotations
            )
            yield HeldFrame(frame, number, tuple(tracks))

    def _of_annotation(
        self, annotation: Annotation, frame: int, groups: Iterator[int]
    ) -> Iterator[Track]:
        if annotation.shape is not None:
            keyframe = Keyframe(
                frame,
                annotation.shape,
                occluded=annotation.occluded,
                z_order=annotation.z_order,
            )
            track = Track(
                annotation.label,
                (keyframe, *self._end(keyframe)),
                annotation.attributes,
                annotation.group,
                annotation.source,
                annotation.foreign,
            )
            yield from self._split(track, groups)

    def _end(self, keyframe: Keyframe) -> Iterator[Keyframe]:
        """The key frame that ends what is seen on one frame only.

        CVAT leaves it out on the last frame too, and so shows an object of the last frame but one on both.
        """
        frame = keyframe.frame + self.frames.step
        if self.frames.stop is not None and frame <= self.frames.stop:
            yield replace(keyframe, frame=frame, outside=True)

    def _of_track(self, track: Track, groups: Iterator[int]) -> Iterator[Track]:
        if track.kind != "mask":
            yield from self._split(track, groups)
            return
        # CVAT has no tracks of masks: it takes the first one of a track and forgets the others.
        for state in states(track, self._shown):
            if not state.keyframe.outside:
                keyframes = (state.keyframe, *self._end(state.keyframe))
                yield from self._split(replace(track, keyframes=keyframes), groups)

    def _split(self, track: Track, groups: Iterator[int]) -> Iterator[Track]:
        for part in split_by_parts(track, groups):
            yield from self._held(part)

    def _held(self, track: Track) -> Iterator[Track]:
        """The track as it is written; nothing where its label, or every one of its frames, cannot be written."""
        label = self.labels.label(track.label)
        keyframes = tuple(one for one in track.keyframes if 0 <= one.frame <= LARGEST_FRAME)
        if label is None or not keyframes or (track.kind == "skeleton" and label.skeleton is None):
            return
        track = replace(track, keyframes=keyframes)
        constant: dict[int, AttributeValue] = {}
        result = tuple(
            replace(
                keyframe,
                attributes=self._mutable(
                    track.label, {**track.attributes, **keyframe.attributes}, constant
                ),
                score=None,
            )
            for keyframe in self._held_keyframes(track)
        )
        yield Track(label.id, result, constant, track.group, track.source, track.foreign)

    def _mutable(
        self, label: int, values: Attributes, constant: dict[int, AttributeValue]
    ) -> dict[int, AttributeValue]:
        """Part the values of a key frame: those of the whole track go into `constant`, the last one counts."""
        here: dict[int, AttributeValue] = {}
        for attribute, value in self.labels.values(label, values):
            (here if attribute.mutable else constant)[attribute.id] = value
        return here

    def _held_keyframes(self, track: Track) -> Iterator[Keyframe]:
        if track.kind == "skeleton":
            points = self.labels.points(track.label)
            for keyframe in told_by_elements(track, points):
                assert isinstance(keyframe.shape, Skeleton)
                elements = self._held_elements(keyframe.shape, points)
                yield replace(keyframe, shape=Skeleton(dict(elements)))
        else:
            for keyframe in track.keyframes:
                assert not isinstance(keyframe.shape, Skeleton)
                yield replace(keyframe, shape=without_holes(keyframe.shape))

    def _held_elements(
        self, skeleton: Skeleton, points: Mapping[int, int]
    ) -> Iterator[tuple[int, SkeletonElement]]:
        for point, element in skeleton.elements.items():
            values = {one.id: value for one, value in self.labels.values(point, element.attributes)}
            shape = without_holes(element.shape)
            yield points[point], replace(element, shape=shape, attributes=values)


def track_id(track: Track) -> int | None:
    """Return the number that a track had in the file it was read from."""
    number = kept(track.foreign).get("id")
    return number if isinstance(number, int) and number >= 0 else None


def _frame_range(view: DatasetView, numbers: Sequence[int]) -> FrameRange:
    video = view.video
    start = max(0, numbers[0] if numbers else 0) if video is None else max(0, video.start)
    step = 1 if video is None else min(max(1, video.step), LARGEST_FRAME)
    last = numbers[-1] if numbers else None
    if video is not None and video.stop is not None:
        last = video.stop
    elif video is not None and video.frame_count is not None:
        last = start + (video.frame_count - 1) * step
    if last is None or last < start or start >= LARGEST_FRAME:
        return FrameRange(min(start, LARGEST_FRAME), None, step)
    last = min(last, LARGEST_FRAME - 1)
    return FrameRange(start, start + (last - start) // step * step, step)


def _on_grid(numbers: Sequence[int], frames: FrameRange) -> Sequence[int]:
    if frames.stop is None:
        return ()
    grid = range(frames.start, frames.stop + 1, frames.step)
    return [number for number in numbers if number in grid]


def _unused(groups: set[int], *, even: bool = False) -> Iterator[int]:
    """Yield group numbers that nothing has: even ones or odd ones."""
    return (number for number in count(2 if even else 1, 2) if number not in groups)
