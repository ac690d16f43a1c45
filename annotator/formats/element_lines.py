"""The elements of a skeleton through time, each between its own key frames."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from annotator.core.annotations import Keyframe
from annotator.core.interpolation import interpolate_shape
from annotator.core.shapes import Skeleton, SkeletonElement


@dataclass(slots=True)
class _Line:
    """One element with the frames of its keys, ascending."""

    frames: list[int] = field(default_factory=list)
    elements: list[SkeletonElement] = field(default_factory=list)


class ElementLines:
    """Says where the elements of a track of skeletons are on a frame.

    The same as `core.interpolation.interpolate_track`, which goes through all key frames for each frame; here they are
    put in order once.
    """

    def __init__(self, keyframes: Sequence[Keyframe]) -> None:
        self._lines: dict[int, _Line] = {}
        self._outside = [keyframe.frame for keyframe in keyframes if keyframe.outside]
        for keyframe in keyframes:
            assert isinstance(keyframe.shape, Skeleton)
            for point, element in keyframe.shape.elements.items():
                line = self._lines.setdefault(point, _Line())
                line.frames.append(keyframe.frame)
                line.elements.append(element)

    def at(self, frame: int) -> Skeleton:
        """Return the elements that have a key up to a frame."""
        found: dict[int, SkeletonElement] = {}
        for point, line in self._lines.items():
            later = bisect_right(line.frames, frame)
            if later:
                found[point] = self._element(line, later, frame)
        return Skeleton(found)

    def _element(self, line: _Line, later: int, frame: int) -> SkeletonElement:
        element, start = line.elements[later - 1], line.frames[later - 1]
        if start == frame or later == len(line.frames) or element.outside:
            return element
        end = line.frames[later]
        if self._is_outside_between(start, end):
            return element
        share = (frame - start) / (end - start)
        shape = interpolate_shape(element.shape, line.elements[later].shape, share)
        return replace(element, shape=shape)

    def _is_outside_between(self, start: int, end: int) -> bool:
        """Whether the whole skeleton goes outside from one frame on, and before another."""
        after = bisect_left(self._outside, start)
        return after < len(self._outside) and self._outside[after] < end
