"""A list that opens shows as much of the chosen text as there is room for."""

from pytestqt.qtbot import QtBot

from annotator.ui.widgets.elided_box import ElidedBox


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
