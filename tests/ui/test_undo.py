"""Undo and redo in the window: one's own steps in the shown task, over frames, with refusals as sentences."""

from dataclasses import replace

from PySide6.QtCore import Qt

from annotator.core.annotations import Annotation
from annotator.core.shapes import Rectangle
from annotator.project.storage.store import USER
from tests.ui.driver import Driver


def test_undo_and_redo_by_keys(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    (box,) = opened.boxes()
    opened.ctrl(Qt.Key.Key_Z)
    assert opened.boxes() == []
    assert opened.drawn_ids() == set()
    opened.ctrl(Qt.Key.Key_Z, shift=True)
    assert opened.boxes() == [box]
    opened.ctrl(Qt.Key.Key_Z)
    opened.ctrl(Qt.Key.Key_Y)
    assert opened.boxes() == [box]
    assert len(opened.drawn_ids()) == 1


def test_a_step_on_another_frame_is_shown_there(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    opened.key(Qt.Key.Key_F)
    opened.wait_for_frame()
    opened.ctrl(Qt.Key.Key_Z)
    opened.wait_for_frame()
    assert opened.frame_name == "a1.png"
    assert opened.boxes() == []
    assert opened.drawn_ids() == set()
    opened.key(Qt.Key.Key_F)
    opened.wait_for_frame()
    opened.ctrl(Qt.Key.Key_Y)
    opened.wait_for_frame()
    assert opened.frame_name == "a1.png"
    assert len(opened.drawn_ids()) == 1


def test_a_step_that_is_not_of_one_frame_is_named(opened: Driver):
    opened.create_label("person")
    first, second = (opened.work.session.frame_at(number) for number in (2, 3))
    assert first is not None
    assert second is not None
    label = opened.project.labels.named("person")
    assert label is not None
    task = opened.work.session.task.id
    with opened.project.long_step("Import <b>set</b>", author=USER, task=task) as step:
        for frame in (first, second):
            with step.edit() as edit:
                edit.put(Annotation(frame.id, label.id, Rectangle((1, 1, 9, 9))))
    opened.ctrl(Qt.Key.Key_Z)
    assert opened.stored("a3.png") == opened.stored("a4.png") == []
    assert opened.message == "Undone: Import <b>set</b>"
    opened.ctrl(Qt.Key.Key_Y)
    assert len(opened.stored("a3.png")) == len(opened.stored("a4.png")) == 1
    assert opened.message == "Redone: Import <b>set</b>"
    # What is seen on the shown frame is not said as well.
    opened.window.message_bar.clear()
    opened.draw_box((10, 10), (60, 60))
    opened.ctrl(Qt.Key.Key_Z)
    assert opened.message == ""


def test_what_others_did_is_passed_over(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    (mine,) = opened.stored()
    other = replace(mine, id=mine.id + 1, shape=Rectangle((1, 1, 9, 9)))
    with opened.project.edit("by a model", author="model") as edit:
        edit.put(other)
    opened.ctrl(Qt.Key.Key_Z)
    assert [one.id for one in opened.stored()] == [other.id]


def test_a_refusal_is_said_and_changes_nothing(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    (mine,) = opened.stored()
    with opened.project.edit("Made larger", author="model") as edit:
        edit.put(replace(mine, shape=Rectangle((0, 0, 99, 99))))
    opened.ctrl(Qt.Key.Key_Z)
    assert opened.boxes() == [(0, 0, 99, 99)]
    assert "“Made larger” changed the same things" in opened.message


def test_nothing_to_undo_is_said(opened: Driver):
    opened.ctrl(Qt.Key.Key_Z)
    assert opened.message == "There is nothing to undo."


def test_the_menu_says_what_would_be_undone(opened: Driver):
    actions = opened.window.action_set
    assert actions is not None
    assert actions["edit.undo"].text() == "Undo"
    assert not actions["edit.redo"].isEnabled()
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    assert actions["edit.undo"].text() == "Undo Add rectangle"
    opened.ctrl(Qt.Key.Key_Z)
    assert actions["edit.redo"].text() == "Redo Add rectangle"
    assert actions["edit.redo"].isEnabled()
