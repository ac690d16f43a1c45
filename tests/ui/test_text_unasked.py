"""Text is suggested in every project with nothing more to do, and one act ends that."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from annotator.demo.scenes import all_scenes
from annotator.media.opencv import cv2
from annotator.models import places
from annotator.models.wheel_weights import DEFAULT_MODEL
from annotator.settings import SUGGEST_TEXT, Settings, settings_path
from annotator.ui.suggesting.feature import Suggesting
from tests.ui.driver import Driver

SIGN = "sign_1.png"
WRITTEN = {"CITY PARK", "Open 6 am to 10 pm"}


@pytest.fixture
def sign(tmp_path: Path) -> Path:
    """A folder with a sign, and a picture on which there is nothing to read."""
    folder = tmp_path / "signs"
    folder.mkdir()
    scene = next(one for one in all_scenes() if one.name == SIGN)
    (folder / SIGN).write_bytes(cv2.imencode(".png", scene.pixels)[1].tobytes())
    blank = scene.pixels[:40, :40].copy()
    (folder / "z_blank.png").write_bytes(cv2.imencode(".png", blank)[1].tobytes())
    return folder


def suggesting(driver: Driver) -> Suggesting:
    return driver.work.shell.feature(Suggesting)


def read(driver: Driver) -> set[str]:
    return {one.attributes["text"] for one in suggesting(driver).offers.shown}


def press(driver: Driver, key: Qt.Key, *, shift: bool = False) -> None:
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    driver.key(key, held, to=driver.work.canvas)


def test_a_line_is_offered_unasked_and_its_label_made_with_it(
    shipped_models, driver: Driver, sign: Path
):
    driver.open(sign)
    driver.wait(lambda: read(driver) == WRITTEN)
    # It asks nothing, and says what is at work.
    assert driver.message == ""
    assert "PP-OCR" in suggesting(driver).state.text
    assert suggesting(driver).bar.isVisible()
    assert len(driver.project.labels) == 0
    press(driver, Qt.Key.Key_Tab)
    press(driver, Qt.Key.Key_Return)
    (made,) = driver.stored()
    (label,) = driver.project.labels
    assert (label.name, [one.name for one in label.attributes]) == ("text", ["text"])
    assert set(made.attributes.values()) <= WRITTEN
    # That was one step.
    driver.ctrl(Qt.Key.Key_Z)
    assert driver.stored() == []
    assert len(driver.project.labels) == 0
    # Where nothing is written nothing is in the way.
    press(driver, Qt.Key.Key_F)
    driver.wait_for_frame()
    frame = driver.work.session.frame
    assert frame is not None
    driver.wait(lambda: bool(suggesting(driver).suggestions.models_on(frame.id)))
    driver.wait(suggesting(driver).bar.isHidden)
    assert driver.message == ""


def test_other_labels_stay_as_they_are(shipped_models, driver: Driver, sign: Path):
    driver.open(sign)
    driver.create_label("sign")
    driver.wait(lambda: read(driver) == WRITTEN)
    press(driver, Qt.Key.Key_Return, shift=True)
    assert [label.name for label in driver.project.labels] == ["sign", "text"]
    assert len(driver.stored()) == 2


def test_one_act_ends_it_for_the_project_and_another_brings_it_back(
    shipped_models, driver: Driver, sign: Path, qtbot, qapp
):
    driver.open(sign)
    driver.wait(lambda: read(driver) == WRITTEN)
    qtbot.mouseClick(suggesting(driver).bar.off, Qt.MouseButton.LeftButton)
    assert read(driver) == set()
    assert suggesting(driver).bar.isHidden()
    assert suggesting(driver).state.text == "Suggestions off"
    assert "Shift+W" in driver.message
    assert not driver.window.action_set["models.suggest"].isChecked()
    driver.close()
    again = Driver(qtbot, qapp, Settings.load(settings_path()))
    try:
        again.open(sign)
        assert suggesting(again).memory.is_off
        assert suggesting(again).looking.model is None
        press(again, Qt.Key.Key_W, shift=True)
        again.wait(lambda: read(again) == WRITTEN)
        press(again, Qt.Key.Key_W, shift=True)
        assert read(again) == set()
    finally:
        again.close()


def test_a_setting_ends_it_everywhere(shipped_models, driver: Driver, sign: Path):
    driver.settings.set(SUGGEST_TEXT, False)
    driver.open(sign)
    assert suggesting(driver).memory.model == ""
    driver.settings.set(SUGGEST_TEXT, True)
    driver.wait(lambda: read(driver) == WRITTEN)
    driver.settings.set(SUGGEST_TEXT, False)
    assert suggesting(driver).looking.model is None


def test_unasked_it_suggests_what_it_is_sure_of(shipped_models, driver: Driver, sign: Path):
    driver.open(sign)
    driver.wait(lambda: read(driver) == WRITTEN)
    assert suggesting(driver).memory.threshold == 0.8
    suggesting(driver).use(DEFAULT_MODEL)
    driver.wait(lambda: suggesting(driver).memory.threshold == 0.5)
    assert not suggesting(driver).memory.is_unasked


def test_where_it_cannot_be_used_nobody_is_bothered(
    shipped_models, driver: Driver, sign: Path, tmp_path: Path, monkeypatch
):
    broken = tmp_path / "shipped"
    shutil.copytree(places.shipped_folder() / DEFAULT_MODEL, broken / DEFAULT_MODEL)
    weights = broken / DEFAULT_MODEL / "det.onnx"
    weights.chmod(0o644)
    weights.write_bytes(weights.read_bytes()[:-10])
    monkeypatch.setattr(places, "shipped_folder", lambda: broken)
    driver.open(sign)
    driver.wait(lambda: "cannot be used" in suggesting(driver).state.text)
    assert driver.message == ""
    # Who asks for it is told why.
    suggesting(driver).use(DEFAULT_MODEL)
    driver.wait(lambda: "is not the file its manifest names" in driver.message)
