"""The settings page: every declared setting can be seen, found, changed and reset."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from annotator.settings import (
    CROSSHAIR,
    FILL_OPACITY,
    LANGUAGE,
    RECENT_SIZE,
    SETTINGS,
    THEME,
    Setting,
    Settings,
    settings_path,
)
from annotator.ui.look.tokens import LIGHT
from annotator.ui.settings_page.control import SettingControl
from annotator.ui.settings_page.page import SettingsPage
from annotator.ui.settings_page.row import SettingRow
from annotator.ui.settings_page.window import SettingsWindow
from annotator.ui.window.command_feature import CommandFeature
from tests.ui.driver import Driver


def window_of(driver: Driver) -> SettingsWindow:
    """The window, once it is shown and takes keys."""
    feature = driver.work.shell.feature(CommandFeature)
    driver.wait(lambda: feature.settings_window is not None)
    window = feature.settings_window
    assert window is not None
    driver.wait(lambda: window.isVisible() and window.isActiveWindow())
    return window


def page(driver: Driver, by: str = "file.settings") -> SettingsPage:
    """The page, opened by its command."""
    driver.window.action_set[by].trigger()
    return window_of(driver).page


def row_of(shown: SettingsPage, setting: Setting[object]) -> SettingRow:
    return next(row for row in shown.rows if row.setting is setting)


def choose(box: QWidget, value: object) -> None:
    assert isinstance(box, QComboBox)
    place = box.findData(value)
    box.setCurrentIndex(place)
    box.activated.emit(place)


@pytest.mark.parametrize(("key", "held"), [("F2", None), (",", "Ctrl")])
def test_the_keys_open_it(opened: Driver, key, held):
    if held:
        opened.ctrl(Qt.Key.Key_Comma)
    else:
        opened.key(Qt.Key.Key_F2)
    window = window_of(opened)
    assert window.tabs.currentWidget() is window.page
    assert window.page.search.hasFocus()


def test_it_opens_without_a_project_and_only_once(driver: Driver):
    shown = page(driver)
    assert page(driver) is shown


def test_every_setting_has_a_row_with_its_words(opened: Driver):
    shown = page(opened)
    assert {row.setting.key for row in shown.rows} == {one.key for one in SETTINGS}
    sections = [row.setting.section for row in shown.rows]
    assert sections == sorted(sections, key=sections.index)
    for row in shown.rows:
        assert row.setting.help.split()[0].casefold() in row.words


def test_a_choice_acts_at_once(opened: Driver):
    shown = page(opened)
    row = row_of(shown, THEME)
    choose(row.control.widget, "light")
    assert opened.settings.get(THEME) == "light"
    assert opened.theme.colours is LIGHT
    assert row.reset.isVisible()
    assert shown.said.text() == "1 setting differs."
    opened.settings.reset(THEME)
    assert not row.reset.isVisible()


def test_one_setting_goes_back_to_its_default(opened: Driver):
    shown = page(opened)
    opened.settings.set(RECENT_SIZE, 3)
    row = row_of(shown, RECENT_SIZE)
    opened.qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert opened.settings.get(RECENT_SIZE) == RECENT_SIZE.default
    assert not row.reset.isVisible()


def test_a_change_made_elsewhere_is_shown(opened: Driver):
    shown = page(opened)
    box = row_of(shown, CROSSHAIR).control.widget
    assert isinstance(box, QCheckBox)
    assert box.isChecked()
    opened.window.action_set["view.crosshair"].trigger()
    assert not box.isChecked()
    opened.qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert opened.settings.get(CROSSHAIR)


def test_numbers_keep_to_their_limits(opened: Driver):
    shown = page(opened)
    whole = row_of(shown, RECENT_SIZE).control.widget
    assert isinstance(whole, QSpinBox)
    whole.setValue(1_000_000)
    assert opened.settings.get(RECENT_SIZE) == 100
    part = row_of(shown, FILL_OPACITY).control.widget
    assert isinstance(part, QDoubleSpinBox)
    part.setValue(0.5)
    assert opened.settings.get(FILL_OPACITY) == 0.5
    part.setValue(-3)
    assert opened.settings.get(FILL_OPACITY) == 0.0


def test_everything_goes_back_to_its_default(opened: Driver):
    shown = page(opened)
    opened.settings.set(RECENT_SIZE, 3)
    opened.settings.set(LANGUAGE, "de")
    assert shown.said.text() == "2 settings differ."
    opened.qtbot.mouseClick(shown.reset_all, Qt.MouseButton.LeftButton)
    assert not any(opened.settings.is_changed(one) for one in SETTINGS)
    assert not shown.reset_all.isEnabled()
    opened.wait(lambda: not settings_path().exists() or settings_path().read_text().strip() == "")


def test_the_file_holds_only_what_differs(opened: Driver):
    choose(row_of(page(opened), LANGUAGE).control.widget, "zh")
    opened.wait(settings_path().exists)
    assert settings_path().read_text() == '[window]\nlanguage = "zh"\n'


def test_what_needs_a_restart_says_so(opened: Driver):
    texts = [
        label.text()
        for label in row_of(page(opened), LANGUAGE).findChildren(QWidget, "dim")
        if hasattr(label, "text")
    ]
    assert any("at the next start" in text for text in texts)


def test_settings_are_found_by_words(opened: Driver):
    shown = page(opened)
    opened.qtbot.keyClicks(shown.search, "pointer draw")
    assert [row.setting.key for row in shown.rows if row.isVisible()] == ["canvas.crosshair"]
    shown.search.setText("canvas.fill")
    assert [row.setting.key for row in shown.rows if row.isVisible()] == ["canvas.fill_opacity"]
    shown.search.setText("deutsch")
    assert [row.setting.key for row in shown.rows if row.isVisible()] == ["window.language"]
    shown.search.setText("xyzzy")
    assert not any(row.isVisible() for row in shown.rows)
    shown.search.clear()
    assert all(row.isVisible() for row in shown.rows)


def test_the_wheel_over_a_control_changes_nothing(opened: Driver):
    shown = page(opened)
    box = row_of(shown, THEME).control.widget
    assert not box.hasFocus()
    place = QPointF(box.rect().center())
    turned = QWheelEvent(
        place,
        QPointF(box.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, turned)
    assert opened.settings.get(THEME) == "system"


def test_a_text_that_makes_no_sense_is_told_beside_it(opened: Driver, monkeypatch):
    only = Setting("some.word", "a", "A word.")
    settings = Settings()
    told: list[str] = []
    control = SettingControl(only, settings, told.append)
    field = control.widget
    assert isinstance(field, QLineEdit)
    field.setText("b")
    field.editingFinished.emit()
    assert settings.get(only) == "b"
    monkeypatch.setattr(control, "setting", Setting("some.word", "a", "A word.", choices=("a",)))
    field.setText("c")
    field.editingFinished.emit()
    assert told[-1] == "some.word is one of a, not 'c'."
    assert settings.get(only) == "b"


def test_a_damaged_file_is_told_and_the_page_shows_defaults(qtbot, qapp):
    path = settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('[window]\ntheme = "pink"\n[start]\nrecent_projects = "many"\n')
    driver = Driver(qtbot, qapp, Settings.load(path))
    assert "recent_projects is a whole number" in driver.message
    assert "Everything is as it comes." in page(driver).said.text()
    driver.close()


@pytest.mark.parametrize("place", [0, 1])
def test_every_control_has_a_name(opened: Driver, place: int):
    page(opened)
    window = window_of(opened)
    window.tabs.setCurrentIndex(place)
    kinds = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit)
    nameless = []
    for widget in window.tabs.currentWidget().findChildren(QWidget):
        if not isinstance(widget, kinds) or widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
            continue
        # Parts of Qt's own widgets, which are named as a whole.
        if widget.objectName().startswith("qt_") or isinstance(
            widget.parent(), QComboBox | QAbstractSpinBox
        ):
            continue
        if isinstance(widget.parent().parent(), QComboBox):
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name):
            nameless.append(f"{type(widget).__name__} {widget.objectName()}")
    assert nameless == []
