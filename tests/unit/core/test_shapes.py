import copy
import dataclasses
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.columns import outline
from annotator.core.errors import GeometryError
from annotator.core.geometry import box_of_points, ring_area
from annotator.core.masks import MOST_RUNS
from annotator.core.shapes import (
    SHAPE_KINDS,
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
    turned,
)
from tests import strategies as some

TRIANGLE = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]])
CORNERS = np.array([[0, 0], [0, 2], [3, 0], [3, 2], [1, 1], [1, 3], [4, 1], [4, 3]], dtype=float)
WHOLE = st.integers(-1000, 1000).map(float)
EVERY_KIND = pytest.mark.parametrize("kind", SHAPE_KINDS)


def arrays_of(shape):
    """Every array that a shape keeps."""
    match shape:
        case Polygon():
            return list(shape.rings)
        case Mask():
            return [shape.counts]
        case Skeleton():
            return [array for e in shape.elements.values() for array in arrays_of(e.shape)]
        case Rectangle() | Ellipse():
            return []
        case _:
            return [shape.points]


def parts_of(shape):
    """The coordinates that a move changes, laid end to end."""
    match shape:
        case Skeleton():
            return np.concatenate([parts_of(e.shape) for e in shape.elements.values()])
        case Mask():
            return np.array([*shape.offset, *shape.offset], dtype=float).reshape(-1, 2)
        case Ellipse():
            return np.array([shape.centre])
        case Rectangle():
            return np.array(shape.xyxy).reshape(2, 2)
        case _:
            return np.concatenate(arrays_of(shape))


# --- laws of every kind -----------------------------------------------------------------------------


@EVERY_KIND
@some.fewer
@given(st.data(), WHOLE, WHOLE)
def test_a_move_shifts_every_point_and_the_move_back_undoes_it(kind, data, dx, dy):
    shape = data.draw(some.shapes((kind,)))
    moved = shape.moved_by(dx, dy)
    assert type(moved) is type(shape)
    assert np.allclose(parts_of(moved), parts_of(shape) + np.array([dx, dy]), rtol=0, atol=1e-9)
    back = moved.moved_by(-dx, -dy)
    assert np.allclose(parts_of(back), parts_of(shape), rtol=0, atol=1e-9)


@EVERY_KIND
@some.fewer
@given(st.data(), WHOLE, WHOLE)
def test_moves_by_whole_pixels_of_whole_coordinates_are_exact(kind, data, dx, dy):
    shape = data.draw(some.shapes((kind,), decimals=0))
    assert shape.moved_by(dx, dy).moved_by(-dx, -dy) == shape
    assert shape.moved_by(0, 0) == shape


@EVERY_KIND
@some.fewer
@given(st.data(), WHOLE, WHOLE)
def test_a_move_keeps_the_area_and_moves_the_box(kind, data, dx, dy):
    shape = data.draw(some.shapes((kind,)))
    moved = shape.moved_by(dx, dy)
    assert moved.area == pytest.approx(shape.area, abs=1e-5)
    expected = np.array(shape.box) + np.array([dx, dy, dx, dy])
    assert np.allclose(moved.box, expected, rtol=0, atol=1e-8)


@EVERY_KIND
@some.fewer
@given(st.data())
def test_the_box_holds_what_is_drawn(kind, data):
    shape = data.draw(some.shapes((kind,)))
    x0, y0, x1, y1 = shape.box
    drawn = np.concatenate(outline(shape))
    assert (drawn >= np.array([x0, y0]) - 1e-9).all()
    assert (drawn <= np.array([x1, y1]) + 1e-9).all()
    assert all(type(value) is float for value in shape.box)


# The parts of a polygon may overlap, and a face of a cuboid may cross itself.
@given(some.shapes(("rectangle", "ellipse", "mask", "skeleton")))
def test_no_area_is_larger_than_the_box(shape):
    x0, y0, x1, y1 = shape.box
    assert 0 <= shape.area <= (x1 - x0) * (y1 - y0) * (1 + 1e-9) + 1e-9


