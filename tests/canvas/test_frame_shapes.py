import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.canvas.column_merge import merged, taken
from annotator.canvas.frame_shapes import MOST_CHANGED, FrameShapes
from annotator.core.annotations import Annotation
from annotator.core.columns import ShapeColumns
from annotator.core.shapes import Polygon, Polyline, Rectangle
from tests.canvas.bench import square
from tests.strategies import places, shapes


def annotations(low: int, high: int):
    """Different annotations with small ids."""
    return st.dictionaries(
        st.integers(low, high), st.tuples(shapes(), st.integers(-1, 1)), max_size=8
    ).map(
        lambda chosen: [
            Annotation(1, i % 3, shape, z_order=z, id=i) for i, (shape, z) in chosen.items()
        ]
    )


def same_columns(first: ShapeColumns, second: ShapeColumns) -> bool:
    return all(
        np.array_equal(getattr(first, name), getattr(second, name))
        for name in vars(second)
        if name != "row_of"
    )


@given(annotations(1, 20), annotations(10, 30), st.sets(st.integers(1, 30)))
@settings(max_examples=40)
def test_merging_gives_the_columns_of_the_merged_values(before, changed, deleted):
    deleted = {i for i in deleted if i not in {a.id for a in changed}}
    values = {a.id: a for a in before} | {a.id: a for a in changed}
    frame = FrameShapes(ShapeColumns.from_annotations(before), values.get)
    frame.update(changed, deleted)
    rows = frame.merge()
    left = {i: a for i, a in values.items() if i not in deleted}
    assert same_columns(frame.base, ShapeColumns.from_annotations(left.values()))
    old = ShapeColumns.from_annotations(before)
    for new_row, old_row in enumerate(rows.tolist()):
        if old_row >= 0:
            assert old.ids[old_row] == frame.base.ids[new_row]


def test_of_two_at_one_distance_the_upper_one_is_picked():
    lines = [Annotation(1, 0, Polyline([[0, 0], [0, 50]]), id=each) for each in (1, 2)]
    frame = FrameShapes(ShapeColumns.from_annotations(lines), {1: lines[0], 2: lines[1]}.get)
    assert frame.at(0, 51, 2) == [2, 1]
    assert frame.top_at(0, 51, 2) == 2


@given(
    annotations(1, 20), annotations(10, 30), st.sets(st.integers(1, 30)), places(), st.floats(0, 30)
)
@settings(max_examples=30)
def test_looking_up_is_the_same_before_and_after_merging(before, changed, deleted, place, reach):
    deleted = {i for i in deleted if i not in {a.id for a in changed}}
    values = {a.id: a for a in before} | {a.id: a for a in changed}
    frame = FrameShapes(ShapeColumns.from_annotations(before), values.get)
    frame.update(changed, deleted)
    left = {i: a for i, a in values.items() if i not in deleted}
    new = FrameShapes(ShapeColumns.from_annotations(left.values()), values.get)
    assert len(frame) == len(new) == len(left)
    assert set(frame.ids()) == set(left)
    assert set(frame.at(*place, reach)) == set(new.at(*place, reach))
    assert frame.top_at(*place, reach) == (frame.at(*place, reach) or [None])[0]
    for annotation_id in range(1, 31):
        assert (annotation_id in frame) == (annotation_id in left)
        mine, fresh = frame.outline(annotation_id), new.outline(annotation_id)
        assert (mine and mine.box) == (fresh and fresh.box)


def test_rows_can_be_taken_in_any_order():
    columns = ShapeColumns.from_annotations(
        [
            Annotation(1, 1, Rectangle((0, 0, 1, 1)), id=1),
            Annotation(1, 2, Polyline(np.array([(0, 0), (5, 5)])), id=2),
            Annotation(1, 3, Polygon.from_ring(square(0, 0, 3)), id=3),
        ]
    )
    chosen = taken(columns, np.array([2, 0]))
    assert chosen.ids.tolist() == [3, 1]
    assert chosen.rings(0)[0].tolist() == [list(map(float, p)) for p in square(0, 0, 3)]
    assert chosen.rings(1)[0].tolist() == columns.rings(0)[0].tolist()
    nothing = merged(columns, np.zeros(3, dtype=bool), taken(columns, np.zeros(0, dtype=np.int64)))[
        0
    ]
    assert len(nothing) == 0
    assert len(nothing.points) == 0


def test_the_smallest_is_first_then_the_nearest():
    values = {
        1: Annotation(1, 1, Rectangle((0, 0, 100, 100)), id=1),
        2: Annotation(1, 1, Rectangle((40, 40, 60, 60)), id=2),
        3: Annotation(1, 1, Rectangle((52, 20, 90, 90)), id=3),
        # Its box is large, its area is small.
        4: Annotation(1, 1, Polygon.from_ring([(0, 0), (100, 99), (100, 100)]), id=4),
    }
    frame = FrameShapes(ShapeColumns.from_annotations(values.values()), values.get)
    assert frame.at(50, 47, 4.0) == [2, 1, 4, 3]
    assert frame.at(99, 98.5, 4.0) == [4, 1]
    assert frame.at(-3, 50, 4.0) == [1]
    assert frame.at(-5, 50, 4.0) == []
    assert frame.inside((30, 10, 95, 95)) == [2, 3]


def test_of_equal_shapes_the_newest_is_first():
    values = {i: Annotation(1, 1, Rectangle((0, 0, 10, 10)), id=i) for i in (1, 2, 3)}
    frame = FrameShapes(ShapeColumns.from_annotations(list(values.values())[:2]), values.get)
    frame.update([values[3]], ())
    assert frame.at(5, 5, 0.0) == [3, 2, 1]


def test_a_stream_of_changes_is_merged_now_and_then():
    values = {i: Annotation(1, 1, Rectangle((i, 0, i + 1, 1)), id=i) for i in range(1, 300)}
    frame = FrameShapes(ShapeColumns.from_annotations(values.values()), values.get)
    merges = 0
    for i in range(1, 300):
        values[i] = Annotation(1, 1, Rectangle((i, 5, i + 1, 6)), id=i)
        frame.update([values[i]], ())
        if frame.wants_merge:
            frame.merge()
            merges += 1
    assert merges == 299 // (MOST_CHANGED + 1)
    assert frame.top_at(150.5, 5.5, 0.0) == 150
    assert frame.top_at(150.5, 0.5, 0.0) is None


@pytest.mark.parametrize("gone", [[2], [1, 2, 3], []])
def test_deleting(gone):
    values = {i: Annotation(1, 1, Rectangle((i * 10, 0, i * 10 + 5, 5)), id=i) for i in (1, 2, 3)}
    frame = FrameShapes(ShapeColumns.from_annotations(values.values()), values.get)
    boxes = frame.update((), gone)
    assert boxes.tolist() == [[i * 10, 0, i * 10 + 5, 5] for i in gone]
    assert frame.ids() == [i for i in (1, 2, 3) if i not in gone]
    assert frame.boxes_of((1, 2, 3)).shape == (3 - len(gone), 4)
