"""The rectangle tool, used as the manual says."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from annotator.core.shapes import Rectangle
from tests.canvas.bench import CAR, LEFT, RIGHT, SHIFT, Bench


@pytest.fixture
def bench(bench: Bench) -> Bench:
    bench.view.set_tool("rectangle")
    return bench


def shapes(bench: Bench) -> list:
    return [annotation.shape for annotation in bench.document.annotations.values()]


def test_a_drag_draws(bench):
    bench.drag((50, 60), (120, 140))
    assert shapes(bench) == [Rectangle((50, 60, 120, 140))]
    assert [step.text for step in bench.document.steps] == ["Add a rectangle"]
    assert bench.view.selection == tuple(bench.document.annotations)


def test_two_clicks_draw(bench):
    bench.click(120, 140)
    assert shapes(bench) == []
    bench.move(80, 100)
    bench.click(50, 60)
    assert shapes(bench) == [Rectangle((50, 60, 120, 140))]


def test_a_double_click_is_one_corner_however_the_hand_shakes(bench):
    bench.click(50, 60)
    bench.click_again(52, 59)
    assert shapes(bench) == []
    bench.move(100, 100)
    bench.click(120, 140)
    assert shapes(bench) == [Rectangle((50, 60, 120, 140))]
    bench.click_again(120, 140)
    assert not bench.view.is_busy


def test_a_drag_that_begins_with_the_second_press_of_a_double_click_draws(bench):
    bench.click(50, 60)
    bench.press(51, 61, twice=True)
    bench.move(120, 140)
    bench.release(120, 140)
    assert shapes(bench) == [Rectangle((50, 60, 120, 140))]


def test_the_second_corner_can_be_adjusted_before_the_button_goes_up(bench):
    bench.click(50, 60)
    bench.press(100, 100)
    bench.move(120, 140)
    bench.release(120, 140)
    assert shapes(bench) == [Rectangle((50, 60, 120, 140))]


def test_several_one_after_the_other(bench):
    for x in (10, 60, 110):
        bench.drag((x, 20), (x + 30, 50))
    assert [shape.xyxy for shape in shapes(bench)] == [(x, 20, x + 30, 50) for x in (10, 60, 110)]


def test_shapes_are_never_taken_hold_of(bench):
    (large,) = bench.put(Rectangle((20, 20, 220, 220)))
    bench.drag((60, 60), (100, 100))
    assert bench.document.shape(large) == Rectangle((20, 20, 220, 220))
    assert shapes(bench)[1] == Rectangle((60, 60, 100, 100))


def test_shift_makes_a_square(bench):
    bench.drag((50, 60), (120, 100), SHIFT)
    assert shapes(bench) == [Rectangle((50, 60, 120, 130))]


def test_shift_makes_a_square_towards_the_pointer(bench):
    bench.drag((120, 130), (60, 100), SHIFT)
    assert shapes(bench) == [Rectangle((60, 70, 120, 130))]


@pytest.mark.parametrize("way", ["escape", "backspace", "right button", "undo", "another tool"])
def test_the_drawing_can_be_dropped(bench, way):
    bench.click(50, 60)
    bench.move(100, 100)
    match way:
        case "escape":
            bench.key(Qt.Key.Key_Escape)
        case "backspace":
            bench.key(Qt.Key.Key_Backspace)
        case "right button":
            bench.click(100, 100, button=RIGHT)
        case "undo":
            assert bench.view.undo_in_tool()
        case _:
            bench.view.set_tool("select")
            bench.view.set_tool("rectangle")
    assert not bench.view.is_busy
    assert bench.view.stage.draft.isVisible() is False
    bench.drag((10, 10), (30, 30))
    assert shapes(bench) == [Rectangle((10, 10, 30, 30))]


def test_a_second_click_at_the_same_place_still_looks_for_the_other_corner(bench):
    bench.click(50, 60)
    bench.click(50, 60)
    bench.click(52, 58)
    assert shapes(bench) == []
    bench.click(120, 140)
    assert shapes(bench) == [Rectangle((50, 60, 120, 140))]


@pytest.mark.parametrize("end", [(50, 200), (200, 60)])
def test_a_rectangle_without_an_area_is_not_added(bench, end):
    bench.click(50, 60)
    bench.click(*end)
    assert shapes(bench) == []
    assert not bench.view.is_busy


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_N])
def test_a_key_ends_the_drawing_at_the_pointer(bench, key):
    bench.click(50, 60)
    bench.move(120, 140)
    bench.key(key)
    assert shapes(bench) == [Rectangle((50, 60, 120, 140))]


def test_without_a_label_the_drawing_waits(bench):
    bench.document.next_label = None
    bench.drag((50, 60), (120, 140))
    assert shapes(bench) == []
    assert "label" in bench.view.hint
    assert bench.view.stage.draft.isVisible()
    bench.document.next_label = CAR.id
    assert bench.view.finish_drawing()
    assert shapes(bench) == [Rectangle((50, 60, 120, 140))]
    assert not bench.view.is_busy


def test_a_drawing_that_waits_for_a_label_can_be_dropped(bench):
    bench.document.next_label = None
    bench.drag((50, 60), (120, 140))
    bench.key(Qt.Key.Key_Escape)
    assert not bench.view.is_busy
    assert not bench.view.finish_drawing()


def test_other_changes_of_the_frame_leave_the_drawing_alone(bench):
    bench.click(50, 60)
    bench.put(Rectangle((200, 200, 220, 220)))
    bench.view.show_shapes()
    bench.click(120, 140)
    assert Rectangle((50, 60, 120, 140)) in shapes(bench)


def test_zooming_and_panning_while_drawing(bench):
    bench.click(50, 60)
    bench.view.navigator.zoom_by(2.0, bench.at(50, 60))
    bench.view.navigator.pan_by(-35, 20)
    bench.click(120, 140)
    (rectangle,) = shapes(bench)
    assert rectangle.xyxy == pytest.approx((50, 60, 120, 140), abs=0.5)


def test_corners_may_lie_outside_the_picture(bench):
    bench.drag((-20, -10), (30, 40))
    assert shapes(bench) == [Rectangle((-20, -10, 30, 40))]


def test_with_the_mouse_of_qt_itself(bench):
    viewport = bench.view.viewport()
    QTest.mousePress(viewport, LEFT, pos=bench.at(50, 60).toPoint())
    QTest.mouseMove(viewport, bench.at(120, 140).toPoint())
    QTest.mouseRelease(viewport, LEFT, pos=bench.at(120, 140).toPoint())
    assert shapes(bench) == [Rectangle((50, 60, 120, 140))]
