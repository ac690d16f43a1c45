"""Tracks on some of their frames only: what they show there stays what it is."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from annotator.core.annotations import Keyframe, Track
from annotator.core.interpolation import interpolate_track
from annotator.project.frames.frame_table import Integers


def clipped(track: Track, numbers: Integers, step: int) -> Track | None:
    """Return a track for the frames with these numbers, or None where it shows nothing on them.

    `Keyframe.frame` is a frame number. numbers: ascending. step: between one frame and the next; where frames are
    left out, the track gets key frames on both sides, made from what it shows there, because what led from one to
    the other may lie on a frame that is left out.
    """
    if not len(numbers) or not track.keyframes:
        return None
    first, last = track.keyframes[0].frame, track.keyframes[-1].frame
    after = int(np.searchsorted(numbers, first))
    if _is_whole(numbers[after:], first, last, step):
        return track
    kept: list[Keyframe] = []
    for keyframe in _shown(track, _runs(numbers[after:], step)):
        if not keyframe.outside or (kept and not kept[-1].outside):
            kept.append(keyframe)
    while len(kept) > 1 and kept[-1].source == "interpolated" and _is_same(kept[-2], kept[-1]):
        kept.pop()
    return replace(track, keyframes=tuple(kept)) if kept else None


def _is_whole(numbers: Integers, first: int, last: int, step: int) -> bool:
    """Whether every frame from a track's first key frame to its last is there."""
    until = int(np.searchsorted(numbers, last, side="right"))
    return until > 0 and int(numbers[0]) == first and (last - first) // step + 1 == until


def _runs(numbers: Integers, step: int) -> Iterator[tuple[int, int]]:
    """First and last of each row of neighbouring frames."""
    breaks = np.flatnonzero(np.diff(numbers) != step) + 1
    for run in np.split(numbers, breaks):
        if len(run):
            yield int(run[0]), int(run[-1])


def _shown(track: Track, runs: Iterator[tuple[int, int]]) -> Iterator[Keyframe]:
    """What the track shows at both ends of each run, and its own key frames between."""
    own = np.array([keyframe.frame for keyframe in track.keyframes], dtype=np.int64)
    for first, last in runs:
        inside = own[np.searchsorted(own, first) : np.searchsorted(own, last, side="right")]
        for number in sorted({first, last, *inside.tolist()}):
            keyframe = interpolate_track(track, number)
            if keyframe is not None:
                yield keyframe


def _is_same(first: Keyframe, second: Keyframe) -> bool:
    return replace(
        second, frame=first.frame, source=first.source, score=first.score, foreign={}
    ) == replace(first, foreign={})
