"""Import from the menu: what happens is shown and can be changed first, and all of it is one step."""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import AnnotatorError, Cancelled
from annotator.core.labels import Label
from annotator.formats import builtin
from annotator.formats.builtin import FORMATS
from annotator.formats.registry import Format, FormatRegistry
from annotator.project.imports.choices import NO_CHOICES
from annotator.project.project import Project
from annotator.project.tasks.editing import remove_frame
from annotator.ui.importing import work as import_work
from annotator.ui.importing.window import ImportWindow, show_import
from annotator.ui.widgets.report_table import ReportModel
from tests.ui.driver import Driver

FRAMES, LABELS, PROBLEMS = range(3)


def coco(
    path: Path,
    boxes: Sequence[tuple[str, str]],
    *,
    images: Sequence[str] = (),
    extra: Sequence[dict[str, Any]] = (),
) -> Path:
    """A COCO file with one box for each (file name, category)."""
    names = list(dict.fromkeys([*(name for name, _ in boxes), *images]))
    labels = list(dict.fromkeys(label for _, label in boxes))
    document = {
        "images": [
            {"id": n, "file_name": name, "width": 400, "height": 300}
            for n, name in enumerate(names, 1)
        ],
        "categories": [{"id": n, "name": name} for n, name in enumerate(labels, 1)],
        "annotations": [
            {
                "id": n,
                "image_id": names.index(name) + 1,
                "category_id": labels.index(label) + 1,
                "bbox": [10 + n % 300, 20, 30, 40],
                "area": 1200,
                "iscrowd": 0,
            }
            for n, (name, label) in enumerate(boxes, 1)
        ]
        + list(extra),
    }
    path.write_text(json.dumps(document))
    return path


def open_window(driver: Driver) -> ImportWindow:
    driver.window.activateWindow()
    driver.wait(driver.window.isActiveWindow)
    driver.ctrl(Qt.Key.Key_I)
    driver.wait(lambda: bool(shown(driver)))
    found = shown(driver)
    assert len(found) == 1
    return found[0]


def shown(driver: Driver) -> list[ImportWindow]:
    return [one for one in driver.window.findChildren(ImportWindow) if one.isVisible()]


def press(driver: Driver, button: QPushButton) -> None:
    driver.wait(lambda: button.isVisible() and button.isEnabled())
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def recognise(driver: Driver, window: ImportWindow, path: Path) -> None:
    """Type a path, and wait until the formats have answered."""
    window.source.path.clear()
    driver.qtbot.keyClicks(window.source.path, str(path))
    driver.wait(lambda: bool(window.source.verdict.text()) and not window.is_busy)


def look(driver: Driver, window: ImportWindow, path: Path) -> None:
    """Come to the second step with a file."""
    recognise(driver, window, path)
    press(driver, window.next)
    driver.wait(lambda: window.step == 1)
    settle(driver, window)


def settle(driver: Driver, window: ImportWindow) -> None:
    driver.wait(lambda: not window.is_busy and not window._rest.isActive())


def bring_in(driver: Driver, window: ImportWindow) -> None:
    press(driver, window.next)
    driver.wait(lambda: window.step == 2 and window.next.isVisible())


def cells(window: ImportWindow, tab: int) -> list[tuple[Any, ...]]:
    model = window.report.tables[tab].model()
    assert isinstance(model, ReportModel)
    return [tuple(model.row_at(row).cells) for row in range(model.rowCount())]


def choose_label(driver: Driver, window: ImportWindow, name: str, what: str) -> None:
    """Select a label of the report and say what is to happen to it."""
    window.report.show_tab(LABELS)
    row = next(n for n, one in enumerate(cells(window, LABELS)) if one[0] == name)
    window.report.tables[LABELS].selectRow(row)
    combo = window.report.label_fix.target
    assert combo.isEnabled()
    combo.setFocus()
    place = combo.findText(what)
    assert place >= 0
    combo.setCurrentIndex(place)
    combo.activated.emit(place)
    settle(driver, window)


