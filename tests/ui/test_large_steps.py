"""Steps that are made beside the window: what is done meanwhile is neither lost nor undone by them."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from annotator.core.annotations import Annotation
from annotator.core.shapes import Rectangle
from annotator.ui.shown.document import LARGE_EDIT
from tests.ui.driver import Driver

MANY = LARGE_EDIT + 200


@pytest.fixture
def crowded(opened: Driver) -> Driver:
    """A frame with so many boxes that a change of all of them is made beside the window; all are selected."""
    label, frame = opened.create_label("person"), opened.work.session.frame
    assert frame is not None
    boxes = (Rectangle((n % 300, 1, n % 300 + 5, 9)) for n in range(MANY))
    with opened.project.edit("Many") as edit:
        edit.put(*(Annotation(frame.id, label, box) for box in boxes))
    opened.wait_for_frame()
    opened.work.canvas.setFocus()
    opened.ctrl(Qt.Key.Key_A)
    assert len(opened.work.canvas.selection) == MANY
    return opened


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Closed at first; open at the end, whatever happens."""
    gate = threading.Event()
    yield gate
    gate.set()


def slowly(
    gate: threading.Event, changed: Callable[[Annotation], Annotation]
) -> tuple[threading.Event, Callable[[Annotation], Annotation]]:
    """Return a change that begins with the first annotation and goes on when the gate opens; and what tells of that."""
    begun = threading.Event()

    def change(one: Annotation) -> Annotation:
        begun.set()
        assert gate.wait(15)
        return changed(one)

    return begun, change


def occluded(one: Annotation) -> Annotation:
    return replace(one, occluded=True)


def wait_for_works(driver: Driver) -> None:
    driver.wait(lambda: not driver.work.runner.works)


def lefts(driver: Driver) -> np.ndarray:
    """The left sides of all, in the order of their ids."""
    return np.array([one.shape.box[0] for one in driver.stored() if one.shape is not None])


def test_one_after_the_other_each_begins_with_what_the_one_before_has_made(crowded: Driver):
    before = lefts(crowded)
    for _ in range(4):
        crowded.key(Qt.Key.Key_Right, to=crowded.work.canvas)
    wait_for_works(crowded)
    assert (lefts(crowded) - before == 4).all()
    for _ in range(4):
        crowded.ctrl(Qt.Key.Key_Z)
        wait_for_works(crowded)
    assert (lefts(crowded) == before).all()


def test_one_that_is_changed_meanwhile_has_both_changes(crowded: Driver, gate: threading.Event):
    document, ids = crowded.work.document, [one.id for one in crowded.stored()]
    begun, change = slowly(gate, occluded)
    document.change(ids, "Occlude", change)
    assert begun.wait(15)
    box = Rectangle((100, 100, 150, 160))
    crowded.work.canvas.select(ids[:1])
    document.replace({ids[0]: box}, "Resize")
    document.delete(ids[1:2])
    # What the step is not about is stored at once.
    crowded.draw_box((200, 200), (250, 240))
    assert crowded.boxes()[-1] == pytest.approx((200, 200, 250, 240), abs=1.5)
    gate.set()
    wait_for_works(crowded)
    first, *others, drawn = crowded.stored()
    assert (first.shape, first.occluded) == (box, True)
    assert [one.id for one in others] == ids[2:]
    assert all(one.occluded for one in others)
    assert not drawn.occluded


def test_nothing_is_undone_meanwhile(crowded: Driver, gate: threading.Event):
    ids = [one.id for one in crowded.stored()]
    crowded.work.document.move(ids[:1], 7.0, 0.0, "Move an annotation")
    moved = lefts(crowded)
    begun, change = slowly(gate, occluded)
    crowded.work.document.change(ids, "Occlude", change)
    assert begun.wait(15)
    crowded.ctrl(Qt.Key.Key_Z)
    assert "still being made" in crowded.message
    gate.set()
    wait_for_works(crowded)
    assert (lefts(crowded) == moved).all()
    assert all(one.occluded for one in crowded.stored())
    crowded.ctrl(Qt.Key.Key_Z)
    wait_for_works(crowded)
    assert not any(one.occluded for one in crowded.stored())
    crowded.ctrl(Qt.Key.Key_Z)
    assert lefts(crowded)[0] == moved[0] - 7