@EVERY_KIND
@some.fewer
@given(st.data())
def test_a_copy_is_equal_and_has_the_same_hash(kind, data):
    shape = data.draw(some.shapes((kind,)))
    for other in (copy.deepcopy(shape), pickle.loads(pickle.dumps(shape))):
        assert other == shape
        assert hash(other) == hash(shape)
        assert type(other) is type(shape)


@given(some.shapes(), some.shapes())
def test_equal_shapes_have_equal_hashes_and_others_are_not_equal(first, second):
    assert (first == second) == (second == first)
    if first == second:
        assert hash(first) == hash(second)
    assert first != "shape"
    assert first != second.moved_by(1000, 1000)


@EVERY_KIND
@some.fewer
@given(st.data())
def test_nothing_of_a_shape_can_be_changed_even_after_pickling(kind, data):
    shape = data.draw(some.shapes((kind,)))
    for one in (shape, pickle.loads(pickle.dumps(shape)), copy.deepcopy(shape)):
        assert not any(array.flags.writeable for array in arrays_of(one))
    name = dataclasses.fields(shape)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(shape, name, None)


@EVERY_KIND
@some.fewer
@given(st.data())
def test_shapes_keep_no_other_attributes(kind, data):
    shape = data.draw(some.shapes((kind,)))
    assert not hasattr(shape, "__dict__")


@pytest.mark.parametrize("kind", [Polyline, Points, Cuboid, Polygon.from_ring])
def test_a_shape_has_an_array_of_its_own(kind):
    given_points = CORNERS.copy()
    shape = kind(given_points)
    given_points[:] = -1
    assert np.array_equal(arrays_of(shape)[0], CORNERS)


def test_a_hole_and_run_lengths_are_copies_too():
    hole = TRIANGLE / 2
    part = PolygonPart(TRIANGLE, (hole,))
    hole[:] = 9
    assert part.holes[0].max() == 2
    counts = np.array([1, 3])
    mask = Mask((0, 0), (2, 2), counts)
    counts[:] = 2
    assert mask.counts.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Polyline([[0.0, 1.0], [2.0, 3.0]]), Polyline([[-0.0, 1.0], [2.0, 3.0]])),
        (Points([[0.0, 0.0]]), Points([[-0.0, -0.0]])),
        (Polygon.from_ring(TRIANGLE), Polygon.from_ring(np.where(TRIANGLE == 0, -0.0, TRIANGLE))),
        (Rectangle((0.0, 0.0, 1.0, 1.0)), Rectangle((-0.0, -0.0, 1.0, 1.0))),
        (Ellipse((0.0, 0.0), (1, 1)), Ellipse((-0.0, -0.0), (1, 1))),
    ],
)
def test_minus_zero_is_zero_for_equality_and_hash(first, second):
    assert first == second
    assert hash(first) == hash(second)


def test_the_same_points_as_another_kind_are_another_shape():
    assert Polyline(TRIANGLE) != Points(TRIANGLE)
    assert Points(TRIANGLE) != Polygon.from_ring(TRIANGLE)
    assert len({Polyline(TRIANGLE), Points(TRIANGLE), Polyline(TRIANGLE)}) == 2


BAD_NUMBERS = [math.nan, math.inf, -math.inf, 1e8, -1e300, 10**400, "wide", None]


@pytest.mark.parametrize("bad", BAD_NUMBERS, ids=lambda bad: str(bad)[:8])
@pytest.mark.parametrize(
    "make",
    [
        lambda v: Rectangle((v, 0, 1e6, 1)),
        lambda v: Rectangle((0, 0, 1, v)),
        lambda v: Ellipse((0, v), (1, 1)),
        lambda v: Ellipse((0, 0), (v, 1)),
        lambda v: Polygon.from_ring([[0, 0], [1, 0], [v, 1]]),
        lambda v: PolygonPart(TRIANGLE, ([[0, 0], [1, 0], [1, v]],)),
        lambda v: Polyline([[0, 0], [v, 1]]),
        lambda v: Points([[v, 1]]),
        lambda v: Cuboid([*CORNERS[:7], [v, 1]]),
        lambda v: Mask((v, 0), (1, 1), [0, 1]),
        lambda v: Mask((0, 0), (v, 1), [0, 1]),
        lambda v: Mask((0, 0), (1, 1), [v, 1]),
    ],
)
def test_no_shape_has_a_coordinate_that_is_none(make, bad):
    with pytest.raises(GeometryError):
        make(bad)


