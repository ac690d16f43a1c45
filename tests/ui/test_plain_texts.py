"""Names of the user are shown letter by letter: Qt would take some for markup, and some for keys."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLabel, QWidget

from tests.conftest import MakePicture
from tests.ui.driver import Driver

MARKUP = "<b>R&D</b>"
KEY = "Q&D"
_MOST_COLUMNS = 8


@pytest.fixture
def odd(driver: Driver, tmp_path: Path, make_picture: MakePicture) -> Driver:
    """Everything that has a name has one that means something to Qt: folder, picture, labels, steps and work."""
    folder = tmp_path / "<i>odd & even"
    make_picture(folder / f"{KEY}.png", 400, 300)
    driver.open(folder)
    for name in (MARKUP, KEY):
        driver.create_label(name)
        driver.draw_box((10, 10), (60, 60))
    driver.ctrl(Qt.Key.Key_A)
    return driver


def views_of(driver: Driver) -> Iterator[QAbstractItemView]:
    for name in ("frames", "history", "labels", "objects"):
        driver.work.docks.raise_dock(name)
    yield from driver.window.findChildren(QAbstractItemView)


def tips_of(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    for row in range(min(20, model.rowCount())):
        for column in range(_MOST_COLUMNS):  # of a list, Qt does not say how many there are
            yield model.index(row, column).data(Qt.ItemDataRole.ToolTipRole) or ""


def is_misread(tip: str) -> bool:
    """Whether Qt would leave out some of a text that was not made for it."""
    return GuiQt.mightBeRichText(tip) and not tip.startswith("<qt>")


def test_tool_tips_are_no_markup(odd: Driver):
    may_end = threading.Event()
    odd.work.runner.start(f"Reading {MARKUP}", lambda _: may_end.wait(2), uses=None)
    odd.window.action_set["tools.works"].trigger()
    odd.work.session.synced.emit(False, f"The disk {MARKUP} is full.")
    odd.window.action_set["help.commands"].trigger()
    odd.type("#<b>")
    tips = [one.toolTip() for one in odd.window.findChildren(QWidget)]
    tips += [one.toolTip() for one in odd.window.findChildren(QAction)]
    for view in views_of(odd):
        tips += tips_of(view)
    may_end.set()
    for named in (
        "R&amp;D&lt;/b&gt; (1)",
        "Reading &lt;b&gt;",
        "The disk &lt;b&gt;",
        "odd &amp; even",
    ):
        assert any(named in tip for tip in tips), named
    assert [tip for tip in tips if is_misread(tip)] == []


def test_names_are_no_keys(odd: Driver):
    buttons = odd.window.findChildren(QAbstractButton)
    assert any(one.text() == KEY for one in buttons)
    assert [one.text() for one in buttons if not one.shortcut().isEmpty()] == []
    menu = odd.work.top_bar.project.menu()
    menu.aboutToShow.emit()
    assert menu.actions()[0].text() == "<i>odd && even"


def test_labels_show_letters(odd: Driver):
    shown = [one for one in odd.window.findChildren(QLabel) if GuiQt.mightBeRichText(one.text())]
    assert [one.text() for one in shown if one.textFormat() != Qt.TextFormat.PlainText] == []
