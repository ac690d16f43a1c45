import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotator.canvas.handles import HANDLES, Handle, rectangle_handles
from annotator.canvas.reshape import (
    resized,
    squared,
    turned_towards,
    with_new_vertex,
    with_vertex,
    without_vertex,
)
from annotator.core.shapes import Polygon, Rectangle
from tests.strategies import places, polygons, rectangles

CORNER_OF = {(-1, -1): 0, (1, -1): 1, (1, 1): 2, (-1, 1): 3}


@given(rectangles(), st.sampled_from(HANDLES), places())
def test_what_lies_opposite_a_handle_stays(rectangle, handle, place):
    assume(rectangle.area > 1e-3)
    after = resized(rectangle, handle, *place, keep_ratio=False)
    assert after.rotation == rectangle.rotation
    if handle.is_corner:
        fixed = rectangle.corners[CORNER_OF[-handle.across, -handle.down]]
        nearest = np.hypot(*(after.corners - fixed).T).min()
        assert nearest == pytest.approx(0.0, abs=1e-6)
    else:
        # The line through the opposite side is the same line.
        before, now = (_side(r, -handle.across, -handle.down) for r in (rectangle, after))
        other = _side(after, handle.across, handle.down)
        assert min(_off_line(now, before), _off_line(other, before)) == pytest.approx(0.0, abs=1e-6)


@given(rectangles(), st.sampled_from(HANDLES), places())
def test_a_corner_comes_to_the_pointer(rectangle, handle, place):
    assume(handle.is_corner and rectangle.area > 1e-3)
    after = resized(rectangle, handle, *place, keep_ratio=False)
    assert np.hypot(*(after.corners - place).T).min() == pytest.approx(0.0, abs=1e-6)


@given(rectangles(), st.sampled_from(HANDLES), places())
def test_the_ratio_is_kept(rectangle, handle, place):
    x0, y0, x1, y1 = rectangle.xyxy
    assume(handle.is_corner and min(x1 - x0, y1 - y0) > 1e-3)
    after = resized(rectangle, handle, *place, keep_ratio=True)
    a0, b0, a1, b1 = after.xyxy
    assert (a1 - a0) * (y1 - y0) == pytest.approx((b1 - b0) * (x1 - x0), rel=1e-6, abs=1e-6)


@given(rectangles(), st.sampled_from(HANDLES))
def test_a_handle_left_where_it_is_changes_nothing(rectangle, handle):
    x0, y0, x1, y1 = rectangle.xyxy
    assume(min(x1 - x0, y1 - y0) > 1e-3)
    place = rectangle_handles(rectangle, min(x1 - x0, y1 - y0) / 40)[handle]
    after = resized(rectangle, handle, *place, keep_ratio=False)
    assert after.xyxy == pytest.approx(rectangle.xyxy, abs=1e-6)


@given(rectangles(), st.floats(0, 359), st.floats(1, 1000))
def test_turning_points_the_top_at_the_pointer(rectangle, angle, away):
    x0, y0, x1, y1 = rectangle.xyxy
    direction = math.radians(angle - 90)
    place = ((x0 + x1) / 2 + away * math.cos(direction), (y0 + y1) / 2 + away * math.sin(direction))
    turned = turned_towards(rectangle, *place, in_steps=False)
    assert turned.xyxy == rectangle.xyxy
    assert (turned.rotation - angle + 180) % 360 - 180 == pytest.approx(0.0, abs=1e-6)
    assert turned_towards(rectangle, *place, in_steps=True).rotation % 15 == 0


@given(places(), places())
def test_squares_are_square(start, place):
    x, y = squared(start, *place)
    assert abs(x - start[0]) == pytest.approx(abs(y - start[1]))
    assert abs(x - start[0]) == pytest.approx(
        max(abs(place[0] - start[0]), abs(place[1] - start[1]))
    )


@given(polygons(), places(), st.data())
def test_vertices_are_moved_added_and_deleted_one_at_a_time(polygon, place, data):
    rings = list(polygon.rings)
    ring = data.draw(st.integers(0, len(rings) - 1))
    index = data.draw(st.integers(0, len(rings[ring]) - 1))
    moved = with_vertex(polygon, ring, index, *place)
    assert list(moved.rings)[ring][index].tolist() == list(place)
    assert with_vertex(moved, ring, index, *rings[ring][index].tolist()) == polygon
    added = with_new_vertex(polygon, ring, index, *place)
    assert len(list(added.rings)[ring]) == len(rings[ring]) + 1
    assert without_vertex(added, ring, index + 1) == polygon


def test_a_ring_keeps_three_points():
    assert without_vertex(Polygon.from_ring([(0, 0), (9, 0), (0, 9)]), 0, 1) is None


def test_a_side_moves_along_its_own_direction_only():
    after = resized(Rectangle((0, 0, 10, 10)), Handle(1, 0), 25, 400, keep_ratio=True)
    assert after == Rectangle((0, 0, 25, 10))


def _side(rectangle: Rectangle, across: int, down: int) -> np.ndarray:
    ends = {(0, -1): (0, 1), (1, 0): (1, 2), (0, 1): (2, 3), (-1, 0): (3, 0)}[across, down]
    return rectangle.corners[list(ends)]


def _off_line(side: np.ndarray, line: np.ndarray) -> float:
    along = line[1] - line[0]
    normal = np.array((-along[1], along[0])) / np.hypot(*along)
    return float(np.abs((side - line[0]) @ normal).max())
