"""Themes, names for screen readers, sizes, and the bars around the canvas."""

import threading

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from annotator import messages
from annotator.messages import Answer
from annotator.settings import FILL_OPACITY, THEME
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.tokens import DARK, LIGHT
from tests.ui.driver import Driver


def ground(driver: Driver) -> str:
    """The colour at the upper left corner of the top bar."""
    picture = driver.work.top_bar.grab().toImage()
    return picture.pixelColor(2, 2).name()


def test_the_theme_changes_everywhere_at_once(opened: Driver):
    opened.settings.set(THEME, "dark")
    assert ground(opened) == DARK.bg1
    assert canvas_ground(opened) == DARK.canvas
    opened.settings.set(THEME, "light")
    assert ground(opened) == LIGHT.bg1
    assert canvas_ground(opened) == LIGHT.canvas
    assert opened.window.action_set["view.theme_light"].isChecked()


def canvas_ground(driver: Driver) -> str:
    viewport = driver.work.canvas.viewport()
    picture = viewport.grab().toImage()
    return picture.pixelColor(3, picture.height() - 4).name()


def test_every_control_has_a_name(opened: Driver):
    kinds = (QAbstractButton, QAbstractItemView, QAbstractSlider, QComboBox, QLineEdit)
    nameless = []
    for widget in opened.window.findChildren(QWidget):
        if not isinstance(widget, kinds) or widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
            continue
        if widget.objectName() in ("qt_menubar_ext_button", "qt_spinbox_lineedit"):
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name):
            nameless.append(f"{type(widget).__name__} {widget.objectName()}")
    assert nameless == []


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_icons_are_drawn_at_the_size_of_the_screen(qapp, ratio: float):
    pixmap = icon_pixmap("undo", "#ff0000", 18, ratio)
    side = round(18 * ratio)
    assert pixmap.size() == QSize(side, side)
    assert pixmap.devicePixelRatio() == ratio
    picture = pixmap.toImage()
    colours = {
        picture.pixelColor(x, y).name()
        for x in range(side)
        for y in range(side)
        if picture.pixelColor(x, y).alpha() == 255
    }
    assert colours == {QColor("#ff0000").name()}


