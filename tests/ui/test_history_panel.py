"""The history panel: every step is listed, and each can be undone and redone there."""

from PySide6.QtCore import Qt

from annotator.core.labels import Label
from annotator.project.storage.store import USER
from annotator.ui.history.history_model import FRAME_ROLE, STEP_ROLE
from annotator.ui.history.history_panel import HistoryPanel
from tests.ui.driver import Driver


def panel_of(driver: Driver) -> HistoryPanel:
    driver.work.docks.raise_dock("history")
    found = driver.window.findChild(HistoryPanel)
    assert found is not None
    driver.wait(found.isVisible)
    return found


def titles(panel: HistoryPanel) -> list[str]:
    rows = panel.rows
    return [rows.data(rows.index(row), STEP_ROLE).title for row in range(rows.rowCount())]


def state(panel: HistoryPanel, row: int) -> str:
    return panel.rows.data(panel.rows.index(row), STEP_ROLE).state


def choose(driver: Driver, panel: HistoryPanel, title: str) -> None:
    row = titles(panel).index(title)
    place = panel.list.visualRect(panel.rows.index(row)).center()
    driver.qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_steps_come_in_as_they_are_made_and_an_older_one_can_be_undone(opened: Driver):
    opened.create_label("car")
    panel = panel_of(opened)
    opened.draw_box((10, 10), (60, 60))
    opened.draw_box((100, 10), (160, 60))
    assert titles(panel)[:2] == ["Add rectangle", "Add rectangle"]
    first, second = sorted(opened.stored(), key=lambda one: one.id)
    opened.qtbot.mouseClick(
        panel.list.viewport(),
        Qt.MouseButton.LeftButton,
        pos=panel.list.visualRect(panel.rows.index(1)).center(),
    )
    assert panel.button.isEnabled()
    opened.qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert [one.id for one in opened.stored()] == [second.id]
    # It is still chosen, and can be done again.
    assert panel.button.text() == "Redo this step"
    opened.qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert sorted(one.id for one in opened.stored()) == [first.id, second.id]


def test_a_row_names_the_frame_on_which_it_was_done(opened: Driver):
    opened.create_label("car")
    opened.draw_box((10, 10), (60, 60))
    opened.key(Qt.Key.Key_F, to=opened.work.canvas)
    opened.wait_for_frame()
    opened.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier, to=opened.work.canvas)
    first = opened.project.frame_named(opened.work.session.task.id, "a1.png")
    assert first is not None
    with opened.project.edit("Draw on a1.png", frame=first.id) as edit:
        edit.set_done([first.id], True)
    with opened.project.edit("Label", author="script", frame=first.id) as edit:
        edit.set_done([first.id], False)
    panel = panel_of(opened)
    rows = panel.rows

    def named(row: int) -> str:
        return rows.data(rows.index(row), FRAME_ROLE)

    wanted = ["Label", "Draw on a1.png", "Mark as done", "Add rectangle", "Add label car"]
    assert titles(panel)[:5] == wanted
    assert [named(row) for row in range(5)] == ["", "", "a2.png", "a1.png", ""]
    assert rows.data(rows.index(2)).startswith("Mark as done, a2.png, ")
    assert "a2.png" in rows.data(rows.index(2), Qt.ItemDataRole.ToolTipRole)


def test_a_long_step_is_said_to_be_unfinished_only_while_it_is(opened: Driver):
    panel = panel_of(opened)
    task = opened.work.session.task.id
    redo = opened.work.shell.actions["edit.redo"]
    opened.create_label("car")
    opened.draw_box((10, 10), (60, 60))
    opened.ctrl(Qt.Key.Key_Z)
    assert redo.isEnabled()
    with opened.project.long_step("Import", author=USER, task=task) as step:
        for name in ("bus", "tram"):
            with step.edit() as edit:
                edit.put_label(Label(name))
        assert state(panel, 0) == "open"
    assert state(panel, 0) == "complete"
    # With it what was undone before cannot be done again.
    assert not redo.isEnabled()
    assert opened.work.shell.actions.title("edit.undo") == "Undo Import"
    for key, wanted in ((Qt.Key.Key_Z, "undone"), (Qt.Key.Key_Y, "complete")):
        opened.ctrl(key)
        opened.wait(lambda wanted=wanted: state(panel, 0) == wanted)


def test_a_step_of_the_whole_project_is_undone_here(opened: Driver):
    opened.create_label("car")
    panel = panel_of(opened)
    choose(opened, panel, next(title for title in titles(panel) if "car" in title))
    opened.key(Qt.Key.Key_Return, to=panel.list)
    opened.wait(lambda: opened.project.labels.named("car") is None)


def test_a_step_that_others_need_is_refused_in_words(opened: Driver):
    opened.create_label("car")
    opened.draw_box((10, 10), (60, 60))
    panel = panel_of(opened)
    choose(opened, panel, next(title for title in titles(panel) if "car" in title))
    opened.key(Qt.Key.Key_Return, to=panel.list)
    assert opened.message
    assert opened.project.labels.named("car") is not None


def test_older_steps_are_read_when_the_list_is_scrolled_down(opened: Driver):
    opened.create_label("car")
    frame = opened.work.session.frame
    for number in range(250):
        with opened.project.edit(f"Mark {number}", frame=frame.id) as edit:
            edit.set_done([frame.id], number % 2 == 0)
    panel = panel_of(opened)
    assert panel.rows.rowCount() < 250
    panel.list.scrollToBottom()
    opened.wait(lambda: "Mark 0" in titles(panel))
    assert titles(panel)[:250] == [f"Mark {number}" for number in reversed(range(250))]
