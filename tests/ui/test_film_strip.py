"""The film strip in the real window."""

import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from annotator.core.annotations import Annotation
from annotator.core.shapes import Rectangle
from annotator.project.frames.frame_cards import read_ids
from annotator.project.organisation import Frame, Job, Task
from annotator.project.project import Project
from annotator.project.tasks.editing import remove_frame
from annotator.project.tasks.frame_marking import BATCH
from annotator.settings import THEME
from annotator.ui.film_strip import selecting
from annotator.ui.film_strip.menu import show_menu
from annotator.ui.film_strip.painter import described, short_name
from annotator.ui.film_strip.strip import FilmStrip
from tests.conftest import MakePicture
from tests.ui.driver import Driver

COUNT = 40
WIDTH, HEIGHT = 300, 200


@pytest.fixture
def folder(tmp_path: Path, make_picture: MakePicture) -> Path:
    """Forty pictures of four kinds, f00.jpg and so on."""
    folder = tmp_path / "strip"
    folder.mkdir()
    for kind in range(4):
        make_picture(tmp_path / f"kind{kind}.jpg", WIDTH, HEIGHT, seed=kind)
    for number in range(COUNT):
        shutil.copy(tmp_path / f"kind{number % 4}.jpg", folder / f"f{number:02}.jpg")
    return folder


@pytest.fixture
def strip(driver: Driver, folder: Path) -> FilmStrip:
    driver.open(folder)
    strip = strip_of(driver)
    wait_for_thumbnails(driver, strip)
    return strip


@pytest.fixture
def driver(driver: Driver) -> Driver:
    """The window with its panels as they are at first: Qt keeps one file of layouts for all tests of a process."""
    driver.work.session.opened.connect(lambda: QTimer.singleShot(0, driver.work.docks.reset))
    return driver


def strip_of(driver: Driver) -> FilmStrip:
    return driver.window.findChild(FilmStrip)


def wait_for_thumbnails(driver: Driver, strip: FilmStrip) -> None:
    """Wait until everything in sight is as it should be."""

    def is_there() -> bool:
        if not strip.thumbnails.is_idle:
            return False
        cards = [strip.frames.card(number) for number in strip.seen]
        return all(card is not None and strip.thumbnails.get(card.id) for card in cards)

    driver.wait(is_there)


def wait_for_following(driver: Driver, strip: FilmStrip) -> None:
    """Wait until it shows where the frame is."""
    driver.wait(lambda: not strip._following.isActive())


class Paints(QObject):
    """Notes when widgets of a window are painted first: what is painted at one time reaches the screen together."""

    def __init__(self, window: QWidget, *widgets: QWidget) -> None:
        super().__init__()
        self._all = (window, *widgets)
        self._time = 0
        self.times: dict[QObject, int] = {}
        for widget in self._all:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest:
            self._time += 1
        elif event.type() == QEvent.Type.Paint:
            self.times.setdefault(watched, self._time)
        return False

    def stop(self) -> None:
        for widget in self._all:
            widget.removeEventFilter(self)


def frames_of(driver: Driver) -> list[Frame]:
    return list(driver.project.frames(driver.work.session.task.id))


def trouble_of(strip: FilmStrip, number: int) -> str:
    card = strip.frames.card(number)
    assert card is not None
    shown = strip.thumbnails.get(card.id)
    assert shown is not None
    return shown.content.trouble


