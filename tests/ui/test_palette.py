"""The command palette: commands, frames, labels and files found by typing."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from annotator.project.project import Project
from annotator.ui.palette.list import PaletteRow
from annotator.ui.palette.palette import WIDTH, Palette
from annotator.ui.palette.recent import RecentCommands, recent_commands_path
from annotator.ui.widgets.key_boxes import spaced
from annotator.ui.window.command_feature import CommandFeature
from tests.ui.driver import Driver


def feature(driver: Driver) -> CommandFeature:
    return driver.work.shell.feature(CommandFeature)


def palette(driver: Driver) -> Palette:
    return feature(driver).palette.palette


def ask(driver: Driver, text: str = "") -> Palette:
    """Open the palette by its key and type."""
    driver.ctrl(Qt.Key.Key_P, shift=True)
    shown = palette(driver)
    assert shown.isVisible()
    driver.qtbot.keyClicks(shown.field, text)
    return shown


def rows(shown: Palette) -> list[PaletteRow]:
    return [row for row in shown.rows.rows if not row.is_head]


def current(shown: Palette) -> PaletteRow:
    return shown.rows.row_at(shown.list.currentIndex().row())


def enter(driver: Driver, shown: Palette) -> None:
    driver.qtbot.keyClick(shown.field, Qt.Key.Key_Return)


def test_a_command_is_found_by_some_letters_and_done(opened: Driver):
    shown = ask(opened, "next fr")
    assert current(shown).text == "Next frame"
    assert current(shown).keys == ("F",)
    enter(opened, shown)
    assert not shown.isVisible()
    opened.wait_for_frame()
    assert opened.frame_name == "a2.png"
    assert opened.work.canvas.hasFocus()


def test_it_is_centred_and_560_wide(opened: Driver):
    shown = ask(opened)
    assert shown.width() == WIDTH == 560
    assert abs(shown.geometry().center().x() - opened.window.rect().center().x()) <= 1
    opened.window.resize(800, 500)
    shown = palette(opened)
    opened.key(Qt.Key.Key_Escape, to=shown.field)
    ask(opened)
    assert opened.window.rect().contains(shown.geometry())


def test_what_cannot_be_done_says_why_and_is_not_done(opened: Driver):
    shown = ask(opened, "delete")
    row = current(shown)
    assert (row.text, row.note, row.is_possible) == ("Delete", "Nothing is selected.", False)
    enter(opened, shown)
    assert shown.isVisible()
    opened.key(Qt.Key.Key_Escape, to=shown.field)
    assert not shown.isVisible()
    assert opened.work.canvas.hasFocus()


def test_commands_used_last_come_first(opened: Driver):
    enter(opened, ask(opened, "Actual size"))
    enter(opened, ask(opened, "Zoom in"))
    shown = ask(opened)
    assert shown.rows.row_at(0).is_head
    assert [row.text for row in rows(shown)[:2]] == ["Zoom in", "Actual size"]
    assert current(shown).text == "Zoom in"
    opened.wait(lambda: recent_commands_path().exists())
    assert RecentCommands(recent_commands_path()).ids == ("view.zoom_in", "view.actual_size")


def test_all_commands_but_itself_are_there_once(opened: Driver):
    titles = [row.text for row in rows(ask(opened))]
    assert len(titles) == len(set(titles))
    assert "Find a command…" not in titles
    assert "Export…" in titles


def test_a_number_goes_to_its_frame(opened: Driver):
    shown = ask(opened, "3")
    assert current(shown).text == "Go to frame 3"
    assert current(shown).note == "a3.png"
    enter(opened, shown)
    assert opened.frame_name == "a3.png"


@pytest.mark.parametrize("number", ["0", "99", "9" * 400])
def test_a_number_without_a_frame_says_which_there_are(opened: Driver, number: str):
    shown = ask(opened)
    shown.field.setText(number)
    row = current(shown)
    assert row.note == "The frames are numbered 1 to 4."
    enter(opened, shown)
    assert opened.frame_name == "a1.png"


def test_a_label_is_chosen_or_made(opened: Driver):
    opened.create_label("person")
    opened.create_label("window")
    shown = ask(opened, "#win")
    assert [row.text for row in rows(shown)] == ["window", "Create the label “win”"]
    enter(opened, shown)
    label = opened.work.labels.next_label
    assert label is not None
    assert label.name == "window"
    shown = ask(opened, "#traffic <b>light</b>")
    enter(opened, shown)
    assert opened.project.labels.named("traffic <b>light</b>") is not None
    label = opened.work.labels.next_label
    assert label is not None
    assert label.name == "traffic <b>light</b>"


def test_a_label_is_given_to_what_is_selected(opened: Driver):
    opened.create_label("person")
    opened.draw_box((10, 10), (60, 60))
    opened.create_label("window")
    opened.key(Qt.Key.Key_S, to=opened.work.canvas)
    opened.click((10, 30))
    assert opened.work.canvas.selection
    enter(opened, ask(opened, "#window"))
    (one,) = opened.stored()
    label = opened.project.labels.get(one.label)
    assert label is not None
    assert label.name == "window"


def test_a_file_is_found_by_its_name(opened: Driver):
    shown = ask(opened, "/a4")
    opened.wait(lambda: [row.text for row in shown.rows.rows] == ["a4.png"])
    assert current(shown).note == "4"
    enter(opened, shown)
    assert opened.frame_name == "a4.png"


def test_files_that_went_are_not_found(opened: Driver):
    shown = ask(opened, "/")
    opened.wait(lambda: len(shown.rows.rows) == 4)
    opened.key(Qt.Key.Key_Escape, to=shown.field)
    frame = opened.project.frame_named(opened.work.session.task.id, "a2.png")
    assert frame is not None
    with opened.project.edit("Remove") as edit:
        edit.put_frame(replace(frame, removed=True))
    shown = ask(opened, "/a")
    opened.wait(lambda: [row.text for row in shown.rows.rows] == ["a1.png", "a3.png", "a4.png"])
    assert [row.note for row in shown.rows.rows] == ["1", "2", "3"]
    opened.qtbot.keyClick(shown.field, Qt.Key.Key_Down)
    enter(opened, shown)
    assert opened.frame_name == "a3.png"


def test_many_rows_come_as_far_as_one_goes(opened: Driver):
    shown = ask(opened)
    shown.show_rows([PaletteRow(f"row {number}") for number in range(1_000)])
    assert shown.rows.rowCount() < 100
    for _ in range(50):
        opened.qtbot.keyClick(shown.field, Qt.Key.Key_PageDown)
    assert current(shown).text == "row 550"
    assert shown.rows.rowCount() < 1_000


def test_nothing_found_is_a_sentence(opened: Driver):
    shown = ask(opened, "xyzzy")
    assert shown.empty.text() == "No command has this name."
    assert not shown.list.isVisible()
    enter(opened, shown)  # does nothing
    shown.field.setText("/xyzzy")
    opened.wait(lambda: shown.empty.text() == "No frame has these letters in its name.")


def test_without_a_project_it_opens_and_says_what_is_needed(driver: Driver):
    driver.window.action_set["help.commands"].trigger()
    shown = palette(driver)
    assert shown.isVisible()
    shown.field.setText("zoom in")
    assert current(shown).note == "Open a folder or a project first."
    shown.field.setText("#person")
    assert not current(shown).is_possible
    shown.field.setText("/a")
    assert shown.empty.text() == "Open a folder or a project first."
    shown.field.setText("full screen")
    assert current(shown).is_possible


def test_the_arrows_go_round_and_pass_headings(opened: Driver):
    enter(opened, ask(opened, "Zoom in"))
    shown = ask(opened)
    first = current(shown).text
    opened.qtbot.keyClick(shown.field, Qt.Key.Key_Up)
    assert shown.list.currentIndex().row() == shown.rows.rowCount() - 1
    opened.qtbot.keyClick(shown.field, Qt.Key.Key_Down)
    assert current(shown).text == first
    opened.qtbot.keyClick(shown.field, Qt.Key.Key_Down)
    assert not current(shown).is_head


def test_a_click_chooses_and_the_field_in_the_bar_opens(opened: Driver):
    from annotator.ui.palette.field import PaletteField

    (button,) = opened.window.findChildren(PaletteField)
    opened.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    shown = palette(opened)
    assert shown.isVisible()
    shown.field.setText("Last frame")
    place = shown.list.visualRect(shown.list.currentIndex()).center()
    opened.qtbot.mouseClick(shown.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.frame_name == "a4.png"


def test_the_key_closes_it_again(opened: Driver):
    shown = ask(opened)
    opened.ctrl(Qt.Key.Key_P, shift=True)
    assert not shown.isVisible()
    assert opened.work.canvas.hasFocus()


def test_closing_while_files_are_looked_for(opened: Driver, pictures: Path):
    shown = ask(opened, "/a")
    opened.window.action_set["file.close"].trigger()
    opened.wait(lambda: not opened.work.session.is_open)
    assert not shown.isVisible()
    opened.open(pictures)
    shown = ask(opened, "/a1")
    opened.wait(lambda: [row.text for row in shown.rows.rows] == ["a1.png"])


def test_a_project_that_cannot_be_written_offers_no_label(driver: Driver, pictures: Path):
    driver.open(pictures)
    folder = driver.project.folder
    driver.window.action_set["file.close"].trigger()
    driver.wait(lambda: not driver.work.session.is_open)
    held: list[Project] = []

    def is_held() -> bool:
        project = Project.open(folder)
        held.append(project) if project.is_writable else project.close()
        return bool(held)

    driver.wait(is_held)  # once the window has closed it
    driver.open(pictures)
    assert not driver.work.session.is_writable
    shown = ask(driver, "#new")
    assert current(shown).note == "The project is open for reading only."
    shown.field.setText("redo")
    assert current(shown).note == "The project is open for reading only."
    held[0].close()


@pytest.mark.parametrize(
    "data", [b"", b"[", b"{}", b"[1, null]", b'["no.such.command"]', b"\xff", b"[" * 100_000]
)
def test_a_damaged_list_of_recent_commands_is_empty(driver: Driver, data: bytes):
    path = recent_commands_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    driver.window.action_set["help.commands"].trigger()
    assert not any(row.is_head for row in palette(driver).rows.rows)


def test_keys_are_shown_without_plus_signs():
    assert [spaced(key) for key in ("Ctrl+Shift+P", "Ctrl++", "+", "F5", "")] == [
        "Ctrl Shift P", "Ctrl +", "+", "F5", "",
    ]  # fmt: skip


def test_a_screen_reader_hears_text_note_and_keys(opened: Driver):
    shown = ask(opened, "next frame")
    index = shown.list.currentIndex()
    role = Qt.ItemDataRole.AccessibleTextRole
    assert index.data(role) == "Next frame, Frame, F"