@pytest.mark.parametrize("bad", [math.nan, math.inf, 10**400, "half", None])
def test_no_rotation_is_other_than_a_number(bad):
    with pytest.raises(GeometryError, match="rotation"):
        Rectangle((0, 0, 1, 1), bad)
    with pytest.raises(GeometryError, match="rotation"):
        Ellipse((0, 0), (1, 1), bad)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Rectangle((1, 0, 0, 1)),
        lambda: Rectangle((0, 1, 1, 0)),
        lambda: Rectangle((0, 0, 1)),
        lambda: Ellipse((0, 0), (-1, 1)),
        lambda: Ellipse((0, 0), (1, -1e-9)),
        lambda: Ellipse((0, 0, 0), (1, 1)),
        lambda: Polygon(()),
        lambda: Polygon.from_ring([[0, 0], [1, 1]]),
        lambda: PolygonPart(TRIANGLE, (TRIANGLE[:2],)),
        lambda: Polyline([[0, 0]]),
        lambda: Points([]),
        lambda: Cuboid(CORNERS[:7]),
        lambda: Cuboid([*CORNERS, [0, 0]]),
        # Run lengths are stored in 32 bits.
        lambda: Mask((0, 0), (1 << 16, 1 << 16), [1 << 32]),
        lambda: Mask((0, 0), (2, MOST_RUNS), np.ones(2 * MOST_RUNS, dtype=np.int64)),
        lambda: Mask((0, 0), (2, 2), [3]),
        lambda: Mask((0, 0), (-2, -2), [4]),
        lambda: Mask((0.5, 0), (1, 1), [1]),
    ],
)
def test_what_makes_no_shape_is_refused(make):
    with pytest.raises(GeometryError):
        make()


# --- rectangles and ellipses ------------------------------------------------------------------------


@given(some.places(), some.places())
def test_any_two_corners_make_a_rectangle(first, second):
    rectangle = Rectangle.from_corners(first, second)
    assert rectangle == Rectangle.from_corners(second, first)
    assert rectangle.box == box_of_points(np.array([first, second]))


@given(st.floats(-1e6, 1e6))
def test_rotations_lie_within_one_turn(degrees):
    for shape in (Rectangle((0, 0, 1, 1), degrees), Ellipse((0, 0), (1, 1), degrees)):
        assert 0.0 <= shape.rotation < 360.0
        turns = (shape.rotation - degrees) / 360.0
        assert turns == pytest.approx(round(turns), abs=1e-7)


def test_a_tiny_turn_back_is_no_turn():
    assert Rectangle((0, 0, 1, 1), -1e-20).rotation == 0.0
    assert Rectangle((0, 0, 1, 1), 360.0) == Rectangle((0, 0, 1, 1), 0.0)


@given(some.rectangles())
def test_the_corners_of_a_rectangle_have_its_area(rectangle):
    assert ring_area(rectangle.corners) == pytest.approx(rectangle.area, rel=1e-9, abs=1e-6)
    x0, y0, x1, y1 = rectangle.xyxy
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    assert np.allclose(rectangle.corners.mean(axis=0), middle, rtol=0, atol=1e-9)


@given(st.one_of(some.rectangles(), some.ellipses()), st.floats(-720, 720))
def test_turning_adds_to_the_rotation_and_keeps_the_rest(shape, degrees):
    after = turned(shape, degrees)
    difference = (after.rotation - shape.rotation - degrees) / 360.0
    assert difference == pytest.approx(round(difference), abs=1e-9)
    assert dataclasses.replace(after, rotation=shape.rotation) == shape


