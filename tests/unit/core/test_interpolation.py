from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotator.core.annotations import Keyframe, Track
from annotator.core.interpolation import interpolate_shape, interpolate_track
from annotator.core.shapes import (
    Cuboid,
    Ellipse,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    Rectangle,
    Skeleton,
    SkeletonElement,
)
from tests import strategies as some

SHARES = st.floats(0.0, 1.0)


def numbers_of(shape):
    """What changes between key frames, the rotation left out."""
    match shape:
        case Rectangle():
            return np.array(shape.xyxy)
        case Ellipse():
            return np.array([*shape.centre, *shape.radii])
        case Polygon():
            return np.concatenate(list(shape.rings)).ravel()
        case Mask():
            return shape.counts
        case _:
            return shape.points.ravel()


@st.composite
def matching_pairs(draw, kinds=("rectangle", "ellipse", "polygon", "polyline", "points", "cuboid")):
    """Two shapes of one kind whose points correspond."""
    first = draw(some.element_shapes(kinds))

    def like(array):
        return draw(some.point_arrays(len(array), len(array)))

    match first:
        case Rectangle():
            return first, draw(some.rectangles())
        case Ellipse():
            return first, draw(some.ellipses())
        case Polygon():
            parts = [PolygonPart(like(p.outer), tuple(map(like, p.holes))) for p in first.parts]
            return first, Polygon(tuple(parts))
        case _:
            return first, type(first)(like(first.points))


def turn(start, end):
    """How far apart two angles are, 0..180."""
    return abs((end - start + 180) % 360 - 180)


# --- single shapes ----------------------------------------------------------------------------------


@given(matching_pairs())
def test_the_ends_are_the_two_shapes(pair):
    first, second = pair
    assert interpolate_shape(first, second, 0.0) == first
    end = interpolate_shape(first, second, 1.0)
    assert np.allclose(numbers_of(end), numbers_of(second), rtol=0, atol=1e-9)


@given(matching_pairs(), SHARES)
def test_every_number_changes_linearly(pair, share):
    first, second = pair
    made = interpolate_shape(first, second, share)
    assert type(made) is type(first)
    expected = (1 - share) * numbers_of(first) + share * numbers_of(second)
    assert np.allclose(numbers_of(made), expected, rtol=0, atol=1e-9)


@given(matching_pairs(), SHARES, SHARES)
def test_numbers_only_ever_go_towards_the_end(pair, one, other):
    first, second = pair
    early, late = sorted((one, other))
    at_first, at_second = numbers_of(first), numbers_of(second)
    at_early = numbers_of(interpolate_shape(first, second, early))
    at_late = numbers_of(interpolate_shape(first, second, late))
    way = np.sign(at_second - at_first)
    # The far sides of a rectangle may be lifted by rounding to where the near ones are.
    assert ((at_early - at_first) * way >= -1e-9).all()
    assert ((at_late - at_early) * way >= -1e-9).all()
    assert ((at_second - at_late) * way >= -1e-9).all()


@given(matching_pairs(), SHARES)
def test_the_way_back_passes_the_same_shapes(pair, share):
    first, second = pair
    there = interpolate_shape(first, second, share)
    back = interpolate_shape(second, first, 1 - share)
    assert np.allclose(numbers_of(there), numbers_of(back), rtol=0, atol=1e-8)


@given(some.element_shapes(), SHARES)
def test_what_stands_still_stays_exactly_as_it_is(shape, share):
    assert interpolate_shape(shape, shape, share) == shape


@given(some.rotations(), some.rotations(), SHARES)
@example(350.0, 10.0, 0.5)
@example(10.0, 350.0, 0.5)
@example(0.0, 180.0, 0.5)
def test_rotations_take_the_shortest_way(start, end, share):
    for first, second in (
        (Rectangle((0, 0, 2, 1), start), Rectangle((0, 0, 2, 1), end)),
        (Ellipse((0, 0), (2, 1), start), Ellipse((0, 0), (2, 1), end)),
    ):
        made = interpolate_shape(first, second, share).rotation
        assert 0 <= made < 360
        assert turn(start, made) == pytest.approx(share * turn(start, end), abs=1e-9)
        assert turn(made, end) == pytest.approx((1 - share) * turn(start, end), abs=1e-9)


def test_a_rotation_goes_through_zero():
    made = interpolate_shape(Rectangle((0, 0, 2, 1), 350), Rectangle((0, 0, 2, 1), 10), 0.25)
    assert made.rotation == 355.0


@given(some.boxes(), some.boxes(), SHARES)
@example((0.1, 0.1, np.nextafter(0.1, 1), 0.1), (9e6, 0, 9e6, 0), 0.9)
@example((0.3, 0.3, 0.3, np.nextafter(0.3, 1)), (-7e6, -7e6, 1, -7e6), 0.7)
def test_thin_rectangles_never_turn_inside_out(first, second, share):
    x0, y0, x1, y1 = interpolate_shape(Rectangle(first), Rectangle(second), share).xyxy
    assert x0 <= x1
    assert y0 <= y1


