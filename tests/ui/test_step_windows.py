"""What the windows of imports and exports share: names for screen readers, sizes, progress, long texts."""

import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QWidget

from annotator.background.progress import ProgressReport
from annotator.core.errors import AnnotatorError
from annotator.settings import THEME
from annotator.ui.exporting.window import ExportWindow, show_export
from annotator.ui.importing.window import ImportWindow, show_import
from annotator.ui.widgets.elided_text import ElidedText
from annotator.ui.widgets.one_work import Failure
from annotator.ui.widgets.report_table import Column, ReportModel, places_of
from annotator.ui.widgets.step_window import StepWindow, progress_text
from tests.ui.driver import Driver


@pytest.fixture(params=["file.import", "file.export"])
def window(opened: Driver, request) -> StepWindow:
    opened.window.action_set[request.param].trigger()
    kind = ImportWindow if request.param == "file.import" else ExportWindow
    opened.wait(lambda: opened.window.findChild(kind) is not None)
    found = opened.window.findChild(kind)
    assert found is not None
    opened.wait(lambda: found.isVisible() and not found.is_busy)
    return found


def test_every_control_has_a_name(window: StepWindow):
    kinds = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit)
    nameless = []
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, kinds) or widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
            continue
        if has_its_name_from_a_field(widget):
            continue
        if not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name):
            nameless.append(f"{type(widget).__name__} {widget.objectName()}")
    assert nameless == []
    window.reject()


def has_its_name_from_a_field(widget: QWidget) -> bool:
    """Whether it is the list of a combo box, or the button that clears a line, which are named with these."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QComboBox | QLineEdit):
            return True
        above = above.parentWidget()
    return False


def test_it_fits_a_small_screen_and_does_not_hold_up_the_main_window(window: StepWindow):
    assert not window.isModal()
    assert window.width() <= 1024
    assert window.height() <= 700
    least = window.minimumSizeHint()
    assert least.width() <= 960
    assert least.height() <= 680
    window.reject()


def test_a_path_named_while_the_window_is_made_is_looked_at(opened: Driver, tmp_path: Path):
    path = tmp_path / "set.json"
    path.write_text("{}")
    window = show_import(opened.work._shell(), path)
    assert not window.is_whole
    opened.wait(lambda: window.isVisible() and not window.is_busy)
    assert window.source.path.text() == str(path)
    window.reject()


def test_closing_the_project_while_the_window_is_made(opened: Driver):
    windows = [show_import(opened.work._shell()), show_export(opened.work._shell())]
    opened.work.switch.close()
    opened.wait(lambda: opened.window.start_page.isVisible())
    opened.qtbot.wait(50)
    assert not [one for one in opened.window.findChildren(StepWindow) if one.isVisible()]
    assert len(windows) == 2


def test_esc_closes_it(opened: Driver, window: StepWindow):
    opened.key(Qt.Key.Key_Escape, to=window)
    assert window.is_gone
    assert not window.isVisible()


def test_it_follows_the_theme(opened: Driver, window: StepWindow):
    grounds = []
    for theme in ("dark", "light"):
        opened.settings.set(THEME, theme)
        grounds.append(window.grab().toImage().pixelColor(5, window.height() // 2).name())
    assert grounds[0] != grounds[1]
    window.reject()


def test_work_is_told_in_place_and_the_newest_counts(opened: Driver, window: StepWindow):
    heard: list[object] = []
    began = threading.Event()

    def slow(progress):
        began.set()
        while True:
            progress.report(1, 10, "counting")
            time.sleep(0.001)

    window.start("Counting", slow, heard.append)
    assert began.wait(10)
    opened.wait(lambda: "1 / 10" in window.state.whole)
    assert window.bar.isVisible()

    def fails(_progress):
        raise AnnotatorError("There is no room.")

    window.start("Failing", fails, heard.append)
    opened.wait(lambda: bool(heard))
    assert heard == [Failure("There is no room.")]
    assert not window.is_busy
    assert not window.bar.isVisible()
    assert "no room" not in opened.message
    opened.wait(lambda: not opened.work.runner.works)
    window.reject()


def test_progress_says_how_much_and_how_long():
    assert progress_text(ProgressReport("Reading", 0, None, None)) == "Reading"
    assert progress_text(ProgressReport("Reading", 1200, None, None)) == "Reading · 1,200"
    text = progress_text(ProgressReport("Reading", 5, 2000, 61.2))
    assert text == "Reading · 5 / 2,000 · 61 seconds left"
    assert progress_text(ProgressReport("A", 5, 9, 600.0)).endswith("10 minutes left")


def test_a_long_text_ends_in_dots_and_stays_plain(qtbot):
    label = ElidedText("<b>bold</b> " + "word " * 400)
    qtbot.addWidget(label)
    label.resize(200, 20)
    label.show()
    assert label.text().startswith("<b>bold</b>")
    assert label.text().endswith("…")
    assert label.whole.endswith("word ")
    assert label.textFormat() == Qt.TextFormat.PlainText


class Row:
    """A row that counts how often it is asked."""

    asked = 0

    def __init__(self, number: int) -> None:
        self.number = number
        self.tone = ""

    @property
    def cells(self):
        Row.asked += 1
        return f"row {self.number}", self.number


class Million:
    """Rows that are made when they are asked for."""

    def __len__(self) -> int:
        return 1_000_000

    def __getitem__(self, place: int) -> Row:
        return Row(place)


def test_a_million_rows_cost_what_is_seen(opened: Driver, tmp_path: Path):
    from annotator.ui.widgets.report_table import report_table

    parent = QWidget()
    model = ReportModel((Column("Name", stretch=True), Column("Number", 90)), opened.theme, parent)
    table = report_table(model, "Rows")
    table.resize(400, 300)
    table.show()
    opened.qtbot.waitExposed(table)
    Row.asked = 0
    model.show(Million())
    table.scrollToBottom()
    opened.qtbot.wait(20)
    assert model.rowCount() == 1_000_000
    assert Row.asked < 2_000
    assert model.index(999_999, 0).data() == "row 999999"
    assert model.index(1_234, 1).data() == "1,234"
    table.deleteLater()
    parent.deleteLater()


def test_words_are_found_in_any_column_whatever_their_case():
    rows = [Row(1), Row(12), Row(3)]
    assert places_of(rows, "ROW 1") == [0, 1]
    assert places_of(rows, "nothing") == []
    assert places_of(rows, "") == [0, 1, 2]
