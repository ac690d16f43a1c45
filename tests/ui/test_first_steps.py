"""The page First steps of the manual, step by step with mouse and keys, on a folder that nobody has opened before."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QFileDialog, QPushButton

from annotator.ui.exporting.window import ExportWindow
from annotator.ui.manual.pages import manual_folder
from tests.ui.driver import Driver

CTRL = Qt.KeyboardModifier.ControlModifier


def button(window, text: str) -> QPushButton:
    return next(
        one
        for one in window.findChildren(QPushButton)
        if text in (one.text().strip(), one.accessibleName()) and one.isVisible()
    )


def exported(driver: Driver) -> ExportWindow | None:
    return driver.window.findChild(ExportWindow)


def test_the_first_steps_lead_to_a_dataset(
    driver: Driver, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # 2. Open a folder
    QTest.mouseClick(button(driver.window, "Open folder"), Qt.MouseButton.LeftButton)
    dialog = driver.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(pictures))
    dialog.reject()
    driver.window.activateWindow()  # as a desktop does when a dialog goes
    driver.wait(driver.window.isActiveWindow)
    driver.wait(lambda: driver.work.session.is_open and not driver.work.opener.is_busy)
    driver.wait_for_frame()
    assert driver.frame_name == "a1.png"

    # 3. Draw a box
    driver.key(Qt.Key.Key_B)
    assert driver.work.popup.isVisible()
    driver.type("car")
    driver.key(Qt.Key.Key_Return)
    driver.drag((40, 40), (140, 120))
    driver.drag((200, 60), (300, 160))
    assert len(driver.boxes()) == 2
    driver.key(Qt.Key.Key_NumberSign)
    driver.type("van")
    driver.key(Qt.Key.Key_Return)
    driver.drag((40, 180), (140, 260))
    driver.drag((200, 180), (300, 260))
    driver.key(Qt.Key.Key_Z, CTRL)
    driver.wait(lambda: len(driver.boxes()) == 3)
    assert [label.name for label in driver.project.labels] == ["car", "van"]

    # 4. Go on
    driver.key(Qt.Key.Key_Return, CTRL)
    driver.wait_for_frame()
    assert driver.frame_name == "a2.png"
    driver.key(Qt.Key.Key_F)
    driver.wait_for_frame()
    driver.key(Qt.Key.Key_D)
    driver.wait_for_frame()
    assert driver.frame_name == "a2.png"
    driver.key(Qt.Key.Key_1)
    driver.drag((40, 40), (140, 120))

    # 5. Export a dataset
    driver.key(Qt.Key.Key_E, CTRL)
    driver.wait(lambda: exported(driver) is not None)
    window = exported(driver)
    assert window is not None
    driver.wait(lambda: window.isVisible() and window.next.isEnabled() and not window.is_busy)
    window.choice.formats.choose("yolo_ultralytics_detect")
    copy = next(
        one for one in window.findChildren(QCheckBox) if one.text() == "Copy the pictures, too"
    )
    copy.click()
    folder = Path(window.choice.folder.text())
    driver.wait(lambda: window.next.isEnabled() and not window.is_busy)
    for step in (1, 2):
        QTest.mouseClick(window.next, Qt.MouseButton.LeftButton)
        driver.wait(lambda step=step: window.step == step and not window.is_busy)
        driver.wait(lambda: window.next.isEnabled())
    assert "Exported" in window.outcome.heading.text()
    assert window.outcome.open_folder.isVisible()
    assert (folder / "data.yaml").is_file()
    assert len(list(folder.rglob("*.png"))) == 4
    assert sum(len(one.read_text().splitlines()) for one in folder.rglob("labels/**/*.txt")) == 4
    window.leave()


def test_the_page_names_what_the_steps_use():
    text = (manual_folder() / "first-steps.md").read_text("utf-8")
    used = (
        "**Open folder**", "**B**", "**#**", "**Ctrl+Z**", "**F**", "**D**", "**Ctrl+Enter**",
        "**Ctrl+E**", "**Ultralytics YOLO detection**", "**Copy the pictures, too**", "**Next**",
        "**Export**",
    )  # fmt: skip
    assert [one for one in used if one not in text] == []
