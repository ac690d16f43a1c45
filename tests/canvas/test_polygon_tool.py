"""The polygon tool, used as the manual says."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from annotator.canvas.tool_canvas import ToolCanvas
from annotator.canvas.tools.polygon import PolygonTool
from annotator.canvas.tools.tool import PointerEvent
from annotator.core.shapes import Rectangle
from tests.canvas.bench import CAR, RIGHT, SHIFT, Bench

CORNERS = [(50, 50), (150, 60), (140, 160), (60, 150)]


@pytest.fixture
def bench(bench: Bench) -> Bench:
    bench.view.set_tool("polygon")
    return bench


def click_all(bench: Bench, points: list) -> None:
    for point in points:
        bench.move(*point)
        bench.click(*point)


def rings(bench: Bench) -> list:
    return [
        list(map(tuple, a.shape.parts[0].outer.tolist()))
        for a in bench.document.annotations.values()
    ]


@pytest.mark.parametrize("way", ["Return", "Enter", "N", "double click", "first point", "window"])
def test_every_way_to_close(bench, way):
    click_all(bench, CORNERS)
    assert bench.document.annotations == {}
    match way:
        case "double click":
            bench.double_click(40, 100)
        case "first point":
            bench.click(53, 48)
        case "window":
            assert bench.view.finish_drawing()
        case _:
            bench.key(getattr(Qt.Key, f"Key_{way}"))
    assert rings(bench) == [[*CORNERS, (40, 100)] if way == "double click" else CORNERS]
    assert [step.text for step in bench.document.steps] == ["Add a polygon"]
    assert not bench.view.is_busy


def test_a_double_click_on_the_first_point_begins_no_other_polygon(bench):
    click_all(bench, CORNERS)
    bench.double_click(51, 51)
    assert rings(bench) == [CORNERS]
    assert not bench.view.is_busy


def test_a_point_can_be_adjusted_before_the_button_goes_up(bench):
    click_all(bench, CORNERS[:2])
    bench.press(100, 100)
    bench.move(140, 160)
    bench.release(140, 160)
    bench.key(Qt.Key.Key_Return)
    assert rings(bench) == [CORNERS[:3]]


def test_two_points_are_not_enough(bench):
    click_all(bench, CORNERS[:2])
    bench.key(Qt.Key.Key_Return)
    assert bench.document.annotations == {}
    assert bench.view.is_busy
    click_all(bench, CORNERS[2:3])
    bench.key(Qt.Key.Key_Return)
    assert rings(bench) == [CORNERS[:3]]


def test_the_same_point_again_does_not_count(bench):
    click_all(bench, [CORNERS[0], CORNERS[0], CORNERS[1]])
    bench.key(Qt.Key.Key_Return)
    assert bench.document.annotations == {}


@pytest.mark.parametrize("way", ["backspace", "right button"])
def test_the_last_point_can_be_removed(bench, way):
    click_all(bench, [*CORNERS, (10, 10)])
    if way == "backspace":
        bench.key(Qt.Key.Key_Backspace)
    else:
        bench.click(200, 200, button=RIGHT)
    bench.key(Qt.Key.Key_Return)
    assert rings(bench) == [CORNERS]


def test_removing_every_point_ends_the_drawing(bench):
    click_all(bench, CORNERS[:2])
    bench.key(Qt.Key.Key_Backspace)
    bench.key(Qt.Key.Key_Backspace)
    assert not bench.view.is_busy
    assert not bench.view.stage.draft.isVisible()


def test_undo_takes_back_points_and_then_nothing(bench):
    click_all(bench, [*CORNERS[:3], (10, 10)])
    assert bench.view.undo_in_tool()
    bench.key(Qt.Key.Key_Return)
    assert rings(bench) == [CORNERS[:3]]
    assert not bench.view.undo_in_tool()


def test_undo_takes_back_a_whole_stroke(bench):
    click_all(bench, CORNERS[:3])
    bench.drag((100, 200), (200, 200), SHIFT)
    bench.view.undo_in_tool()
    bench.key(Qt.Key.Key_Return)
    assert rings(bench) == [CORNERS[:3]]


def test_freehand_leaves_points_behind(bench):
    bench.press(50, 50, SHIFT)
    for x in range(51, 150):
        bench.move(x, 50 + (x - 50) // 2, SHIFT)
    bench.release(149, 99, SHIFT)
    bench.click(50, 150)
    bench.key(Qt.Key.Key_Return)
    (ring,) = rings(bench)
    steps = np.hypot(*np.diff(np.array(ring[:-1]), axis=0).T)
    assert 10 < len(ring) < 25
    assert steps.min() >= 6.0
    assert steps.max() < 8.0


def test_escape_drops_the_drawing(bench):
    click_all(bench, CORNERS)
    bench.key(Qt.Key.Key_Escape)
    assert not bench.view.is_busy
    assert bench.document.steps == []


def test_shapes_are_never_taken_hold_of(bench):
    (large,) = bench.put(Rectangle((20, 20, 220, 220)))
    click_all(bench, CORNERS)
    bench.key(Qt.Key.Key_Return)
    assert bench.document.shape(large) == Rectangle((20, 20, 220, 220))
    assert bench.document.steps[0].text == "Add a polygon"


def test_without_a_label_the_drawing_waits(bench):
    bench.document.next_label = None
    click_all(bench, CORNERS)
    bench.key(Qt.Key.Key_Return)
    assert bench.document.annotations == {}
    assert "label" in bench.view.hint
    bench.document.next_label = CAR.id
    bench.key(Qt.Key.Key_Return)
    assert rings(bench) == [CORNERS]


@pytest.mark.parametrize("way", ["another frame", "another tool", "no frame"])
def test_what_ends_the_drawing(bench, way):
    click_all(bench, CORNERS[:3])
    match way:
        case "another frame":
            bench.view.show_document(bench.document)
        case "another tool":
            bench.view.set_tool("select")
        case _:
            bench.view.show_document(None)
    assert not bench.view.is_busy
    assert not bench.view.stage.draft.isVisible()
    assert bench.document.steps == []


def test_ten_thousand_points_freehand(bench):
    tool = PolygonTool(ToolCanvas(bench.view.stage))
    angle = np.arange(10_000) / 40
    x, y = 200 + angle * np.cos(angle * 50), 150 + angle * np.sin(angle * 50)
    tool.pressed(PointerEvent(200.0, 150.0, button="left", shift=True))
    for place in zip(x.tolist(), y.tolist(), strict=True):
        tool.moved(PointerEvent(*place, shift=True))
    tool.released(PointerEvent(200.0, 150.0, button="left"))
    bench.view.repaint()
    assert tool.finish()
    (ring,) = rings(bench)
    assert len(ring) > 5000
