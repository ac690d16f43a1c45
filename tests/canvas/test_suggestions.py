"""Suggestions on the canvas: drawn, taken, dragged, decided on; and in nobody's way."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from annotator.canvas import tool_input
from annotator.canvas.suggestion_gesture import SuggestionGesture
from annotator.canvas.suggestion_layer import ShownSuggestion
from annotator.canvas.tool_canvas import ToolCanvas
from annotator.canvas.tools.select import SelectTool
from annotator.canvas.tools.tool import PointerEvent
from annotator.core.geometry import COORDINATE_LIMIT
from annotator.core.shapes import Mask, Polygon, Polyline, Rectangle
from annotator.keys.names import usual_on
from tests.canvas.bench import SHIFT, Bench, square

LARGE = ShownSuggestion("large", "car 0.90", Rectangle((40, 60, 240, 260)))
SMALL = ShownSuggestion("small", "person 0.50", Rectangle((100, 120, 160, 180)))
RING = ShownSuggestion("ring", "text 1.00", Polygon.from_ring(square(280, 60, 80)))
TAG = ShownSuggestion("tag", "rain 0.70", None)


@pytest.fixture
def asked(bench: Bench) -> Bench:
    """A frame with suggestions, and what was said of them."""
    bench.view.show_suggestions([LARGE, SMALL, RING, TAG])
    bench.wanted = []
    bench.reshaped = []
    bench.view.suggestion_wanted.connect(bench.wanted.append)
    bench.view.suggestion_reshaped.connect(lambda key, shape: bench.reshaped.append((key, shape)))
    return bench


def pointer(x: float, y: float) -> PointerEvent:
    return PointerEvent(x, y, button="left")


def is_accent(colour: tuple[int, int, int]) -> bool:
    red, _, blue = colour
    return blue > red + 60


def share_of_accent(bench: Bench, along: list[tuple[float, float]]) -> float:
    image = bench.image()
    return float(np.mean([is_accent(bench.colour(image, *place)) for place in along]))


def test_they_are_dashed_with_a_plate(asked: Bench):
    left = [(40.0, y) for y in np.arange(70, 250, 1.0)]
    assert 0.3 < share_of_accent(asked, left) < 0.9
    image = asked.image()
    assert is_accent(asked.colour(image, 44, 60 - 10))
    asked.view.show_suggestions([])
    assert share_of_accent(asked, left) == 0.0
    assert not is_accent(asked.colour(asked.image(), 44, 60 - 10))


def test_only_what_changes_is_painted_anew(asked: Bench):
    asked.image()
    asked.view.show_suggestions([LARGE, SMALL, TAG])
    ring = [(x, 60.0) for x in np.arange(290, 350, 1.0)]
    assert share_of_accent(asked, ring) == 0.0
    left = [(40.0, y) for y in np.arange(70, 250, 1.0)]
    assert share_of_accent(asked, left) > 0.3


def test_a_click_takes_the_smallest_then_what_lies_below(asked: Bench):
    asked.click(130, 150)
    assert asked.view.current_suggestion == "small"
    asked.click(130, 150)
    assert asked.view.current_suggestion == "large"
    asked.click(130, 150)
    assert asked.view.current_suggestion is None
    asked.click(20, 20)
    assert asked.view.current_suggestion is None


def test_the_smaller_of_annotation_and_suggestion_is_taken(asked: Bench):
    (inner,) = asked.put(Rectangle((60, 200, 80, 220)))
    (outer,) = asked.put(Rectangle((0, 0, 399, 299)))
    asked.click(70, 210)
    assert asked.view.selection == (inner,)
    assert asked.view.current_suggestion is None
    asked.click(200, 200)
    assert asked.view.current_suggestion == "large"
    assert asked.view.selection == ()
    # Below all suggestions lies the annotation.
    asked.click(200, 200)
    assert asked.view.selection == (outer,)


def test_a_suggestion_is_never_current_while_something_is_selected(asked: Bench):
    (one,) = asked.put(Rectangle((300, 200, 340, 240)))
    asked.view.make_suggestion_current("ring")
    asked.view.select((one,))
    assert asked.view.current_suggestion is None
    asked.view.make_suggestion_current("tag")
    assert asked.view.current_suggestion == "tag"
    assert asked.view.selection == ()


def test_a_drag_moves_and_a_handle_resizes(asked: Bench):
    asked.drag((130, 150), (150, 160))
    ((key, shape),) = asked.reshaped
    assert key == "small"
    assert shape.xyxy == pytest.approx((120, 130, 180, 190))
    asked.view.make_suggestion_current("large")
    asked.drag((240, 260), (250, 280))
    key, shape = asked.reshaped[1]
    assert key == "large"
    assert shape.xyxy == pytest.approx((40, 60, 250, 280))
    asked.view.make_suggestion_current("ring")
    asked.drag((280, 60), (270, 50))
    key, shape = asked.reshaped[2]
    assert key == "ring"
    assert shape.parts[0].outer[0].tolist() == pytest.approx([270, 50])
    assert asked.document.steps == []


def test_nothing_is_dragged_so_far_that_it_is_no_shape(bench: Bench):
    """It stays where it was last, for a suggestion as for an annotation."""
    edge = COORDINATE_LIMIT - 100
    box = Rectangle((edge, 50, edge + 60, 90))
    ring = Polygon.from_ring(square(edge, 150, 60))
    reshaped = []
    bench.view.suggestion_reshaped.connect(lambda key, shape: reshaped.append((key, shape)))
    bench.view.show_suggestions(
        [ShownSuggestion("box", "far 0.5", box), ShownSuggestion("ring", "far 0.5", ring)]
    )
    gesture = SuggestionGesture(bench.view.stage, bench.view)
    gesture.reshaped.connect(lambda key, shape: reshaped.append((key, shape)))

    def drag(start: tuple[float, float], *way: tuple[float, float]) -> None:
        assert gesture.pressed(pointer(*start))
        for place in way:
            assert gesture.moved(pointer(*place))
        assert gesture.released(pointer(*way[-1]))

    # The middle, a corner, a point.
    drag((edge + 30, 70), (edge + 50, 70), (edge + 500, 70))
    assert reshaped == [("box", box.moved_by(20, 0))]
    bench.view.make_suggestion_current("box")
    drag((edge + 60, 90), (edge + 500, 500))
    assert len(reshaped) == 1
    bench.view.make_suggestion_current("ring")
    drag((edge + 60, 150), (edge + 80, 150), (edge + 200, 150))
    assert reshaped[1][1].box == pytest.approx((edge, 150, edge + 80, 210))

    (one,) = bench.put(box)
    bench.view.select((one,))
    tool = SelectTool(ToolCanvas(bench.view.stage))
    tool.pressed(pointer(edge + 60, 90))
    tool.moved(pointer(edge + 80, 95))
    tool.released(pointer(edge + 500, 95))
    assert bench.document.shape(one) == Rectangle((edge, 50, edge + 80, 95))


def test_escape_puts_back_then_lets_go(asked: Bench):
    asked.press(130, 150)
    asked.move(160, 190)
    asked.key(Qt.Key.Key_Escape)
    asked.release(160, 190)
    assert asked.reshaped == []
    assert asked.view.current_suggestion == "small"
    asked.key(Qt.Key.Key_Escape)
    assert asked.view.current_suggestion is None


def test_keys_decide_on_the_current_one_only(asked: Bench):
    asked.key(Qt.Key.Key_Return)
    asked.key(Qt.Key.Key_Delete)
    assert asked.wanted == []
    asked.view.make_suggestion_current("small")
    asked.key(Qt.Key.Key_Return)
    asked.key(Qt.Key.Key_Enter)
    asked.key(Qt.Key.Key_Delete)
    asked.key(Qt.Key.Key_Return, SHIFT)
    assert asked.wanted == ["accept", "accept", "reject", "accept_all"]


@pytest.mark.parametrize(("system", "wanted"), [("darwin", ["reject"]), ("linux", [])])
def test_backspace_is_delete_on_macos(
    asked: Bench, monkeypatch: pytest.MonkeyPatch, system: str, wanted: list[str]
):
    monkeypatch.setattr(tool_input, "_DELETING", usual_on(("Del",), system))
    asked.view.make_suggestion_current("small")
    asked.key(Qt.Key.Key_Backspace)
    assert asked.wanted == wanted


def test_the_tool_that_draws_comes_first(asked: Bench):
    asked.view.make_suggestion_current("small")
    asked.view.set_tool("polygon")
    for corner in square(110, 130, 30):
        asked.click(*corner)
    asked.key(Qt.Key.Key_Return)
    assert asked.wanted == []
    assert len(asked.document.annotations) == 1


def test_another_frame_has_none_of_them(asked: Bench):
    asked.view.make_suggestion_current("small")
    asked.view.show_document(asked.document)
    assert asked.view.current_suggestion is None
    assert asked.view.stage.suggestions.all == ()


def test_what_is_taken_away_is_current_no_more(asked: Bench):
    told = []
    asked.view.suggestion_changed.connect(lambda: told.append(asked.view.current_suggestion))
    asked.view.make_suggestion_current("small")
    asked.view.show_suggestions([LARGE])
    assert told == ["small", None]


def test_the_current_one_is_brought_into_sight_without_zooming(asked: Bench):
    asked.view.navigator.zoom_to(6.0)
    zoom = asked.view.zoom
    asked.view.make_suggestion_current("small")
    asked.view.make_suggestion_current("ring")
    assert asked.view.zoom == zoom
    x, y = asked.at(320, 100).x(), asked.at(320, 100).y()
    assert 0 <= x <= asked.view.viewport().width()
    assert 0 <= y <= asked.view.viewport().height()


@pytest.mark.parametrize(
    ("shape", "inside", "outside"),
    [
        (Mask.from_bitmap(np.ones((40, 60), dtype=bool), (100, 80)), (130, 100), (170, 100)),
        (Polyline(np.array([(50.0, 50.0), (150.0, 50.0)])), (100, 52), (100, 70)),
    ],
)
def test_other_kinds_are_taken_where_they_are_drawn(bench: Bench, shape, inside, outside):
    bench.view.show_suggestions([ShownSuggestion("one", "thing 0.40", shape)])
    bench.image()
    bench.click(*outside)
    assert bench.view.current_suggestion is None
    bench.click(*inside)
    assert bench.view.current_suggestion == "one"
    bench.image()


def test_tab_of_objects_goes_round(bench: Bench):
    ids = bench.put(Rectangle((10, 10, 30, 30)), Rectangle((50, 50, 90, 90)))
    seen = []
    for by in (1, 1, 1, -1, -1):
        bench.view.select_beside(by)
        seen.append(ids.index(bench.view.selection[0]))
    assert seen == [0, 1, 0, 1, 0]
