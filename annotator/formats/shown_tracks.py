"""What tracks show on one frame after the other."""

from bisect import bisect_right, insort
from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter

from annotator.core.annotations import Keyframe, Track
from annotator.core.interpolation import interpolate_track, made_between
from annotator.formats.dataset import TrackedShape, TrackItem
from annotator.formats.element_lines import ElementLines

_frame_of = attrgetter("frame")
_place_of = attrgetter("place")


class ShownTracks:
    """What each of some tracks shows on a frame, in the order of the tracks.

    Frames are asked for by ascending numbers: only the tracks that have begun and are not over are looked at. Going
    back is possible, and begins anew.
    """

    def __init__(self, tracks: Iterable[TrackItem]) -> None:
        placed = [(place, one.track) for place, one in enumerate(tracks) if one.track.keyframes]
        # The one that begins next is the last of the list.
        self._by_start = sorted(placed, key=_start_of, reverse=True)
        self._waiting = self._by_start.copy()
        self._under_way: list[_UnderWay] = []
        self._number: int | None = None

    def on(self, number: int) -> tuple[TrackedShape, ...]:
        """Return what the tracks show on the frame with a number; those that are outside there show nothing."""
        if self._number is not None and number < self._number:
            self._waiting, self._under_way = self._by_start.copy(), []
        self._number = number
        while self._waiting and _start_of(self._waiting[-1]) <= number:
            insort(self._under_way, _UnderWay(*self._waiting.pop()), key=_place_of)
        if any(one.is_over(number) for one in self._under_way):
            self._under_way = [one for one in self._under_way if not one.is_over(number)]
        states = [(one.track, one.at(number)) for one in self._under_way]
        return tuple(TrackedShape(track, state) for track, state in states if not state.outside)


def _start_of(placed: tuple[int, Track]) -> int:
    return placed[1].keyframes[0].frame


class _UnderWay:
    """A track that has begun. place: among the tracks."""

    def __init__(self, place: int, track: Track) -> None:
        self.place, self.track = place, track
        self._lines = ElementLines(track.keyframes) if track.kind == "skeleton" else None

    def is_over(self, number: int) -> bool:
        """Whether it shows nothing from a frame on."""
        last = self.track.keyframes[-1]
        return number >= last.frame and last.outside

    def at(self, number: int) -> Keyframe:
        """Return what it shows on a frame; the result may be outside."""
        if self._lines is None:
            keyframe = interpolate_track(self.track, number)
            assert keyframe is not None
            return keyframe
        keyframes, shape = self.track.keyframes, self._lines.at(number)
        before = keyframes[bisect_right(keyframes, number, key=_frame_of) - 1]
        if before.frame < number:
            return made_between(before, number, shape)
        return before if shape == before.shape else replace(before, shape=shape)
