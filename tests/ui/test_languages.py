"""The real window in German and in Chinese."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt, QTranslator
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenuBar, QWidget
from pytestqt.qtbot import QtBot

from annotator.core.shapes import Rectangle
from annotator.project.tasks.editing import rename_task
from annotator.settings import LANGUAGE, Settings, settings_path
from annotator.translation import tr, use_language
from annotator.ui.film_strip.painter import described
from annotator.ui.film_strip.strip import FilmStrip
from annotator.ui.history.history_panel import HistoryPanel
from annotator.ui.history.snapshots_rows import moment_text, size_text
from annotator.ui.keys.keys_dialog import KeysDialog
from annotator.ui.language import speak
from annotator.ui.properties.panel import PropertiesPanel
from annotator.ui.start.recent_list import counts_text, opened_text
from annotator.ui.start.recent_projects import RecentProject
from annotator.ui.window.command_feature import CommandFeature
from tests.gui_thread import GuiWatch
from tests.ui.driver import Driver

CHINESE = re.compile(r"[\u4e00-\u9fff]")
MENUS = {
    "de": ["Datei", "Bearbeiten", "Ansicht"],
    "zh": ["文件", "编辑", "视图"],
}

Speaking = Callable[[str], Driver]


@pytest.fixture
def speaking(qtbot: QtBot, qapp: QApplication, gui_watch: GuiWatch) -> Iterator[Speaking]:
    """Starts the window in a language, as `annotator.app` does; English again at the end."""
    drivers: list[Driver] = []
    locale, translators = QLocale(), set(qapp.findChildren(QTranslator))

    def start(language: str) -> Driver:
        settings = Settings.load(settings_path())
        settings.set(LANGUAGE, language)
        assert speak(settings, qapp) == language
        drivers.append(Driver(qtbot, qapp, settings))
        return drivers[-1]

    yield start
    for driver in drivers:
        driver.close()
    for translator in set(qapp.findChildren(QTranslator)) - translators:
        qapp.removeTranslator(translator)
        translator.deleteLater()
    QLocale.setDefault(locale)
    use_language("en", "")


def menu_titles(driver: Driver) -> list[str]:
    bar = driver.window.findChild(QMenuBar)
    assert bar is not None
    return [action.text().replace("&", "") for action in bar.actions()]


def shown_texts(root: QWidget) -> Iterator[str]:
    """What stands on labels and buttons, and what is said about them."""
    for widget in root.findChildren(QWidget):
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        yield from (widget.toolTip(), widget.accessibleName(), widget.windowTitle())


@pytest.mark.parametrize("language", MENUS)
def test_menus_and_commands_are_translated(speaking: Speaking, language: str):
    driver = speaking(language)
    assert menu_titles(driver)[:3] == MENUS[language]
    for action in driver.window.findChildren(QAction):
        if action.text() and not action.isSeparator():
            title = action.text().replace("&", "").rstrip("…")
            assert title not in {"Open folder", "Undo", "Redo", "Next frame", "Delete", "Quit"}


def test_nothing_is_english_in_chinese(speaking: Speaking, pictures: Path):
    driver = speaking("zh")
    driver.open(pictures)
    driver.create_label("螺栓")
    driver.draw_box((20, 20), (200, 150))
    # Names, keys, numbers and what a picture shows are the same everywhere.
    plain = re.compile(
        r"Annotator|annotator|a\d\.png|pictures|Ctrl|Shift|Alt|Esc|Enter|Space|Home|End|PgUp|PgDown|Del|Tab"
        r"|rgb|#rrggbb|area>500|#\w{6}|\bF\d+|/\S+"
    )
    words = re.compile(r"[A-Za-z]{3,}")
    english = {text for text in shown_texts(driver.window) if words.search(plain.sub("", text))}
    assert not english
    assert any(CHINESE.search(text) for text in shown_texts(driver.window))


@pytest.mark.parametrize(
    ("language", "typed", "title"),
    [
        ("de", "nächster frame", "Nächster Frame"),
        ("de", "next frame", "Nächster Frame"),
        ("zh", "下一帧", "下一帧"),
        ("zh", "next frame", "下一帧"),
    ],
)
def test_the_palette_finds_commands_in_both_languages(
    speaking: Speaking, pictures: Path, language: str, typed: str, title: str
):
    driver = speaking(language)
    driver.open(pictures)
    driver.ctrl(Qt.Key.Key_P, shift=True)
    palette = driver.work.shell.feature(CommandFeature).palette.palette
    palette.field.setText(typed)  # an input method gives Chinese so, not key by key
    assert palette.rows.row_at(palette.list.currentIndex().row()).text == title
    driver.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    driver.wait_for_frame()
    assert driver.frame_name == "a2.png"


def test_the_main_job_in_german(speaking: Speaking, pictures: Path):
    driver = speaking("de")
    driver.open(pictures)
    label = driver.create_label("Schraube")
    driver.draw_box((20, 20), (200, 150))
    (one,) = driver.stored()
    assert isinstance(one.shape, Rectangle)
    assert one.label == label
    assert [step.title for step in driver.project.history()][:2] == [
        "Rechteck hinzufügen", "Label Schraube hinzufügen",
    ]  # fmt: skip
    undo = driver.window.action_set["edit.undo"]
    assert undo.text() == "Rückgängig: Rechteck hinzufügen"
    undo.trigger()
    driver.wait(lambda: not driver.stored())
    assert driver.window.action_set["edit.redo"].text() == "Wiederholen: Rechteck hinzufügen"
    driver.window.action_set["edit.redo"].trigger()
    driver.wait(lambda: len(driver.stored()) == 1)
    driver.window.action_set["frame.done"].trigger()
    assert driver.project.history()[0].title == "Als erledigt markieren"


def test_a_coordinate_may_be_typed_with_a_comma(speaking: Speaking, pictures: Path):
    driver = speaking("de")
    driver.open(pictures)
    driver.create_label("Schraube")
    driver.draw_box((20, 20), (200, 150))
    driver.key(Qt.Key.Key_S, to=driver.work.canvas)
    driver.click((20, 80))
    panel = driver.window.findChild(PropertiesPanel)
    assert panel is not None
    driver.wait(lambda: panel.form is not None)
    assert panel.form is not None
    field = panel.form.box["x"]
    field.setFocus()
    field.selectAll()
    driver.qtbot.keyClicks(field, "12,5")
    driver.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert driver.boxes()[0][0] == 12.5


def test_what_the_project_says_is_german_in_the_history(speaking: Speaking, pictures: Path):
    driver = speaking("de")
    driver.open(pictures)
    rename_task(driver.project, driver.work.session.task, "Muttern")
    driver.work.docks.raise_dock("history")
    panel = driver.window.findChild(HistoryPanel)
    assert panel is not None
    rows = panel.rows
    driver.wait(lambda: "Muttern" in str(rows.data(rows.index(0))))
    assert rows.data(rows.index(0)).startswith("pictures in Muttern umbenennen, ")
    undo = driver.window.action_set["edit.undo"]
    driver.wait(lambda: undo.text() == "Rückgängig: pictures in Muttern umbenennen")


def test_why_a_picture_is_not_seen_is_german(speaking: Speaking, pictures: Path, tmp_path: Path):
    (pictures / "a3.png").write_bytes(b"no picture")
    driver = speaking("de")
    driver.open(pictures)
    strip = driver.work.shell.feature(FilmStrip)
    card = strip.frames.card(2)
    assert card is not None
    driver.wait(lambda: strip.thumbnails.get(card.id) is not None)
    told = described(2, 4, card, strip.thumbnails.get(card.id)).splitlines()
    assert told[:2] == ["a3.png", "Frame 3 von 4"]
    assert "die Datei ist kein Bild einer bekannten Art" in told[2]
    dialog = KeysDialog(driver.window, driver.window.action_set, driver.theme)
    dialog.save_pdf(tmp_path / "no folder" / "keys.pdf")
    assert "kann nicht geschrieben werden" in dialog.said.text()
    dialog.close()


@pytest.mark.parametrize(("language", "shown"), [("de", "Strg+Umschalt+Z"), ("zh", "Ctrl+Shift+Z")])
def test_keys_are_called_as_on_the_keyboards(speaking: Speaking, language: str, shown: str):
    speaking(language)
    key = QKeySequence.fromString("Ctrl+Shift+Z", QKeySequence.SequenceFormat.PortableText)
    assert key.toString(QKeySequence.SequenceFormat.NativeText) == shown


def test_counts_sizes_and_moments(speaking: Speaking):
    speaking("de")
    entry = RecentProject("/a", "a", frames=1234, annotations=1)
    assert counts_text(entry) == "1.234 Bilder · 1 Objekt"
    assert size_text(3 << 20) == "3,0 MB"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", moment_text(1_700_000_000_000))
    use_language("en", "")
    assert counts_text(entry) == "1,234 pictures · 1 object"
    assert size_text(3 << 20) == "3.0 MB"


def test_days_are_said_in_the_language(speaking: Speaking):
    import datetime

    speaking("de")
    now = datetime.datetime(2026, 7, 12, 18, 0).astimezone()

    def opened(days: int) -> str:
        at = now - datetime.timedelta(days=days, hours=4)
        return opened_text(int(at.timestamp() * 1000), now)

    assert opened(0) == "Heute 14:00"
    assert opened(1) == "Gestern 14:00"
    assert opened(3) == "Vor 3 Tagen"
    assert opened(30) == "2026-06-12"


def test_a_language_without_a_catalogue_is_english(qapp: QApplication, monkeypatch):
    before = len(qapp.findChildren(QTranslator))
    monkeypatch.setattr(QLocale, "system", lambda: QLocale("fi_FI"))
    assert speak(Settings(), qapp) == "en"
    assert tr("Close") == "Close"
    assert len(qapp.findChildren(QTranslator)) == before


@pytest.mark.parametrize("name", ["de_AT", "zh_TW", "zh_CN"])
def test_the_language_of_the_system(qapp: QApplication, monkeypatch, name: str):
    locale, before = QLocale(), set(qapp.findChildren(QTranslator))
    monkeypatch.setattr(QLocale, "system", lambda: QLocale(name))
    try:
        assert speak(Settings(), qapp) == name
        assert tr("Close") in {"Schließen", "关闭"}
        # Qt's own words are of the same script.
        assert QApplication.translate("QPlatformTheme", "Close") in {"Schließen", "关闭"}
    finally:
        for translator in set(qapp.findChildren(QTranslator)) - before:
            qapp.removeTranslator(translator)
            translator.deleteLater()
        QLocale.setDefault(locale)
        use_language("en", "")
