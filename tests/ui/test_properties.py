"""The properties: every type of attribute, one object and many, both ways with the canvas."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QRadioButton

from annotator.core.annotations import Annotation
from annotator.core.labels import Attribute, Label
from annotator.core.shapes import Polygon, Rectangle
from annotator.ui.film_strip.strip import FilmStrip
from annotator.ui.labels.popup import LabelPopup
from annotator.ui.palette.palette import Palette
from annotator.ui.properties.form import PropertiesForm
from annotator.ui.properties.panel import PropertiesPanel
from annotator.ui.widgets.typed_field import TypedField
from tests.ui.driver import Driver

POSE = Attribute("pose", "select", ("standing", "walking", "lying"), id=801)
AGE = Attribute("age", "radio", ("adult", "child"), id=802)
HURT = Attribute("hurt", "checkbox", id=803)
SPEED = Attribute("speed", "number", (), 0.0, 100.0, 0.5, id=804)
NOTE = Attribute("note", "text", id=805)
PERSON = Label("person", attributes=(POSE, AGE, HURT, SPEED, NOTE), id=810)
# The same attribute under another id, and one of its own.
DOG_POSE = Attribute("pose", "select", ("standing", "walking", "lying"), id=806)
DOG = Label("dog", "#4ec5c1", attributes=(DOG_POSE, Attribute("race", id=807)), id=811)
VALUES = {POSE.id: "walking", AGE.id: "child", HURT.id: True, SPEED.id: 3.5, NOTE.id: "hi"}


@pytest.fixture
def filled(opened: Driver) -> Driver:
    """A person, another who stands, a dog, and a polygon."""
    frame = opened.work.session.frame
    assert frame is not None
    with opened.project.edit("labels") as edit:
        edit.put_label(PERSON)
        edit.put_label(DOG)
    triangle = Polygon.from_ring([(300, 200), (340, 200), (340, 240)])
    with opened.project.edit("annotations") as edit:
        edit.put(
            Annotation(frame.id, PERSON.id, Rectangle((10, 20, 60, 120)), VALUES, id=21),
            Annotation(frame.id, PERSON.id, Rectangle((100, 20, 200, 90)), {**VALUES, POSE.id: "standing"}, id=22),
            Annotation(frame.id, DOG.id, Rectangle((220, 20, 280, 90)), {DOG_POSE.id: "walking"}, id=23),
            Annotation(frame.id, DOG.id, triangle, source="model", score=0.75, id=24),
        )  # fmt: skip
    opened.wait(lambda: opened.work.objects_panel.count == 4)
    return opened


def panel_of(driver: Driver) -> PropertiesPanel:
    return driver.window.findChild(PropertiesPanel)


def form_of(driver: Driver, *annotation_ids: int) -> PropertiesForm:
    """The form for a selection, as soon as it is shown."""
    driver.work.canvas.select(annotation_ids)
    panel = panel_of(driver)
    driver.wait(lambda: panel.isVisible() and panel.form is not None)
    form = panel.form
    assert form is not None
    return form


def steps(driver: Driver) -> int:
    return len(driver.project.history())


def give(driver: Driver, field: TypedField, text: str, *, end: Qt.Key | None = Qt.Key.Key_Return):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    if end is not None:
        QTest.keyClick(field, end)


def value(driver: Driver, annotation_id: int, attribute: Attribute) -> object:
    annotation = driver.project.annotation(annotation_id)
    assert annotation is not None
    return annotation.attributes.get(attribute.id)


def shape(driver: Driver, annotation_id: int) -> Rectangle:
    annotation = driver.project.annotation(annotation_id)
    assert annotation is not None
    assert isinstance(annotation.shape, Rectangle)
    return annotation.shape


class TestOne:
    def test_everything_of_it_is_shown(self, filled: Driver):
        form = form_of(filled, 21)
        assert panel_of(filled).title.text() == "PERSON 1 · RECTANGLE"
        shown = {
            "pose": form.attributes[POSE.id].widget.currentText(),
            "age": [
                b.isChecked() for b in form.attributes[AGE.id].widget.findChildren(QRadioButton)
            ],
            "hurt": form.attributes[HURT.id].widget.isChecked(),
            "speed": form.attributes[SPEED.id].widget.text(),
            "note": form.attributes[NOTE.id].widget.text(),
            "box": [field.text() for field in form.box.values()],
        }
        assert shown == {
            "pose": "walking", "age": [False, True], "hurt": True, "speed": "3.5", "note": "hi",
            "box": ["10", "20", "50", "100", "0"],
        }  # fmt: skip

    def test_each_type_of_attribute_is_changed_in_one_step(self, filled: Driver):
        form = form_of(filled, 21)
        before = steps(filled)
        pose = form.attributes[POSE.id].widget
        assert isinstance(pose, QComboBox)
        QTest.keyClick(pose, Qt.Key.Key_Down)
        assert value(filled, 21, POSE) == "lying"
        QTest.mouseClick(form.attributes[AGE.id].widget.findChildren(QRadioButton)[0], LEFT)
        assert value(filled, 21, AGE) == "adult"
        hurt = form.attributes[HURT.id].widget
        assert isinstance(hurt, QCheckBox)
        hurt.click()
        assert value(filled, 21, HURT) is False
        give(filled, form.attributes[SPEED.id].widget, "12.5")
        assert value(filled, 21, SPEED) == 12.5
        give(filled, form.attributes[NOTE.id].widget, "<b> & co")
        assert value(filled, 21, NOTE) == "<b> & co"
        assert steps(filled) == before + 5
        for _ in range(5):
            filled.ctrl(Qt.Key.Key_Z)
        filled.wait(lambda: form.attributes[NOTE.id].widget.text() == "hi")
        assert filled.project.annotation(21).attributes == VALUES

    def test_numbers_keep_to_their_limits(self, filled: Driver):
        speed = form_of(filled, 21).attributes[SPEED.id].widget
        give(filled, speed, "101")
        assert speed.property("bad")
        assert "outside the range" in speed.problem
        assert value(filled, 21, SPEED) == 3.5
        give(filled, speed, "fast")
        assert "is a number" in speed.problem
        QTest.keyClick(speed, Qt.Key.Key_Escape)
        assert speed.text() == "3.5"
        assert filled.work.canvas.hasFocus()
        speed.setFocus()
        QTest.keyClick(speed, Qt.Key.Key_Up)
        QTest.keyClick(speed, Qt.Key.Key_Return)
        assert value(filled, 21, SPEED) == 4.0

    def test_place_and_size_edit_the_box(self, filled: Driver):
        form = form_of(filled, 21)
        give(filled, form.box["x"], "30.5")
        assert shape(filled, 21) == Rectangle((30.5, 20, 80.5, 120))
        give(filled, form.box["width"], "20")
        assert shape(filled, 21) == Rectangle((30.5, 20, 50.5, 120))
        give(filled, form.box["rotation"], "90")
        assert shape(filled, 21).rotation == 90.0
        corner = shape(filled, 21).corners[0]
        give(filled, form.box["height"], "40")
        assert shape(filled, 21).corners[0] == pytest.approx(corner)
        assert shape(filled, 21).area == pytest.approx(20 * 40)
        for field, typed, problem in (
            ("height", "-1", "at least 0"),
            ("height", "1_0", "Type a number"),
            ("x", "100000000", "too large"),
        ):
            give(filled, form.box[field], typed)
            assert form.box[field].property("bad")
            assert problem in form.box[field].problem

    def test_the_canvas_is_followed_also_while_dragging(self, filled: Driver):
        form = form_of(filled, 22)
        canvas = filled.work.canvas
        filled.key(Qt.Key.Key_S, to=canvas)
        view = canvas.viewport()
        filled.qtbot.mousePress(view, LEFT, pos=filled.place((150, 50)))
        filled.qtbot.mouseMove(view, filled.place((170, 60)))
        filled.qtbot.mouseMove(view, filled.place((190, 80)))
        assert float(form.box["x"].text()) == pytest.approx(140, abs=1.5)
        assert shape(filled, 22) == Rectangle((100, 20, 200, 90))
        filled.key(Qt.Key.Key_Escape, to=canvas)
        filled.wait(lambda: form.box["x"].text() == "100")
        filled.qtbot.mouseRelease(view, LEFT, pos=filled.place((190, 80)))

    def test_other_kinds_say_where_they_are_and_what_they_hold(self, filled: Driver):
        form = form_of(filled, 24)
        assert form.place.text() == "300, 200"
        assert form.extent.text() == "40 × 40"
        assert form.count.text() == "3 points"
        assert form.source.text() == "by a model, score 0.75"

    def test_the_numbers_of_a_large_picture_are_not_cut(self, filled: Driver):
        form = form_of(filled, 24)
        form.show_shape(
            Polygon.from_ring([(11174.69, 10347.07), (21664.15, 10400), (11200, 20792.31)])
        )
        QApplication.processEvents()
        assert form.place.text() == "11174.69, 10347.07"
        assert form.extent.text() == "10489.46 × 10445.24"

    def test_state_height_and_group(self, filled: Driver):
        form = form_of(filled, 21)
        form.occluded.click()
        give(filled, form.z_order, "-4")
        give(filled, form.group, "7")
        annotation = filled.project.annotation(21)
        assert (annotation.occluded, annotation.z_order, annotation.group) == (True, -4, 7)
        give(filled, form.group, "007")
        filled.wait(lambda: form.group.text() == "7")
        give(filled, form.group, "0")
        give(filled, form.group, "0")
        filled.wait(lambda: form.group.text() == "")
        give(filled, form.group, "99999999999999999999")
        assert form.group.property("bad")
        give(filled, form.z_order, "1.5")
        assert form.z_order.property("bad")

    def test_another_label_is_chosen_by_typing(self, filled: Driver):
        from annotator.ui.labels.popup import LabelPopup

        form = form_of(filled, 21)
        form.label.click()
        popup = next(p for p in filled.window.findChildren(LabelPopup) if p.isVisible())
        popup.field.setText("dog")
        QTest.keyClick(popup.field, Qt.Key.Key_Return)
        assert filled.project.annotation(21).label == DOG.id
        # The attribute of the same name keeps its value.
        assert value(filled, 21, DOG_POSE) == "walking"
        filled.wait(lambda: panel_of(filled).title.text().startswith("DOG 1"))


class TestTyping:
    def test_leaving_the_field_stores_once(self, filled: Driver):
        form = form_of(filled, 21)
        before = steps(filled)
        give(filled, form.attributes[NOTE.id].widget, "left", end=None)
        filled.work.canvas.setFocus()
        assert value(filled, 21, NOTE) == "left"
        assert steps(filled) == before + 1

    def test_what_is_typed_goes_to_what_was_selected(self, filled: Driver):
        form = form_of(filled, 21)
        give(filled, form.attributes[NOTE.id].widget, "for the first", end=None)
        filled.work.canvas.select([22])
        assert value(filled, 21, NOTE) == "for the first"
        assert value(filled, 22, NOTE) == "hi"
        give(filled, panel_of(filled).form.attributes[SPEED.id].widget, "nonsense", end=None)
        filled.work.canvas.select([23])
        assert "“nonsense” was not stored as speed" in filled.message

    def test_a_change_elsewhere_does_not_write_over_it(self, filled: Driver):
        form = form_of(filled, 21)
        note = form.attributes[NOTE.id].widget
        give(filled, note, "typing", end=None)
        with filled.project.edit("elsewhere") as edit:
            edit.put(filled.project.annotation(21).with_attribute(SPEED.id, 50.0))
        filled.wait(lambda: form.attributes[SPEED.id].widget.text() == "50")
        assert note.text() == "typing"
        QTest.keyClick(note, Qt.Key.Key_Return)
        assert value(filled, 21, NOTE) == "typing"
        assert value(filled, 21, SPEED) == 50.0

    def test_closing_the_project_stores_it(self, filled: Driver):
        form = form_of(filled, 21)
        project = filled.project
        give(filled, form.attributes[NOTE.id].widget, "last words", end=None)
        before = project.newest_step().id
        filled.work.switch.leaving.emit()
        assert project.newest_step().id > before
        assert value(filled, 21, NOTE) == "last words"


class TestMany:
    def test_what_differs_is_mixed_and_a_change_is_for_all(self, filled: Driver):
        form = form_of(filled, 21, 22)
        assert panel_of(filled).title.text() == "2 OBJECTS · RECTANGLE"
        pose = form.attributes[POSE.id].widget
        assert pose.currentIndex() == -1
        assert pose.placeholderText() == "(mixed)"
        assert form.attributes[NOTE.id].widget.text() == "hi"
        assert form.box["x"].placeholderText() == "(mixed)"
        assert form.box["y"].text() == "20"
        before = steps(filled)
        give(filled, form.attributes[NOTE.id].widget, "both")
        give(filled, form.box["x"], "5")
        assert [value(filled, i, NOTE) for i in (21, 22)] == ["both", "both"]
        assert [shape(filled, i).xyxy[0] for i in (21, 22)] == [5, 5]
        assert steps(filled) == before + 2

    def test_an_attribute_of_several_labels_is_found_by_its_name(self, filled: Driver):
        form = form_of(filled, 21, 23)
        assert list(form.attributes) == [POSE.id]
        pose = form.attributes[POSE.id].widget
        assert pose.currentText() == "walking"
        QTest.keyClick(pose, Qt.Key.Key_Down)
        assert (value(filled, 21, POSE), value(filled, 23, DOG_POSE)) == ("lying", "lying")

    def test_a_check_box_that_is_mixed_becomes_one_of_both(self, filled: Driver):
        with filled.project.edit("not hurt") as edit:
            edit.put(filled.project.annotation(22).with_attribute(HURT.id, False))
        form = form_of(filled, 21, 22)
        box = form.attributes[HURT.id].widget
        assert box.checkState() == Qt.CheckState.PartiallyChecked
        box.click()
        assert [value(filled, i, HURT) for i in (21, 22)] == [True, True]

    def test_what_is_typed_belongs_to_the_frame_that_is_left(self, filled: Driver):
        filled.work.document.visibility.lock([21], locked=True)
        form = form_of(filled, 21, 22)
        give(filled, form.attributes[NOTE.id].widget, "typed", end=None)
        strip = filled.work.shell.feature(FilmStrip)
        # A click there takes no focus.
        place = strip.cell_rect(2).center()
        filled.qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=place)
        filled.wait_for_frame()
        assert filled.frame_name == "a3.png"
        assert [value(filled, i, NOTE) for i in (21, 22)] == ["hi", "typed"]
        filled.ctrl(Qt.Key.Key_Z)
        filled.wait_for_frame()
        assert filled.frame_name == "a1.png"
        assert [value(filled, i, NOTE) for i in (21, 22)] == ["hi", "hi"]

    def test_the_focus_stays_where_other_fields_are_made(self, filled: Driver):
        form = form_of(filled, 21)
        form.label.setFocus()
        filled.key(Qt.Key.Key_Return)
        filled.type("dog")
        filled.key(Qt.Key.Key_Return)
        filled.wait(lambda: panel_of(filled).form is not form)
        assert QApplication.focusWidget() is panel_of(filled).form.label
        panel_of(filled).form.group.setFocus()
        filled.work.labels.create("cat")
        filled.work.document.relabel([21], filled.project.labels.named("cat"))
        filled.wait(lambda: not panel_of(filled).form.attributes)
        assert QApplication.focusWidget() is panel_of(filled).form.group

    def test_fields_may_be_made_anew_while_something_is_open(self, filled: Driver):
        """A script gives the selected object another label."""
        for keys, kind in (("help.commands", Palette), ("", LabelPopup)):
            form = form_of(filled, 21)
            form.label.setFocus()
            if keys:
                filled.work.shell.actions[keys].trigger()
            else:
                filled.key(Qt.Key.Key_Return)
            opened = next(one for one in filled.window.findChildren(kind) if one.isVisible())
            dog = filled.project.annotation(21).label == DOG.id
            with filled.project.edit("Relabel", author="script") as edit:
                one = replace(filled.project.annotation(21), label=PERSON.id if dog else DOG.id)
                edit.put(replace(one, attributes={}))
            filled.wait(lambda form=form: panel_of(filled).form is not form)
            QTest.keyClick(opened.field, Qt.Key.Key_Escape)
            assert not opened.isVisible()

    def test_the_arrows_change_no_numbers_that_differ(self, filled: Driver):
        field = form_of(filled, 21, 22).box["x"]
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_Up)
        assert (field.text(), field.placeholderText()) == ("", "(mixed)")
        give(filled, field, "30", end=None)
        QTest.keyClick(field, Qt.Key.Key_Up)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert [filled.project.annotation(i).shape.xyxy[0] for i in (21, 22)] == [31.0, 31.0]

    def test_locked_ones_are_left_as_they_are(self, filled: Driver):
        filled.work.document.visibility.lock([21], locked=True)
        form = form_of(filled, 21, 22)
        filled.wait(lambda: panel_of(filled).note.isVisible())
        assert panel_of(filled).note.text() == "1 is locked. L unlocks it."
        give(filled, form.attributes[NOTE.id].widget, "one of them")
        assert [value(filled, i, NOTE) for i in (21, 22)] == ["hi", "one of them"]
        filled.work.canvas.select([21])
        filled.wait(lambda: not panel_of(filled).form.label.isEnabled())


def test_nothing_selected_teaches(filled: Driver):
    form_of(filled, 21)
    filled.work.canvas.select([])
    assert not panel_of(filled).title.isVisible()


LEFT = Qt.MouseButton.LeftButton


def test_a_label_with_an_ampersand_takes_no_key_of_the_window(filled: Driver):
    with filled.project.edit("label") as edit:
        edit.put_label(Label("R&D", id=812))
    form = form_of(filled, 21)
    form.label.show_label(filled.project.labels.named("R&D"), mixed=False)
    assert form.label.text() == "R&D"
    assert form.label.shortcut().isEmpty()
