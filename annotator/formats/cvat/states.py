"""What a track shows from frame to frame, in one pass: the moments that CVAT writes.

The same as `core.interpolation.interpolate_track` gives frame by frame, which starts anew for each of them.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TypeAlias

from annotator.core.annotations import Keyframe, Track
from annotator.core.interpolation import interpolate_shape
from annotator.core.shapes import ElementShape, Skeleton, SkeletonElement


@dataclass(frozen=True, slots=True)
class State:
    """What a track shows on a frame. keyed: the elements of a skeleton that have a key of their own there."""

    keyframe: Keyframe
    is_key: bool
    keyed: frozenset[int] = frozenset()


def states(track: Track, frames: Sequence[int]) -> Iterator[State]:
    """Yield every key frame, and after one that is not outside every frame up to the next one.

    frames: those of the task, ascending. After the last key frame the object holds to the end.
    """
    lines = _element_lines(track)
    at = 0
    for keyframe, following in zip_longest(track.keyframes, track.keyframes[1:]):
        yield _key(keyframe, lines)
        if keyframe.outside:
            continue
        at = bisect_right(frames, keyframe.frame, lo=at)
        while at < len(frames) and (following is None or frames[at] < following.frame):
            yield _between(keyframe, following, frames[at], lines)
            at += 1


_Line: TypeAlias = tuple[list[int], list[SkeletonElement]]


def _element_lines(track: Track) -> Mapping[int, _Line]:
    """Each element of a skeleton with the frames of its keys."""
    lines: dict[int, _Line] = {}
    for keyframe in track.keyframes:
        if isinstance(keyframe.shape, Skeleton):
            for point, element in keyframe.shape.elements.items():
                frames, elements = lines.setdefault(point, ([], []))
                frames.append(keyframe.frame)
                elements.append(element)
    return lines


def _key(keyframe: Keyframe, lines: Mapping[int, _Line]) -> State:
    if not isinstance(keyframe.shape, Skeleton):
        return State(keyframe, True)
    keyed = frozenset(keyframe.shape.elements)
    shape = _skeleton_at(keyframe.frame, lines)
    return State(replace(keyframe, shape=shape), True, keyed)


def _between(
    before: Keyframe, after: Keyframe | None, frame: int, lines: Mapping[int, _Line]
) -> State:
    shape = before.shape
    if isinstance(shape, Skeleton):
        return State(replace(before, frame=frame, shape=_skeleton_at(frame, lines)), False)
    if after is not None:
        assert not isinstance(after.shape, Skeleton)
        shape = _on_the_way(shape, before.frame, after.shape, after.frame, frame)
    return State(replace(before, frame=frame, shape=shape), False)


def _skeleton_at(frame: int, lines: Mapping[int, _Line]) -> Skeleton:
    """The elements that have a key up to a frame, each on the way between its own keys."""
    found: dict[int, SkeletonElement] = {}
    for point, (frames, elements) in lines.items():
        later = bisect_right(frames, frame)
        if later == 0:
            continue
        element = elements[later - 1]
        if frames[later - 1] < frame and later < len(frames) and not element.outside:
            shape = _on_the_way(
                element.shape, frames[later - 1], elements[later].shape, frames[later], frame
            )
            element = replace(element, shape=shape)
        found[point] = element
    return Skeleton(found)


def _on_the_way(
    before: ElementShape, start: int, after: ElementShape, end: int, frame: int
) -> ElementShape:
    return interpolate_shape(before, after, (frame - start) / (end - start))
