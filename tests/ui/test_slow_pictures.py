"""Pictures that take long to be read: what is seen until then, and that it is never another frame's."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simplejpeg
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from annotator.canvas.stand_in import StandIn
from annotator.media.header import PictureInfo, read_info
from annotator.media.picture import Picture
from annotator.media.pictures import read_picture
from annotator.settings import FRAME_VIEW
from annotator.ui.film_strip.strip import FilmStrip
from annotator.ui.shown import pictures as frame_pictures
from annotator.ui.shown import presenter as frame_presenter
from tests.conftest import MakePicture
from tests.ui.driver import Driver

GREYS = (30, 70, 110, 150, 190, 230)


class Gate:
    """Lets the window read pictures only when it is told to, as if they were large and lay far away."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()

    def close(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def wait(self) -> bool:
        return self._open.wait(20)

    def read(self, path: Path, index: int, **options: Any) -> Picture:
        assert self.wait()
        return read_picture(path, index, **options)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    monkeypatch.setattr(frame_pictures, "read_picture", gate.read)
    yield gate
    gate.open()


@pytest.fixture
def grey(driver: Driver, tmp_path: Path) -> Driver:
    """A window with six pictures, each of one grey, whose thumbnails are there and none of which is read ahead."""
    folder = tmp_path / "grey"
    folder.mkdir()
    for number, value in enumerate(GREYS):
        write_grey(folder / f"{number}.jpg", value)
    return opened(driver, folder)


def write_grey(path: Path, value: int) -> None:
    pixels = np.full((480, 640, 3), value, np.uint8)
    path.write_bytes(simplejpeg.encode_jpeg(pixels, 95))


def opened(driver: Driver, folder: Path) -> Driver:
    driver.work.presenter.ahead = 0
    driver.open(folder)
    strip = driver.window.findChild(FilmStrip)
    frames = list(driver.project.frames(driver.work.session.task.id))
    driver.wait(lambda: strip.frames.is_known)
    strip.thumbnails.wish([frame.id for frame in frames], (144, 96))
    driver.wait(lambda: all(strip.thumbnails.get(frame.id) for frame in frames))
    return driver


def go(driver: Driver, number: int) -> None:
    assert driver.work.navigation.go_to_number(number)


def wait_for_stand_in(driver: Driver) -> StandIn:
    resting = driver.work.canvas.stage.resting
    driver.wait(lambda: isinstance(resting.picture, StandIn))
    assert driver.work.presenter.is_waiting
    assert isinstance(resting.picture, StandIn)
    return resting.picture


def seen(driver: Driver) -> np.ndarray:
    """What the canvas shows when all is painted: (H, W, 4)."""
    canvas = driver.work.canvas
    canvas.finish_painting()
    QApplication.processEvents()
    image = canvas.viewport().grab().toImage()
    memory = np.frombuffer(image.constBits(), np.uint8)
    return memory.reshape(image.height(), -1, 4)[:, : image.width()].copy()


def middle(driver: Driver) -> int:
    shot = seen(driver)
    return int(shot[shot.shape[0] // 2, shot.shape[1] // 2, 0])


@pytest.mark.parametrize("key", [Qt.Key.Key_A, Qt.Key.Key_Tab])
def test_keys_take_nothing_of_a_frame_that_was_left(grey: Driver, gate: Gate, key: Qt.Key):
    grey.create_label("person")
    grey.draw_box((10, 10), (60, 60))
    grey.key(Qt.Key.Key_S, to=grey.work.canvas)
    grey.key(Qt.Key.Key_Escape, to=grey.work.canvas)
    gate.close()
    go(grey, 1)
    assert middle(grey) == GREYS[0]  # the one that was left is still seen
    if key == Qt.Key.Key_A:
        grey.ctrl(key)
    else:
        grey.key(key, to=grey.work.canvas)
    assert grey.work.canvas.selection == ()
    grey.key(Qt.Key.Key_Delete, to=grey.work.canvas)
    assert len(grey.boxes("0.jpg")) == 1
    gate.open()
    grey.wait_for_frame()
    go(grey, 0)
    grey.wait_for_frame()
    grey.ctrl(Qt.Key.Key_A)
    assert len(grey.work.canvas.selection) == 1


def test_the_thumbnail_stands_in_at_the_same_place(grey: Driver, gate: Gate):
    gate.close()
    go(grey, 3)
    assert middle(grey) == GREYS[0]  # the old one stays at first, so that nothing blinks
    wait_for_stand_in(grey)
    stood, state = seen(grey), grey.work.canvas.view_state()
    assert abs(middle(grey) - GREYS[3]) <= 1
    gate.open()
    grey.wait_for_frame()
    came = seen(grey)
    assert not isinstance(grey.work.canvas.stage.resting.picture, StandIn)
    assert grey.work.canvas.view_state() == state
    # One colour each: were the place another, the edge would differ by more than what JPEG does.
    assert np.abs(stood.astype(int) - came).max() <= 2


def test_its_shapes_are_shown_with_it(grey: Driver, gate: Gate):
    grey.create_label("person")
    grey.draw_box((20, 20), (80, 60))
    first = grey.drawn_ids()
    go(grey, 3)
    grey.wait_for_frame()
    grey.draw_box((200, 200), (300, 280))
    third = grey.drawn_ids()
    grey.work.presenter.pictures._loader.forget(grey.work.session.frame.id)
    go(grey, 0)
    grey.wait_for_frame()
    gate.close()
    go(grey, 3)
    assert grey.drawn_ids() == first
    wait_for_stand_in(grey)
    assert grey.drawn_ids() == third
    gate.open()
    grey.wait_for_frame()
    assert grey.drawn_ids() == third


def test_the_pointer_changes_nothing_until_the_picture_is_there(grey: Driver, gate: Gate):
    grey.create_label("person")
    gate.close()
    go(grey, 3)
    wait_for_stand_in(grey)
    grey.draw_box((20, 20), (80, 60))
    assert grey.stored() == []
    gate.open()
    grey.wait_for_frame()
    grey.draw_box((20, 20), (80, 60))
    (box,) = grey.boxes()
    assert np.allclose(box, (20, 20, 80, 60), atol=1.0)


@pytest.mark.parametrize("view", ["keep", "whole", "each"])
def test_zoom_and_place_chosen_meanwhile_stay(grey: Driver, gate: Gate, view: str):
    grey.settings.set(FRAME_VIEW, view)
    gate.close()
    go(grey, 3)
    wait_for_stand_in(grey)
    canvas = grey.work.canvas
    canvas.actual()
    canvas.zoom_in()
    canvas.navigator.pan_by(20, -15)
    state = canvas.view_state()
    gate.open()
    grey.wait_for_frame()
    assert canvas.view_state() == state


def test_who_steps_faster_than_pictures_are_read_sees_each_frame(grey: Driver, gate: Gate):
    gate.close()
    for number in (2, 3, 4, 5):
        go(grey, number)
        grey.wait(lambda number=number: abs(middle(grey) - GREYS[number]) <= 1)
        assert grey.work.presenter.is_waiting
    gate.open()
    grey.wait_for_frame()
    assert abs(middle(grey) - GREYS[5]) <= 1
    assert not isinstance(grey.work.canvas.stage.resting.picture, StandIn)


def test_a_key_that_is_held_down_shows_frames_as_they_go_by(grey: Driver, gate: Gate):
    """A step every 40 ms: less than the time for which the old picture stays when somebody takes one step."""
    resting, seen_on_the_way = grey.work.canvas.stage.resting, set()
    gate.close()
    for turn in range(20):
        go(grey, 1 + turn % 5)
        grey.qtbot.wait(40)
        if isinstance(resting.picture, StandIn) and grey.work.presenter._is_on_canvas:
            seen_on_the_way.add(turn)
    gate.open()
    grey.wait_for_frame()
    assert len(seen_on_the_way) >= 3


def test_the_size_of_a_frame_that_was_left_is_not_taken_for_the_next(
    grey: Driver, gate: Gate, monkeypatch: pytest.MonkeyPatch
):
    """Its header is read late, from a slow drive."""
    headers = Gate()
    asked: list[str] = []

    def read_info_late(path: Path, index: int) -> PictureInfo:
        asked.append(path.name)
        assert headers.wait()
        return read_info(path, index)

    monkeypatch.setattr(frame_presenter, "read_info", read_info_late)
    presenter, resting = grey.work.presenter, grey.work.canvas.stage.resting
    headers.close()
    gate.close()
    go(grey, 3)
    grey.wait(lambda: asked == ["3.jpg"])
    go(grey, 4)
    taken: list[int] = []
    take = presenter._take_size
    monkeypatch.setattr(
        presenter, "_take_size", lambda *given: (taken.append(given[0]), take(*given))
    )
    headers.open()
    grey.wait(lambda: isinstance(resting.picture, StandIn))
    assert abs(middle(grey) - GREYS[4]) <= 1

    headers.close()
    go(grey, 5)
    grey.wait(lambda: asked[-1] == "5.jpg")
    gate.open()
    grey.wait_for_frame()
    headers.open()
    grey.wait(lambda: grey.work.session.frame.id in taken)
    assert not isinstance(resting.picture, StandIn)
    assert abs(middle(grey) - GREYS[5]) <= 1


def test_whatever_comes_late_is_never_shown_for_another_frame(grey: Driver, gate: Gate):
    """Walk about while pictures come at odd moments; look at everything that is painted."""
    chance = np.random.default_rng(7)
    wrong: list[tuple[int, int]] = []
    resting, presenter, session = (
        grey.work.canvas.stage.resting,
        grey.work.presenter,
        grey.work.session,
    )

    def look() -> None:
        picture = resting.picture
        if not presenter._is_on_canvas or picture is None:
            return
        value = middle(grey)
        if abs(value - GREYS[session.number]) > 1:
            wrong.append((session.number, value))

    for turn in range(60):
        (gate.close, gate.open)[int(chance.integers(2))]()
        number = int(chance.integers(len(GREYS)))
        go(grey, number)
        if turn % 7 == 0:
            for frame in grey.project.frames(session.task.id):
                presenter.pictures._loader.forget(frame.id)
        grey.qtbot.wait(int(chance.choice([0, 5, 30, 110, 230])))
        look()
    gate.open()
    grey.wait_for_frame()
    look()
    assert wrong == []
    assert not isinstance(resting.picture, StandIn)


def test_a_picture_that_takes_long_is_announced_over_its_thumbnail(grey: Driver, gate: Gate):
    gate.close()
    go(grey, 3)
    resting = grey.work.canvas.stage.resting
    grey.wait(lambda: "3.jpg is being read" in (resting.problem or ""))
    assert isinstance(resting.picture, StandIn)
    assert abs(middle(grey) - GREYS[3]) <= 1
    gate.open()
    grey.wait_for_frame()
    assert resting.problem is None


def test_without_a_thumbnail_it_is_announced_alone(grey: Driver, gate: Gate):
    grey.window.findChild(FilmStrip).thumbnails.forget()
    gate.close()
    go(grey, 3)
    resting = grey.work.canvas.stage.resting
    grey.wait(lambda: "3.jpg is being read" in (resting.problem or ""))
    assert resting.picture is None
    assert grey.drawn_ids() == set()
    gate.open()
    grey.wait_for_frame()
    assert abs(middle(grey) - GREYS[3]) <= 1


def test_a_file_that_was_replaced_by_one_of_another_form_has_no_stand_in(
    grey: Driver, gate: Gate, tmp_path: Path
):
    pixels = np.full((640, 300, 3), 200, np.uint8)
    (tmp_path / "grey" / "3.jpg").write_bytes(simplejpeg.encode_jpeg(pixels, 95))
    gate.close()
    go(grey, 3)
    resting = grey.work.canvas.stage.resting
    grey.wait(lambda: "3.jpg is being read" in (resting.problem or ""))
    assert resting.picture is None
    gate.open()
    grey.wait_for_frame()
    assert resting.size.toTuple() == (300.0, 640.0)


def test_a_picture_that_breaks_after_its_header_leaves_no_stand_in(
    grey: Driver, gate: Gate, tmp_path: Path
):
    path = tmp_path / "grey" / "3.jpg"
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"\xff\xda")] + b"\xff\xd9")
    gate.close()
    go(grey, 3)
    wait_for_stand_in(grey)
    gate.open()
    grey.wait_for_frame()
    resting = grey.work.canvas.stage.resting
    assert resting.picture is None
    assert "3.jpg" in (resting.problem or "")


