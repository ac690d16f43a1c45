"""Export from the menu: what is lost is shown first, and the dataset appears whole or not at all."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from annotator.background.progress import Progress
from annotator.core.annotations import Annotation
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.formats.builtin import FORMATS
from annotator.project.errors import ProjectError
from annotator.project.frames.frame_selection import FrameSelection
from annotator.project.view_memory import ViewMemory
from annotator.ui.exporting import window as window_module
from annotator.ui.exporting.memory import Remembered
from annotator.ui.exporting.window import ExportWindow, show_export
from annotator.ui.exporting.work import LossRow
from tests.conftest import MakePicture
from tests.ui import test_tasks as tasks
from tests.ui.driver import Driver


def open_window(driver: Driver) -> ExportWindow:
    """Open the window by its key and wait until it knows what is there."""
    driver.ctrl(Qt.Key.Key_E)
    driver.wait(lambda: bool(shown(driver)))
    found = shown(driver)
    assert len(found) == 1
    window = found[0]
    driver.wait(lambda: window.next.isEnabled() and not window.is_busy)
    return window


def shown(driver: Driver) -> list[ExportWindow]:
    return [one for one in driver.window.findChildren(ExportWindow) if one.isVisible()]


def press(driver: Driver, button: QPushButton) -> None:
    driver.wait(lambda: button.isVisible() and button.isEnabled())
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def check(driver: Driver, window: ExportWindow, format_id: str = "") -> list[LossRow]:
    """Choose a format, go to the second step, and return what is said to be lost."""
    if format_id:
        window.choice.formats.choose(format_id)
    press(driver, window.next)
    driver.wait(lambda: window.step == 1 and not window.is_busy)
    return [window.losses.model.row_at(row) for row in range(window.losses.model.rowCount())]


def export(driver: Driver, window: ExportWindow, folder: Path, format_id: str = "") -> None:
    window.choice.folder.setText(str(folder))
    check(driver, window, format_id)
    with driver.qtbot.waitSignal(window.exported, timeout=15_000):
        press(driver, window.next)


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
    window = open_window(drawn)
    export(drawn, window, target, "coco_instances")
    assert str(target) in drawn.message
    assert window.outcome.path.whole == str(target)
    assert window.outcome.open_folder.isVisible()
    compare_with_pycocotools(drawn, target)
    press(drawn, window.next)
    assert window.is_gone


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
    window = open_window(drawn)
    rows = check(drawn, window, "coco_instances")
    assert "Nothing is lost" in window.losses.verdict.text()
    assert rows == []
    assert window.losses.note.isVisible()
    press(drawn, window.back)
    drawn.wait(window.next.isEnabled)
    rows = check(drawn, window, "yolo_ultralytics_detect")
    assert not window.losses.note.isVisible()
    assert any(row.count == 1 and row.what == "polygons: become rectangles" for row in rows)
    window.reject()


def held(window: ExportWindow, format_id: str) -> str:
    (text,) = (one.cells[1] for one in shown_formats(window) if one.format.id == format_id)
    return str(text)


def test_the_first_page_and_the_second_say_the_same_of_colours(drawn: Driver):
    window = open_window(drawn)
    drawn.wait(lambda: held(window, "coco_instances") == "everything")
    assert check(drawn, window, "coco_instances") == []
    assert "Nothing is lost" in window.losses.verdict.text()
    window.reject()


def test_the_first_page_and_the_second_say_the_same_of_other_colours(drawn: Driver):
    label = drawn.project.labels.named("person")
    with drawn.project.edit("Recolour") as edit:
        edit.put_label(replace(label, colour="#123456"))
    window = open_window(drawn)
    drawn.wait(lambda: held(window, "coco_instances") == "all but colours of labels")
    rows = check(drawn, window, "coco_instances")
    assert [row.what for row in rows] == ["colours of labels: changed"]
    assert "cannot hold everything" in window.losses.verdict.text()
    window.reject()


def test_what_a_format_adds_is_no_loss(opened: Driver):
    opened.create_label("person")
    opened.draw_box((50, 40), (150, 120))
    window = open_window(opened)
    yolo = "yolo_ultralytics_detect"
    opened.wait(lambda: held(window, yolo) == "everything")
    rows = check(opened, window, yolo)
    assert [row.what for row in rows] == ["subsets: added"]
    assert "Nothing is lost" in window.losses.verdict.text()
    assert "adds" in window.losses.verdict.text()
    window.reject()


def test_formats_that_hold_everything_come_first_and_others_say_what_not(drawn: Driver):
    window = open_window(drawn)
    drawn.wait(lambda: all(one.cells[1] for one in shown_formats(window)))
    assert shown_formats(window)[-1].format.id == "yolo_ultralytics_detect"
    assert "polygons" in str(shown_formats(window)[-1].cells[1])
    drawn.qtbot.keyClicks(window.choice.formats.search, "yolo")
    assert [one.format.id for one in shown_formats(window)] == ["yolo_ultralytics_detect"]
    assert window.choice.formats.chosen is FORMATS["yolo_ultralytics_detect"]
    window.reject()


def shown_formats(window: ExportWindow):
    model = window.choice.formats.model
    return [model.row_at(row) for row in range(model.rowCount())]


def test_polygons_are_written_as_a_person_chooses(drawn: Driver, tmp_path: Path):
    window = open_window(drawn)
    rows = check(drawn, window, "yolo_ultralytics_detect")
    place = next(n for n, row in enumerate(rows) if row.kind == "polygon")
    window.losses.table.selectRow(place)
    assert window.losses.wish.isVisible()
    # By the keyboard: the last answer is to leave them out.
    window.losses.wish.setFocus()
    drawn.key(Qt.Key.Key_End, to=window.losses.wish)
    window.losses.wish.activated.emit(window.losses.wish.currentIndex())
    drawn.wait(lambda: not window.is_busy)
    first = window.losses.model.row_at(0)
    assert (first.count, first.what, first.text) == (1, "polygons: left out", "By your choice.")
    with drawn.qtbot.waitSignal(window.exported, timeout=15_000):
        press(drawn, window.next)
    (labels,) = (window._target / "labels").rglob("a1.txt")
    assert len(labels.read_text().splitlines()) == 1


def test_a_row_leads_to_its_frame(drawn: Driver):
    window = open_window(drawn)
    rows = check(drawn, window, "yolo_ultralytics_detect")
    assert drawn.frame_name == "a3.png"
    place = next(n for n, row in enumerate(rows) if row.kind == "polygon")
    window.losses.table.selectRow(place)
    press(drawn, window.losses.show_frame)
    assert drawn.frame_name == "a1.png"
    window.reject()


def test_a_row_leads_to_its_frame_in_another_task(driver: Driver, two_tasks: Path):
    driver.open(two_tasks)
    driver.create_label("person")
    driver.draw_polygon([(60, 60), (200, 80), (180, 200), (70, 180)])
    window = open_window(driver)
    rows = check(driver, window, "yolo_ultralytics_detect")
    place = next(n for n, row in enumerate(rows) if row.kind == "polygon")
    tasks.choose(driver, "night")
    window.losses.table.selectRow(place)
    press(driver, window.losses.show_frame)
    driver.wait_for_frame()
    assert (tasks.shown(driver), driver.frame_name) == ("pictures", "a1.png")
    # Back at the first step the offered folder is still that of the task that is chosen there.
    tasks.choose(driver, "night")
    press(driver, window.back)
    assert window.choice.folder.text().endswith("pictures-yolo_ultralytics_detect")
    window.choice.formats.choose("coco_instances")
    assert window.choice.folder.text().endswith("pictures-coco_instances")
    window.reject()


def test_only_some_frames_and_labels_under_other_names(drawn: Driver, tmp_path: Path):
    window = open_window(drawn)
    window.choice.frames.only_labelled.click()
    drawn.wait(lambda: "2 of 4" in window.choice.frames.text.text())
    labels = window.choice.labels
    assert [labels.index(row, 2).data() for row in range(2)] == ["1", "2"]
    labels.setData(labels.index(1, 1), "vehicle")
    labels.setData(labels.index(0, 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    window.choice.decimals.setCurrentIndex(1)
    export(drawn, window, tmp_path / "out", "coco_instances")
    from pycocotools.coco import COCO

    (document,) = (tmp_path / "out").rglob("*.json")
    coco = COCO(str(document))
    assert [one["name"] for one in coco.dataset["categories"]] == ["vehicle"]
    assert [one["file_name"] for one in coco.dataset["images"]] == ["a1.png", "a3.png"]
    boxes = [one["bbox"] for one in coco.dataset["annotations"]]
    assert len(boxes) == 2
    assert all(value == round(value) for box in boxes for value in box)


def test_the_next_export_begins_where_the_last_one_was(drawn: Driver, tmp_path: Path):
    window = open_window(drawn)
    window.choice.frames.only_labelled.click()
    window.choice.options["track_ids"].setChecked(True)
    drawn.wait(lambda: not window.is_busy)
    window.choice.decimals.setCurrentIndex(3)
    export(drawn, window, tmp_path / "made" / "out", "yolo_ultralytics_detect")
    window.reject()
    drawn.window.activateWindow()
    drawn.wait(drawn.window.isActiveWindow)
    again = open_window(drawn)
    assert again.choice.formats.chosen is FORMATS["yolo_ultralytics_detect"]
    assert again.choice.frames.selection == FrameSelection(only_labelled=True)
    assert again.choice.decimals.currentData() == 2
    assert again.choice.options["track_ids"].isChecked()
    assert Path(again.choice.folder.text()).parent == tmp_path / "made"
    again.reject()


@pytest.mark.parametrize(
    "kept", [3, [], {"format": 3, "subsets": "x", "names": {"a": 1}, "shapes": {"polygon": "cake"},
             "decimals": 99, "without": ["x", 10**400, -1], "options": {"save_images": "yes"}},
             {"names": {"²": "a", "1" * 5_000: "b", "-1": "c", "": "d"}}],
)  # fmt: skip
def test_nonsense_that_was_kept_is_as_if_nothing_was(drawn: Driver, kept):
    assert Remembered.of(kept) == Remembered()
    ViewMemory(drawn.project).set("export", kept)
    window = open_window(drawn)
    assert window.choice.formats.chosen is not None
    window.reject()


@pytest.mark.parametrize("folder", ["/nowhere", "a" * 5_000, "/" + "a" * 300, "\0", "<b>"])
def test_a_folder_that_cannot_be_is_not_offered(drawn: Driver, pictures: Path, folder: str):
    ViewMemory(drawn.project).set("export", {"folder": folder})
    window = open_window(drawn)
    assert Path(window.choice.folder.text()).parent == pictures.parent
    window.reject()


@pytest.mark.parametrize("step", ["survey", "count_frames", "find_aspects"])
def test_what_cannot_be_looked_up_is_said(drawn: Driver, monkeypatch, step: str):
    def fail(*_arguments: object) -> None:
        raise ProjectError("The project is damaged.")

    monkeypatch.setattr(window_module, step, fail)
    drawn.ctrl(Qt.Key.Key_E)
    drawn.wait(lambda: bool(shown(drawn)))
    (window,) = shown(drawn)
    drawn.wait(lambda: window.state.whole == "The project is damaged.")
    assert not window.is_busy
    assert window.next.isEnabled() == (step == "find_aspects")
    window.reject()


def test_counting_that_is_stopped_is_said(drawn: Driver, monkeypatch):
    def count(_project, _tasks, _selection, progress: Progress) -> None:
        while True:
            progress.checkpoint()

    monkeypatch.setattr(window_module, "count_frames", count)
    drawn.ctrl(Qt.Key.Key_E)
    drawn.wait(lambda: any(one.name == "Counting frames" for one in drawn.work.runner.works))
    drawn.work.runner.works[-1].cancel()  # as the list of works does
    (window,) = shown(drawn)
    drawn.wait(lambda: window.state.whole.startswith("Stopped before everything was counted."))
    assert not window.next.isEnabled()
    window.reject()


def test_a_selection_without_frames_writes_nothing(drawn: Driver):
    window = open_window(drawn)
    window.choice.frames.only_done.click()
    drawn.wait(lambda: "No frame is chosen" in window.state.whole)
    assert not window.next.isEnabled()
    window.choice.frames.only_done.click()
    drawn.wait(window.next.isEnabled)
    window.reject()


def test_subsets_are_chosen_from_a_menu(drawn: Driver, tmp_path: Path):
    frames = list(drawn.project.frames(drawn.work.session.task.id))
    with drawn.project.edit("Subsets") as edit:
        edit.put_frame(*(replace(one, subset="train") for one in frames[:3]))
    window = open_window(drawn)
    chosen = window.choice.frames
    assert chosen.subsets.isVisible()
    titles = {action.text(): action for action in chosen.menu.actions()}
    assert list(titles) == ["All subsets", "train", "Without a subset"]
    titles["Without a subset"].trigger()
    drawn.wait(lambda: chosen.text.text() == "1 of 4 frames")
    assert chosen.selection == FrameSelection(subsets=frozenset({""}))
    titles["train"].trigger()
    drawn.wait(lambda: chosen.text.text() == "all, 4 frames")
    titles["All subsets"].trigger()
    assert chosen.selection == FrameSelection()
    assert [action.isChecked() for action in titles.values()] == [True, False, False]
    window.reject()


def test_two_labels_cannot_get_one_name(drawn: Driver):
    window = open_window(drawn)
    labels = window.choice.labels
    labels.setData(labels.index(0, 1), "car")
    press(drawn, window.next)
    drawn.wait(lambda: not window.is_busy and bool(window.state.whole))
    assert window.step == 0
    assert "car" in window.state.whole
    window.reject()


def test_a_folder_that_is_occupied_is_refused_and_stays_as_it_is(drawn: Driver, tmp_path: Path):
    occupied = tmp_path / "occupied"
    occupied.mkdir()
    (occupied / "mine.txt").write_text("keep")
    window = open_window(drawn)
    window.choice.folder.setText(str(occupied))
    check(drawn, window)
    press(drawn, window.next)
    drawn.wait(lambda: "not an empty folder" in window.state.whole)
    assert [each.name for each in occupied.iterdir()] == ["mine.txt"]
    assert window.step == 1
    assert window.next.isEnabled()
    window.reject()


def test_the_folder_of_the_project_is_refused(drawn: Driver):
    window = open_window(drawn)
    window.choice.folder.setText(str(drawn.project.folder / "out"))
    check(drawn, window)
    press(drawn, window.next)
    drawn.wait(lambda: "own folder" in window.state.whole)
    assert not (drawn.project.folder / "out").exists()
    window.reject()


@pytest.mark.parametrize("text", ["/" + "x" * 3_000, "~nobody-of-this-name/out", "/dev/null/out"])
def test_what_cannot_be_a_folder_is_refused_in_place(
    drawn: Driver, text: str, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)  # where a home that is not there would be a folder of that name
    (tmp_path / "~nobody-of-this-name").write_text("in the way")
    window = open_window(drawn)
    window.choice.folder.setText(text)
    check(drawn, window)
    press(drawn, window.next)
    drawn.wait(lambda: not window.is_busy and bool(window.state.whole))
    assert window.step == 1
    assert window.state.objectName() == "bad"
    window.reject()


def test_the_pictures_are_copied_on_request(drawn: Driver, tmp_path: Path, pictures: Path):
    window = open_window(drawn)
    window.choice.options["save_images"].setChecked(True)
    export(drawn, window, tmp_path / "out", "coco_instances")
    (copy,) = (tmp_path / "out").rglob("a1.png")
    assert copy.read_bytes() == (pictures / "a1.png").read_bytes()


def test_cancelling_leaves_nothing_behind(drawn: Driver, tmp_path: Path):
    window = open_window(drawn)
    target = tmp_path / "deep" / "out"
    window.choice.folder.setText(str(target))
    check(drawn, window, "coco_instances")
    press(drawn, window.next)
    window.reject()
    drawn.wait(lambda: not drawn.work.runner.works)
    if target.exists():  # it was quicker than the hand
        compare_with_pycocotools(drawn, target)
    assert unfinished(tmp_path) == []


def unfinished(folder: Path) -> list[str]:
    return [each.name for each in folder.rglob("*") if each.name.endswith(".part")]


def test_a_disk_without_room_is_told_and_leaves_nothing_behind(
    driver: Driver, pictures: Path, tmp_path: Path, make_picture: MakePicture
):
    """No file may grow beyond half of the largest picture, which is how a quota refuses to write on."""
    resource = pytest.importorskip("resource", reason="needs limits of a process as POSIX has them")
    big = pictures / "big.png"
    make_picture(big, 3600, 2800, seed=9)
    driver.open(pictures)
    driver.create_label("car")
    window = open_window(driver)
    target = tmp_path / "out"
    window.choice.folder.setText(str(target))
    window.choice.options["save_images"].setChecked(True)
    check(driver, window, "coco_instances")
    most = big.stat().st_size // 2
    stored = max(each.stat().st_size for each in driver.project.folder.rglob("*") if each.is_file())
    assert most > 2 * stored  # the project itself still has room
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, limits[1]))
    try:
        press(driver, window.next)
        driver.wait(lambda: window.step == 1 and not window.is_busy)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.strerror(errno.EFBIG) in window.state.whole
    assert str(target) in window.state.whole
    assert not target.exists()
    assert unfinished(tmp_path) == []
    assert window.next.isEnabled()
    with driver.qtbot.waitSignal(window.exported, timeout=15_000):
        press(driver, window.next)
    assert len(list(target.rglob("*.png"))) == 5


def test_closing_the_project_closes_the_window(drawn: Driver):
    window = open_window(drawn)
    assert window.isVisible()
    drawn.work.switch.close()
    drawn.wait(lambda: drawn.window.start_page.isVisible())
    assert window.is_gone


def test_closing_while_it_writes_leaves_nothing_half_written(drawn: Driver, tmp_path: Path):
    label = drawn.project.labels.named("car")
    frames = list(drawn.project.frames(drawn.work.session.task.id))
    with drawn.project.edit("Many") as edit:
        edit.put(
            *(
                Annotation(frames[n % 4].id, label.id, Rectangle((n % 300, 5, n % 300 + 9, 20)))
                for n in range(6_000)
            )
        )
    window = open_window(drawn)
    target = tmp_path / "out"
    window.choice.folder.setText(str(target))
    check(drawn, window, "coco_instances")
    press(drawn, window.next)
    drawn.wait(lambda: window.work is not None)
    drawn.close()
    assert not target.exists() or len(list(target.rglob("*.json"))) == 1
    assert unfinished(tmp_path) == []


def test_what_is_stopped_by_the_button_can_be_begun_again(drawn: Driver, tmp_path: Path):
    window = open_window(drawn)
    target = tmp_path / "out"
    window.choice.folder.setText(str(target))
    check(drawn, window, "coco_instances")
    press(drawn, window.next)
    assert window.work is not None
    window.work.pause()  # so that it is not quicker than the hand
    press(drawn, window.stop)
    drawn.wait(lambda: not window.is_busy)
    if window.step == 1:
        assert window.state.whole == "Stopped. Nothing was written."
        assert not target.exists()
        with drawn.qtbot.waitSignal(window.exported, timeout=15_000):
            press(drawn, window.next)
    compare_with_pycocotools(drawn, target)
    assert unfinished(tmp_path) == []


def test_there_is_one_window(drawn: Driver):
    first = open_window(drawn)
    assert show_export(drawn.work._shell()) is first
    assert shown(drawn) == [first]
    first.reject()


def test_the_offered_folder_is_free(drawn: Driver, pictures: Path):
    window = open_window(drawn)
    taken = pictures.parent / "pictures-coco_instances"
    taken.mkdir()
    window.choice.formats.choose("coco_instances")
    assert window.choice.folder.text() == f"{taken}-2"
    assert any(button.text() == "Choose…" for button in window.findChildren(QPushButton))
    window.reject()


def test_strange_names_are_plain_and_cut_short(drawn: Driver):
    names = ("<b>bold</b>", "\u202bعربي", "x" * 200)
    with drawn.project.edit("Labels") as edit:
        for name in names:
            edit.put_label(Label(name))
    window = open_window(drawn)
    labels = window.choice.labels
    shown = [labels.index(row, 0).data() for row in range(labels.rowCount())]
    assert all(name in shown for name in names)
    tips = [
        labels.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) for row in range(labels.rowCount())
    ]
    assert any("&lt;b&gt;" in tip for tip in tips)
    window.reject()
