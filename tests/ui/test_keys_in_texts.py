"""Texts that name a key name the one that the command has now, and none where it has none."""

import pytest
from PySide6.QtCore import Qt

from annotator.ui.filtering.feature import FilterControl
from annotator.ui.objects.delegate import Mark, mark_tip
from annotator.ui.objects.model import ROW_ROLE, ObjectRow
from annotator.ui.properties.panel import PropertiesPanel
from annotator.ui.suggesting.feature import Suggesting
from tests.ui.driver import Driver


def give(driver: Driver, **keys: str) -> None:
    """Give commands other keys; two underscores stand for the dot of an id, no text for no key."""
    driver.window.action_set.set_keys(
        {name.replace("__", "."): (key,) if key else () for name, key in keys.items()}
    )


def test_tool_tips_of_fields(opened: Driver):
    search, number = opened.work.objects_panel.search, opened.work.top_bar.field.number
    chip = opened.work.shell.feature(FilterControl).chip
    assert "area&gt;500 (Ctrl+F)" in search.toolTip()
    assert number.toolTip() == "Frame number: type one and press Enter (`)"
    assert chip.toolTip() == "Show only what passes conditions (Ctrl+Shift+F)"
    give(opened, object__find="F9", frame__go_to="Alt+G", view__filter="F7")
    assert "(F9)" in search.toolTip()
    assert number.toolTip() == "Frame number: type one and press Enter (Alt+G)"
    assert chip.toolTip() == "Show only what passes conditions (F7)"
    give(opened, object__find="", frame__go_to="", view__filter="")
    assert "(" not in search.toolTip()
    assert number.toolTip() == "Frame number: type one and press Enter"
    assert chip.toolTip() == "Show only what passes conditions"


def test_the_empty_list_of_objects_names_the_tools(opened: Driver):
    empty = opened.work.objects_panel.empty
    assert "Rectangle (B) or Polygon (P)" in empty.text()
    give(opened, tool__rectangle="W", tool__polygon="")
    assert "Rectangle (W) or Polygon, and draw" in empty.text()


@pytest.mark.parametrize(
    ("mark", "before", "after"),
    [
        ("occluded", "Occluded (Q)", "Occluded (F9)"),
        ("lock", "Lock (L)", "Lock"),
        ("hide", "Hide (H)", "Hide (Shift+F9)"),
    ],
)
def test_the_marks_of_an_object(opened: Driver, mark: Mark, before: str, after: str):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    row = opened.work.objects_panel.rows.index(0, 0).data(ROW_ROLE)
    assert isinstance(row, ObjectRow)
    actions = opened.window.action_set
    assert mark_tip(mark, row, actions) == before
    give(opened, object__occluded="F9", object__lock="", object__hide="Shift+F9")
    assert mark_tip(mark, row, actions) == after


def test_what_is_locked(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    (box,) = opened.stored()
    opened.work.canvas.select([box.id])
    opened.work.document.visibility.lock([box.id], locked=True)
    note = opened.work.shell.feature(PropertiesPanel).note
    opened.wait(note.isVisible)
    assert note.text() == "It is locked. L unlocks it."
    opened.work.document.delete([box.id])
    told = "1 annotation is locked and stays as it is."
    assert opened.message == f"{told} L unlocks it."
    give(opened, object__lock="F9")
    opened.wait(lambda: note.text() == "It is locked. F9 unlocks it.")
    opened.work.document.delete([box.id])
    assert opened.message == f"{told} F9 unlocks it."
    give(opened, object__lock="")
    opened.wait(lambda: note.text() == "It is locked.")
    opened.work.document.delete([box.id])
    assert opened.message == told


def test_a_digit_without_a_label(opened: Driver):
    give(opened, label__4="Alt+4", label__choose="F9")
    opened.key(Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier, to=opened.work.canvas)
    assert opened.message == (
        "No label has the key Alt+4 yet. Press F9 to make one by typing its name."
    )
    give(opened, label__choose="")
    opened.key(Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier, to=opened.work.canvas)
    assert opened.message == "No label has the key Alt+4 yet. Make one in the panel Labels."


def test_the_bar_of_suggestions(opened: Driver):
    """The picture keeps keys of its own for them, which are named where the commands have none."""
    actions, bar = opened.window.action_set, opened.work.shell.feature(Suggesting).bar
    width = bar.reject.sizeHint().width()
    give(opened, suggestion__reject="Ctrl+Alt+Shift+R", suggestion__next="F9")
    assert bar.reject.sizeHint().width() > width + 40
    give(opened, suggestion__reject="")
    assert bar.reject.sizeHint().width() == width
    assert actions.why_not("suggestion.accept") == "F9 or a click takes a suggestion."
    give(opened, suggestion__next="")
    assert actions.why_not("suggestion.accept") == "A click takes a suggestion."


def test_labels_show_the_keys_that_choose_them(opened: Driver):
    opened.create_label("person")
    opened.create_label("car")
    opened.create_label("tree")
    panel, bar = opened.work.labels_panel, opened.work.option_bar

    def shown() -> list[str]:
        rows = [panel.rows.row_at(panel.rows.index(row)) for row in range(panel.rows.rowCount())]
        assert [chip.toolTip() for chip in bar.chips] == [
            f"{row.text} ({row.key})" if row.key else row.text for row in rows
        ]
        return [row.key for row in rows]

    assert (shown(), bar.more.text()) == (["1", "2", "3"], "# label")
    width = bar.chips[1].sizeHint().width()
    give(opened, label__2="Alt+Shift+C", label__3="", label__choose="F9")
    opened.wait(lambda: panel.rows.row_at(panel.rows.index(1)).key != "2")
    assert (shown(), bar.more.text()) == (["1", "Alt+Shift+C", ""], "F9 label")
    assert bar.chips[1].sizeHint().width() > width + 30
    opened.key(Qt.Key.Key_F9, to=opened.work.canvas)
    keys = [row.key for row in opened.work.popup._rows._rows]
    assert keys == ["1", "Alt+Shift+C", ""]
    give(opened, label__choose="")
    assert bar.more.text() == "label"
