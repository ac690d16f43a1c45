"""Export from the menu: what is lost is shown first, and the dataset appears whole or not at all."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from annotator.ui.export_dialog import ExportDialog
from tests.ui.driver import Driver


def open_dialog(driver: Driver) -> ExportDialog:
    """Open the dialog by its key and wait until it knows what is lost."""
    driver.ctrl(Qt.Key.Key_E)
    dialog = driver.window.findChild(ExportDialog)
    assert dialog is not None
    driver.wait(dialog.go.isEnabled)
    return dialog


def choose(driver: Driver, dialog: ExportDialog, format_id: str) -> None:
    dialog.format.setCurrentIndex(dialog.format.findData(format_id))
    driver.wait(dialog.go.isEnabled)


def export(driver: Driver, dialog: ExportDialog, folder: Path) -> None:
    dialog.folder.setText(str(folder))
    with driver.qtbot.waitSignal(dialog.exported, timeout=15_000):
        driver.qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)


@pytest.fixture
def drawn(opened: Driver) -> Driver:
    """A box and a polygon on the first picture, a box on the third."""
    opened.create_label("person")
    opened.create_label("car")
    opened.draw_box((50, 40), (150, 120))
    opened.key(Qt.Key.Key_2)
    opened.draw_polygon([(60, 60), (200, 80), (180, 200), (70, 180)])
    opened.key(Qt.Key.Key_F)
    opened.key(Qt.Key.Key_F)
    opened.wait_for_frame()
    opened.draw_box((5, 5), (90, 95))
    return opened


def test_coco_holds_every_coordinate(drawn: Driver, tmp_path: Path):
    target = tmp_path / "out"
    export(drawn, open_dialog(drawn), target)
    assert str(target) in drawn.message
    compare_with_pycocotools(drawn, target)


def compare_with_pycocotools(driver: Driver, target: Path) -> None:
    """Read the dataset with the library that trainings use, and compare each coordinate with the project's."""
    from pycocotools.coco import COCO

    (document,) = target.rglob("*.json")
    coco = COCO(str(document))
    names = {each["id"]: each["name"] for each in coco.dataset["categories"]}
    labels = driver.project.labels
    found = 0
    for image in coco.dataset["images"]:
        stored = driver.stored(image["file_name"])
        written = coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))
        assert len(written) == len(stored)
        for one in stored:
            x0, y0, x1, y1 = one.shape.box  # type: ignore[union-attr]
            match = [
                each
                for each in written
                if np.allclose(each["bbox"], (x0, y0, x1 - x0, y1 - y0), atol=1e-9, rtol=0)
                and names[each["category_id"]] == labels[one.label].name
            ]
            assert len(match) == 1
            if one.kind == "polygon":
                ring = one.shape.parts[0].outer  # type: ignore[union-attr]
                assert np.array_equal(np.reshape(match[0]["segmentation"][0], (-1, 2)), ring)
            found += 1
    assert found == len(coco.dataset["annotations"]) > 0


def test_what_a_format_cannot_hold_is_listed_before(drawn: Driver):
    dialog = open_dialog(drawn)
    assert "Nothing is lost" in dialog.state.text()
    choose(drawn, dialog, "yolo_ultralytics_detect")
    assert dialog.losses.isVisible()
    rows = [
        [dialog.losses.item(row, column).text() for column in range(3)]
        for row in range(dialog.losses.rowCount())
    ]
    assert any(count == "1" and what == "polygon" for count, what, _ in rows)
    dialog.reject()


def test_a_folder_that_is_occupied_is_refused_and_stays_as_it_is(drawn: Driver, tmp_path: Path):
    occupied = tmp_path / "occupied"
    occupied.mkdir()
    (occupied / "mine.txt").write_text("keep")
    dialog = open_dialog(drawn)
    dialog.folder.setText(str(occupied))
    drawn.qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    drawn.wait(lambda: "not an empty folder" in dialog.state.text())
    assert [each.name for each in occupied.iterdir()] == ["mine.txt"]
    assert dialog.go.isEnabled()
    dialog.reject()


def test_the_pictures_are_copied_on_request(drawn: Driver, tmp_path: Path, pictures: Path):
    dialog = open_dialog(drawn)
    dialog.with_images.setChecked(True)
    drawn.wait(dialog.go.isEnabled)
    export(drawn, dialog, tmp_path / "out")
    (copy,) = (tmp_path / "out").rglob("a1.png")
    assert copy.read_bytes() == (pictures / "a1.png").read_bytes()


def test_cancelling_leaves_nothing_behind(drawn: Driver, tmp_path: Path):
    dialog = open_dialog(drawn)
    target = tmp_path / "deep" / "out"
    dialog.folder.setText(str(target))
    drawn.qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    dialog.reject()
    drawn.wait(lambda: not drawn.work.runner.works)
    if target.exists():  # it was quicker than the hand
        compare_with_pycocotools(drawn, target)
    assert not [each for each in tmp_path.iterdir() if each.name.endswith(".part")]


def test_closing_the_project_closes_the_dialog(drawn: Driver):
    dialog = open_dialog(drawn)
    assert dialog.isVisible()
    drawn.work.switch.close()
    drawn.wait(lambda: drawn.window.start_page.isVisible())
    assert drawn.window.findChild(ExportDialog) is None or not dialog.isVisible()


def test_the_offered_folder_is_free(drawn: Driver, pictures: Path):
    taken = pictures.parent / "pictures-coco_instances"
    taken.mkdir()
    dialog = open_dialog(drawn)
    assert dialog.folder.text() == f"{taken}-2"
    assert any(button.text() == "Choose…" for button in dialog.findChildren(QPushButton))
    dialog.reject()
