import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given
from hypothesis import strategies as st

from annotator.core.errors import AnnotatorError, GeometryError
from annotator.core.geometry import (
    COORDINATE_LIMIT,
    as_numbers,
    as_points,
    box_area,
    box_corners,
    box_iou,
    box_of_points,
    boxes_of_rings,
    clip_ring_to_box,
    distance_to_path,
    distance_to_segments,
    ellipse_box,
    ellipse_ring,
    intersection_of_boxes,
    ring_area,
    ring_contains,
    rotated,
    union_of_boxes,
)
from tests import strategies as some

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], dtype=float)
FAR = st.floats(-1e5, 1e5)


def area_beyond(inner, outer):
    """How far a box sticks out of another, in pixels."""
    return max(
        outer[0] - inner[0], outer[1] - inner[1], inner[2] - outer[2], inner[3] - outer[3], 0.0
    )


# --- arrays of points -------------------------------------------------------------------------------


def test_points_are_an_array_of_their_own_that_nobody_can_change():
    given_points = np.array([[1.0, 2.0], [3.0, 4.0]])
    points = as_points(given_points)
    given_points[0, 0] = 99.0
    assert points[0, 0] == 1.0
    assert points.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        points[0, 0] = 5.0


@pytest.mark.parametrize(
    "values", [[1, 2, 3, 4], [[1, 2], [3, 4]], ((1, 2), (3, 4)), np.array([[1, 3], [2, 4]]).T]
)
def test_points_are_taken_flat_or_in_pairs(values):
    points = as_points(values)
    assert points.dtype == np.float64
    assert points.flags.c_contiguous
    assert points.tolist() == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([1, 2, 3], "must be"),
        ([[1, 2, 3]], "must be"),
        ([[[1, 2]]], "must be"),
        (5.0, "must be"),
        ([[1, 2], [3]], "not numbers"),
        ([["a", "b"]], "not numbers"),
        ([[None, {}]], "not numbers"),
        ([[10**400, 0]], "not numbers"),
        ([[math.nan, 0]], "not a finite number"),
        ([[math.inf, 0]], "not a finite number"),
        ([[0, -math.inf]], "not a finite number"),
        ([[0, 1e200]], "beyond"),
        ([[0, -1.00001e7]], "beyond"),
        ([], "needs 1 points, found 0"),
    ],
)
def test_other_than_points_are_refused_in_a_sentence(values, says):
    with pytest.raises(GeometryError, match=says) as caught:
        as_points(values, what="a thing")
    assert isinstance(caught.value, AnnotatorError)
    assert "thing" in str(caught.value).lower()


def test_points_up_to_the_limit_are_kept_even_where_there_are_many():
    points = as_points(np.full((1000, 2), COORDINATE_LIMIT))
    assert points.max() == COORDINATE_LIMIT


def test_too_few_points_are_refused():
    with pytest.raises(GeometryError, match="A ring needs 3 points, found 2"):
        as_points([[0, 0], [1, 1]], at_least=3, what="a ring")


@pytest.mark.parametrize(
    "values", [(1, 2), (1, 2, 3, 4, 5), ("a", 1, 2, 3), (None, 1, 2, 3), (10**400, 1, 2, 3), 7]
)
def test_other_than_the_due_numbers_are_refused(values):
    with pytest.raises(GeometryError, match="a thing"):
        as_numbers(values, 4, what="a thing")


# --- boxes ------------------------------------------------------------------------------------------


@given(some.point_arrays())
def test_the_box_of_points_is_the_smallest_that_holds_them(points):
    x0, y0, x1, y1 = box_of_points(points)
    assert (x0, x1) == (min(points[:, 0]), max(points[:, 0]))
    assert (y0, y1) == (min(points[:, 1]), max(points[:, 1]))
    assert all(type(value) is float for value in (x0, y0, x1, y1))


@given(st.lists(some.point_arrays(), max_size=5))
def test_the_boxes_of_many_rings_are_those_of_each(rings):
    boxes = boxes_of_rings(rings)
    assert boxes.shape == (len(rings), 4)
    assert [tuple(box) for box in boxes] == [box_of_points(ring) for ring in rings]


@given(st.lists(some.boxes(), min_size=1, max_size=5))
def test_the_union_of_boxes_is_the_smallest_that_holds_them(boxes):
    union = union_of_boxes(boxes)
    assert all(area_beyond(box, union) == 0 for box in boxes)
    for side in range(4):
        assert union[side] in [box[side] for box in boxes]


@given(some.boxes(), some.boxes())
def test_boxes_meet_as_in_shapely(first, second):
    common = intersection_of_boxes(first, second)
    expected = shapely.box(*first).intersection(shapely.box(*second)).area
    assert (0.0 if common is None else box_area(common)) == pytest.approx(expected, abs=1e-9)
    assert common == intersection_of_boxes(second, first)
    if common is not None:
        assert area_beyond(common, first) == area_beyond(common, second) == 0


def test_boxes_that_only_touch_have_nothing_in_common():
    assert intersection_of_boxes((0, 0, 5, 5), (5, 0, 9, 5)) is None
    assert intersection_of_boxes((0, 0, 5, 5), (0, 5, 5, 9)) is None


