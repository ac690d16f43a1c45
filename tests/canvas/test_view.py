"""The canvas as the window uses it: what others change, keys, and a document that answers late or refuses."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow

from annotator.canvas.frame_shapes import MOST_CHANGED
from annotator.canvas.styles import UNKNOWN_COLOUR
from annotator.canvas.tools import TOOLS
from annotator.core.annotations import Annotation
from annotator.core.errors import InvalidValueError
from annotator.core.geometry import COORDINATE_LIMIT
from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import Mask, Polygon, Rectangle
from tests.canvas.bench import CAR, LABELS, PERSON, RIGHT, Bench, square
from tests.canvas.memory_document import MemoryDocument

BOX = Rectangle((50, 50, 90, 90))


def is_about(colour: tuple[int, int, int], name: str) -> bool:
    """Whether a pixel of a smooth line has the colour of the line for the most part."""
    return max(abs(a - b) for a, b in zip(colour, QColor(name).getRgb(), strict=False)) < 40


class TestWhatOthersChange:
    def test_a_drag_of_what_is_deleted_ends(self, bench):
        (box,) = bench.put(BOX)
        bench.press(70, 70)
        bench.move(100, 100)
        bench.document.delete([box])
        assert not bench.view.is_busy
        bench.move(120, 120)
        bench.release(120, 120)
        assert bench.view.selection == ()
        assert [step.text for step in bench.document.steps] == ["Delete"]

    def test_a_drag_of_what_is_changed_ends(self, bench):
        (box,) = bench.put(BOX)
        bench.press(70, 70)
        bench.move(100, 100)
        bench.document.replace({box: Rectangle((60, 60, 95, 95))}, "By another")
        bench.release(120, 120)
        assert bench.document.shape(box) == Rectangle((60, 60, 95, 95))

    def test_a_drag_goes_on_when_others_change_something_else(self, bench):
        box, other = bench.put(BOX, Rectangle((200, 200, 240, 240)))
        bench.press(70, 70)
        bench.move(100, 100)
        bench.document.delete([other])
        bench.view.show_shapes()
        assert bench.view.is_busy
        bench.release(110, 110)
        assert bench.document.shape(box) == BOX.moved_by(40, 40)

    def test_reading_all_anew_ends_a_drag_of_what_has_changed(self, bench):
        (box,) = bench.put(BOX)
        bench.press(70, 70)
        bench.move(100, 100)
        changed = replace(bench.document.annotations[box], shape=Rectangle((0, 0, 9, 9)))
        bench.document.annotations[box] = changed
        bench.document.forget_columns()
        bench.view.show_shapes()
        assert not bench.view.is_busy
        bench.release(110, 110)
        assert bench.document.steps == []

    def test_what_is_on_the_next_frame_too_stays_selected(self, bench):
        first, second = bench.put(BOX, Rectangle((200, 200, 240, 240)))
        bench.view.select((first, second))
        heard = []
        bench.view.selection_changed.connect(heard.append)
        kept = bench.document.annotations[second]
        bench.view.show_document(MemoryDocument(LABELS, [kept]))
        assert bench.view.selection == (second,)
        assert heard == [(second,)]

    def test_a_label_that_is_gone_is_grey(self, bench):
        (box,) = bench.put(BOX)
        bench.view.show_shapes()
        edge = (BOX.xyxy[0], 60)
        assert is_about(bench.colour(bench.image(), *edge), CAR.colour)
        bench.document.labels = LabelSchema((Label("other"),))
        bench.view.show_shapes()
        assert is_about(bench.colour(bench.image(), *edge), UNKNOWN_COLOUR)
        bench.view.select((box,))  # drawn as what is live, with no name to be shown
        assert is_about(bench.colour(bench.image(), *edge), UNKNOWN_COLOUR)

    def test_a_stream_of_single_changes(self, bench):
        ids = bench.put(
            *(Rectangle((x, y, x + 6, y + 6)) for x in range(0, 200, 10) for y in range(0, 100, 10))
        )
        bench.view.show_shapes()
        for number, annotation_id in enumerate(ids):
            bench.document.replace(
                {annotation_id: Rectangle((300, number, 310, number + 1))}, "Move"
            )
        assert len(bench.view.stage.frame.changed) <= MOST_CHANGED
        assert set(bench.view.stage.frame.inside((299, 0, 311, 300))) == set(ids)
        assert bench.view.stage.frame.inside((0, 0, 299, 299)) == []

    def test_thousands_of_changes_at_once(self, bench):
        ids = bench.put(
            *(Rectangle((x, y, x + 6, y + 6)) for x in range(0, 400, 10) for y in range(0, 300, 10))
        )
        moved = {i: bench.document.shape(i).moved_by(1, 1) for i in ids}
        bench.document.replace(moved, "Move")
        assert bench.view.stage.frame.top_at(106.5, 106.5, 0.0) is not None

    def test_what_is_hovered_may_go(self, bench):
        (box,) = bench.put(BOX)
        bench.move(70, 70)
        assert bench.view.stage.live.hovered == box
        bench.document.delete([box])
        assert bench.view.stage.live.hovered is None


class TestDocumentsThatDiffer:
    def test_one_that_tells_of_its_changes_later(self, qapp):
        bench = Bench(listens=False)
        bench.view.set_tool("rectangle")
        bench.drag((50, 60), (120, 140))
        (added,) = bench.document.annotations.values()
        assert bench.view.selection == ()
        bench.view.update_shapes([added])
        assert bench.view.selection == (added.id,)
        bench.view.set_tool("select")
        bench.drag((80, 100), (90, 100))
        # What it will tell of is shown already.
        assert bench.view.stage.live.shape_of(added.id) == Rectangle((60, 60, 130, 140))
        bench.view.update_shapes([bench.document.annotations[added.id]])
        bench.drag((80, 100), (90, 100))
        assert bench.document.shape(added.id) == Rectangle((70, 60, 140, 140))

    def test_one_that_refuses_leaves_everything_as_it_was(self, bench, monkeypatch):
        (box,) = bench.put(BOX)
        heard, shown = [], []
        bench.view.refused.connect(heard.append)
        bench.view.dragged.connect(shown.append)
        monkeypatch.setattr(bench.document, "move", _refuse)
        bench.drag((70, 70), (100, 100))
        assert shown[-2:] == [BOX.moved_by(30, 30), None]  # those who follow the drag go back, too
        assert heard == ["The project is read-only."]
        assert not bench.view.is_busy
        assert bench.view.stage.live.shape_of(box) == BOX
        monkeypatch.setattr(bench.document, "delete", _refuse)
        bench.key(Qt.Key.Key_Delete)
        assert heard == 2 * ["The project is read-only."]
        assert bench.view.selection == (box,)
        assert [item.pos() for item in bench.view.stage.live._items.values()] == [QPointF(0, 0)]

    def test_one_that_refuses_a_drawing_does_not_lose_it(self, bench, monkeypatch):
        bench.view.set_tool("rectangle")
        heard = []
        bench.view.refused.connect(heard.append)
        with monkeypatch.context() as patch:
            patch.setattr(bench.document, "add", _refuse)
            bench.drag((50, 60), (120, 140))
        assert heard == ["The project is read-only."]
        assert bench.view.finish_drawing()
        assert [a.shape for a in bench.document.annotations.values()] == [
            Rectangle((50, 60, 120, 140))
        ]

    def test_no_document_at_all(self, bench):
        bench.view.show_document(None)
        for tool in ("rectangle", "polygon", "select"):
            bench.view.set_tool(tool)
            bench.drag((50, 60), (120, 140))
            bench.click(10, 10)
            bench.key(Qt.Key.Key_Delete)
        bench.image()


class TestKeys:
    def test_a_held_arrow_is_one_step(self, bench):
        (box,) = bench.put(BOX)
        bench.view.select((box,))
        QTest.keyPress(bench.view, Qt.Key.Key_Right)
        for _ in range(5):
            again = QKeyEvent(
                QEvent.Type.KeyPress, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, "", True
            )
            QApplication.sendEvent(bench.view, again)
        assert bench.document.shape(box) == BOX
        QTest.keyRelease(bench.view, Qt.Key.Key_Right)
        assert bench.document.shape(box) == BOX.moved_by(6, 0)
        assert len(bench.document.steps) == 1

    def test_a_held_arrow_is_one_step_also_where_its_repeats_are_not_marked_as_such(
        self, bench, qtbot
    ):
        (box,) = bench.put(BOX)
        bench.view.select((box,))
        self._send(bench, QEvent.Type.KeyPress, Qt.Key.Key_Right, 0)
        self._repeat(bench, Qt.Key.Key_Right)
        qtbot.waitUntil(lambda: bench.document.shape(box) != BOX)
        assert bench.document.shape(box) == BOX.moved_by(4, 0)
        assert len(bench.document.steps) == 1

    def test_another_key_right_after_a_held_arrow_loses_nothing_of_it(self, bench):
        (box,) = bench.put(BOX)
        bench.view.select((box,))
        self._send(bench, QEvent.Type.KeyPress, Qt.Key.Key_Right, 0)
        self._repeat(bench, Qt.Key.Key_Right)
        assert bench.document.steps == []
        QTest.keyPress(bench.view, Qt.Key.Key_Q)
        assert bench.document.shape(box) == BOX.moved_by(4, 0)
        # Nor does one that comes while the arrow is held.
        QTest.keyPress(bench.view, Qt.Key.Key_Down)
        QTest.keyPress(bench.view, Qt.Key.Key_Q)
        assert bench.document.shape(box) == BOX.moved_by(4, 1)

    def test_space_that_is_held_to_pan_is_not_tapped(self, bench, qtbot):
        tapped = []
        bench.view.space_tapped.connect(lambda: tapped.append(True))
        self._send(bench, QEvent.Type.KeyPress, Qt.Key.Key_Space, 0)
        bench.press(100, 100)
        bench.move(110, 100)
        bench.release(110, 100)
        self._repeat(bench, Qt.Key.Key_Space)
        QTest.qWait(80)
        assert tapped == []
        assert bench.view.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor

    def _repeat(self, bench: Bench, key: Qt.Key) -> None:
        """Repeat a key three times and let it go, as X11 tells of it where Qt does not see that it repeats."""
        for time in (500, 540, 580):
            self._send(bench, QEvent.Type.KeyRelease, key, time)
            self._send(bench, QEvent.Type.KeyPress, key, time)
        self._send(bench, QEvent.Type.KeyRelease, key, 620)

    def _send(self, bench: Bench, kind: QEvent.Type, key: Qt.Key, time: int) -> None:
        """Send an event of a key; time: in milliseconds, as the screen tells it."""
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier)
        event.setTimestamp(time)
        QApplication.sendEvent(bench.view, event)

    def test_what_arrows_would_move_out_of_reach_is_refused_and_stays(self, bench):
        far = Rectangle((COORDINATE_LIMIT - 60, 50, COORDINATE_LIMIT - 0.5, 90))
        (box,) = bench.put(far)
        heard, shown = [], []
        bench.view.refused.connect(heard.append)
        bench.view.dragged.connect(shown.append)
        bench.view.select((box,))
        bench.key(Qt.Key.Key_Right)
        (sentence,) = heard
        assert "beyond" in sentence
        assert shown == [None]  # never where no shape can be
        assert bench.document.shape(box) == bench.view.stage.live.shape_of(box) == far
        bench.key(Qt.Key.Key_Left)
        assert bench.document.shape(box) == far.moved_by(-1, 0)

    def test_tab_goes_on_after_what_was_moved(self, bench):
        ids = bench.put(*(Rectangle((x, 50, x + 40, 90)) for x in (10, 60, 110, 160)))
        bench.view.show_shapes()
        bench.view.select((ids[1],))
        bench.key(Qt.Key.Key_Down)
        bench.view.select_beside(1)
        assert bench.view.selection == (ids[2],)

    def test_escape_puts_back_what_arrows_moved(self, bench):
        (box,) = bench.put(BOX)
        bench.view.select((box,))
        QTest.keyPress(bench.view, Qt.Key.Key_Right)
        QTest.keyClick(bench.view, Qt.Key.Key_Escape)
        QTest.keyRelease(bench.view, Qt.Key.Key_Right)
        assert bench.document.steps == []
        assert bench.view.selection == (box,)

    def test_losing_the_focus_ends_a_held_arrow(self, bench):
        (box,) = bench.put(BOX)
        bench.view.select((box,))
        QTest.keyPress(bench.view, Qt.Key.Key_Down)
        QApplication.sendEvent(bench.view, QEvent(QEvent.Type.FocusOut))
        assert bench.document.shape(box) == BOX.moved_by(0, 1)

    def test_keys_that_mean_something_here_are_not_shortcuts_of_the_window(self, qapp, qtbot):
        window, bench = QMainWindow(), Bench()
        window.setCentralWidget(bench.view)
        heard = []
        for key in ("Backspace", "Del", "N", "Left"):
            shortcut = QShortcut(QKeySequence(key), window)
            shortcut.activated.connect(lambda key=key: heard.append(key))
        with qtbot.waitActive(window):
            window.show()
        bench.view.setFocus()
        bench.view.set_tool("polygon")
        for place in ((50, 50), (150, 60), (140, 160), (10, 10)):
            bench.click(*place)
        QTest.keyClick(bench.view, Qt.Key.Key_Backspace)
        QTest.keyClick(bench.view, Qt.Key.Key_N)
        assert heard == []
        assert len(bench.document.annotations) == 1
        QTest.keyClick(bench.view, Qt.Key.Key_Left)
        assert heard == []
        bench.view.select(())
        for key in (Qt.Key.Key_Left, Qt.Key.Key_N, Qt.Key.Key_Delete):
            QTest.keyClick(bench.view, key)
        assert heard == ["Left", "N", "Del"]
        window.close()


class TestPointer:
    def test_hovering(self, bench):
        large, small = bench.put(Rectangle((20, 20, 220, 220)), Rectangle((90, 90, 130, 130)))
        hovered = []
        for place in ((50, 50), (100, 100), (300, 250)):
            bench.move(*place)
            hovered.append(bench.view.stage.live.hovered)
        assert hovered == [large, small, None]

    def test_hovering_over_what_a_click_would_take_inside_of_what_is_selected(self, bench):
        large, small = bench.put(Rectangle((20, 20, 220, 220)), Rectangle((90, 90, 130, 130)))
        bench.view.select((large,))
        bench.move(110, 110)
        assert bench.view.stage.live.hovered == small

    def test_drawing_tools_hover_over_nothing(self, bench):
        bench.put(BOX)
        bench.view.set_tool("rectangle")
        bench.move(70, 70)
        assert bench.view.stage.live.hovered is None

    def test_leaving_the_canvas(self, bench):
        bench.put(BOX)
        left = []
        bench.view.pointer_left.connect(lambda: left.append(True))
        bench.move(70, 70)
        QApplication.sendEvent(bench.view.viewport(), QEvent(QEvent.Type.Leave))
        assert left == [True]
        assert bench.view.stage.live.hovered is None

    def test_what_lies_under_a_resting_pointer_is_found_when_the_view_moves(self, bench):
        (box,) = bench.put(BOX)
        bench.move(130, 70)
        bench.view.navigator.pan_by(60, 0)
        assert bench.view.stage.live.hovered == box

    @pytest.mark.parametrize(
        ("place", "shape"), [((150, 100), "vertical"), ((200, 140), "horizontal")]
    )
    def test_the_cursor_says_what_a_press_would_do(self, bench, place, shape):
        bench.put(Rectangle((100, 100, 200, 180)))
        bench.click(150, 140)
        bench.move(*place)
        wanted = {
            "vertical": Qt.CursorShape.SizeVerCursor,
            "horizontal": Qt.CursorShape.SizeHorCursor,
        }
        assert bench.view.viewport().cursor().shape() == wanted[shape]
        bench.move(150, 150)
        assert bench.view.viewport().cursor().shape() == Qt.CursorShape.SizeAllCursor
        bench.move(20, 20)
        assert bench.view.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor

    def test_the_menu(self, bench):
        places = []
        bench.view.menu_requested.connect(places.append)
        bench.put(BOX)
        self._right_click(bench, 70, 70)
        assert len(places) == 1
        bench.view.set_tool("polygon")
        bench.click(100, 100)
        # The right button removes the point instead.
        self._right_click(bench, 120, 120)
        assert len(places) == 1
        assert not bench.view.is_busy

    def test_the_key_of_the_menu_opens_it_whatever_the_right_button_did_before(self, bench):
        places = []
        bench.view.menu_requested.connect(places.append)
        bench.view.set_tool("polygon")
        bench.click(100, 100)
        self._right_click(bench, 120, 120)
        assert places == []
        event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(9, 9), QPoint(99, 99))
        QApplication.sendEvent(bench.view, event)
        assert places == [QPoint(99, 99)]

    @pytest.mark.parametrize("tool", [tool.id for tool in TOOLS])
    def test_the_menu_is_about_what_lies_there(self, bench, tool):
        first, second = bench.put(BOX, Rectangle((150, 50, 190, 90)))
        bench.view.select((first,))
        bench.view.set_tool(tool)
        self._right_click(bench, 170, 70)
        assert bench.view.selection == (second,)
        bench.view.select((first, second))
        self._right_click(bench, 170, 70)
        assert bench.view.selection == (first, second)
        self._right_click(bench, 250, 200)
        assert bench.view.selection == ()
        assert not bench.view.is_busy

    def _right_click(self, bench: Bench, x: float, y: float) -> None:
        bench.press(x, y, button=RIGHT)
        place = bench.at(x, y).toPoint()
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, place, bench.view.viewport().mapToGlobal(place)
        )
        QApplication.sendEvent(bench.view.viewport(), event)
        bench.release(x, y, button=RIGHT)


class TestSelection:
    def test_only_what_is_there_can_be_selected(self, bench):
        (box,) = bench.put(BOX)
        bench.view.select((box, 12345, box))
        assert bench.view.selection == (box,)

    def test_selecting_the_same_again_is_no_news(self, bench):
        (box,) = bench.put(BOX)
        heard = []
        bench.view.selection_changed.connect(heard.append)
        bench.view.select((box,))
        bench.view.select((box,))
        assert heard == [(box,)]

    def test_a_list_that_repeats_the_selection_does_not_end_a_drag(self, bench):
        first, second = bench.put(BOX, Rectangle((150, 40, 180, 80)))
        bench.view.selection_changed.connect(lambda ids: bench.view.select(tuple(reversed(ids))))
        bench.view.select((first, second))
        bench.drag((70, 70), (80, 80))
        assert bench.document.shape(second) == Rectangle((160, 50, 190, 90))
        bench.click(300, 200)
        bench.drag((80, 80), (90, 80))
        assert bench.document.shape(first) == BOX.moved_by(20, 10)

    def test_handles_are_there_for_one_shape_and_the_select_tool(self, bench):
        first, second = bench.put(BOX, Polygon.from_ring(square(150, 40, 80)))
        handles = bench.view.stage.live._handles
        bench.view.select((first,))
        assert handles.isVisible()
        bench.view.set_tool("polygon")
        assert not handles.isVisible()
        bench.view.set_tool("select")
        bench.view.select((first, second))
        assert not handles.isVisible()

    def test_delete_selection(self, bench):
        first, second = bench.put(BOX, Rectangle((150, 40, 180, 80)))
        bench.view.select((first,))
        bench.view.delete_selection()
        assert list(bench.document.annotations) == [second]
        bench.view.delete_selection()
        assert len(bench.document.steps) == 1


def test_tools_are_announced(bench):
    heard = []
    bench.view.tool_changed.connect(heard.append)
    for tool in ("polygon", "polygon", "rectangle", "select"):
        bench.view.set_tool(tool)
    assert heard == ["polygon", "rectangle", "select"]
    with pytest.raises(KeyError):
        bench.view.set_tool("no such tool")


def test_a_selected_mask_can_be_moved_again_and_again(bench):
    (mask,) = bench.put(Mask.from_bitmap(np.ones((30, 30), dtype=bool), (50, 50)), label=PERSON)
    for _ in range(3):
        x, y = bench.document.shape(mask).offset
        bench.drag((x + 15, y + 15), (x + 25, y + 15))
    assert bench.document.shape(mask).offset == (80, 50)


def test_tags_without_a_shape_are_no_matter(bench):
    tag = Annotation(1, CAR.id, None)
    bench.document.put(tag)
    bench.view.show_shapes()
    before = bench.image()
    bench.view.select((tag.id,))
    # It has no place on the picture, but can be deleted, or given another label.
    assert bench.view.selection == (tag.id,)
    bench.drag((50, 50), (60, 60))
    assert bench.image() == before
    assert bench.document.steps == []


def _refuse(*_arguments: object) -> None:
    raise InvalidValueError("The project is read-only.")
