"""Labels by digit, by typing and by click; never a question after a drawing that a label fits."""

import pytest
from PySide6.QtCore import Qt

from annotator.core.labels import Label
from annotator.ui.widgets.label_rows import ROW_ROLE
from tests.ui.driver import Driver


def names(driver: Driver) -> list[str]:
    labels = driver.project.labels
    return [labels[one.label].name for one in driver.stored()]


def test_digits_choose_the_label_of_the_next_drawing(opened: Driver):
    for name in ("person", "car", "tree"):
        opened.create_label(name)
    opened.draw_box((10, 10), (60, 60))
    opened.key(Qt.Key.Key_2)
    opened.drag((70, 10), (120, 60))
    opened.key(Qt.Key.Key_3)
    opened.drag((130, 10), (180, 60))
    assert names(opened) == ["person", "car", "tree"]


def test_the_tenth_label_has_the_digit_0(opened: Driver):
    for number in range(1, 12):
        opened.create_label(f"label {number}")
    opened.key(Qt.Key.Key_B, to=opened.work.canvas)
    opened.key(Qt.Key.Key_0)
    opened.drag((10, 10), (60, 60))
    assert names(opened) == ["label 10"]


def test_a_digit_with_select_gives_everything_selected_the_label_in_one_step(opened: Driver):
    opened.create_label("person")
    opened.create_label("car")
    opened.draw_box((10, 10), (60, 60))
    opened.drag((100, 100), (160, 160))
    opened.key(Qt.Key.Key_S)
    opened.ctrl(Qt.Key.Key_A)
    opened.key(Qt.Key.Key_2)
    assert names(opened) == ["car", "car"]
    opened.ctrl(Qt.Key.Key_Z)
    assert names(opened) == ["person", "person"]


def test_a_digit_without_a_label_says_what_to_do(opened: Driver):
    opened.key(Qt.Key.Key_4, to=opened.work.canvas)
    assert "Press #" in opened.message


def test_hash_and_typing_finds_a_label(opened: Driver):
    for name in ("person", "car", "cart", "tree"):
        opened.create_label(name)
    opened.key(Qt.Key.Key_B, to=opened.work.canvas)
    opened.key(Qt.Key.Key_NumberSign)
    opened.type("cart")
    opened.key(Qt.Key.Key_Return)
    assert not opened.work.popup.isVisible()
    assert opened.window.focusWidget() is opened.work.canvas
    opened.drag((10, 10), (60, 60))
    assert names(opened) == ["cart"]


def test_hash_and_a_new_name_makes_the_label(opened: Driver):
    opened.key(Qt.Key.Key_NumberSign, to=opened.work.canvas)
    opened.type("#bicycle")
    opened.key(Qt.Key.Key_Return)
    assert [label.name for label in opened.project.labels] == ["bicycle"]
    opened.draw_box((10, 10), (60, 60))
    assert names(opened) == ["bicycle"]


def test_the_arrows_choose_in_the_popup(opened: Driver):
    for name in ("person", "car"):
        opened.create_label(name)
    opened.key(Qt.Key.Key_NumberSign, to=opened.work.canvas)
    opened.key(Qt.Key.Key_Down)
    opened.key(Qt.Key.Key_Return)
    opened.draw_box((10, 10), (60, 60))
    assert names(opened) == ["car"]


def test_without_any_label_the_tool_asks_before_the_drawing(opened: Driver):
    opened.key(Qt.Key.Key_B, to=opened.work.canvas)
    assert opened.work.popup.isVisible()
    opened.type("cat")
    opened.key(Qt.Key.Key_Return)
    opened.drag((10, 10), (60, 60))
    assert names(opened) == ["cat"]


def test_a_few_labels_are_all_seen_without_scrolling(opened: Driver):
    for name in ("cat", "dog", "emu"):
        opened.create_label(name)
    opened.key(Qt.Key.Key_NumberSign, to=opened.work.canvas)
    rows = opened.work.popup.list
    opened.wait(rows.isVisible)
    assert rows.verticalScrollBar().maximum() == 0
    assert rows.viewport().height() == rows.sizeHintForRow(0) * 3


def test_a_drawing_without_a_label_waits_for_one(opened: Driver):
    """The question was dismissed: the shape is not lost, and the next label stores it."""
    opened.key(Qt.Key.Key_B, to=opened.work.canvas)
    opened.key(Qt.Key.Key_Escape)
    opened.drag((10, 10), (60, 60))
    assert opened.stored() == []
    assert opened.work.popup.isVisible()
    opened.key(Qt.Key.Key_Escape)
    assert opened.work.canvas.is_busy
    opened.key(Qt.Key.Key_F)
    assert opened.frame_name == "a1.png"  # it stays with its frame
    opened.key(Qt.Key.Key_Return)
    opened.type("dog")
    opened.key(Qt.Key.Key_Return)
    assert names(opened) == ["dog"]
    assert opened.boxes()[0] == pytest.approx((10, 10, 60, 60), abs=1.0)