def labels_on(driver: Driver, frame: str) -> list[str]:
    return [driver.project.labels[one.label].name for one in driver.stored(frame)]


def test_an_import_with_conflicts(opened: Driver, tmp_path: Path, make_picture):
    """Two frames that are not found, three labels, a broken record: mended row by row, then one step, then undone."""
    opened.create_label("car")
    opened.create_label("person")
    opened.draw_box((50, 40), (150, 120))
    path = coco(
        tmp_path / "set.json",
        [("a1.jpg", "car"), ("a2.png", "human"), ("b9.png", "human"), ("a3.png", "sky"),
         ("gone.png", "car")],
        extra=[{"id": 99, "image_id": 1, "category_id": 77, "bbox": [1, 2, 3, 4]}],
    )  # fmt: skip
    window = open_window(opened)
    look(opened, window, path)
    assert "3 of 5 frames" in window.report.summary.text()
    # What needs a decision comes first.
    assert window.report.table is window.report.tables[FRAMES]
    rows = cells(window, FRAMES)
    assert {row[0] for row in rows[:2]} == {"b9.png", "gone.png"}
    assert rows[2] == ("a1.jpg", "same name, other suffix", "a1.png", 1)
    # By typing: b9 is the fourth picture.
    window.report.tables[FRAMES].selectRow([row[0] for row in rows].index("b9.png"))
    window.report.frame_fix.field.clear()
    opened.qtbot.keyClicks(window.report.frame_fix.field, "a4")
    opened.qtbot.keyClick(window.report.frame_fix.field, Qt.Key.Key_Return)
    settle(opened, window)
    assert ("b9.png", "chosen by you", "a4.png", 1) in cells(window, FRAMES)
    choose_label(opened, window, "human", "person")
    choose_label(opened, window, "sky", "Leave out")
    assert set(cells(window, LABELS)) == {
        ("car", 2, "the label of the same name"),
        ("human", 2, "becomes person"),
        ("sky", 1, "left out"),
    }
    window.report.show_tab(PROBLEMS)
    (problem,) = cells(window, PROBLEMS)
    assert problem[0] == "set.json"
    assert "77" in problem[2]
    assert opened.boxes("a4.png") == []
    bring_in(opened, window)
    assert (
        "3 frames" in window.outcome.heading.text() or "4 frames" in window.outcome.heading.text()
    )
    assert labels_on(opened, "a1.png") == ["car", "car"]
    assert labels_on(opened, "a2.png") == labels_on(opened, "a4.png") == ["person"]
    assert labels_on(opened, "a3.png") == []
    assert [label.name for label in opened.project.labels] == ["car", "person"]
    # Those on the shown frame are drawn at once.
    opened.wait(lambda: len(opened.drawn_ids()) == 2)
    press(opened, window.outcome.undo)
    opened.wait(lambda: "undone" in window.outcome.heading.text())
    opened.wait(window.next.hasFocus)
    assert labels_on(opened, "a1.png") == ["car"]
    assert labels_on(opened, "a4.png") == []
    press(opened, window.next)
    assert window.is_gone


def test_the_mapping_of_labels_is_known_the_next_time(opened: Driver, tmp_path: Path):
    opened.create_label("car")
    path = coco(tmp_path / "set.json", [("a1.png", "vehicle"), ("a2.png", "dog")])
    window = open_window(opened)
    look(opened, window, path)
    choose_label(opened, window, "vehicle", "car")
    choose_label(opened, window, "dog", "Leave out")
    bring_in(opened, window)
    window.reject()
    again = open_window(opened)
    look(opened, again, path)
    again.report.show_tab(LABELS)
    assert set(cells(again, LABELS)) == {
        ("vehicle", 1, "becomes car"),
        ("dog", 1, "left out"),
    }
    choose_label(opened, again, "dog", "By its name; new where there is none")
    assert ("dog", 1, "new label") in cells(again, LABELS)
    again.reject()


