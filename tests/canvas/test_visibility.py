"""What is hidden is neither drawn nor hit; what is locked is drawn, and nothing takes hold of it."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from annotator.canvas.frame_shapes import MOST_CHANGED, FrameShapes
from annotator.canvas.live_layer import MOST_LIVE
from annotator.core.annotations import Annotation
from annotator.core.columns import ShapeColumns
from annotator.core.geometry import BoolArray
from annotator.core.shapes import Polygon, Rectangle
from tests.canvas.bench import Bench, square

GREY = 160


@dataclass(frozen=True)
class Chosen:
    """Hides and locks by id."""

    hides: Collection[int] = ()
    locks: Collection[int] = ()

    def hidden(self, columns: ShapeColumns) -> BoolArray:
        return np.isin(columns.ids, list(self.hides))

    def locked(self, columns: ShapeColumns) -> BoolArray:
        return np.isin(columns.ids, list(self.locks))


def is_drawn(bench: Bench, x: float, y: float) -> bool:
    """Whether a line of a label's colour runs through a point; the picture is grey."""
    colour = bench.colour(bench.image(), x, y)
    return max(colour) - min(colour) > 40


@pytest.mark.parametrize(
    "shape", [Rectangle((50, 50, 90, 90)), Polygon.from_ring(square(50, 50, 40))]
)
class TestHidden:
    def test_it_is_not_drawn_and_drawn_again(self, bench, shape):
        (box,) = bench.put(shape)
        assert is_drawn(bench, 50, 70)
        bench.view.show_visibility(Chosen(hides=[box]))
        assert not is_drawn(bench, 50, 70)
        bench.view.show_visibility(Chosen())
        assert is_drawn(bench, 50, 70)

    def test_it_is_not_hit(self, bench, shape):
        box, below = bench.put(shape, Rectangle((10, 10, 200, 200)))
        bench.view.show_visibility(Chosen(hides=[box]))
        bench.click(70, 70)
        assert bench.view.selection == (below,)

    def test_selected_it_is_not_drawn_and_has_no_handles(self, bench, shape):
        (box,) = bench.put(shape)
        bench.view.select([box])
        bench.view.show_visibility(Chosen(hides=[box]))
        assert bench.view.selection == (box,)
        assert not is_drawn(bench, 50, 50)
        bench.drag((50, 50), (20, 20))
        assert bench.document.shape(box) == shape
        assert bench.document.steps == []

    def test_it_stays_hidden_when_it_changes(self, bench, shape):
        (box,) = bench.put(shape)
        bench.view.show_visibility(Chosen(hides=[box]))
        bench.document.replace({box: shape.moved_by(100, 0)}, "Move")
        assert not is_drawn(bench, 150, 70)


