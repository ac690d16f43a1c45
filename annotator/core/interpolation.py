"""Linear interpolation between key frames.

Rectangles and ellipses change side by side with the rotation on the shortest arc; polygons, polylines and
points change point by point where both key frames have the same number; cuboids corner by corner; skeletons
element by element between the element's own key frames. Everything else, and what does not match, holds the
earlier key frame. Attributes, occluded and outside change in steps at key frames. After the last key frame
the object holds.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

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
    before the first key frame. The result may be `outside`.
    """
    keyframes = track.keyframes
    position = position_of(frame)
    places = [position_of(keyframe.frame) for keyframe in keyframes]
    at = bisect_right(places, position) - 1
    if at < 0:
        return None
    before = keyframes[at]
    if isinstance(before.shape, Skeleton):
        elements = _elements_at(keyframes[: at + 1], keyframes[at + 1 :], places, position)
        if places[at] == position and elements == dict(before.shape.elements):
            return before
        shape = Skeleton(elements)
        return _between(before, frame, shape, made=places[at] != position)
    if places[at] == position:
        return before
    after = keyframes[at + 1] if at + 1 < len(keyframes) else None
    if after is None or before.outside:
        return _between(before, frame, before.shape, made=True)
    assert not isinstance(after.shape, Skeleton)
    share = (position - places[at]) / (places[at + 1] - places[at])
    return _between(before, frame, interpolate_shape(before.shape, after.shape, share), made=True)


def _between(
    before: Keyframe, frame: int, shape: ElementShape | Skeleton, *, made: bool
) -> Keyframe:
    source = "interpolated" if made else before.source
    return replace(
        before, frame=frame, shape=shape, source=source, score=None if made else before.score
    )


def _elements_at(
    past: Sequence[Keyframe], future: Sequence[Keyframe], places: Sequence[int], position: int
) -> dict[int, SkeletonElement]:
    """Each element between its own key frames: the latest in the past and the first in the future."""
    result: dict[int, SkeletonElement] = {}
    found_at: dict[int, int] = {}
    for place, keyframe in zip(places, past, strict=False):
        assert isinstance(keyframe.shape, Skeleton)
        for point, element in keyframe.shape.elements.items():
            result[point] = element
            found_at[point] = place
    waiting = {point for point, place in found_at.items() if place != position}
    for place, keyframe in zip(places[len(past) :], future, strict=True):
        if not waiting:
            break
        assert isinstance(keyframe.shape, Skeleton)
        for point in waiting & keyframe.shape.elements.keys():
            element = result[point]
            if not element.outside:
                share = (position - found_at[point]) / (place - found_at[point])
                shape = interpolate_shape(
                    element.shape, keyframe.shape.elements[point].shape, share
                )
                result[point] = replace(element, shape=shape)
            waiting.discard(point)
    return result


def interpolate_shape(before: ElementShape, after: ElementShape, share: float) -> ElementShape:
    """Return the shape at `share` (0..1) of the way; `before` where the two do not correspond."""
    match before, after:
        case Rectangle(), Rectangle():
            box = np.array(before.xyxy) + share * (np.array(after.xyxy) - np.array(before.xyxy))
            x0, y0, x1, y1 = (float(value) for value in box)
            return Rectangle((x0, y0, x1, y1), _angle(before.rotation, after.rotation, share))
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