def test_what_is_there_is_replaced(opened: Driver, tmp_path: Path):
    opened.create_label("car")
    opened.draw_box((50, 40), (150, 120))
    window = open_window(opened)
    look(opened, window, coco(tmp_path / "set.json", [("a1.png", "dog")]))
    opened.qtbot.mouseClick(window.report.replace.buttons.button(1), Qt.MouseButton.LeftButton)
    settle(opened, window)
    assert window.report.replace_text.text().startswith("1 annotation")
    bring_in(opened, window)
    assert labels_on(opened, "a1.png") == ["dog"]
    press(opened, window.next)
    opened.window.activateWindow()
    opened.wait(opened.window.isActiveWindow)
    opened.ctrl(Qt.Key.Key_Z)
    opened.wait(lambda: labels_on(opened, "a1.png") == ["car"])


def test_a_frame_that_may_be_several_is_chosen_among_them(
    driver: Driver, pictures: Path, tmp_path: Path, make_picture
):
    for folder in ("x", "y"):
        make_picture(pictures / folder / "same.png", 40, 30)
    driver.open(pictures)
    window = open_window(driver)
    look(driver, window, coco(tmp_path / "set.json", [("same.png", "dog"), ("a1.png", "dog")]))
    assert cells(window, FRAMES)[0][:2] == ("same.png", "may be several")
    window.report.tables[FRAMES].selectRow(0)
    field = window.report.frame_fix.field
    field.setFocus()
    driver.qtbot.keyClick(field, Qt.Key.Key_Down)
    offered = field.completer().popup()
    driver.wait(offered.isVisible)
    assert [offered.model().index(n, 0).data() for n in range(2)] == ["x/same.png", "y/same.png"]
    driver.qtbot.keyClick(offered, Qt.Key.Key_Down)
    driver.qtbot.keyClick(offered, Qt.Key.Key_Return)
    settle(driver, window)
    assert cells(window, FRAMES)[-1][2].endswith("same.png")
    bring_in(driver, window)
    assert len(driver.stored("x/same.png")) + len(driver.stored("y/same.png")) == 1


def test_where_no_frame_fits_it_can_still_be_said(opened: Driver, tmp_path: Path):
    window = open_window(opened)
    look(opened, window, coco(tmp_path / "set.json", [("other.png", "dog")]))
    assert "0 of 1 frame" in window.report.summary.text()
    assert not window.next.isEnabled()
    window.report.tables[FRAMES].selectRow(0)
    opened.qtbot.keyClicks(window.report.frame_fix.field, "a2.png")
    press(opened, window.report.frame_fix.use)
    settle(opened, window)
    press(opened, window.report.frame_fix.skip)
    settle(opened, window)
    assert not window.next.isEnabled()
    window.report.tables[FRAMES].selectRow(0)
    press(opened, window.report.frame_fix.reset)
    settle(opened, window)
    assert cells(window, FRAMES)[0][1] == "no picture has this name"
    window.reject()


# Bad input ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.json", b""),
        ("broken.json", b'{"images": ['),
        ("deep.json", b"[" * 4_000),
        ("noise.bin", bytes(range(256)) * 64),
        ("other.json", b'{"a": 1}'),
    ],
)
def test_what_no_format_recognises_is_told_with_reasons(
    opened: Driver, tmp_path: Path, name: str, content: bytes
):
    path = tmp_path / name
    path.write_bytes(content)
    window = open_window(opened)
    recognise(opened, window, path)
    assert "No format recognises this" in window.source.verdict.text()
    rows = [window.source.model.row_at(n) for n in range(window.source.model.rowCount())]
    assert len(rows) == len(list(builtin.FORMATS))
    assert all(row.cells[1] == "does not fit" and row.cells[2] for row in rows)
    assert not window.next.isEnabled()
    # Tried all the same, it is refused in place.
    window.source.formats.selectRow(0)
    press(opened, window.next)
    opened.wait(lambda: not window.is_busy and window.source.verdict.objectName() == "bad")
    assert window.step == 0
    window.reject()