def click(
    driver: Driver,
    strip: FilmStrip,
    number: int,
    held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    driver.qtbot.mouseClick(
        strip.viewport(), Qt.MouseButton.LeftButton, held, strip.cell_rect(number).center()
    )


def turn_wheel(strip: FilmStrip, notches: float) -> None:
    viewport = strip.viewport()
    place = QPointF(viewport.rect().center())
    event = QWheelEvent(
        place,
        QPointF(viewport.mapToGlobal(place)),
        QPoint(),
        QPoint(0, round(-120 * notches)),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def pixel(strip: FilmStrip, place: QPoint) -> QColor:
    return strip.viewport().grab().toImage().pixelColor(place)


def selected_names(driver: Driver, strip: FilmStrip) -> list[str]:
    by_id = {frame.id: frame.name for frame in frames_of(driver)}
    return [by_id[frame_id] for frame_id in strip.selecting.reader()(driver.project)]


# What is shown -----------------------------------------------------------------------------------------


def test_it_stands_below_the_picture_and_is_96_high(driver: Driver, strip: FilmStrip) -> None:
    assert strip.isVisible()
    assert strip.height() == 96
    top = strip.mapToGlobal(QPoint(0, 0)).y()
    canvas = driver.work.canvas
    assert top >= canvas.mapToGlobal(QPoint(0, canvas.height())).y()


def test_pictures_are_shown_in_the_order_of_the_frames(driver: Driver, strip: FilmStrip) -> None:
    image = strip.viewport().grab().toImage()
    assert list(strip.seen)[:4] == [0, 1, 2, 3]
    stored = [QImage(str(driver.work.switch.path / f"f{number:02}.jpg")) for number in range(4)]
    expected = [one.pixelColor(WIDTH // 2, HEIGHT // 2) for one in stored]
    for number in range(4):
        found = image.pixelColor(strip.cell_rect(number).center())
        far = [distance(found, one) for one in expected]
        assert far[number] == min(far) < 30


def distance(one: QColor, other: QColor) -> int:
    return max(abs(a - b) for a, b in zip(one.getRgb(), other.getRgb(), strict=True))


def test_only_what_is_in_sight_and_a_little_more_is_read(driver: Driver, strip: FilmStrip) -> None:
    read = [
        card
        for n in range(COUNT)
        if (card := strip.frames.card(n)) and strip.thumbnails.get(card.id)
    ]

    assert len(strip.seen) <= len(read) <= 2 * len(strip.seen) + 2 < COUNT


def test_the_shown_frame_is_framed_in_the_accent(driver: Driver, strip: FilmStrip) -> None:
    accent = QColor(driver.theme.colours.accent)

    def edge(number: int) -> QColor:
        rect = strip.cell_rect(number)
        return pixel(strip, QPoint(rect.center().x(), rect.top() - 2))

    assert edge(0) == accent
    driver.work.navigation.go_to_number(1)
    driver.wait_for_frame()
    assert edge(1) == accent
    assert edge(0) != accent


def test_marks_follow_changes_of_the_project(driver: Driver, strip: FilmStrip) -> None:
    frames = frames_of(driver)
    label = driver.create_label("car")
    with driver.project.edit("Mark") as edit:
        edit.put_frame(replace(frames[2], done=True, subset="train"))
        box = Rectangle((1.0, 1.0, 9.0, 9.0))
        edit.put(*(Annotation(frames[2].id, label, box) for _ in range(3)))
    driver.wait(lambda: strip.frames.card(2).count == 3)
    card = strip.frames.card(2)
    assert card is not None
    assert (card.done, card.subset) == (True, "train")
    rect = strip.cell_rect(2)
    # The ground of the tick, left of it.
    place = QPoint(rect.right() - 3 - 13, rect.top() + 3 + 7)  # these pictures fill their room
    assert pixel(strip, place) == QColor(driver.theme.colours.good)
    text = described(2, COUNT, card, None)
    assert "3 objects" in text
    assert "Done" in text
    assert "train" in text

    driver.project.undo()

    driver.wait(lambda: not strip.frames.card(2).done)
    assert strip.frames.card(2).count == 0


def test_both_themes(driver: Driver, strip: FilmStrip) -> None:
    for name in ("light", "dark"):
        driver.settings.set(THEME, name)
        ground = pixel(strip, QPoint(1, 50))
        assert ground == QColor(driver.theme.colours.bg1)


# Mouse and keys ----------------------------------------------------------------------------------------


def test_a_click_goes_there_and_nothing_moves(driver: Driver, strip: FilmStrip) -> None:
    driver.work.canvas.setFocus()
    before = strip.horizontalScrollBar().value()

    click(driver, strip, 5)
    driver.wait_for_frame()

    assert driver.frame_name == "f05.jpg"
    assert strip.horizontalScrollBar().value() == before
    # The keys stay with the picture.
    assert driver.work.canvas.hasFocus()


def test_a_drawing_that_goes_on_keeps_its_frame(driver: Driver, strip: FilmStrip) -> None:
    driver.create_label("car")
    driver.work.canvas.setFocus()
    driver.key(Qt.Key.Key_P, to=driver.work.canvas)
    driver.click((20, 20))
    driver.click((60, 20))

    click(driver, strip, 3)

    assert driver.frame_name == "f00.jpg"
    assert "Finish the drawing" in driver.message


def test_stepping_keeps_the_shown_frame_in_sight(driver: Driver, strip: FilmStrip) -> None:
    for number in range(1, 20):
        driver.key(Qt.Key.Key_F, to=driver.work.canvas)
        driver.wait_for_frame()
        wait_for_following(driver, strip)
        rect = strip.cell_rect(number)
        assert strip.viewport().rect().contains(rect)
    wait_for_thumbnails(driver, strip)
    driver.work.navigation.first()
    driver.wait_for_frame()
    wait_for_following(driver, strip)
    assert strip.horizontalScrollBar().value() == 0


def test_the_picture_is_painted_before_the_strip_moves(driver: Driver, strip: FilmStrip) -> None:
    """What was read ahead is seen at once; painting the strip takes as long again."""
    work = driver.work
    frames = frames_of(driver)
    canvas, cells = work.canvas.viewport(), strip.viewport()
    for frame in frames[1:12]:
        driver.wait(lambda frame=frame: work.presenter.pictures.peek(frame.id) is not None)
        driver.qtbot.wait(20)
        paints = Paints(driver.window, canvas, cells)
        driver.key(Qt.Key.Key_F, to=work.canvas)
        assert not work.presenter.is_waiting
        assert set(paints.times) == {canvas}
        driver.wait(lambda paints=paints: {canvas, cells} <= set(paints.times))
        paints.stop()
        assert paints.times[canvas] < paints.times[cells]


def test_nothing_moves_under_the_pointer_while_the_frame_can_be_seen(
    driver: Driver, strip: FilmStrip
) -> None:
    last = strip.seen.stop - 2
    driver.work.navigation.go_to_number(last - 1)
    wait_for_following(driver, strip)
    before = strip.horizontalScrollBar().value()
    strip.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)

    driver.work.navigation.go_to_number(last)
    wait_for_following(driver, strip)

    assert strip.horizontalScrollBar().value() == before
    strip.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    driver.work.navigation.go_to_number(last + 5)
    wait_for_following(driver, strip)
    assert strip.horizontalScrollBar().value() > before


def test_the_wheel_scrolls_and_goes_nowhere(driver: Driver, strip: FilmStrip) -> None:
    turn_wheel(strip, 2)
    assert strip.horizontalScrollBar().value() == 4 * (
        strip.cell_rect(1).x() - strip.cell_rect(0).x()
    )
    turn_wheel(strip, -1)
    turn_wheel(strip, -9)
    assert strip.horizontalScrollBar().value() == 0
    assert driver.frame_name == "f00.jpg"


def test_fine_turns_of_the_wheel_add_up(driver: Driver, strip: FilmStrip) -> None:
    for _ in range(120):
        turn_wheel(strip, 1 / 120)

    assert abs(strip.horizontalScrollBar().value() - 2 * 104) <= 1


def test_keys_go_through_the_frames(driver: Driver, strip: FilmStrip) -> None:
    strip.setFocus()
    for key, name in (
        (Qt.Key.Key_Right, "f01.jpg"),
        (Qt.Key.Key_Right, "f02.jpg"),
        (Qt.Key.Key_Left, "f01.jpg"),
        (Qt.Key.Key_End, "f39.jpg"),
        (Qt.Key.Key_Right, "f39.jpg"),
        (Qt.Key.Key_Home, "f00.jpg"),
        (Qt.Key.Key_Left, "f00.jpg"),
    ):
        driver.key(key, to=strip)
        driver.wait_for_frame()
        assert driver.frame_name == name
    driver.key(Qt.Key.Key_PageDown, to=strip)
    driver.wait_for_frame()
    assert driver.work.session.number > 4
    driver.key(Qt.Key.Key_PageUp, to=strip)
    driver.wait_for_frame()
    assert driver.frame_name == "f00.jpg"


def test_ctrl_and_shift_select_frames(driver: Driver, strip: FilmStrip) -> None:
    changes: list[int] = []
    strip.selecting.changed.connect(lambda: changes.append(strip.selecting.count))
    shift, ctrl = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier

    click(driver, strip, 3, ctrl)
    assert selected_names(driver, strip) == ["f00.jpg", "f03.jpg"]
    click(driver, strip, 5, shift)
    assert selected_names(driver, strip) == ["f03.jpg", "f04.jpg", "f05.jpg"]
    click(driver, strip, 4, ctrl)
    assert selected_names(driver, strip) == ["f03.jpg", "f05.jpg"]
    click(driver, strip, 6, ctrl | shift)
    assert selected_names(driver, strip) == ["f03.jpg", "f04.jpg", "f05.jpg", "f06.jpg"]
    # Selecting does not go anywhere.
    assert driver.frame_name == "f00.jpg"
    driver.key(Qt.Key.Key_Escape, to=strip)
    assert strip.selecting.count == 0
    assert changes[-1] == 0
    click(driver, strip, 2, shift)
    click(driver, strip, 1)
    assert strip.selecting.count == 0
    assert driver.work.session.number == 1


def test_a_stretch_begins_at_its_frame_when_one_before_it_is_removed(
    driver: Driver, strip: FilmStrip
) -> None:
    shift, ctrl = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    click(driver, strip, 3, ctrl)
    driver.window.action_set["frame.remove"].trigger()
    driver.wait_for_frame()
    driver.wait(lambda: len(strip.frames) == COUNT - 1)
    click(driver, strip, 5, shift)
    assert selected_names(driver, strip) == [f"f{number:02}.jpg" for number in (3, 4, 5, 6)]
    # The frame at which it began is removed itself: it begins at the shown one.
    removed = driver.project.frame_named(driver.work.session.task.id, "f03.jpg")
    assert removed is not None
    remove_frame(driver.project, removed)
    driver.wait(lambda: len(strip.frames) == COUNT - 2)
    click(driver, strip, 2, shift)
    assert selected_names(driver, strip) == ["f01.jpg", "f02.jpg", "f04.jpg"]


def test_keys_select_frames(driver: Driver, strip: FilmStrip) -> None:
    strip.setFocus()
    driver.key(Qt.Key.Key_Right, to=strip)
    for _ in range(2):
        driver.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, to=strip)
        driver.wait_for_frame()
    assert selected_names(driver, strip) == ["f01.jpg", "f02.jpg", "f03.jpg"]
    driver.key(Qt.Key.Key_Space, to=strip)
    assert selected_names(driver, strip) == ["f01.jpg", "f02.jpg"]
    driver.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier, to=strip)
    assert strip.selecting.count == COUNT


def test_a_right_click_means_the_frame_below(driver: Driver, strip: FilmStrip) -> None:
    from PySide6.QtGui import QContextMenuEvent

    places: list[QPoint] = []
    strip.menu_requested.connect(places.append)

    def right_click(number: int) -> None:
        place = strip.cell_rect(number).center()
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, place, strip.viewport().mapToGlobal(place)
        )
        QApplication.sendEvent(strip.viewport(), event)

    right_click(2)
    assert selected_names(driver, strip) == ["f02.jpg"]
    click(driver, strip, 4, Qt.KeyboardModifier.ControlModifier)
    right_click(4)
    assert selected_names(driver, strip) == ["f02.jpg", "f04.jpg"]
    assert len(places) == 2


