"""Tracks on some frames only show there what the whole track shows."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from annotator.core.annotations import Keyframe, Track
from annotator.core.interpolation import interpolate_track
from annotator.core.shapes import Points, Rectangle, Skeleton, SkeletonElement
from annotator.project.frames.track_clipping import clipped


def box(x: float) -> Rectangle:
    return Rectangle((x, 0, x + 10, 10))


def shown(track: Track | None, number: int):
    keyframe = None if track is None else interpolate_track(track, number)
    if keyframe is None or keyframe.outside:
        return None
    return keyframe.shape, keyframe.occluded, keyframe.z_order, dict(keyframe.attributes)


def boxes(one):
    return None if one is None else (np.round(one[0].box, 6).tolist(), *one[1:])


KEYFRAMES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 100), st.booleans(), st.booleans()),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one[0],
)


@given(keyframes=KEYFRAMES, frames=st.sets(st.integers(0, 35)), step=st.sampled_from([1, 3]))
@settings(max_examples=300)
def test_a_clipped_track_shows_on_each_frame_what_the_whole_one_shows(keyframes, frames, step):
    track = Track(
        1,
        tuple(
            Keyframe(
                number * step, box(x), outside=outside, occluded=occluded, attributes={1: float(x)}
            )
            for number, x, outside, occluded in sorted(keyframes)
        ),
    )
    numbers = np.array(sorted(number * step for number in frames), dtype=np.int64)
    part = clipped(track, numbers, step)
    assert [boxes(shown(part, number)) for number in numbers] == [
        boxes(shown(track, number)) for number in numbers
    ]
    if part is not None:
        assert {keyframe.frame for keyframe in part.keyframes} <= set(numbers.tolist())
        assert part is track or not part.keyframes[0].outside


def test_a_track_whose_frames_are_all_there_is_left_as_it_is():
    track = Track(1, (Keyframe(2, box(0)), Keyframe(5, box(9), outside=True)))
    assert clipped(track, np.arange(10), 1) is track
    assert clipped(track, np.arange(2, 6), 1) is track


def test_a_track_that_shows_nothing_on_the_frames_is_none():
    track = Track(1, (Keyframe(2, box(0)), Keyframe(5, box(9), outside=True)))
    assert clipped(track, np.array([0, 1, 6]), 1) is None
    assert clipped(track, np.array([], dtype=np.int64), 1) is None
    assert clipped(Track(1, ()), np.arange(3), 1) is None


def test_what_was_set_by_hand_stays_a_key_frame_and_what_is_between_becomes_one():
    track = Track(1, (Keyframe(0, box(0)), Keyframe(4, box(4)), Keyframe(10, box(10))))
    part = clipped(track, np.array([2, 3, 4, 5, 8]), 1)
    assert part is not None
    assert [(one.frame, one.source) for one in part.keyframes] == [
        (2, "interpolated"), (4, "manual"), (5, "interpolated"), (8, "interpolated"),
    ]  # fmt: skip


def test_where_nothing_changes_any_more_there_is_no_key_frame():
    track = Track(1, (Keyframe(0, box(0)),))
    part = clipped(track, np.array([3, 4, 5, 6]), 1)
    assert part is not None
    assert [one.frame for one in part.keyframes] == [3]


def test_the_points_of_a_skeleton_move_as_before():
    def skeleton(*points: float) -> Skeleton:
        return Skeleton(
            {
                place: SkeletonElement(Points(np.array([[x, 0.0]])))
                for place, x in enumerate(points, 1)
            }
        )

    track = Track(1, (Keyframe(0, skeleton(0, 0)), Keyframe(8, skeleton(8, 80))))
    part = clipped(track, np.array([2, 3, 6]), 1)
    for number in (2, 3, 6):
        assert shown(part, number) == shown(track, number)