def test_leaving_the_project_while_a_thumbnail_stands_in(grey: Driver, gate: Gate):
    gate.close()
    go(grey, 3)
    wait_for_stand_in(grey)
    grey.work.switch.close()
    gate.open()
    grey.wait(lambda: not grey.work.session.is_open)
    assert grey.work.canvas.stage.resting.picture is None


KINDS = {
    "colour": {},
    "turned": {"orientation": 6},
    "mirrored": {"orientation": 2},
    "grey": {"channels": 1},
    "cmyk": {"channels": 4},
}


@pytest.mark.parametrize("kind", KINDS)
def test_after_a_step_nobody_expected_the_whole_picture_is_shown_to_the_pixel(
    driver: Driver, gate: Gate, tmp_path: Path, make_picture: MakePicture, kind: str
):
    folder = tmp_path / "pictures"
    for number in range(3):
        make_picture(folder / f"{number}.jpg", 420, 330, seed=number, **KINDS[kind])
    opened(driver, folder)
    gate.close()
    go(driver, 2)
    standing = wait_for_stand_in(driver)
    expected = read_picture(folder / "2.jpg")
    assert (standing.width, standing.height) == (expected.width, expected.height)
    gate.open()
    driver.wait_for_frame()
    canvas = driver.work.canvas
    canvas.actual()
    canvas.set_crosshair_visible(False)
    shot = seen(driver)
    origin = canvas.navigator.placement.transform.map(QPoint(0, 0))
    x, y = origin.x(), origin.y()
    # All but the line around it.
    part = shot[y + 1 : y + expected.height - 1, x + 1 : x + expected.width - 1, :3]
    assert np.array_equal(part, expected.pixels[1:-1, 1:-1, :3])


