"""Popups have a ground: what lies behind them is not seen through them."""

from PySide6.QtCore import QPoint

from annotator.core.labels import PALETTE
from annotator.ui.filtering.popup import FilterPopup
from annotator.ui.labels.colour import ColourPopup
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


def test_a_popup_is_cut_to_its_shape_for_screens_that_blend_nothing(opened: Driver):
    popup = ColourPopup(opened.theme, PALETTE[0], opened.window)
    popup.show()
    seen, mask = popup.grab().toImage(), popup.mask()
    for x in range(popup.width()):
        for y in range(popup.height()):
            # What is painted is kept, and of the rest only what the line touches.
            assert mask.contains(QPoint(x, y)) or seen.pixelColor(x, y).alpha() == 0
    corner = [QPoint(x, y) for x in range(8) for y in range(8)]
    assert not mask.contains(QPoint(0, 0))
    assert sum(not mask.contains(point) for point in corner) > 5
    popup.close()


def test_the_list_of_work_lasts_when_it_is_closed(opened: Driver):
    works = opened.window.findChild(WorkList)
    for _ in range(2):
        opened.work.shell.actions["tools.works"].trigger()
        assert works.isVisible()
        works.close()