def test_what_is_selected_can_be_marked_by_the_menu(driver: Driver, strip: FilmStrip) -> None:
    from PySide6.QtGui import QContextMenuEvent

    click(driver, strip, 2, Qt.KeyboardModifier.ControlModifier)
    place = QPoint(5, 5)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard, place, strip.viewport().mapToGlobal(place)
    )
    QApplication.sendEvent(strip, event)
    menu = strip.findChild(QMenu)
    driver.wait(menu.isVisible)
    acts = {act.text(): act for act in menu.actions()}
    acts["Mark as done"].trigger()
    menu.close()

    driver.wait(lambda: strip.frames.card(2).done)
    assert [strip.frames.card(number).done for number in range(4)] == [True, False, True, False]
    acts["Select nothing"].trigger()
    assert strip.selecting.count == 0


def test_many_selected_frames_are_looked_up_beside_the_window(
    driver: Driver, strip: FilmStrip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The menu opens at once, and what is chosen in it is done when the ids are there."""
    more = [Frame(driver.work.session.task.id, COUNT + n, f"g{n}.jpg") for n in range(BATCH)]
    with driver.project.edit("Add") as edit:
        edit.put_frame(*more)
    driver.wait(lambda: len(strip.frames) == COUNT + BATCH and strip.frames.is_known)
    strip.selecting.select_all()
    assert strip.selecting.count > BATCH
    threads: list[int] = []

    def noted(*args: Any, **named: Any) -> list[int]:
        threads.append(threading.get_ident())
        return read_ids(*args, **named)

    monkeypatch.setattr(selecting, "read_ids", noted)
    show_menu(driver.work.shell, strip, strip.viewport().mapToGlobal(QPoint(5, 5)))
    menu = strip.findChild(QMenu)
    driver.wait(menu.isVisible)
    assert threads == []
    next(act for act in menu.actions() if act.text() == "Mark as done").trigger()
    menu.close()
    totals = driver.project.task_totals
    driver.wait(lambda: totals(driver.work.session.task.id).done == COUNT + BATCH)
    assert threads
    assert threading.get_ident() not in threads


# How large it is ---------------------------------------------------------------------------------------


def test_dragging_its_upper_edge_makes_larger_thumbnails(driver: Driver, strip: FilmStrip) -> None:
    window = driver.window
    driver.work.navigation.go_to_number(4)
    driver.wait_for_frame()
    edge = window.mapFromGlobal(strip.mapToGlobal(QPoint(strip.width() // 2, 0)))
    grip = window.childAt(edge + QPoint(0, -2)) or window
    start = grip.mapFrom(window, edge + QPoint(0, -2))
    driver.qtbot.mouseMove(grip, start)
    driver.qtbot.mousePress(grip, Qt.MouseButton.LeftButton, pos=start)
    driver.qtbot.mouseMove(grip, start + QPoint(0, -60))
    driver.wait(lambda: strip.height() >= 150)
    driver.qtbot.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=start)

    assert strip.viewport().rect().intersects(strip.cell_rect(4))
    driver.wait(
        lambda: made_for(strip, 4) == (strip.cell_rect(4).width(), strip.cell_rect(4).height())
    )


def made_for(strip: FilmStrip, number: int) -> tuple[int, int] | None:
    card = strip.frames.card(number)
    shown = None if card is None else strip.thumbnails.get(card.id)
    return None if shown is None else shown.box


def test_keys_make_thumbnails_larger_within_limits(driver: Driver, strip: FilmStrip) -> None:
    driver.window.resize(1200, 1000)  # room enough below the tools
    strip.setFocus()
    driver.key(Qt.Key.Key_Plus, to=strip)
    driver.wait(lambda: strip.cell_rect(0).height() == 80)
    for _ in range(12):
        driver.key(Qt.Key.Key_Plus, to=strip)
        driver.qtbot.wait(1)
    driver.wait(lambda: strip.cell_rect(0).height() == 200)
    for _ in range(12):
        driver.key(Qt.Key.Key_Minus, to=strip)
        driver.qtbot.wait(1)
    driver.wait(lambda: strip.cell_rect(0).height() == 64)


# Frames come and go ------------------------------------------------------------------------------------


def test_removed_frames_leave_no_gap_and_come_back(driver: Driver, strip: FilmStrip) -> None:
    frames = frames_of(driver)
    click(driver, strip, 1, Qt.KeyboardModifier.ControlModifier)
    with driver.project.edit("Remove frames") as edit:
        edit.put_frame(replace(frames[1], removed=True), replace(frames[3], removed=True))

    names = [strip.frames.card(number).name for number in range(4)]

    assert names == ["f00.jpg", "f02.jpg", "f04.jpg", "f05.jpg"]
    assert len(strip.frames) == COUNT - 2
    assert selected_names(driver, strip) == ["f00.jpg"]
    click(driver, strip, 2)
    driver.wait_for_frame()
    assert driver.frame_name == "f04.jpg"
    driver.project.undo()
    driver.wait(lambda: len(strip.frames) == COUNT)
    assert strip.frames.card(1).name == "f01.jpg"


def test_a_project_with_removed_frames_is_opened_with_the_right_numbers(
    driver: Driver, strip: FilmStrip, folder: Path
) -> None:
    frames = frames_of(driver)
    with driver.project.edit("Remove frames") as edit:
        edit.put_frame(*(replace(frame, removed=True) for frame in frames[:5]))
    driver.work.switch.close()
    driver.wait(lambda: not driver.work.session.is_open)
    driver.open(folder)
    driver.wait(lambda: strip.frames.is_known)

    assert strip.frames.card(0).name == "f05.jpg"
    driver.work.navigation.last()
    driver.wait_for_frame()
    assert strip.frames.number_at(39) == COUNT - 6
    assert strip.viewport().rect().contains(strip.cell_rect(COUNT - 6))


def test_many_frames_may_change_at_once(driver: Driver, strip: FilmStrip) -> None:
    with driver.project.edit("Done") as edit:
        edit.put_frame(*(replace(frame, done=True) for frame in frames_of(driver)))

    driver.wait(lambda: all(strip.frames.card(number).done for number in range(COUNT)))


def test_frames_that_are_added_behind_are_there_at_once(driver: Driver, strip: FilmStrip) -> None:
    task, media = driver.work.session.task.id, frames_of(driver)[0].media
    for batch in range(2):
        first = COUNT + 600 * batch
        with driver.project.edit("Add frames") as edit:
            edit.put_frame(
                *(Frame(task, first + n, f"g{first + n}.jpg", media) for n in range(600))
            )
    driver.wait(lambda: len(strip.frames) == COUNT + 1200)

    assert strip.frames.card(COUNT + 1199).name == f"g{COUNT + 1199}.jpg"
    assert strip.frames.card(0).name == "f00.jpg"


def test_removing_many_frames_shows_the_right_ones_soon(driver: Driver, strip: FilmStrip) -> None:
    task, media = driver.work.session.task.id, frames_of(driver)[0].media
    more = [Frame(task, COUNT + n, f"g{n}.jpg", media) for n in range(1200)]
    with driver.project.edit("Add frames") as edit:
        edit.put_frame(*more)
    with driver.project.edit("Remove every second") as edit:
        edit.put_frame(*(replace(frame, removed=True) for frame in more[::2]))
    driver.wait(lambda: len(strip.frames) == COUNT + 600)

    assert [strip.frames.card(COUNT + n).name for n in range(3)] == ["g1.jpg", "g3.jpg", "g5.jpg"]
    driver.work.navigation.last()
    driver.wait_for_frame()
    assert strip.frames.number_at(COUNT + 1199) == COUNT + 599


@pytest.mark.parametrize("count", [0, 1])
def test_a_task_of_no_or_one_frame(
    driver: Driver, folder: Path, tmp_path: Path, count: int
) -> None:
    with Project.create(tmp_path / "few") as project, project.edit("Make") as edit:
        task = Task("few")
        edit.put_task(task)
        edit.put_job(Job(task.id))
        if count:
            edit.put_frame(Frame(task.id, 0, "nothing.jpg"))
    driver.open(tmp_path / "few")
    strip = strip_of(driver)

    assert len(strip.frames) == count
    strip.grab()
    strip.setFocus()
    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_End,
        Qt.Key.Key_Space,
        Qt.Key.Key_A,
        Qt.Key.Key_PageDown,
    ):
        driver.key(key, to=strip)
        driver.key(key, Qt.KeyboardModifier.ShiftModifier, to=strip)
    strip.selecting.select_all()
    assert strip.selecting.count == count
    turn_wheel(strip, 1)
    assert strip.horizontalScrollBar().maximum() == 0


def test_the_next_project_shows_nothing_of_the_last(
    driver: Driver, strip: FilmStrip, pictures: Path
) -> None:
    strip.selecting.select_all()
    driver.open(pictures)
    wait_for_thumbnails(driver, strip)

    assert [strip.frames.card(number).name for number in range(4)] == [
        f"a{number}.png" for number in range(1, 5)
    ]
    assert strip.frames.card(4) is None
    assert strip.selecting.count == 0


# Bad input ---------------------------------------------------------------------------------------------


def test_media_that_vanish_while_they_are_shown(
    driver: Driver, strip: FilmStrip, folder: Path
) -> None:
    (folder / "f02.jpg").unlink()
    (folder / "f03.jpg").write_bytes(b"no picture any more")

    QApplication.instance().applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)

    driver.wait(lambda: (trouble_of(strip, 2), trouble_of(strip, 3)) == ("missing", "broken"))
    card = strip.frames.card(2)
    shown = strip.thumbnails.get(card.id)
    assert shown.image is not None  # as it was, faded
    assert "f02.jpg" in described(2, COUNT, card, shown)


def test_going_to_a_frame_looks_whether_its_file_is_still_there(
    driver: Driver, strip: FilmStrip, folder: Path
) -> None:
    (folder / "f03.jpg").unlink()
    click(driver, strip, 3)

    driver.wait(lambda: trouble_of(strip, 3) == "missing")


def test_a_file_that_changes_is_shown_anew(
    driver: Driver, strip: FilmStrip, folder: Path, make_picture: MakePicture
) -> None:
    make_picture(folder / "f01.jpg", 100, 200, seed=8)

    QApplication.instance().applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)

    card = strip.frames.card(1)
    driver.wait(lambda: strip.thumbnails.get(card.id).image.width() == 32)


def test_strange_names_and_shapes(
    driver: Driver, tmp_path: Path, make_picture: MakePicture
) -> None:
    folder = tmp_path / "strange"
    make_picture(folder / "1 long.jpg", 20_000, 500)
    make_picture(folder / "2 dot.png", 1, 1)
    make_picture(folder / "3 <b>&amp; markup.png", 50, 60)
    make_picture(folder / "4 שלום עולם.png", 50, 60)
    driver.open(folder)
    strip = strip_of(driver)
    frames = frames_of(driver)
    with driver.project.edit("Long and twisted") as edit:
        edit.put_frame(
            replace(frames[3], name="n" * 1000, subset="s" * 1000),
            Frame(frames[0].task, 4, "turned \u202e round\nand broken"),
        )
    driver.wait(lambda: len(strip.frames) == 5)
    wait_for_thumbnails(driver, strip)
    strip.grab()

    panorama, dot = (strip.thumbnails.get(strip.frames.card(n).id).image for n in (0, 1))
    assert (panorama.width(), panorama.height()) == (96, 24)
    assert (dot.width(), dot.height()) == (64, 64)
    assert len(described(3, 5, strip.frames.card(3), None)) < 1300
    assert trouble_of(strip, 4) == "none"
    assert "\n" not in short_name(strip.frames.card(4).name)
    assert "\u202e" not in short_name(strip.frames.card(4).name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a/b/frame 1.JPG", "frame 1"),
        ("archive.tar.gz", "archive.tar.gz"),
        (".jpg", ".jpg"),
        ("folder/", "folder/"),
        ("", ""),
        ("x" * 200 + "end.png", "x" * 40 + "…" + "x" * 37 + "end"),
    ],
)
def test_names_are_shortened(name: str, shown: str) -> None:
    assert short_name(name) == shown


def test_tool_tips_show_names_as_they_are(
    driver: Driver, tmp_path: Path, make_picture: MakePicture
) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QHelpEvent
    from PySide6.QtWidgets import QToolTip

    folder = tmp_path / "markup"
    make_picture(folder / "a <b>bold</b>.png".replace("/", ""), 50, 60)
    driver.open(folder)
    strip = strip_of(driver)
    place = strip.cell_rect(0).center()
    event = QHelpEvent(QEvent.Type.ToolTip, place, strip.viewport().mapToGlobal(place))
    QApplication.sendEvent(strip.viewport(), event)

    assert "&lt;b&gt;" in QToolTip.text()
    QToolTip.hideText()


# What is said to others --------------------------------------------------------------------------------


def test_it_has_a_name_and_says_which_frame_is_shown(driver: Driver, strip: FilmStrip) -> None:
    assert strip.accessibleName() == "Film strip"
    driver.work.navigation.go_to_number(6)
    assert "f06.jpg" in strip.accessibleDescription()
    assert "Frame 7 of 40" in strip.accessibleDescription()


def test_its_command_hides_and_shows_it(driver: Driver, strip: FilmStrip) -> None:
    action = driver.work._actions["view.dock_film_strip"]
    assert action.isChecked()
    action.trigger()
    driver.wait(lambda: not strip.isVisible())
    driver.work.navigation.go_to_number(30)
    driver.wait_for_frame()
    action.trigger()
    driver.wait(strip.isVisible)
    driver.wait(lambda: strip.viewport().rect().contains(strip.cell_rect(30)))
    wait_for_thumbnails(driver, strip)


def test_thumbnails_come_from_the_cache_the_next_time(
    driver: Driver, strip: FilmStrip, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from annotator.project.media import frame_thumbnails

    driver.work.switch.close()
    driver.wait(lambda: not driver.work.session.is_open)
    made: list[Path] = []
    make = frame_thumbnails.make_thumbnail
    monkeypatch.setattr(
        frame_thumbnails,
        "make_thumbnail",
        lambda path, *args, **options: made.append(path) or make(path, *args, **options),
    )
    driver.open(folder)
    wait_for_thumbnails(driver, strip)

    assert not made
