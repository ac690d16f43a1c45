"""Actions made from commands: why one cannot be used, and what its tool tip says."""

from collections import Counter
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from annotator.commands import COMMANDS
from annotator.settings import THEME
from tests.ui.driver import Driver


def test_a_command_says_why_it_cannot_be_used(driver: Driver, pictures):
    actions = driver.window.action_set
    assert actions.why_not("view.fit") == "Open a folder or a project first."
    assert "Open a folder or a project first." in actions["view.fit"].toolTip()
    assert actions.why_not("file.open_folder") == ""
    driver.open(pictures)
    assert actions.why_not("view.fit") == ""
    assert actions.why_not("edit.delete") == "Nothing is selected."
    assert actions.why_not("edit.redo") == "There is nothing to redo."
    actions.set_possible("view.fit", False, "It is blue.")
    assert (actions.why_not("view.fit"), actions["view.fit"].isEnabled()) == ("It is blue.", False)
    actions.set_possible("view.fit", True)
    assert actions["view.fit"].isEnabled()


def test_what_is_selected_decides(opened: Driver):
    actions = opened.window.action_set
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    opened.key(Qt.Key.Key_S, to=opened.work.canvas)
    opened.work.canvas.select([opened.stored()[0].id])
    assert actions["edit.delete"].isEnabled()
    assert actions["view.zoom_selection"].isEnabled()
    opened.work.canvas.select([])
    assert not actions["edit.delete"].isEnabled()


def test_the_tool_tip_has_title_key_and_help(opened: Driver):
    actions = opened.window.action_set
    assert actions["tool.polygon"].toolTip() == "Polygon (P)\nDraws outlines corner by corner."
    assert actions["help.about"].toolTip() == "About"
    assert actions["edit.delete"].toolTip().endswith("\nNothing is selected.")


def test_names_of_steps_are_shown_as_they_are(opened: Driver):
    """Not as markup, and not with a letter taken for a mnemonic."""
    actions = opened.window.action_set
    action = actions["edit.undo"]
    actions.set_title("edit.undo", "Undo Add label <b>R&D</b>")
    assert actions.title("edit.undo") == "Undo Add label <b>R&D</b>"
    assert action.text() == "Undo Add label <b>R&&D</b>"
    assert "&lt;b&gt;R&amp;D&lt;/b&gt;" in action.toolTip()


def test_every_command_is_bound_or_says_that_it_is_not(opened: Driver):
    actions = opened.window.action_set
    unbound = [c.id for c in COMMANDS if actions.why_not(c.id) == "This cannot be used here."]
    assert unbound == []


def test_no_key_means_two_enabled_actions_of_the_window(opened: Driver):
    keys = Counter(
        key
        for command in COMMANDS
        if command.scope == "window"
        for key in opened.window.action_set.keys(command.id)
    )
    assert [key for key, count in keys.items() if count > 1] == []


def test_icons_follow_the_theme(opened: Driver):
    actions = opened.window.action_set
    before = actions["tool.polygon"].icon().cacheKey()
    opened.settings.set(THEME, "light")
    assert actions["tool.polygon"].icon().cacheKey() != before


def test_panels_and_themes_have_menus_of_their_own(opened: Driver):
    """The menu of the view was too long for a small screen."""
    view = next(menu for menu in opened.window.findChildren(QMenu) if menu.title() == "View")
    inside = {one.title(): one for one in view.findChildren(QMenu)}
    assert list(inside) == ["Panels", "Theme"]
    titles = [action.text() for action in inside["Panels"].actions()]
    assert titles[:4] == ["Show panels", "Arrange panels anew", "", "Objects"]
    assert opened.window.action_set["view.dock_history"] in inside["Panels"].actions()
    assert not any(action.isSeparator() for action in inside["Theme"].actions())
    assert view.sizeHint().height() < 600
    lines = [action.isSeparator() for action in view.actions()]
    # Never first, last, or one after the other.
    assert not any(one and after for one, after in pairwise([True, *lines, True]))