@given(some.boxes(), some.boxes())
@example((0.0, 0.0, 1e-200, 1e-200), (0.0, 0.0, 1e-200, 1e-200))
def test_iou_lies_between_0_and_1_and_has_no_order(first, second):
    iou = box_iou(first, second)
    assert 0.0 <= iou <= 1.0 + 1e-12
    assert iou == box_iou(second, first)


@given(some.boxes(least=0.5))
def test_iou_of_a_box_with_itself_is_1(box):
    assert box_iou(box, box) == 1.0


def test_iou_of_a_known_case():
    assert box_iou((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)


# --- rings ------------------------------------------------------------------------------------------


def test_a_ring_clockwise_on_the_screen_has_a_positive_area():
    assert ring_area(SQUARE) == 100.0
    assert ring_area(SQUARE[::-1]) == -100.0


@given(some.simple_rings())
def test_the_area_of_a_ring_is_shapelys(ring):
    assert abs(ring_area(ring)) == pytest.approx(shapely.Polygon(ring).area, rel=1e-9, abs=1e-9)
    clockwise_on_the_screen = shapely.LinearRing(ring).is_ccw  # shapely's y points up
    assert (ring_area(ring) > 0) == clockwise_on_the_screen


@given(some.simple_rings(), FAR, FAR)
def test_the_area_of_a_ring_stays_when_it_moves(ring, dx, dy):
    assert ring_area(ring + np.array([dx, dy])) == pytest.approx(
        ring_area(ring), rel=1e-6, abs=1e-4
    )


@given(some.simple_rings(), st.integers(0, 12))
def test_the_area_of_a_ring_does_not_depend_on_where_it_starts(ring, shift):
    assert ring_area(np.roll(ring, shift, axis=0)) == pytest.approx(ring_area(ring), abs=1e-6)


@given(some.simple_rings())
def test_the_area_of_a_ring_changes_its_sign_when_it_runs_back(ring):
    assert ring_area(ring[::-1]) == pytest.approx(-ring_area(ring), abs=1e-6)


@given(some.simple_rings(), st.floats(-720, 720), some.places())
def test_the_area_of_a_ring_stays_when_it_turns(ring, degrees, centre):
    assert ring_area(rotated(ring, degrees, centre)) == pytest.approx(ring_area(ring), abs=1e-6)


# --- turning ----------------------------------------------------------------------------------------


def test_turning_goes_clockwise_on_the_screen():
    right_of_centre = np.array([[1.0, 0.0]])
    assert rotated(right_of_centre, 90, (0, 0)).tolist() == [[0.0, 1.0]]  # below: y points down
    assert rotated(right_of_centre, 45, (0, 0))[0, 1] > 0


@given(
    some.point_arrays(decimals=0), some.places(decimals=0), st.integers(-9, 9), st.integers(0, 3)
)
def test_quarter_turns_are_exact(points, centre, rounds, quarters):
    turned = rotated(points, 360.0 * rounds + 90.0 * quarters, centre)
    expected = points - centre
    for _ in range(quarters):
        expected = np.column_stack((-expected[:, 1], expected[:, 0]))
    assert np.array_equal(turned, expected + centre)


@given(some.point_arrays(), some.places(), st.floats(-720, 720))
def test_turning_back_gives_the_points_again(points, centre, degrees):
    there = rotated(points, degrees, centre)
    assert np.allclose(rotated(there, -degrees, centre), points, rtol=0, atol=1e-8)
    from_centre = np.hypot(*(points - centre).T)
    assert np.allclose(np.hypot(*(there - centre).T), from_centre, rtol=0, atol=1e-8)


@given(some.boxes())
def test_the_corners_of_a_box_run_clockwise_from_the_top_left(box):
    x0, y0, x1, y1 = box
    corners = box_corners(box)
    assert corners.tolist() == [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    assert ring_area(corners) == pytest.approx(box_area(box), abs=1e-6)


def test_a_box_turned_by_a_quarter_stands_upright():
    turned = box_corners((0, 0, 4, 2), 90)
    assert box_of_points(turned) == (1, -1, 3, 3)
    assert turned[0].tolist() == [3, -1]  # what was top left is now top right


@given(some.places(), st.floats(0.1, 300), st.floats(0.1, 300), st.floats(0, 360))
def test_the_box_of_an_ellipse_holds_it_and_touches_it(centre, rx, ry, degrees):
    box = ellipse_box(centre, (rx, ry), degrees)
    ring = ellipse_ring(centre, (rx, ry), degrees, 720)
    around = box_of_points(ring)
    assert area_beyond(around, box) < 1e-9
    assert area_beyond(box, around) < max(rx, ry) * 1e-4


@given(some.places(), st.floats(0.1, 300), st.floats(0.1, 300), st.floats(0, 360))
def test_the_ring_of_an_ellipse_has_its_area(centre, rx, ry, degrees):
    ring = ellipse_ring(centre, (rx, ry), degrees, 720)
    assert len(ring) == 720
    assert ring_area(ring) == pytest.approx(math.pi * rx * ry, rel=1e-4, abs=1e-4)


def test_an_ellipse_turned_by_a_quarter_swaps_its_radii():
    assert ellipse_box((0, 0), (3, 1), 90) == (-1, -3, 1, 3)
    assert ellipse_box((0, 0), (3, 1)) == (-3, -1, 3, 1)
    assert ellipse_ring((0, 0), (3, 1))[0].tolist() == [3, 0]


# --- points in and near rings -----------------------------------------------------------------------


@given(some.simple_rings(), some.places())
def test_a_ring_contains_a_point_as_in_shapely(ring, place):
    polygon, point = shapely.Polygon(ring), shapely.Point(place)
    assume(polygon.exterior.distance(point) > 1e-6)
    assert ring_contains(ring, *place) == polygon.contains(point)


@given(st.data(), some.simple_rings(min_size=4, decimals=0))
def test_a_ring_contains_points_level_with_its_corners_as_in_shapely(data, ring):
    polygon = shapely.Polygon(ring)
    assume(polygon.is_valid)
    y = float(data.draw(st.sampled_from(ring[:, 1])))
    x = data.draw(st.integers(int(ring[:, 0].min()) - 2, int(ring[:, 0].max()) + 2)) + 0.5
    assume(polygon.exterior.distance(shapely.Point(x, y)) > 1e-6)
    assert ring_contains(ring, x, y) == polygon.contains(shapely.Point(x, y))


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 19), st.integers(1, 19))
def test_neighbours_share_no_point_and_leave_none_out(x, y, split, tilt):
    left = np.array([[0, 0], [split, 0], [tilt, 20], [0, 20]], dtype=float)
    right = np.array([[split, 0], [20, 0], [20, 20], [tilt, 20]], dtype=float)
    whole = np.array([[0, 0], [20, 0], [20, 20], [0, 20]], dtype=float)
    holders = [ring_contains(left, x, y), ring_contains(right, x, y)]
    assert sum(holders) == ring_contains(whole, x, y)


