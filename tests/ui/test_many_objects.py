"""A frame of 20 000 objects, all of them selected: what a key or a click does stays short."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from annotator.core.annotations import Annotation
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.project.creating import create_task
from annotator.ui.labels.popup import LabelPopup
from annotator.ui.properties.panel import PropertiesPanel
from tests.ui.driver import Driver

MANY = 20_000
ACROSS = 200


@pytest.fixture
def crowded(driver: Driver, pictures: Path) -> Driver:
    """The first picture with 20 000 small boxes of one label, all selected."""
    car = Label("car")
    with create_task(pictures.parent / "crowd", [pictures]).project as project:
        frame = next(project.frames(project.tasks()[0].id))
        with project.edit("A crowd") as edit:
            edit.put_label(car)
        rows, columns = np.divmod(np.arange(MANY), ACROSS)
        boxes = np.stack((columns * 2, rows * 2, columns * 2 + 1, rows * 2 + 1), axis=1)
        with project.edit("A crowd", frame=frame.id) as edit:
            edit.put(*(Annotation(frame.id, car.id, Rectangle(box)) for box in boxes.tolist()))
    driver.open(pictures.parent / "crowd")
    driver.wait(lambda: driver.work.objects_panel.count == MANY)
    driver.work.canvas.setFocus()
    driver.ctrl(Qt.Key.Key_A)
    driver.wait(lambda: len(driver.work.canvas.selection) == MANY)
    return driver


def places(driver: Driver) -> np.ndarray:
    """The boxes of all in the order of their ids."""
    return np.array([one.shape.box for one in driver.stored()])


def escape_from_labels(driver: Driver) -> None:
    popup = next(one for one in driver.window.findChildren(LabelPopup) if one.isVisible())
    QTest.keyClick(popup.field, Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_they_are_asked_for_a_label_and_moved(crowded: Driver):
    """The slots are watched: see `tests.gui_thread`."""
    crowded.work.objects_panel.ask_for_label()
    escape_from_labels(crowded)
    properties = crowded.work.shell.feature(PropertiesPanel)
    crowded.wait(lambda: properties.form is not None)
    QTest.mouseClick(properties.form.label, Qt.MouseButton.LeftButton)
    escape_from_labels(crowded)
    before, canvas = places(crowded), crowded.work.canvas
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    crowded.wait(lambda: not crowded.work.watch.works, timeout=60_000)
    assert (places(crowded) - before == (1, 0, 1, 0)).all()
    assert len(canvas.selection) == MANY
    # Nothing is selected any more, and nothing is searched one by one for that.
    crowded.key(Qt.Key.Key_F, to=canvas)
    crowded.wait(lambda: crowded.frame_name == "a2.png")
    assert canvas.selection == ()
