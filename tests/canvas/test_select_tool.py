"""The select tool, used as the manual says, by mouse events on a real view."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from annotator.canvas import tool_input
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
from annotator.keys.names import usual_on
from tests.canvas.bench import ALT, RIGHT, SHIFT, Bench, square

ONE_OF_EACH = {
    "rectangle": (Rectangle((50, 50, 90, 90)), (70, 70)),
    "turned": (Rectangle((50, 50, 90, 90), 30.0), (70, 70)),
    "polygon": (Polygon.from_ring(square(50, 50, 40)), (70, 70)),
    "ellipse": (Ellipse((70, 70), (20, 15), 20.0), (70, 70)),
    "polyline": (Polyline(np.array([(50, 50), (90, 50), (90, 90)])), (70, 51)),
    "points": (Points(np.array([(50, 50), (90, 90)])), (89, 91)),
    "cuboid": (
        Cuboid(
            np.array(
                [(50, 50), (50, 90), (90, 50), (90, 90), (60, 40), (60, 80), (100, 40), (100, 80)]
            )
        ),
        (70, 70),
    ),
    "mask": (Mask.from_bitmap(np.ones((40, 40), dtype=bool), (50, 50)), (70, 70)),
    "skeleton": (
        Skeleton(
            {
                1: SkeletonElement(Points(np.array([(50.0, 50.0)]))),
                2: SkeletonElement(Points(np.array([(90.0, 90.0)]))),
            }
        ),
        (70, 70),
    ),
}


class TestSelecting:
    def test_a_click_selects_and_a_click_beside_lets_go(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 90, 90)))
        heard = []
        bench.view.selection_changed.connect(heard.append)
        bench.click(70, 70)
        assert bench.view.selection == (box,)
        bench.click(200, 200)
        assert bench.view.selection == ()
        assert heard == [(box,), ()]
        assert bench.document.steps == []

    @pytest.mark.parametrize("kind", ONE_OF_EACH)
    def test_every_kind_is_selected_where_it_is_seen(self, bench, kind):
        shape, place = ONE_OF_EACH[kind]
        (annotation,) = bench.put(shape)
        bench.click(*place)
        assert bench.view.selection == (annotation,)

    def test_the_smallest_comes_first_and_further_clicks_go_down(self, bench):
        large, small, middle = bench.put(
            Rectangle((20, 20, 220, 220)),
            Rectangle((90, 90, 130, 130)),
            Rectangle((60, 60, 160, 160)),
        )
        taken = []
        for _ in range(4):
            bench.click(110, 110)
            taken += bench.view.selection
        assert taken == [small, middle, large, small]

    def test_a_click_elsewhere_begins_with_the_smallest_again(self, bench):
        _large, small = bench.put(Rectangle((20, 20, 220, 220)), Rectangle((90, 90, 130, 130)))
        bench.click(110, 110)
        bench.click(110, 110)
        bench.click(100, 100)
        assert bench.view.selection == (small,)

    def test_a_hole_is_not_part_of_a_polygon(self, bench):
        part = PolygonPart(np.array(square(20, 20, 200)), (np.array(square(80, 80, 80)),))
        (ring,) = bench.put(Polygon((part,)))
        bench.click(120, 120)
        assert bench.view.selection == ()
        bench.click(40, 40)
        assert bench.view.selection == (ring,)

    def test_a_mask_is_taken_at_its_pixels_only(self, bench):
        bitmap = np.zeros((60, 60), dtype=bool)
        bitmap[:, :20] = True
        bitmap[:, 40:] = True
        (mask,) = bench.put(Mask.from_bitmap(bitmap, (50, 50)))
        bench.click(80, 80)
        assert bench.view.selection == ()
        bench.click(60, 80)
        assert bench.view.selection == (mask,)

    def test_shift_adds_and_takes_out(self, bench):
        first, second = bench.put(Rectangle((20, 20, 60, 60)), Rectangle((100, 20, 140, 60)))
        bench.click(40, 40)
        bench.click(120, 40, SHIFT)
        assert bench.view.selection == (first, second)
        bench.click(40, 40, SHIFT)
        assert bench.view.selection == (second,)

    def test_a_band_selects_what_is_inside(self, bench):
        first, second, _outside, _crossing = bench.put(
            Rectangle((20, 20, 60, 60)),
            Polygon.from_ring(square(80, 20, 30)),
            Rectangle((300, 200, 340, 240)),
            Rectangle((130, 20, 300, 60)),
        )
        bench.drag((5, 5), (150, 100))
        assert bench.view.selection == (first, second)
        assert bench.document.steps == []

    def test_a_band_with_shift_adds(self, bench):
        first, second = bench.put(Rectangle((20, 20, 60, 60)), Rectangle((200, 20, 240, 60)))
        bench.click(40, 40)
        bench.drag((190, 10), (250, 70), SHIFT)
        assert bench.view.selection == (first, second)

    def test_escape_lets_go(self, bench):
        bench.put(Rectangle((50, 50, 90, 90)))
        bench.click(70, 70)
        bench.key(Qt.Key.Key_Escape)
        assert bench.view.selection == ()

    def test_the_right_button_selects_and_asks_for_the_menu(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 90, 90)))
        bench.click(70, 70, button=RIGHT)
        assert bench.view.selection == (box,)

    def test_the_right_button_keeps_a_selection_it_is_on(self, bench):
        both = bench.put(Rectangle((20, 20, 60, 60)), Rectangle((100, 20, 140, 60)))
        bench.view.select(both)
        bench.click(40, 40, button=RIGHT)
        assert bench.view.selection == tuple(both)


class TestMoving:
    @pytest.mark.parametrize("kind", ONE_OF_EACH)
    def test_a_drag_moves_every_kind_in_one_step(self, bench, kind):
        shape, place = ONE_OF_EACH[kind]
        (annotation,) = bench.put(shape)
        bench.click(*place)
        # An edge of a polygon or a point of it would be taken hold of instead.
        bench.drag(place, (place[0] + 30, place[1] + 20))
        assert bench.document.shape(annotation) == shape.moved_by(30, 20)
        assert [step.text for step in bench.document.steps] == ["Move an annotation"]

    def test_one_drag_selects_and_moves(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 90, 90)))
        bench.drag((70, 70), (100, 75))
        assert bench.view.selection == (box,)
        assert bench.document.shape(box) == Rectangle((80, 55, 120, 95))

    def test_everything_selected_moves_together(self, bench):
        first, second = bench.put(
            Rectangle((20, 20, 60, 60)), Polygon.from_ring(square(100, 20, 40))
        )
        bench.view.select((first, second))
        bench.drag((40, 40), (50, 60))
        assert bench.document.shape(first) == Rectangle((30, 40, 70, 80))
        assert bench.document.shape(second) == Polygon.from_ring(square(110, 40, 40))
        assert [step.text for step in bench.document.steps] == ["Move 2 annotations"]
        assert bench.view.selection == (first, second)

    def test_what_lies_below_is_dragged_when_it_is_selected(self, bench):
        large, small = bench.put(Rectangle((20, 20, 220, 220)), Rectangle((90, 90, 130, 130)))
        bench.view.select((large,))
        bench.drag((110, 110), (120, 110))
        assert bench.document.shape(large) == Rectangle((30, 20, 230, 220))
        assert bench.document.shape(small) == Rectangle((90, 90, 130, 130))

    def test_nothing_changes_before_the_button_goes_up(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 90, 90)))
        bench.press(70, 70)
        bench.move(100, 100)
        assert bench.document.shape(box) == Rectangle((50, 50, 90, 90))
        assert bench.view.is_busy

    def test_escape_puts_it_back(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 90, 90)))
        bench.press(70, 70)
        bench.move(100, 100)
        bench.key(Qt.Key.Key_Escape)
        bench.move(120, 120)
        bench.release(120, 120)
        assert bench.document.steps == []
        assert bench.view.selection == (box,)

    def test_undo_during_a_drag_puts_it_back(self, bench):
        bench.put(Rectangle((50, 50, 90, 90)))
        bench.press(70, 70)
        bench.move(100, 100)
        assert bench.view.undo_in_tool()
        bench.release(100, 100)
        assert bench.document.steps == []
        assert not bench.view.undo_in_tool()

    def test_a_drag_back_to_its_start_is_no_step(self, bench):
        bench.put(Rectangle((50, 50, 90, 90)))
        bench.press(70, 70)
        bench.move(100, 100)
        bench.move(70, 70)
        bench.release(70, 70)
        assert bench.document.steps == []

    def test_more_than_are_shown_live_move_together(self, bench):
        boxes = bench.put(
            *(
                Rectangle((x, y, x + 8, y + 8))
                for x in range(10, 210, 20)
                for y in range(10, 210, 20)
            )
        )
        bench.view.select(boxes)
        bench.drag((14, 14), (24, 34))
        assert [bench.document.shape(i).xyxy[:2] for i in boxes] == [
            (x + 10, y + 20) for x in range(10, 210, 20) for y in range(10, 210, 20)
        ]
        assert len(bench.document.steps) == 1

    def test_a_button_that_went_up_elsewhere_ends_the_drag(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 90, 90)))
        bench.press(70, 70)
        bench.move(100, 70)
        bench.held = Qt.MouseButton.NoButton
        bench.move(110, 70)
        assert not bench.view.is_busy
        assert bench.document.shape(box) == Rectangle((90, 50, 130, 90))


class TestReshaping:
    def test_a_corner_resizes(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 150, 130)))
        bench.click(100, 90)
        bench.drag((150, 130), (170, 160))
        assert bench.document.shape(box) == Rectangle((50, 50, 170, 160))
        assert [step.text for step in bench.document.steps] == ["Resize"]

    def test_a_side_resizes_one_way(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 150, 130)))
        bench.click(100, 90)
        bench.drag((50, 90), (30, 200))
        assert bench.document.shape(box) == Rectangle((30, 50, 150, 130))

    def test_a_handle_is_not_pulled_to_the_pointer(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 150, 130)))
        bench.click(100, 90)
        bench.drag((153, 127), (173, 157))
        assert bench.document.shape(box) == Rectangle((50, 50, 170, 160))

    def test_a_corner_dragged_over_the_opposite_one_turns_the_box_inside_out(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 150, 130)))
        bench.click(100, 90)
        bench.drag((150, 130), (20, 30))
        assert bench.document.shape(box) == Rectangle((20, 30, 50, 50))

    def test_a_turned_rectangle_resizes_along_its_own_sides(self, bench):
        (box,) = bench.put(Rectangle((100, 100, 200, 140), 90.0))
        before = bench.document.shape(box)
        bench.click(150, 120)
        # Turned by 90 degrees its right side is the lower one on the screen.
        bench.drag((150, 170), (150, 190))
        after = bench.document.shape(box)
        assert after.rotation == 90.0
        assert after.corners[0] == pytest.approx(before.corners[0])
        assert after.corners[3] == pytest.approx(before.corners[3])
        assert after.corners[1] == pytest.approx(before.corners[1] + (0, 20))

    def test_the_handle_above_turns_and_shift_turns_in_steps(self, bench):
        (box,) = bench.put(Rectangle((100, 100, 200, 200)))
        bench.click(150, 150)
        bench.drag((150, 76), (220, 155), SHIFT)
        assert bench.document.shape(box).rotation == 90.0
        assert bench.document.shape(box).xyxy == (100, 100, 200, 200)
        assert [step.text for step in bench.document.steps] == ["Turn"]

    @pytest.mark.parametrize("beside", [-6, 0, 6])
    def test_turning_begins_where_the_handle_is_taken(self, bench, beside):
        (box,) = bench.put(Rectangle((100, 100, 200, 200)))
        bench.click(150, 150)
        bench.drag((150 + beside, 76), (150 + beside, 60))
        assert bench.document.shape(box).rotation == pytest.approx(0.0)

    def test_a_point_moves(self, bench):
        (ring,) = bench.put(Polygon.from_ring(square(50, 50, 100)))
        bench.click(100, 100)
        bench.drag((150, 150), (190, 170))
        assert bench.document.shape(ring) == Polygon.from_ring(
            [(50, 50), (150, 50), (190, 170), (50, 150)]
        )
        assert [step.text for step in bench.document.steps] == ["Move a point"]

    def test_alt_and_a_click_delete_a_point_but_three_stay(self, bench):
        (ring,) = bench.put(Polygon.from_ring(square(50, 50, 100)))
        bench.click(100, 100)
        bench.click(150, 150, ALT)
        assert bench.document.shape(ring) == Polygon.from_ring([(50, 50), (150, 50), (50, 150)])
        bench.click(150, 50, ALT)
        assert bench.document.shape(ring) == Polygon.from_ring([(50, 50), (150, 50), (50, 150)])
        assert "three" in bench.view.hint
        assert [step.text for step in bench.document.steps] == ["Delete a point"]

    def test_a_double_click_on_an_edge_adds_a_point(self, bench):
        (ring,) = bench.put(Polygon.from_ring(square(50, 50, 100)))
        bench.click(100, 100)
        bench.double_click(100, 52)
        points = [(50, 50), (100, 52), (150, 50), (150, 150), (50, 150)]
        assert bench.document.shape(ring) == Polygon.from_ring(points)
        assert bench.view.selection == (ring,)

    def test_the_points_of_a_hole_move_too(self, bench):
        hole = square(80, 80, 40)
        (ring,) = bench.put(
            Polygon((PolygonPart(np.array(square(20, 20, 200)), (np.array(hole),)),))
        )
        bench.click(40, 40)
        bench.drag((80, 80), (70, 75))
        assert bench.document.shape(ring).parts[0].holes[0][0].tolist() == [70, 75]

    def test_a_box_never_becomes_a_line(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 150, 130)))
        bench.click(100, 90)
        bench.press(150, 90)
        bench.move(80, 90)
        bench.move(50, 90)
        bench.release(50, 90)
        assert bench.document.shape(box) == Rectangle((50, 50, 80, 130))


class TestKeys:
    def test_delete_deletes_in_one_step(self, bench):
        both = bench.put(Rectangle((20, 20, 60, 60)), Rectangle((100, 20, 140, 60)))
        bench.view.select(both)
        bench.key(Qt.Key.Key_Delete)
        assert bench.document.annotations == {}
        assert bench.view.selection == ()
        assert len(bench.document.steps) == 1

    @pytest.mark.parametrize(("system", "left"), [("darwin", 1), ("linux", 2)])
    def test_backspace_deletes_on_macos(self, bench, monkeypatch, system, left):
        monkeypatch.setattr(tool_input, "_DELETING", usual_on(("Del",), system))
        bench.view.select(bench.put(Rectangle((20, 20, 60, 60)), Rectangle((100, 20, 140, 60)))[:1])
        bench.key(Qt.Key.Key_Backspace)
        assert len(bench.document.annotations) == left

    @pytest.mark.parametrize(
        ("key", "keys", "by"),
        [
            (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, (-1, 0)),
            (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, (0, 1)),
            (Qt.Key.Key_Right, SHIFT, (10, 0)),
            (Qt.Key.Key_Up, SHIFT, (0, -10)),
            (Qt.Key.Key_Up, Qt.KeyboardModifier.KeypadModifier, (0, -1)),
        ],
    )
    def test_arrows_move_the_selection(self, bench, key, keys, by):
        (box,) = bench.put(Rectangle((50, 50, 90, 90)))
        bench.view.select((box,))
        bench.key(key, keys)
        assert bench.document.shape(box) == Rectangle((50, 50, 90, 90)).moved_by(*by)

    def test_backspace_deletes_nothing(self, bench):
        """Who has just closed a polygon may mean its last point."""
        bench.view.select(bench.put(Rectangle((50, 50, 90, 90))))
        bench.key(Qt.Key.Key_Backspace)
        assert len(bench.document.annotations) == 1

    def test_an_arrow_without_a_selection_is_for_the_window(self, bench):
        (box,) = bench.put(Rectangle((50, 50, 90, 90)))
        bench.key(Qt.Key.Key_Right)
        assert bench.document.shape(box) == Rectangle((50, 50, 90, 90))


def test_hints_say_what_can_be_done(bench: Bench):
    bench.put(Rectangle((50, 50, 150, 130)))
    heard = []
    bench.view.hint_changed.connect(heard.append)
    bench.click(100, 90)
    bench.drag((150, 130), (170, 160))
    assert any("Shift keeps the ratio" in hint for hint in heard)
