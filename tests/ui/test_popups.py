"""Popups have a ground: what lies behind them is not seen through them."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from annotator.core.labels import PALETTE
from annotator.ui.filtering.popup import FilterPopup
from annotator.ui.labels.colour import ColourPopup
from annotator.ui.look import popup_frame
from annotator.ui.work.work_list import WorkList
from tests.ui.driver import Driver


def test_a_popup_is_seen_through_only_beside_its_round_corners(opened: Driver):
    opened.create_label("cat")
    opened.work.shell.actions["view.filter"].trigger()
    asked = opened.window.findChild(FilterPopup)
    colours = ColourPopup(opened.theme, PALETTE[0], opened.window)
    for popup in (asked, colours):
        popup.show()
        seen = popup.grab().toImage()
        assert seen.pixelColor(4, seen.height() // 2).name() == opened.theme.colours.bg2
        assert seen.pixelColor(0, 0).alpha() == 0
        popup.close()


def test_a_popup_has_the_shape_of_its_ground_where_screens_may_blend_nothing(
    opened: Driver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(popup_frame, "screen_blends", lambda: False)
    popup = ColourPopup(opened.theme, PALETTE[0], opened.window)
    popup.show()
    seen, mask = popup.grab().toImage(), popup.mask()
    colours = opened.theme.colours
    corner = [QPoint(x, y) for x in range(8) for y in range(8)]
    assert 8 <= sum(not mask.contains(point) for point in corner) <= 20
    for point in corner:
        if mask.contains(point):
            assert seen.pixelColor(point).lightness() >= QColor(colours.bg2).lightness() - 2
    right, bottom = popup.width() - 1, popup.height() - 1
    for x, y in ((0, 0), (right, 0), (0, bottom), (right, bottom)):
        assert not mask.contains(QPoint(x, y))
    assert mask.contains(QPoint(right, bottom // 2))
    popup.close()


def test_the_list_of_work_lasts_when_it_is_closed(opened: Driver):
    works = opened.window.findChild(WorkList)
    for _ in range(2):
        opened.work.shell.actions["tools.works"].trigger()
        assert works.isVisible()
        works.close()


def test_a_swatch_wins_over_what_was_typed(opened: Driver):
    popup = ColourPopup(opened.theme, PALETTE[0], opened.window)
    chosen: list[str] = []
    popup.chosen.connect(chosen.append)
    popup.open_at(opened.window.mapToGlobal(QPoint(200, 200)))
    popup.field.setFocus()
    popup.field.selectAll()
    QTest.keyClicks(popup.field, "#123456")
    swatch = popup.swatches[5]
    swatch.setFocus(
        Qt.FocusReason.MouseFocusReason
    )  # as a press of the mouse does before the click
    QTest.mouseClick(swatch, Qt.MouseButton.LeftButton)
    assert chosen == [swatch.colour]


def test_a_typed_colour_is_taken_at_enter(opened: Driver):
    popup = ColourPopup(opened.theme, PALETTE[0], opened.window)
    chosen: list[str] = []
    popup.chosen.connect(chosen.append)
    popup.open_at(opened.window.mapToGlobal(QPoint(200, 200)))
    popup.field.setFocus()
    popup.field.selectAll()
    QTest.keyClicks(popup.field, "#123456")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    assert chosen == ["#123456"]
