"""The page of keys: all commands as they are now, searched and printed."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from annotator.commands import COMMANDS
from annotator.ui.keys.keys_dialog import KeysDialog
from annotator.ui.keys.keys_page import KeyLine, KeySection, key_sections, keys_html
from annotator.ui.palette.list import PaletteRow
from annotator.ui.window.command_feature import CommandFeature
from tests.ui.driver import Driver


def dialog(driver: Driver) -> KeysDialog:
    driver.key(Qt.Key.Key_F1)
    (shown,) = (one for one in driver.window.findChildren(KeysDialog) if one.isVisible())
    return shown


def lines(shown: KeysDialog) -> list[PaletteRow]:
    return [row for row in shown.rows.rows if not row.is_head]


def test_every_command_is_there_with_its_keys(opened: Driver):
    shown = dialog(opened)
    texts = [row.text for row in lines(shown)]
    assert all(command.title in texts for command in COMMANDS)
    redo = next(row for row in lines(shown) if row.text == "Redo")
    assert redo.keys == ("Ctrl+Shift+Z", "Ctrl+Y")
    heads = [row.text for row in shown.rows.rows if row.is_head]
    assert heads[:3] == ["On the picture", "File", "Edit"]
    shown.close()


def test_it_is_searched_by_words_and_keys(opened: Driver):
    shown = dialog(opened)
    opened.qtbot.keyClicks(shown.search, "ctrl+shift+z")
    assert [row.text for row in lines(shown)] == ["Redo"]
    shown.search.setText("polygon draws")
    assert [row.text for row in lines(shown)] == ["Polygon"]
    shown.search.setText("xyzzy")
    assert lines(shown) == []
    assert shown.said.text() == "No command has these words."
    shown.close()


def test_typing_finds_and_the_other_keys_scroll(opened: Driver):
    shown = dialog(opened)
    opened.wait(shown.search.hasFocus)
    bar = shown.list.verticalScrollBar()
    opened.key(Qt.Key.Key_PageDown, to=shown.search)
    page = bar.value()
    assert page > 100
    opened.key(Qt.Key.Key_Down, to=shown.search)
    assert bar.value() > page
    opened.key(Qt.Key.Key_PageUp, to=shown.search)
    opened.key(Qt.Key.Key_Up, to=shown.search)
    assert bar.value() == 0
    shown.close()


def test_changed_keys_are_shown(opened: Driver):
    keys = opened.work.shell.feature(CommandFeature).control.keys
    keys.change("edit.redo", ["F9"])
    shown = dialog(opened)
    assert next(row for row in lines(shown) if row.text == "Redo").keys == ("F9",)
    keys.change("edit.redo", ["F8"])  # while the page is open
    assert next(row for row in lines(shown) if row.text == "Redo").keys == ("F8",)
    shown.close()


def test_it_leads_to_the_editor(opened: Driver):
    shown = dialog(opened)
    opened.qtbot.mouseClick(shown.change, Qt.MouseButton.LeftButton)
    feature = opened.work.shell.feature(CommandFeature)
    opened.wait(lambda: feature.settings_window is not None)
    window = feature.settings_window
    assert window is not None
    assert window.tabs.currentWidget() is window.keys
    shown.close()


def test_it_is_written_for_printing(opened: Driver, tmp_path: Path):
    shown = dialog(opened)
    shown.save_pdf(tmp_path / "keys.pdf")
    assert shown.said.text() == "keys.pdf is written."
    data = (tmp_path / "keys.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert len(data) > 5_000
    shown.save_pdf(tmp_path / "none" / "keys.pdf")
    assert "cannot be written" in shown.said.text()
    opened.qtbot.mouseClick(shown.save, Qt.MouseButton.LeftButton)
    (asking,) = shown.findChildren(QFileDialog)
    asking.reject()
    shown.close()


def test_the_printed_page_has_every_key_and_no_markup_of_others(opened: Driver):
    page = keys_html(key_sections(opened.window.action_set), "Keys")
    for command in COMMANDS:
        for key in opened.window.action_set.keys(command.id):
            assert key.replace("&", "&amp;").replace("<", "&lt;") in page
    odd = keys_html([KeySection("<b>", (KeyLine("<i>x", "", ("Ctrl+<",)),))], "<h1>")
    assert "<i>" not in odd
    assert "Ctrl+&lt;" in odd
