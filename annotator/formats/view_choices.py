"""A view as a person wants it written: some labels under other names, some kinds of shapes as others, rounded.

What is chosen here is no loss of a format, and is told for itself.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

import numpy as np

from annotator.core.annotations import Annotation, Foreign, Track
from annotator.core.labels import LabelSchema
from annotator.core.shapes import (
    ElementShape,
    Ellipse,
    Mask,
    Polygon,
    PolygonPart,
    Rectangle,
    Shape,
    Skeleton,
)
from annotator.formats.dataset import (
    DatasetView,
    FrameItem,
    FramePicture,
    TrackedShape,
    TrackForm,
    TrackItem,
    VideoDescription,
)
from annotator.formats.label_selection import labels_without
from annotator.formats.registry import Format
from annotator.formats.run_lengths import tight

# What becomes of the shapes of one kind; `leave_out` drops the annotations.
Wish: TypeAlias = Literal["rectangle", "polygon", "mask", "leave_out"]

_TO_BOX: Final = frozenset(
    {"ellipse", "polygon", "polyline", "points", "cuboid", "mask", "skeleton"}
)
_TO_POLYGON: Final = frozenset({"rectangle", "ellipse"})
_TO_MASK: Final = frozenset({"rectangle", "ellipse", "polygon"})
_ELLIPSE_POINTS: Final = 72


@dataclass(frozen=True, slots=True)
class ViewChoices:
    """What is to be written, and how.

    without: labels, by id, of which nothing is written. names: other names of labels, by id. shapes: what becomes of
    annotations by their kind. decimals: what coordinates are rounded to, None where they stay.
    """

    without: frozenset[int] = frozenset()
    names: Mapping[int, str] = field(default_factory=dict)
    shapes: Mapping[str, Wish] = field(default_factory=dict)
    decimals: int | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether everything is written as it is."""
        return not (self.without or self.names or self.shapes) and self.decimals is None