RING = np.array([[0, 0], [8, 0], [8, 8], [0, 8]], dtype=float)
HOLE = RING / 4 + 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Polygon.from_ring(RING), Polygon.from_ring(RING[:3])),
        (Polygon.from_ring(RING), Polygon((PolygonPart(RING), PolygonPart(RING)))),
        (Polygon((PolygonPart(RING, (HOLE,)),)), Polygon((PolygonPart(RING), PolygonPart(HOLE)))),
        (Polyline(RING), Polyline(RING[:3])),
        (Points(RING), Points(RING[:1])),
        (Mask((0, 0), (1, 1), [0, 1]), Mask((5, 5), (1, 1), [0, 1])),
        (Points(RING), Polyline(RING)),
        (Rectangle((0, 0, 1, 1)), Ellipse((0, 0), (1, 1))),
    ],
)
def test_shapes_that_do_not_correspond_hold(first, second):
    assert interpolate_shape(first, second, 0.5) is first
    assert interpolate_shape(second, first, 0.5) is second


# --- tracks of single shapes ------------------------------------------------------------------------

PLAIN_KINDS = some.ELEMENT_KINDS


def expected_keyframe(track, frame):
    """The law in its plainest form, frames being their own places."""
    past = [keyframe for keyframe in track.keyframes if keyframe.frame <= frame]
    future = [keyframe for keyframe in track.keyframes if keyframe.frame > frame]
    if not past:
        return None
    before = past[-1]
    if before.frame == frame:
        return before
    shape = before.shape
    if future and not before.outside:
        share = (frame - before.frame) / (future[0].frame - before.frame)
        shape = interpolate_shape(before.shape, future[0].shape, share)
    made = replace(before, frame=frame, shape=shape, source="interpolated", score=None)
    return replace(made, foreign={})


@some.fewer
@given(some.tracks(kinds=PLAIN_KINDS, with_foreign=True))
def test_a_track_shows_its_key_frames_exactly(track):
    for keyframe in track.keyframes:
        assert interpolate_track(track, keyframe.frame) is keyframe


@given(some.tracks(kinds=PLAIN_KINDS, with_foreign=True), st.integers(-2, 45))
def test_a_track_shows_what_lies_between_two_key_frames(track, frame):
    assert interpolate_track(track, frame) == expected_keyframe(track, frame)


@some.fewer
@given(some.tracks(), st.integers(-20, 60))
def test_a_track_shows_nothing_before_its_first_key_frame_and_always_something_after(track, frame):
    shown = interpolate_track(track, frame)
    assert (shown is None) == (frame < track.keyframes[0].frame)
    if shown is not None:
        assert shown.frame == frame


@some.fewer
@given(some.tracks(), st.integers(1, 100))
def test_after_the_last_key_frame_a_track_holds(track, later):
    last = track.keyframes[-1]
    at_last = interpolate_track(track, last.frame)
    shown = interpolate_track(track, last.frame + later)
    assert shown.shape == at_last.shape
    assert shown.outside == last.outside
    assert (shown.source, shown.score, shown.foreign) == ("interpolated", None, {})


@given(some.tracks(), st.integers(0, 45))
def test_all_but_the_shape_changes_at_key_frames_only(track, later):
    frame = track.keyframes[0].frame + later
    shown = interpolate_track(track, frame)
    before = [keyframe for keyframe in track.keyframes if keyframe.frame <= frame][-1]
    for name in ("outside", "occluded", "z_order", "attributes"):
        assert getattr(shown, name) == getattr(before, name)


@given(some.tracks(kinds=PLAIN_KINDS, min_keyframes=2), st.integers(0, 39))
def test_an_object_that_is_outside_holds_where_it_was(track, later):
    track = replace(track, keyframes=tuple(replace(k, outside=True) for k in track.keyframes))
    frame = track.keyframes[0].frame + later
    shown = interpolate_track(track, frame)
    before = [keyframe for keyframe in track.keyframes if keyframe.frame <= frame][-1]
    assert shown.outside
    assert shown.shape == before.shape


@some.fewer
@given(some.tracks(), st.integers(0, 39), st.randoms(use_true_random=False))
def test_the_order_of_frames_may_be_told(track, frame, random):
    """With frames that are ids in any order, and the place of each told, the same is shown."""
    ids = random.sample(range(10**6), 40)
    place_of = {identifier: place for place, identifier in enumerate(ids)}
    told = replace(track, keyframes=tuple(replace(k, frame=ids[k.frame]) for k in track.keyframes))
    shown = interpolate_track(told, ids[frame], place_of.__getitem__)
    expected = interpolate_track(track, frame)
    assert shown == (None if expected is None else replace(expected, frame=ids[frame]))


def test_a_track_without_key_frames_shows_nothing():
    assert interpolate_track(Track(1, ()), 0) is None


