from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotations import Annotation
from annotator.core.columns import KIND_CODES, ShapeColumns, outline
from annotator.core.shapes import (
    ANNOTATION_KINDS,
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

RING = np.array([[0, 0], [8, 0], [8, 8], [0, 8]], dtype=float)
HOLE = RING / 4 + 1
BOX = Rectangle((2, 3, 5, 7))


@some.fewer
@given(some.annotation_lists())
def test_rows_are_the_shapes_in_drawing_order(annotations):
    columns = ShapeColumns.from_annotations(annotations)
    shown = sorted((a for a in annotations if a.shape), key=lambda a: (a.z_order, a.id))
    assert len(columns) == len(shown)
    assert columns.ids.tolist() == [a.id for a in shown]
    assert columns.labels.tolist() == [a.label for a in shown]
    assert columns.groups.tolist() == [a.group for a in shown]
    assert columns.occluded.tolist() == [a.occluded for a in shown]
    assert columns.z_orders.tolist() == [a.z_order for a in shown]
    assert [columns.kind(row) for row in range(len(columns))] == [a.kind for a in shown]
    assert columns.row_of == {a.id: row for row, a in enumerate(shown)}


@given(some.annotation_lists())
def test_rings_and_boxes_are_those_of_the_values(annotations):
    columns = ShapeColumns.from_annotations(annotations)
    by_id = {a.id: a for a in annotations}
    for row in range(len(columns)):
        shape = by_id[int(columns.ids[row])].shape
        assert tuple(columns.boxes[row]) == shape.box
        rings = columns.rings(row)
        expected = list(outline(shape))
        assert len(rings) == len(expected)
        assert all(np.array_equal(a, b) for a, b in zip(rings, expected, strict=True))
        assert all(np.shares_memory(ring, columns.points) for ring in rings if len(ring))
    assert len(columns.points) == columns.point_of_ring[-1]
    assert len(columns.point_of_ring) - 1 == columns.ring_of_shape[-1]


@given(some.annotation_lists(), some.boxes())
def test_rows_in_an_area_are_those_whose_box_meets_it(annotations, area):
    columns = ShapeColumns.from_annotations(annotations)
    x0, y0, x1, y1 = area
    expected = [
        row
        for row, box in enumerate(columns.boxes.tolist())
        if not (box[2] < x0 or box[0] > x1 or box[3] < y0 or box[1] > y1)
    ]
    assert columns.rows_in(*area).tolist() == expected


def test_a_box_that_only_touches_an_area_meets_it():
    columns = ShapeColumns.from_annotations([Annotation(0, 1, BOX)])  # 2..5 and 3..7
    touching = [(0, 0, 2, 9), (5, 0, 9, 9), (0, 0, 9, 3), (0, 7, 9, 9), (5, 7, 5, 7)]
    beside = [(0, 0, 1.9, 9), (5.1, 0, 9, 9), (0, 0, 9, 2.9), (0, 7.1, 9, 9)]
    assert all(len(columns.rows_in(*area)) == 1 for area in touching)
    assert all(len(columns.rows_in(*area)) == 0 for area in beside)


def test_a_hole_that_sticks_out_does_not_widen_the_box():
    odd = Polygon((PolygonPart(RING, (HOLE + 20,)),))
    columns = ShapeColumns.from_annotations([Annotation(0, 1, odd)])
    assert tuple(columns.boxes[0]) == odd.box == (0, 0, 8, 8)


def test_columns_are_compared_by_identity():
    first, second = (ShapeColumns.from_annotations([]) for _ in range(2))
    assert first != second  # comparing the arrays would raise: they have no truth value
    assert len({first, second}) == 2


@some.fewer
@given(some.annotation_lists(), st.randoms(use_true_random=False))
def test_the_order_of_the_values_does_not_matter(annotations, random):
    first = ShapeColumns.from_annotations(annotations)
    mixed = list(annotations)
    random.shuffle(mixed)
    second = ShapeColumns.from_annotations(mixed)
    for column in fields(ShapeColumns):
        assert np.array_equal(getattr(first, column.name), getattr(second, column.name))


@some.fewer
@given(some.annotation_lists())
def test_columns_have_the_types_they_promise_and_cannot_be_changed(annotations):
    columns = ShapeColumns.from_annotations(iter(annotations))
    types = {column.name: getattr(columns, column.name).dtype.name for column in fields(columns)}
    assert types == {
        "ids": "int64",
        "labels": "int64",
        "groups": "int64",
        "kinds": "uint8",
        "occluded": "bool",
        "z_orders": "int32",
        "boxes": "float64",
        "points": "float64",
        "point_of_ring": "int64",
        "ring_of_shape": "int64",
    }
    assert columns.boxes.shape == (len(columns), 4)
    assert columns.points.shape[1:] == (2,)
    assert columns.points.flags.c_contiguous
    assert not any(getattr(columns, column.name).flags.writeable for column in fields(columns))


def test_no_annotations_make_empty_columns():
    for annotations in ([], [Annotation(0, 1, None)]):
        columns = ShapeColumns.from_annotations(annotations)
        assert len(columns) == 0
        assert columns.rows_in(-1e9, -1e9, 1e9, 1e9).tolist() == []
        assert columns.row_of == {}


def test_a_skeleton_without_elements_takes_a_row_without_points():
    annotations = [
        Annotation(0, 1, BOX, id=number) if number != 2 else Annotation(0, 1, Skeleton({}), id=2)
        for number in (1, 2, 3)
    ]
    for chosen in (annotations, annotations[:2], annotations[1:], annotations[1:2]):
        columns = ShapeColumns.from_annotations(chosen)
        row = columns.row_of[2]
        assert columns.rings(row) == []
        assert columns.boxes[row].tolist() == [0, 0, 0, 0]
        others = [row for row in range(len(chosen)) if row != columns.row_of[2]]
        assert all(tuple(columns.boxes[row]) == BOX.box for row in others)


def test_every_kind_has_a_code_of_its_own_in_one_byte():
    assert set(KIND_CODES) == set(ANNOTATION_KINDS)
    assert sorted(KIND_CODES.values()) == list(range(len(ANNOTATION_KINDS)))


@pytest.mark.parametrize(
    ("shape", "lengths"),
    [
        (BOX, [4]),
        (replace(BOX, rotation=30), [4]),
        (Ellipse((0, 0), (2, 1), 10), [72]),
        (Polygon((PolygonPart(RING, (HOLE, HOLE + 3)), PolygonPart(RING + 20))), [4, 4, 4, 4]),
        (Polyline(RING[:3]), [3]),
        (Points(RING[:1]), [1]),
        (Cuboid(np.vstack((RING, RING + 2))), [4, 4]),
        (Mask((3, 4), (5, 2), [0, 10]), [4]),
        (Skeleton({1: SkeletonElement(Points(RING)), 2: SkeletonElement(BOX)}), [8]),
        (Skeleton({}), []),
    ],
)
def test_what_is_drawn_of_each_kind(shape, lengths):
    assert [len(ring) for ring in outline(shape)] == lengths


def test_a_mask_is_drawn_round_its_cells():
    (ring,) = outline(Mask((3, 4), (5, 2), [0, 10]))
    assert ring.tolist() == [[3, 4], [8, 4], [8, 6], [3, 6]]


def test_elements_outside_the_picture_are_not_drawn_unless_there_are_no_others():
    here = SkeletonElement(Points([[5, 5]]))
    away = SkeletonElement(Points([[0, 0]]), outside=True)
    assert outline(Skeleton({1: away, 2: here}))[0].tolist() == [[5, 5]]
    assert outline(Skeleton({1: away}))[0].tolist() == [[0, 0]]
