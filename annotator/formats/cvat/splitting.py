"""Polygons of several parts as one track for each part: CVAT's polygons have one outline."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from annotator.core.annotations import Keyframe, Track
from annotator.core.shapes import Polygon, Shape


def split_by_parts(track: Track, new_groups: Iterator[int]) -> Iterator[Track]:
    """Yield a track for each part of its polygons, tied together by a group; any other track as it is."""
    count = max((_part_count(one.shape) for one in track.keyframes), default=0)
    if count > 1 and not track.group:
        track = replace(track, group=next(new_groups))
    for part in range(count):
        yield replace(track, keyframes=tuple(_of_part(track.keyframes, part)))


def _part_count(shape: Shape) -> int:
    return len(shape.parts) if isinstance(shape, Polygon) else 1


def _of_part(keyframes: Iterable[Keyframe], part: int) -> Iterator[Keyframe]:
    """The key frames of one part; it is outside where the polygon does not have it."""
    last: Shape | None = None
    for keyframe in keyframes:
        shape = keyframe.shape
        if not isinstance(shape, Polygon):
            yield keyframe
        elif part < len(shape.parts):
            last = Polygon((shape.parts[part],))
            yield replace(keyframe, shape=last)
        elif last is not None:
            yield replace(keyframe, shape=last, outside=True)