def test_nothing_there_and_a_project(opened: Driver, tmp_path: Path):
    window = open_window(opened)
    note = window.source.note
    assert note.isVisible()
    assert "Choose a file or a folder above." in note.text()
    recognise(opened, window, tmp_path / "gone.json")
    assert "does not exist" in window.source.verdict.text()
    assert note.text() == "", "what is wrong is said above"
    recognise(opened, window, opened.project.folder)
    assert "is a project" in window.source.verdict.text()
    assert not window.next.isEnabled()
    for text in ("x" * 3_000, "~nobody-of-this-name/set.json", "\udcff"):
        window.source.set_path(text)
        opened.wait(lambda: not window.is_busy)
        assert window.source.verdict.objectName() == "bad"
        assert not window.next.isEnabled()
    window.source.path.clear()
    opened.wait(lambda: not window.source.verdict.text())
    assert "Choose a file or a folder above." in note.text()
    window.reject()


def test_two_formats_that_fit_are_chosen_between(opened: Driver, tmp_path: Path, monkeypatch):
    one = builtin.FORMATS["coco_instances"]
    twin = Format("twin", "Twin of COCO", one.can_hold, one.detect, one.open)
    monkeypatch.setattr(import_work, "FORMATS", FormatRegistry([*builtin.FORMATS, twin]))
    window = open_window(opened)
    recognise(opened, window, coco(tmp_path / "set.json", [("a1.png", "dog")]))
    assert "could be any of: COCO instances, Twin of COCO" in window.source.verdict.text()
    assert window.source.chosen_format is None
    assert not window.next.isEnabled()
    window.source.formats.selectRow(1)
    assert window.source.chosen_format is twin
    press(opened, window.next)
    opened.wait(lambda: window.step == 1)
    assert "Twin of COCO" in window.report.title.whole
    window.reject()


def test_a_file_that_changes_under_way_is_taken_back(opened: Driver, tmp_path: Path):
    path = coco(tmp_path / "set.json", [("a1.png", "dog")] * 3)
    window = open_window(opened)
    look(opened, window, path)
    path.write_bytes(path.read_bytes()[:-40])
    press(opened, window.next)
    opened.wait(lambda: window.step == 2 and window.next.isVisible())
    if window.outcome.text.objectName() == "bad":
        assert opened.stored("a1.png") == []
        assert opened.project.labels.named("dog") is None
    assert opened.project.interrupted_steps() == []
    window.reject()


def test_names_with_markup_and_of_great_length_stay_plain(opened: Driver, tmp_path: Path):
    names = ("<b>bold</b>.png", "\u202babc عربي.png", "n" * 1_000 + ".png")
    window = open_window(opened)
    look(opened, window, coco(tmp_path / "set.json", [(name, "<i>x</i>" * 20) for name in names]))
    model = window.report.tables[FRAMES].model()
    shown = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert "<b>bold</b>.png" in shown
    assert all(len(text) <= 300 for text in shown)
    tips = [
        model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) for row in range(model.rowCount())
    ]
    assert any("&lt;b&gt;" in tip for tip in tips)
    assert all(len(tip) < 2_000 for tip in tips)
    window.reject()


# The report ------------------------------------------------------------------------------------------------


def test_the_labels_that_are_decided_about_stay_selected(opened: Driver, tmp_path: Path):
    opened.create_label("person")
    names = ("ant", "bee", "cow")
    path = coco(tmp_path / "set.json", [("a1.png", name) for name in names])
    window = open_window(opened)
    look(opened, window, path)
    choose_label(opened, window, "ant", "person")
    assert cells(window, LABELS)[-1] == ("ant", 1, "becomes person")
    assert [one.name for one in window.report._selected()] == ["ant"]
    assert window.report.label_fix.target.currentText() == "person"
    table, combo = window.report.tables[LABELS], window.report.label_fix.target
    table.setFocus()
    table.selectAll()
    combo.setFocus()
    opened.qtbot.keyClick(combo, Qt.Key.Key_End)
    settle(opened, window)
    opened.qtbot.keyClick(combo, Qt.Key.Key_Home)
    opened.qtbot.keyClick(combo, Qt.Key.Key_Down)
    settle(opened, window)
    assert {row[2] for row in cells(window, LABELS)} == {"left out"}
    assert len(window.report._selected()) == 3


