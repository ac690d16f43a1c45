"""The manual in the window: opened, read, searched, left."""

import re
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QTextDocument
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from annotator.ui.manual.browser import ManualBrowser
from annotator.ui.manual.feature import ManualFeature
from annotator.ui.manual.pages import FIRST, manual_folder, manual_pages
from annotator.ui.manual.window import ManualWindow
from tests.ui.driver import Driver

PICTURE = 2  # QTextDocument.ResourceType.ImageResource


@pytest.fixture
def manual(driver: Driver) -> ManualWindow:
    """The manual, opened by its key on the start page."""
    driver.key(Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    feature = driver.work.shell.feature(ManualFeature)
    driver.wait(lambda: feature.window is not None and feature.window.browser.page == FIRST)
    assert feature.window is not None
    return feature.window


def listed(manual: ManualWindow) -> list[str]:
    return [manual.contents.item(place).text() for place in range(manual.contents.count())]


def chosen(manual: ManualWindow) -> str:
    item = manual.contents.currentItem()
    return "" if item is None else item.text()


def place_of(browser: ManualBrowser, text: str) -> QPoint:
    """Where a text is seen in the viewport."""
    cursor = browser.document().find(text, 0, QTextDocument.FindFlag.FindCaseSensitively)
    assert not cursor.isNull()
    cursor.setPosition(cursor.selectionStart() + 1)
    browser.setTextCursor(cursor)
    browser.ensureCursorVisible()
    return browser.cursorRect(cursor).center()


def picture_names(page: str) -> list[str]:
    text = (manual_folder() / page).read_text("utf-8")
    return re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)


def test_every_page_is_in_the_contents_and_can_be_read(driver: Driver, manual: ManualWindow):
    assert listed(manual) == [page.title for page in manual_pages()]
    for page in manual_pages():
        manual.contents.setCurrentRow(listed(manual).index(page.title))
        assert manual.browser.page == page.name
        assert manual.browser.document().firstBlock().text() == page.title
        assert chosen(manual) == page.title


def test_pictures_are_shown_as_wide_as_the_window_allows(driver: Driver, manual: ManualWindow):
    browser = manual.browser
    (name,) = picture_names(FIRST)
    url = QUrl.fromLocalFile(str(manual_folder() / name))

    def shown() -> QImage:
        image = browser.document().resource(PICTURE, url)
        assert isinstance(image, QImage)
        return image

    def is_decoded() -> bool:
        image = shown()
        return image.pixelColor(image.width() // 2, image.height() // 2).alpha() == 255

    for width in (1040, 700):
        manual.resize(width, 740)
        driver.wait(lambda: is_decoded() and 0 < browser.viewport().width() - shown().width() < 60)
        assert not browser.horizontalScrollBar().isVisible()


def test_a_picture_is_never_larger_than_it_was_taken(driver: Driver, manual: ManualWindow):
    manual.browser.show_page("labels.md")
    name = "pictures/labels-delete.png"
    assert name in picture_names("labels.md")
    taken = QImage(str(manual_folder() / name))
    url = QUrl.fromLocalFile(str(manual_folder() / name))
    image = manual.browser.document().resource(PICTURE, url)
    assert isinstance(image, QImage)
    assert image.deviceIndependentSize().width() == taken.width() / 2


def test_links_lead_to_pages_and_back(driver: Driver, manual: ManualWindow):
    browser = manual.browser
    place = place_of(browser, "First steps")
    QTest.mouseClick(browser.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert browser.page == "first-steps.md"
    assert chosen(manual) == "First steps"
    QTest.mouseClick(manual.back, Qt.MouseButton.LeftButton)
    assert (browser.page, chosen(manual)) == (FIRST, "Manual")
    QTest.mouseClick(manual.forward, Qt.MouseButton.LeftButton)
    assert browser.page == "first-steps.md"


def test_links_to_elsewhere_are_given_to_the_browser_of_the_system(
    manual: ManualWindow, monkeypatch: pytest.MonkeyPatch
):
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    manual.browser.anchorClicked.emit(QUrl("https://example.org/"))
    assert opened == ["https://example.org/"]
    assert manual.browser.page == FIRST


def test_the_search_lists_pages_and_shows_the_place(driver: Driver, manual: ManualWindow):
    QTest.keyClicks(manual.search, "backup doctor")
    assert "Nothing is lost" in listed(manual)
    assert len(listed(manual)) < len(manual_pages())
    assert manual.browser.page in {"safety.md", "command-line.md", FIRST}
    marks = manual.browser.extraSelections()
    assert {mark.cursor.selectedText().casefold() for mark in marks} == {"backup", "doctor"}
    first = manual.browser.textCursor().position()
    QTest.keyClick(manual.search, Qt.Key.Key_Return)
    assert manual.browser.textCursor().position() > first
    manual.search.setText("nothingofthekind")
    assert listed(manual) == []
    assert manual.said.isVisible()
    manual.search.clear()
    assert len(listed(manual)) == len(manual_pages())
    assert manual.browser.extraSelections() == []


def test_there_is_one_window_and_it_can_be_closed_and_opened_again(
    driver: Driver, manual: ManualWindow
):
    feature = driver.work.shell.feature(ManualFeature)
    feature.show()
    assert feature.window is manual
    QTest.keyClick(manual.contents, Qt.Key.Key_Escape)
    assert feature.window is None
    feature.show()
    driver.wait(lambda: feature.window is not None)
    assert feature.window is not None
    feature.window.close()


def test_closed_before_its_pictures_are_asked_for_it_takes_none(
    driver: Driver, manual: ManualWindow
):
    manual.browser.show_page("labels.md")
    seen = QSignalSpy(manual.destroyed)
    manual.close()
    driver.wait(lambda: seen.count() == 1)
    driver.wait(lambda: not any(one.name == "manual-pictures" for one in threading.enumerate()))
    said: list[str] = []
    driver.work.shell.calls.post(lambda: said.append("all that came before was done"))
    driver.wait(lambda: bool(said))


def test_another_theme_has_its_colours(driver: Driver, manual: ManualWindow):
    before = manual.browser.palette().color(manual.browser.foregroundRole())
    other = "light" if driver.theme.colours.is_dark else "dark"
    driver.work.shell.actions[f"view.theme_{other}"].trigger()
    QApplication.processEvents()
    assert manual.browser.palette().color(manual.browser.foregroundRole()) != before
    assert manual.browser.page == FIRST


def test_the_manual_lies_where_the_program_looks_for_it():
    assert (Path(manual_folder()) / FIRST).is_file()