def test_the_windows_have_a_picture_of_their_own(opened: Driver):
    for size in (16, 32, 128):
        picture = opened.window.windowIcon().pixmap(QSize(size, size)).toImage()
        assert picture.size() == QSize(size, size)
        assert picture.pixelColor(0, 0).alpha() == 0
        assert picture.pixelColor(size // 2, size // 2).blue() > 200


def test_the_window_can_be_small(opened: Driver):
    opened.window.resize(760, 480)
    opened.qtbot.wait(50)
    assert opened.window.width() <= 800
    status = opened.work.status
    assert status.saved.geometry().right() <= status.width()
    assert opened.work.canvas.width() >= 300


def test_a_project_without_labels_says_how_to_begin(opened: Driver):
    panel = opened.work.labels_panel
    opened.work.docks.raise_dock("labels")
    assert panel.empty.isVisible()
    opened.create_label("person")
    assert not panel.empty.isVisible()


def test_the_fill_slider_is_a_setting(opened: Driver):
    opened.work.option_bar.fill.setValue(60)
    assert opened.settings.get(FILL_OPACITY) == 0.6


def test_the_panels_hide_and_come_back(opened: Driver):
    assert opened.work.docks["objects"].isVisible()
    opened.ctrl(Qt.Key.Key_Backslash)
    assert not opened.work.docks["objects"].isVisible()
    opened.ctrl(Qt.Key.Key_Backslash)
    assert opened.work.docks["objects"].isVisible()


def test_the_status_bar_follows_the_disk(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    saved = opened.work.status.saved
    opened.wait(lambda: saved.text == "Saved")
    assert opened.project.is_synced
    opened.work.session.synced.emit(False, "No space left on device")
    assert saved.text == "Not on disk yet"
    assert "No space left" in saved.toolTip()
    assert opened.message == "Not on disk yet: No space left on device"
    opened.window.message_bar.close_current()
    # It is asked again each moment, and told once.
    opened.work.session.synced.emit(False, "No space left on device")
    assert opened.message == ""


def test_the_status_bar_follows_pointer_and_selection(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    status = opened.work.status
    opened.wait(lambda: status.counts == "1 object, 1 selected")
    opened.qtbot.mouseMove(opened.work.canvas.viewport(), opened.place((200, 100)))
    opened.wait(lambda: status.place.startswith("x 200") or status.place.startswith("x 199"))


# Messages ----------------------------------------------------------------------------------------------


def test_the_newest_message_is_shown_and_the_one_before_comes_back(opened: Driver):
    bar = opened.window.message_bar
    messages.warning("first")
    messages.info("only for a moment")
    messages.error("second")
    assert bar.text == "second"
    bar.close_current()
    assert bar.text == "first"
    bar.close_current()
    assert bar.text == ""
    assert not bar.isVisible()


def test_the_words_of_an_answer_stand_on_the_line_of_the_message(opened: Driver):
    """The bar was lower than its buttons, which stood below the text therefore."""
    messages.warning("nnnnnn", Answer("nnnnnn", lambda: None))
    bar = opened.window.message_bar
    (answer,) = (one for one in bar.findChildren(QPushButton) if one.text() == "nnnnnn")
    (text,) = (one for one in bar.findChildren(QLabel) if one.text() == "nnnnnn")

    picture = bar.grab().toImage()
    ground = picture.pixelColor(text.x(), 8).name()

    def lowest(part: QWidget) -> int:
        across = range(part.x() + 10, part.geometry().right() - 10)
        down = range(part.y() + 4, part.geometry().bottom() - 4)
        return max(
            y for y in down if any(picture.pixelColor(x, y).name() != ground for x in across)
        )

    assert abs(lowest(answer) - lowest(text)) <= 1


def test_an_answer_takes_its_message_away(opened: Driver):
    done: list[str] = []
    messages.warning("Keep it?", Answer("Keep", lambda: done.append("kept")))
    bar = opened.window.message_bar
    (button,) = [each for each in bar.findChildren(QPushButton) if each.text() == "Keep"]
    focus = opened.window.focusWidget()
    opened.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == ["kept"]
    assert not bar.isVisible()
    assert opened.window.focusWidget() is focus  # drawing goes on


def test_messages_come_from_any_thread(opened: Driver):
    thread = threading.Thread(target=lambda: messages.error("from far away"))
    thread.start()
    thread.join()
    opened.wait(lambda: opened.message == "from far away")


def test_work_that_fails_is_told(opened: Driver):
    from annotator.project.errors import ProjectError

    def work(progress):
        raise ProjectError("The dog ate it. Draw it again.")

    opened.work.runner.start("Eating", work, uses=None)
    opened.wait(lambda: opened.message == "The dog ate it. Draw it again.")


# Calls from other threads ------------------------------------------------------------------------------


def test_calls_are_made_in_order_on_the_gui_thread(qtbot):
    calls = GuiCalls()
    made: list[tuple[int, int]] = []

    def post() -> None:
        for number in range(500):
            calls.post(lambda number=number: made.append((number, threading.get_ident())))

    thread = threading.Thread(target=post)
    thread.start()
    thread.join()
    assert made == []
    qtbot.waitUntil(lambda: len(made) == 500)
    assert made == [(number, threading.get_ident()) for number in range(500)]


def test_a_call_that_raises_does_not_hold_up_the_others(qtbot):
    calls = GuiCalls()
    made: list[int] = []

    def fail() -> None:
        raise ValueError("a bug")

    with qtbot.captureExceptions() as exceptions:
        calls.post(fail)
        calls.post(lambda: made.append(1))
        qtbot.waitUntil(lambda: made == [1])
    assert [str(each[1]) for each in exceptions] == ["a bug"]


def test_after_stop_nothing_is_called(qtbot):
    calls = GuiCalls()
    made: list[int] = []
    calls.post(lambda: made.append(1))
    calls.stop()
    calls.post(lambda: made.append(2))
    qtbot.wait(30)
    assert made == []


LONG = " ".join(
    ["The folder holds more than what fits into one line of the bar at the top of it."] * 3
)


@pytest.mark.parametrize("text", ["A short one.", LONG[:150], LONG])
@pytest.mark.parametrize("width", [760, 1024, 1440])
def test_a_message_shows_its_whole_text(opened: Driver, text: str, width: int):
    opened.window.resize(width, 700)
    messages.warning(text, Answer("Look at it", lambda: None))
    bar = opened.window.message_bar
    opened.wait(lambda: bar.isVisible() and opened.window.width() == width)
    label = next(each for each in bar.findChildren(QLabel) if each.text() == text)
    # More room would change nothing: the same lines are painted, each as a whole.
    seen = label.grab().toImage()
    label.setFixedHeight(label.height() + 100)
    label.resize(label.width(), label.height())
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    assert inked_rows(label.grab().toImage()) == inked_rows(seen)


def inked_rows(picture: QImage) -> int:
    """How many rows of a picture are not of one colour."""
    return sum(
        len({picture.pixel(x, y) for x in range(picture.width())}) > 1
        for y in range(picture.height())
    )


def test_a_message_leaves_the_tools_free(opened: Driver):
    opened.window.resize(1024, 700)
    messages.warning(LONG)
    bar, canvas = opened.window.message_bar, opened.work.canvas_area
    opened.wait(lambda: bar.isVisible() and opened.window.width() == 1024)
    place = canvas.mapFromGlobal(bar.mapToGlobal(QPoint(0, 0)))
    assert canvas.rect().contains(QRect(place, bar.size()))


# Full screen ------------------------------------------------------------------------------------------


def test_full_screen_goes_back_to_what_the_window_was(opened: Driver):
    window = opened.window
    window.showMaximized()
    opened.key(Qt.Key.Key_F11)
    assert window.isFullScreen()
    opened.key(Qt.Key.Key_F11)
    assert not window.isFullScreen()
    assert window.isMaximized()


def test_the_system_may_switch_full_screen_itself(opened: Driver):
    switch = opened.window.action_set["view.full_screen"]
    opened.window.showFullScreen()
    opened.wait(switch.isChecked)
    opened.window.showNormal()
    opened.wait(lambda: not switch.isChecked())