def test_a_choice_whose_look_was_stopped_is_taken_back(
    opened: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    window = open_window(opened)
    look(opened, window, coco(tmp_path / "set.json", [("a1.png", "ant"), ("a2.png", "bee")]))
    window.report.show_tab(LABELS)
    window.report.tables[LABELS].selectRow(0)
    combo = window.report.label_fix.target
    runner = opened.work.runner
    start = runner.start

    def stopped(_progress: Progress) -> None:
        raise Cancelled  # as by the list of what goes on

    def start_stopped(name: str, _work: Any, **options: Any) -> Any:
        return start(name, stopped, **options)

    with monkeypatch.context() as patch:
        patch.setattr(runner, "start", start_stopped)
        combo.setCurrentIndex(combo.findText("Leave out"))
        combo.activated.emit(combo.currentIndex())
        settle(opened, window)
    assert {row[2] for row in cells(window, LABELS)} == {"new label"}
    assert combo.currentText().startswith("By its name")
    bring_in(opened, window)
    assert {label.name for label in opened.project.labels} == {"ant", "bee"}
    window.reject()


def test_what_happens_follows_the_project(opened: Driver, tmp_path: Path):
    opened.create_label("ant")
    window = open_window(opened)
    look(opened, window, coco(tmp_path / "set.json", [("a1.png", "ant"), ("a2.png", "ant")]))
    window.report.show_tab(LABELS)
    assert cells(window, LABELS) == [("ant", 2, "the label of the same name")]
    ant = opened.project.labels.named("ant")
    assert ant is not None
    with opened.project.edit("Delete") as edit:
        edit.delete_label(ant.id)
    assert not window.next.isEnabled()
    settle(opened, window)
    assert cells(window, LABELS) == [("ant", 2, "new label")]
    frame = opened.project.frame_named(opened.work.session.task.id, "a2.png")
    assert frame is not None
    remove_frame(opened.project, frame)
    settle(opened, window)
    assert "1 of 2 frames" in window.report.summary.text()
    bring_in(opened, window)
    assert opened.project.annotations(frame.id) == []
    assert labels_on(opened, "a1.png") == ["ant"]
    window.reject()


def test_the_report_is_that_of_the_dataset_that_is_looked_at(opened: Driver, tmp_path: Path):
    window = open_window(opened)
    look(opened, window, coco(tmp_path / "first.json", [("a1.png", "ant"), ("a2.png", "ant")]))
    bring_in(opened, window)
    window.show_path(coco(tmp_path / "second.json", [("a3.png", "bee")]))
    press(opened, window.next)
    opened.wait(lambda: window.step == 1)
    settle(opened, window)
    window._save(str(tmp_path / "report.txt"))
    opened.wait(lambda: "report.txt" in window.state.whole)
    lines = (tmp_path / "report.txt").read_text("utf-8").splitlines()
    assert "second.json" in lines[0]
    assert "Frames: 1" in lines
    assert "New labels: bee" in lines
    window.reject()


def test_problems_are_filtered_copied_and_saved(opened: Driver, tmp_path: Path):
    broken = [
        {"id": 100 + n, "image_id": 1, "category_id": 70 + n, "bbox": [1, 2, 3, 4]}
        for n in range(5)
    ]
    window = open_window(opened)
    look(opened, window, coco(tmp_path / "set.json", [("a1.png", "dog")], extra=broken))
    window.report.show_tab(PROBLEMS)
    assert len(cells(window, PROBLEMS)) == 5
    opened.qtbot.keyClicks(window.report.filter, "no category 73")
    (one,) = cells(window, PROBLEMS)
    press(opened, window.report.copy)
    assert QApplication.clipboard().text() == "\t".join(map(str, one))
    target = tmp_path / "report.txt"
    press(opened, window.report.save)
    (dialog,) = window.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(target))
    dialog.reject()
    opened.wait(lambda: "report.txt" in window.state.whole)
    text = target.read_text()
    assert "set.json" in text
    assert text.count("there is no category") == 5
    window.reject()