def test_an_ellipse_is_drawn_with_the_points_asked_for():
    ring = Ellipse((5, 5), (2, 1)).ring(8)
    assert ring.shape == (8, 2)
    assert ring[0].tolist() == [7, 5]


# --- polygons ---------------------------------------------------------------------------------------


def test_a_polygon_has_the_area_of_its_rings_less_the_holes():
    outer = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], dtype=float)
    hole = outer[::-1] / 5 + 1
    ring = PolygonPart(outer, (hole, hole + 4))
    assert Polygon((ring, PolygonPart(outer + 20))).area == 100 - 4 - 4 + 100
    assert not Polygon((ring,)).is_simple_ring
    assert not Polygon((PolygonPart(outer), PolygonPart(outer))).is_simple_ring
    assert Polygon.from_ring(outer).is_simple_ring


@given(some.polygons())
def test_the_rings_of_a_polygon_are_those_of_its_parts_in_their_order(polygon):
    expected = [ring for part in polygon.parts for ring in (part.outer, *part.holes)]
    assert [id(ring) for ring in polygon.rings] == [id(ring) for ring in expected]


def test_where_a_ring_starts_is_part_of_the_polygon():
    assert Polygon.from_ring(TRIANGLE) != Polygon.from_ring(np.roll(TRIANGLE, 1, axis=0))
    assert Polygon.from_ring(TRIANGLE) != Polygon.from_ring(TRIANGLE[::-1])


# --- cuboids ----------------------------------------------------------------------------------------


def test_the_faces_of_a_cuboid_run_round():
    front, back = Cuboid(CORNERS).faces
    assert front.tolist() == [[0, 0], [3, 0], [3, 2], [0, 2]]
    assert back.tolist() == [[1, 1], [4, 1], [4, 3], [1, 3]]
    assert Cuboid(CORNERS).area == 6


# --- masks ------------------------------------------------------------------------------------------


@given(some.bitmaps(), st.integers(-5, 20), st.integers(-5, 20))
def test_a_mask_has_the_pixels_it_was_made_from(bitmap, x, y):
    mask = Mask.from_bitmap(bitmap, (x, y))
    height, width = bitmap.shape
    assert mask.area == bitmap.sum()
    whole = np.zeros((40, 40), dtype=bool)
    whole[10 + y : 10 + y + height, 10 + x : 10 + x + width] = bitmap
    assert np.array_equal(mask.moved_by(10, 10).bitmap_in(40, 40), whole)
    assert mask.bitmap.dtype == bool


@given(some.bitmaps(), st.integers(-12, 12), st.integers(-12, 12))
def test_a_mask_is_cut_off_at_the_picture(bitmap, x, y):
    mask = Mask.from_bitmap(bitmap, (x, y))
    expected = np.array(
        [
            [
                0 <= row - y < bitmap.shape[0]
                and 0 <= column - x < bitmap.shape[1]
                and bitmap[row - y, column - x]
                for column in range(6)
            ]
            for row in range(5)
        ]
    )
    assert np.array_equal(mask.bitmap_in(6, 5), expected)


@given(some.masks())
def test_a_mask_from_a_bitmap_is_cropped(mask):
    assert mask.bitmap.shape == mask.size[::-1]
    assert mask.bitmap[0].any()
    assert mask.bitmap[-1].any()
    assert mask.bitmap[:, 0].any()
    assert mask.bitmap[:, -1].any()
    assert Mask.from_bitmap(mask.bitmap, mask.offset) == mask
    whole = np.pad(mask.bitmap, 3)
    assert Mask.from_bitmap(whole, (mask.offset[0] - 3, mask.offset[1] - 3)) == mask


def test_the_box_of_a_mask_goes_round_its_cells():
    mask = Mask.from_bitmap(np.array([[0, 0, 0], [0, 1, 1]], dtype=bool), (10, 20))
    assert mask.box == (11.0, 21.0, 13.0, 22.0)
    assert mask.area == 2.0


