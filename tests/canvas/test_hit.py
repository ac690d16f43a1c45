import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotator.canvas.handles import Handle, rectangle_handles, rotation_handle
from annotator.canvas.hit import (
    Body,
    Edge,
    Rotation,
    Vertex,
    contains,
    distance,
    mask_contains,
    part_at,
)
from annotator.core.columns import outline
from annotator.core.shapes import (
    Cuboid,
    Ellipse,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    Rectangle,
)
from tests.canvas.bench import square
from tests.strategies import masks, places, rectangles, shapes

BOX = Rectangle((100, 100, 200, 180))
RING = Polygon.from_ring(square(100, 100, 100))


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ((100, 100), Handle(-1, -1)),
        ((205, 176), Handle(1, 1)),
        ((150, 100), Handle(0, -1)),
        ((197, 141), Handle(1, 0)),
        ((150, 76), Rotation()),
        ((120, 120), Body()),
        ((125, 100), Body()),
        ((125, 95), Body()),
        ((125, 88), None),
        ((220, 140), None),
    ],
)
def test_the_parts_of_a_rectangle(place, part):
    assert part_at(BOX, *place, 1.0) == part


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ((100, 100), Vertex(0, 0)),
        ((196, 204), Vertex(0, 2)),
        ((150, 103), Edge(0, 0)),
        ((203, 150), Edge(0, 1)),
        ((97, 150), Edge(0, 3)),
        ((150, 150), Body()),
        ((150, 88), None),
    ],
)
def test_the_parts_of_a_polygon(place, part):
    assert part_at(RING, *place, 1.0) == part


def test_a_vertex_comes_before_an_edge_and_the_nearer_vertex_before_the_other():
    ring = Polygon.from_ring([(0, 0), (6, 0), (100, 100), (0, 100)])
    assert part_at(ring, 4, 1, 1.0) == Vertex(0, 1)
    assert part_at(ring, 2, 1, 1.0) == Vertex(0, 0)


def test_the_points_of_holes_are_numbered_after_the_outer_ring():
    part = PolygonPart(np.array(square(0, 0, 300)), (np.array(square(100, 100, 100)),))
    assert part_at(Polygon((part, part)), 200, 100, 1.0) == Vertex(1, 1)
    assert part_at(Polygon((part,)), 150, 150, 1.0) is None


def test_handles_keep_their_size_on_the_screen():
    # At a quarter of the size a screen pixel is four image pixels.
    assert part_at(BOX, 172, 208, 4.0) is None
    assert part_at(BOX, 214, 190, 4.0) == Handle(1, 1)
    assert part_at(BOX, 214, 190, 1.0) is None
    assert part_at(BOX, 150, 100 - 24 * 4, 4.0) == Rotation()


def test_a_small_rectangle_keeps_a_body():
    assert part_at(Rectangle((100, 100, 112, 112)), 106, 106, 1.0) == Body()


def test_the_handles_of_a_short_side_have_no_middle():
    assert Handle(0, -1) not in rectangle_handles(Rectangle((0, 0, 20, 200)), 1.0)
    assert Handle(1, 0) in rectangle_handles(Rectangle((0, 0, 20, 200)), 1.0)


@given(rectangles(), st.floats(40, 1000))
def test_every_handle_is_found_where_it_is_drawn(rectangle, shorter_side_on_screen):
    x0, y0, x1, y1 = rectangle.xyxy
    assume(min(x1 - x0, y1 - y0) > 1e-3)
    pixel = min(x1 - x0, y1 - y0) / shorter_side_on_screen
    for handle, place in rectangle_handles(rectangle, pixel).items():
        assert part_at(rectangle, *place, pixel) == handle
    assert part_at(rectangle, *rotation_handle(rectangle, pixel), pixel) == Rotation()


@given(rectangles(), st.floats(0, 1), st.floats(0, 1))
def test_inside_a_turned_rectangle(rectangle, across, down):
    corners = rectangle.corners
    place = corners[0] + across * (corners[1] - corners[0]) + down * (corners[3] - corners[0])
    rings = outline(rectangle)
    assume(distance(rectangle.kind, rings, *place) > 1e-6)
    assert contains(rectangle.kind, rings, *place)


@given(places(), st.floats(0, 360), st.floats(1, 50), st.floats(1, 50))
def test_inside_and_outside_an_ellipse(centre, angle, rx, ry):
    ellipse = Ellipse(centre, (rx, ry), angle)
    rings = outline(ellipse)
    assert contains("ellipse", rings, *centre)
    direction = math.radians(angle)
    beside = (
        centre[0] + 1.05 * rx * math.cos(direction),
        centre[1] + 1.05 * rx * math.sin(direction),
    )
    assert not contains("ellipse", rings, *beside)


def test_lines_and_points_have_no_inside_but_a_distance():
    line = outline(Polyline(np.array([(0, 0), (100, 0), (100, 100)])))
    assert not contains("polyline", line, 50, 0)
    assert distance("polyline", line, 50, 7) == 7
    # The end is not joined to the start.
    assert distance("polyline", line, 40, 50) == 50
    dots = outline(Points(np.array([(0, 0), (100, 0)])))
    assert distance("points", dots, 50, 0) == 50


def test_a_cuboid_is_taken_at_its_sides_too():
    front, back = square(0, 0, 100), square(60, -40, 100)
    corners = [front[i] for i in (0, 3, 1, 2)] + [back[i] for i in (0, 3, 1, 2)]
    cuboid = Cuboid(np.array(corners, dtype=float))
    rings = outline(cuboid)
    assert contains("cuboid", rings, 50, 50)
    assert contains("cuboid", rings, 150, 0)
    # Between the faces, in neither of them.
    assert contains("cuboid", rings, 30, -15)
    assert not contains("cuboid", rings, 10, -35)


@given(masks(), st.data())
def test_a_mask_is_where_its_pixels_are(mask, data):
    bitmap = mask.bitmap
    row = data.draw(st.integers(-1, mask.size[1]))
    column = data.draw(st.integers(-1, mask.size[0]))
    inside = 0 <= row < mask.size[1] and 0 <= column < mask.size[0] and bool(bitmap[row, column])
    x, y = mask.offset[0] + column + 0.5, mask.offset[1] + row + 0.5
    assert mask_contains(mask, x, y) == inside


def test_an_empty_mask_is_nowhere():
    assert not mask_contains(Mask((5, 5), (0, 0), np.zeros(0, dtype=np.int64)), 5.0, 5.0)


@given(shapes(), places(), st.floats(0.02, 30))
def test_every_shape_can_be_asked_everywhere(shape, place, pixel):
    part = part_at(shape, *place, pixel)
    assert part is None or isinstance(part, Vertex | Handle | Rotation | Edge | Body)