def test_a_known_case():
    first = Keyframe(10, Rectangle((0, 0, 10, 10)), attributes={1: "a"}, source="model", score=0.5)
    second = Keyframe(20, Rectangle((10, 20, 30, 40)), occluded=True, attributes={1: "b"})
    shown = interpolate_track(Track(1, (first, second)), 15)
    assert shown == Keyframe(
        15, Rectangle((5, 10, 20, 25)), attributes={1: "a"}, source="interpolated"
    )


# --- tracks of skeletons ----------------------------------------------------------------------------


def expected_element(track, point, frame):
    """The law for one element: between its own key frames, unless it or the skeleton is outside."""
    keys = [k for k in track.keyframes if point in k.shape.elements]
    past = [k for k in keys if k.frame <= frame]
    future = [k for k in keys if k.frame > frame]
    if not past:
        return None
    start = past[-1]
    element = start.shape.elements[point]
    if start.frame == frame or not future or element.outside:
        return element
    end = future[0]
    if any(k.outside for k in track.keyframes if start.frame <= k.frame < end.frame):
        return element
    share = (frame - start.frame) / (end.frame - start.frame)
    shape = interpolate_shape(element.shape, end.shape.elements[point].shape, share)
    return replace(element, shape=shape)


@given(some.skeleton_tracks(max_keyframes=6), st.integers(-2, 45))
def test_each_element_moves_between_its_own_key_frames(track, frame):
    shown = interpolate_track(track, frame)
    points = {point for keyframe in track.keyframes for point in keyframe.shape.elements}
    expected = {point: expected_element(track, point, frame) for point in points}
    found = {} if shown is None else shown.shape.elements
    assert found == {point: element for point, element in expected.items() if element is not None}


@some.fewer
@given(some.skeleton_tracks(max_keyframes=8, with_foreign=True))
def test_a_skeleton_on_a_key_frame_has_the_key_elements_exactly(track):
    for keyframe in track.keyframes:
        shown = interpolate_track(track, keyframe.frame)
        for point, element in keyframe.shape.elements.items():
            assert shown.shape.elements[point] == element
        assert replace(shown, shape=keyframe.shape) == keyframe
        if shown.shape == keyframe.shape:
            assert shown is keyframe


def at(x, **given):
    return SkeletonElement(Points([[x, 0.0]]), **given)


def place(shown, point):
    return shown.shape.elements[point].shape.points[0, 0]


def test_an_element_passes_key_frames_it_has_no_part_in():
    track = Track(
        1,
        (
            Keyframe(0, Skeleton({1: at(0), 2: at(0)})),
            Keyframe(10, Skeleton({1: at(100)})),
            Keyframe(20, Skeleton({2: at(100)})),
        ),
    )
    assert [place(interpolate_track(track, frame), 1) for frame in (5, 10, 15)] == [50, 100, 100]
    assert [place(interpolate_track(track, f), 2) for f in (5, 10, 15, 20)] == [25, 50, 75, 100]


def test_elements_hold_while_the_skeleton_is_away():
    track = Track(
        1,
        (
            Keyframe(0, Skeleton({1: at(0), 2: at(0)})),
            Keyframe(10, Skeleton({1: at(10)}), outside=True),
            Keyframe(20, Skeleton({1: at(20), 2: at(20)})),
        ),
    )
    assert place(interpolate_track(track, 5), 1) == 5
    assert place(interpolate_track(track, 5), 2) == 0  # its next place is beyond the absence
    away = interpolate_track(track, 15)
    assert away.outside
    assert (place(away, 1), place(away, 2)) == (10, 0)


def test_an_element_that_is_outside_holds_and_keeps_its_marks():
    track = Track(
        1,
        (
            Keyframe(0, Skeleton({1: at(0, outside=True), 2: at(0, occluded=True)})),
            Keyframe(10, Skeleton({1: at(10), 2: at(10)})),
        ),
    )
    shown = interpolate_track(track, 5).shape.elements
    assert shown[1] == at(0, outside=True)
    assert shown[2] == at(5, occluded=True)


def test_elements_come_in_the_order_they_first_had_a_key_frame():
    track = Track(
        1,
        (
            Keyframe(0, Skeleton({3: at(0), 1: at(0)})),
            Keyframe(5, Skeleton({2: at(0), 1: at(1)})),
            Keyframe(9, Skeleton({1: at(2), 3: at(3)})),
        ),
    )
    assert list(interpolate_track(track, 9).shape.elements) == [3, 1, 2]


def test_elements_may_be_of_any_kind():
    cuboid = np.arange(16.0).reshape(8, 2)
    track = Track(
        1,
        (
            Keyframe(0, Skeleton({1: SkeletonElement(Cuboid(cuboid))})),
            Keyframe(4, Skeleton({1: SkeletonElement(Cuboid(cuboid + 8))})),
        ),
    )
    assert interpolate_track(track, 1).shape.elements[1].shape == Cuboid(cuboid + 2)
