"""Texts that are shortened where there is no room for them."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from annotator.ui.widgets.elided_box import ElidedBox
from annotator.ui.widgets.elided_label import ElidedLabel


def test_a_long_text_is_shortened_where_it_has_no_room(qtbot: QtBot):
    box = ElidedBox()
    qtbot.addWidget(box)
    box.addItems(["short", "harbour cameras with a very long name of a folder 2024"])
    box.resize(160, 28)
    box.show()
    assert box.shown_text == "short"
    box.setCurrentIndex(1)
    shown = box.shown_text
    assert shown.startswith("harbour")
    assert "…" in shown
    assert box.fontMetrics().horizontalAdvance(shown) < 160
    box.resize(600, 28)
    assert "…" not in box.shown_text
    box.setPlaceholderText("(mixed)")
    box.setCurrentIndex(-1)
    assert box.shown_text == "(mixed)"


def test_it_asks_for_little_room(qtbot: QtBot):
    box = ElidedBox()
    qtbot.addWidget(box)
    box.addItem("x" * 500)
    assert box.sizeHint().width() < 200


def test_a_label_says_nothing_rather_than_a_word(qtbot: QtBot):
    label = ElidedLabel(Qt.TextElideMode.ElideRight, "", least=120)
    qtbot.addWidget(label)
    label.set_full_text("Click selects, again what lies below, a drag moves")
    label.show()
    label.resize(140, 20)
    assert label.text().startswith("Click selects")
    label.resize(60, 20)
    assert label.text() == ""
    label.set_full_text("Short")
    assert label.text() == "Short"
