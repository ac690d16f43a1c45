"""Linear interpolation between key frames.

Rectangles and ellipses change side by side with the rotation on the shortest arc; polygons, polylines and
points change point by point where both key frames have the same number; cuboids corner by corner; skeletons
element by element between the element's own key frames. Everything else, and what does not match, holds the
earlier key frame. Attributes, occluded and outside change in steps at key frames. After the last key frame
the object holds.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from annotator.core.annotations import Keyframe, Track
from annotator.core.geometry import FloatArray
from annotator.core.shapes import (
    Cuboid,
    ElementShape,
    Ellipse,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    Rectangle,
    Shape,
    Skeleton,
    SkeletonElement,
)


def _same(frame: int) -> int:
    return frame


def interpolate_track(
    track: Track, frame: int, position_of: Callable[[int], int] = _same
) -> Keyframe | None:
    """Return what a track shows at a frame: a key frame as it is, or one made between two.

    position_of: the place of a frame in the order of frames, where that is not the key itself. Returns None
    before the first key frame. The result may be `outside`. A skeleton gets every element that has a key
    frame up to here, on key frames too.
    """

    def place(keyframe: Keyframe) -> int:
        return position_of(keyframe.frame)

    keyframes = track.keyframes
    position = position_of(frame)
    later = bisect_right(keyframes, position, key=place)
    if later == 0:
        return None
    before = keyframes[later - 1]
    start = place(before)
    if isinstance(before.shape, Skeleton):
        skeleton = Skeleton(_elements_at(keyframes[:later], keyframes[later:], position, place))
        if start < position:
            return made_between(before, frame, skeleton)
        return before if skeleton == before.shape else replace(before, shape=skeleton)
    if start == position:
        return before
    if before.outside or later == len(keyframes):
        return made_between(before, frame, before.shape)
    after = keyframes[later]
    assert not isinstance(after.shape, Skeleton)
    share = (position - start) / (place(after) - start)
    return made_between(before, frame, interpolate_shape(before.shape, after.shape, share))


def made_between(before: Keyframe, frame: int, shape: Shape) -> Keyframe:
    """Return the earlier key frame with another shape, which nobody set and no file held."""
    return replace(before, frame=frame, shape=shape, source="interpolated", score=None, foreign={})


def _elements_at(
    past: Sequence[Keyframe],
    future: Sequence[Keyframe],
    position: int,
    place: Callable[[Keyframe], int],
) -> dict[int, SkeletonElement]:
    """Each element between its own key frames: the latest in the past and the first in the future.

    An element holds while it is outside, or the whole skeleton is.
    """
    result: dict[int, SkeletonElement] = {}
    for keyframe in past:
        result.update(_elements(keyframe))
    moving: dict[int, int] = {}
    waiting = set(result)
    for keyframe in reversed(past):
        if keyframe.outside or not waiting:
            break
        start = place(keyframe)
        found = waiting & _elements(keyframe).keys()
        waiting -= found
        if start < position:
            moving.update((point, start) for point in found if not result[point].outside)
    for keyframe in future:
        if not moving:
            break
        elements = _elements(keyframe)
        for point in moving.keys() & elements.keys():
            start = moving.pop(point)
            share = (position - start) / (place(keyframe) - start)
            shape = interpolate_shape(result[point].shape, elements[point].shape, share)
            result[point] = replace(result[point], shape=shape)
        if keyframe.outside:
            break
    return result


def _elements(keyframe: Keyframe) -> Mapping[int, SkeletonElement]:
    # A track has shapes of one kind only.
    assert isinstance(keyframe.shape, Skeleton)
    return keyframe.shape.elements


def interpolate_shape(before: ElementShape, after: ElementShape, share: float) -> ElementShape:
    """Return the shape at `share` (0..1) of the way; `before` where the two do not correspond."""
    match before, after:
        case Rectangle(), Rectangle():
            (x0, y0), (x1, y1) = (
                _pair(before.xyxy[:2], after.xyxy[:2], share),
                _pair(before.xyxy[2:], after.xyxy[2:], share),
            )
            # Rounding may cross the sides of a box that is far thinner than its way is long.
            box = (x0, y0, max(x0, x1), max(y0, y1))
            return Rectangle(box, _angle(before.rotation, after.rotation, share))
        case Ellipse(), Ellipse():
            return Ellipse(
                _pair(before.centre, after.centre, share),
                _pair(before.radii, after.radii, share),
                _angle(before.rotation, after.rotation, share),
            )
        case Polygon(), Polygon():
            return _polygon(before, after, share)
        case Polyline(a), Polyline(b) if len(a) == len(b):
            return Polyline(_points(a, b, share))
        case Points(a), Points(b) if len(a) == len(b):
            return Points(_points(a, b, share))
        case Cuboid(a), Cuboid(b):
            return Cuboid(_points(a, b, share))
        case _:
            return before


def _polygon(before: Polygon, after: Polygon, share: float) -> Polygon:
    if [len(ring) for ring in before.rings] != [len(ring) for ring in after.rings] or [
        len(part.holes) for part in before.parts
    ] != [len(part.holes) for part in after.parts]:
        return before
    return Polygon(
        tuple(
            PolygonPart(
                _points(a.outer, b.outer, share),
                tuple(_points(h, k, share) for h, k in zip(a.holes, b.holes, strict=True)),
            )
            for a, b in zip(before.parts, after.parts, strict=True)
        )
    )


def _points(before: FloatArray, after: FloatArray, share: float) -> FloatArray:
    return before + share * (after - before)


def _pair(
    before: tuple[float, float], after: tuple[float, float], share: float
) -> tuple[float, float]:
    return (
        before[0] + share * (after[0] - before[0]),
        before[1] + share * (after[1] - before[1]),
    )


def _angle(before: float, after: float, share: float) -> float:
    """The shortest way round, in degrees."""
    turn = (after - before + 180.0) % 360.0 - 180.0
    return before + share * turn