def test_a_drawing_that_waits_is_stored_when_the_project_is_closed(opened: Driver):
    opened.key(Qt.Key.Key_B, to=opened.work.canvas)
    opened.key(Qt.Key.Key_Escape)
    opened.drag((10, 10), (60, 60))
    folder = opened.work.switch.path
    opened.ctrl(Qt.Key.Key_W)
    opened.wait(lambda: opened.window.start_page.isVisible())
    opened.open(folder)
    assert names(opened) == ["unlabelled"]


def test_a_label_for_another_kind_is_not_used_for_a_drawing(opened: Driver):
    with opened.project.edit("labels") as edit:
        edit.put_label(Label("outline", kind="polygon"))
        edit.put_label(Label("box", kind="rectangle"))
    opened.key(Qt.Key.Key_B, to=opened.work.canvas)
    opened.key(Qt.Key.Key_1)
    opened.drag((10, 10), (60, 60))
    opened.draw_polygon([(60, 60), (200, 80), (180, 200)])
    assert names(opened) == ["box", "outline"]


def test_a_label_for_another_kind_is_refused_for_what_is_selected(opened: Driver):
    with opened.project.edit("labels") as edit:
        edit.put_label(Label("box"))
        edit.put_label(Label("outline", kind="polygon"))
    opened.draw_box((10, 10), (60, 60))
    opened.key(Qt.Key.Key_S)
    opened.key(Qt.Key.Key_2)
    assert names(opened) == ["box"]
    assert "is for polygon only" in opened.message


def test_a_name_that_cannot_be_one_is_told(opened: Driver):
    field = opened.work.labels_panel.field
    field.setText("x" * 1001)
    opened.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "longer than 1000 characters" in opened.message
    assert len(opened.project.labels) == 0
    assert field.text()  # to be mended


def test_names_are_shown_as_they_are(opened: Driver):
    opened.create_label("<b>bold</b> & ünïcode 猫")
    chip = opened.work.option_bar.chips[0]
    assert chip.text() == "<b>bold</b> & ünïcode 猫"
    assert opened.work.labels_panel.rows.rowCount() == 1


def test_the_bar_shows_which_label_comes_next(opened: Driver):
    for name in ("person", "car"):
        opened.create_label(name)
    assert [chip.is_next for chip in opened.work.option_bar.chips] == [True, False]
    opened.key(Qt.Key.Key_2, to=opened.work.canvas)
    assert [chip.is_next for chip in opened.work.option_bar.chips] == [False, True]


def test_counts_of_labels_follow_the_edits(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    rows = opened.work.labels_panel.rows
    opened.wait(lambda: rows.row_at(rows.index(0)).note == "1 / 1")
    opened.ctrl(Qt.Key.Key_Z)
    opened.wait(lambda: rows.row_at(rows.index(0)).note == "0 / 0")


def test_a_name_taken_by_a_label_for_another_kind_says_so_and_waits(opened: Driver):
    with opened.project.edit("labels") as edit:
        edit.put_label(Label("car", kind="polygon"))
    opened.key(Qt.Key.Key_B, to=opened.work.canvas)
    popup = opened.work.popup
    opened.wait(popup.isVisible)
    opened.type("car")
    row = popup.list.model().index(0, 0)
    assert row.data(ROW_ROLE).text == "car"
    assert row.data(ROW_ROLE).note == "for polygon only"
    opened.key(Qt.Key.Key_Return)
    assert popup.isVisible()
    opened.type("s")
    opened.key(Qt.Key.Key_Return)
    assert not popup.isVisible()
    assert [label.name for label in opened.project.labels] == ["car", "cars"]


def test_a_click_elsewhere_takes_the_focus_from_the_popup_at_once(opened: Driver):
    opened.key(Qt.Key.Key_NumberSign, to=opened.work.canvas)
    popup = opened.work.popup
    opened.wait(popup.isVisible)
    field = opened.work.labels_panel.field
    opened.work.docks.raise_dock("labels")
    field.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not popup.isVisible()
    assert opened.window.focusWidget() is field


def test_labels_are_looked_for_in_the_panel(opened: Driver):
    for name in ("person", "car", "tree"):
        opened.create_label(name)
    panel = opened.work.labels_panel
    opened.work.docks.raise_dock("labels")
    panel.search.setFocus()
    opened.type("tr")
    assert [panel.rows.row_at(panel.rows.index(0)).text, panel.rows.rowCount()] == ["tree", 1]
    opened.key(Qt.Key.Key_Escape)
    assert (panel.search.text(), panel.rows.rowCount()) == ("", 3)
    assert panel.search.hasFocus()
    opened.type("ca")
    opened.key(Qt.Key.Key_Return)
    following = opened.work.labels.next_label
    assert following is not None
    assert following.name == "car"
    panel.search.setFocus()
    opened.key(Qt.Key.Key_Down)
    assert panel.list.hasFocus()
    panel.search.setFocus()
    # As in the list of objects: once more gives the keys back to the picture.
    opened.key(Qt.Key.Key_Escape)
    assert opened.work.canvas.hasFocus()
