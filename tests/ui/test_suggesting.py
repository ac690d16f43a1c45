"""A real detector in the real window: what it suggests is accepted, rejected, filtered, and stays so."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from annotator.core.annotations import Annotation
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.models.store import user_store
from annotator.settings import Settings, settings_path
from annotator.ui.suggesting.feature import Suggesting
from tests.ui.driver import Driver

MANIFESTS = Path(__file__).resolve().parents[2] / "resources" / "models"
MODEL = "yolox-nano-coco"
DOG = "dog_bike_truck.jpg"
# What the model sees there from 0.5 on, in the order in which it is walked.
SEEN = ["car", "bicycle", "dog"]


@pytest.fixture
def installed(shared: Path, tmp_path: Path) -> str:
    """A detector in the folder of the user's models; its id."""
    package = tmp_path / "package"
    shutil.copytree(shared / "models" / MODEL, package)
    for path in package.iterdir():
        path.chmod(0o644)
    shutil.copy(MANIFESTS / MODEL / "model.toml", package)
    return user_store().install(package).id


@pytest.fixture
def photos(shared: Path, tmp_path: Path) -> Path:
    """A folder with photographs in which the model sees something."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in (DOG, "person_dog_horse.jpg", "pedestrians_street.jpg", "coffee.png"):
        shutil.copyfile(shared / "images" / name, folder / name)
        (folder / name).chmod(0o644)
    return folder


def suggesting(driver: Driver) -> Suggesting:
    return driver.work.shell.feature(Suggesting)


def offered(driver: Driver) -> list[str]:
    """The labels of what is shown."""
    offers = suggesting(driver).offers
    return [offers.name_of(one) for one in offers.shown]


def drawn(driver: Driver) -> list[str]:
    """What the plates of the suggestions on the canvas say."""
    return [one.text for one in driver.work.canvas.stage.suggestions.all]


def open_with_model(driver: Driver, photos: Path, model: str, frame: str = DOG) -> None:
    driver.open(photos)
    go_to(driver, frame)
    suggesting(driver).use(model)
    driver.wait(lambda: bool(offered(driver)))


def go_to(driver: Driver, name: str) -> None:
    found = driver.project.frame_named(driver.work.session.task.id, name)
    assert found is not None
    driver.work.navigation.go_to_id(found.id)
    driver.wait_for_frame()


def press(driver: Driver, key: Qt.Key, *, shift: bool = False) -> None:
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    driver.key(key, held, to=driver.work.canvas)


def walk_to(driver: Driver, label: str) -> None:
    """Tab until a suggestion of a label is the current one."""
    offers = suggesting(driver).offers
    for _ in range(len(offers.shown)):
        press(driver, Qt.Key.Key_Tab)
        if offers.current is not None and offers.name_of(offers.current) == label:
            return
    pytest.fail(f"No {label} was reached among {offered(driver)}")


def test_the_whole_way(driver: Driver, photos: Path, installed: str, qtbot, qapp):
    """Show a frame, wait, accept two, reject one, raise the threshold, next frame and back, undo, redo, restart."""
    driver.open(photos)
    go_to(driver, DOG)
    for name in ("dog", "bicycle", "car"):
        driver.create_label(name)
    suggesting(driver).use(installed)
    suggesting(driver).memory.set_threshold(0.5)
    driver.wait(lambda: sorted(offered(driver)) == sorted(SEEN))
    assert "dog 0.85" in drawn(driver) or "dog 0.86" in drawn(driver)

    driver.work.canvas.setFocus()
    walk_to(driver, "dog")
    press(driver, Qt.Key.Key_Return)
    walk_to(driver, "bicycle")
    press(driver, Qt.Key.Key_Return)
    labels = driver.project.labels
    assert sorted(labels[one.label].name for one in driver.stored()) == ["bicycle", "dog"]
    assert {one.source for one in driver.stored()} == {"model"}
    assert offered(driver) == ["car"]

    walk_to(driver, "car")
    press(driver, Qt.Key.Key_Delete)
    assert offered(driver) == []

    # The rejected one is offered again when that is undone; every act was one step.
    driver.ctrl(Qt.Key.Key_Z)
    assert offered(driver) == ["car"]
    suggesting(driver).bar.slider.setValue(95)
    assert offered(driver) == []
    suggesting(driver).bar.slider.setValue(50)
    assert offered(driver) == ["car"]
    driver.ctrl(Qt.Key.Key_Z)
    assert sorted(offered(driver)) == ["bicycle", "car"]
    driver.ctrl(Qt.Key.Key_Z)
    assert sorted(offered(driver)) == sorted(SEEN)
    for _ in range(3):
        driver.ctrl(Qt.Key.Key_Y)
    assert offered(driver) == []

    press(driver, Qt.Key.Key_F)
    driver.wait_for_frame()
    assert driver.frame_name != DOG
    press(driver, Qt.Key.Key_D)
    driver.wait_for_frame()
    assert driver.frame_name == DOG
    assert offered(driver) == []
    assert len(driver.stored()) == 2

    # A restart: the rejection holds, and so does the choice of the model.
    driver.close()
    again = Driver(qtbot, qapp, Settings.load(settings_path()))
    try:
        again.open(photos)
        go_to(again, DOG)
        model = suggesting(again).looking
        again.wait(lambda: model.model is not None and model.model.is_ready)
        assert suggesting(again).memory.threshold == 0.5
        assert offered(again) == []
        frame = again.work.session.frame
        assert frame is not None
        assert len(suggesting(again).suggestions.rejections(frame.id)) == 1
    finally:
        again.close()
