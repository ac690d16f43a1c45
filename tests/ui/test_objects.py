"""The list of objects: finding, sorting, grouping, marks, labels in place; hiding and locking with the canvas."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QHoverEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QWidget,
)

from annotator.core.annotations import Annotation
from annotator.core.labels import Attribute, Label
from annotator.core.shapes import Rectangle
from annotator.settings import OBJECT_GROUPS, OBJECT_ORDER, THEME
from annotator.ui.filtering.feature import FilterControl
from annotator.ui.labels.popup import LabelPopup
from annotator.ui.objects.delegate import MARKS, Mark, mark_place
from annotator.ui.objects.model import HeadRow, ObjectRow
from annotator.ui.properties.form import PropertiesForm
from annotator.ui.properties.panel import PropertiesPanel
from tests.ui.driver import Driver

COLOUR = Attribute("color", "select", ("red", "blue"), id=901)
CAR = Label("car", "#4ec5c1", attributes=(COLOUR,), id=902)
BUS = Label("bus", "#e4572e", id=903)
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def filled(opened: Driver) -> Driver:
    """The first frame with two cars, a bus and a tag."""
    frame = opened.work.session.frame
    assert frame is not None
    with opened.project.edit("labels") as edit:
        edit.put_label(CAR)
        edit.put_label(BUS)
    with opened.project.edit("annotations") as edit:
        edit.put(
            Annotation(frame.id, CAR.id, Rectangle((10, 10, 60, 60)), {COLOUR.id: "red"}, id=11),
            Annotation(frame.id, CAR.id, Rectangle((100, 10, 200, 90)), {COLOUR.id: "blue"}, id=12),
            Annotation(frame.id, BUS.id, Rectangle((220, 20, 380, 200)), id=13),
            Annotation(frame.id, BUS.id, None, id=14),
        )
    opened.wait(lambda: opened.work.objects_panel.count == 4)
    return opened


def shown(driver: Driver) -> list[int | str]:
    """The ids in the list, and the names of heads."""
    model = driver.work.objects_panel.rows
    found: list[int | str] = []
    for place in range(model.rowCount()):
        row = model.row_at(place)
        if isinstance(row, ObjectRow):
            found.append(row.id)
        elif isinstance(row, HeadRow):
            found.append(f"{row.label.name if row.label else '?'} {row.count}")
    return found


def row_of(driver: Driver, annotation_id: int) -> ObjectRow:
    model = driver.work.objects_panel.rows
    (place,) = model.rows_of([annotation_id])
    row = model.row_at(place)
    assert isinstance(row, ObjectRow)
    return row


def click_row(driver: Driver, annotation_id: int, mark: Mark | None = None, *, twice: bool = False):
    panel = driver.work.objects_panel
    (place,) = panel.rows.rows_of([annotation_id])
    rect = panel.list.visualRect(panel.rows.index(place))
    at = rect.topLeft() + QPoint(60, 15) if mark is None else mark_place(mark, rect).center()
    if not (twice and mark):
        QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    if twice:
        QTest.mouseDClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)


class TestFinding:
    def test_words_numbers_and_conditions_find(self, filled: Driver):
        panel = filled.work.objects_panel
        filled.ctrl(Qt.Key.Key_F)
        assert panel.search.hasFocus()
        for text, expected in (
            ("blue", [12]), ("3", [13]), ("tag", [14]), ("bus", [13, 14]), ("area>6000", [12, 13]),
        ):  # fmt: skip
            panel.search.setText(text)
            filled.wait(lambda expected=expected: shown(filled) == expected)
            assert panel.left_out.isVisible()
            assert panel.left_out.text() == f"{len(expected)} of 4 are listed"
        panel.search.setText("nothing like it")
        filled.wait(lambda: shown(filled) == [])
        assert panel.show_all.isVisible()
        panel.show_all.click()
        filled.wait(lambda: shown(filled) == [11, 12, 13, 14])

    def test_down_goes_to_the_list_and_escape_back(self, filled: Driver):
        panel = filled.work.objects_panel
        filled.ctrl(Qt.Key.Key_F)
        filled.type("car")
        filled.key(Qt.Key.Key_Down)
        assert panel.list.hasFocus()
        assert shown(filled) == [11, 12]
        assert filled.work.canvas.selection == (11,)
        panel.search.setFocus()
        filled.key(Qt.Key.Key_Escape)
        filled.wait(lambda: shown(filled) == [11, 12, 13, 14])
        filled.key(Qt.Key.Key_Escape)
        assert filled.work.canvas.hasFocus()

    def test_the_search_stays_on_the_next_frame(self, filled: Driver):
        panel = filled.work.objects_panel
        panel.search.setText("car")
        filled.wait(lambda: shown(filled) == [11, 12])
        filled.key(Qt.Key.Key_F, to=filled.work.canvas)
        filled.wait_for_frame()
        filled.key(Qt.Key.Key_D, to=filled.work.canvas)
        filled.wait_for_frame()
        assert shown(filled) == [11, 12]


class TestOrder:
    def test_sorting_is_chosen_in_a_menu_and_kept(self, filled: Driver):
        panel = filled.work.objects_panel
        actions = {action.text(): action for action in panel.sort.menu().actions()}
        actions["Largest first"].trigger()
        assert shown(filled) == [13, 12, 11, 14]
        assert filled.settings.get(OBJECT_ORDER) == "size"
        actions["Newest first"].trigger()
        assert shown(filled) == [14, 13, 12, 11]

    def test_the_settings_page_arranges_it_too(self, filled: Driver):
        panel = filled.work.objects_panel
        filled.settings.set(OBJECT_ORDER, "size")
        assert shown(filled) == [13, 12, 11, 14]
        filled.settings.set(OBJECT_GROUPS, True)
        assert shown(filled) == ["car 2", 12, 11, "bus 2", 13, 14]
        checked = [action.text() for action in panel.sort.menu().actions() if action.isChecked()]
        assert checked == ["Largest first", "Group by label"]

    def test_groups_fold_by_click_and_by_key(self, filled: Driver):
        panel = filled.work.objects_panel
        panel.grouping.trigger()
        assert filled.settings.get(OBJECT_GROUPS)
        assert shown(filled) == ["car 2", 11, 12, "bus 2", 13, 14]
        rect = panel.list.visualRect(panel.rows.index(0))
        QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
        assert shown(filled) == ["car 2", "bus 2", 13, 14]
        panel.list.setFocus()
        panel.list.setCurrentIndex(panel.rows.index(0))
        filled.key(Qt.Key.Key_Right, to=panel.list)
        assert shown(filled)[:3] == ["car 2", 11, 12]
        filled.key(Qt.Key.Key_Left, to=panel.list)
        assert shown(filled)[:2] == ["car 2", "bus 2"]
        # What is drawn into a folded group is counted there.
        filled.work.choice.choose(CAR.id)
        filled.draw_box((20, 220), (80, 280))
        filled.wait(lambda: shown(filled)[0] == "car 3")

    def test_an_edit_keeps_the_place_in_the_list(self, filled: Driver):
        panel = filled.work.objects_panel
        panel.list.setFocus()
        click_row(filled, 12)
        filled.key(Qt.Key.Key_Q)
        filled.wait(lambda: row_of(filled, 12).is_occluded)
        filled.wait(lambda: len(panel.list.selectedIndexes()) == 1)
        assert panel.list.currentIndex().row() == 1

    def test_only_a_new_selection_brings_its_row_into_sight(self, filled: Driver):
        frame = filled.work.session.frame
        assert frame is not None
        with filled.project.edit("many", frame=frame.id) as edit:
            boxes = (Rectangle((x, 250, x + 1, 252)) for x in range(80))
            edit.put(*(Annotation(frame.id, BUS.id, box) for box in boxes))
        panel, canvas = filled.work.objects_panel, filled.work.canvas
        filled.wait(lambda: panel.count == 84)
        bar = panel.list.verticalScrollBar()
        last = panel.rows.ids_at([(83, 83)])
        canvas.select(last)
        filled.wait(lambda: bar.value() == bar.maximum() > 0)
        bar.setValue(0)
        filled.work.document.visibility.lock([11], locked=True)
        filled.wait(lambda: row_of(filled, 11).is_locked)
        filled.qtbot.wait(50)
        assert bar.value() == 0
        assert [index.row() for index in panel.list.selectedIndexes()] == [83]
        # What is drawn is new in the list when it is selected already.
        filled.draw_box((20, 20), (80, 80))
        filled.wait(lambda: panel.count == 85 and bar.value() == bar.maximum())

    def test_a_change_that_fails_leaves_the_list_in_the_hand(self, filled: Driver, monkeypatch):
        panel = filled.work.objects_panel
        with monkeypatch.context() as patch:
            patch.setattr(panel.rows, "refresh", lambda: [][0])
            with pytest.raises(IndexError):
                panel._refresh()
        click_row(filled, 12)
        assert filled.work.canvas.selection == (12,)


class TestMarks:
    def test_occluded_is_one_step_and_takes_no_selection(self, filled: Driver):
        click_row(filled, 11)
        click_row(filled, 12, "occluded")
        assert filled.work.canvas.selection == (11,)
        filled.wait(lambda: row_of(filled, 12).is_occluded)
        filled.ctrl(Qt.Key.Key_Z)
        filled.wait(lambda: not row_of(filled, 12).is_occluded)

    def test_hidden_is_not_drawn_and_no_step(self, filled: Driver):
        before = filled.project.newest_step()
        click_row(filled, 12, "hide")
        frame = filled.work.canvas.stage.frame
        assert row_of(filled, 12).is_hidden
        assert not frame.is_shown(12)
        click_row(filled, 12, "hide")
        assert frame.is_shown(12)
        assert filled.project.newest_step() == before

    def test_locked_is_neither_picked_nor_changed(self, filled: Driver):
        canvas = filled.work.canvas
        click_row(filled, 12, "lock")
        assert row_of(filled, 12).is_locked
        filled.key(Qt.Key.Key_S, to=canvas)
        filled.click((150, 50))
        assert canvas.selection == ()
        click_row(filled, 12)
        filled.key(Qt.Key.Key_Q, to=canvas)
        filled.key(Qt.Key.Key_Delete, to=canvas)
        assert "locked" in filled.message
        assert [one.id for one in filled.stored()] == [11, 12, 13, 14]
        assert not filled.stored()[1].occluded

    @pytest.mark.parametrize("mark", MARKS)
    def test_a_double_click_on_a_mark_is_two_clicks(self, filled: Driver, mark: Mark):
        click_row(filled, 13, mark)
        click_row(filled, 13, mark, twice=True)
        row = row_of(filled, 13)
        assert (row.is_occluded, row.is_locked, row.is_hidden) == (False, False, False)


class TestKeys:
    def test_hide_and_lock_the_selection_and_everything(self, filled: Driver):
        canvas = filled.work.canvas
        canvas.setFocus()
        canvas.select([11, 14])
        filled.key(Qt.Key.Key_H)
        assert [row_of(filled, i).is_hidden for i in (11, 12, 13, 14)] == [True, False, False, True]
        filled.key(Qt.Key.Key_H)
        assert not row_of(filled, 11).is_hidden
        filled.key(Qt.Key.Key_L)
        assert row_of(filled, 14).is_locked
        filled.key(Qt.Key.Key_L, SHIFT)
        assert not row_of(filled, 14).is_locked
        filled.key(Qt.Key.Key_L, SHIFT)
        filled.key(Qt.Key.Key_H, SHIFT)
        assert all(row_of(filled, i).is_locked and row_of(filled, i).is_hidden for i in (11, 13))
        filled.key(Qt.Key.Key_H, SHIFT)
        assert not any(row_of(filled, i).is_hidden for i in (11, 12, 13, 14))

    def test_occluded_goes_for_all_of_the_selection_in_one_step(self, filled: Driver):
        filled.work.canvas.setFocus()
        filled.work.canvas.select([11, 12, 14])
        filled.key(Qt.Key.Key_Q)
        assert [one.occluded for one in filled.stored()] == [True, True, False, True]
        filled.key(Qt.Key.Key_Q)
        assert not any(one.occluded for one in filled.stored())
        filled.ctrl(Qt.Key.Key_Z)
        assert [one.occluded for one in filled.stored()] == [True, True, False, True]

    def test_enter_and_a_double_click_change_the_label_in_place(self, filled: Driver):
        click_row(filled, 11, twice=True)
        popup = visible_popup(filled)
        popup.field.setText("bus")
        filled.key(Qt.Key.Key_Return, to=popup.field)
        filled.wait(lambda: filled.stored()[0].label == BUS.id)
        panel = filled.work.objects_panel
        assert panel.list.hasFocus()
        filled.key(Qt.Key.Key_Return, to=panel.list)
        popup = visible_popup(filled)
        popup.field.setText("van")
        filled.key(Qt.Key.Key_Return, to=popup.field)
        filled.wait(lambda: filled.project.labels.named("van") is not None)
        assert filled.stored()[0].label == filled.project.labels.named("van").id

    def test_the_menu_of_the_row_acts_on_it(self, filled: Driver):
        panel = filled.work.objects_panel
        click_row(filled, 13)
        panel.list.menu_wanted.emit(panel.mapToGlobal(QPoint(20, 80)))
        menu = QApplication.activePopupWidget()
        assert menu is not None
        actions = {action.objectName() for action in menu.actions()}
        menu.close()
        assert {"object.hide", "object.lock", "object.occluded", "edit.delete"} <= actions

    def test_a_tag_is_selected_marked_and_deleted_like_the_others(self, filled: Driver):
        panel = filled.work.objects_panel
        click_row(filled, 11)
        click_row(filled, 14)
        assert filled.work.canvas.selection == (14,)
        filled.wait(lambda: len(panel.list.selectedIndexes()) == 1)
        filled.key(Qt.Key.Key_Q, to=panel.list)
        assert filled.stored()[3].occluded
        filled.key(Qt.Key.Key_Delete, to=panel.list)
        assert [one.id for one in filled.stored()] == [11, 12, 13]


def visible_popup(driver: Driver) -> LabelPopup:
    return next(one for one in driver.window.findChildren(LabelPopup) if one.isVisible())


class TestLabels:
    def test_hidden_and_locked_labels_are_remembered_with_the_project(
        self, filled: Driver, pictures: Path
    ):
        panel = filled.work.labels_panel
        panel.list.spot_clicked.emit(CAR.id, "hide")
        panel.list.spot_clicked.emit(BUS.id, "lock")
        assert row_of(filled, 11).is_hidden
        assert row_of(filled, 13).is_locked
        assert not filled.work.canvas.stage.frame.is_shown(11)
        filled.work.switch.close()
        filled.wait(lambda: not filled.work.session.is_open)
        filled.open(pictures)
        filled.wait(lambda: filled.work.objects_panel.count == 4)
        assert row_of(filled, 11).is_hidden
        assert row_of(filled, 13).is_locked
        assert not filled.work.canvas.stage.frame.is_shown(12)

    def test_one_object_of_a_hidden_label_is_not_shown_and_why_is_said(self, filled: Driver):
        filled.work.labels_panel.list.spot_clicked.emit(CAR.id, "hide")
        filled.work.canvas.select([11])
        filled.key(Qt.Key.Key_H, to=filled.work.canvas)
        assert "“car” is hidden" in filled.message
        filled.key(Qt.Key.Key_H, SHIFT, to=filled.work.canvas)
        assert not row_of(filled, 11).is_hidden

    def test_drawing_with_a_hidden_label_shows_it(self, filled: Driver):
        filled.work.labels_panel.list.spot_clicked.emit(CAR.id, "hide")
        filled.work.choice.choose(CAR.id)
        filled.draw_box((20, 220), (80, 280))
        (new,) = filled.work.canvas.selection
        assert filled.work.canvas.stage.frame.is_shown(new)
        assert not row_of(filled, 11).is_hidden

    def test_another_colour_is_one_step(self, filled: Driver):
        popup = filled.work.labels_panel.ask_for_colour(CAR.id)
        assert popup is not None
        other = next(one for one in popup.swatches if not one.is_chosen)
        QTest.mouseClick(other, Qt.MouseButton.LeftButton)
        assert filled.project.labels[CAR.id].colour == other.colour
        filled.ctrl(Qt.Key.Key_Z)
        filled.wait(lambda: filled.project.labels[CAR.id].colour == CAR.colour)

    def test_a_typed_colour_is_checked(self, filled: Driver):
        popup = filled.work.labels_panel.ask_for_colour(CAR.id)
        assert popup is not None
        popup.field.setFocus()
        popup.field.selectAll()
        QTest.keyClicks(popup.field, "#12")
        QTest.keyClick(popup.field, Qt.Key.Key_Return)
        assert popup.field.property("bad")
        assert popup.isVisible()
        QTest.keyClicks(popup.field, "3456")
        QTest.keyClick(popup.field, Qt.Key.Key_Return)
        assert filled.project.labels[CAR.id].colour == "#123456"

    def test_counts_are_those_of_the_frame_and_of_the_task(self, filled: Driver):
        second = filled.project.frame_named(filled.work.session.task.id, "a2.png")
        assert second is not None
        with filled.project.edit("more") as edit:
            edit.put(
                *(Annotation(second.id, CAR.id, Rectangle((0, 0, 9, i + 1))) for i in range(3))
            )
        rows = filled.work.labels_panel.rows
        filled.wait(lambda: rows.row_at(rows.index(0)).note == "2 / 5")
        filled.key(Qt.Key.Key_F, to=filled.work.canvas)
        filled.wait(lambda: rows.row_at(rows.index(0)).note == "3 / 5")

    def test_hundreds_of_labels_with_odd_names_are_found(self, filled: Driver):
        names = [f"kind {n}" for n in range(300)]
        names += ["<b>bold</b> & co", "שלום", "x" * 1000]
        with filled.project.edit("labels") as edit:
            for name in names:
                edit.put_label(Label(name))
        panel = filled.work.labels_panel
        filled.wait(lambda: panel.count == 305)
        panel.search.setText("bold")
        assert [panel.rows.row_at(panel.rows.index(0)).text] == ["<b>bold</b> & co"]
        tip = panel.rows.data(panel.rows.index(0), Qt.ItemDataRole.ToolTipRole)
        assert "&lt;b&gt;bold" in tip
        panel.search.setText("xxxxx")
        filled.key(Qt.Key.Key_Return, to=panel.search)
        following = filled.work.choice.label_for("rectangle")
        assert following is not None
        assert following.name == "x" * 1000
        filled.draw_box((20, 220), (80, 280))
        filled.wait(lambda: filled.work.objects_panel.count == 5)
        filled.window.grab()

    def test_a_label_that_is_chosen_by_typing_is_in_sight(self, filled: Driver):
        with filled.project.edit("labels") as edit:
            for number in range(300):
                edit.put_label(Label(f"kind {number}"))
        panel = filled.work.labels_panel
        filled.wait(lambda: panel.count == 302)
        filled.key(Qt.Key.Key_NumberSign, to=filled.work.canvas)
        filled.type("kind 290")
        filled.key(Qt.Key.Key_Return)
        following = filled.work.choice.label_for("rectangle")
        assert following is not None
        assert following.name == "kind 290"
        filled.work.docks.raise_dock("labels")
        rows = [panel.rows.index(row) for row in range(panel.rows.rowCount())]
        (chosen,) = (one for one in rows if panel.rows.row_at(one).is_next)
        place = panel.list.visualRect
        filled.wait(lambda: panel.list.viewport().rect().contains(place(chosen)))
        # And while the panel is seen.
        near = filled.project.labels.named("kind 5")
        assert near is not None
        filled.work.choice.choose(near.id)
        (chosen,) = (one for one in rows if panel.rows.row_at(one).is_next)
        assert panel.list.viewport().rect().contains(place(chosen))

    def test_only_one_label_can_be_shown_and_all_again(self, filled: Driver):
        menu = filled.work.labels_panel.menu_for(BUS.id)
        actions = {action.text(): action for action in menu.actions()}
        actions["Show only this label"].trigger()
        assert [row_of(filled, i).is_hidden for i in (11, 12, 13)] == [True, True, False]
        actions["Show all labels"].trigger()
        assert not row_of(filled, 11).is_hidden
        actions["Select all on this frame"].trigger()
        assert set(filled.work.canvas.selection) == {13, 14}


def test_tags_are_listed_on_a_large_frame(opened: Driver):
    label = opened.create_label("person")
    frame = opened.project.frame_named(opened.work.session.task.id, "a2.png")
    assert frame is not None
    many = [
        Annotation(frame.id, label, Rectangle((x, y, x + 3, y + 3)))
        for x in range(0, 400, 16)
        for y in range(0, 300, 12)
    ]
    with opened.project.edit("many", author="test") as edit:
        edit.put(*many, Annotation(frame.id, label, None, id=5))
    opened.key(Qt.Key.Key_F, to=opened.work.canvas)
    opened.wait_for_frame()
    panel = opened.work.objects_panel
    assert panel.count == len(many) + 1
    panel.search.setText("tag")
    opened.wait(lambda: shown(opened) == [5])
    opened.work.canvas.select([5])
    opened.key(Qt.Key.Key_Delete, to=opened.work.canvas)
    opened.wait(lambda: panel.count == len(many))


def test_every_control_of_the_panels_and_popups_has_a_name(filled: Driver):
    filled.work.canvas.select([11])
    filled.wait(lambda: filled.window.findChild(PropertiesForm) is not None)
    popup = filled.work.labels_panel.ask_for_colour(CAR.id)
    assert popup is not None
    filled.window.findChild(FilterControl).open()
    filter_popup = filled.window.findChild(FilterControl).popup
    panels = (
        filled.work.objects_panel, filled.work.labels_panel,
        filled.window.findChild(PropertiesPanel), popup, filter_popup,
    )  # fmt: skip
    kinds = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit)
    nameless = [
        f"{type(widget).__name__} {widget.objectName()} in {type(panel).__name__}"
        for panel in panels
        for widget in panel.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    popup.close()
    filter_popup.close()
    assert nameless == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_marks_show_under_the_pointer(filled: Driver, theme: str):
    """A row shows what can be done to it while the pointer is over it."""
    filled.settings.set(THEME, theme)
    panel = filled.work.objects_panel
    rect = panel.list.visualRect(panel.rows.index(1))
    before = panel.list.viewport().grab(rect).toImage()
    place = QPointF(rect.center())
    hover = QHoverEvent(QEvent.Type.HoverMove, place, place, QPointF())
    QApplication.sendEvent(panel.list.viewport(), hover)
    hovered = panel.list.viewport().grab(rect).toImage()
    for mark in MARKS:
        spot = mark_place(mark, panel.list.visualRect(panel.rows.index(1))).translated(
            -rect.topLeft()
        )
        ground = hovered.pixelColor(spot.left() - 4, 2)
        marked = {hovered.pixel(x, y) for x in range(spot.left(), spot.right())
                  for y in range(spot.top(), spot.bottom())}  # fmt: skip
        assert len(marked) > 3
        assert ground != before.pixelColor(spot.left() - 4, 2)
