"""From the start page to an exported folder with the keyboard; the mouse only draws."""

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QVBoxLayout

from annotator.ui.exporting.window import ExportWindow
from annotator.ui.widgets.parts import push_button
from tests.ui.driver import Driver
from tests.ui.walking import steps


def type_key(
    driver: Driver, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press a key where the program has the focus, as the keyboard does."""
    driver.wait(lambda: QApplication.focusWidget() is not None)
    QTest.keyClick(QApplication.focusWidget(), key, held)


def test_a_folder_is_annotated_and_exported_with_the_keyboard(driver: Driver, pictures: Path):
    driver.open(pictures)
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: not driver.work.session.is_open)
    driver.window.activateWindow()
    driver.wait(driver.window.isActiveWindow)

    # The newest of the recent projects is where the keyboard is.
    type_key(driver, Qt.Key.Key_Return)
    driver.wait(lambda: driver.work.session.is_open and not driver.work.opener.is_busy)
    driver.wait_for_frame()

    # Two labels, by typing.
    for name in ("person", "car"):
        type_key(driver, Qt.Key.Key_NumberSign)
        driver.wait(driver.work.popup.isVisible)
        QTest.keyClicks(QApplication.focusWidget(), name)
        type_key(driver, Qt.Key.Key_Return)
        driver.wait(lambda name=name: driver.project.labels.named(name) is not None)

    # The label that comes next by its digit, the tool by its letter; the drawing itself with the mouse.
    for digit, box in ((Qt.Key.Key_1, (10, 10, 60, 60)), (Qt.Key.Key_2, (80, 80, 200, 200))):
        type_key(driver, digit)
        type_key(driver, Qt.Key.Key_B)
        driver.drag(box[:2], box[2:])
        driver.wait(lambda: len(driver.work.canvas.selection) == 1)
        type_key(driver, Qt.Key.Key_Escape)
    driver.wait(lambda: len(driver.stored()) == 2)
    type_key(driver, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    driver.wait(lambda: driver.frame_name == "a2.png")
    type_key(driver, Qt.Key.Key_D)
    driver.wait(lambda: driver.frame_name == "a1.png")

    # Another label for an object, out of the list of objects.
    assert driver.work.objects_panel.list in steps(driver.window)
    type_key(driver, Qt.Key.Key_Down)
    driver.wait(lambda: len(driver.work.canvas.selection) == 1)
    type_key(driver, Qt.Key.Key_F6)
    driver.wait(driver.work.canvas.hasFocus)
    type_key(driver, Qt.Key.Key_S)  # while a shape is drawn, a digit is for the next one
    (chosen,) = driver.work.canvas.selection
    by_id = {one.id: one.label for one in driver.stored()}
    is_first = by_id[chosen] == driver.project.labels.named("person").id
    type_key(driver, Qt.Key.Key_2 if is_first else Qt.Key.Key_1)
    driver.wait(lambda: len({one.label for one in driver.stored()}) == 1)

    # Export: the format that was found by typing, the folder that is offered.
    type_key(driver, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    driver.wait(lambda: isinstance(QApplication.activeWindow(), ExportWindow))
    window = QApplication.activeWindow()
    assert isinstance(window, ExportWindow)
    driver.wait(lambda: window.next.isEnabled() and not window.is_busy)
    assert window.choice.formats.search in steps(window)
    QTest.keyClicks(QApplication.focusWidget(), "coco")
    target = Path(window.choice.folder.text())
    type_key(driver, Qt.Key.Key_Return)
    driver.wait(lambda: window.step == 1 and not window.is_busy and window.next.isEnabled())
    type_key(driver, Qt.Key.Key_Return)
    driver.wait(lambda: target.is_dir() and bool(list(target.rglob("*.json"))))
    (written,) = target.rglob("*.json")
    assert len(json.loads(written.read_text())["annotations"]) == 2
    driver.wait(lambda: window.step == 2)
    type_key(driver, Qt.Key.Key_Escape)
    driver.wait(lambda: not driver.window.findChildren(ExportWindow))
    assert driver.window.focusWidget() is driver.work.canvas


def test_enter_presses_the_button_with_the_focus_not_the_default_one(qtbot):
    """Whoever goes to Cancel and presses Enter means Cancel."""
    dialog, pressed = QDialog(), []
    qtbot.addWidget(dialog)
    lines = QVBoxLayout(dialog)
    cancel, save = push_button("Cancel"), push_button("Save")
    for button in (cancel, save):
        button.setAutoDefault(False)
        lines.addWidget(button)
    cancel.clicked.connect(lambda: pressed.append("Cancel"))
    save.clicked.connect(lambda: pressed.append("Save"))
    save.setDefault(True)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        qtbot.keyClick(cancel, key)
    assert pressed == ["Cancel", "Cancel"]
