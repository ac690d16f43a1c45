"""What a track shows from frame to frame, in one pass: the moments that CVAT writes.

The same as `core.interpolation.interpolate_track` gives frame by frame, which starts anew for each of them.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from annotator.core.annotations import Keyframe, Track
from annotator.core.interpolation import interpolate_shape
from annotator.core.shapes import Skeleton
from annotator.formats.element_lines import ElementLines


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
    lines = ElementLines(track.keyframes) if track.kind == "skeleton" else None
    at = 0
    for keyframe, following in zip_longest(track.keyframes, track.keyframes[1:]):
        yield _key(keyframe, lines)
        if keyframe.outside:
            continue
        at = bisect_right(frames, keyframe.frame, lo=at)
        while at < len(frames) and (following is None or frames[at] < following.frame):
            yield _between(keyframe, following, frames[at], lines)
            at += 1


def _key(keyframe: Keyframe, lines: ElementLines | None) -> State:
    if lines is None:
        return State(keyframe, True)
    assert isinstance(keyframe.shape, Skeleton)
    keyed = frozenset(keyframe.shape.elements)
    return State(replace(keyframe, shape=lines.at(keyframe.frame)), True, keyed)


def _between(
    before: Keyframe, after: Keyframe | None, frame: int, lines: ElementLines | None
) -> State:
    shape = before.shape
    if lines is not None:
        shape = lines.at(frame)
    elif after is not None:
        assert not isinstance(shape, Skeleton)
        assert not isinstance(after.shape, Skeleton)
        share = (frame - before.frame) / (after.frame - before.frame)
        shape = interpolate_shape(shape, after.shape, share)
    return State(replace(before, frame=frame, shape=shape), False)
