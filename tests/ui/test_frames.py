"""Going from frame to frame: what is shown belongs together, whatever the files are like."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QLocale, QObject, Qt
from PySide6.QtTest import QTest

from annotator.core.annotations import Annotation
from annotator.core.shapes import Polygon, Rectangle
from annotator.project.folder import open_folder
from annotator.settings import FRAME_VIEW
from annotator.ui.history import snapshots_feature
from tests.conftest import MakePicture
from tests.ui.driver import Driver


def test_f_and_d_home_and_end(opened: Driver):
    seen = [opened.frame_name]
    for key in (
        Qt.Key.Key_F,
        Qt.Key.Key_F,
        Qt.Key.Key_D,
        Qt.Key.Key_End,
        Qt.Key.Key_F,
        Qt.Key.Key_Home,
    ):
        opened.key(key, to=opened.work.canvas)
        opened.wait_for_frame()
        seen.append(opened.frame_name)
    assert seen == ["a1.png", "a2.png", "a3.png", "a2.png", "a4.png", "a4.png", "a1.png"]


def test_the_number_of_a_frame_can_be_typed(opened: Driver):
    opened.key(Qt.Key.Key_QuoteLeft, to=opened.work.canvas)
    number = opened.work.top_bar.field.number
    assert opened.window.focusWidget() is number
    opened.type("3")
    opened.key(Qt.Key.Key_Return)
    opened.wait_for_frame()
    assert opened.frame_name == "a3.png"
    assert number.text() == "3"
    assert opened.window.focusWidget() is opened.work.canvas


def test_a_number_beyond_the_end_means_the_last_frame_and_esc_none(opened: Driver):
    opened.key(Qt.Key.Key_QuoteLeft, to=opened.work.canvas)
    opened.type("9999")
    opened.key(Qt.Key.Key_Return)
    opened.wait_for_frame()
    assert opened.frame_name == "a4.png"
    opened.key(Qt.Key.Key_QuoteLeft)
    opened.type("2")
    opened.key(Qt.Key.Key_Escape)
    assert opened.frame_name == "a4.png"
    assert opened.work.top_bar.field.number.text() == "4"


@pytest.fixture(params=["C", "en_US", "de_DE", "ar_EG"])
def locale(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of the whole program, from its start on."""
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield
    QLocale.setDefault(before)


def test_a_number_is_typed_with_digits_alone(locale: None, opened: Driver):
    number = opened.work.top_bar.field.number
    for typed, kept, shown in (
        ("1,000", "1000", "a4.png"),
        ("0.2", "02", "a2.png"),
        ("-3", "3", "a3.png"),
        ("0", "0", "a1.png"),
        ("99999999999999", "9999999999", "a4.png"),
    ):
        opened.key(Qt.Key.Key_QuoteLeft, to=opened.work.canvas)
        opened.key(Qt.Key.Key_Delete)
        opened.type(typed)
        assert number.text() == kept
        opened.key(Qt.Key.Key_Return)
        opened.wait_for_frame()
        assert opened.frame_name == shown
    # Digits of other scripts can be pasted only.
    opened.key(Qt.Key.Key_QuoteLeft, to=opened.work.canvas)
    number.insert("٢")
    assert number.text() == "4"
    opened.key(Qt.Key.Key_Return)
    assert opened.frame_name == "a4.png"


def test_letters_go_into_the_field_that_has_the_focus(opened: Driver):
    field = opened.work.labels_panel.field
    opened.work.docks.raise_dock("labels")
    field.setFocus()
    opened.type("fddf")
    assert field.text() == "fddf"
    assert opened.frame_name == "a1.png"
    opened.ctrl(Qt.Key.Key_Z)
    assert field.text() == ""


