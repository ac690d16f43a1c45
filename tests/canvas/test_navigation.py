import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.canvas.navigation import MOST_ZOOM
from annotator.core.shapes import Points, Rectangle
from tests.canvas.bench import HEIGHT, WIDTH, Bench, grey_pixels

MIDDLE = Qt.MouseButton.MiddleButton


def wheel(bench: Bench, place: QPointF, delta: int, keys=Qt.KeyboardModifier.NoModifier) -> None:
    viewport = bench.view.viewport()
    event = QWheelEvent(
        place,
        QPointF(viewport.mapToGlobal(place)),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def seen_at(bench: Bench, place: QPointF) -> QPointF:
    return bench.view.navigator.placement.transform.inverted()[0].map(place)


@given(
    st.floats(0, WIDTH - 1),
    st.floats(0, HEIGHT - 1),
    st.lists(st.sampled_from((-360, -120, -15, -7, 7, 15, 120, 360)), min_size=1, max_size=30),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_wheel_keeps_the_point_under_the_pointer(bench, x, y, turns):
    bench.view.fit()
    place = QPointF(bench.at(x, y).toPoint())
    before = seen_at(bench, place)
    for delta in turns:
        wheel(bench, place, delta)
        pixel = 1 / bench.view.navigator.scale
        after = seen_at(bench, place)
        # Half a screen pixel is what a place in whole pixels can be off; it does not add up.
        assert abs(after.x() - before.x()) <= 0.51 * pixel
        assert abs(after.y() - before.y()) <= 0.51 * pixel


def test_there_and_back_again(bench):
    before = bench.view.zoom
    place = bench.at(100, 100)
    for delta in (120, 120, -240, 15, -15):
        wheel(bench, place, delta)
    assert bench.view.zoom == pytest.approx(before)


def test_four_notches_double_the_size(bench):
    before = bench.view.zoom
    for _ in range(4):
        wheel(bench, bench.at(100, 100), 120)
    assert bench.view.zoom == pytest.approx(2 * before)


def test_shift_and_the_wheel_pan_sideways(bench):
    before = bench.at(0, 0)
    wheel(bench, bench.at(100, 100), 120, Qt.KeyboardModifier.ShiftModifier)
    assert bench.at(0, 0) == before + QPointF(60, 0)


def test_zoom_has_limits(bench):
    for _ in range(100):
        bench.view.zoom_in()
    assert bench.view.zoom == MOST_ZOOM
    for _ in range(100):
        bench.view.zoom_out()
    assert 40 <= WIDTH * bench.view.navigator.scale <= 60


def test_one_image_pixel_for_one_device_pixel(bench):
    bench.view.fit()
    bench.view.actual()
    assert bench.view.zoom == 1.0


def test_fit_shows_all_and_goes_on_when_the_window_changes(bench):
    bench.view.fit()
    for size in ((900, 300), (300, 900), (640, 480)):
        bench.view.resize(*size)
        corners = [bench.at(0, 0), bench.at(WIDTH, HEIGHT)]
        viewport = bench.view.viewport().rect()
        assert all(viewport.contains(corner.toPoint()) for corner in corners)
        left, right = corners[0].x(), viewport.width() - corners[1].x()
        assert left == pytest.approx(right, abs=2)
        assert min(left, corners[0].y()) == pytest.approx(24, abs=2)


def test_what_is_in_the_middle_stays_there_when_the_window_changes(bench):
    bench.view.navigator.zoom_to(3.0)
    before = bench.view.view_state()
    bench.view.resize(700, 500)
    after = bench.view.view_state()
    assert (after.x, after.y) == pytest.approx((before.x, before.y), abs=0.5)
    assert after.zoom == before.zoom


@given(st.floats(0.2, 40), st.floats(0, WIDTH), st.floats(0, HEIGHT))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_view_can_be_restored(bench, zoom, x, y):
    bench.view.navigator.zoom_to(zoom)
    bench.view.navigator.pan_by(x, -y)
    state = bench.view.view_state()
    placement = bench.view.navigator.placement
    bench.view.fit()
    bench.view.restore_view_state(state)
    assert bench.view.navigator.placement == placement


def test_a_fitted_view_is_restored_as_one(bench):
    bench.view.fit()
    state = bench.view.view_state()
    assert state.fits
    bench.view.actual()
    bench.view.restore_view_state(state)
    bench.view.resize(1000, 800)
    assert bench.view.zoom > 1.8


def test_zoom_and_place_stay_for_the_next_picture_of_the_same_size(bench):
    bench.view.navigator.zoom_to(3.0)
    bench.view.navigator.pan_by(-40, -30)
    before = bench.view.navigator.placement
    bench.view.show_picture(grey_pixels())
    assert bench.view.navigator.placement == before
    bench.view.show_picture(grey_pixels(800, 200))
    assert bench.view.view_state().fits


def test_zoom_to_annotations(bench):
    first, second = bench.put(Rectangle((100, 100, 140, 120)), Rectangle((180, 110, 200, 140)))
    bench.view.zoom_to((first, second))
    state = bench.view.view_state()
    assert (state.x, state.y) == pytest.approx((150, 120), abs=1)
    assert state.zoom > 3
    bench.view.zoom_to((12345,))
    assert bench.view.view_state() == state
    (dot,) = bench.put(Points(np.array([(30.0, 40.0)])))
    bench.view.zoom_to((dot,))
    assert bench.view.zoom == 12.0


def drag(bench: Bench, button: Qt.MouseButton, by: QPointF) -> None:
    viewport, start = bench.view.viewport(), QPointF(250, 200)
    for kind, place, pressed in (
        (QEvent.Type.MouseButtonPress, start, button),
        (QEvent.Type.MouseMove, start + by / 2, Qt.MouseButton.NoButton),
        (QEvent.Type.MouseMove, start + by, Qt.MouseButton.NoButton),
        (QEvent.Type.MouseButtonRelease, start + by, button),
    ):
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        globally = QPointF(viewport.mapToGlobal(place))
        event = QMouseEvent(kind, place, globally, pressed, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(viewport, event)


@pytest.mark.parametrize("tool", ["select", "rectangle", "polygon"])
def test_the_middle_button_pans_with_every_tool(bench, tool):
    bench.view.set_tool(tool)
    before = bench.at(0, 0)
    drag(bench, MIDDLE, QPointF(37, -21))
    assert bench.at(0, 0) == before + QPointF(37, -21)
    assert bench.document.annotations == {}


def test_a_pan_ends_with_its_button_also_where_nobody_hears_of_it(bench):
    before = bench.at(0, 0)
    bench.press(100, 100, button=MIDDLE)
    bench.move(110, 100)
    bench.held = Qt.MouseButton.NoButton  # it went up over another window, or under a dialog
    bench.move(160, 100)
    bench.move(190, 100)
    assert bench.at(0, 0) == before + QPointF(10, 0)
    # Another button does not end it.
    bench.press(100, 100, button=MIDDLE)
    bench.click(100, 100)
    bench.move(120, 100)
    bench.release(120, 100, button=MIDDLE)
    bench.move(150, 100)
    assert bench.at(0, 0) == before + QPointF(30, 0)


def test_space_and_a_drag_pan_also_while_drawing(bench):
    bench.view.set_tool("polygon")
    bench.click(50, 50)
    tapped = []
    bench.view.space_tapped.connect(lambda: tapped.append(True))
    before = bench.at(0, 0)
    QTest.keyPress(bench.view, Qt.Key.Key_Space)
    drag(bench, Qt.MouseButton.LeftButton, QPointF(30, 10))
    QTest.keyRelease(bench.view, Qt.Key.Key_Space)
    assert bench.at(0, 0) == before + QPointF(30, 10)
    assert not tapped
    bench.click(150, 60)
    bench.click(140, 160)
    bench.key(Qt.Key.Key_Return)
    (annotation,) = bench.document.annotations.values()
    assert len(annotation.shape.parts[0].outer) == 3
    QTest.keyClick(bench.view, Qt.Key.Key_Space)
    assert tapped == [True]


@given(st.floats(-5000, 5000), st.floats(-5000, 5000), st.floats(0.15, 20))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_some_of_the_picture_always_stays_in_sight(bench, dx, dy, zoom):
    bench.view.navigator.zoom_to(zoom)
    bench.view.navigator.pan_by(dx, dy)
    viewport = bench.view.viewport().rect()
    top_left, bottom_right = bench.at(0, 0), bench.at(WIDTH, HEIGHT)
    assert min(bottom_right.x(), viewport.width()) - max(top_left.x(), 0) >= 20
    assert min(bottom_right.y(), viewport.height()) - max(top_left.y(), 0) >= 20


def test_the_picture_can_be_pushed_past_every_edge(bench):
    bench.view.navigator.pan_by(10_000, 10_000)
    assert bench.at(0, 0).x() > bench.view.viewport().width() - 100
    bench.view.navigator.pan_by(-20_000, -20_000)
    assert bench.at(WIDTH, HEIGHT).x() < 100


def test_the_zoom_is_announced(bench):
    heard = []
    bench.view.zoom_changed.connect(heard.append)
    bench.view.zoom_in()
    bench.view.zoom_in()
    bench.view.actual()
    assert heard == [pytest.approx(math.sqrt(2)), pytest.approx(2.0), pytest.approx(1.0)]
