"""Drawing with mouse and keys: what is drawn is in the project, on the canvas and in the list."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.driver import Driver


def test_a_box_is_drawn_and_selected(opened: Driver):
    opened.create_label("person")
    opened.draw_box((50, 40), (150, 120))
    (box,) = opened.boxes()
    assert box == pytest.approx((50, 40, 150, 120), abs=1.0)
    (annotation,) = opened.stored()
    assert opened.drawn_ids() == {annotation.id}
    assert opened.work.canvas.selection == (annotation.id,)
    assert opened.work.objects_panel.rows.rowCount() == 1
    opened.wait(lambda: len(opened.work.objects_panel.list.selectedIndexes()) == 1)


def test_a_polygon_is_drawn_by_clicks_and_enter(opened: Driver):
    opened.create_label("person")
    opened.draw_polygon([(60, 60), (200, 80), (180, 200)])
    (ring,) = opened.outlines()
    assert np.array(ring) == pytest.approx(np.array([[60, 60], [200, 80], [180, 200]]), abs=1.0)


def test_undo_in_a_drawing_takes_back_its_last_point_first(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (90, 90))
    opened.key(Qt.Key.Key_P, to=opened.work.canvas)
    for point in ((60, 60), (200, 80), (180, 200), (90, 180)):
        opened.click(point)
    opened.ctrl(Qt.Key.Key_Z)
    opened.key(Qt.Key.Key_Return)
    (ring,) = opened.outlines()
    assert len(ring) == 3
    assert len(opened.boxes()) == 1


def test_escape_drops_the_drawing_then_the_selection_then_the_tool(opened: Driver):
    opened.create_label("person")
    opened.draw_box((50, 40), (150, 120))
    opened.click((200, 200))
    assert opened.work.canvas.is_busy
    opened.key(Qt.Key.Key_Escape)
    assert not opened.work.canvas.is_busy
    assert len(opened.work.canvas.selection) == 1
    opened.key(Qt.Key.Key_Escape)
    assert opened.work.canvas.selection == ()
    assert opened.work.canvas.tool == "rectangle"
    opened.key(Qt.Key.Key_Escape)
    assert opened.work.canvas.tool == "select"
    assert len(opened.stored()) == 1


def test_n_takes_up_the_last_drawing_tool(opened: Driver):
    opened.create_label("person")
    opened.draw_polygon([(60, 60), (200, 80), (180, 200)])
    opened.key(Qt.Key.Key_S)
    opened.key(Qt.Key.Key_N)
    assert opened.work.canvas.tool == "polygon"
    for point in ((10, 10), (100, 10), (100, 100)):
        opened.click(point)
    opened.key(Qt.Key.Key_N)
    assert len(opened.outlines()) == 2


def test_delete_takes_what_is_selected_in_one_step(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    opened.draw_box((100, 100), (160, 160))
    opened.key(Qt.Key.Key_S)
    opened.ctrl(Qt.Key.Key_A)
    opened.key(Qt.Key.Key_Delete)
    assert opened.stored() == []
    assert opened.drawn_ids() == set()
    opened.ctrl(Qt.Key.Key_Z)
    assert len(opened.boxes()) == 2


def test_delete_works_from_the_list_of_objects(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    opened.draw_box((100, 100), (160, 160))
    first, second = opened.stored()
    objects = opened.work.objects_panel
    objects.list.setFocus()
    objects.list.setCurrentIndex(objects.rows.index(0))
    assert opened.work.canvas.selection == (first.id,)
    opened.key(Qt.Key.Key_Delete, to=objects.list)
    assert [one.id for one in opened.stored()] == [second.id]


def test_the_list_of_objects_moves_by_its_own_keys_and_leaves_the_others(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    opened.drag((100, 100), (160, 160))
    opened.drag((200, 100), (260, 160))
    ids = [one.id for one in opened.stored()]
    objects = opened.work.objects_panel.list
    objects.setFocus()
    objects.selectRow(0)
    opened.key(Qt.Key.Key_Down, to=objects)
    assert opened.work.canvas.selection == (ids[1],)
    opened.key(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier, to=objects)
    assert set(opened.work.canvas.selection) == set(ids[1:])
    opened.key(Qt.Key.Key_F, to=objects)
    opened.wait_for_frame()
    assert opened.frame_name == "a2.png"


def test_moving_and_arrows_are_steps_of_their_own(opened: Driver):
    opened.create_label("person")
    opened.draw_box((100, 100), (160, 160))
    (before,) = opened.boxes()
    opened.key(Qt.Key.Key_S)
    opened.drag((130, 130), (180, 150))
    (moved,) = opened.boxes()
    assert moved == pytest.approx((150, 120, 210, 180), abs=1.5)
    opened.qtbot.keyClick(opened.work.canvas, Qt.Key.Key_Right)
    (nudged,) = opened.boxes()
    assert nudged[0] == pytest.approx(moved[0] + 1)
    opened.ctrl(Qt.Key.Key_Z)
    assert opened.boxes() == [moved]
    opened.ctrl(Qt.Key.Key_Z)
    assert opened.boxes() == [before]


def test_going_on_while_an_arrow_is_still_held_makes_a_step_of_it(opened: Driver):
    opened.create_label("person")
    opened.draw_box((100, 100), (160, 160))
    (before,) = opened.boxes()
    opened.key(Qt.Key.Key_S)
    opened.qtbot.keyPress(opened.work.canvas, Qt.Key.Key_Right)
    opened.key(Qt.Key.Key_F, to=opened.work.canvas)
    opened.qtbot.keyRelease(opened.work.canvas, Qt.Key.Key_Right)
    opened.wait_for_frame()
    assert opened.frame_name == "a2.png"
    assert opened.boxes("a1.png")[0][0] == pytest.approx(before[0] + 1)
    assert opened.stored() == []


def test_going_on_while_the_picture_is_panned(opened: Driver):
    opened.key(Qt.Key.Key_B, to=opened.work.canvas)
    opened.key(Qt.Key.Key_Escape)
    viewport = opened.work.canvas.viewport()
    middle = Qt.MouseButton.MiddleButton
    opened.qtbot.mousePress(viewport, middle, pos=opened.place((100, 100)))
    opened.key(Qt.Key.Key_F, to=opened.work.canvas)
    opened.wait_for_frame()
    assert opened.frame_name == "a2.png"
    opened.qtbot.mouseRelease(viewport, middle, pos=opened.place((100, 100)))


def test_arrows_go_through_frames_where_nothing_is_selected(opened: Driver):
    opened.key(Qt.Key.Key_Right, to=opened.work.canvas)
    opened.wait_for_frame()
    assert opened.frame_name == "a2.png"
    opened.key(Qt.Key.Key_Left, to=opened.work.canvas)
    opened.wait_for_frame()
    assert opened.frame_name == "a1.png"


def test_the_setting_goes_back_to_select_after_a_drawing(opened: Driver):
    from annotator.settings import KEEP_TOOL

    opened.settings.set(KEEP_TOOL, False)
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    opened.wait(lambda: opened.work.canvas.tool == "select")
    assert len(opened.boxes()) == 1