# Files that change while another program is used ---------------------------------------------------------


def come_back() -> None:
    """Another program was used, and this one is again."""
    QApplication.instance().applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)


def test_a_picture_that_another_program_has_changed_is_shown_as_it_is_now(
    grey: Driver, tmp_path: Path
):
    go(grey, 1)
    grey.wait_for_frame()
    go(grey, 0)
    grey.wait_for_frame()
    grey.create_label("person")
    grey.draw_box((10, 10), (60, 60))
    frame = grey.work.session.frame
    (annotation,) = grey.project.annotations(frame.id)
    grey.work.canvas.select((annotation.id,))
    for name, value in (("0.jpg", 250), ("1.jpg", 10)):
        write_grey(tmp_path / "grey" / name, value)

    come_back()
    grey.wait(lambda: middle(grey) == 250)
    assert grey.work.canvas.selection == (annotation.id,)
    assert grey.project.annotations(frame.id) == [annotation]
    go(grey, 1)
    grey.wait_for_frame()
    assert middle(grey) == 10


def test_a_picture_whose_file_is_away_or_as_it_was_is_not_read_again(
    grey: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    go(grey, 2)
    grey.wait_for_frame()
    asked: list[int] = []
    document = grey.work.document
    ask = document.ask
    monkeypatch.setattr(
        document, "ask", lambda question, then: ask(question, lambda found: (asked.append(len(found)), then(found)))
    )  # fmt: skip
    (tmp_path / "grey" / "2.jpg").unlink()

    come_back()
    grey.wait(lambda: bool(asked))
    assert asked == [0]
    assert middle(grey) == GREYS[2]
