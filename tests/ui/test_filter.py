"""The filter: form and text, what it shows, the last ones, and the way to the next frame that matches."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.core.annotations import Annotation
from annotator.core.labels import Attribute, Label
from annotator.core.query import NO_FILTER, Filter, parse_filter
from annotator.core.shapes import Rectangle
from annotator.project.view_memory import ViewMemory
from annotator.ui.filtering.chip import FilterChip
from annotator.ui.filtering.feature import FilterControl
from annotator.ui.filtering.parts import Range, filter_summary, range_of, with_range
from annotator.ui.filtering.popup import FilterPopup
from tests.ui.driver import Driver

COLOUR = Attribute("color", "select", ("red", "blue"), id=701)
CAR = Label("car", attributes=(COLOUR,), id=702)
BUS = Label("bus", "#4ec5c1", id=703)
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def filled(opened: Driver) -> Driver:
    """A red car and a bus on the first frame, a blue car on the third, an occluded bus on the fourth."""
    frames = list(opened.project.frames(opened.work.session.task.id))
    with opened.project.edit("labels") as edit:
        edit.put_label(CAR)
        edit.put_label(BUS)
    box = Rectangle((10, 10, 60, 60))
    with opened.project.edit("annotations") as edit:
        edit.put(
            Annotation(frames[0].id, CAR.id, box, {COLOUR.id: "red"}, id=31),
            Annotation(frames[0].id, BUS.id, Rectangle((100, 10, 300, 200)), id=32),
            Annotation(frames[2].id, CAR.id, box, {COLOUR.id: "blue"}, id=33),
            Annotation(frames[3].id, BUS.id, box, occluded=True, id=34),
        )
    opened.wait(lambda: opened.work.objects_panel.count == 2)
    return opened


def control(driver: Driver) -> FilterControl:
    return driver.window.findChild(FilterControl)


def open_popup(driver: Driver) -> FilterPopup:
    driver.ctrl(Qt.Key.Key_F, shift=True)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, FilterPopup)
    return popup


def shown(driver: Driver) -> list[int]:
    frame = driver.work.canvas.stage.frame
    listed = driver.work.objects_panel.rows.found
    drawn = [one for one in sorted(driver.drawn_ids()) if frame.is_shown(one)]
    assert listed == len(drawn)
    return drawn


def test_the_text_filters_canvas_and_list_as_it_is_typed(filled: Driver):
    filled.work.canvas.select([31, 32])
    popup = open_popup(filled)
    QTest.keyClicks(popup.text, "label:car")
    assert shown(filled) == [31]
    assert popup.label.currentText() == "car"
    QTest.keyClicks(popup.text, " color=blue")
    assert shown(filled) == []
    assert filled.work.canvas.selection == (31, 32)
    QTest.keyClick(popup.text, Qt.Key.Key_Return)
    assert not popup.isVisible()
    assert control(filled).chip.text() == "car · color = blue"
    assert filled.work.canvas.selection == ()
    filled.click((30, 30))
    assert filled.work.canvas.selection == ()


def test_the_form_writes_the_text(filled: Driver):
    popup = open_popup(filled)
    QTest.keyClick(popup.label, Qt.Key.Key_Down)
    assert popup.text.text() == "label:car"
    QTest.keyClick(popup.occluded, Qt.Key.Key_Down)
    popup.least["area"].setFocus()
    QTest.keyClicks(popup.least["area"], "500")
    popup.most["area"].setFocus()
    assert popup.text.text() == "label:car occluded:yes area>=500"
    popup.attribute.setCurrentIndex(1)
    popup.value.setFocus()
    QTest.keyClicks(popup.value, "red")
    assert popup.text.text() == "label:car occluded:yes area>=500 color=red"
    assert shown(filled) == []
    popup.clear.click()
    assert popup.text.text() == ""
    assert shown(filled) == [31, 32]
    popup.close()


def test_the_form_takes_back_what_is_deleted_in_it(filled: Driver):
    popup = open_popup(filled)
    popup.attribute.setCurrentIndex(1)
    popup.value.setFocus()
    QTest.keyClicks(popup.value, "red")
    popup.value.selectAll()
    QTest.keyClick(popup.value, Qt.Key.Key_Backspace)
    assert popup.text.text() == ""
    assert popup.attribute.currentText() == "color"
    QTest.keyClicks(popup.value, "blue")
    assert popup.text.text() == "color=blue"
    popup.close()


def test_the_form_changes_one_condition_on_an_attribute_and_leaves_the_others(filled: Driver):
    popup = open_popup(filled)
    QTest.keyClicks(popup.text, "color=red lane=2")
    popup.value.setFocus()
    popup.value.selectAll()
    QTest.keyClick(popup.value, Qt.Key.Key_Backspace)
    assert popup.text.text() == "lane=2"
    QTest.keyClicks(popup.value, "blue")
    assert popup.text.text() == "color=blue lane=2"
    popup.close()


def test_an_attribute_may_be_called_any(filled: Driver):
    label = replace(CAR, attributes=(COLOUR, Attribute("any", "text", id=705)))
    with filled.project.edit("labels") as edit:
        edit.put_label(label)
    popup = open_popup(filled)
    popup.attribute.setCurrentIndex(2)
    popup.value.setFocus()
    QTest.keyClicks(popup.value, "12")
    assert popup.text.text() == "any=12"
    popup.value.clearFocus()
    QTest.keyClick(popup.occluded, Qt.Key.Key_Down)
    popup.value.setFocus()
    QTest.keyClicks(popup.value, "3")
    assert popup.text.text() == "occluded:yes any=123"
    popup.close()


def test_a_limit_keeps_its_digits_while_the_other_is_typed(filled: Driver):
    popup = open_popup(filled)
    QTest.keyClicks(popup.text, "score>=0.125")
    popup.most["score"].setFocus()
    QTest.keyClicks(popup.most["score"], "0.9")
    QTest.keyClick(popup.most["score"], Qt.Key.Key_Tab)
    assert popup.text.text() == "score>=0.125 score<=0.9"
    popup.close()


def test_several_kinds_are_named_in_words(filled: Driver):
    popup = open_popup(filled)
    QTest.keyClicks(popup.text, "kind:rectangle,polygon")
    shown_kinds = [popup.kind.itemText(i) for i in range(popup.kind.count())]
    for word in popup.kind.placeholderText().split(", "):
        assert word in shown_kinds
    popup.close()


def test_a_text_that_means_nothing_is_told_and_filters_as_before(filled: Driver):
    popup = open_popup(filled)
    QTest.keyClicks(popup.text, "label:car area")
    # So far "area" is a word like any other.
    before = filled.work.document.visibility.filter
    assert before.words == ("area",)
    QTest.keyClicks(popup.text, ">")
    assert popup.problem.text() == "A value is missing after “area”."
    assert popup.text.property("bad")
    assert filled.work.document.visibility.filter == before
    QTest.keyClicks(popup.text, "0")
    assert shown(filled) == [31]
    assert not popup.problem.isVisible()
    QTest.keyClick(popup.text, Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_what_is_drawn_and_changed_stays_in_sight(filled: Driver):
    filled.work.document.visibility.set_filter(parse_filter("label:car"))
    filled.work.choice.choose(BUS.id)
    filled.draw_box((200, 220), (260, 280))
    (new,) = filled.work.canvas.selection
    assert filled.work.canvas.stage.frame.is_shown(new)
    filled.work.document.relabel([31], BUS)
    assert filled.work.canvas.stage.frame.is_shown(31)
    filled.key(Qt.Key.Key_F, to=filled.work.canvas)
    filled.wait_for_frame()
    filled.key(Qt.Key.Key_D, to=filled.work.canvas)
    filled.wait_for_frame()
    assert shown(filled) == []


def test_the_last_ten_are_kept_with_the_project(filled: Driver, pictures: Path):
    recents = control(filled).recents
    for number in range(12):
        recents.add(parse_filter(f"area>{number}"))
    recents.add(parse_filter("area>5"))
    assert [str(one) for one in recents.all()][:2] == ["area>5", "area>11"]
    assert len(recents.all()) == 10
    filled.work.switch.close()
    filled.wait(lambda: not filled.work.session.is_open)
    filled.open(pictures)
    popup = open_popup(filled)
    assert popup.recent[0].text() == "area > 5"
    popup.recent[1].click()
    assert popup.text.text() == "area>11"
    assert str(filled.work.document.visibility.filter) == "area>11"
    popup.close()
    assert str(control(filled).recents.all()[0]) == "area>11"


def test_nonsense_that_was_remembered_is_passed_over(filled: Driver, pictures: Path):
    ViewMemory(filled.project).set("filters", ["area>", 5, "label:car", ""])
    ViewMemory(filled.project).set("hidden_labels", {"no": "list"})
    ViewMemory(filled.project).set("locked_labels", ["x", 1 << 70, CAR.id])
    filled.work.switch.close()
    filled.wait(lambda: not filled.work.session.is_open)
    filled.open(pictures)
    assert control(filled).recents.all() == (parse_filter("label:car"),)
    assert filled.work.document.visibility.hidden_labels == frozenset()
    assert filled.work.document.visibility.locked_labels == {CAR.id}


def test_alt_arrows_go_to_the_next_frame_that_matches(filled: Driver):
    canvas = filled.work.canvas
    filled.work.document.visibility.set_filter(parse_filter("label:car"))
    filled.key(Qt.Key.Key_Right, ALT, to=canvas)
    filled.wait(lambda: filled.frame_name == "a3.png")
    filled.wait_for_frame()
    assert shown(filled) == [33]
    filled.key(Qt.Key.Key_Right, ALT, to=canvas)
    filled.wait(lambda: "No later frame" in filled.message)
    assert filled.frame_name == "a3.png"
    filled.key(Qt.Key.Key_Left, ALT, to=canvas)
    filled.wait(lambda: filled.frame_name == "a1.png")
    filled.wait_for_frame()
    filled.key(Qt.Key.Key_Left, ALT, to=canvas)
    filled.wait(lambda: "No earlier frame" in filled.message)


def test_without_a_filter_it_is_asked_for(filled: Driver):
    filled.key(Qt.Key.Key_Right, ALT, to=filled.work.canvas)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, FilterPopup)
    popup.close()


def test_the_chip_clears_by_its_cross_and_by_delete(filled: Driver):
    visibility = filled.work.document.visibility
    chip = control(filled).chip
    assert chip.text() == "Filter"
    assert not filled.window.action_set["view.clear_filter"].isEnabled()
    visibility.set_filter(parse_filter("label:car"))
    assert chip.accessibleName() == "Filter: car"
    cross = chip.rect().center()
    cross.setX(chip.width() - 10)
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=cross)
    assert visibility.filter == NO_FILTER
    visibility.set_filter(parse_filter("label:car"))
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    assert visibility.filter == NO_FILTER
    assert shown(filled) == [31, 32]


def test_closing_the_project_with_the_popup_open(filled: Driver):
    popup = open_popup(filled)
    QTest.keyClicks(popup.text, "label:car")
    filled.work.switch.close()
    filled.wait(lambda: not filled.work.session.is_open)
    assert QApplication.activePopupWidget() is None


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("label:person occluded:yes", "person · occluded"),
        ("occluded:no kind:tag,mask", "tag, mask · not occluded"),
        (
            "source:model score>=0.5 color=red fast",
            "by a model · score >= 0.5 · color = red · “fast”",
        ),
    ],
)
def test_a_filter_in_a_few_words(text: str, summary: str):
    assert filter_summary(parse_filter(text)) == summary


def test_ranges_leave_other_comparisons():
    wanted = parse_filter("area>3 area<=9 score>=0.5")
    assert range_of(wanted, "area") == Range(None, 9.0)
    changed = with_range(wanted, "area", Range(1.0, None))
    assert str(changed) == "area>3 score>=0.5 area>=1"
    assert with_range(Filter(), "area", Range()) == NO_FILTER


def test_the_chip_is_in_the_top_bar(filled: Driver):
    assert filled.work.top_bar.findChild(FilterChip) is control(filled).chip
