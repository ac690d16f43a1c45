"""What tracks show on one frame after the other."""

from bisect import insort
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import TypeAlias

from annotator.core.annotations import Track
from annotator.core.interpolation import interpolate_track
from annotator.formats.dataset import TrackedShape, TrackItem

_Placed: TypeAlias = tuple[int, Track]
_place_of = itemgetter(0)


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
        self._under_way: list[_Placed] = []
        self._number: int | None = None

    def on(self, number: int) -> tuple[TrackedShape, ...]:
        """Return what the tracks show on the frame with a number; those that are outside there show nothing."""
        if self._number is not None and number < self._number:
            self._waiting, self._under_way = self._by_start.copy(), []
        self._number = number
        while self._waiting and _start_of(self._waiting[-1]) <= number:
            insort(self._under_way, self._waiting.pop(), key=_place_of)
        if any(_is_over(track, number) for _, track in self._under_way):
            self._under_way = [one for one in self._under_way if not _is_over(one[1], number)]
        return tuple(self._shown(number))

    def _shown(self, number: int) -> Iterator[TrackedShape]:
        for _, track in self._under_way:
            keyframe = interpolate_track(track, number)
            if keyframe is not None and not keyframe.outside:
                yield TrackedShape(track, keyframe)


def _start_of(placed: _Placed) -> int:
    return placed[1].keyframes[0].frame


def _is_over(track: Track, number: int) -> bool:
    last = track.keyframes[-1]
    return number >= last.frame and last.outside
