"""Frames are marked as done, gone to by what is on them, listed, split into jobs and into subsets."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu

from annotator.core.annotations import Annotation
from annotator.core.labels import Label
from annotator.core.shapes import Rectangle
from annotator.ui.frames.feature import FramesFeature
from annotator.ui.frames.model import DONE, JOB, NAME, NUMBER, OBJECTS, SIZE, SUBSET
from annotator.ui.frames.split_dialog import SplitDialog
from annotator.ui.frames.subset_dialog import SubsetDialog
from annotator.ui.tasks.jobs_split_dialog import SplitJobDialog
from tests.project.many_frames import add_task_of
from tests.ui.driver import Driver

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
PICTURES = 8


@pytest.fixture
def pictures(tmp_path, make_picture):
    folder = tmp_path / "pictures"
    for number in range(1, PICTURES + 1):
        make_picture(folder / f"a{number}.png", 40, 30, seed=number)
    return folder


@pytest.fixture
def feature(opened: Driver) -> FramesFeature:
    """The part of the window that is tested, with the frames read."""
    found = opened.work.shell.feature(FramesFeature)
    opened.wait(lambda: found.watch.table is not None)
    return found


@pytest.fixture
def frames(opened: Driver):
    return list(opened.project.frames(opened.work.session.task.id))


def mark(driver, frames, *places):
    with driver.project.edit("Mark") as edit:
        edit.set_done([frames[place].id for place in places], True)


def draw(driver, frames, *places):
    label = Label("car")
    with driver.project.edit("Draw") as edit:
        edit.put_label(label)
        edit.put(*(Annotation(frames[p].id, label.id, Rectangle((1, 2, 9, 9))) for p in places))


def done(driver):
    return [frame.done for frame in driver.project.frames(driver.work.session.task.id)]


def canvas_key(driver, key, modifiers=Qt.KeyboardModifier.NoModifier):
    # A dialog that was just closed gives the window back in a moment.
    driver.window.activateWindow()
    driver.work.canvas.setFocus()
    driver.wait(driver.work.canvas.hasFocus)
    driver.key(key, modifiers, to=driver.work.canvas)
    driver.wait_for_frame()


def undo(driver):
    canvas_key(driver, Qt.Key.Key_Z, CTRL)


def answer(driver, title):
    """Press an answer of the message."""
    (button,) = [one for one in driver.window.message_bar._buttons if one.text() == title]
    button.click()


# Marks and the way from one to the next ----------------------------------------------------------------------


def test_done_marks_the_frame_and_goes_to_the_next_that_is_not(opened, feature, frames):
    mark(opened, frames, 1, 2)
    canvas_key(opened, Qt.Key.Key_Return, CTRL)
    assert opened.frame_name == "a4.png"
    assert done(opened) == [True, True, True, False, False, False, False, False]
    assert feature.progress.text() == "3 of 8 done"
    undo(opened)
    opened.wait_for_frame()
    assert opened.frame_name == "a1.png"
    assert not done(opened)[0]


def test_the_mark_alone_is_a_switch_that_shows_how_the_frame_stands(opened, feature, frames):
    assert not feature.mark.isChecked()
    canvas_key(opened, Qt.Key.Key_Return, SHIFT)
    assert (opened.frame_name, done(opened)[0], feature.mark.isChecked()) == ("a1.png", True, True)
    canvas_key(opened, Qt.Key.Key_F)
    assert not feature.mark.isChecked()
    canvas_key(opened, Qt.Key.Key_D)
    feature.mark.click()
    assert not done(opened)[0]
    assert not feature.mark.isChecked()


@pytest.mark.parametrize(
    ("key", "modifiers", "start", "reached"),
    [
        (Qt.Key.Key_F, SHIFT, 0, "a4.png"),
        (Qt.Key.Key_D, SHIFT, 3, "a1.png"),
        (Qt.Key.Key_U, Qt.KeyboardModifier.NoModifier, 0, "a3.png"),
        (Qt.Key.Key_U, SHIFT, 5, "a4.png"),
        (Qt.Key.Key_J, Qt.KeyboardModifier.NoModifier, 2, "a5.png"),
        (Qt.Key.Key_J, SHIFT, 4, "a2.png"),
    ],
)
def test_keys_go_to_the_next_frame_of_a_state(
    opened, feature, frames, key, modifiers, start, reached
):
    mark(opened, frames, 1, 2)
    draw(opened, frames, 0, 1, 4)
    opened.work.navigation.go_to_number(start)
    opened.wait_for_frame()
    canvas_key(opened, key, modifiers)
    assert opened.frame_name == reached


def test_where_there_is_none_ahead_the_other_end_is_offered(opened, feature, frames):
    mark(opened, frames, 5, 6, 7)
    opened.work.navigation.go_to_number(5)
    opened.wait_for_frame()
    canvas_key(opened, Qt.Key.Key_F, SHIFT)
    assert opened.message == "Every frame after this one is done."
    assert opened.frame_name == "a6.png"
    answer(opened, "Go to the first one")
    opened.wait_for_frame()
    assert opened.frame_name == "a1.png"
    canvas_key(opened, Qt.Key.Key_J)
    assert opened.message == "No other frame has annotations."


def test_a_drawing_that_goes_on_keeps_its_frame_and_its_mark(opened, feature):
    opened.create_label("car")
    canvas_key(opened, Qt.Key.Key_P)
    for point in ((5, 5), (20, 5)):
        opened.click(point)
    opened.key(Qt.Key.Key_Return, CTRL, to=opened.work.canvas)
    assert "Finish the drawing first" in opened.message
    assert (opened.frame_name, done(opened)[0]) == ("a1.png", False)
    canvas_key(opened, Qt.Key.Key_Escape)


def test_a_window_that_only_reads_marks_nothing(opened, pictures, qtbot, qapp):
    from annotator.project.folder import find_project
    from annotator.settings import Settings, settings_path

    other = Driver(qtbot, qapp, Settings.load(settings_path()))
    try:
        found = find_project(pictures)
        assert found is not None
        other.open(found)
        assert not other.work.session.is_writable
        assert not other.work._actions["frame.done"].isEnabled()
        assert other.work._actions["frame.next_open"].isEnabled()
        other.key(Qt.Key.Key_F, SHIFT, to=other.work.canvas)
        other.wait_for_frame()
        assert other.frame_name == "a2.png"
    finally:
        other.close()


@pytest.mark.parametrize(("typed", "rows", "found"), [("7", 2, "a7.png"), ("a3", 1, "a3.png")])
def test_a_frame_is_found_by_its_number_or_its_name(opened, feature, typed, rows, found):
    from annotator.ui.window.command_feature import CommandFeature

    opened.ctrl(Qt.Key.Key_P)
    palette = opened.work.shell.feature(CommandFeature).palette.palette
    assert (palette.isVisible(), palette.field.text()) == (True, "/")
    opened.qtbot.keyClicks(palette.field, typed)
    opened.wait(lambda: palette.rows.rowCount() == rows)
    opened.key(Qt.Key.Key_Return, to=palette.field)
    opened.wait_for_frame()
    assert opened.frame_name == found


# The offer -------------------------------------------------------------------------------------------------


def test_a_job_whose_last_frame_is_done_is_offered_as_completed_and_never_so_by_itself(
    opened, feature, frames
):
    mark(opened, frames, *range(PICTURES - 1))
    opened.work.navigation.go_to_number(PICTURES - 1)
    opened.wait_for_frame()
    canvas_key(opened, Qt.Key.Key_Return, CTRL)
    asked = "All frames of the task are done. Mark its job as completed?"
    opened.wait(lambda: opened.message == asked)
    (job,) = opened.project.jobs(opened.work.session.task.id)
    assert job.state == "new"
    answer(opened, "Mark as completed")
    (job,) = opened.project.jobs(opened.work.session.task.id)
    assert job.state == "completed"
    undo(opened)
    (job,) = opened.project.jobs(opened.work.session.task.id)
    assert job.state == "new"


def test_the_offer_goes_when_it_holds_no_more(opened, feature, frames):
    mark(opened, frames, *range(1, PICTURES))
    canvas_key(opened, Qt.Key.Key_Return, SHIFT)
    opened.wait(lambda: "Mark its job as completed?" in opened.message)
    canvas_key(opened, Qt.Key.Key_Return, SHIFT)
    assert opened.message == ""


# The list --------------------------------------------------------------------------------------------------


@pytest.fixture
def panel(opened, feature, frames):
    """The list of frames, shown: 1 and 2 are done, 2 and 3 have boxes, 4 and up are in val."""
    mark(opened, frames, 0, 1)
    draw(opened, frames, 1, 2, 2)
    with opened.project.edit("Subset") as edit:
        edit.set_subset([frame.id for frame in frames[3:]], "val")
    opened.work.docks.raise_dock("frames")
    opened.wait(feature.panel.isVisible)
    return feature.panel


def cells(panel, column):
    rows = panel.rows
    return [rows.data(rows.index(row, column)) for row in range(rows.rowCount())]


def choose(panel, title):
    place = panel.only.findText(title)
    panel.only.setCurrentIndex(place)
    panel.only.activated.emit(place)


def press(driver, panel, row, modifiers=Qt.KeyboardModifier.NoModifier, column=NAME):
    rect = panel.list.visualRect(panel.rows.index(row, column))
    driver.qtbot.mouseClick(
        panel.list.viewport(), Qt.MouseButton.LeftButton, modifiers, rect.center()
    )
    driver.wait_for_frame()


def test_the_list_says_what_is_known_of_each_frame(opened, panel):
    assert cells(panel, NUMBER) == [str(number) for number in range(1, 9)]
    assert cells(panel, NAME) == [f"a{number}.png" for number in range(1, 9)]
    assert cells(panel, OBJECTS) == ["0", "1", "2", "0", "0", "0", "0", "0"]
    assert cells(panel, SUBSET) == ["", "", "", *["val"] * 5]
    assert cells(panel, JOB) == ["1"] * 8
    said = Qt.ItemDataRole.AccessibleTextRole
    marks = [panel.rows.data(panel.rows.index(row, DONE), said) for row in range(3)]
    assert marks == ["done", "done", "not done"]
    assert panel.progress.text() == "2 with annotations"
    opened.wait(lambda: cells(panel, SIZE) == ["40 × 30"] * 8)


def test_a_narrow_list_cuts_no_column_and_leaves_out_what_says_nothing(opened, panel):
    def shown():
        places = (OBJECTS, SUBSET, JOB, SIZE)
        return [place for place in places if not panel.list.isColumnHidden(place)]

    def room():
        return panel.list.viewport().width() - panel.list.horizontalHeader().length()

    # There is one job alone, so that its number would be the same in every row.
    assert shown() == [OBJECTS, SUBSET]
    assert room() == 0
    panel.list.resize(480, 300)
    opened.wait(lambda: shown() == [OBJECTS, SUBSET, SIZE])
    assert room() == 0
    panel.list.resize(210, 300)
    opened.wait(lambda: shown() == [])
    tip = panel.rows.data(panel.rows.index(4, NAME), Qt.ItemDataRole.ToolTipRole)
    assert "val" in tip


def test_a_click_on_a_row_goes_there_and_the_list_follows_the_frame(opened, panel):
    press(opened, panel, 4)
    assert opened.frame_name == "a5.png"
    opened.work.navigation.next()
    opened.wait_for_frame()
    assert panel.list.currentIndex().row() == 5
    opened.key(Qt.Key.Key_Up, to=panel.list)
    opened.key(Qt.Key.Key_Return, to=panel.list)
    opened.wait_for_frame()
    assert opened.frame_name == "a5.png"


def test_a_row_whose_frame_cannot_be_gone_to_is_not_the_current_one(opened, panel):
    opened.create_label("car")
    opened.key(Qt.Key.Key_P, to=opened.work.canvas)
    for point in ((5, 5), (20, 5)):
        opened.click(point)
    press(opened, panel, 3)
    assert "Finish the drawing first" in opened.message
    assert panel.list.currentIndex().row() == 0
    opened.key(Qt.Key.Key_Escape, to=opened.work.canvas)


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("All frames", "12345678"), ("Not done", "345678"), ("Done", "12"),
        ("Without annotations", "145678"), ("With annotations", "23"), ("Subset val", "45678"),
        ("In no subset", "123"),
    ],
)  # fmt: skip
def test_the_list_shows_frames_of_one_kind(panel, title, numbers):
    choose(panel, title)
    assert "".join(cells(panel, NUMBER)) == numbers


def test_the_list_is_ordered_by_a_click_on_a_heading(opened, panel):
    header = panel.list.horizontalHeader()

    def click(column):
        at = QPoint(header.sectionViewportPosition(column) + 8, header.height() // 2)
        opened.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)

    click(OBJECTS)
    click(OBJECTS)
    assert (cells(panel, OBJECTS)[:3], cells(panel, NUMBER)[:3]) == (
        ["2", "1", "0"],
        ["3", "2", "1"],
    )
    click(NAME)
    assert cells(panel, NUMBER)[:3] == ["3", "2", "1"]
    click(NUMBER)
    assert cells(panel, NUMBER)[:3] == ["1", "2", "3"]


def test_a_frame_that_is_marked_leaves_the_list_of_open_ones_and_the_selection_stays(opened, panel):
    choose(panel, "Not done")
    press(opened, panel, 1)
    press(opened, panel, 3, CTRL)
    chosen = panel.chosen
    canvas_key(opened, Qt.Key.Key_Return, SHIFT)
    assert opened.frame_name == "a4.png"
    assert "".join(cells(panel, NUMBER)) == "35678"
    assert panel.chosen == chosen[1:]


def test_several_frames_are_marked_as_one_step_by_the_menu_of_the_list(opened, panel):
    press(opened, panel, 3)
    press(opened, panel, 5, SHIFT)
    panel._show_menu(QPoint(20, 100))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(one for one in menu.actions() if one.text() == "Mark as done").trigger()
    menu.close()
    assert done(opened) == [True, True, False, True, True, True, False, False]
    assert opened.project.history(limit=1)[0].title == "Mark 3 frames as done"
    undo(opened)
    assert done(opened) == [True, True, *[False] * 6]


def test_a_picture_that_is_gone_or_broken_says_so_in_the_list(opened, panel, pictures):
    (pictures / "a7.png").unlink()
    (pictures / "a8.png").write_bytes(b"no picture")
    panel._sizes.forget()
    wanted = ["The file is missing.", "The file cannot be read."]
    opened.wait(lambda: cells(panel, SIZE)[6:] == wanted)


def test_the_list_is_empty_with_a_word_where_no_frame_is_of_a_kind(opened, panel, frames):
    mark(opened, frames, *range(PICTURES))
    choose(panel, "Not done")
    assert panel._empty.isVisible()
    assert (
        panel._empty.text()
        == "No frame is of this kind. Choose All frames above to see the others."
    )


def test_names_are_shown_letter_by_letter(opened, panel, frames):
    strange = "<b>&amp;</b> \u202eright to left " + "x" * 1_000
    with opened.project.edit("Rename") as edit:
        edit.put_frame(replace(frames[0], name=strange))
        edit.put_job(replace(opened.project.jobs(frames[0].task)[0], assignee="<i>Ann</i>"))
    assert cells(panel, NAME)[0] == strange
    tip = panel.rows.data(panel.rows.index(0, NAME), Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("<qt>&lt;b&gt;&amp;amp;&lt;/b&gt;")
    tip = panel.rows.data(panel.rows.index(0, JOB), Qt.ItemDataRole.ToolTipRole)
    assert "&lt;i&gt;Ann" in tip


def test_a_removed_frame_leaves_the_list(opened, panel, frames):
    with opened.project.edit("Remove") as edit:
        edit.put_frame(replace(opened.project.frame(frames[2].id), removed=True))
    assert cells(panel, NAME) == [f"a{number}.png" for number in (1, 2, 4, 5, 6, 7, 8)]
    assert cells(panel, NUMBER) == [str(number) for number in range(1, 8)]


# Subsets ---------------------------------------------------------------------------------------------------


def dialog_of(kind):
    (found,) = [
        one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()
    ]
    return found


def subsets(driver):
    return [frame.subset for frame in driver.project.frames(driver.work.session.task.id)]


def test_the_shown_frame_is_put_into_a_subset_that_is_typed(opened, feature):
    opened.work._actions["frame.put_subset"].trigger()
    dialog = dialog_of(SubsetDialog)
    dialog.name.setEditText("  night ")
    opened.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert subsets(opened)[:2] == ["night", ""]
    opened.work._actions["frame.put_subset"].trigger()
    dialog = dialog_of(SubsetDialog)
    assert dialog.name.itemText(0) == "night"
    dialog.name.setEditText(" ")
    assert not dialog.go.isEnabled()
    dialog.none.click()
    assert subsets(opened)[0] == ""


def test_the_frames_chosen_in_the_list_are_put_into_a_subset(opened, feature, panel):
    panel.list.setFocus()
    press(opened, panel, 0)
    press(opened, panel, 1, SHIFT)
    panel.list.setFocus()
    opened.work._actions["frame.put_subset"].trigger()
    dialog = dialog_of(SubsetDialog)
    dialog.name.setEditText("test")
    dialog.go.click()
    assert subsets(opened) == ["test", "test", "", *["val"] * 5]
    assert "Subset test" in [panel.only.itemText(place) for place in range(panel.only.count())]


def test_frames_are_split_by_ratio_with_a_preview_as_one_step(opened, feature, frames):
    with opened.project.edit("Subset") as edit:
        edit.set_subset([frames[0].id], "held")
    opened.work._actions["frame.split_subsets"].trigger()
    dialog = dialog_of(SplitDialog)
    counts = lambda: [line.count.text() for line in dialog.lines]  # noqa: E731
    assert counts() == ["6", "2"]
    dialog.only_without.setChecked(True)
    assert counts() == ["6", "1"]
    assert dialog.state.text() == "7 frames are put into subsets. 1 stays where it is."
    dialog.add.click()
    assert [line.name.text() for line in dialog.lines] == ["train", "val", "test"]
    dialog.lines[2].name.setText("val")
    assert (dialog.go.isEnabled(), "named twice" in dialog.state.text()) == (False, True)
    dialog.lines[2].remove.click()
    for line in dialog.lines:
        line.ratio.setValue(0)
    assert "All shares are 0" in dialog.state.text()
    dialog.lines[0].ratio.setValue(4)
    dialog.lines[1].ratio.setValue(3)
    dialog.seed.setValue(5)
    dialog.go.click()
    opened.wait(lambda: sorted(subsets(opened)) == ["held", *["train"] * 4, *["val"] * 3])
    opened.wait(lambda: not opened.work.runner.works)
    undo(opened)
    assert subsets(opened) == ["held", *[""] * 7]


# Jobs ------------------------------------------------------------------------------------------------------


@pytest.fixture
def jobs(opened, feature):
    opened.work.docks.raise_dock("task_jobs")
    opened.wait(feature.jobs.isVisible)
    return feature.jobs


def ranges(driver):
    return [(job.first, job.last) for job in driver.project.jobs(driver.work.session.task.id)]


def titles(jobs):
    return [jobs.rows.job_row(place).title for place in range(jobs.rows.rowCount())]


def test_a_job_is_split_at_the_shown_frame_and_joined_again(opened, jobs):
    assert titles(jobs) == ["1 · frames 1–8"]
    opened.work.navigation.go_to_number(3)
    opened.wait_for_frame()
    jobs.split_here.trigger()
    assert ranges(opened) == [(0, 2), (3, None)]
    assert titles(jobs) == ["1 · frames 1–3", "2 · frames 4–8"]
    jobs.list.setCurrentIndex(jobs.rows.index(0))
    assert jobs.join.isEnabled()
    jobs.join.setFocus()
    opened.qtbot.keyClick(jobs.join, Qt.Key.Key_Space)
    assert ranges(opened) == [(0, None)]
    assert not jobs.join.isEnabled()
    assert jobs.list.hasFocus()
    undo(opened)
    undo(opened)
    assert ranges(opened) == [(0, None)]
    opened.ctrl(Qt.Key.Key_Z, shift=True)
    assert ranges(opened) == [(0, 2), (3, None)]


def test_a_job_whose_frames_are_being_read_is_not_said_to_have_none(opened, jobs):
    jobs.rows.show(opened.project.jobs(opened.work.session.task.id), None)
    assert titles(jobs) == ["1 · …"]
    assert jobs.rows.job_row(0).progress_text == "…"
    assert "no frames" not in jobs.rows.data(jobs.rows.index(0))


def test_a_job_is_split_into_jobs_of_equal_length(opened, jobs):
    jobs.split_evenly.trigger()
    dialog = dialog_of(SplitJobDialog)
    dialog.each.setValue(3)
    assert dialog.preview.text() == "That makes 3 jobs. The last one has 2 frames."
    opened.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert ranges(opened) == [(0, 2), (3, 5), (6, None)]


def test_a_split_before_the_first_frame_says_why_not(opened, feature, jobs):
    opened.work._actions["frame.split_job"].trigger()
    assert "one half would have no frame" in opened.message
    assert ranges(opened) == [(0, None)]


def test_what_is_said_of_a_job_is_stored_at_once(opened, jobs):
    jobs.stage.setCurrentIndex(1)
    jobs.stage.activated.emit(1)
    jobs.state.setCurrentIndex(2)
    jobs.state.activated.emit(2)
    jobs.assignee.setFocus()
    opened.qtbot.keyClicks(jobs.assignee, "Ann")
    opened.qtbot.keyClick(jobs.assignee, Qt.Key.Key_Return)
    (job,) = opened.project.jobs(opened.work.session.task.id)
    assert (job.stage, job.state, job.assignee) == ("validation", "rejected", "Ann")
    assert jobs.rows.job_row(0).details == "validation · rejected · Ann"
    undo(opened)
    assert jobs.rows.job_row(0).details == "validation · rejected"


def test_what_is_typed_for_a_job_is_not_stored_in_another_one(opened, jobs):
    jobs._split_evenly(jobs.chosen, 4)
    jobs.assignee.setFocus()
    opened.qtbot.keyClicks(jobs.assignee, "Ann")
    opened.work.navigation.go_to_number(6)
    opened.wait_for_frame()
    assert jobs.assignee.text() == ""
    opened.qtbot.keyClick(jobs.assignee, Qt.Key.Key_Return)
    names = [job.assignee for job in opened.project.jobs(opened.work.session.task.id)]
    assert names == ["Ann", ""]


def test_the_job_of_the_shown_frame_is_chosen_and_a_job_goes_to_its_first_open_frame(
    opened, feature, jobs, frames
):
    jobs._split_evenly(jobs.chosen, 4)
    mark(opened, frames, 4, 5)
    assert jobs.rows.job_row(1).progress_text == "2 / 4"
    assert jobs.list.currentIndex().row() == 0
    opened.work.navigation.go_to_number(7)
    opened.wait_for_frame()
    assert jobs.list.currentIndex().row() == 1
    opened.qtbot.keyClick(jobs.list, Qt.Key.Key_Return)
    opened.wait_for_frame()
    assert opened.frame_name == "a7.png"


# Many frames -----------------------------------------------------------------------------------------------


@pytest.fixture
def large(driver: Driver, tmp_path):
    """A project of 100 000 frames without pictures, open."""
    from annotator.project.project import Project

    with Project.create(tmp_path / "large") as project:
        _, frames = add_task_of(project, 100_000)
        with project.long_step("Mark", author="setup") as step:
            for start in range(0, 99_999, 5_000):
                with step.edit() as edit:
                    edit.set_done([one.id for one in frames[start : start + 5_000][:4_999]], True)
    driver.open(tmp_path / "large")
    found = driver.work.shell.feature(FramesFeature)
    driver.wait(lambda: found.watch.table is not None)
    return found


def test_a_hundred_thousand_frames_are_marked_listed_and_gone_through_without_a_halt(driver, large):
    """The GUI thread is watched: nothing may keep it for 50 ms."""
    driver.work.docks.raise_dock("frames")
    driver.wait(large.panel.isVisible)
    canvas_key(driver, Qt.Key.Key_F, SHIFT)
    assert driver.work.session.number == 4_999
    canvas_key(driver, Qt.Key.Key_Return, CTRL)
    assert driver.work.session.number == 9_999
    choose(large.panel, "Not done")
    assert large.panel.rows.rowCount() == 19
    choose(large.panel, "All frames")
    large.panel.list.sortByColumn(DONE, Qt.SortOrder.AscendingOrder)
    large.panel.list.scrollToBottom()
    QApplication.processEvents()
    model = large.panel.list.selectionModel()
    model.select(
        large.panel.rows.index(99_999, NAME), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )
    assert len(large.panel.chosen) == 1
