"""Popups have a ground: what lies behind them is not seen through them."""

from annotator.core.labels import PALETTE
from annotator.ui.filtering.popup import FilterPopup
from annotator.ui.labels.colour import ColourPopup
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
