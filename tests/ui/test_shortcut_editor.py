"""Changing keys: by pressing them, with what stands in the way, and at once."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QPushButton

from annotator.commands import COMMANDS
from annotator.keys.user_keys import UserKeys, keys_path
from annotator.settings import settings_path
from annotator.ui.keys.shortcut_editor import ShortcutEditor
from annotator.ui.keys.shortcut_editor_model import Column
from annotator.ui.window.command_feature import CommandFeature
from tests.ui.driver import Driver

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def editor(driver: Driver) -> ShortcutEditor:
    """The page, opened by its command, once it takes keys."""
    feature = driver.work.shell.feature(CommandFeature)
    driver.window.action_set["help.change_keys"].trigger()
    driver.wait(lambda: feature.settings_window is not None)
    window = feature.settings_window
    assert window is not None
    driver.wait(lambda: window.isVisible() and window.isActiveWindow())
    assert window.tabs.currentWidget() is window.keys
    return window.keys


def keys(driver: Driver) -> UserKeys:
    return driver.work.shell.feature(CommandFeature).control.keys


def press(
    driver: Driver, page: ShortcutEditor, key: Qt.Key, held: Qt.KeyboardModifier = NONE
) -> None:
    page.detail.begin()
    driver.qtbot.keyClick(page.detail.capture, key, held)


def titles(page: ShortcutEditor) -> list[str]:
    return [page.model.index(row, Column.COMMAND).data() for row in range(page.model.rowCount())]


def chips(page: ShortcutEditor) -> list[QPushButton]:
    return [one for one in page.detail.findChildren(QPushButton, "keyChip") if not one.isHidden()]


def test_a_key_that_is_pressed_works_at_once(opened: Driver):
    page = editor(opened)
    page.show_command("frame.next")
    press(opened, page, Qt.Key.Key_F12)
    assert keys(opened).of("frame.next") == ("F", "F12")
    assert page.detail.said.text() == "Done."
    opened.window.activateWindow()
    opened.wait(opened.window.isActiveWindow)
    opened.work.canvas.setFocus()
    opened.key(Qt.Key.Key_F12, to=opened.work.canvas)
    assert opened.frame_name == "a2.png"
    action = opened.window.action_set["frame.next"]
    assert [key.toString() for key in action.shortcuts()] == ["F", "F12"]


def test_tool_tip_menu_and_palette_follow(opened: Driver):
    keys(opened).change("tool.rectangle", ["Alt+R"])
    action = opened.window.action_set["tool.rectangle"]
    assert action.toolTip().startswith("Rectangle (Alt+R)\nDraws boxes")
    assert action.shortcut().toString() == "Alt+R"
    assert opened.window.action_set.keys("tool.rectangle") == ("Alt+R",)
    keys(opened).reset("tool.rectangle")
    assert action.toolTip().startswith("Rectangle (B)")


def test_the_file_is_written_and_read_at_the_next_start(opened: Driver):
    keys(opened).change("view.fit", ["F8"])
    path = keys_path(settings_path())
    opened.wait(path.exists)
    assert path.read_text() == '[keys]\n"view.fit" = ["F8"]\n'
    assert UserKeys.load(path).of("view.fit") == ("F8",)


def test_what_was_just_changed_is_written_at_the_end(opened: Driver):
    keys(opened).use_map("labelme")
    opened.close()
    assert keys_path(settings_path()).read_text() == 'map = "labelme"\n'


def test_a_key_of_another_command_is_told_and_moved_on_request(opened: Driver):
    page = editor(opened)
    page.show_command("view.fit")
    press(opened, page, Qt.Key.Key_O, CTRL)
    assert page.detail.said.text() == "Ctrl+O belongs to “Open folder…”."
    assert keys(opened).of("view.fit") == ("Ctrl+0",)  # nothing yet
    opened.qtbot.mouseClick(page.detail.move_here, Qt.MouseButton.LeftButton)
    assert keys(opened).of("view.fit") == ("Ctrl+0", "Ctrl+O")
    assert keys(opened).of("file.open_folder") == ()
    assert not opened.window.action_set["file.open_folder"].shortcuts()


def test_a_command_that_lost_its_usual_key_shows_who_has_it(opened: Driver):
    keys(opened).move("Ctrl+O", "view.fit")
    keys(opened).reset("file.open_folder")
    page = editor(opened)
    page.show_command("file.open_folder")
    row = page.table.currentIndex().row()
    assert "belongs to “Fit picture”" in page.model.index(row, Column.KEYS).data(
        Qt.ItemDataRole.UserRole + 2
    )
    assert page.detail.said.text() == "Ctrl+O belongs to “Fit picture”."
    opened.qtbot.mouseClick(page.detail.move_here, Qt.MouseButton.LeftButton)
    assert keys(opened).of("file.open_folder") == ("Ctrl+O",)
    assert keys(opened).of("view.fit") == ("Ctrl+0",)


def test_a_key_is_taken_away_and_the_usual_ones_come_back(opened: Driver):
    page = editor(opened)
    page.show_command("edit.redo")
    opened.wait(lambda: len(chips(page)) == 2)
    opened.qtbot.mouseClick(chips(page)[0], Qt.MouseButton.LeftButton)
    assert keys(opened).of("edit.redo") == ("Ctrl+Y",)
    assert page.said.text() == "1 command has other keys."
    opened.qtbot.mouseClick(page.detail.reset, Qt.MouseButton.LeftButton)
    assert keys(opened).of("edit.redo") == ("Ctrl+Shift+Z", "Ctrl+Y")
    assert not page.detail.reset.isEnabled()


@pytest.mark.parametrize(
    ("key", "held", "text"),
    [
        (Qt.Key.Key_F9, NONE, "F9"),
        (Qt.Key.Key_NumberSign, SHIFT, "#"),
        (Qt.Key.Key_Exclam, CTRL | SHIFT, "Ctrl+!"),
        (Qt.Key.Key_X, CTRL | SHIFT, "Ctrl+Shift+X"),
        (Qt.Key.Key_5, Qt.KeyboardModifier.KeypadModifier, "5"),
        (Qt.Key.Key_Tab, CTRL, "Ctrl+Tab"),
        (Qt.Key.Key_Backtab, CTRL | SHIFT, "Ctrl+Shift+Tab"),
        (Qt.Key.Key_Escape, NONE, "Esc"),
        (Qt.Key.Key_Adiaeresis, NONE, "Ä"),
    ],
)
def test_keys_are_named_as_what_is_meant(opened: Driver, key, held, text):
    page = editor(opened)
    page.by_key.setFocus()
    told = []
    page.by_key.pressed.connect(told.append)
    opened.qtbot.keyClick(page.by_key, key, held)
    assert told == [text]


def test_modifiers_alone_are_no_key_and_strange_keys_are_refused(opened: Driver):
    page = editor(opened)
    page.show_command("view.fit")
    press(opened, page, Qt.Key.Key_Control)
    assert page.detail.said.text() == ""
    press(opened, page, Qt.Key.Key_VolumeMute)
    assert page.detail.said.text() == "This key cannot be used."
    assert keys(opened).of("view.fit") == ("Ctrl+0",)


def test_a_key_that_the_picture_keeps_is_told(opened: Driver):
    page = editor(opened)
    page.show_command("view.crosshair")
    press(opened, page, Qt.Key.Key_Space)
    assert keys(opened).of("view.crosshair") == ("Space",)
    assert "moves the picture" in page.detail.said.text()


def test_tab_leaves_the_field(opened: Driver):
    page = editor(opened)
    page.show_command("view.fit")
    page.detail.begin()
    assert page.detail.capture.hasFocus()
    opened.qtbot.keyClick(page.detail.capture, Qt.Key.Key_Tab)
    assert not page.detail.capture.hasFocus()
    assert keys(opened).of("view.fit") == ("Ctrl+0",)


def test_commands_are_found_by_name_and_by_key(opened: Driver):
    page = editor(opened)
    opened.qtbot.keyClicks(page.search, "zoom in")
    assert titles(page)[0] == "Zoom in"
    page.search.clear()
    assert len(titles(page)) == len(COMMANDS)
    opened.qtbot.keyClick(page.by_key, Qt.Key.Key_G, CTRL)
    assert titles(page) == ["Go to frame…"]
    assert page.detail.isEnabled()
    page.search.setText("xyzzy")
    assert titles(page) == []
    assert not page.detail.isEnabled()
    page.show_command("view.fit")
    assert page.table.currentIndex().data() == "Fit picture"


def test_a_map_is_chosen_and_everything_reset(opened: Driver):
    page = editor(opened)
    page.maps.setCurrentIndex(page.maps.findData("labelme"))
    page.maps.activated.emit(page.maps.currentIndex())
    assert keys(opened).of("frame.next")[0] == "D"
    assert opened.window.action_set["frame.previous"].shortcut().toString() == "A"
    keys(opened).change("view.fit", ["F8"])
    opened.qtbot.mouseClick(page.reset_all, Qt.MouseButton.LeftButton)
    assert keys(opened).changed == ()
    assert keys(opened).map.id == "labelme"
    assert not page.reset_all.isEnabled()


def test_keys_go_to_a_file_and_come_back(opened: Driver, tmp_path: Path):
    page = editor(opened)
    keys(opened).change("view.fit", ["F8"])
    page.export_to(tmp_path / "mine.json")
    assert page.said.text() == "mine.json is written."
    keys(opened).reset_all()
    page.import_from(tmp_path / "mine.json")
    assert keys(opened).of("view.fit") == ("F8",)
    assert page.said.text() == "The keys of mine.json are in use now."


def test_a_file_that_makes_no_sense_is_told_on_the_page(opened: Driver, tmp_path: Path):
    page = editor(opened)
    bad = tmp_path / "bad.toml"
    bad.write_text("[keys")
    page.import_from(bad)
    assert "damaged" in page.said.text()
    bad.write_text('[keys]\n"no.such" = ["F8"]\n"view.fit" = ["F9"]\n')
    page.import_from(bad)
    assert "no.such" in page.said.text()
    assert keys(opened).of("view.fit") == ("F9",)
    page.export_to(tmp_path / "none" / "keys.toml")
    assert "cannot be written" in page.said.text()


def test_the_buttons_ask_for_a_file(opened: Driver):
    page = editor(opened)
    for button in (page.import_, page.export):
        opened.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        (dialog,) = page.findChildren(QFileDialog)
        assert dialog.isVisible()
        dialog.reject()
        opened.wait(lambda: not page.findChildren(QFileDialog))


def test_enter_in_the_table_begins(opened: Driver):
    page = editor(opened)
    page.table.setFocus()
    opened.qtbot.keyClick(page.table, Qt.Key.Key_Down)
    opened.qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert page.detail.capture.hasFocus()


def test_a_click_in_the_table_chooses(opened: Driver):
    page = editor(opened)
    where = page.table.visualRect(page.model.index(3, Column.KEYS)).center()
    opened.qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(where))
    assert page.table.currentIndex().row() == 3
    assert titles(page)[3] == COMMANDS[3].title


def test_a_damaged_file_and_one_with_a_key_twice_are_told_at_the_start(qtbot, qapp, pictures: Path):
    from annotator.settings import Settings

    path = keys_path(settings_path())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('[keys]\n"view.zoom_in" = ["F7"]\n"view.fit" = ["F7"]\n')
    driver = Driver(qtbot, qapp, Settings.load(settings_path()))
    assert "“Fit picture” has it" in driver.message
    assert driver.window.action_set.keys("view.fit") == ("F7",)
    assert driver.window.action_set.keys("view.zoom_in") == ()
    driver.close()
    path.write_bytes(b"\xff\x00")
    driver = Driver(qtbot, qapp, Settings.load(settings_path()))
    assert "damaged" in driver.message
    assert driver.window.action_set.keys("frame.next") == ("F",)
    driver.close()