def test_a_mask_without_pixels_has_no_size():
    mask = Mask.from_bitmap(np.zeros((3, 3), dtype=bool), (4, 5))
    assert (mask.offset, mask.size, mask.area) == ((4, 5), (0, 0), 0.0)
    assert mask.bitmap.shape == (0, 0)
    assert not mask.bitmap_in(9, 9).any()
    assert mask == Mask((4, 5), (0, 0), [0])
    assert hash(mask) == hash(Mask((4, 5), (0, 0), []))


def test_the_same_pixels_are_the_same_mask_however_the_runs_are_cut():
    first = Mask((0, 0), (3, 2), [2, 1, 3])
    second = Mask((0, 0), (3, 2), [1, 0, 1, 1, 0, 0, 3, 0])
    assert first == second
    assert hash(first) == hash(second)


def test_masks_move_by_whole_pixels():
    mask = Mask((1, 2), (1, 1), [0, 1])
    assert mask.moved_by(0.6, -1.4).offset == (2, 1)


def test_an_offset_may_be_a_whole_float_as_in_json():
    assert Mask((3.0, 4.0), (2, 1), [0, 2]).offset == (3, 4)


def test_masks_up_to_the_longest_run_that_is_stored_are_values_without_their_pixels():
    width, height = 1 << 16, (1 << 16) - 1
    assert Mask((0, 0), (width, height), [width * height]).area == 0


# --- skeletons --------------------------------------------------------------------------------------


def test_a_skeleton_keeps_its_own_elements_and_attributes():
    attributes = {7: "left"}
    elements = {1: SkeletonElement(Points([[1, 2]]), attributes=attributes)}
    skeleton = Skeleton(elements)
    elements.clear()
    attributes[7] = "right"
    assert skeleton.elements[1].attributes == {7: "left"}


def test_the_box_of_a_skeleton_leaves_out_what_is_outside_unless_all_is():
    shown = SkeletonElement(Points([[5, 6]]))
    hidden = SkeletonElement(Points([[9, 9]]), occluded=True)
    gone = SkeletonElement(Points([[0, 0]]), outside=True)
    assert Skeleton({1: shown, 2: hidden, 3: gone}).box == (5, 6, 9, 9)
    assert Skeleton({3: gone}).box == (0, 0, 0, 0)
    assert Skeleton({1: shown, 3: gone}).shown == [shown]
    assert Skeleton({3: gone}).shown == [gone]
    assert Skeleton({}).box == (0, 0, 0, 0)
    assert Skeleton({1: shown, 2: hidden, 3: gone}).area == 12


@some.fewer
@given(some.skeletons())
def test_moving_a_skeleton_keeps_visibility_and_attributes(skeleton):
    moved = skeleton.moved_by(3, 4)
    assert list(moved.elements) == list(skeleton.elements)
    for point, element in moved.elements.items():
        before = skeleton.elements[point]
        assert dataclasses.replace(element, shape=before.shape) == before


def test_the_order_of_elements_is_no_part_of_a_skeleton():
    first, second = SkeletonElement(Points([[1, 1]])), SkeletonElement(Points([[2, 2]]))
    assert Skeleton({1: first, 2: second}) == Skeleton({2: second, 1: first})
    assert hash(Skeleton({1: first, 2: second})) == hash(Skeleton({2: second, 1: first}))
    assert Skeleton({1: first, 2: second}) != Skeleton({1: second, 2: first})


def test_elements_that_differ_in_visibility_or_attributes_are_different():
    element = SkeletonElement(Points([[1, 1]]))
    others = [
        SkeletonElement(Points([[1, 1]]), occluded=True),
        SkeletonElement(Points([[1, 1]]), outside=True),
        SkeletonElement(Points([[1, 1]]), attributes={1: True}),
    ]
    assert all(other != element for other in others)
    assert len({element, *others}) == 4
    assert len({element, copy.copy(element)}) == 1