def test_many_rows_are_filtered_beside_the_window(opened: Driver, tmp_path: Path):
    names = [f"frame_{n:05}.png" for n in range(3_000)]
    window = open_window(opened)
    look(opened, window, coco(tmp_path / "set.json", [("a1.png", "dog")], images=names))
    window.report.show_tab(FRAMES)
    assert len(cells(window, FRAMES)) == 3_001
    window.report.filter.setText("frame_0299")
    opened.wait(lambda: len(cells(window, FRAMES)) == 10)
    window.report.filter.clear()
    assert len(cells(window, FRAMES)) == 3_001
    window.reject()


def test_a_dropped_file_is_looked_at(opened: Driver, tmp_path: Path):
    path = coco(tmp_path / "set.json", [("a1.png", "dog")])
    window = show_import(opened.work._shell())
    opened.wait(window.isVisible)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place = window.source.path.mapTo(window, QPoint(5, 5))
    for kind in (QDragEnterEvent, QDropEvent):
        event = kind(
            place, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(window, event)
    opened.wait(lambda: window.source.path.text() == str(path))
    opened.wait(window.next.isEnabled)
    # The same window is shown for another file.
    other = coco(tmp_path / "other.json", [("a2.png", "dog")])
    assert show_import(opened.work._shell(), other) is window
    opened.wait(lambda: window.next.isEnabled() and window.source.path.text() == str(other))
    window.reject()


# Stopping --------------------------------------------------------------------------------------------------


@pytest.fixture
def large(opened: Driver, tmp_path: Path) -> ImportWindow:
    """The window about to import more than is written at once."""
    boxes = [(f"a{1 + n % 4}.png", "dog") for n in range(30_000)]
    window = open_window(opened)
    look(opened, window, coco(tmp_path / "set.json", boxes))
    return window


def stored_count(driver: Driver) -> int:
    return driver.project.task_totals(driver.work.session.task.id).annotations


def begin(driver: Driver, window: ImportWindow) -> None:
    """Start, and ask to stop as soon as something is written."""
    press(driver, window.next)
    driver.wait(lambda: stored_count(driver) > 0)
    window.close()
    assert window.isVisible()
    driver.wait(lambda: window.outcome.go_on.isVisible())


def test_a_stopped_import_is_undone(opened: Driver, large: ImportWindow):
    begin(opened, large)
    press(opened, large.outcome.stop_undo)
    opened.wait(lambda: "undone" in large.outcome.heading.text())
    assert stored_count(opened) == 0
    assert opened.project.labels.named("dog") is None
    large.reject()
    assert large.is_gone


def test_a_stopped_import_is_kept(opened: Driver, large: ImportWindow):
    begin(opened, large)
    press(opened, large.outcome.stop_keep)
    opened.wait(lambda: "is kept" in large.outcome.text.text())
    assert 0 < stored_count(opened) < 30_000
    assert opened.project.interrupted_steps() == []
    large.reject()


def test_a_stopped_import_goes_on(opened: Driver, large: ImportWindow):
    begin(opened, large)
    before = stored_count(opened)
    press(opened, large.outcome.go_on)
    opened.wait(lambda: large.next.isVisible(), timeout=30_000)
    assert stored_count(opened) == 30_000 > before
    large.reject()


def test_drawing_goes_on_while_it_imports(opened: Driver, large: ImportWindow):
    press(opened, large.next)
    opened.wait(lambda: stored_count(opened) > 0)
    opened.window.activateWindow()
    opened.wait(opened.window.isActiveWindow)
    opened.create_label("mine")
    opened.draw_box((50, 40), (150, 120))
    opened.wait(lambda: large.next.isVisible(), timeout=30_000)
    assert stored_count(opened) == 30_001
    large.reject()


def test_an_import_stopped_from_elsewhere_is_decided_in_place(opened: Driver, large: ImportWindow):
    press(opened, large.next)
    opened.wait(lambda: stored_count(opened) > 0)
    (work,) = opened.work.runner.works
    work.cancel()  # as the list of works does
    opened.wait(large.outcome.stop_undo.isVisible)
    assert len(opened.project.interrupted_steps()) == 1
    press(opened, large.outcome.stop_undo)
    opened.wait(lambda: "undone" in large.outcome.heading.text())
    assert stored_count(opened) == 0
    large.reject()


TRACK = """\
<annotations><version>1.1</version><track id="0" label="dog">
<box frame="0" keyframe="1" outside="0" occluded="0" xtl="1" ytl="1" xbr="5" ybr="5"/>
<box frame="1" keyframe="1" outside="1" occluded="0" xtl="1" ytl="1" xbr="5" ybr="5"/>
</track></annotations>
"""


def leave_unfinished(project: Project) -> int:
    """What another thread does that is stopped meanwhile: its step waits for a person. Returns its id."""
    with (
        suppress(Cancelled),
        project.long_step("Other", author="model", keep_on_error=True) as step,
    ):
        with step.edit() as edit:
            edit.put_label(Label("other"))
        raise Cancelled
    return step.id


@pytest.mark.parametrize("end", ["stop_undo", "stop_keep"])
def test_only_the_step_of_the_import_is_decided_on(opened: Driver, large: ImportWindow, end: str):
    begin(opened, large)
    other = leave_unfinished(opened.project)
    press(opened, getattr(large.outcome, end))
    opened.wait(lambda: not large.is_busy and not large._is_writing)
    assert [step.id for step in opened.project.interrupted_steps()] == [other]
    assert opened.project.labels.named("other") is not None
    large.reject()


def test_an_import_that_fails_takes_back_its_own_step(opened: Driver, tmp_path: Path):
    """Its file goes away while it is read, and a model is stopped whose step is to be kept."""
    path = tmp_path / "annotations.xml"
    path.write_text(TRACK)
    project, task = opened.project, opened.work.session.task
    source = import_work.Source(path, FORMATS["cvat_video"], task)
    looked = import_work.look(project, source, NO_CHOICES, None, NO_PROGRESS)
    others: list[int] = []

    def meanwhile(_change: object) -> None:
        if path.exists():
            path.unlink()
            others.append(leave_unfinished(project))

    project.changed.connect(meanwhile)
    told: list[int] = []
    with pytest.raises(AnnotatorError):
        import_work.bring_in(project, looked, told.append, NO_PROGRESS)
    assert [step.id for step in project.interrupted_steps()] == others
    assert project.labels.named("other") is not None
    assert project.labels.named("dog") is None
    assert len(told) == 1
    assert told != others


def test_closing_the_window_meanwhile_leaves_a_step_to_be_decided(
    opened: Driver, large: ImportWindow
):
    folder = opened.project.folder
    press(opened, large.next)
    opened.wait(lambda: stored_count(opened) > 0)
    opened.close()
    with Project.open(folder) as project:
        assert project.is_writable
        count = project.task_totals(project.tasks()[0].id).annotations
        if count == 30_000:
            return  # it was quicker than the hand
        (step,) = project.interrupted_steps()
        assert step.title == "Import coco_instances"
        assert project.memo_of(step.id) is not None  # it can be gone on with
        project.undo(step.id)
        assert project.task_totals(project.tasks()[0].id).annotations == 0


def test_closing_the_project_meanwhile_closes_the_window(opened: Driver, large: ImportWindow):
    press(opened, large.next)
    opened.work.switch.close()
    opened.wait(lambda: opened.window.start_page.isVisible())
    assert large.is_gone
    opened.wait(lambda: not opened.work.runner.works)