def test_each_frame_shows_its_own_annotations(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    first = opened.drawn_ids()
    opened.key(Qt.Key.Key_F)
    opened.wait_for_frame()
    assert opened.drawn_ids() == set()
    opened.drag((100, 100), (160, 160))
    second = opened.drawn_ids()
    opened.key(Qt.Key.Key_D)
    opened.wait_for_frame()
    assert opened.drawn_ids() == first
    assert first.isdisjoint(second)
    assert len(opened.boxes("a1.png")) == len(opened.boxes("a2.png")) == 1


def test_pressing_f_quickly_ends_at_the_right_frame(opened: Driver):
    opened.create_label("person")
    for _ in range(3):
        opened.key(Qt.Key.Key_F, to=opened.work.canvas)
    opened.wait_for_frame()
    assert opened.frame_name == "a4.png"
    opened.draw_box((10, 10), (60, 60))
    assert len(opened.boxes("a4.png")) == 1


def test_a_press_while_the_next_picture_is_read_draws_nothing(opened: Driver):
    """The old frame is still seen then; what is drawn on it must not land on the next."""
    opened.create_label("person")
    opened.key(Qt.Key.Key_B, to=opened.work.canvas)
    opened.work.presenter._awaited = 1  # as between a step and the arrival of its picture
    opened.drag((10, 10), (60, 60))
    opened.work.presenter._awaited = None
    assert opened.stored() == []


def test_zoom_and_place_stay_between_frames_of_one_size(opened: Driver):
    opened.ctrl(Qt.Key.Key_1)
    opened.work.canvas.zoom_in()
    before = opened.work.canvas.view_state()
    opened.key(Qt.Key.Key_F, to=opened.work.canvas)
    opened.wait_for_frame()
    assert opened.work.canvas.view_state() == before


def test_each_frame_is_fitted_where_the_setting_says_so(opened: Driver):
    opened.settings.set(FRAME_VIEW, "whole")
    opened.ctrl(Qt.Key.Key_1)
    opened.key(Qt.Key.Key_F, to=opened.work.canvas)
    opened.wait_for_frame()
    assert opened.work.canvas.view_state().fits


def test_zoom_and_place_are_remembered_for_each_frame_over_restarts(opened: Driver, pictures: Path):
    opened.settings.set(FRAME_VIEW, "each")
    canvas = opened.work.canvas
    opened.ctrl(Qt.Key.Key_1)
    canvas.zoom_in()
    canvas.navigator.pan_by(30, 20)
    first = canvas.view_state()
    opened.key(Qt.Key.Key_F, to=canvas)
    opened.wait_for_frame()
    assert canvas.view_state().fits  # it has not been looked at
    opened.key(Qt.Key.Key_D, to=canvas)
    opened.wait_for_frame()
    assert canvas.view_state() == first
    opened.work.switch.close()
    opened.wait(lambda: not opened.work.session.is_open)
    opened.open(pictures)
    assert abs(canvas.view_state().zoom - first.zoom) < 0.001
    assert abs(canvas.view_state().x - first.x) < 1


@pytest.mark.parametrize(
    "row",
    [
        "[ID, 1" + "0" * 400 + ", 0, 0]",
        "[ID, 1, 1" + "0" * 400 + ", 0]",
        "[ID, 1e400, 0, 0]",
        "[ID, NaN, 0, 0]",
        "[ID, 1, NaN, 0]",
        "[ID, 1, 0, -Infinity]",
        "[ID, 1, 0, 1e300]",
        "[ID, 1e-300, 0, 0]",
        "[ID, -1, 0, 0]",
        "[ID, true, 0, 0]",
        '[ID, "1", 0, 0]',
        "[ID, 1]",
        "7",
    ],
)
def test_views_that_cannot_be_are_as_if_nothing_was_kept(driver: Driver, pictures: Path, row: str):
    """A project may come from anybody."""
    found = open_folder(pictures)
    with found.project as project:
        frame = next(project.frames(found.task.id))
        project.store_meta("view/frames", f"[{row}]".replace("ID", str(frame.id)))
    driver.settings.set(FRAME_VIEW, "each")
    driver.open(pictures)
    assert driver.work.canvas.view_state().fits
    driver.create_label("person")
    driver.draw_box((10, 10), (60, 60))
    driver.key(Qt.Key.Key_F, to=driver.work.canvas)
    driver.wait_for_frame()
    driver.ctrl(Qt.Key.Key_W)
    driver.wait(lambda: driver.window.start_page.isVisible())
    driver.open(pictures)
    assert len(driver.boxes()) == 1


def test_broken_and_missing_pictures_are_frames_with_a_sentence(
    driver: Driver, tmp_path: Path, make_picture: MakePicture
):
    folder = tmp_path / "some"
    make_picture(folder / "1.png", 64, 48)
    (folder / "2.png").write_bytes(b"not a picture")
    make_picture(folder / "3.png", 64, 48)
    make_picture(folder / "4.png", 64, 48)
    driver.open(folder)
    (folder / "4.png").unlink()
    driver.key(Qt.Key.Key_F, to=driver.work.canvas)
    driver.wait_for_frame()
    assert driver.frame_name == "2.png"
    assert "2.png" in (driver.work.canvas.stage.resting.problem or "")
    driver.key(Qt.Key.Key_F)
    driver.wait_for_frame()
    assert driver.work.canvas.stage.resting.problem is None
    driver.key(Qt.Key.Key_F)
    driver.wait_for_frame()
    # It was read ahead, or it is missed: either way it is the last frame and the window goes on.
    assert driver.frame_name == "4.png"
    driver.key(Qt.Key.Key_Home)
    driver.wait_for_frame()
    assert driver.work.canvas.stage.resting.picture is not None


def test_a_picture_that_is_cut_off_is_shown_with_a_note(
    driver: Driver, tmp_path: Path, make_picture: MakePicture
):
    folder = tmp_path / "cut"
    make_picture(folder / "1.jpg", 400, 300)
    make_picture(folder / "2.jpg", 400, 300)
    whole = (folder / "1.jpg").read_bytes()
    (folder / "1.jpg").write_bytes(whole[: len(whole) * 2 // 3])
    driver.open(folder)
    assert driver.work.canvas.stage.resting.picture is not None
    assert "damaged" in (driver.work.canvas.stage.resting.problem or "")
    driver.key(Qt.Key.Key_F, to=driver.work.canvas)
    driver.wait_for_frame()
    assert driver.work.canvas.stage.resting.problem is None


def test_a_large_frame_is_read_beside_and_shown_whole(opened: Driver):
    opened.create_label("person")
    label = opened.project.labels.named("person")
    frame = opened.project.frame_named(opened.work.session.task.id, "a2.png")
    assert label is not None
    assert frame is not None
    many = [
        Annotation(frame.id, label.id, Rectangle((x, y, x + 3, y + 3)))
        for x in range(0, 400, 8)
        for y in range(0, 300, 8)
    ]
    with opened.project.edit("many", author="test") as edit:
        edit.put(*many)
    opened.key(Qt.Key.Key_F, to=opened.work.canvas)
    opened.wait_for_frame()
    assert opened.drawn_ids() == {one.id for one in many}
    assert opened.work.objects_panel.rows.rowCount() == len(many)
    opened.draw_box((10, 10), (390, 290))
    assert len(opened.drawn_ids()) == len(many) + 1
    assert len(opened.work.document.columns()) == len(many) + 1
    opened.key(Qt.Key.Key_S)
    opened.ctrl(Qt.Key.Key_A)
    opened.key(Qt.Key.Key_Delete)  # more than 1 000: in the background
    opened.wait(lambda: opened.stored("a2.png") == [])
    opened.wait(lambda: opened.drawn_ids() == set() and not opened.work.document.is_loading)
    opened.ctrl(Qt.Key.Key_Z)
    opened.wait(lambda: len(opened.stored("a2.png")) == len(many) + 1)
    opened.wait(lambda: len(opened.drawn_ids()) == len(many) + 1)
    opened.wait(lambda: opened.work.objects_panel.rows.rowCount() == len(many) + 1)


def test_changes_from_other_threads_are_shown(opened: Driver):
    import threading

    opened.create_label("person")
    label = opened.project.labels.named("person")
    frame = opened.work.session.frame
    assert label is not None
    assert frame is not None
    new = Annotation(frame.id, label.id, Polygon.from_ring([(1, 1), (50, 1), (50, 50)]))

    def edit() -> None:
        with opened.project.edit("from elsewhere", author="test") as edit:
            edit.put(new)

    thread = threading.Thread(target=edit)
    thread.start()
    thread.join()
    opened.wait(lambda: opened.drawn_ids() == {new.id})
    assert opened.work.objects_panel.rows.rowCount() == 1


def test_removed_frames_are_not_counted(opened: Driver):
    from dataclasses import replace

    frame = opened.project.frame_named(opened.work.session.task.id, "a2.png")
    assert frame is not None
    with opened.project.edit("Remove a frame") as edit:
        edit.put_frame(replace(frame, removed=True))
    session = opened.work.session
    assert session.frame_count == 3
    opened.key(Qt.Key.Key_F, to=opened.work.canvas)
    opened.wait_for_frame()
    assert (opened.frame_name, session.number) == ("a3.png", 1)
    assert session.frame_at(2).name == "a4.png"  # type: ignore[union-attr]
    with opened.project.edit("Remove the shown frame") as edit:
        edit.put_frame(replace(session.frame, removed=True))
    opened.wait_for_frame()
    assert opened.frame_name == "a4.png"


def test_what_is_read_ahead_is_made_for_the_window(
    driver: Driver, tmp_path: Path, make_picture: MakePicture
):
    """The next picture needs no scaling when it is shown, and an unexpected one neither."""
    folder = tmp_path / "large"
    for number in range(9):
        make_picture(folder / f"{number}.png", 2400, 1500)
    driver.open(folder)
    for index in (1, 2, 8):
        driver.work.navigation.go_to_number(index)
        driver.wait_for_frame()
        picture = driver.work.canvas.stage.resting.picture
        assert picture is not None
        assert picture.fitted_to(driver.work.canvas.zoom) is not None


class _LayoutRequests(QObject):
    """Counts how often a window lays out all its panels."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_a_step_does_not_lay_out_the_window_anew(
    driver: Driver, tmp_path: Path, make_picture: MakePicture, monkeypatch: pytest.MonkeyPatch
):
    # On a busy machine the daily backup would begin meanwhile, and be shown.
    monkeypatch.setattr(snapshots_feature, "BACKUP_AFTER_MS", 600_000)
    for name in ("a.png", f"b{'b' * 40}.png", "c.png", f"d{'d' * 90}.png"):
        make_picture(tmp_path / "pictures" / name, 60, 40)
    driver.open(tmp_path / "pictures")
    driver.wait(lambda: not driver.work.runner.works)
    for key in (
        Qt.Key.Key_F,
        Qt.Key.Key_F,
    ):  # the state of what is saved is said for the first time
        driver.key(key, to=driver.work.canvas)
        driver.wait_for_frame()
        QTest.qWait(200)
    requests = _LayoutRequests()
    driver.window.installEventFilter(requests)
    for key in (Qt.Key.Key_F, Qt.Key.Key_D, Qt.Key.Key_D, Qt.Key.Key_F):
        driver.key(key, to=driver.work.canvas)
        driver.wait_for_frame()
        QTest.qWait(100)
    driver.window.removeEventFilter(requests)
    assert requests.count == 0
