"""The appearance of the picture: acts at once, is remembered for the task, touches no file."""

from pathlib import Path

from PySide6.QtCore import Qt

from annotator.canvas.tone import PLAIN
from annotator.settings import FILL_OPACITY
from annotator.ui.appearance import AppearancePanel
from tests.ui.driver import Driver


def panel_of(driver: Driver) -> AppearancePanel:
    driver.work.docks.raise_dock("appearance")
    found = driver.window.findChild(AppearancePanel)
    assert found is not None
    return found


def tone_of(driver: Driver):
    return driver.work.canvas.stage._tone


def test_a_slider_is_filled_from_where_it_changes_nothing(opened: Driver):
    slider = panel_of(opened).brightness.slider

    def filled() -> list[bool]:
        """Left and right of the middle, away from the handle."""
        picture = slider.grab().toImage()
        y = picture.height() // 2
        middle = picture.width() // 2
        accent = opened.theme.colours.accent
        return [picture.pixelColor(middle + x, y).name() == accent for x in (-12, 12)]

    assert filled() == [False, False]
    slider.setValue(60)
    assert filled() == [False, True]
    slider.setValue(-60)
    assert filled() == [True, False]


def test_a_double_click_on_its_name_puts_a_slider_back(opened: Driver):
    brightness = panel_of(opened).brightness
    brightness.slider.setValue(60)
    opened.qtbot.mouseDClick(brightness.title, Qt.MouseButton.RightButton)
    assert brightness.value == 60
    opened.qtbot.mouseDClick(brightness.title, Qt.MouseButton.LeftButton)
    assert brightness.value == 0
    assert tone_of(opened).brightness == 0


def test_a_slider_acts_at_once_and_is_remembered(opened: Driver, pictures: Path):
    before = {path.name: path.read_bytes() for path in pictures.glob("*.png")}
    panel = panel_of(opened)
    steps = opened.project.history()
    panel.brightness.slider.setFocus()
    for _ in range(3):
        opened.key(Qt.Key.Key_PageUp)
    assert panel.brightness.value == 60
    assert tone_of(opened).brightness == 0.6
    opened.wait(lambda: opened.project.meta(f"view/tone/{opened.work.session.task.id}") is not None)
    assert opened.project.history() == steps  # it is none
    opened.work.switch.close()
    opened.wait(lambda: not opened.work.session.is_open)
    opened.open(pictures)
    assert panel.brightness.value == 60
    assert tone_of(opened).brightness == 0.6
    assert {path.name: path.read_bytes() for path in pictures.glob("*.png")} == before


def test_reset_shows_the_picture_as_it_is(opened: Driver):
    panel = panel_of(opened)
    panel.gamma.slider.setValue(50)
    panel.contrast.slider.setValue(-20)
    opened.qtbot.mouseClick(panel.reset, Qt.MouseButton.LeftButton)
    assert tone_of(opened) == PLAIN


def test_fill_is_the_setting_that_the_option_bar_shows(opened: Driver):
    panel = panel_of(opened)
    panel.fill.slider.setValue(70)
    assert opened.settings.get(FILL_OPACITY) == 0.7
    assert opened.work.option_bar.fill.value() == 70


def test_nonsense_in_the_project_is_not_taken(opened: Driver, pictures: Path):
    task = opened.work.session.task.id
    opened.project.store_meta(f"view/tone/{task}", '[1, "x", 1e9]')
    opened.work.switch.close()
    opened.wait(lambda: not opened.work.session.is_open)
    opened.open(pictures)
    assert tone_of(opened) == PLAIN