def wishes_for(kind: str, format: Format) -> tuple[Wish, ...]:
    """Return what annotations of a kind can be written as in a format, beside what the format does by itself."""
    found: list[Wish] = []
    if kind in _TO_POLYGON and "polygon" in format.can_hold:
        found.append("polygon")
    if kind in _TO_MASK and "mask" in format.can_hold:
        found.append("mask")
    if kind in _TO_BOX and "rectangle" in format.can_hold:
        found.append("rectangle")
    return (*found, "leave_out")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One thing that choices did: annotations and tracks of a kind that became another, or were left out.

    becomes: a kind, or "" for what is left out.
    """

    kind: str
    becomes: str
    count: int


class ChosenView:
    """A `DatasetView` of which choices were made."""

    def __init__(self, view: DatasetView, choices: ViewChoices) -> None:
        self._view, self._choices = view, choices
        kept = labels_without(view.labels, choices.without)
        self._labels = LabelSchema(
            tuple(replace(one, name=choices.names.get(one.id, one.name)) for one in kept)
        )
        self._on_frames: Counter[tuple[str, str]] = Counter()
        self._tracks_left_out = 0

    @property
    def chosen(self) -> list[Chosen]:
        """What the choices did, as the last pass through frames and the last one through tracks found it."""
        found = [Chosen(kind, becomes, count) for (kind, becomes), count in self._on_frames.items()]
        left_out = self._tracks_left_out
        return [*found, Chosen("track", "", left_out)] if left_out else found

    @property
    def name(self) -> str:
        """That of the view."""
        return self._view.name

    @property
    def labels(self) -> LabelSchema:
        """The labels that are written, under the names they get."""
        return self._labels

    @property
    def video(self) -> VideoDescription | None:
        """That of the view."""
        return self._view.video

    @property
    def foreign(self) -> Foreign:
        """That of the view."""
        return self._view.foreign

    @property
    def frame_count(self) -> int:
        """That of the view: frames on which nothing is left are still frames."""
        return self._view.frame_count

    def picture(self, frame: FrameItem) -> FramePicture | None:
        """That of the view."""
        return self._view.picture(frame)

    def frames(self, tracks: TrackForm = "none") -> Iterator[FrameItem]:
        """Yield every frame with what is chosen of it."""
        done: Counter[tuple[str, str]] = Counter()
        written = _OfTracks(self._track)
        for frame in self._view.frames(tracks):
            yield self._frame(frame, done, written)
        self._on_frames = done

    def tracks(self) -> Iterator[TrackItem]:
        """Yield every track that is chosen."""
        left_out = 0
        for item in self._view.tracks():
            track = self._track(item.track)
            if track is None:
                left_out += 1
            else:
                yield replace(item, track=track)
        self._tracks_left_out = left_out

    def _frame(
        self, frame: FrameItem, done: Counter[tuple[str, str]], written: "_OfTracks"
    ) -> FrameItem:
        taken = [self._annotation(one, frame, done) for one in frame.annotations]
        shown = [self._shown(one, written) for one in frame.tracked]
        return replace(
            frame,
            annotations=tuple(one for one in taken if one is not None),
            tracked=tuple(one for one in shown if one is not None),
        )

    def _annotation(
        self, one: Annotation, frame: FrameItem, done: Counter[tuple[str, str]]
    ) -> Annotation | None:
        wish = self._wish(one.label, one.kind)
        if wish == "leave_out":
            done[one.kind, ""] += 1
            return None
        if one.shape is None:
            return one
        shape = one.shape if wish is None else _as(one.shape, wish, frame.size)
        if shape.kind != one.kind:
            done[one.kind, shape.kind] += 1
        shape = self._rounded(shape)
        return one if shape is one.shape else replace(one, shape=shape)

    def _shown(self, one: TrackedShape, written: "_OfTracks") -> TrackedShape | None:
        track = written.of(one.track)
        if track is None:
            return None
        shape = self._of_track(one.keyframe.shape, one.track.label)
        return TrackedShape(track, replace(one.keyframe, shape=shape))

    def _track(self, track: Track) -> Track | None:
        if self._wish(track.label, track.kind or "") == "leave_out":
            return None
        if not self._choices.shapes and self._choices.decimals is None:
            return track
        keyframes = tuple(
            replace(one, shape=self._of_track(one.shape, track.label)) for one in track.keyframes
        )
        return replace(track, keyframes=keyframes)

    def _of_track(self, shape: Shape, label: int) -> Shape:
        wish = self._wish(label, shape.kind)
        # Masks of a track would be one for each frame: what is between key frames is found from outlines.
        if wish in ("rectangle", "polygon"):
            shape = _as(shape, wish, None)
        return self._rounded(shape)

    def _wish(self, label: int, kind: str) -> Wish | None:
        return "leave_out" if label in self._choices.without else self._choices.shapes.get(kind)

    def _rounded(self, shape: Shape) -> Shape:
        decimals = self._choices.decimals
        return shape if decimals is None else rounded(shape, decimals)


class _OfTracks:
    """What becomes of each track: found once, as it is asked for on every frame that the track is on."""

    def __init__(self, find: Callable[[Track], Track | None]) -> None:
        self._find = find
        self._found: dict[int, tuple[Track, Track | None]] = {}

    def of(self, track: Track) -> Track | None:
        known = self._found.get(track.id)
        if known is None or known[0] is not track:
            known = self._found[track.id] = track, self._find(track)
        return known[1]


def _as(shape: Shape, wish: Wish, size: tuple[int, int] | None) -> Shape:
    """Return a shape as another kind; as it is where that cannot be."""
    if wish == "rectangle" and shape.kind in _TO_BOX:
        whole = tight(shape) if isinstance(shape, Mask) else shape
        return Rectangle(whole.box)
    if wish == "polygon" and (outline := _outline(shape)) is not None:
        return outline
    if wish == "mask" and size is not None and shape.kind in _TO_MASK:
        return _mask(shape, size)
    return shape


def _outline(shape: Shape) -> Polygon | None:
    if isinstance(shape, Polygon):
        return shape
    if isinstance(shape, Rectangle):
        return Polygon.from_ring(shape.corners)
    return Polygon.from_ring(shape.ring(_ELLIPSE_POINTS)) if isinstance(shape, Ellipse) else None


def _mask(shape: Shape, size: tuple[int, int]) -> Shape:
    from annotator.formats.coco.pixels import can_be_rasterised, polygon_pixels

    outline = _outline(shape)
    if outline is None or not can_be_rasterised(size):
        return shape
    return Mask.from_bitmap(polygon_pixels(outline, size))


def rounded(shape: Shape, decimals: int) -> Shape:
    """Return a shape whose coordinates have at most some decimals; masks are whole pixels anyway."""
    if isinstance(shape, Skeleton):
        return Skeleton(
            {
                key: replace(one, shape=_rounded_element(one.shape, decimals))
                for key, one in shape.elements.items()
            }
        )
    return _rounded_element(shape, decimals)


def _rounded_element(shape: ElementShape, decimals: int) -> ElementShape:
    match shape:
        case Rectangle():
            x0, y0, x1, y1 = (round(value, decimals) for value in shape.xyxy)
            return Rectangle((x0, y0, x1, y1), shape.rotation)
        case Ellipse(centre=(x, y), radii=(across, down)):
            centre = round(x, decimals), round(y, decimals)
            return Ellipse(centre, (round(across, decimals), round(down, decimals)), shape.rotation)
        case Polygon():
            return Polygon(tuple(_rounded_part(part, decimals) for part in shape.parts))
        case Mask():
            return shape
    return type(shape)(np.round(shape.points, decimals))


def _rounded_part(part: PolygonPart, decimals: int) -> PolygonPart:
    holes = tuple(np.round(hole, decimals) for hole in part.holes)
    return PolygonPart(np.round(part.outer, decimals), holes)