def test_what_a_ring_goes_round_twice_is_outside():
    angles = np.radians([0, 144, 288, 72, 216])
    star = np.column_stack((np.cos(angles), np.sin(angles)))
    assert not ring_contains(star, 0.0, 0.0)
    assert ring_contains(star, 0.7, 0.0)


@given(some.point_arrays(2, 8, decimals=6), some.places(decimals=6), st.booleans())
def test_the_distance_to_a_path_is_shapelys(points, place, closed):
    path = shapely.LineString([*points, points[0]] if closed else points)
    expected = path.distance(shapely.Point(place))
    assert distance_to_path(points, *place, closed=closed) == pytest.approx(expected, abs=1e-7)


def test_the_distance_to_a_single_point():
    assert distance_to_path(np.array([[4.0, 6.0]]), 1, 2, closed=False) == 5.0


def test_the_distance_to_a_segment_without_length_is_that_to_its_point():
    start = np.array([[3.0, 4.0], [0.0, 0.0]])
    end = np.array([[3.0, 4.0], [0.0, 10.0]])
    assert distance_to_segments(start, end, 0, 0).tolist() == [5.0, 0.0]


# --- cutting at a box -------------------------------------------------------------------------------


@given(st.booleans().flatmap(lambda convex: some.simple_rings(convex=convex)), some.boxes())
@example(SQUARE, (2.0, 2.0, 5.0, 20.0))  # sides that run along those of the box
@example(SQUARE, (0.0, 0.0, 10.0, 10.0))
@example(SQUARE, (10.0, 0.0, 20.0, 10.0))
def test_cutting_a_ring_leaves_the_area_of_the_intersection(ring, box):
    cut = clip_ring_to_box(ring, box)
    expected = shapely.Polygon(ring).intersection(shapely.box(*box)).area
    area = ring_area(cut) if len(cut) else 0.0
    assert abs(area) == pytest.approx(expected, rel=1e-9, abs=1e-6)
    if expected > 1e-6:
        assert (area > 0) == (ring_area(ring) > 0)  # it runs the same way round


@given(some.simple_rings(), some.boxes())
def test_what_is_cut_lies_in_the_box_exactly(ring, box):
    cut = clip_ring_to_box(ring, box)
    assert cut.shape[1] == 2
    if len(cut):
        assert area_beyond(box_of_points(cut), box) == 0.0


@given(some.simple_rings())
def test_a_ring_within_the_box_is_not_cut(ring):
    assert np.array_equal(clip_ring_to_box(ring, box_of_points(ring)), ring)


@given(some.simple_rings(area=(0, 0, 100, 100)))
def test_nothing_is_left_of_a_ring_beside_the_box(ring):
    assert len(clip_ring_to_box(ring, (200, 0, 300, 100))) == 0


def test_a_huge_ring_is_cut_to_the_whole_box():
    huge = SQUARE * 1e6 - 5e6
    assert abs(ring_area(clip_ring_to_box(huge, (0, 0, 640, 480)))) == 640 * 480