class TestLocked:
    def test_it_is_drawn_and_clicks_go_through_it(self, bench):
        small, below = bench.put(Rectangle((50, 50, 90, 90)), Rectangle((10, 10, 200, 200)))
        bench.view.show_visibility(Chosen(locks=[small]))
        assert is_drawn(bench, 50, 70)
        bench.click(70, 70)
        assert bench.view.selection == (below,)

    def test_a_rubber_band_and_select_all_leave_it_out(self, bench):
        locked, free = bench.put(Rectangle((50, 50, 90, 90)), Rectangle((100, 50, 140, 90)))
        bench.view.show_visibility(Chosen(locks=[locked]))
        bench.drag((20, 20), (200, 200))
        assert bench.view.selection == (free,)
        bench.view.select([])
        bench.view.select_all()
        assert bench.view.selection == (free,)

    def test_selected_in_a_list_it_is_neither_moved_nor_deleted(self, bench):
        shape = Rectangle((50, 50, 90, 90))
        (locked,) = bench.put(shape)
        bench.view.show_visibility(Chosen(locks=[locked]))
        bench.view.select([locked])
        bench.drag((70, 70), (120, 120))
        bench.view.select([locked])
        bench.key(Qt.Key.Key_Right)
        bench.key(Qt.Key.Key_Delete)
        assert bench.document.shape(locked) == shape
        assert bench.document.steps == []
        assert "show or unlock it first" in bench.view.hint

    @pytest.mark.parametrize("count", [1, MOST_LIVE + 1])
    @pytest.mark.parametrize("how", ["hides", "locks"])
    def test_an_arrow_moves_none_of_it_and_says_so(self, bench, how, count):
        many = bench.put(*(Rectangle((i, 50, i + 20, 90)) for i in range(count)))
        bench.view.select(many)
        bench.view.show_visibility(Chosen(**{how: many}))
        bench.key(Qt.Key.Key_Right)
        assert bench.document.steps == []
        assert "show or unlock it first" in bench.view.hint

    def test_only_the_free_ones_of_a_selection_move(self, bench):
        locked, free = bench.put(Rectangle((50, 50, 90, 90)), Rectangle((100, 50, 140, 90)))
        bench.view.show_visibility(Chosen(locks=[locked]))
        bench.view.select([locked, free])
        bench.drag((120, 70), (130, 75))
        assert bench.document.shape(locked) == Rectangle((50, 50, 90, 90))
        assert bench.document.shape(free) == Rectangle((110, 55, 150, 95))

    def test_locking_what_is_dragged_drops_the_gesture(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 90, 90)))
        bench.view.select([box])
        bench.press(70, 70)
        bench.move(100, 100)
        bench.view.show_visibility(Chosen(locks=[box]))
        bench.release(100, 100)
        assert bench.document.steps == []

    def test_of_many_selected_only_the_free_ones_move(self, bench):
        many = bench.put(*(Rectangle((i, 50, i + 20, 90)) for i in range(MOST_LIVE + 6)))
        bench.view.show_visibility(Chosen(locks=many[:3], hides=many[3:5]))
        bench.view.select(many)
        bench.drag((60, 70), (60, 80))
        moved = [i for i in many if bench.document.shape(i).box[1] == 60]
        assert moved == many[5:]


class TestFrameShapes:
    def test_what_is_hidden_is_remembered_through_merges(self):
        found = [Annotation(1, 1, Rectangle((i, 0, i + 5, 5))) for i in range(4)]
        values = {one.id: one for one in found}
        hidden, locked = found[0].id, found[1].id
        frame = FrameShapes(
            ShapeColumns.from_annotations(found), values.get, Chosen([hidden], [locked])
        )
        assert set(frame.free_ids()) == {found[2].id, found[3].id}
        moved = replace(found[0], shape=Rectangle((50, 0, 55, 5)))
        added = [Annotation(1, 1, Rectangle((9, 9, 12, 12))) for _ in range(MOST_CHANGED + 1)]
        frame.update([moved, *added], [found[3].id])
        expected = {found[2].id, *(one.id for one in added)}
        assert frame.wants_merge
        for _ in range(2):
            assert set(frame.free_ids()) == expected
            assert not frame.is_shown(hidden)
            assert frame.is_shown(locked)
            assert not frame.is_free(locked)
            assert not frame.is_shown(found[3].id)
            assert set(frame.inside((-1, -1, 99, 99))) == expected
            assert frame.top_at(52, 2, 1) is None
            frame.merge()

    def test_a_change_leaves_the_order_as_it_is(self):
        found = [Annotation(1, 1, Rectangle((i, 0, i + 5, 5)), z_order=-i) for i in range(4)]
        values = {one.id: one for one in found}
        frame = FrameShapes(ShapeColumns.from_annotations(found), values.get)
        before = frame.free_ids()
        assert before == [one.id for one in reversed(found)]
        frame.update([replace(found[2], shape=Rectangle((50, 0, 55, 5)))], [])
        assert frame.free_ids() == before
        assert frame.free_among([found[1].id, 12345, found[3].id]) == [found[1].id, found[3].id]


class TestTags:
    def test_a_tag_is_selected_beside_shapes_and_deleted(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 90, 90)))
        tag = bench.document.put(Annotation(1, bench.document.annotations[box].label, None))
        bench.view.select([tag, box])
        assert bench.view.selection == (tag, box)
        bench.drag((70, 70), (80, 70))
        assert bench.document.shape(box) == Rectangle((60, 50, 100, 90))
        bench.key(Qt.Key.Key_Delete)
        assert bench.document.annotations == {}
        assert bench.view.selection == ()

    def test_what_the_frame_does_not_have_is_not_selected(self, bench):
        bench.view.select([12345])
        assert bench.view.selection == ()
