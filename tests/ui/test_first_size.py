"""Windows open inside the screen, however small that is."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from annotator.ui.manual.window import ManualWindow
from annotator.ui.widgets.first_size import FRAME, first_size
from tests.ui.driver import Driver


def test_a_window_is_as_large_as_it_wants_or_as_the_screen_has_room(qapp):
    window = QWidget()
    room = window.screen().availableSize() - QSize(*FRAME)
    assert first_size(window, (400, 300)) == QSize(400, 300)
    assert first_size(window, (400, 100_000)) == QSize(400, room.height())


def test_the_manual_fits_the_screen(opened: Driver):
    opened.window.action_set["help.manual"].trigger()
    opened.wait(lambda: opened.window.findChild(ManualWindow) is not None)
    manual = opened.window.findChild(ManualWindow)
    available = manual.screen().availableGeometry()
    assert manual.width() <= available.width() - FRAME[0]
    assert manual.height() <= available.height() - FRAME[1]
